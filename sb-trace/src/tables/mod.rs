//! Tables in files: one list of columns for every format, and files that are never half-written.

mod dictionary_column;
mod events_as_log;
mod metadata;
mod parquet;
mod read_latencies;
mod rewrite_latencies;
mod table_writer;
mod unfinished;
mod write;

pub(crate) use events_as_log::with_tables;
pub use metadata::{SCHEMA_VERSION, metadata};
pub use read_latencies::read_latencies;
pub use rewrite_latencies::rewrite_latencies;
pub(crate) use table_writer::{FileWriter, TableFile};
pub use unfinished::remove_unfinished;
pub use write::TableFormat;
pub(crate) use write::{csv, write_atomically, write_text};

/// What is wrong with a table, as the end of a sentence that begins with its name.
type Wrong = String;
