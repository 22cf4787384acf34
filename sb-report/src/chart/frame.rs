//! What the charts share: sizes, axes, and the key of their series.

use crate::figure::{
    Anchor, Entry, Figure, Ink, LegendSample, Mark, Marker, Scale, Stroke, Text, latency_ticks,
    size, text_width,
};
use crate::model::Series;
use crate::model::words::count;

/// Width of the charts of a pair in logical pixels: two stand side by side on the page.
pub(super) const WIDTH: f64 = 520.0;
/// Space left of a plot, for the labels of its upright axis.
pub(super) const LEFT: f64 = 66.0;
/// Space right of a plot.
pub(super) const RIGHT: f64 = 16.0;
/// Space below a plot, for the labels of its level axis.
pub(super) const BELOW: f64 = 34.0;
/// Space above the plots of a pair: more where runs have their names above their parts.
pub(super) fn above(runs: usize) -> f64 {
    if runs > 1 { 28.0 } else { 12.0 }
}
/// Height of a plot.
pub(super) const PLOT: f64 = 220.0;

/// How many of `most` marks each picture has where there are many pairs: their page does not grow
/// with them.
pub(super) fn among(pairs: usize, most: usize) -> usize {
    const IN_FULL: usize = 10;
    most * IN_FULL / pairs.max(IN_FULL)
}

/// How many points each of some lines has: with fewer than some it would be seen that it has few.
pub(super) fn points(pairs: usize, most: usize, lines: usize) -> usize {
    const LEAST: usize = 160;
    let all = most / lines.max(1);
    (among(pairs, most) / lines.max(1)).max(all.min(LEAST))
}

/// A picture without marks.
pub(super) fn blank(name: String, subject: String, title: String, width: f64) -> Figure {
    Figure {
        name,
        subject,
        title,
        subtitle: String::new(),
        key: Vec::new(),
        width,
        height: 0.0,
        marks: Vec::new(),
    }
}

/// The key of a pair's series, if there are several; those that are not named share an entry.
pub(super) fn key(series: &[Series], words: impl Fn(&Series) -> String) -> Vec<Entry> {
    if series.len() < 2 {
        return Vec::new();
    }
    let entry = |s: &Series| Entry {
        sample: LegendSample::Series(Stroke { ink: s.ink, width: 2.0, dash: s.dash }, s.marker),
        words: words(s),
    };
    let mut key: Vec<Entry> = series.iter().filter(|s| s.named).map(entry).collect();
    let others = series.len() - key.len();
    if others > 0 {
        let sample = LegendSample::Line(Stroke::solid(Ink::Ghost, 2.0));
        key.push(Entry { sample, words: format!("{others} more in between") });
    }
    key
}

/// The series, those with a name last, because what is drawn last lies on top.
pub(super) fn named_last(series: &[Series]) -> impl Iterator<Item = &Series> {
    series.iter().filter(|s| !s.named).chain(series.iter().filter(|s| s.named))
}

/// How many latencies of the series are zero or less: those that have no logarithm.
pub(super) fn below_zero(series: &[Series]) -> usize {
    let count: u64 = series.iter().map(|s| s.latencies.below(1)).sum();
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// The scale that suits the latencies of some series.
pub(super) fn scale(series: &[Series], from: f64, to: f64) -> Scale {
    Scale::of_counts(series.iter().flat_map(|s| s.latencies.counts_ms()), from, to)
}

/// The level axis below a plot that begins at `top`, with its gutter of `below_zero` values at or
/// below zero.
pub(super) fn level_axis(
    figure: &mut Figure,
    scale: &Scale,
    (top, y): (f64, f64),
    below_zero: usize,
) {
    let (from, to) = scale.ends();
    figure.line((from, y), (to, y), Stroke::solid(Ink::Axis, 1.0));
    // Where the next label may begin: not over the one before it.
    let mut free = 0.0;
    if let Some((far, near)) = scale.gutter() {
        figure.line((near, top), (near, y), Stroke::solid(Ink::Axis, 1.0));
        let words = format!("≤\u{a0}0: {}", count(below_zero as u64));
        let middle = f64::midpoint(far, near);
        free = middle + text_width(&words, size::TEXT, false) * size::GROWN / 2.0 + 6.0;
        figure.text((middle, y + 22.0), Anchor::Middle, Ink::Text, words);
    }
    for tick in latency_ticks(scale, false) {
        let x = scale.place(tick.value);
        figure.line((x, y), (x, y + 5.0), Stroke::solid(Ink::Axis, 1.0));
        let half = text_width(&tick.label, size::TEXT, false) / 2.0;
        // A label never leaves the picture.
        let at = x.clamp(half, (figure.width - 4.0 - half).max(half));
        let half = half * size::GROWN;
        if at - half >= free {
            figure.text((at, y + 22.0), Anchor::Middle, Ink::Muted, tick.label);
            free = at + half + 4.0;
        }
    }
}

/// A grid line with its label left of the plot.
pub(super) fn grid_line(figure: &mut Figure, y: f64, label: &str) {
    figure.line((LEFT, y), (WIDTH - RIGHT, y), Stroke::solid(Ink::Grid, 1.0));
    figure.text((LEFT - 8.0, y + 4.0), Anchor::End, Ink::Muted, label);
}

/// The name of a row, on paper: what lies behind it does not run through its letters.
pub(super) fn row_name(figure: &mut Figure, at: (f64, f64), words: String) {
    let width = text_width(&words, size::TEXT, false);
    figure.marks.push(Mark::Rect {
        at: (at.0 - 3.0, at.1 - 12.0),
        size: (width + 6.0, 16.0),
        ink: Ink::Paper,
        opacity: 1.0,
    });
    figure.text(at, Anchor::Start, Ink::Text, words);
}

/// A marker with a value of its own; an open one hides the line beneath it.
pub(super) fn marker(figure: &mut Figure, at: (f64, f64), marker: Marker, ink: Ink) {
    let dot = |marker, ink| Mark::Dot { at, radius: 4.0, marker, ink, opacity: 1.0 };
    if marker.open {
        figure.marks.push(dot(Marker::filled(marker.shape), Ink::Paper));
    }
    figure.marks.push(dot(marker, ink));
}

/// Bold small text.
pub(super) fn strong(at: (f64, f64), anchor: Anchor, ink: Ink, text: String) -> Mark {
    Mark::Text(Text { at, text, size: size::TEXT, bold: true, anchor, ink })
}
