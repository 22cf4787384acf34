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
mod metadata;
mod parquet;
mod read;
mod rows;
mod table;
mod unfinished;
mod write;

pub use choose::choose_columns;
pub use collect::{Collected, DriverEvent, RunEvents, Tables, collect};
pub use events::EVENT_COLUMNS;
pub use export::{Target, write_events, write_frames, write_latencies};
pub use latencies::LATENCY_COLUMNS;
pub(crate) use latencies::{RunCodes, latencies, tag_names, trace_id};
pub use metadata::{SCHEMA_VERSION, metadata};
pub use read::read_latencies;
pub use rows::write_rows;
pub use unfinished::remove_unfinished;
pub use write::Format;
pub(crate) use write::csv;
