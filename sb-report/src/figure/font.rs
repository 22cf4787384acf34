//! The embedded font: Noto Sans, regular and bold. No font of the machine is asked for.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::sync::Once;

/// The font's name, followed by those that a viewer may take in its place.
pub(crate) const FAMILY: &str = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif";

/// plotters takes the size of a font for its height from the lowest to the highest point, and
/// for its em in an SVG it divides by this number.
pub(crate) const SVG_HEIGHT: f64 = 1.24;

/// Height of Noto Sans from the lowest to the highest point, in em.
pub(crate) const NOTO_HEIGHT: f64 = 1.362;

/// Width of a text in logical pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    // The measure is given in whole pixels: a large size makes it finer.
    const FINER: f64 = 100.0;
    desc(size * NOTO_HEIGHT * FINER, bold)
        .layout_box(text)
        .map_or(0.0, |((left, _), (right, _))| f64::from(right - left) / FINER)
}

/// The font in a size of plotters'.
pub(crate) fn desc(height: f64, bold: bool) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // A font that cannot be read would be missed in every picture: the tests draw some.
        let _ = register_font(FAMILY, FontStyle::Normal, ttf_noto_sans::REGULAR);
        let _ = register_font(FAMILY, FontStyle::Bold, ttf_noto_sans::BOLD);
    });
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(FAMILY), height, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_width_without_fonts_of_the_machine() {
        let narrow = width("iii", 12.0, false);
        assert!(narrow > 5.0 && narrow < width("WWW", 12.0, false));
        assert!(width("PRE_INVOKED", 12.0, true) > width("PRE_INVOKED", 12.0, false));
        let twice = width("PRE_INVOKED", 24.0, false) / width("PRE_INVOKED", 12.0, false);
        assert!((twice - 2.0).abs() < 0.01, "{twice}");
    }

    #[test]
    fn the_signs_of_the_reports_are_in_the_font() {
        let missing = width("\u{10FFFD}", 12.0, false);
        for sign in "→µ−×≥≤±σ…·–".chars() {
            assert!((width(&sign.to_string(), 12.0, false) - missing).abs() > 1e-6, "{sign}");
        }
    }
}
