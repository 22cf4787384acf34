//! What was meant by the command line: validated, and easy to build by hand.

use crate::latency::PairChoice;
use crate::statement::EpochUnit;
use crate::trace::Grouping;

/// How logs are read and measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What the epochs count.
    pub epoch_unit: EpochUnit,
    /// Which events belong to one trace.
    pub by: Grouping,
    /// Which pairs are measured.
    pub pairs: PairChoice,
    /// Labels without which a trace is not complete.
    pub expect: Vec<String>,
    /// The longest trace, in nanoseconds; what is longer is cut.
    pub max_trace_ns: i64,
}

impl Options {
    /// The default of [`Options::max_trace_ns`]: 15 minutes, the longest a function may run.
    pub const MAX_TRACE_NS: i64 = 15 * 60 * 1_000_000_000;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epoch_unit: EpochUnit::default(),
            by: Grouping::default(),
            pairs: PairChoice::default(),
            expect: Vec::new(),
            max_trace_ns: Self::MAX_TRACE_NS,
        }
    }
}
