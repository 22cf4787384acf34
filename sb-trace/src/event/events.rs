//! The table of events, in columns of numbers; the strings are in its [`Names`].

use crate::names::{Name, Names};
use std::sync::Arc;

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Event {
    /// Unix epoch in nanoseconds, UTC. The printed zone never shifts it.
    pub epoch_ns: i64,
    /// The printed zone, in minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// The label.
    pub label: Name,
    /// The id that the record carries; [`crate::names::NONE`] where there is none.
    pub correlation_id: Name,
    /// The statement's own `trace_id=`; [`crate::names::NONE`] where there is none.
    pub trace_id: Name,
    /// Container, pod, log stream or host; [`crate::names::NONE`] where the log names none.
    pub source: Name,
    /// Index into [`crate::Figures::files`].
    pub file: u32,
    /// The first line of the record, from 1.
    pub line: u64,
}

impl Event {
    /// The id of the invocation: the statement's own, else the record's, else none.
    pub fn id(&self) -> Name {
        if self.trace_id == crate::names::NONE { self.correlation_id } else { self.trace_id }
    }
}

/// Events in log order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// The strings behind the handles.
    pub names: Arc<Names>,
    /// The rows.
    pub rows: Vec<Event>,
}
