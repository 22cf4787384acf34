//! The series of a pair: the latencies of one run or group and start class, ready to be drawn.

use super::{Grouped, RunView};
use crate::figure::{Dash, Ink, Marker, Shape};
use sb_trace::latency::Latencies;
use sb_trace::stats::quantile;
use sb_trace::trace::ColdWarm;
use std::collections::BTreeMap;

/// The percentiles of the table under a distribution.
pub const QUANTILES: [f64; 11] = [0.0, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 100.0];

/// More series than this are not told apart by colour.
pub(super) const COLOURED: usize = 5;

/// In how many parts a run is cut to tell how its latencies move.
const SLICES: usize = 10;
/// The same where there are many runs: the page stays small.
const FEW_SLICES: usize = 3;

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

/// One latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Index of its run.
    pub run: u32,
    /// When it began, Unix epoch in nanoseconds.
    pub start_ns: i64,
    /// How long it took, in milliseconds.
    pub ms: f64,
}

/// The latencies of one run or group, and start class.
#[derive(Debug, Clone)]
pub struct Series {
    /// Index of the run or group.
    pub key: usize,
    /// Index of the group that it is part of.
    pub group: usize,
    /// What it is called in a key.
    pub name: String,
    /// The start class.
    pub class: ColdWarm,
    /// Colour: a run's or group's.
    pub ink: Ink,
    /// Solid warm or unknown, dashed cold, dotted partial.
    pub dash: Dash,
    /// Shape: a run's or group's; open where it is cold.
    pub marker: Marker,
    /// Whether the key names it; where there are many series only the extreme ones are named.
    pub named: bool,
    /// The latencies in milliseconds, ascending.
    pub sorted_ms: Vec<f64>,
    /// The same, by run and start.
    pub points: Vec<Point>,
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

/// The series of a pair: by run, then class; by group where the user chose the groups, or where
/// there are too many runs to be told apart. A pair of one class is not split.
pub(super) fn of(
    table: &Latencies,
    rows: &[u32],
    runs: &[RunView],
    grouped: &Grouped,
) -> Vec<Series> {
    let groups = &grouped.groups;
    let by_group = groups.len() > 1 && (grouped.chosen() || runs.len() > COLOURED);
    let names: Vec<&str> = if by_group {
        groups.iter().map(|g| g.name.as_str()).collect()
    } else {
        runs.iter().map(|r| r.name.as_str()).collect()
    };
    let mut parts: BTreeMap<(usize, ColdWarm), Vec<Point>> = BTreeMap::new();
    for row in rows.iter().map(|&index| &table.rows[index as usize]) {
        let Some(ms) = row.ms() else { continue };
        let key = if by_group { grouped.of(table, row) } else { row.run as usize };
        let point = Point { run: row.run, start_ns: row.start_ns, ms };
        parts.entry((key, row.start_class.class)).or_default().push(point);
    }
    let mut classes: Vec<ColdWarm> = parts.keys().map(|k| k.1).collect();
    classes.sort_unstable();
    classes.dedup();
    // A group that is a class need not be called by it twice.
    let split = classes.len() > 1 && !(by_group && grouped.by_class());
    let mut series: Vec<Series> = parts
        .into_iter()
        .map(|((key, class), mut points)| {
            points.sort_by_key(|p| (p.run, p.start_ns));
            let mut sorted_ms: Vec<f64> = points.iter().map(|p| p.ms).collect();
            sorted_ms.sort_by(f64::total_cmp);
            let of = names.get(key).copied().unwrap_or_default();
            Series {
                key,
                group: if by_group { key } else { grouped.of_run(key) },
                name: match (names.len() > 1, split) {
                    (true, true) => format!("{of} · {}", class.text()),
                    (true, false) => of.to_owned(),
                    (false, true) => class.text().to_owned(),
                    (false, false) => "all".to_owned(),
                },
                class,
                ink: Ink::Series(key),
                dash: match class {
                    ColdWarm::Cold => Dash::Dashed,
                    ColdWarm::Partial => Dash::Dotted,
                    ColdWarm::Warm | ColdWarm::Unknown => Dash::Solid,
                },
                marker: Marker { shape: Shape::of_series(key), open: class == ColdWarm::Cold },
                named: true,
                median_ms: quantile(&sorted_ms, 0.5).unwrap_or_default(),
                band: (40f64.ln() / (2.0 * sorted_ms.len() as f64)).sqrt(),
                sorted_ms,
                points,
            }
        })
        .collect();
    if names.len() > COLOURED {
        highlight(&mut series);
    }
    series
}

/// Of many series only that of the least and that of the greatest median get a colour.
fn highlight(series: &mut [Series]) {
    let by_median = |a: &&Series, b: &&Series| a.median_ms.total_cmp(&b.median_ms);
    let least = series.iter().min_by(by_median).map(|s| s.key);
    let most = series.iter().max_by(by_median).map(|s| s.key);
    for one in series {
        let key = Some(one.key);
        let place = if key == most {
            Some(1)
        } else if key == least {
            Some(0)
        } else {
            None
        };
        one.named = place.is_some();
        one.ink = place.map_or(Ink::Ghost, Ink::Series);
        one.marker.shape = Shape::of_series(place.unwrap_or_default());
    }
}

/// How the latencies of each run move: their median and maximum in each tenth of its time.
pub(super) fn slices(series: &[Series], runs: &[RunView]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for (index, view) in runs.iter().enumerate() {
        let mut points: Vec<(i64, f64)> = series
            .iter()
            .flat_map(|s| &s.points)
            .filter(|p| p.run as usize == index)
            .map(|p| (p.start_ns, p.ms))
            .collect();
        points.sort_by_key(|point| point.0);
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let (first, length) = (first.0, last.0.saturating_sub(first.0));
        let most = if runs.len() > COLOURED { FEW_SLICES } else { SLICES };
        let parts = if points.len() < 2 * SLICES || length == 0 { 1 } else { most };
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
