//! Title and subtitle of a picture that stands alone: left-aligned, broken to fit.

use super::{Anchor, Figure, Ink, Mark, Text, size, wrap};

/// Space around the words, in logical pixels.
const MARGIN: f64 = 16.0;
const TITLE_LINE: f64 = 22.0;
const TEXT_LINE: f64 = 17.0;

/// The marks of a figure's words and the height they take, in logical pixels.
pub fn heading(figure: &Figure) -> (Vec<Mark>, f64) {
    let room = figure.width - 2.0 * MARGIN;
    let mut marks = Vec::new();
    let mut y = 8.0;
    for line in wrap(&figure.title, size::TITLE, true, room, 3) {
        y += TITLE_LINE;
        marks.push(text(y, line, size::TITLE, true, Ink::Text));
    }
    y += 3.0;
    for line in wrap(&figure.subtitle, size::TEXT, false, room, 3) {
        y += TEXT_LINE;
        marks.push(text(y, line, size::TEXT, false, Ink::Muted));
    }
    (marks, y + 10.0)
}

fn text(y: f64, text: String, size: f64, bold: bool, ink: Ink) -> Mark {
    Mark::Text(Text { at: (MARGIN, y), text, size, bold, anchor: Anchor::Start, ink })
}
