//! Text that fits: measured with the embedded font, so that every machine breaks it alike.

use super::font;

/// A reader's own font may be wider than ours: an SVG names it, and does not carry it.
const SLACK: f64 = 1.06;

/// Width of a text in logical pixels, with some slack.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    font::width(text, size, bold) * SLACK
}

/// The text, cut in its middle where it is wider than `room`: beginnings and ends of labels
/// tell them apart.
pub fn ellipsize(text: &str, size: f64, bold: bool, room: f64) -> String {
    if text_width(text, size, bold) <= room {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |kept: usize| {
        let head = kept.div_ceil(2);
        let tail = kept - head;
        let mut cut: String = chars.iter().take(head).collect();
        cut.push('…');
        cut.extend(chars.iter().skip(chars.len() - tail));
        cut
    };
    let (mut fits, mut wide) = (0, chars.len());
    while wide - fits > 1 {
        let middle = usize::midpoint(fits, wide);
        if text_width(&cut(middle), size, bold) <= room { fits = middle } else { wide = middle }
    }
    cut(fits)
}

/// Breaks a text into at most `most` lines no wider than `room`; the last one is cut where the
/// text is longer than that. Long words are broken after `_`, `.`, `/`, `:`, `-` and `→`.
pub fn wrap(text: &str, size: f64, bold: bool, room: f64, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let fits = |word: &str| text_width(word.trim_end(), size, bold) <= room;
    let mut pieces = pieces(text, fits).into_iter();
    while let Some(piece) = pieces.next() {
        let longer = format!("{line}{piece}");
        if line.is_empty() || text_width(longer.trim_end(), size, bold) <= room {
            line = longer;
            continue;
        }
        if lines.len() + 1 == most {
            line = longer;
            line.extend(pieces.by_ref());
            break;
        }
        lines.push(std::mem::take(&mut line));
        line.push_str(piece);
    }
    lines.push(line);
    lines.iter().map(|line| ellipsize(line.trim(), size, bold, room)).collect()
}

/// The text in pieces after which a line may end: words, and parts of those that fit on no line.
fn pieces(text: &str, fits: impl Fn(&str) -> bool) -> Vec<&str> {
    let parts = |word| -> Vec<&str> {
        if fits(word) {
            vec![word]
        } else {
            word.split_inclusive(['_', '.', '/', ':', '-', '→']).collect()
        }
    };
    text.split_inclusive(' ').flat_map(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_are_cut_in_the_middle() {
        let label = "A".repeat(100) + &"Z".repeat(100);
        let cut = ellipsize(&label, 12.0, false, 120.0);
        assert!(cut.starts_with("AA") && cut.ends_with("ZZ") && cut.contains('…'));
        assert!(text_width(&cut, 12.0, false) <= 120.0);
        assert_eq!(ellipsize("short", 12.0, false, 120.0), "short");
        assert_eq!(ellipsize("short", 12.0, false, 0.0), "…");
    }

    #[test]
    fn lines_break_between_words_and_within_long_ones() {
        let lines = wrap("one two three four five six seven eight nine ten", 12.0, false, 90.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|l| text_width(l, 12.0, false) <= 90.0), "{lines:?}");
        assert!(lines[2].contains('…'));
        for room in [90.0, 100.0, 110.0, 120.0, 130.0] {
            let lines = wrap("nine of ten within 34.0 ms", 12.0, false, room, 3);
            assert!(lines.iter().any(|line| line.contains("34.0")), "{lines:?}");
        }
        let lines = wrap("AAAAAAAA_BBBBBBBB_CCCCCCCC→DDDDDDDD", 12.0, false, 90.0, 9);
        assert!(lines.len() > 2 && lines[0].ends_with('_'), "{lines:?}");
        assert_eq!(wrap("", 12.0, false, 90.0, 2), [""]);
    }
}
