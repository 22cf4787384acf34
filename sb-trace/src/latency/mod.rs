//! Latencies: from a FROM event to its TO event in one trace.

mod clocks;
mod latencies;
mod matches;
mod number_column;
mod pair_order;
mod positions;

pub use clocks::Skew;
pub(crate) use clocks::skews;
pub(crate) use latencies::LatencyRows;
pub use latencies::{Latencies, Latency, Pair, RunPair};
pub(crate) use matches::{Match, Wanted, numbered, pairs_of};
pub(crate) use pair_order::{PairPositions, in_order, rarer_directions};
