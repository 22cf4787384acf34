//! `sb-trace latencies`: the table of latencies.

use super::output_args::OutputArgs;
use super::{InputArgs, TraceArgs, print, progress};
use crate::error::Result;
use crate::frame;
use clap::Args;

/// Write a table of all latencies, a row for each FROM event of a pair
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace latencies app.log
  sb-trace latencies logs/ -o latencies.parquet
  sb-trace latencies logs/ --pair 'A->B,B->C' -o latencies.csv")]
pub(super) struct Latencies {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    trace: TraceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Latencies {
    pub(super) fn run(&self) -> Result<()> {
        self.output.format()?;
        let options = self.trace.options(&self.input)?;
        let analysis = crate::analyze(&self.input.inputs()?, &options, &progress::Bar::new())?;
        print::findings(&analysis.findings);
        let mut frame = frame::latencies(&analysis.latencies)?;
        self.output.write(&mut frame, &frame::metadata(&analysis.files, &options))?;
        self.trace.enforce(&analysis.accounting)
    }
}
