//! Latencies -> a report: SVG and PNG pictures, one self-contained page, summaries as Markdown
//! and JSON, and the tables behind them.
//!
//! Data flows one way, and each step is a module:
//!
//! ```text
//! arguments  load     out/ folders, logs, Parquet -> the latencies and their accounting
//! words      model    what the report says; every number comes from sb_trace::stats
//! pictures   chart    what the report draws: a file per chart
//!            figure   scales, ticks, colours, marks
//!            render   marks -> SVG and PNG, by plotters with an embedded font
//! page       page     the HTML page, summary.md, summary.json
//! files      publish  the one list of outputs; all are written aside, then renamed
//! ```
//!
//! The same input gives the same bytes: no clock, no output path and no order of threads gets in.

pub mod chart;
mod ci;
pub mod cli;
pub mod error;
pub mod figure;
pub mod load;
pub mod model;
pub mod page;
pub mod publish;
pub mod render;

pub use error::Error;
