//! Where a table goes.

use super::print;
use crate::error::{Error, Result};
use crate::sinks::Target;
use crate::tables::TableFormat;
use clap::Args;
use std::path::PathBuf;

/// The output option of the table commands.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputArgs {
    /// Write to this file; its ending chooses .parquet, .csv, .ndjson or .arrow [default: CSV on stdout]
    #[arg(short, long, value_name = "OUT", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Only these columns, in this order
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Output")]
    columns: Option<Vec<String>>,
}

impl OutputArgs {
    /// Where the table goes, and the columns that are wanted. Fails early on an ending that says no
    /// format, before any log is read.
    pub(super) fn target(&self) -> Result<(Target<'_>, Option<&[String]>)> {
        let target = match self.output.as_deref() {
            Some(path) => {
                TableFormat::of_path(path)?;
                Target::File(path)
            }
            None => Target::Stdout,
        };
        Ok((target, self.columns.as_deref()))
    }

    /// Says that a file was written.
    pub(super) fn written(&self, rows: usize) {
        if let Some(path) = &self.output {
            print::talk(&format!("{}: {rows} rows", path.display()));
        }
    }

    /// A table on standard output whose reader went away is a normal end.
    pub(super) fn closed(&self, error: Error) -> Error {
        match error {
            Error::Stdout(error) if self.output.is_none() => print::stdout_error(error),
            other => other,
        }
    }
}
