//! The series of a pair: the latencies of one run and start class, ready to be drawn.

use super::RunView;
use crate::figure::{Dash, Ink};
use sb_trace::latency::{Latencies, Latency};
use sb_trace::stats::quantile;
use sb_trace::trace::ColdWarm;

/// The percentiles of the table under a distribution.
pub const QUANTILES: [f64; 11] = [0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 100.0];

/// More series than this are not told apart by colour.
pub(super) const COLOURED: usize = 5;

/// In how many parts a run is cut to tell how its latencies move.
const SLICES: usize = 10;

/// A part of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Name of the run.
    pub run: String,
    /// Begin and end, in seconds since the run's first latency.
    pub from_s: f64,
    /// See `from_s`.
    pub to_s: f64,
    /// Latencies that begin in it.
    pub n: usize,
    /// Their median and maximum in milliseconds.
    pub median_ms: Option<f64>,
    /// See `median_ms`.
    pub max_ms: Option<f64>,
}

/// The latencies of one run and start class.
#[derive(Debug, Clone)]
pub struct Series {
    /// Index of the run.
    pub run: usize,
    /// What it is called in a key.
    pub name: String,
    /// The start class.
    pub class: ColdWarm,
    /// Colour: a run's.
    pub ink: Ink,
    /// Solid warm or unknown, dashed cold, dotted partial.
    pub dash: Dash,
    /// Whether the key names it; where there are many series only the extreme ones are named.
    pub named: bool,
    /// The latencies in milliseconds, ascending.
    pub sorted_ms: Vec<f64>,
    /// Start (Unix epoch in nanoseconds) and latency (milliseconds), by start.
    pub by_start: Vec<(i64, f64)>,
    /// The median in milliseconds.
    pub median_ms: f64,
    /// Half the height of the 95 % band around the distribution (Dvoretzky, Kiefer, Wolfowitz,
    /// Massart), as a share of 1.
    pub band: f64,
}

impl Series {
    /// The percentiles 0, 1, 5, 10, 25, 50, 75, 90, 95, 99 and 100 in milliseconds.
    pub fn quantiles(&self) -> Vec<Option<f64>> {
        QUANTILES.iter().map(|p| quantile(&self.sorted_ms, p / 100.0)).collect()
    }
}

/// The series of a pair: by run, then class. A pair of one class in all runs is not split.
pub(super) fn of(table: &Latencies, rows: &[u32], runs: &[RunView]) -> Vec<Series> {
    let row = |&index: &u32| &table.rows[index as usize];
    let mut classes: Vec<ColdWarm> = rows.iter().map(|i| row(i).start_class.class).collect();
    classes.sort_unstable();
    classes.dedup();
    let mut series = Vec::new();
    for (index, view) in runs.iter().enumerate() {
        for &class in &classes {
            let chosen = |r: &&Latency| r.run as usize == index && r.start_class.class == class;
            let mut by_start: Vec<(i64, f64)> = rows
                .iter()
                .map(row)
                .filter(chosen)
                .filter_map(|r| Some((r.start_ns, r.ms()?)))
                .collect();
            if by_start.is_empty() {
                continue;
            }
            by_start.sort_by_key(|point| point.0);
            let mut sorted_ms: Vec<f64> = by_start.iter().map(|point| point.1).collect();
            sorted_ms.sort_by(f64::total_cmp);
            let name = match (runs.len() > 1, classes.len() > 1) {
                (true, true) => format!("{} · {}", view.name, class.text()),
                (true, false) => view.name.clone(),
                (false, true) => class.text().to_owned(),
                (false, false) => "all".to_owned(),
            };
            series.push(Series {
                run: index,
                name,
                class,
                ink: Ink::Series(index),
                dash: match class {
                    ColdWarm::Cold => Dash::Dashed,
                    ColdWarm::Partial => Dash::Dotted,
                    ColdWarm::Warm | ColdWarm::Unknown => Dash::Solid,
                },
                named: true,
                median_ms: quantile(&sorted_ms, 0.5).unwrap_or_default(),
                band: (40f64.ln() / (2.0 * sorted_ms.len() as f64)).sqrt(),
                sorted_ms,
                by_start,
            });
        }
    }
    if runs.len() > COLOURED {
        highlight(&mut series);
    }
    series
}

/// Of many series only that of the least and that of the greatest median get a colour.
fn highlight(series: &mut [Series]) {
    let by_median = |a: &&Series, b: &&Series| a.median_ms.total_cmp(&b.median_ms);
    let least = series.iter().min_by(by_median).map(|s| s.run);
    let most = series.iter().max_by(by_median).map(|s| s.run);
    for one in series {
        let run = Some(one.run);
        (one.ink, one.named) = if run == most {
            (Ink::Series(1), true)
        } else if run == least {
            (Ink::Series(0), true)
        } else {
            (Ink::Ghost, false)
        };
    }
}

/// How the latencies of each run move: their median and maximum in each tenth of its time.
pub(super) fn slices(series: &[Series], runs: &[RunView]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for (index, view) in runs.iter().enumerate() {
        let mut points: Vec<(i64, f64)> = series
            .iter()
            .filter(|s| s.run == index)
            .flat_map(|s| s.by_start.iter().copied())
            .collect();
        points.sort_by_key(|point| point.0);
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let (first, length) = (first.0, last.0.saturating_sub(first.0));
        let parts = if points.len() < 2 * SLICES || length == 0 { 1 } else { SLICES };
        for part in 0..parts {
            let edge = |part: usize| length as f64 * part as f64 / parts as f64 / 1e9;
            let (from_s, to_s) = (edge(part), edge(part + 1));
            let inside = |start: i64| {
                let second = start.saturating_sub(first) as f64 / 1e9;
                second >= from_s && (second < to_s || part + 1 == parts)
            };
            let mut values: Vec<f64> = points.iter().filter(|p| inside(p.0)).map(|p| p.1).collect();
            values.sort_by(f64::total_cmp);
            slices.push(Slice {
                run: view.name.clone(),
                from_s,
                to_s,
                n: values.len(),
                median_ms: quantile(&values, 0.5),
                max_ms: values.last().copied(),
            });
        }
    }
    slices
}
