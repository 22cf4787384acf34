//! `sb-trace events`: the table of events.

use super::output_args::OutputArgs;
use super::{InputArgs, print, progress};
use crate::error::Result;
use crate::frame;
use clap::Args;

/// Write a table of all trace statements, a row each, in log order
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sb-trace events app.log\n  sb-trace events logs/ -o events.parquet\n  sb-trace events app.log -o events.parquet --columns ts,label"
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
        // Only what --skip leaves out is not known before all is read.
        if let Some((path, columns)) = self.output.parquet().filter(|_| options.filter.skip_ns == 0)
        {
            let (files, rows) = frame::write_events(
                &self.input.inputs()?,
                &options,
                &progress::Bar::new(),
                path,
                columns,
            )?;
            print::findings(&crate::how_read::how_read(&files));
            OutputArgs::written(path, rows);
            return Ok(());
        }
        let (events, files, runs) =
            crate::events(&self.input.inputs()?, &options, &progress::Bar::new())?;
        print::findings(&crate::how_read::how_read(&files));
        let mut frame = frame::events(&events, &files, &runs)?;
        self.output.write(&mut frame, &frame::metadata(&files, &options))
    }
}
