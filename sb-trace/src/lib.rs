//! Trace statements in any log -> label-to-label latencies -> tables.
//!
//! Data flows one way, and each step is a module:
//!
//! ```text
//! bytes     read       LOG arguments, gzip and zstd, blocks of lines
//! records   carrier    what a log collector wrapped around the app's text
//! text      payload    what the runtime or a logger put around it inside that
//! statement statement  the grammar in nom, and text that nearly is a statement
//! events    event      statements with where they came from
//! traces    trace      the events of one invocation each
//! latencies latency    from any label to any other in one trace
//! numbers   stats      quantiles, their intervals, summaries
//! tables    frame      polars frames; Parquet, CSV, NDJSON, Arrow
//! ```
//!
//! From bytes to numbers in a few lines:
//!
//! ```
//! use sb_trace::{Input, Options, Silent, analyze, stats};
//!
//! let log = "1600776870140+0000|CALLED\n1600776870152+0200|ANSWERED\n";
//! let analysis = analyze(&[Input::bytes("app.log", log)], &Options::default(), &Silent)?;
//! let summaries = stats::summarize(&analysis.latencies, &stats::DEFAULT_PERCENTILES, |_| true);
//! assert_eq!(summaries[0].pair, "CALLED->ANSWERED");
//! assert_eq!(summaries[0].mean_ms, Some(12.0));
//! # Ok::<(), sb_trace::Error>(())
//! ```

mod accounting;
#[cfg(feature = "tables")]
mod analysis;
mod carrier;
#[cfg(feature = "tables")]
mod dictionary;
mod digits;
mod error;
mod event;
#[cfg(feature = "tables")]
mod figures;
pub mod filter;
#[cfg(feature = "tables")]
mod how_read;
#[cfg(feature = "tables")]
mod kept;
mod names;
mod options;
mod payload;
#[cfg(feature = "tables")]
mod pipeline;
#[cfg(feature = "tables")]
mod plan;
mod read;
mod run;
mod statement;
#[cfg(feature = "tables")]
mod unknown;
mod uuid;

#[cfg(feature = "tables")]
pub mod cli;
#[cfg(feature = "tables")]
pub mod frame;
pub mod latency;
pub mod stats;
pub mod trace;
pub mod units;

pub use accounting::{Accounting, LookAlikeAt};
#[cfg(feature = "tables")]
pub use analysis::{Analysis, FileInfo, TraceList, TraceRow};
pub use carrier::{Choice, Otherwise, Overrides, Pattern};
pub use error::{Error, Result, reason};
pub use event::{Event, Events, MostlyOne};
#[cfg(feature = "tables")]
pub use figures::{Figures, PathCount, figures};
#[cfg(feature = "tables")]
pub use kept::{KeptEvent, KeptTrace, KeptTraces};
pub use names::{NONE, Name, Names, Texts};
pub use options::{Options, parse_id_regex};
#[cfg(feature = "tables")]
pub use pipeline::{Progress, Silent};
pub use read::{Input, Place, expand, lines};
pub use run::Run;
pub use statement::{EpochUnit, Found, LookAlike, Reason, Statement, is_label, parse, scan, stamp};

/// Reads all inputs and measures the pairs that the options ask for.
///
/// An input without any statement is a note in the findings; it is an error only if no input has
/// one.
#[cfg(feature = "tables")]
pub fn analyze(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<Analysis> {
    analysis::analyze(inputs, options, progress)
}
