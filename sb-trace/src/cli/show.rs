//! `sb-trace show`: one trace, step by step.

use super::{InputArgs, TraceArgs, print, progress, usage};
use crate::analysis::Analysis;
use crate::error::Result;
use crate::trace::Trace;
use crate::units::Unit;
use clap::Args;
use std::fmt::Write as _;

/// Show the steps of one trace, with the line of each
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace show 4f2a91 logs/
  sb-trace show app.log:17 app.log      a trace without an id is called by its first line")]
pub(super) struct Show {
    /// The trace's id, as in the column trace_id of the table of latencies
    #[arg(value_name = "TRACE_ID")]
    trace_id: String,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
}

impl Show {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let analysis = crate::analyze(&self.input.inputs()?, &options, &progress::Bar::new())?;
        let wanted = |t: &&Trace| analysis.events.names.text(t.id) == self.trace_id;
        let text: String =
            analysis.traces.traces.iter().filter(wanted).map(|t| steps(&analysis, t)).collect();
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

fn steps(analysis: &Analysis, trace: &Trace) -> String {
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
        let file = &analysis.files[event.file as usize].name;
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
