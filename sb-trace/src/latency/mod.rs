//! Latencies: from a FROM event to its TO event in one trace.

mod matching;
mod pair;
mod positions;
mod skew;
mod table;

pub(crate) use matching::{Places, build, in_order, rarer_directions, resolve};
pub use pair::{PairChoice, PairSpec, parse_pairs};
pub(crate) use positions::positions;
pub use skew::Skew;
pub(crate) use skew::skews;
pub use table::{Latencies, Latency, Pair};
