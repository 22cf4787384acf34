//! Tables: one list of columns for every format, and files that are never half-written.
//!
//! Names are `snake_case` with the unit in the name, times are UTC, strings are plain strings.
//! The columns of each table are listed in `events.rs` and `latencies.rs`.

mod choose;
mod collect;
mod dictionary;
mod events;
mod export;
mod latencies;
mod log;
mod metadata;
mod parquet;
mod read;
mod rows;
mod table;
mod traces;
mod unfinished;
mod write;

pub use choose::choose_columns;
pub use collect::{Collected, DriverEvent, RunEvents, Tables, collect};
pub use events::EVENT_COLUMNS;
pub(crate) use events::{event_columns, events};
pub use export::{Target, write_events, write_latencies};
pub use latencies::LATENCY_COLUMNS;
pub(crate) use latencies::{latencies, latency_columns, trace_id};
pub(crate) use log::with_tables;
pub use metadata::{SCHEMA_VERSION, metadata};
pub use read::read_latencies;
pub use rows::write_rows;
pub use traces::TRACE_COLUMNS;
pub(crate) use traces::{trace_columns, traces};
pub use unfinished::remove_unfinished;
pub use write::Format;
pub(crate) use write::{csv, write_text};

/// A frame that lacks a column, or has one of another type, was given by the caller.
impl From<polars::prelude::PolarsError> for crate::Error {
    fn from(error: polars::prelude::PolarsError) -> Self {
        Self::Usage { message: error.to_string() }
    }
}
