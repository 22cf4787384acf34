//! Latencies: from a FROM event to its TO event in one trace.

mod matching;
mod pair;
mod skew;
mod table;

pub(crate) use matching::build;
pub use pair::{PairChoice, PairSpec, parse_pairs};
pub use skew::Skew;
pub use table::{Latencies, Latency, Pair};
