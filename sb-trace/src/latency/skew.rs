//! Negative latencies, attributed to the two clocks that disagree: those of two sources, or, where
//! the log names none, of the hosts that wrote two files.

use crate::names::Name;
use std::collections::BTreeMap;

/// What the latencies say of two clocks. Nothing is ever moved by it.
///
/// A message cannot arrive before it was sent. So the clock of `to` is ahead of the clock of
/// `from` by at most the smallest latency seen from `from` to `to`, and at least by minus the
/// smallest latency seen on the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skew {
    /// Source of the FROM events; the name of their file where the log names no source.
    pub from: Name,
    /// See `from`.
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

/// Notes the latencies between any two clocks as they are measured.
#[derive(Debug, Default)]
pub(super) struct Ledger(BTreeMap<(Name, Name), (u64, u64, i64)>);

impl Ledger {
    /// Notes one latency from the clock `from` to the clock `to`.
    pub(super) fn note(&mut self, from: Name, to: Name, latency_ns: i64) {
        let entry = self.0.entry((from, to)).or_insert((0, 0, i64::MAX));
        entry.0 += 1;
        entry.1 += u64::from(latency_ns < 0);
        entry.2 = entry.2.min(latency_ns);
    }

    /// The skews in the order of their names' handles.
    pub(super) fn skews(&self) -> Vec<Skew> {
        skews(&self.0)
    }
}

/// The skews of pairs of clocks, given how many latencies there are between them, how many of
/// these are negative, and the least.
pub(crate) fn skews(seen: &BTreeMap<(Name, Name), (u64, u64, i64)>) -> Vec<Skew> {
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
