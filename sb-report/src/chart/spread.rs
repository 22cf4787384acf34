//! The summary: a bar from p10 to p90 for each pair, with its median, on one scale. As a picture,
//! and as the small bars in the rows of the page's table.

use super::frame::{BELOW, RIGHT, below_zero, blank, level_axis};
use crate::figure::{
    Anchor, Figure, Ink, Mark, Scale, Stroke, ellipsize, latency_ticks, size, text_width,
};
use crate::model::words::latency;
use crate::model::{PairView, Report, Row};

/// Height of a row in logical pixels.
const ROW: f64 = 34.0;
/// Width of the picture: of names of pairs at most, and of the bars, what is left of it.
const WIDTH: f64 = 640.0;
/// The widest that names of pairs may be.
const NAMES: f64 = 250.0;

/// A bar's places on the shared scale, in percent of its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// p10.
    pub from: f64,
    /// p90.
    pub to: f64,
    /// p50.
    pub median: f64,
}

/// The scale that all bars share.
#[derive(Debug, Clone)]
pub struct SharedScale {
    scale: Scale,
}

impl SharedScale {
    /// The scale of all rows that the page shows.
    pub fn of(report: &Report) -> Self {
        let rows = report.pairs.iter().flat_map(|p| p.rows.iter().chain(&p.by_run));
        let values: Vec<f64> =
            rows.flat_map(|r| [10.0, 50.0, 90.0].map(|p| r.ms(p))).flatten().collect();
        Self { scale: Scale::of(values.iter().copied(), 0.0, 100.0) }
    }

    /// The bar of a row; none where it has no latencies.
    pub fn bar(&self, row: &Row) -> Option<Bar> {
        let place = |percent: f64| Some(self.scale.place(row.ms(percent)?));
        Some(Bar { from: place(10.0)?, to: place(90.0)?, median: place(50.0)? })
    }

    /// The ends of the scale in words.
    pub fn ends(&self) -> (String, String) {
        let (low, high) = self.scale.domain();
        (crate::figure::latency_label(rounded(low)), crate::figure::latency_label(rounded(high)))
    }
}

/// Two significant digits.
fn rounded(ms: f64) -> f64 {
    if ms == 0.0 {
        return 0.0;
    }
    let step = 10f64.powf(ms.abs().log10().floor() - 1.0);
    (ms / step).round() * step
}

/// Draws all pairs that have latencies.
pub(super) fn figure(report: &Report) -> Option<Figure> {
    let rows: Vec<(&PairView, &Row)> = report
        .pairs
        .iter()
        .flat_map(|p| {
            p.rows.iter().filter(|r| r.summary.n > 0 && r.class.is_empty()).map(move |r| (p, r))
        })
        .collect();
    let longest = rows
        .iter()
        .filter_map(|(p, r)| Some((p, r.ms(50.0)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = |pair: &PairView, row: &Row| {
        let name = if pair.total { "total".to_owned() } else { pair.arrow.clone() };
        if row.of.is_empty() { name } else { format!("{name} ({})", row.of) }
    };
    let names = rows
        .iter()
        .map(|(p, r)| text_width(&name(p, r), size::TEXT, false))
        .fold(0.0, f64::max)
        .min(NAMES);
    let left = 16.0 + names + 16.0;
    let top = 8.0;
    let bottom = top + ROW * rows.len() as f64;
    let values = rows.iter().flat_map(|(_, r)| [10.0, 50.0, 90.0, 99.0].map(|p| r.ms(p))).flatten();
    let scale = Scale::of(values.collect::<Vec<_>>().iter().copied(), left, WIDTH - RIGHT - 12.0);
    let title = format!(
        "{} has the longest median, {}",
        longest.0.title,
        latency(longest.1, longest.0.unit)
    );
    let mut figure = blank("summary".to_owned(), String::new(), title, WIDTH);
    "Bar: p10 to p90 · line: median · tick: p99, grey where too few latencies bound it"
        .clone_into(&mut figure.subtitle);
    figure.height = bottom + BELOW;
    for tick in latency_ticks(&scale, false) {
        let x = scale.place(tick.value);
        figure.line((x, top), (x, bottom), Stroke::solid(Ink::Grid, 1.0));
    }
    for (index, (pair, row)) in rows.iter().enumerate() {
        let middle = top + ROW * (index as f64 + 0.5);
        let words = ellipsize(&name(pair, row), size::TEXT, false, names);
        figure.text((16.0, middle + 4.0), Anchor::Start, Ink::Text, words);
        bar(&mut figure, pair, row, &scale, middle);
    }
    let below_zero = report.pairs.iter().map(|p| below_zero(&p.series)).sum();
    level_axis(&mut figure, &scale, (top, bottom), below_zero);
    Some(figure)
}

fn bar(figure: &mut Figure, pair: &PairView, row: &Row, scale: &Scale, middle: f64) {
    let place = |percent: f64| row.ms(percent).map(|ms| scale.place(ms));
    let (Some(from), Some(to), Some(median)) = (place(10.0), place(90.0), place(50.0)) else {
        return;
    };
    let ink = Ink::Series(0);
    figure.marks.push(Mark::Rect {
        at: (from, middle - 5.0),
        size: ((to - from).max(2.0), 10.0),
        ink,
        opacity: 0.35,
    });
    if let (Some(x), Some(p99)) = (place(99.0), row.summary.percentile(99.0))
        && row.summary.n >= 100
    {
        figure.line((to, middle), (x, middle), Stroke::solid(Ink::Ghost, 1.0));
        let ink = if p99.supported() { ink } else { Ink::Ghost };
        figure.line((x, middle - 4.0), (x, middle + 4.0), Stroke::solid(ink, 1.5));
    }
    figure.line((median, middle - 8.0), (median, middle + 8.0), Stroke::solid(ink, 2.5));
    let words = latency(row.ms(50.0).unwrap_or_default(), pair.unit);
    let half = text_width(&words, size::TEXT, false) / 2.0;
    let (low, high) = scale.ends();
    let at = median.clamp(low + half, (high - half).max(low + half));
    figure.text((at, middle - 11.0), Anchor::Middle, Ink::Text, words);
}
