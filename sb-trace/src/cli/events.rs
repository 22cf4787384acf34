//! `sb-trace events`: the table of events.

use super::output_args::OutputArgs;
use super::{InputArgs, print, progress};
use crate::error::Result;
use crate::sinks::write_events;
use clap::Args;

/// Write a table of all trace statements, a row each, in log order
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sb-trace events app.log\n  sb-trace events logs/ -o events.parquet\n  sb-trace events app.log -o events.parquet --columns ts,label"
)]
pub(super) struct EventsArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl EventsArgs {
    pub(super) fn run(&self) -> Result<()> {
        let target = self.output.target()?;
        let options = self.input.options();
        let inputs = self.input.inputs()?;
        let (files, rows) = write_events(&inputs, &options, &progress::Bar::new(), target)
            .map_err(|error| self.output.closed(error))?;
        print::findings(&crate::findings::inputs_read(&files));
        self.output.written(rows);
        Ok(())
    }
}
