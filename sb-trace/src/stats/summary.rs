//! The figures of one pair: what `stats` prints and `summary.json` holds.

use super::{Distribution, Mode, ValueCounts, modes, ranks};
use crate::latency::{Latencies, Latency, RunPair};
use crate::trace::ColdWarm;
use rayon::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::cell::RefCell;
use std::rc::Rc;

/// The percentiles of `summary.json` and of `stats` without `--percentiles`.
pub const DEFAULT_PERCENTILES: [f64; 4] = [50.0, 90.0, 95.0, 99.0];

/// The `start_class` of a summary over all start classes.
pub const ALL_CLASSES: &str = "all";

/// One percentile with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// The percentile, 0 to 100.
    pub percent: f64,
    /// The quantile of type 7, in milliseconds; none of no values.
    pub value_ms: Option<f64>,
    /// Lower end of the interval; open where the sample is too small.
    pub low_ms: Option<f64>,
    /// Upper end of the interval; open where the sample is too small.
    pub high_ms: Option<f64>,
}

impl Percentile {
    /// Whether the sample bounds the percentile on both sides.
    pub fn supported(&self) -> bool {
        self.low_ms.is_some() && self.high_ms.is_some()
    }
}

/// `50` -> `p50`, `99.9` -> `p99.9`.
pub fn percentile_name(percent: f64) -> String {
    format!("p{percent}")
}

/// The names of a percentile's columns.
#[derive(Debug)]
pub(crate) struct PercentileColumns {
    pub value: String,
    pub low: String,
    pub high: String,
    pub supported: String,
}

impl PercentileColumns {
    /// Made once for each of a few percentiles: thousands of pairs have the same.
    pub(crate) fn of(percent: f64) -> Rc<Self> {
        const MOST: usize = 16;
        thread_local! {
            static KNOWN: RefCell<Vec<(u64, Rc<PercentileColumns>)>> = const { RefCell::new(Vec::new()) };
        }
        KNOWN.with_borrow_mut(|known| {
            let bits = percent.to_bits();
            if let Some((_, columns)) = known.iter().find(|(of, _)| *of == bits) {
                return Rc::clone(columns);
            }
            let name = percentile_name(percent);
            let columns = Rc::new(Self {
                value: format!("{name}_ms"),
                low: format!("{name}_low_ms"),
                high: format!("{name}_high_ms"),
                supported: format!("{name}_supported"),
            });
            if known.len() == MOST {
                known.clear();
            }
            known.push((bits, Rc::clone(&columns)));
            columns
        })
    }
}

/// The figures of one pair (and start class). Negative latencies are part of every figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// `FROM->TO` or `total`.
    pub pair: String,
    /// `cold`, `partial`, `warm`, `unknown`, or `all`.
    pub start_class: String,
    /// What the latencies have in common besides (`--group-by`): column, value.
    pub group: Vec<(String, String)>,
    /// How many latencies there are.
    pub n: usize,
    /// How many FROM events have no TO.
    pub unmatched: usize,
    /// How many of the latencies are negative.
    pub negative: usize,
    /// Arithmetic mean in milliseconds.
    pub mean_ms: Option<f64>,
    /// Smallest and largest latency in milliseconds.
    pub min_ms: Option<f64>,
    /// See `min_ms`.
    pub max_ms: Option<f64>,
    /// The percentiles, as asked for.
    pub percentiles: Vec<Percentile>,
    /// Where the latencies gather; none of fewer than 30.
    pub modes: Vec<Mode>,
}

impl Summary {
    /// The figures of `latencies` (nanoseconds, any order), of which none is missing.
    pub fn of(
        pair: String,
        start_class: String,
        latencies: Vec<i64>,
        unmatched: usize,
        percents: &[f64],
    ) -> Self {
        let distribution = Distribution::of(latencies);
        Self::of_distribution(pair, start_class, &distribution, unmatched, percents)
    }

    /// The figures of latencies that are sorted and counted.
    pub fn of_distribution(
        pair: String,
        start_class: String,
        latencies: &Distribution,
        unmatched: usize,
        percents: &[f64],
    ) -> Self {
        let n = usize::try_from(latencies.n()).unwrap_or(usize::MAX);
        let at = |rank: usize| latencies.at(rank as u64 - 1).map(crate::units::ns_to_ms);
        let percentiles = percents
            .iter()
            .map(|&percent| {
                let ends = ranks(n, percent / 100.0);
                Percentile {
                    percent,
                    value_ms: latencies.quantile_ms(percent / 100.0),
                    low_ms: ends.low.and_then(at),
                    high_ms: ends.high.and_then(at),
                }
            })
            .collect();
        Self {
            pair,
            start_class,
            group: Vec::new(),
            n,
            unmatched,
            negative: usize::try_from(latencies.below(0)).unwrap_or(usize::MAX),
            mean_ms: (n > 0).then(|| latencies.sum() as f64 / n as f64 / 1e6),
            min_ms: (n > 0).then(|| at(1)).flatten(),
            max_ms: (n > 0).then(|| at(n)).flatten(),
            percentiles,
            modes: modes(latencies),
        }
    }

    /// The value of one of the percentiles asked for.
    pub fn percentile(&self, percent: f64) -> Option<&Percentile> {
        self.percentiles.iter().find(|p| (p.percent - percent).abs() < 1e-9)
    }
}

