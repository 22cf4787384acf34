//! Traces: the events of one invocation each.

mod completeness;
mod doubts;
mod draft;
mod finding;
mod grouping;
mod missing;
mod order;
mod sequences;
mod start_class;

pub use completeness::PathCount;
pub(crate) use completeness::{commonest, in_order, judge};
pub(crate) use doubts::{Made, Sequences, doubts, steps};
pub(crate) use draft::{Draft, Drafts};
pub use finding::{Finding, Severity};
pub use grouping::Grouping;
pub(crate) use grouping::{DRIVER, Grouped, group};
pub(crate) use missing::{Incomplete, count as count_missing};
pub use missing::{Lack, Missing};
pub(crate) use sequences::sequences;
pub(crate) use start_class::of_labels;
pub use start_class::{ClassSource, ColdWarm, StartClass};

use crate::names::Name;

/// One trace: its key, and where its events stand in [`Traces::order`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Index into [`crate::Analysis::runs`].
    pub run: u32,
    /// The invocation's id, or `file:line` of the first event where the log has no ids.
    pub id: Name,
    /// First and last plus one position in [`Traces::order`].
    pub first: u32,
    /// See `first`.
    pub end: u32,
    /// Whether the trace has the commonest last label and every expected label.
    pub complete: bool,
    /// Whether the trace is the rest of something that began before the log did.
    pub fragment: bool,
    /// Whether a cold start took part.
    pub start_class: StartClass,
}

/// All traces, ordered by run and then by place in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// The traces.
    pub traces: Vec<Trace>,
    /// Event indices, trace by trace, each trace in time order.
    pub order: Vec<u32>,
    /// Events that belong to no trace because they have no id.
    pub orphans: Vec<u32>,
    /// Events of the driver (labels `SB_*`).
    pub driver: Vec<u32>,
}

impl Traces {
    /// The event indices of one trace in time order.
    pub fn events(&self, trace: &Trace) -> &[u32] {
        self.order.get(trace.first as usize..trace.end as usize).unwrap_or_default()
    }
}
