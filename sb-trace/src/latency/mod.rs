//! Latencies: from a FROM event to its TO event in one trace.

#[cfg(feature = "tables")]
mod clocks;
#[cfg(feature = "tables")]
mod gather;
#[cfg(feature = "tables")]
mod matches;
mod numbers;
#[cfg(feature = "tables")]
mod order;
mod pair;
#[cfg(feature = "tables")]
mod positions;
mod table;

#[cfg(feature = "tables")]
pub use clocks::Skew;
#[cfg(feature = "tables")]
pub(crate) use clocks::skews;
#[cfg(feature = "tables")]
pub(crate) use gather::{gather, names_of, table};
#[cfg(feature = "tables")]
pub(crate) use matches::{Match, Wanted, numbered, pairs_of};
#[cfg(feature = "tables")]
pub(crate) use order::{Places, in_order, rarer_directions};
pub use pair::{PairChoice, PairSpec, parse_pairs};
pub(crate) use table::Rows;
pub use table::{Latencies, Latency, Pair, Part};
