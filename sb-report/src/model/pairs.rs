//! The pairs: rows of the tables, series of the charts, and the unit of each.

use super::detail::{self, Detail};
use super::series::{self, Series, Slice};
use super::slug::slug;
use super::{Grouped, RunView, words};
use rayon::prelude::*;
use sb_trace::latency::{Latencies, Pair, RunPair};
use sb_trace::stats::{ALL_CLASSES, Distribution, Mode, Percentile, Summary, minimum_n};
use sb_trace::units::{Unit, ns_to_ms};
use std::collections::BTreeSet;

/// A percentile as a table shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Bounded on both sides by the sample.
    Value {
        /// The value with its unit.
        value: String,
        /// The 95 % interval without the unit.
        interval: String,
    },
    /// Too few latencies to bound it: an end of its interval is open.
    Weak {
        /// The value with its unit.
        value: String,
        /// The end that is known.
        interval: String,
        /// How many latencies would bound it.
        needed: usize,
    },
    /// So few latencies that not one is expected beyond it.
    None,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Group or run; empty where there is one.
    pub of: String,
    /// Index of the run, in tables of runs.
    pub run: Option<usize>,
    /// Start class; empty where all are of one class.
    pub class: String,
    /// The figures.
    pub summary: Summary,
    /// p50, p90, p95, p99.
    pub cells: Vec<Cell>,
    /// Largest latency with its unit.
    pub max: String,
    /// Where the latencies gather, in words, where that is in more than one place.
    pub modes: Option<String>,
    /// More statistics; none of a run by itself.
    pub detail: Option<Detail>,
}

/// A pair with all that is said of it.
#[derive(Debug, Clone)]
pub struct PairView {
    /// As in the tables: `A->B` or `total`.
    pub name: String,
    /// As readers see it: `A→B`.
    pub arrow: String,
    /// As a sentence begins with it: `A→B`, or `The whole trace`.
    pub title: String,
    /// Name of its files and its anchor.
    pub slug: String,
    /// Whether it is the whole trace.
    pub total: bool,
    /// The unit of all its numbers.
    pub unit: Unit,
    /// Latencies, FROM events without a partner, and negative latencies.
    pub n: usize,
    /// See `n`.
    pub unmatched: usize,
    /// See `n`.
    pub negative: usize,
    /// A row a group and class.
    pub rows: Vec<Row>,
    /// A row a run and class, where there are several runs.
    pub by_run: Vec<Row>,
    /// What is drawn.
    pub series: Vec<Series>,
    /// How its latencies move in time.
    pub slices: Vec<Slice>,
}

pub(super) fn views(
    table: &Latencies,
    runs: &[RunView],
    grouped: &Grouped,
    tick_ns: i64,
) -> Vec<PairView> {
    let mut slugs: Vec<String> = Vec::new();
    for pair in 0..table.pairs.len() {
        slugs.push(slug(&table.pair_text(u32::try_from(pair).unwrap_or(u32::MAX)), &slugs));
    }
    // Which pairs have rows that belong to one of so many groups.
    let present = |count: usize, of: &dyn Fn(&RunPair) -> BTreeSet<usize>| {
        let mut present = vec![vec![false; table.pairs.len()]; count];
        for part in table.parts() {
            for at in of(part) {
                present[at][part.pair() as usize] = true;
            }
        }
        present
    };
    let groups = &grouped.groups;
    let groups_of = |part: &RunPair| match grouped.of_whole_run(part.run() as usize) {
        Some(group) => BTreeSet::from([group]),
        None => part.rows().map(|row| grouped.of(table, &row)).collect(),
    };
    let with_rows = present(groups.len(), &groups_of);
    let by_group: Vec<Vec<Vec<Summary>>> =
        groups.iter().zip(with_rows).map(|(g, with)| split(&g.summaries, &with)).collect();
    let with_rows = present(runs.len(), &|part| BTreeSet::from([part.run() as usize]));
    let by_run: Vec<Vec<Vec<Summary>>> =
        runs.iter().zip(with_rows).map(|(r, with)| split(&r.summaries, &with)).collect();

    (0..table.pairs.len())
        .into_par_iter()
        .filter(|&pair| table.parts_of(pair).next().is_some())
        .map(|pair| {
            let name = table.pairs[pair].text(&table.names);
            let series = series::of(table, pair, runs, grouped);
            let n = counted(&series, Distribution::n);
            let all: usize = table.parts_of(pair).map(|part| part.len()).sum();
            let unit = unit(by_group.iter().flat_map(|g| &g[pair]));
            let row = |of: &str, run: usize, s: &Summary| Row::new(of, Some(run), s, unit, &[], 0);
            let of_group = |at: usize, s: &Summary| {
                let class = |c: &Series| [ALL_CLASSES, c.class.text()].contains(&&*s.start_class);
                let chosen: Vec<&Series> =
                    series.iter().filter(|c| c.group == at && class(c)).collect();
                Row::new(&groups[at].name, None, s, unit, &chosen, tick_ns)
            };
            let runs_with = runs.iter().enumerate().zip(&by_run).filter(|_| runs.len() > 1);
            PairView {
                arrow: words::arrow(&name),
                title: if table.pairs[pair] == Pair::Total {
                    "The whole trace".to_owned()
                } else {
                    words::arrow(&name)
                },
                name,
                slug: slugs[pair].clone(),
                total: table.pairs[pair] == Pair::Total,
                unit,
                n,
                unmatched: all - n,
                negative: counted(&series, |latencies| latencies.below(0)),
                rows: by_group
                    .iter()
                    .enumerate()
                    .flat_map(|(at, s)| s[pair].iter().map(move |s| (at, s)))
                    .map(|(at, s)| of_group(at, s))
                    .collect(),
                by_run: runs_with
                    .flat_map(|((i, r), s)| s[pair].iter().map(move |s| row(&r.name, i, s)))
                    .collect(),
                slices: series::slices(&series, runs, table.tick_ns()),
                series,
            }
        })
        .collect()
}

