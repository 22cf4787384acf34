//! How calls arrive. Where each waits for the one before (a closed loop), slow moments are asked
//! less often than they last, and the tail looks better than users would see it (coordinated
//! omission). Without a schedule in the log that cannot be corrected, but it can be seen.

use super::{Lookup, RunView, lead_pair};
use rayon::prelude::*;
use sb_trace::latency::{Latencies, RunPair};
use sb_trace::stats::ValueCounts;
use serde::Serialize;
use std::sync::Arc;

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
    let of_part = |part: &Arc<RunPair>| {
        let calls = || {
            let rows = (0..part.len()).filter_map(|row| Some((row, part.latency_ns(row)?)));
            by_end(rows.map(|(row, latency)| (part.start_ns(row), latency)))
        };
        of_run(calls, tick_ns, runs.get(part.run() as usize)?)
    };
    parts.into_par_iter().filter_map(of_part).collect()
}

/// Calls in the order of their begins, each with its latency; those that begin at the same time in the
/// order of their ends.
fn by_end(calls: impl Iterator<Item = (i64, i64)>) -> impl Iterator<Item = (i64, i64)> {
    let mut calls = calls.peekable();
    let mut together: Vec<(i64, i64)> = Vec::new();
    std::iter::from_fn(move || {
        if together.is_empty() {
            let first = calls.next()?;
            if calls.peek().is_none_or(|next| next.0 != first.0) {
                return Some(first);
            }
            together.push(first);
            while let Some(next) = calls.next_if(|next| next.0 == first.0) {
                together.push(next);
            }
            together.sort_unstable_by(|a, b| b.cmp(a));
        }
        together.pop()
    })
}

fn of_run<C: Iterator<Item = (i64, i64)>>(
    calls: impl Fn() -> C,
    tick_ns: i64,
    view: &RunView,
) -> Option<Arrivals> {
    let end = |(start, latency): (i64, i64)| start.saturating_add(latency);
    let mut ends: Vec<i64> = calls().map(end).collect();
    let n = ends.len();
    if n < FEWEST {
        return None;
    }
    ends.par_sort_unstable();
    let (mut before, mut up_to, mut waiting) = (0, 0, 0usize);
    for call in calls() {
        let (start, end) = (call.0, end(call));
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
    let others = (n - 1) as f64;
    let first = calls().next()?;
    let first_waits = {
        let (start, end) = (first.0, end(first));
        let near = |e: i64| e <= start && e >= start.saturating_sub(tick_ns);
        ends.iter().filter(|&&e| near(e)).count() > usize::from(near(end))
    };
    drop(ends);
    let at_an_end = (waiting - usize::from(first_waits)) as f64 / others;
    let last = calls().last()?;
    let span = last.0.saturating_sub(first.0) as f64;
    let by_chance =
        if span > 0.0 { -(-2.0 * tick_ns as f64 * others / span).exp_m1() } else { 1.0 };
    // Of each call but the last, its latency and the time until the next one.
    let waits = || {
        let next = calls().skip(1).map(|call| call.0);
        calls().zip(next).map(|((start, latency), next)| (latency, next.saturating_sub(start)))
    };
    let rank_correlation = spearman(waits, tick_ns);
    let excess = if by_chance < 1.0 { (at_an_end - by_chance) / (1.0 - by_chance) } else { 0.0 };
    let closed = excess >= WAITING || rank_correlation.is_some_and(|r| r >= WAITING);
    Some(Arrivals {
        run_id: view.run.id.clone(),
        run: view.name.clone(),
        n,
        at_an_end,
        by_chance,
        rank_correlation,
        closed,
    })
}

/// Spearman's rank correlation; none where one side is all equal.
fn spearman<P: Iterator<Item = (i64, i64)>>(pairs: impl Fn() -> P, tick_ns: i64) -> Option<f64> {
    let counted = |of: &dyn Fn((i64, i64)) -> i64| {
        let mut counts = ValueCounts::of_unit(tick_ns);
        pairs().for_each(|pair| counts.add(of(pair)));
        counts.distribution()
    };
    let (a, b) = (counted(&|pair| pair.0), counted(&|pair| pair.1));
    let n = a.n() as f64;
    let rank = |_, less: u64, equal: u64| less as f64 + (equal as f64 - 1.0) / 2.0;
    let few = (Lookup::of(&a, tick_ns, rank), Lookup::of(&b, tick_ns, rank));
    drop((a, b));
    if let (Some(a), Some(b)) = few {
        return correlation(pairs().map(|pair| (a.get(pair.0), b.get(pair.1))), n);
    }
    let (a, b): (Vec<i64>, Vec<i64>) = pairs().unzip();
    let a = ranks(&a);
    correlation(a.into_iter().zip(ranks(&b)), n)
}

/// The correlation of ranks, from 0, of so many values.
fn correlation(ranks: impl Iterator<Item = (f64, f64)>, n: f64) -> Option<f64> {
    let mean = (n - 1.0) / 2.0;
    let (mut of_a, mut of_b, mut of_both) = (0.0, 0.0, 0.0);
    for (a, b) in ranks.map(|(a, b)| (a - mean, b - mean)) {
        of_a += a * a;
        of_b += b * b;
        of_both += a * b;
    }
    let spread: f64 = f64::sqrt(of_a * of_b);
    (spread > 0.0).then(|| of_both / spread)
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
            calls.push((start, end - start));
            start = next(start, end);
        }
        let view = &Hand::new(&["b-1"]).pair(0, "A", "B", ColdWarm::Warm, &[]).report().runs[0];
        of_run(|| by_end(calls.iter().copied()), 1_000_000, view).unwrap()
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
        let spearman = |pairs: &[(i64, i64)]| spearman(|| pairs.iter().copied(), 1);
        assert_eq!(spearman(&[(1, 10), (2, 20), (3, 90)]), Some(1.0));
        assert_eq!(spearman(&[(1, 7), (2, 7), (3, 7)]), None);
        // Too many different ones to be looked up.
        let many: Vec<(i64, i64)> = (0..100_000).map(|n| (n, n * n)).collect();
        assert_eq!(spearman(&many), Some(1.0));
    }

    #[test]
    fn calls_that_begin_together_stand_in_the_order_of_their_ends() {
        let calls = [(1, 9), (2, 7), (2, 3), (2, 5), (4, 1)];
        let ordered: Vec<(i64, i64)> = by_end(calls.into_iter()).collect();
        assert_eq!(ordered, [(1, 9), (2, 3), (2, 5), (2, 7), (4, 1)]);
    }
}
