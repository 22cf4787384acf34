//! `sb-trace events`: the table of events.

use super::output_args::OutputArgs;
use super::{InputArgs, progress};
use crate::error::Result;
use crate::frame;
use crate::options::Options;
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
        let options = Options {
            epoch_unit: self.input.epoch_unit(),
            id_regex: self.input.id_regex.clone(),
            filter: self.input.filter(),
            ..Options::default()
        };
        let (events, files, runs) =
            crate::events(&self.input.inputs()?, &options, &progress::Bar::new())?;
        let mut frame = frame::events(&events, &files, &runs)?;
        self.output.write(&mut frame, &frame::metadata(&files, &options))
    }
}
