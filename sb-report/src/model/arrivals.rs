//! How calls arrive. Where each waits for the one before (a closed loop), slow moments are asked
//! less often than they last, and the tail looks better than users would see it (coordinated
//! omission). Without a schedule in the log that cannot be corrected, but it can be seen.

use super::{RunView, lead_pair};
use rayon::prelude::*;
use sb_trace::latency::Latencies;
use serde::Serialize;

/// Fewer calls than this say nothing.
const FEWEST: usize = 20;
/// From this share and this correlation on, calls are taken to wait.
const WAITING: f64 = 0.5;

/// How the calls of one run arrive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrivals {
    /// The run's id and name.
    pub run_id: String,
    /// See `run_id`.
    #[serde(skip)]
    pub run: String,
    /// Calls.
    pub n: usize,
    /// Share of the calls after the first that begin within one tick of the clock after another
    /// call ended.
    pub at_an_end: f64,
    /// The share that chance would give at this rate.
    pub by_chance: f64,
    /// Spearman's rank correlation of a call's latency with the time until the next call begins.
    pub rank_correlation: Option<f64>,
    /// Whether calls seem to wait for others.
    pub closed: bool,
}

/// The arrivals of each run that has enough calls.
pub(super) fn of(table: &Latencies, runs: &[RunView], tick_ns: i64) -> Vec<Arrivals> {
    let Some(lead) = lead_pair(table) else { return Vec::new() };
    let parts: Vec<_> = table.parts_of(lead).collect();
    parts
        .into_par_iter()
        .filter_map(|part| {
            let calls: Vec<(i64, i64)> =
                part.rows().filter_map(|r| Some((r.start_ns, r.end_ns()?))).collect();
            of_run(calls, tick_ns, runs.get(part.run() as usize)?)
        })
        .collect()
}

fn of_run(mut calls: Vec<(i64, i64)>, tick_ns: i64, view: &RunView) -> Option<Arrivals> {
    if calls.len() < FEWEST {
        return None;
    }
    calls.sort_unstable();
    let mut ends: Vec<i64> = calls.iter().map(|c| c.1).collect();
    ends.sort_unstable();
    let (mut before, mut up_to, mut waiting) = (0, 0, 0usize);
    for &(start, end) in &calls {
        while ends.get(before).is_some_and(|&e| e < start.saturating_sub(tick_ns)) {
            before += 1;
        }
        while ends.get(up_to).is_some_and(|&e| e <= start) {
            up_to += 1;
        }
        // Its own end is none that it could have waited for.
        let own = usize::from(end <= start && end >= start.saturating_sub(tick_ns));
        waiting += usize::from(up_to - before > own);
    }
    let others = (calls.len() - 1) as f64;
    let first_waits = {
        let (start, end) = calls[0];
        let near = |e: i64| e <= start && e >= start.saturating_sub(tick_ns);
        ends.iter().filter(|&&e| near(e)).count() > usize::from(near(end))
    };
    let at_an_end = (waiting - usize::from(first_waits)) as f64 / others;
    let span = calls[calls.len() - 1].0.saturating_sub(calls[0].0) as f64;
    let by_chance =
        if span > 0.0 { -(-2.0 * tick_ns as f64 * others / span).exp_m1() } else { 1.0 };
    let latencies: Vec<i64> = calls.iter().map(|c| c.1.saturating_sub(c.0)).collect();
    let gaps: Vec<i64> = calls.windows(2).map(|w| w[1].0.saturating_sub(w[0].0)).collect();
    let rank_correlation = spearman(&latencies[..gaps.len()], &gaps);
    let excess = if by_chance < 1.0 { (at_an_end - by_chance) / (1.0 - by_chance) } else { 0.0 };
    let closed = excess >= WAITING || rank_correlation.is_some_and(|r| r >= WAITING);
    Some(Arrivals {
        run_id: view.run.id.clone(),
        run: view.name.clone(),
        n: calls.len(),
        at_an_end,
        by_chance,
        rank_correlation,
        closed,
    })
}

/// Spearman's rank correlation; none where one side is all equal.
fn spearman(a: &[i64], b: &[i64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let spread = (sum(&a, &a) * sum(&b, &b)).sqrt();
    (spread > 0.0).then(|| sum(&a, &b) / spread)
}

/// The rank of each value from 0; equal values share the mean of theirs.
fn ranks(values: &[i64]) -> Vec<f64> {
    let mut order: Vec<(i64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = first as f64 + (equal.len() as f64 - 1.0) / 2.0;
        for &(_, at) in equal {
            ranks[at] = rank;
        }
        first += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{Hand, spread};
    use sb_trace::trace::ColdWarm;

    fn arrivals(next: impl Fn(i64, i64) -> i64) -> Arrivals {
        let (mut start, mut calls) = (0, Vec::new());
        for ms in spread(200, 40.0).into_iter().flatten() {
            #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
            let end = start + ms as i64 * 1_000_000;
            calls.push((start, end));
            start = next(start, end);
        }
        let view = &Hand::new(&["b-1"]).pair(0, "A", "B", ColdWarm::Warm, &[]).report().runs[0];
        of_run(calls, 1_000_000, view).unwrap()
    }

    #[test]
    fn calls_that_wait_are_seen_and_calls_at_a_rate_are_not() {
        let closed = arrivals(|_, end| end);
        assert!(closed.closed && closed.at_an_end > 0.99, "{closed:?}");
        assert!(closed.rank_correlation.unwrap() > 0.99, "{closed:?}");
        let pause = arrivals(|_, end| end + 25_000_000);
        assert!(pause.closed && pause.at_an_end < 0.1, "a pause between calls: {pause:?}");
        let rate = arrivals(|start, _| start + 97_000_000);
        assert!(!rate.closed && rate.rank_correlation.is_none(), "{rate:?}");
        let uneven = arrivals(|start, _| start + 1_000_000 * (20 + start / 1_000_000 * 7919 % 90));
        assert!(!uneven.closed, "{uneven:?}");
    }

    #[test]
    fn ranks_by_hand() {
        assert_eq!(ranks(&[5, 1, 5, 9]), [1.5, 0.0, 1.5, 3.0]);
        assert_eq!(spearman(&[1, 2, 3], &[10, 20, 90]), Some(1.0));
        assert_eq!(spearman(&[1, 2, 3], &[7, 7, 7]), None);
    }
}
