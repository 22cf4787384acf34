//! The comparison with a baseline: for each pair and start class by how much its percentiles have
//! changed, how sure that is, and what it means in words.

use super::groups::{self, distinction};
use super::random::Random;
use super::resample::Sample;
use super::shift::shift;
use super::words::{self, count, counted};
use rayon::prelude::*;
use sb_trace::Run;
use sb_trace::latency::Latencies;
use sb_trace::stats::{GroupKey, quantile, supported};
use sb_trace::trace::ColdWarm;
use serde::Serialize;
use std::collections::BTreeMap;

/// The percentiles that are compared.
pub const COMPARED: [f64; 3] = [50.0, 90.0, 99.0];

/// From this many runs on each side on, runs are drawn anew as well as calls.
const RUNS: usize = 3;

/// The change of one percentile, as a share: 0.05 is 5 % more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// 50, 90 or 99.
    pub percent: f64,
    /// The percentile in the baseline and here, in milliseconds.
    pub baseline_ms: Option<f64>,
    /// See `baseline_ms`.
    pub now_ms: Option<f64>,
    /// Its relative change; none where the baseline's is zero or less.
    pub change: Option<f64>,
    /// 95 % bootstrap interval of the change.
    pub low: Option<f64>,
    /// See `low`.
    pub high: Option<f64>,
    /// Whether both samples are large enough for the percentile.
    pub supported: bool,
}

/// What a change of the median means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Slower by more than the threshold.
    Slower,
    /// Slower, perhaps by less than the threshold.
    SlowerUnsure,
    /// Slower, but by less than the threshold.
    SlowerTiny,
    /// No difference beyond the threshold.
    Same,
    /// Faster, but by less than the threshold.
    FasterTiny,
    /// Faster, perhaps by less than the threshold.
    FasterUnsure,
    /// Faster by more than the threshold.
    Faster,
    /// The interval allows for everything.
    CannotTell,
}

/// One pair and start class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// `FROM->TO` or `total`.
    pub pair: String,
    /// What is compared, where there are several groups.
    pub of: String,
    /// `all`, `cold`, `partial`, `warm` or `unknown`.
    pub start_class: String,
    /// Latencies in the baseline and here.
    pub n: (usize, usize),
    /// Runs in the baseline and here.
    pub runs: (usize, usize),
    /// Whether runs were drawn anew: else the intervals speak of calls within these runs only.
    pub between_runs: bool,
    /// p50, p90 and p99.
    pub changes: Vec<Change>,
    /// Median of all differences between a latency here and one of the baseline, in milliseconds.
    pub shift_ms: Option<f64>,
    /// Share of cases in which a call here is slower than one of the baseline; ties count half.
    pub slower_share: Option<f64>,
    /// What the change of the median means.
    pub verdict: Verdict,
    /// That in words.
    pub words: String,
}

/// The comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The baseline in words.
    pub baseline: String,
    /// Changes of the median below this share do not matter.
    pub threshold: f64,
    /// The rows, in the order of the pairs.
    pub rows: Vec<Compared>,
    /// Pairs that only this report has, and only the baseline.
    pub only_now: Vec<String>,
    /// See `only_now`.
    pub only_baseline: Vec<String>,
}

/// The latencies of one pair, setting and class: run by run, in milliseconds.
type ByRun = BTreeMap<u32, Vec<f64>>;

/// The latencies of a table, by pair and class, of the runs of one setting.
struct Side<'a> {
    table: &'a Latencies,
    by_key: BTreeMap<(String, &'static str), ByRun>,
}

impl<'a> Side<'a> {
    fn of(table: &'a Latencies, chosen: &[usize]) -> Self {
        let mut classes: BTreeMap<u32, Vec<ColdWarm>> = BTreeMap::new();
        let mut by_pair: BTreeMap<(u32, Option<ColdWarm>), ByRun> = BTreeMap::new();
        for row in table.rows.iter().filter(|r| chosen.contains(&(r.run as usize))) {
            let Some(ms) = row.ms() else { continue };
            let class = row.start_class.class;
            let seen = classes.entry(row.pair).or_default();
            if !seen.contains(&class) {
                seen.push(class);
            }
            for key in [None, Some(class)] {
                by_pair.entry((row.pair, key)).or_default().entry(row.run).or_default().push(ms);
            }
        }
        let by_key = by_pair
            .into_iter()
            .map(|((pair, class), runs)| {
                ((table.pair_text(pair), class.map_or("all", ColdWarm::text)), runs)
            })
            .collect();
        Self { table, by_key }
    }

