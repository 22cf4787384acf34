//! `sb-trace events`: the table of events.

use super::output_args::OutputArgs;
use super::{InputArgs, print, progress};
use crate::error::Result;
use crate::frame;
use clap::Args;

/// Write a table of all trace statements, a row each, in log order
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sb-trace events app.log\n  sb-trace events logs/ -o events.parquet"
)]
pub(super) struct Events {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Events {
    pub(super) fn run(&self) -> Result<()> {
        self.output.format()?;
        let options = self.input.options();
        let (events, files, runs) =
            crate::events(&self.input.inputs()?, &options, &progress::Bar::new())?;
        print::findings(&crate::how_read::how_read(&files));
        let mut frame = frame::events(&events, &files, &runs)?;
        self.output.write(&mut frame, &frame::metadata(&files, &options))
    }
}
