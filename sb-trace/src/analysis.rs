//! The result of an analysis: everything that a table, a picture or a sentence is made of.

use crate::accounting::{Accounting, LookAlikeAt};
use crate::collect::{Collected, Out, Progress, collect};
use crate::error::{Error, Result};
use crate::event::Events;
use crate::filter::Filter;
use crate::how_read::how_read;
use crate::latency::{self, Latencies, Skew};
use crate::names::Name;
use crate::options::Options;
use crate::read::Input;
use crate::run::Run;
use crate::trace::{self, Finding, Missing, PathCount, Traces};
use crate::unknown;
use std::sync::Arc;

/// One input after it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo {
    /// Name relative to the inputs' common root; `-` is standard input.
    pub name: String,
    /// Index into [`Analysis::runs`].
    pub run: u32,
    /// What it was taken for, for instance `plain`.
    pub carrier: &'static str,
    /// Lines and statements in it.
    pub lines: u64,
    /// See `lines`.
    pub statements: u64,
    /// Whether it holds NUL bytes: without a statement it is called binary.
    pub binary: bool,
    /// Events whose record has an id.
    pub with_id: u64,
    /// Events that stand between START and END of a request, and have its id.
    pub enclosed: u64,
    /// Places that look like a statement, but not in the text of a record, and the first's line.
    pub lost: u64,
    /// See `lost`.
    pub lost_at: u64,
}

/// All that is known of the inputs.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The runs; logs collected elsewhere share one with an empty id.
    pub runs: Vec<Run>,
    /// The inputs in the order in which they were read.
    pub files: Vec<FileInfo>,
    /// Every event, in log order. Its names are those of `latencies` too.
    pub events: Arc<Events>,
    /// The events of each invocation.
    pub traces: Traces,
    /// The latencies of all pairs.
    pub latencies: Latencies,
    /// The sums.
    pub accounting: Accounting,
    /// The first look-alikes; their number is in the accounting.
    pub look_alikes: Vec<LookAlikeAt>,
    /// How often each order of labels occurs, commonest first.
    pub paths: Vec<PathCount>,
    /// What the incomplete traces lack, commonest first; a trace may lack several things.
    pub missing: Vec<Missing>,
    /// Negative latencies and feasible clock offsets by pair of clocks.
    pub skew: Vec<Skew>,
    /// What the reader should know: how traces were made, and what is doubtful.
    pub findings: Vec<Finding>,
}

/// See [`crate::analyze`].
pub(crate) fn analyze(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Analysis> {
    let Collected { runs, files, mut events, look_alikes, mut accounting, .. } =
        collect(inputs, options, progress, Out::Table)?;
    let begins = Filter::run_begins(&events, &files, runs.len());
    let file_names: Vec<Name>;
    let mut grouped = {
        let names = Arc::make_mut(&mut events.names);
        // A TO that no event has leaves its FROM events unmatched; it needs a handle for that.
        options.pairs.named().for_each(|pair| {
            names.add(&pair.to);
        });
        file_names = files.iter().map(|file| names.add(&file.name)).collect();
        trace::group(&events.rows, &files, names, options)
    };
    let filter = &options.filter;
    accounting.events_filtered =
        grouped.filtered + filter.drop_traces(&mut grouped.drafts, &events.rows, &begins);
    let mut findings = how_read(&files);
    let labels = events.rows.iter().map(|event| event.label).collect();
    findings.extend(unknown::labels(&labels, &events.names, options));
    let (made, usual) = trace::sequences(&grouped, &events.rows);
    findings.extend(trace::doubts(made, &usual, &events.names, &options.by));
    accounting.traces_split = grouped.split;
    let mut traces = grouped.into_traces();
    let (paths, missing) = trace::judge(
        &mut traces,
        &events.rows,
        &events.names,
        &runs,
        &options.expect,
        &events.starts,
    );
    count(&traces, &mut accounting);
    let (latencies, skew) = latency::build(&events, &traces, &runs, &file_names, &options.pairs);
    let analysis = Analysis {
        runs,
        files,
        events: Arc::new(events),
        traces,
        latencies,
        accounting,
        look_alikes,
        paths,
        missing,
        skew,
        findings,
    };
    analysis.require_statement()?;
    Ok(analysis)
}

impl Analysis {
    fn require_statement(&self) -> Result<()> {
        no_statement(&self.files, self.accounting.statements, &self.look_alikes)
    }
}

/// An error if there is no statement in the whole input.
pub(crate) fn require_statement(collected: &Collected) -> Result<()> {
    no_statement(&collected.files, collected.accounting.statements, &collected.look_alikes)
}

fn no_statement(files: &[FileInfo], statements: u64, look_alikes: &[LookAlikeAt]) -> Result<()> {
    const MOST_SHOWN: usize = 3;
    if statements > 0 {
        return Ok(());
    }
    let what = match files {
        [] => "the input: it holds no file".to_owned(),
        [one] if one.name == "-" => "standard input".to_owned(),
        [one] => one.name.clone(),
        many => format!("{} files", many.len()),
    };
    let mut details: Vec<String> = look_alikes
        .iter()
        .take(MOST_SHOWN)
        .map(|l| format!("{}:{}:{}: {}", files[l.file as usize].name, l.line, l.column, l.what))
        .collect();
    details.extend(files.iter().take(MOST_SHOWN).map(describe));
    Err(Error::NoStatement { what, details })
}

/// What a file without a statement is, in words.
pub(crate) fn describe(file: &FileInfo) -> String {
    let kind = match (file.lines, file.binary) {
        (0, _) => "is empty".to_owned(),
        (_, true) => "is binary".to_owned(),
        (1, _) => "has 1 line and no statement".to_owned(),
        (lines, _) => format!("has {lines} lines and no statement"),
    };
    format!("{} {kind} (read as {})", file.name, file.carrier)
}

fn count(traces: &Traces, accounting: &mut Accounting) {
    accounting.traces = traces.traces.len() as u64;
    accounting.events_orphan = traces.orphans.len() as u64;
    accounting.events_driver = traces.driver.len() as u64;
    for trace in &traces.traces {
        let events = u64::from(trace.end - trace.first);
        if trace.complete {
            accounting.traces_complete += 1;
            accounting.events_complete += events;
        } else {
            accounting.events_incomplete += events;
        }
    }
}
