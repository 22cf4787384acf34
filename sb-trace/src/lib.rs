//! Trace statements in any log -> label-to-label latencies -> tables.
//!
//! A plan is learned from the log, then batches of whole traces are measured in parallel, each as a
//! polars frame, and handed on to whoever wants them:
//!
//! ```text
//! bytes     read       LOG arguments, gzip and zstd, blocks of lines
//! records   carrier    what a log collector wrapped around the app's text
//! text      payload    what the runtime or a logger put around it inside that
//! statement statement  the grammar in nom, and text that nearly is a statement
//! events    event      statements with where they came from
//! traces    pipeline   put in order, cut where traces end, measured by many threads
//! plan      plan       what is decided: closing labels, directions of pairs, order of time
//! latencies latency    from any label to any other in one trace
//! numbers   stats      quantiles, their intervals, summaries
//! tables    frame      polars frames; Parquet, CSV, NDJSON, Arrow
//! ```
//!
//! Programs get [`figures()`], dataframes from [`frames`], or everything from [`analyze`]. Without the
//! feature `tables` this is the parser alone, without polars: [`contents()`], [`scan`], [`parse`].
//!
//! From bytes to numbers in a few lines:
//!
//! ```
//! # #[cfg(feature = "tables")]
//! # {
//! use sb_trace::{Input, Options, Silent, figures, stats};
//!
//! let log = "1600776870140+0000|CALLED\n1600776870152+0200|ANSWERED\n";
//! let inputs = [Input::bytes("app.log", log)];
//! let figures =
//!     figures(&inputs, &Options::default(), &stats::DEFAULT_PERCENTILES, &[], &Silent)?;
//! assert_eq!(figures.summaries[0].pair, "CALLED->ANSWERED");
//! assert_eq!(figures.summaries[0].mean_ms, Some(12.0));
//! # }
//! # Ok::<(), sb_trace::Error>(())
//! ```
#![cfg_attr(
    not(feature = "tables"),
    expect(dead_code, unused_imports, reason = "what only the pipeline needs of the lower parts")
)]

mod accounting;
#[cfg(feature = "tables")]
mod analysis;
mod carrier;
mod contents;
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
#[cfg(feature = "tables")]
pub mod frames;
pub mod latency;
pub mod stats;
pub mod trace;
pub mod units;

pub use accounting::{Accounting, LookAlikeAt};
#[cfg(feature = "tables")]
pub use analysis::{Analysis, FileInfo, TraceList, TraceRow};
pub use carrier::{Choice, Otherwise, Overrides, Pattern};
pub use contents::{Contents, contents};
pub use error::{Error, Result, reason};
pub use event::{Event, Events, MostlyOne};
#[cfg(feature = "tables")]
pub use figures::plan;
#[cfg(feature = "tables")]
pub use figures::{Figures, PathCount, figures};
#[cfg(feature = "tables")]
pub use kept::{KeptEvent, KeptTrace, KeptTraces};
pub use names::{NONE, Name, Names, Texts};
pub use options::{Options, parse_id_regex};
#[cfg(feature = "tables")]
pub use pipeline::{Progress, Silent};
#[cfg(feature = "tables")]
pub use plan::{FamilyBy, PlanFile, PlannedFamily, PlannedInput, PlannedStream};
pub use read::{Input, Place, TableKind, expand, lines};
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
