//! `sb-trace plan`: what is decided about a log before its traces are measured.

use super::{InputArgs, TraceArgs, print, progress};
use crate::error::Result;
use clap::Args;
use std::path::PathBuf;

/// Print what is decided about a log: formats, opening and closing labels, order of time
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace plan logs/
  sb-trace plan logs/ -o plan.json
  sb-trace stats tomorrow/ --plan plan.json      the same decisions for another log

A plan is what the whole log says. With --plan it is fixed: what the log says against it is told.")]
pub(super) struct PlanArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    /// Write the plan to this file, for --plan
    #[arg(short, long, value_name = "OUT", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl PlanArgs {
    pub(super) fn run(&self) -> Result<()> {
        let options = self.trace.options(&self.input)?;
        let (plan, figures) = crate::plan(&self.input.inputs()?, &options, &progress::Bar::new())?;
        print::findings(&figures.findings);
        if let Some(path) = &self.output {
            crate::tables::write_text(path, &plan.to_json()?)?;
        }
        let text = plan.words().join("\n") + "\n";
        print::data(|out| out.write_all(text.as_bytes()))?;
        self.trace.enforce(&figures.accounting)
    }
}
