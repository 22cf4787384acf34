//! Negative latencies, attributed to the two sources whose clocks disagree.

use super::Latency;
use crate::names::{NONE, Name};
use std::collections::BTreeMap;

/// What the latencies say of the clocks of two sources. Nothing is ever moved by it.
///
/// A message cannot arrive before it was sent. So the clock of `to` is ahead of the clock of
/// `from` by at most the smallest latency seen from `from` to `to`, and at least by minus the
/// smallest latency seen on the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skew {
    /// Source of the FROM events.
    pub from: Name,
    /// Source of the TO events.
    pub to: Name,
    /// Latencies from `from` to `to`, and how many of them are negative.
    pub n: u64,
    /// See `n`.
    pub negative: u64,
    /// Smallest latency from `from` to `to`: the greatest feasible offset, in nanoseconds.
    pub min_forward_ns: i64,
    /// Smallest latency from `to` to `from`, where there is one; the least feasible offset is
    /// its negative.
    pub min_return_ns: Option<i64>,
}

/// The skews of all pairs of different sources, in the order of their names' handles.
pub(crate) fn measure(rows: &[Latency]) -> Vec<Skew> {
    let mut seen: BTreeMap<(Name, Name), (u64, u64, i64)> = BTreeMap::new();
    for row in rows {
        let Some(latency) = row.latency_ns else {
            continue;
        };
        if row.from_source == row.to_source || row.from_source == NONE || row.to_source == NONE {
            continue;
        }
        let entry = seen.entry((row.from_source, row.to_source)).or_insert((0, 0, i64::MAX));
        entry.0 += 1;
        entry.1 += u64::from(latency < 0);
        entry.2 = entry.2.min(latency);
    }
    seen.iter()
        .map(|(&(from, to), &(n, negative, min_forward_ns))| Skew {
            from,
            to,
            n,
            negative,
            min_forward_ns,
            min_return_ns: seen.get(&(to, from)).map(|back| back.2),
        })
        .collect()
}
