//! What stands at the end of the pipeline: figures, dataframes, tables in files, all that a report
//! needs, or everything.

mod analysis;
mod export;
mod figures;
pub mod frames;
mod judge;
mod latency_rows;
mod report;
mod trace_file;

pub use analysis::{Analysis, TraceList, TraceRow, analyze};
pub use export::{Target, write_events, write_latencies};
pub use figures::{figures, plan};
pub use judge::{Figures, PathCount};
pub use report::{Collected, DriverEvent, RunEvents, Tables, collect};
pub use trace_file::{KeptEvent, KeptTrace, KeptTraces};
