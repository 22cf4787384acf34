//! Where a table goes.

use super::print;
use crate::error::{Error, Result};
use crate::frame::{self, Format, write_file, write_stream};
use clap::Args;
use polars::prelude::DataFrame;
use serde_json::Value;
use std::path::{Path, PathBuf};

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
    /// Fails early on an ending that says no format, before any log is read.
    pub(super) fn format(&self) -> Result<Format> {
        self.output.as_deref().map_or(Ok(Format::Csv), Format::of_path)
    }

    /// The file, if the table is to be written as Parquet, and the columns that are wanted.
    pub(super) fn parquet(&self) -> Option<(&Path, Option<&[String]>)> {
        let path = self.output.as_deref()?;
        let is_parquet = matches!(Format::of_path(path), Ok(Format::Parquet));
        is_parquet.then_some((path, self.columns.as_deref()))
    }

    /// Says that a table was written.
    pub(super) fn written(path: &Path, rows: usize) {
        print::talk(&format!("{}: {rows} rows", path.display()));
    }

    pub(super) fn write(&self, frame: &mut DataFrame, metadata: &Value) -> Result<()> {
        let format = self.format()?;
        if let Some(columns) = &self.columns {
            *frame = frame::choose_columns(frame, columns)?;
        }
        if let Some(path) = &self.output {
            write_file(frame, path, format, metadata)?;
            Self::written(path, frame.height());
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
