//! What was meant by the command line: validated, and easy to build by hand.

mod filter;
mod format;
mod grouping;
mod pairs;
mod plan_file;

pub use filter::{Condition, Filter, parse_time};
pub use format::{FormatChoice, NamedFields, Otherwise, Pattern};
pub(crate) use grouping::DRIVER;
pub use grouping::Grouping;
pub use pairs::{PairChoice, PairSpec, parse_pairs};
pub(crate) use plan_file::PLAN_VERSION;
pub use plan_file::{FamilyBy, PlanFile, PlannedFamily, PlannedInput, PlannedStream};

use crate::statement::EpochUnit;
use regex::bytes::Regex;

/// How logs are read and measured.
#[derive(Debug, Clone)]
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
    /// Finds the correlation id in the text of a record: its group `correlation_id`.
    pub id_regex: Option<Regex>,
    /// What wraps the app's text.
    pub format: FormatChoice,
    /// The user's own format, which goes before `format`.
    pub pattern: Option<Pattern>,
    /// Fields of JSON and CSV that the user named.
    pub fields: NamedFields,
    /// Finds the correlation id in the path of a file: its group `correlation_id`.
    pub id_from_path: Option<Regex>,
    /// Which events and traces are looked at.
    pub filter: Filter,
    /// Tags of every run: name without `tag_`, value.
    pub tags: Vec<(String, String)>,
    /// What is decided about the logs; what it does not say is learned from them.
    pub plan: Option<std::sync::Arc<PlanFile>>,
    /// How many bytes of events may wait in memory for the end of their traces; what is more waits in a
    /// temporary file. No result depends on it.
    pub memory: usize,
    /// How much text is read at a time, in bytes. No result depends on it.
    pub block_bytes: usize,
}

impl Options {
    /// The default of [`Options::max_trace_ns`]: 15 minutes, the longest a function may run.
    pub const MAX_TRACE_NS: i64 = 15 * 60 * 1_000_000_000;

    /// The default of [`Options::block_bytes`]: small enough for the text and its rows to stay in a
    /// core's own cache.
    pub const BLOCK_BYTES: usize = 256 << 10;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epoch_unit: EpochUnit::default(),
            by: Grouping::default(),
            pairs: PairChoice::default(),
            expect: Vec::new(),
            max_trace_ns: Self::MAX_TRACE_NS,
            id_regex: None,
            format: FormatChoice::default(),
            pattern: None,
            fields: NamedFields::default(),
            id_from_path: None,
            filter: Filter::default(),
            tags: Vec::new(),
            plan: None,
            memory: usize::MAX,
            block_bytes: Self::BLOCK_BYTES,
        }
    }
}

/// The name of the group of `--id-regex` that holds the id.
pub(crate) const ID_GROUP: &str = "correlation_id";

/// Reads an `--id-regex` or an `--id-from-path`: it must have a group `correlation_id`.
pub fn parse_id_regex(text: &str) -> Result<Regex, String> {
    let regex = Regex::new(text)
        .map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())?;
    if regex.capture_names().flatten().any(|name| name == ID_GROUP) {
        Ok(regex)
    } else {
        Err(format!(
            "it has no group named {ID_GROUP}: write for instance 'reqId=(?<{ID_GROUP}>[0-9a-f]+)'"
        ))
    }
}
