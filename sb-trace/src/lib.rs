//! Trace statements in any log -> label-to-label latencies -> tables.
//!
//! A plan is learned from the log, then batches of whole traces are measured in parallel, each as a
//! polars frame, and handed on to whoever wants them:
//!
//! ```text
//! bytes      read       LOG arguments, gzip and zstd, blocks of lines
//! records    format     what a log collector wrapped around the app's text
//! text       body       what the runtime or a logger put around it inside that
//! statements statement  the grammar in nom, and text that nearly is a statement
//! events     event      statements with where they came from
//! traces     trace      whole traces, and the paths of labels that they take
//! latencies  latency    from any label to any other in one trace
//! numbers    stats      quantiles, their intervals, summaries
//! plan       plan       what is decided: closing labels, directions of pairs, order of time
//! all these  pipeline   put in order, cut where traces end, measured by many threads
//! frames     columns    the columns of each table, as polars frames
//! files      tables     Parquet, CSV, NDJSON, Arrow
//! ends       sinks      figures, dataframes, files, a report, everything
//! ```
//!
//! Programs get [`figures()`], dataframes from [`frames`], or everything from [`analyze`]. Without the
//! feature `tables` this is the parser alone, without polars: [`statements()`], [`scan`], [`parse`].
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

mod body;
mod digits;
mod error;
mod event;
mod format;
mod names;
pub mod options;
mod read;
mod run;
mod statement;
mod statements;
pub mod units;
mod uuid;

#[cfg(feature = "tables")]
mod accounting;
#[cfg(feature = "tables")]
pub mod cli;
#[cfg(feature = "tables")]
pub mod columns;
#[cfg(feature = "tables")]
mod dictionary;
#[cfg(feature = "tables")]
mod findings;
#[cfg(feature = "tables")]
pub mod latency;
#[cfg(feature = "tables")]
mod pipeline;
#[cfg(feature = "tables")]
mod plan;
#[cfg(feature = "tables")]
mod sinks;
#[cfg(feature = "tables")]
pub mod stats;
#[cfg(feature = "tables")]
pub mod tables;
#[cfg(feature = "tables")]
mod ticks;
#[cfg(feature = "tables")]
pub mod trace;

pub use error::{Error, Result, reason};
pub use event::{Event, Events, MostlyOne};
pub use names::{NONE, Name, Names, Texts};
pub use options::{Options, PlanFile};
pub use read::{Input, Place, TableKind, expand, lines};
pub use run::Run;
pub use statement::{EpochUnit, Found, LookAlike, Reason, Statement, is_label, parse, scan, stamp};
pub use statements::{LogStatement, StatementCounts, statements};

#[cfg(feature = "tables")]
pub use {
    accounting::{Accounting, FileInfo, LookAlikeAt},
    findings::{Finding, Severity, nearest_label},
    pipeline::{Progress, Silent},
    sinks::{
        Analysis, Collected, DriverEvent, Figures, KeptEvent, KeptTrace, KeptTraces, PathCount,
        RunEvents, Tables, Target, TraceList, TraceRow, analyze, collect, figures, frames, plan,
        write_events, write_latencies,
    },
};
