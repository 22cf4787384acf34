//! More statistics of a row: what its percentiles do not say. How far the latencies spread, how many
//! stalled, what the unfinished invocations would make of the tail, and how much of the spread lies
//! between the runs.

use super::mean;
use super::series::{CallPoint, PartPoints, Series};
use sb_trace::stats::{Distribution, quantile};
use sb_trace::units::ns_to_ms;
use serde::Serialize;

/// A latency this many deviations above the median is a stall.
const STALL: f64 = 10.0;
/// The median absolute deviation of a normal distribution times this is its standard deviation.
const OF_NORMAL: f64 = 1.4826;
/// From this share of the variance on, calls of one run are too alike to be counted one by one.
const ALIKE: f64 = 0.1;

/// The statistics.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detail {
    /// 95 % interval of the mean in milliseconds; none where there are fewer than two latencies or
    /// all are equal.
    pub mean_low_ms: Option<f64>,
    /// See `mean_low_ms`.
    pub mean_high_ms: Option<f64>,
    /// Latencies that are exactly zero.
    pub zero: usize,
    /// Standard deviation (of the sample) divided by the mean; none where the mean is not positive.
    pub cv: Option<f64>,
    /// First and third quartile in milliseconds.
    pub p25_ms: Option<f64>,
    /// See `p25_ms`.
    pub p75_ms: Option<f64>,
    /// p90 divided by p10; none where p10 is not positive.
    pub p90_to_p10: Option<f64>,
    /// Latencies beyond `stall_above_ms`.
    pub stalls: usize,
    /// The latency that lies ten deviations (1.4826 times the median absolute deviation, of
    /// logarithms, but no less than a tick of the clock) above the median.
    pub stall_above_ms: Option<f64>,
    /// The median and p99 with every unfinished invocation as infinitely long; none where that is
    /// what they are.
    pub p50_with_unfinished_ms: Option<f64>,
    /// See `p50_with_unfinished_ms`.
    pub p99_with_unfinished_ms: Option<f64>,
    /// Runs that have at least two positive latencies.
    pub runs: usize,
    /// Share of the variance of log latency that lies between the runs (one-way random effects).
    pub between_runs: Option<f64>,
    /// How many independent calls the calls are worth, where calls of one run are alike.
    pub effective_n: Option<f64>,
}

/// The statistics of some series taken together, of which `unfinished` more have no end; `tick_ms`
/// is the clock's; `name` seeds what is drawn.
pub(super) fn of(series: &[&Series], unfinished: usize, tick_ms: f64, name: &[&str]) -> Detail {
    let all: Vec<&Distribution> = series.iter().map(|s| &s.latencies).collect();
    let latencies = Distribution::merged(&all);
    let at = |q: f64| latencies.quantile_ms(q);
    let stall_above_ms = stall_above(&latencies, tick_ms);
    let up_to = |bound: f64| latencies.count_while(|latency| ns_to_ms(latency) <= bound);
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let (runs, between_runs, effective_n) = between_runs(series);
    let mean = mean::interval(&latencies, name);
    Detail {
        mean_low_ms: mean.map(|ends| ends.0),
        mean_high_ms: mean.map(|ends| ends.1),
        zero: count(latencies.below(1) - latencies.below(0)),
        cv: variation(&latencies),
        p25_ms: at(0.25),
        p75_ms: at(0.75),
        p90_to_p10: match (at(0.1), at(0.9)) {
            (Some(low), Some(high)) if low > 0.0 => Some(high / low),
            _ => None,
        },
        stalls: stall_above_ms.map_or(0, |bound| count(latencies.n() - up_to(bound))),
        stall_above_ms,
        p50_with_unfinished_ms: with_unfinished(&latencies, unfinished, 0.5),
        p99_with_unfinished_ms: with_unfinished(&latencies, unfinished, 0.99),
        runs,
        between_runs,
        effective_n,
    }
}

fn variation(latencies: &Distribution) -> Option<f64> {
    let n = latencies.n() as f64;
    let mean = latencies.all_ms().sum::<f64>() / n;
    if latencies.n() < 2 || mean <= 0.0 {
        return None;
    }
    let squares = latencies.all_ms().map(|v| (v - mean).powi(2)).sum::<f64>();
    Some((squares / (n - 1.0)).sqrt() / mean)
}

/// The quantile where infinitely long latencies follow the measured ones.
fn with_unfinished(latencies: &Distribution, unfinished: usize, q: f64) -> Option<f64> {
    let last = (latencies.n() + unfinished as u64).checked_sub(1)?;
    let position = last as f64 * q;
    let (below, share) = (position.floor(), position.fract());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to last")]
    let below = below as u64;
    let needed = if share > 0.0 { below + 1 } else { below };
    let at = |rank: u64| latencies.at(rank).map(ns_to_ms);
    // Between two measured neighbours: as every other quantile is interpolated.
    quantile(&[at(below)?, at(needed)?], share)
}

/// The bound above which a latency is a stall; none without positive latencies.
fn stall_above(latencies: &Distribution, tick_ms: f64) -> Option<f64> {
    // With the number of each.
    let mut logs: Vec<(f64, u64)> =
        latencies.counts_ms().filter(|(ms, _)| *ms > 0.0).map(|(ms, n)| (ms.ln(), n)).collect();
    let median = middle(&logs)?;
    for (log, _) in &mut logs {
        *log = (*log - median).abs();
    }
    logs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let tick = (tick_ms / median.exp()).ln_1p();
    let deviation = (OF_NORMAL * middle(&logs)?).max(tick);
    Some((median + STALL * deviation).exp())
}

