//! `sb-trace show`: one trace, step by step.

use super::{InputArgs, TraceArgs, print, progress, usage};
use crate::error::Result;
use crate::read::Input;
use crate::sinks::{Analysis, TraceRow};
use crate::units::Unit;
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Show the steps and the lines of one trace
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace show 4f2a91 logs/
  sb-trace show app.log:17 app.log      a trace without an id is called by its first line")]
pub(super) struct ShowArgs {
    /// The trace's id, as in the column trace_id of the table of latencies
    #[arg(value_name = "TRACE_ID")]
    trace_id: String,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
}

impl ShowArgs {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let inputs = self.input.inputs()?;
        let analysis = crate::analyze(&inputs, &options, &progress::Bar::new())?;
        let wanted = |t: &&TraceRow| analysis.events.names.text(t.id) == self.trace_id;
        let mut text = String::new();
        for trace in analysis.traces.traces.iter().filter(wanted) {
            text += &steps(&analysis, trace);
            text += &lines(&analysis, trace, &inputs)?;
        }
        if text.is_empty() {
            let known: Vec<&str> = analysis
                .traces
                .traces
                .iter()
                .take(3)
                .map(|t| analysis.events.names.text(t.id))
                .collect();
            return Err(usage(format!(
                "no trace is called '{}'; there are {}, for instance {}",
                self.trace_id,
                analysis.traces.traces.len(),
                known.join(", ")
            )));
        }
        print::data(|out| out.write_all(text.as_bytes()))
    }
}

fn steps(analysis: &Analysis, trace: &TraceRow) -> String {
    let names = &analysis.events.names;
    let events: Vec<_> =
        analysis.traces.events(trace).iter().map(|&p| &analysis.events.rows[p as usize]).collect();
    let mut text = format!("trace {}", names.text(trace.id));
    let run = &analysis.runs[trace.run as usize].id;
    if !run.is_empty() {
        let _ = write!(text, " of run {run}");
    }
    let state = if trace.complete { "complete" } else { "incomplete" };
    let _ = writeln!(
        text,
        ": {} events, {state}, start {}",
        events.len(),
        trace.start_class.class.text()
    );
    let Some(began) = events.first().map(|e| e.epoch_ns) else { return text };
    let ms = |from: i64, to: i64| Unit::Ms.format(crate::units::ns_to_ms(to.saturating_sub(from)));
    let _ = writeln!(text, "{:>12}  {:>12}  {:<32} place", "at ms", "step ms", "label");
    let mut before = began;
    for event in events {
        let file = &analysis.figures.files[event.file as usize].name;
        let source = match names.text(event.source) {
            "" => String::new(),
            source => format!("  {source}"),
        };
        let _ = writeln!(
            text,
            "{:>12}  {:>12}  {:<32} {file}:{}{source}",
            ms(began, event.epoch_ns),
            ms(before, event.epoch_ns),
            names.text(event.label),
            event.line
        );
        before = event.epoch_ns;
    }
    text
}

/// The lines of a trace as they stand in the logs, file by file.
fn lines(analysis: &Analysis, trace: &TraceRow, inputs: &[Input]) -> Result<String> {
    let mut places: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
    for &place in analysis.traces.events(trace) {
        let event = &analysis.events.rows[place as usize];
        places.entry(event.file).or_default().insert(event.line);
    }
    let mut text = String::new();
    for (file, numbers) in places {
        // What was read from a table has no lines.
        let name = &analysis.figures.files[file as usize].name;
        let Some(input) = inputs.iter().find(|input| input.name == *name) else { continue };
        let numbers: Vec<u64> = numbers.into_iter().collect();
        for (number, line) in crate::lines(input, &numbers)? {
            // Nothing in a log may move the cursor or change colours.
            let line: String = line
                .chars()
                .map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c })
                .collect();
            let _ = writeln!(text, "{}:{number}: {line}", input.name);
        }
    }
    Ok(text)
}
