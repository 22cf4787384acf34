//! What latencies say of the two clocks between which they were measured.

use std::collections::BTreeMap;

/// What the latencies say of two clocks. Nothing is ever moved by it.
///
/// A message cannot arrive before it was sent. So the clock of `to` is ahead of the clock of
/// `from` by at most the smallest latency seen from `from` to `to`, and at least by minus the
/// smallest latency seen on the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skew {
    /// Source of the FROM events; the name of their file where the log names no source.
    pub from: String,
    /// See `from`.
    pub to: String,
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

/// The skews of pairs of clocks, given how many latencies there are between them, how many of
/// these are negative, and the least; `text` is the name of a clock.
pub(crate) fn skews<'t>(
    seen: &BTreeMap<(u32, u32), (u64, u64, i64)>,
    text: impl Fn(u32) -> &'t str,
) -> Vec<Skew> {
    seen.iter()
        .map(|(&(from, to), &(n, negative, min_forward_ns))| Skew {
            from: text(from).to_owned(),
            to: text(to).to_owned(),
            n,
            negative,
            min_forward_ns,
            min_return_ns: seen.get(&(to, from)).map(|back| back.2),
        })
        .collect()
}
