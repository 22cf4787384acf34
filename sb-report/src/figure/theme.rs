//! Colours and sizes, once for all pictures and the page. Every ink has its own hexadecimal
//! value, so that a style sheet can replace it by that value (dark mode of an inlined SVG).

/// How many series are told apart by colour.
pub(super) const SERIES: usize = 5;

/// Type sizes in logical pixels.
pub mod size {
    /// Title of a picture.
    pub const TITLE: f64 = 16.0;
    /// Subtitle, axis and key.
    pub const TEXT: f64 = 12.0;
    /// On a narrow screen the page's style makes the text within a picture larger by this factor,
    /// so that it can be read; charts leave room for it.
    pub const GROWN: f64 = 1.4;
}

/// A colour by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Titles and direct labels.
    Text,
    /// Subtitles, ticks and notes.
    Muted,
    /// Grid lines.
    Grid,
    /// Axis lines and ticks.
    Axis,
    /// The background.
    Paper,
    /// Series that stand behind others.
    Ghost,
    /// A series, 0 to four; more come round again.
    Series(usize),
}

/// All inks: for style sheets and for tests.
pub const INKS: [Ink; 11] = [
    Ink::Text,
    Ink::Muted,
    Ink::Grid,
    Ink::Axis,
    Ink::Paper,
    Ink::Ghost,
    Ink::Series(0),
    Ink::Series(1),
    Ink::Series(2),
    Ink::Series(3),
    Ink::Series(4),
];

impl Ink {
    /// The colour on white, `#RRGGBB` in capitals.
    pub fn light(self) -> &'static str {
        match self {
            Self::Text => "#1B1F24",
            Self::Muted => "#555B66",
            Self::Grid => "#E5E7EB",
            Self::Axis => "#8A909B",
            Self::Paper => "#FFFFFF",
            Self::Ghost => "#A3A9B4",
            Self::Series(n) => match n % SERIES {
                0 => "#0072B2",
                1 => "#C94F00",
                2 => "#00815E",
                3 => "#A8478A",
                _ => "#8F6400",
            },
        }
    }

    /// The colour on a dark background.
    pub fn dark(self) -> &'static str {
        match self {
            Self::Text => "#E6EAF0",
            Self::Muted => "#AEB6C2",
            Self::Grid => "#2A313C",
            Self::Axis => "#78818F",
            Self::Paper => "#14181F",
            Self::Ghost => "#667080",
            Self::Series(n) => match n % SERIES {
                0 => "#56B4E9",
                1 => "#FF8A3D",
                2 => "#2FCB9A",
                3 => "#E39AC7",
                _ => "#F0B429",
            },
        }
    }

    /// The name of the style sheet's variable, without the dashes.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Grid => "grid",
            Self::Axis => "axis",
            Self::Paper => "paper",
            Self::Ghost => "ghost",
            Self::Series(n) => match n % SERIES {
                0 => "s1",
                1 => "s2",
                2 => "s3",
                3 => "s4",
                _ => "s5",
            },
        }
    }

    /// Red, green and blue on white.
    pub fn rgb(self) -> (u8, u8, u8) {
        rgb(self.light())
    }
}

fn rgb(hex: &str) -> (u8, u8, u8) {
    let part =
        |at: usize| hex.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or(0);
    (part(1), part(3), part(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2 contrast ratio.
    #[expect(clippy::many_single_char_names, reason = "red, green, blue")]
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |hex: &str| {
            let (r, g, b) = rgb(hex);
            let linear = |c: u8| {
                let c = f64::from(c) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_marks_stand_out_in_both_modes() {
        let series = (0..SERIES).map(|n| (Ink::Series(n), 4.5));
        for (ink, least) in
            [(Ink::Text, 7.0), (Ink::Muted, 4.5), (Ink::Axis, 3.0)].into_iter().chain(series)
        {
            assert!(contrast(ink.light(), Ink::Paper.light()) >= least, "{ink:?} light");
            assert!(contrast(ink.dark(), Ink::Paper.dark()) >= least, "{ink:?} dark");
        }
    }

    #[test]
    fn every_ink_can_be_replaced_by_its_value() {
        let mut values: Vec<&str> = INKS.iter().map(|i| i.light()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), INKS.len());
    }
}
