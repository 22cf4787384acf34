//! The figures of some logs, all that `stats` and `check` print: tallied while the logs are read
//! where that is possible, and from the tables where it is not.

use crate::accounting::{Accounting, LookAlikeAt};
use crate::analysis::{Analysis, FileInfo, analyze, require_statement};
use crate::collect::{Collected, Out, Progress, collect};
use crate::error::Result;
use crate::how_read::how_read;
use crate::latency::Skew;
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::read::{Input, Place};
use crate::stats::{GroupKey, Summary, summarize, summarize_by};
use crate::tally::Tally;
use crate::trace::{self, Finding, Missing, PathCount};
use crate::unknown;
use std::sync::Arc;

/// The figures, without the events behind them.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The strings behind the handles.
    pub names: Arc<Names>,
    /// The inputs in the order in which they were read.
    pub files: Vec<FileInfo>,
    /// The sums.
    pub accounting: Accounting,
    /// How many events have an id.
    pub with_id: u64,
    /// The first look-alikes; their number is in the accounting.
    pub look_alikes: Vec<LookAlikeAt>,
    /// How often each order of labels occurs, commonest first.
    pub paths: Vec<PathCount>,
    /// What the incomplete traces lack, commonest first.
    pub missing: Vec<Missing>,
    /// Negative latencies and feasible clock offsets by pair of clocks.
    pub skew: Vec<Skew>,
    /// What the reader should know.
    pub findings: Vec<Finding>,
    /// The figures of each pair.
    pub summaries: Vec<Summary>,
}

impl Figures {
    /// From the tables.
    pub fn of(analysis: &Analysis, percents: &[f64], group_by: &[GroupKey]) -> Self {
        let summaries = if group_by.is_empty() {
            summarize(&analysis.latencies, percents, |_| true)
        } else {
            summarize_by(&analysis.latencies, percents, group_by)
        };
        let with_id = analysis.events.rows.iter().filter(|event| event.id() != NONE).count();
        Self {
            names: Arc::clone(&analysis.events.names),
            files: analysis.files.clone(),
            accounting: analysis.accounting.clone(),
            with_id: with_id as u64,
            look_alikes: analysis.look_alikes.clone(),
            paths: analysis.paths.clone(),
            missing: analysis.missing.clone(),
            skew: analysis.skew.clone(),
            findings: analysis.findings.clone(),
            summaries,
        }
    }
}

/// Reads all inputs and gives the figures of the pairs that the options ask for.
///
/// Events are forgotten as soon as their trace is over, unless the figures are asked for by group,
/// for all pairs or from some time after the begin of a run on, or a log lists its newest event
/// first: then they are those of [`crate::analyze`].
pub fn figures(
    inputs: &[Input],
    options: &Options,
    percents: &[f64],
    group_by: &[GroupKey],
    progress: &dyn Progress,
) -> Result<Figures> {
    // What cannot be read a second time is not read in a way that may have to be given up.
    let rereadable = inputs.iter().all(|input| match &input.place {
        Place::Stdin => false,
        Place::Bytes(_) => true,
        Place::File(path) => path.metadata().is_ok_and(|meta| meta.is_file()),
    });
    if rereadable
        && group_by.is_empty()
        && let Some(tally) = Tally::of(options)
        && let Some(figures) = tallied(inputs, options, percents, tally, progress)?
    {
        return Ok(figures);
    }
    Ok(Figures::of(&analyze(inputs, options, progress)?, percents, group_by))
}

fn tallied(
    inputs: &[Input],
    options: &Options,
    percents: &[f64],
    tally: Tally,
    progress: &dyn Progress,
) -> Result<Option<Figures>> {
    let mut collected = collect(inputs, options, progress, Out::Tally(Box::new(tally)))?;
    require_statement(&collected)?;
    let Collected { files, look_alikes, accounting, events, tally, .. } = &mut collected;
    let names = Arc::make_mut(&mut events.names);
    let Some(tally) = tally.take() else { return Ok(None) };
    let labels = tally.labels();
    let file_names: Vec<Name> = files.iter().map(|file| names.add(&file.name)).collect();
    let starts = &events.starts;
    let Some(of) = tally.finish(names, &file_names, starts, &options.expect, percents) else {
        return Ok(None);
    };
    accounting.events_complete = of.events_complete;
    accounting.events_incomplete = of.events_incomplete;
    accounting.events_orphan = of.made.orphans;
    accounting.events_driver = of.events_driver;
    accounting.events_filtered = of.events_filtered;
    accounting.traces = of.traces;
    accounting.traces_complete = of.traces_complete;
    accounting.traces_split = of.traces_split;
    let mut findings = how_read(files);
    findings.extend(unknown::labels(&labels, names, options));
    findings.extend(trace::doubts(of.made, &of.sequences, names, &options.by));
    Ok(Some(Figures {
        names: Arc::clone(&events.names),
        files: std::mem::take(files),
        accounting: std::mem::take(accounting),
        with_id: of.with_id,
        look_alikes: std::mem::take(look_alikes),
        paths: of.paths,
        missing: of.missing,
        skew: of.skew,
        findings,
        summaries: of.summaries,
    }))
}