    fn pairs(&self) -> Vec<String> {
        let named = (0..self.table.pairs.len())
            .map(|p| self.table.pair_text(u32::try_from(p).unwrap_or(u32::MAX)));
        named.filter(|p| self.by_key.contains_key(&(p.clone(), "all"))).collect()
    }
}

/// Compares with a baseline.
pub(super) fn compare(
    now: &Latencies,
    baseline: &Latencies,
    threshold: f64,
    keys: &[GroupKey],
) -> Comparison {
    let (here, there) = (settings(now, keys), settings(baseline, keys));
    let all: Vec<Run> = here.iter().map(|s| s.0.clone()).collect();
    let mut comparison = Comparison {
        baseline: in_words(baseline),
        threshold,
        rows: Vec::new(),
        only_now: Vec::new(),
        only_baseline: Vec::new(),
    };
    for (setting, runs) in &here {
        // One setting on each side: whatever differs in it is what is compared.
        let other = if here.len() == 1 && there.len() == 1 {
            there.first()
        } else {
            there.iter().find(|(other, _)| other == setting)
        };
        let of = distinction(setting, &all);
        let (now, baseline) =
            (Side::of(now, runs), Side::of(baseline, other.map_or(&[], |o| &o.1)));
        let named =
            |pair: &str| if of.is_empty() { pair.to_owned() } else { format!("{pair} ({of})") };
        let (mine, theirs) = (now.pairs(), baseline.pairs());
        comparison.only_now.extend(mine.iter().filter(|p| !theirs.contains(p)).map(|p| named(p)));
        comparison
            .only_baseline
            .extend(theirs.iter().filter(|p| !mine.contains(p)).map(|p| named(p)));
        let mut keys = Vec::new();
        for pair in mine.iter().filter(|p| theirs.contains(p)) {
            let of_pair = |side: &Side<'_>| side.by_key.keys().filter(|k| k.0 == *pair).count();
            let split = of_pair(&now) > 2 || of_pair(&baseline) > 2;
            for class in ["all", "cold", "partial", "warm", "unknown"] {
                let key = (pair.clone(), class);
                if (class == "all" || split)
                    && now.by_key.contains_key(&key)
                    && baseline.by_key.contains_key(&key)
                {
                    keys.push(key);
                }
            }
        }
        let rows = keys.par_iter().map(|key| {
            let (a, b) = (&baseline.by_key[key], &now.by_key[key]);
            compared(key, &of, a, b, threshold)
        });
        comparison.rows.extend(rows.collect::<Vec<_>>());
    }
    comparison
}

/// The settings of a table and the runs that have each.
fn settings(table: &Latencies, keys: &[GroupKey]) -> Vec<(Run, Vec<usize>)> {
    let mut settings: Vec<(Run, Vec<usize>)> = Vec::new();
    for (index, run) in table.runs.iter().enumerate() {
        let setting = groups::compared(run, keys);
        match settings.iter_mut().find(|s| s.0 == setting) {
            Some(known) => known.1.push(index),
            None => settings.push((setting, vec![index])),
        }
    }
    settings
}

fn in_words(table: &Latencies) -> String {
    let first = table.rows.iter().map(|r| r.start_ns).min();
    let last = table.rows.iter().map(|r| r.start_ns).max();
    let (Some(first), Some(last)) = (first, last) else { return "nothing".to_owned() };
    let day = |ns: i64| words::instant(ns).chars().take(10).collect::<String>();
    let days = if day(first) == day(last) {
        day(first)
    } else {
        format!("{} to {}", day(first), day(last))
    };
    let latencies = table.rows.iter().filter(|r| r.latency_ns.is_some()).count();
    format!("{}, {} latencies, {days}", counted(table.runs.len(), "run", "runs"), count(latencies))
}

