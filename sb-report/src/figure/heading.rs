//! Title, subtitle and key of a picture that stands alone: left-aligned, broken to fit.

use super::{
    Anchor, Figure, Ink, LegendSample, Mark, Stroke, Text, ellipsize, size, text_width, wrap,
};

/// Space around the words, in logical pixels.
const MARGIN: f64 = 16.0;
const TITLE_LINE: f64 = 22.0;
const TEXT_LINE: f64 = 17.0;
/// The key: its lines, its samples, and the space between entries.
const KEY_LINE: f64 = 19.0;
const SAMPLE: f64 = 22.0;
const APART: f64 = 18.0;

/// The marks of a figure's words and the height they take, in logical pixels.
pub fn heading(figure: &Figure) -> (Vec<Mark>, f64) {
    let room = figure.width - 2.0 * MARGIN;
    let mut marks = Vec::new();
    let mut y = 8.0;
    for line in wrap(&figure.headline(), size::TITLE, true, room, 3) {
        y += TITLE_LINE;
        marks.push(text((MARGIN, y), line, size::TITLE, true, Ink::Text));
    }
    y += 3.0;
    for line in wrap(&figure.subtitle, size::TEXT, false, room, 3) {
        y += TEXT_LINE;
        marks.push(text((MARGIN, y), line, size::TEXT, false, Ink::Muted));
    }
    if !figure.key.is_empty() {
        y += 4.0 + KEY_LINE;
        y = key(&mut marks, figure, y);
    }
    (marks, y + 10.0)
}

/// Draws the key in rows from the base line `y` on; returns that of its last row.
fn key(marks: &mut Vec<Mark>, figure: &Figure, mut y: f64) -> f64 {
    let right = figure.width - MARGIN;
    let mut x = MARGIN;
    for entry in &figure.key {
        let sample = match entry.sample {
            LegendSample::Line(_) | LegendSample::Series(..) => SAMPLE,
            LegendSample::Cell(..) | LegendSample::Marker(..) => 12.0,
        };
        let words = ellipsize(&entry.words, size::TEXT, false, right - MARGIN - sample - 6.0);
        let width = sample + 6.0 + text_width(&words, size::TEXT, false);
        if x > MARGIN && x + width > right {
            (x, y) = (MARGIN, y + KEY_LINE);
        }
        if let LegendSample::Line(stroke) | LegendSample::Series(stroke, _) = entry.sample {
            let points = vec![(x, y - 4.0), (x + sample, y - 4.0)];
            marks.push(Mark::Line { points, stroke: Stroke { width: 2.0, ..stroke } });
        }
        if let LegendSample::Series(Stroke { ink, .. }, marker)
        | LegendSample::Marker(ink, marker) = entry.sample
        {
            let at = (x + sample / 2.0, y - 4.0);
            marks.push(Mark::Dot { at, radius: 4.0, marker, ink, opacity: 1.0 });
        }
        if let LegendSample::Cell(ink, opacity) = entry.sample {
            marks.push(Mark::Rect { at: (x, y - 10.0), size: (sample, 12.0), ink, opacity });
        }
        marks.push(text((x + sample + 6.0, y), words, size::TEXT, false, Ink::Text));
        x += width + APART;
    }
    y
}

fn text(at: (f64, f64), text: String, size: f64, bold: bool, ink: Ink) -> Mark {
    Mark::Text(Text { at, text, size, bold, anchor: Anchor::Start, ink })
}
