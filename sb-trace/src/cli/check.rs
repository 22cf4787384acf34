//! `sb-trace check`: where every line, statement and event went.

use super::{InputArgs, TraceArgs, print, progress};
use crate::accounting::Accounting;
use crate::error::Result;
use crate::sinks::Figures;
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Account for every line, statement and event
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace check app.log
  sb-trace check logs/ --list           with each look-alike and what is wrong with it
  sb-trace check logs/ --strict         exit with 1 if anything was not understood")]
pub(super) struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    /// List the look-alikes
    #[arg(long, help_heading = "Output")]
    list: bool,
}

impl CheckArgs {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let figures =
            crate::figures(&self.input.inputs()?, &options, &[], &[], &progress::Bar::new())?;
        print::findings(&figures.findings);
        let mut text = accounting_text(&figures);
        if self.list {
            text.push_str(&list(&figures));
        }
        print::data(|out| out.write_all(text.as_bytes()))?;
        self.trace.enforce(&figures.accounting)
    }
}

/// The three sums, each drawer on a line of its own.
pub fn accounting_text(figures: &Figures) -> String {
    let a: &Accounting = &figures.accounting;
    let mut text = String::new();
    let mut sum = |name: &str, total: u64, parts: &[(&str, u64)]| {
        let _ = writeln!(text, "{name:<28} {total:>12}");
        for (part, count) in parts {
            let _ = writeln!(text, "  {part:<26} {count:>12}");
        }
    };
    sum(
        "lines",
        a.lines,
        &[
            ("with statement", a.lines_with_statement),
            ("look-alike only", a.lines_look_alike),
            ("format frame", a.lines_format),
            ("other text", a.lines_other),
            ("undecodable", a.lines_undecodable),
        ],
    );
    sum("statements", a.statements, &[("events", a.events), ("duplicates", a.duplicates)]);
    let mut events = vec![
        ("in complete traces", a.events_complete),
        ("in incomplete traces", a.events_incomplete),
        ("orphans (no id)", a.events_orphan),
    ];
    if a.events_driver > 0 {
        events.push(("driver's phases (SB_*)", a.events_driver));
    }
    if a.events_filtered > 0 {
        events.push(("left out by the filters", a.events_filtered));
    }
    sum("events", a.events, &events);
    sum(
        "traces",
        a.traces,
        &[("complete", a.traces_complete), ("incomplete", a.traces - a.traces_complete)],
    );
    for missing in &figures.missing {
        let _ = writeln!(text, "    {:<24} {:>12}", missing.to_string(), missing.traces);
    }
    let mut sum = |name: &str, total: u64| {
        let _ = writeln!(text, "{name:<28} {total:>12}");
    };
    if a.traces_split > 0 {
        sum("traces cut (--max-trace)", a.traces_split);
    }
    sum("look-alikes", a.look_alikes);
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for at in &figures.look_alikes {
        *reasons.entry(at.what.reason.name()).or_default() += 1;
    }
    for (reason, count) in reasons {
        let _ = writeln!(text, "  {reason:<26} {count:>12}");
    }
    text
}

fn list(figures: &Figures) -> String {
    let mut text = String::new();
    for at in &figures.look_alikes {
        let file = &figures.files[at.file as usize].name;
        let _ = writeln!(text, "{file}:{}:{}: {}", at.line, at.column, at.what);
    }
    let listed = figures.look_alikes.len() as u64;
    if listed < figures.accounting.look_alikes {
        let _ = writeln!(text, "... and {} more", figures.accounting.look_alikes - listed);
    }
    text
}
