//! The comparison with a baseline: for each pair and start class by how much its percentiles have
//! changed, how sure that is, and what it means in words.

mod chance;
mod shifts;
mod sides;
mod wording;

pub use chance::{Chance, Units};
pub use shifts::Shifts;

use super::groups::distinction;
use super::mann_whitney;
use super::random::Random;
use super::resample::Sample;
use super::shift::shift;
use rayon::prelude::*;
use sb_trace::Run;
use sb_trace::latency::Latencies;
use sb_trace::stats::{GroupKey, quantile, supported};
use serde::Serialize;
use sides::{ByRun, Side, in_words, settings};
use wording::{in_short, verdict};

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
    /// Its 95 % interval; none where there are too few latencies for one.
    pub shift_low_ms: Option<f64>,
    /// See `shift_low_ms`.
    pub shift_high_ms: Option<f64>,
    /// Share of cases in which a call here is slower than one of the baseline; ties count half.
    pub slower_share: Option<f64>,
    /// Whether that may be chance alone.
    #[serde(rename = "mann_whitney")]
    pub chance: Option<Chance>,
    /// By how much each percentile has shifted; of all start classes together only.
    pub shifts: Option<Shifts>,
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
    chance::holm(comparison.rows.iter_mut().filter_map(|r| r.chance.as_mut()));
    comparison
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
    let n = (a.sorted().len(), b.sorted().len());
    let course = if *class == "all" { shifts::shares(n) } else { Vec::new() };
    let (before, old_course) = a.quantiles(&qs, &course, between_runs, &mut random);
    let (after, new_course) = b.quantiles(&qs, &course, between_runs, &mut random);
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
    let runs = (a.runs(), b.runs());
    let shift = shift(a.sorted(), b.sorted());
    let calls = mann_whitney::test(a.sorted(), b.sorted());
    let words = in_short(verdict, &changes[0], threshold, n, between_runs.then_some(runs));
    Compared {
        pair: pair.clone(),
        of: of.to_owned(),
        start_class: (*class).to_owned(),
        n,
        runs,
        between_runs,
        shift_ms: shift.map(|s| s.ms),
        shift_low_ms: shift.and_then(|s| Some(s.ends?.0)),
        shift_high_ms: shift.and_then(|s| Some(s.ends?.1)),
        slower_share: calls.map(|t| t.u / (n.0 as f64 * n.1 as f64)),
        chance: chance::test(&a, &b, calls),
        shifts: shifts::shifts(&course, (&a, old_course), (&b, new_course)),
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

#[cfg(test)]
mod tests;
