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
mod analysis;
mod carrier;
mod collect;
mod digits;
mod error;
mod event;
mod figures;
pub mod filter;
mod how_read;

mod names;
mod options;
mod payload;
mod read;
mod run;
mod statement;
mod tally;
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
pub use analysis::{Analysis, FileInfo};
pub use carrier::{Choice, Otherwise, Overrides, Pattern};
pub use collect::{Part, Parts, Progress, Silent};
pub use error::{Error, Result, reason};
pub use event::{Columns, Event, Events, MostlyOne};
pub use figures::{Figures, figures};
pub use names::{NONE, Name, Names, Texts};
pub use options::{Options, parse_id_regex};
pub use read::{Input, Place, expand, lines};
pub use run::Run;
pub use statement::{EpochUnit, Found, LookAlike, Reason, Statement, is_label, parse, scan, stamp};

use std::sync::Arc;

/// Reads all inputs and measures the pairs that the options ask for.
///
/// An input without any statement is a note in the findings; it is an error only if no input has
/// one.
pub fn analyze(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<Analysis> {
    analysis::analyze(inputs, options, progress)
}

/// The events of all inputs, without traces: the part of [`analyze`] that a table of events needs.
pub fn events(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Arc<Events>, Vec<FileInfo>, Vec<Run>)> {
    let mut collected = collect::collect(inputs, options, progress, collect::Out::Table)?;
    analysis::require_statement(&collected)?;
    let begins =
        filter::Filter::run_begins(&collected.events, &collected.files, collected.runs.len());
    let names = Arc::clone(&collected.events.names);
    let files = &collected.files;
    collected.events.rows.retain(|event| {
        let begin = begins[files[event.file as usize].run as usize];
        options.filter.wants_event(event, &names)
            && options.filter.wants_time(event.epoch_ns, begin)
    });
    Ok((Arc::new(collected.events), collected.files, collected.runs))
}

/// Hands on the table of events in parts while the logs are read, so that it is never in memory as
/// a whole; the same rows in the same order as those of [`events`].
///
/// # Errors
/// Those of [`events`], and [`Error::Usage`] if the options skip the begin of each run: it is known
/// only when all is read.
pub fn events_in_parts(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    parts: &dyn Parts,
) -> Result<Vec<FileInfo>> {
    if options.filter.skip_ns != 0 {
        let message = "--skip needs the whole table of events".to_owned();
        return Err(Error::Usage { message });
    }
    let collected = collect::collect(inputs, options, progress, collect::Out::Parts(parts))?;
    analysis::require_statement(&collected)?;
    Ok(collected.files)
}
