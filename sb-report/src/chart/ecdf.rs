//! The distribution of a pair: for each latency the share of latencies at or below it, with the
//! 95 % band and the median. One line a run and start class.

use super::frame::{
    BELOW, LEFT, PLOT, RIGHT, WIDTH, below_zero, blank, grid_line, key, level_axis, marker,
    named_last, points, scale, strong,
};
use crate::figure::{Anchor, Figure, Ink, Mark, Point, Scale, Stroke, simplify, size, text_width};
use crate::model::words::{count, latency};
use crate::model::{PairView, Series};

/// Points of all lines together, and of all bands: what keeps a picture small.
const LINE_POINTS: usize = 2_400;
const BAND_POINTS: usize = 1_600;
/// More lines than this have no bands.
const MOST_BANDS: usize = 5;
/// Columns of a logical pixel's width in which at most one step is kept.
const COLUMNS: f64 = 2.0;

/// Draws the distribution of a pair that has latencies.
pub(super) fn figure(pair: &PairView, pairs: usize, top: f64) -> Figure {
    let name = format!("ecdf.{}", pair.slug);
    let mut figure = blank(name, pair.title.clone(), title(pair), WIDTH);
    figure.subtitle = subtitle(pair);
    let median_of = |s: &Series| format!("{} · {}", s.name, latency(s.median_ms, pair.unit));
    figure.key = key(&pair.series, median_of);
    let several = pair.series.len() > 1;
    let bottom = top + PLOT;
    figure.height = bottom + BELOW;
    let x = scale(&pair.series, LEFT, WIDTH - RIGHT);
    let y = |share: f64| bottom - share * PLOT;

    for quarter in 0..=4u32 {
        let share = f64::from(quarter) / 4.0;
        if quarter > 0 {
            grid_line(&mut figure, y(share), &format!("{} %", quarter * 25));
        } else {
            figure.text((LEFT - 8.0, bottom + 4.0), Anchor::End, Ink::Muted, "0 %");
        }
    }
    level_axis(&mut figure, &x, (top, bottom), below_zero(&pair.series));

    let drawn = pair.series.len();
    if banded(pair) {
        for series in &pair.series {
            let points = band(series, &x, &y, points(pairs, BAND_POINTS, drawn));
            figure.marks.push(Mark::Area {
                points,
                ink: series.ink,
                opacity: if several { 0.1 } else { 0.16 },
            });
        }
    }
    for series in named_last(&pair.series) {
        let points = simplify(&steps(series, &x, &y, 0.0), points(pairs, LINE_POINTS, drawn));
        let width = if series.named { 2.0 } else { 1.25 };
        figure.marks.push(Mark::Line {
            points,
            stroke: Stroke { ink: series.ink, width, dash: series.dash },
        });
    }
    for series in pair.series.iter().filter(|s| s.named) {
        median(
            &mut figure,
            series,
            &x,
            (y(0.5), bottom),
            (!several).then(|| latency(series.median_ms, pair.unit)),
        );
    }
    figure
}

/// The median: a rule down to the axis, a dot, and the number where there is one line only.
fn median(
    figure: &mut Figure,
    series: &Series,
    x: &Scale,
    (middle, bottom): (f64, f64),
    number: Option<String>,
) {
    let at = x.place(series.median_ms);
    figure.line((at, middle), (at, bottom), Stroke::solid(series.ink, 1.0));
    marker(figure, (at, middle), series.marker, series.ink);
    if let Some(number) = number {
        let words = format!("median {number}");
        let width = text_width(&words, size::TEXT, true) * size::GROWN;
        // The line rises to the right: free are the places right below and left above the dot.
        let (place, anchor) = if at + 10.0 + width < WIDTH - RIGHT {
            ((at + 10.0, middle + 18.0), Anchor::Start)
        } else {
            ((at - 10.0, middle - 8.0), Anchor::End)
        };
        figure.marks.push(strong(place, anchor, series.ink, words));
    }
}

/// The line as steps, moved by `shift` in share: at each latency up to the share that it reaches.
fn steps(series: &Series, x: &Scale, y: &impl Fn(f64) -> f64, shift: f64) -> Vec<Point> {
    let n = series.latencies.n();
    let (from, to) = x.ends();
    let level = |share: f64| y((share + shift).clamp(0.0, 1.0));
    let mut points: Vec<Point> = vec![(from, level(0.0))];
    let mut column = f64::NEG_INFINITY;
    let mut up_to = 0;
    for (ms, count) in series.latencies.counts_ms() {
        up_to += count;
        let place = x.place(ms);
        let share = up_to as f64 / n as f64;
        let before = points.last().map_or(level(0.0), |p| p.1);
        if (place * COLUMNS).floor() > column {
            column = (place * COLUMNS).floor();
            points.push((place, before));
            points.push((place, level(share)));
        } else if let Some(last) = points.last_mut() {
            last.1 = level(share);
        }
    }
    points.push((to, level(1.0)));
    points
}

/// The outline of the band: the line moved up, then the line moved down, backwards.
fn band(series: &Series, x: &Scale, y: &impl Fn(f64) -> f64, most: usize) -> Vec<Point> {
    let mut outline = simplify(&steps(series, x, y, series.band), most / 2);
    let mut lower = simplify(&steps(series, x, y, -series.band), most / 2);
    lower.reverse();
    outline.extend(lower);
    outline
}

/// The finding.
fn title(pair: &PairView) -> String {
    let unit = pair.unit;
    match pair.series.as_slice() {
        [one] if one.latencies.n() == 1 => {
            format!("One latency, {}", latency(one.median_ms, unit))
        }
        [one] => {
            let half = format!("Half within {}", latency(one.median_ms, unit));
            let p90 = pair.rows.first().and_then(|r| r.summary.percentile(90.0));
            match p90.filter(|p| p.supported()).and_then(|p| p.value_ms) {
                Some(ms) => format!("{half}, 9 of 10 within {}", latency(ms, unit)),
                None => half,
            }
        }
        series => {
            let by_median = |a: &&Series, b: &&Series| a.median_ms.total_cmp(&b.median_ms);
            let ends = (series.iter().min_by(by_median), series.iter().max_by(by_median));
            let (Some(low), Some(high)) = ends else { return "No latency".to_owned() };
            let (least, most) = (latency(low.median_ms, unit), latency(high.median_ms, unit));
            if least == most {
                format!("Half within {least} in each of {} lines", series.len())
            } else {
                format!("Half within {least} ({}) to {most} ({})", low.name, high.name)
            }
        }
    }
}

/// Whether the lines have their bands: more than a few would only lie over one another.
fn banded(pair: &PairView) -> bool {
    pair.series.len() <= MOST_BANDS && pair.series.iter().all(|s| s.named)
}

fn subtitle(pair: &PairView) -> String {
    let linear = below_zero(&pair.series) * 2 >= pair.n;
    format!(
        "Share of latencies at or below a value · n\u{a0}=\u{a0}{}{} · {} scale",
        count(pair.n as u64),
        if banded(pair) { " · shaded: 95 % band" } else { "" },
        if linear { "linear" } else { "logarithmic" }
    )
}