/// How many latencies of some series there are of a kind.
fn counted(series: &[Series], count: impl Fn(&Distribution) -> u64) -> usize {
    let count: u64 = series.iter().map(|s| count(&s.latencies)).sum();
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Summaries pair by pair: each pair that is present begins with the row of all its classes.
fn split(summaries: &[Summary], present: &[bool]) -> Vec<Vec<Summary>> {
    let mut of_pairs = summaries.chunk_by(|_, next| next.start_class != ALL_CLASSES);
    present
        .iter()
        .map(
            |&present| {
                if present { of_pairs.next().unwrap_or_default().to_vec() } else { Vec::new() }
            },
        )
        .collect()
}

/// One unit for all numbers of a pair: that of its greatest median.
fn unit<'a>(summaries: impl Iterator<Item = &'a Summary>) -> Unit {
    let medians = summaries.filter_map(|s| s.percentile(50.0)?.value_ms);
    Unit::fitting(medians.map(f64::abs).fold(0.0, f64::max))
}

impl Row {
    fn new(
        of: &str,
        run: Option<usize>,
        summary: &Summary,
        unit: Unit,
        series: &[&Series],
        tick_ns: i64,
    ) -> Self {
        let cell = |percent: f64| {
            summary.percentile(percent).map_or(Cell::None, |p| Cell::of(p, summary.n, unit))
        };
        Self {
            of: of.to_owned(),
            run,
            class: if summary.start_class == ALL_CLASSES {
                String::new()
            } else {
                summary.start_class.clone()
            },
            cells: [50.0, 90.0, 95.0, 99.0].into_iter().map(cell).collect(),
            max: summary.max_ms.map_or_else(|| "n/a".to_owned(), |ms| words::latency(ms, unit)),
            modes: (summary.modes.len() > 1).then(|| modes(&summary.modes, unit)),
            detail: run.is_none().then(|| {
                let name = [&summary.pair, of, &summary.start_class];
                detail::of(series, summary.unmatched, ns_to_ms(tick_ns), &name)
            }),
            summary: summary.clone(),
        }
    }

    /// A percentile's value in milliseconds.
    pub fn ms(&self, percent: f64) -> Option<f64> {
        self.summary.percentile(percent).and_then(|p| p.value_ms)
    }
}

impl Cell {
    fn of(percentile: &Percentile, n: usize, unit: Unit) -> Self {
        let q = percentile.percent / 100.0;
        // A hair of tolerance: 100 × (1 − 0.99) is a little less than 1 in binary.
        let Some(ms) = percentile.value_ms.filter(|_| n as f64 * (1.0 - q) >= 1.0 - 1e-9) else {
            return Self::None;
        };
        let value = words::latency(ms, unit);
        let interval = words::interval(percentile.low_ms, percentile.high_ms, unit);
        if percentile.supported() {
            Self::Value { value, interval }
        } else {
            Self::Weak { value, interval, needed: minimum_n(q) }
        }
    }
}

/// `2 modes: 12.0 ms (81 %), 340 ms (19 %)`
fn modes(modes: &[Mode], unit: Unit) -> String {
    let one = |mode: &Mode| {
        format!("{} ({:.0}\u{a0}%)", words::latency(mode.at_ms, unit), mode.share * 100.0)
    };
    let all: Vec<String> = modes.iter().map(one).collect();
    format!("{}\u{a0}modes: {}", modes.len(), all.join(", "))
}
