//! The columns of each table, computed from batches and whole traces as polars frames.
//!
//! Names are `snake_case` with the unit in the name, times are UTC, texts that come again and again are
//! categories. The columns of each table are listed in `events.rs`, `traces.rs` and `latencies.rs`.

mod choose;
mod events;
mod latencies;
mod traces;

pub use choose::choose_columns;
pub use events::EVENT_COLUMNS;
pub(crate) use events::{event_columns, events};
pub use latencies::LATENCY_COLUMNS;
pub(crate) use latencies::{in_microseconds, latencies, latency_columns, no_latencies, trace_id};
pub use traces::TRACE_COLUMNS;
pub(crate) use traces::{trace_columns, traces};

/// A frame that lacks a column, or has one of another type, was given by the caller.
impl From<polars::prelude::PolarsError> for crate::Error {
    fn from(error: polars::prelude::PolarsError) -> Self {
        Self::Usage { message: error.to_string() }
    }
}