/// The median of ascending values with the number of each.
fn middle(counts: &[(f64, u64)]) -> Option<f64> {
    let last = counts.iter().map(|(_, n)| n).sum::<u64>().checked_sub(1)?;
    let at = |rank: u64| {
        let mut up_to = 0;
        let value = counts.iter().find(|(_, n)| {
            up_to += n;
            up_to > rank
        });
        value.map(|(value, _)| *value)
    };
    quantile(&[at(last / 2)?, at(last.div_ceil(2))?], 0.5)
}

/// The sums of one run's log latencies.
#[derive(Default, Clone, Copy)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

/// Runs, the share of the variance between them, and what the calls are worth.
fn between_runs(series: &[&Series]) -> (usize, Option<f64>, Option<f64>) {
    // One run alone tells nothing of the differences between runs.
    let all = || series.iter().flat_map(|s| s.points.runs());
    let first = all().next().map_or(0, PartPoints::run);
    if all().all(|points| points.run() == first) {
        let positive = series.iter().map(|s| s.latencies.n() - s.latencies.below(1)).sum::<u64>();
        return (usize::from(positive >= 2), None, None);
    }
    let mut of_run: Vec<Sums> = Vec::new();
    let mut each = |of: &dyn Fn(&mut Sums, f64)| {
        for points in all() {
            if of_run.len() <= points.run() {
                of_run.resize(points.run() + 1, Sums::default());
            }
            let sums = &mut of_run[points.run()];
            let positive = points.iter().map(CallPoint::ms).filter(|ms| *ms > 0.0);
            positive.for_each(|ms| of(sums, ms.ln()));
        }
    };
    each(&|sums, log| {
        sums.n += 1.0;
        sums.sum += log;
    });
    // Squares around each run's own mean: no large numbers are subtracted.
    each(&|sums, log| sums.squares += (log - sums.sum / sums.n).powi(2));
    of_run.retain(|r| r.n >= 2.0);
    let runs = of_run.len();
    if runs < 2 {
        return (runs, None, None);
    }
    let k = runs as f64;
    let n: f64 = of_run.iter().map(|r| r.n).sum();
    let mean = of_run.iter().map(|r| r.sum).sum::<f64>() / n;
    let between =
        of_run.iter().map(|r| r.n * (r.sum / r.n - mean).powi(2)).sum::<f64>() / (k - 1.0);
    let within = of_run.iter().map(|r| r.squares).sum::<f64>() / (n - k);
    let size = (n - of_run.iter().map(|r| r.n * r.n).sum::<f64>() / n) / (k - 1.0);
    let whole = between + (size - 1.0) * within;
    if whole <= 0.0 {
        return (runs, None, None);
    }
    let share = ((between - within) / whole).max(0.0);
    let calls = n / k;
    let effective = (share > ALIKE).then(|| n / (1.0 + (calls - 1.0) * share));
    (runs, Some(share), effective)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{Hand, spread};
    use sb_trace::trace::ColdWarm;

    fn detail(runs: &[&[Option<f64>]]) -> Detail {
        let ids: Vec<String> = (0..runs.len()).map(|r| format!("b-{r}")).collect();
        let mut hand = Hand::new(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        for (run, ms) in runs.iter().enumerate() {
            hand = hand.pair(u32::try_from(run).unwrap(), "A", "B", ColdWarm::Warm, ms);
        }
        hand.report().pairs[0].rows[0].detail.clone().unwrap()
    }

    #[test]
    fn a_stall_stands_out_and_a_tail_does_not() {
        let mut ms = spread(400, 40.0);
        assert_eq!(detail(&[&ms]).stalls, 0);
        ms.extend([Some(40_000.0), Some(0.0), None]);
        let d = detail(&[&ms]);
        assert_eq!((d.stalls, d.zero), (1, 1));
        // Of equal latencies the clock's tick is the deviation.
        let d = detail(&[&[[Some(7.0); 50].as_slice(), &[Some(9.0), Some(60.0)]].concat()]);
        assert_eq!(d.stalls, 1, "{d:?}");
    }

    #[test]
    fn unfinished_invocations_push_the_tail_to_infinity() {
        let ms: Vec<_> = (1..=99).map(|n| Some(f64::from(n))).chain([None]).collect();
        let d = detail(&[&ms]);
        assert_eq!(d.p50_with_unfinished_ms, Some(50.5));
        assert_eq!(d.p99_with_unfinished_ms, None, "rank 98.01 lies before an infinite one");
        assert_eq!(detail(&[&ms[..99]]).p99_with_unfinished_ms, Some(98.02));
    }

    #[test]
    fn runs_that_differ_are_worth_fewer_calls() {
        let alike = detail(&[&spread(300, 40.0), &spread(300, 40.0), &spread(300, 40.0)]);
        assert_eq!((alike.runs, alike.effective_n), (3, None));
        assert!(alike.between_runs.unwrap() < 0.01, "{alike:?}");
        let apart = detail(&[&spread(300, 20.0), &spread(300, 40.0), &spread(300, 80.0)]);
        assert!(apart.between_runs.unwrap() > 0.5, "{apart:?}");
        assert!(apart.effective_n.unwrap() < 10.0, "{apart:?}");
        assert_eq!(detail(&[&[Some(1.0)], &[Some(2.0)]]).between_runs, None);
    }
}
