//! Latency at each percentile, with as much room for the last hundredth as for the rest: x is
//! 1/(1 - q) on a logarithmic scale. A line is thin where the sample cannot bound its percentile.

use super::frame::{
    BELOW, LEFT, PLOT, RIGHT, WIDTH, below_zero, blank, grid_line, key, marker, named_last, points,
    scale,
};
use crate::figure::{
    Anchor, Figure, Ink, Mark, Point, Scale, Stroke, latency_ticks, simplify, size, text_width,
};
use crate::model::words::{count, latency};
use crate::model::{PairView, Series};

/// Points of all lines together.
const POINTS: usize = 1_200;
/// The ticks: a percentile's name and 1/(1 - q).
const TICKS: [(&str, f64); 6] = [
    ("p50", 2.0),
    ("p90", 10.0),
    ("p99", 100.0),
    ("p99.9", 1e3),
    ("p99.99", 1e4),
    ("p99.999", 1e5),
];

/// Draws a pair that has latencies; none where one series has so few that there is no tail.
pub(super) fn figure(pair: &PairView, pairs: usize, top: f64) -> Option<Figure> {
    let most = pair.series.iter().map(|s| s.latencies.n()).max().filter(|&n| n >= 10)?;
    let name = format!("percentiles.{}", pair.slug);
    let subject = format!("{} by percentile", pair.title);
    let mut figure = blank(name, subject, title(pair), WIDTH);
    figure.subtitle = format!(
        "Latency at each percentile, thin where too few latencies bound it · n\u{a0}=\u{a0}{}",
        count(pair.n as u64)
    );
    figure.key = key(&pair.series, |s| s.name.clone());
    let bottom = top + PLOT;
    figure.height = bottom + BELOW;
    let y = scale(&pair.series, bottom, top);
    let x = Scale::log(1.0, most as f64, LEFT, WIDTH - RIGHT);
    for tick in latency_ticks(&y, true) {
        grid_line(&mut figure, y.place(tick.value), &tick.label);
    }
    if let Some((far, near)) = y.gutter() {
        let words = format!("≤\u{a0}0: {}", count(below_zero(&pair.series) as u64));
        let middle = f64::midpoint(far, near) + 4.0;
        figure.text((LEFT - 8.0, middle), Anchor::End, Ink::Text, words);
    }
    figure.line((LEFT, bottom), (WIDTH - RIGHT, bottom), Stroke::solid(Ink::Axis, 1.0));
    let mut free = LEFT - 40.0;
    for (label, value) in TICKS.into_iter().filter(|(_, v)| *v <= most as f64) {
        let at = x.place(value);
        figure.line((at, bottom), (at, bottom + 5.0), Stroke::solid(Ink::Axis, 1.0));
        let half = text_width(label, size::TEXT, false) * size::GROWN / 2.0;
        if at - half >= free && at + half <= WIDTH {
            figure.text((at, bottom + 22.0), Anchor::Middle, Ink::Muted, label);
            free = at + half + 4.0;
        }
    }
    let drawn = pair.series.len();
    for series in named_last(&pair.series) {
        let n = series.latencies.n() as f64;
        // The greatest quantile whose interval is closed above.
        let bounded = 1.0 / (1.0 - 0.025f64.powf(1.0 / n));
        let width = if series.named { 2.0 } else { 1.25 };
        for (from, to, width) in [(1.0, bounded.min(n), width), (bounded, n, width / 2.0)] {
            if to > from {
                let points =
                    simplify(&line(series, &x, &y, from, to), points(pairs, POINTS, drawn));
                let stroke = Stroke { ink: series.ink, width, dash: series.dash };
                figure.marks.push(Mark::Line { points, stroke });
            }
        }
        let end = series.latencies.quantile_ms(1.0 - 1.0 / n).filter(|_| drawn > 1 && series.named);
        if let Some(ms) = end {
            marker(&mut figure, (x.place(n), y.place(ms)), series.marker, series.ink);
        }
    }
    Some(figure)
}

/// A point in each half pixel, from one value of 1/(1 - q) to another.
fn line(series: &Series, x: &Scale, y: &Scale, from: f64, to: f64) -> Vec<Point> {
    const STEPS: u32 = 440;
    let at = |value: f64| {
        let ms = series.latencies.quantile_ms(1.0 - 1.0 / value).unwrap_or_default();
        (x.place(value), y.place(ms))
    };
    (0..=STEPS).map(|s| at(from * (to / from).powf(f64::from(s) / f64::from(STEPS)))).collect()
}

/// The finding: how far the tail lies from the middle.
fn title(pair: &PairView) -> String {
    let row = pair.rows.iter().find(|r| r.summary.n > 0);
    let tail = [(99.0, "1 in 100"), (95.0, "1 in 20"), (90.0, "1 in 10")].into_iter().find_map(
        |(p, words)| {
            let tail = row?.summary.percentile(p).filter(|p| p.supported())?.value_ms?;
            Some((tail, words))
        },
    );
    match (row.and_then(|r| r.ms(50.0)), tail) {
        (Some(median), Some((tail, words))) if median > 0.0 && tail > median => format!(
            "{words} takes {} or more, {:.*} times the median",
            latency(tail, pair.unit),
            usize::from(tail < median * 9.95),
            tail / median
        ),
        (Some(median), Some((tail, _))) if tail <= median => {
            format!("The tail is as fast as the median, {}", latency(median, pair.unit))
        }
        (_, Some((tail, words))) => format!("{words} takes {} or more", latency(tail, pair.unit)),
        _ => "Too few latencies to bound a tail".to_owned(),
    }
}