/// `pair, start_class, n, unmatched, negative, mean_ms, p50_ms, .., min_ms, max_ms`, and for each
/// percentile `pNN_low_ms`, `pNN_high_ms` (null where open) and `pNN_supported`; then `modes`.
impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("pair", &self.pair)?;
        map.serialize_entry("start_class", &self.start_class)?;
        for (column, value) in &self.group {
            map.serialize_entry(column, value)?;
        }
        map.serialize_entry("n", &self.n)?;
        map.serialize_entry("unmatched", &self.unmatched)?;
        map.serialize_entry("negative", &self.negative)?;
        map.serialize_entry("mean_ms", &self.mean_ms)?;
        for p in &self.percentiles {
            map.serialize_entry(&PercentileColumns::of(p.percent).value, &p.value_ms)?;
        }
        map.serialize_entry("min_ms", &self.min_ms)?;
        map.serialize_entry("max_ms", &self.max_ms)?;
        for p in &self.percentiles {
            let columns = PercentileColumns::of(p.percent);
            map.serialize_entry(&columns.low, &p.low_ms)?;
            map.serialize_entry(&columns.high, &p.high_ms)?;
            map.serialize_entry(&columns.supported, &p.supported())?;
        }
        map.serialize_entry("modes", &self.modes)?;
        map.end()
    }
}

/// One summary per pair over all start classes, in the order of the pairs; where a pair has
/// latencies of more than one class, one more per class after it. `keep` chooses the rows.
pub fn summarize(
    table: &Latencies,
    percents: &[f64],
    keep: impl Fn(&Latency) -> bool + Sync,
) -> Vec<Summary> {
    summarize_parts(table, percents, |_| true, |part, row| keep(&part.row(row)))
}

/// The same of chosen runs.
pub fn summarize_runs(
    table: &Latencies,
    percents: &[f64],
    keep: impl Fn(usize) -> bool + Sync,
) -> Vec<Summary> {
    summarize_parts(table, percents, |part| keep(part.run() as usize), |_, _| true)
}

fn summarize_parts(
    table: &Latencies,
    percents: &[f64],
    keep: impl Fn(&RunPair) -> bool + Sync,
    keep_row: impl Fn(&RunPair, usize) -> bool + Sync,
) -> Vec<Summary> {
    let of_pair = |pair: usize| {
        // By class: latencies, and FROM events without a TO.
        let mut classes: [Option<(ValueCounts, usize)>; ColdWarm::ALL.len()] = Default::default();
        let empty = || (ValueCounts::of_unit(table.tick_ns()), 0);
        for part in table.parts_of(pair).filter(|part| keep(part)) {
            for row in (0..part.len()).filter(|&row| keep_row(part, row)) {
                let class = part.start_class(row).class as usize;
                let (latencies, unmatched) = classes[class].get_or_insert_with(empty);
                match part.latency_ns(row) {
                    Some(latency) => latencies.add(latency),
                    None => *unmatched += 1,
                }
            }
        }
        let text = table.pairs[pair].text(&table.names);
        let summary = |class: &str, (latencies, unmatched): &(ValueCounts, usize)| {
            let (pair, class) = (text.clone(), class.to_owned());
            let distribution = latencies.distribution();
            Summary::of_distribution(pair, class, &distribution, *unmatched, percents)
        };
        let seen = ColdWarm::ALL.into_iter().zip(classes);
        let seen: Vec<_> = seen.filter_map(|(class, of)| Some((class, of?))).collect();
        if let [(_, one)] = seen.as_slice() {
            return vec![summary(ALL_CLASSES, one)];
        }
        let mut all = empty();
        for (_, (latencies, unmatched)) in &seen {
            all.0.absorb(latencies.clone());
            all.1 += unmatched;
        }
        let all = (!seen.is_empty()).then(|| summary(ALL_CLASSES, &all));
        let by_class = seen.iter().map(|(class, of)| summary(class.text(), of));
        all.into_iter().chain(by_class).collect()
    };
    (0..table.pairs.len()).into_par_iter().map(of_pair).flatten_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        let ns = |ms: i64| ms * 1_000_000;
        let s = Summary::of(
            "A->B".into(),
            "all".into(),
            vec![ns(30), ns(-10), ns(10), ns(20)],
            2,
            &[50.0, 99.0],
        );
        assert_eq!((s.n, s.unmatched, s.negative), (4, 2, 1));
        assert_eq!((s.mean_ms, s.min_ms, s.max_ms), (Some(12.5), Some(-10.0), Some(30.0)));
        assert_eq!(s.percentile(50.0).and_then(|p| p.value_ms), Some(15.0));
        assert!(!s.percentile(50.0).is_some_and(Percentile::supported));
        let json = serde_json::to_value(&s).unwrap();
        assert_eq!(json["p99_supported"], false);
        assert_eq!(json["p50_ms"], 15.0);
    }

    #[test]
    fn no_latencies_give_no_figures() {
        let s = Summary::of("A->B".into(), "all".into(), vec![], 3, &DEFAULT_PERCENTILES);
        assert_eq!((s.n, s.unmatched, s.mean_ms), (0, 3, None));
        assert!(s.percentiles.iter().all(|p| p.value_ms.is_none() && !p.supported()));
    }
}
