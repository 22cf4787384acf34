//! What the charts share: the key of their series, axes, and notes.

use crate::figure::{
    Anchor, Figure, Ink, Mark, Scale, Stroke, Text, Tick, ellipsize, size, text_width,
};
use crate::model::Series;

/// Width of every chart in logical pixels.
pub(super) const WIDTH: f64 = 600.0;
/// Space left of a plot, for the labels of its upright axis.
pub(super) const LEFT: f64 = 70.0;
/// Space right of a plot.
pub(super) const RIGHT: f64 = 22.0;
/// Space below a plot, for the labels of its level axis.
pub(super) const BELOW: f64 = 34.0;

const ROW: f64 = 19.0;
const SAMPLE: f64 = 22.0;
const LONGEST_ENTRY: f64 = 250.0;

/// An entry of a key: a piece of line and words.
pub(super) struct Entry {
    pub stroke: Stroke,
    pub words: String,
}

/// The entries of a pair's series; those that are not named share one.
pub(super) fn entries(series: &[Series], words: impl Fn(&Series) -> String) -> Vec<Entry> {
    let mut entries: Vec<Entry> = series
        .iter()
        .filter(|s| s.named)
        .map(|s| Entry { stroke: Stroke { ink: s.ink, width: 2.0, dash: s.dash }, words: words(s) })
        .collect();
    let others = series.iter().filter(|s| !s.named).count();
    if others > 0 {
        let words = format!("{others} others");
        entries.push(Entry { stroke: Stroke::solid(Ink::Ghost, 2.0), words });
    }
    entries
}

/// Draws a key in rows from `y` on and returns where it ends.
pub(super) fn key(figure: &mut Figure, entries: &[Entry], y: f64) -> f64 {
    let (mut x, mut row) = (LEFT, y + 13.0);
    for entry in entries {
        let words = ellipsize(&entry.words, size::TEXT, false, LONGEST_ENTRY);
        let width = SAMPLE + 6.0 + text_width(&words, size::TEXT, false);
        if x > LEFT && x + width > WIDTH - RIGHT {
            (x, row) = (LEFT, row + ROW);
        }
        figure.line((x, row - 4.0), (x + SAMPLE, row - 4.0), entry.stroke);
        figure.text((x + SAMPLE + 6.0, row), Anchor::Start, Ink::Text, words);
        x += width + 18.0;
    }
    row + 8.0
}

/// The level axis below a plot, with its gutter of values at or below zero.
pub(super) fn level_axis(
    figure: &mut Figure,
    scale: &Scale,
    ticks: &[Tick],
    y: f64,
    below_zero: usize,
) {
    let (from, to) = scale.ends();
    figure.line((from, y), (to, y), Stroke::solid(Ink::Axis, 1.0));
    for tick in ticks {
        let x = scale.place(tick.value);
        figure.line((x, y), (x, y + 5.0), Stroke::solid(Ink::Axis, 1.0));
        let half = text_width(&tick.label, size::TEXT, false) / 2.0;
        // A label never leaves the picture.
        let at = x.clamp(half, (WIDTH - 4.0 - half).max(half));
        figure.text((at, y + 19.0), Anchor::Middle, Ink::Muted, tick.label.clone());
    }
    if let Some((far, near)) = scale.gutter() {
        let top = figure.height - BELOW;
        figure.line((near, y - top), (near, y), Stroke::solid(Ink::Grid, 1.0));
        let words = format!("≤\u{a0}0: {below_zero}");
        figure.text((f64::midpoint(far, near), y + 19.0), Anchor::Middle, Ink::Text, words);
    }
}

/// A grid line with its label left of the plot.
pub(super) fn grid_line(figure: &mut Figure, y: f64, label: &str) {
    figure.line((LEFT, y), (WIDTH - RIGHT, y), Stroke::solid(Ink::Grid, 1.0));
    figure.text((LEFT - 8.0, y + 4.0), Anchor::End, Ink::Muted, label);
}

/// Bold small text.
pub(super) fn strong(at: (f64, f64), anchor: Anchor, ink: Ink, text: String) -> Mark {
    Mark::Text(Text { at, text, size: size::TEXT, bold: true, anchor, ink })
}
