//! Tables: one list of columns for every format, and files that are never half-written.
//!
//! Names are `snake_case` with the unit in the name, times are UTC, strings are plain strings.
//! The columns of each table are listed in `events.rs` and `latencies.rs`.

mod choose;
mod column;
mod dictionary;
mod events;
mod latencies;
mod metadata;
mod parquet;
mod read;
mod stream;
mod unfinished;
mod write;

pub use choose::choose_columns;
pub use events::{EVENT_COLUMNS, events, events_in_parts};
pub use latencies::{latencies, latencies_in_parts};
pub use metadata::{SCHEMA_VERSION, metadata};
pub use read::read_latencies;
pub use stream::write_events;
pub use unfinished::remove_unfinished;
pub use write::{Format, write_file, write_parts, write_stream};