fn compared(
    (pair, class): &(String, &'static str),
    of: &str,
    baseline: &ByRun,
    now: &ByRun,
    threshold: f64,
) -> Compared {
    let sample = |runs: &ByRun| Sample::new(&runs.values().cloned().collect::<Vec<_>>());
    let (a, b) = (sample(baseline), sample(now));
    let between_runs = a.runs() >= RUNS && b.runs() >= RUNS;
    let mut random = Random::named(&["compare", pair, class, of]);
    let qs = COMPARED.map(|p| p / 100.0);
    let before = a.quantiles(&qs, between_runs, &mut random);
    let after = b.quantiles(&qs, between_runs, &mut random);
    let changes: Vec<Change> = COMPARED
        .iter()
        .zip(qs)
        .zip(before.iter().zip(&after))
        .map(|((&percent, q), (before, after))| {
            let (old, new) = (quantile(a.sorted(), q), quantile(b.sorted(), q));
            let change = match (old, new) {
                (Some(old), Some(new)) if old > 0.0 => Some(new / old - 1.0),
                _ => None,
            };
            let (low, high) = change.map_or((None, None), |_| interval(before, after));
            let supported = supported(a.sorted().len(), q) && supported(b.sorted().len(), q);
            Change { percent, baseline_ms: old, now_ms: new, change, low, high, supported }
        })
        .collect();
    let verdict = verdict(&changes[0], threshold);
    let n = (a.sorted().len(), b.sorted().len());
    let runs = (a.runs(), b.runs());
    let words = in_short(verdict, &changes[0], threshold, n, between_runs.then_some(runs));
    Compared {
        pair: pair.clone(),
        of: of.to_owned(),
        start_class: (*class).to_owned(),
        n,
        runs,
        between_runs,
        shift_ms: shift(a.sorted(), b.sorted()),
        slower_share: slower_share(a.sorted(), b.sorted()),
        changes,
        verdict,
        words,
    }
}

/// The 95 % interval of the ratio of resampled quantiles, less one.
fn interval(before: &[f64], after: &[f64]) -> (Option<f64>, Option<f64>) {
    let ratios = before.iter().zip(after).filter(|(old, _)| **old > 0.0);
    let mut ratios: Vec<f64> = ratios.map(|(old, new)| new / old - 1.0).collect();
    // A baseline that is often zero or less has no relative change.
    if ratios.is_empty() || ratios.len() * 20 < before.len() * 19 {
        return (None, None);
    }
    ratios.sort_by(f64::total_cmp);
    (quantile(&ratios, 0.025), quantile(&ratios, 0.975))
}

/// How often a value of `b` is greater than one of `a`, both ascending; ties count half.
fn slower_share(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (mut below, mut up_to) = (0, 0);
    let mut wins = 0.0;
    for value in b {
        while a.get(below).is_some_and(|v| v < value) {
            below += 1;
        }
        while a.get(up_to).is_some_and(|v| v <= value) {
            up_to += 1;
        }
        wins += f64::midpoint(below as f64, up_to as f64);
    }
    Some(wins / (a.len() as f64 * b.len() as f64))
}

fn verdict(median: &Change, t: f64) -> Verdict {
    let (Some(low), Some(high), true) = (median.low, median.high, median.supported) else {
        return Verdict::CannotTell;
    };
    if low > t {
        Verdict::Slower
    } else if high < -t {
        Verdict::Faster
    } else if low > 0.0 {
        if high > t { Verdict::SlowerUnsure } else { Verdict::SlowerTiny }
    } else if high < 0.0 {
        if low < -t { Verdict::FasterUnsure } else { Verdict::FasterTiny }
    } else if low >= -t && high <= t {
        Verdict::Same
    } else {
        Verdict::CannotTell
    }
}

fn in_short(
    verdict: Verdict,
    median: &Change,
    t: f64,
    (_, n): (usize, usize),
    runs: Option<(usize, usize)>,
) -> String {
    let by = median.change.map_or_else(String::new, |c| words::share(c.abs()));
    let limit = words::share(t);
    match verdict {
        Verdict::Slower => format!("{by} slower"),
        Verdict::SlowerUnsure => format!("slower, size unsure ({by})"),
        Verdict::SlowerTiny => format!("slower, but by less than {limit}"),
        Verdict::Same => format!("no difference beyond {limit}"),
        Verdict::FasterTiny => format!("faster, but by less than {limit}"),
        Verdict::FasterUnsure => format!("faster, size unsure ({by})"),
        Verdict::Faster => format!("{by} faster"),
        Verdict::CannotTell => match (median.low, median.high, median.supported) {
            (Some(low), Some(high), true) if high > low && t > 0.0 => {
                // The interval narrows with the root of what is measured.
                let factor = ((high - low) / (2.0 * t)).powi(2);
                let more = |have: usize| counted_more(have as f64 * (factor - 1.0));
                match runs {
                    Some((_, runs)) => format!("cannot tell; about {} more runs would", more(runs)),
                    None => format!("cannot tell; about {} more calls would", more(n)),
                }
            }
            (_, _, false) => {
                "cannot tell: a median with an interval needs 6 on both sides".to_owned()
            }
            _ => "cannot tell: the baseline is not above zero".to_owned(),
        },
    }
}

/// A number of two digits: more would pretend to know.
fn counted_more(more: f64) -> String {
    let more = more.clamp(1.0, 1e12);
    let step = 10f64.powf((more.log10().floor() - 1.0).max(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1e12")]
    let rounded = ((more / step).ceil() * step) as u64;
    count(rounded)
}

#[cfg(test)]
mod tests;
