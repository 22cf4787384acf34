//! The series of a pair: the latencies of one run or group and start class, ready to be drawn.

use super::{Grouped, RunView};
use crate::figure::{Dash, Ink, Marker, Shape};
use sb_trace::latency::{Latencies, RunPair};
use sb_trace::stats::{Distribution, ValueCounts};
use sb_trace::trace::ColdWarm;
use sb_trace::units::ns_to_ms;
use std::collections::BTreeMap;
use std::sync::Arc;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPoint {
    /// When it began, Unix epoch in nanoseconds.
    pub start_ns: i64,
    /// How long it took, in nanoseconds.
    pub latency_ns: i64,
}

impl CallPoint {
    /// How long it took, in milliseconds.
    pub fn ms(self) -> f64 {
        ns_to_ms(self.latency_ns)
    }
}

/// Latencies of the table, by run and start.
#[derive(Debug, Clone, Default)]
pub struct Points(Vec<PartPoints>);

/// Latencies of one run.
#[derive(Debug, Clone)]
pub struct PartPoints {
    part: Arc<RunPair>,
    /// Which of them; all of them, if there is no list.
    rows: Option<Vec<u32>>,
}

impl Points {
    /// Run by run.
    pub fn runs(&self) -> &[PartPoints] {
        &self.0
    }
}

impl PartPoints {
    /// Index of the run.
    pub fn run(&self) -> usize {
        self.part.run() as usize
    }

    /// The latencies in the order of their starts.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = CallPoint> + Clone + '_ {
        let count = self.rows.as_ref().map_or(self.part.len(), Vec::len);
        (0..count).filter_map(|at| {
            let row = self.rows.as_ref().map_or(at, |rows| rows[at] as usize);
            let latency_ns = self.part.latency_ns(row)?;
            Some(CallPoint { start_ns: self.part.start_ns(row), latency_ns })
        })
    }

    /// When the first and the last of them begin.
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        Some((self.iter().next()?.start_ns, self.iter().next_back()?.start_ns))
    }
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
    /// The latencies.
    pub latencies: Distribution,
    /// The same, by run and start.
    pub points: Points,
    /// The median in milliseconds.
    pub median_ms: f64,
    /// Half the height of the 95 % band around the distribution (Dvoretzky, Kiefer, Wolfowitz,
    /// Massart), as a share of 1.
    pub band: f64,
}

impl Series {
    /// The percentiles 0, 1, 5, 10, 25, 50, 75, 90, 95, 99 and 100 in milliseconds.
    pub fn quantiles(&self) -> Vec<Option<f64>> {
        QUANTILES.iter().map(|p| self.latencies.quantile_ms(p / 100.0)).collect()
    }
}

/// The series of a pair: by run, then class; by group where the user chose the groups, or where
/// there are too many runs to be told apart. A pair of one class is not split.
pub(super) fn of(
    table: &Latencies,
    pair: usize,
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
    let mut parts: BTreeMap<(usize, ColdWarm), (ValueCounts, Points)> = BTreeMap::new();
    let mut add = |key: usize, class: ColdWarm, points: PartPoints| {
        if points.iter().next().is_none() {
            return;
        }
        let empty = || (ValueCounts::of_unit(table.tick_ns()), Points::default());
        let (counts, all) = parts.entry((key, class)).or_insert_with(empty);
        points.iter().for_each(|point| counts.add(point.latency_ns));
        all.0.push(points);
    };
    for part in table.parts_of(pair) {
        let run = part.run() as usize;
        let one_key = if by_group { grouped.of_whole_run(run) } else { Some(run) };
        if let (Some(key), Some(class)) = (one_key, part.one_start_class()) {
            add(key, class.class, PartPoints { part: Arc::clone(part), rows: None });
            continue;
        }
        let mut here: BTreeMap<(usize, ColdWarm), Vec<u32>> = BTreeMap::new();
        for (row, latency) in (0u32..).zip(part.latencies_ns()) {
            if latency.is_some() {
                let at = row as usize;
                let key = one_key.unwrap_or_else(|| grouped.of(table, &part.row(at)));
                here.entry((key, part.start_class(at).class)).or_default().push(row);
            }
        }
        for ((key, class), rows) in here {
            add(key, class, PartPoints { part: Arc::clone(part), rows: Some(rows) });
        }
    }
    let mut classes: Vec<ColdWarm> = parts.keys().map(|k| k.1).collect();
    classes.sort_unstable();
    classes.dedup();
    // A group that is a class need not be called by it twice.
    let split = classes.len() > 1 && !(by_group && grouped.by_class());
    let mut series: Vec<Series> = parts
        .into_iter()
        .map(|((key, class), (counts, points))| {
            let latencies = counts.distribution();
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
                median_ms: latencies.quantile_ms(0.5).unwrap_or_default(),
                band: (40f64.ln() / (2.0 * latencies.n() as f64)).sqrt(),
                latencies,
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
pub(super) fn slices(series: &[Series], runs: &[RunView], tick_ns: i64) -> Vec<Slice> {
    let most = if runs.len() > COLOURED { FEW_SLICES } else { SLICES };
    let of_run = |(index, view): (usize, &RunView)| {
        let all = series.iter().flat_map(|s| s.points.runs());
        let points: Vec<&PartPoints> = all.filter(|points| points.run() == index).collect();
        let spans = || points.iter().filter_map(|points| points.span_ns());
        let Some(first) = spans().map(|span| span.0).min() else { return Vec::new() };
        let last = spans().map(|span| span.1).max().unwrap_or(first);
        let length = last.saturating_sub(first);
        let few =
            points.iter().flat_map(|points| points.iter()).take(2 * SLICES).count() < 2 * SLICES;
        let parts = if few || length == 0 { 1 } else { most };
        let edge = |part: usize| length as f64 * part as f64 / parts as f64 / 1e9;
        // Where each part but the first begins.
        let edges: Vec<f64> = (1..parts).map(edge).collect();
        let mut counts = vec![ValueCounts::of_unit(tick_ns); parts];
        for points in points {
            let mut part = 0;
            for point in points.iter() {
                let second = point.start_ns.saturating_sub(first) as f64 / 1e9;
                // They come in the order of their starts.
                while edges.get(part).is_some_and(|&edge| second >= edge) {
                    part += 1;
                }
                counts[part].add(point.latency_ns);
            }
        }
        let slice = |(part, counts): (usize, ValueCounts)| {
            let latencies = counts.distribution();
            let n = latencies.n();
            Slice {
                run: view.name.clone(),
                from_s: edge(part),
                to_s: edge(part + 1),
                n: usize::try_from(n).unwrap_or(usize::MAX),
                median_ms: latencies.quantile_ms(0.5),
                max_ms: n.checked_sub(1).and_then(|last| latencies.at(last)).map(ns_to_ms),
            }
        };
        counts.into_iter().enumerate().map(slice).collect()
    };
    runs.iter().enumerate().flat_map(of_run).collect()
}
