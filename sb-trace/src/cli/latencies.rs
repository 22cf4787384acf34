//! `sb-trace latencies`: the table of latencies.

use super::output_args::OutputArgs;
use super::{InputArgs, TraceArgs, explain, print, progress};
use crate::error::Result;
use crate::sinks::write_latencies;
use clap::Args;

/// Write a table of all latencies, a row for each FROM event of a pair
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace latencies app.log
  sb-trace latencies logs/ -o latencies.parquet
  sb-trace latencies logs/ --pair 'A->B,B->C' -o latencies.csv")]
pub(super) struct LatenciesArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl LatenciesArgs {
    pub(super) fn run(&self) -> Result<()> {
        let target = self.output.target()?;
        let options = self.trace.options(&self.input)?;
        let inputs = self.input.inputs()?;
        let (figures, rows) = write_latencies(&inputs, &options, &progress::Bar::new(), target)
            .map_err(|error| self.output.closed(error))?;
        print::findings(&figures.findings);
        explain::look_alikes(&figures);
        self.output.written(rows);
        self.trace.enforce(&figures.accounting)
    }
}
