//! Where a table goes.

use super::print;
use crate::error::{Error, Result};
use crate::frame::{Format, write_file, write_stream};
use clap::Args;
use polars::prelude::DataFrame;
use serde_json::Value;
use std::path::PathBuf;

/// The output option of the table commands.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputArgs {
    /// Write to this file; its ending chooses .parquet, .csv, .ndjson or .arrow [default: CSV on stdout]
    #[arg(short, long, value_name = "OUT", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl OutputArgs {
    /// Fails early on an ending that says no format, before any log is read.
    pub(super) fn format(&self) -> Result<Format> {
        self.output.as_deref().map_or(Ok(Format::Csv), Format::of_path)
    }

    pub(super) fn write(&self, frame: &mut DataFrame, metadata: &Value) -> Result<()> {
        let format = self.format()?;
        if let Some(path) = &self.output {
            write_file(frame, path, format, metadata)?;
            print::talk(&format!("{}: {} rows", path.display(), frame.height()));
            return Ok(());
        }
        let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        write_stream(frame, &mut out, format, metadata).map_err(|error| match error {
            Error::Stdout(error) => print::stdout_error(error),
            other => other,
        })?;
        std::io::Write::flush(&mut out).map_err(print::stdout_error)
    }
}
