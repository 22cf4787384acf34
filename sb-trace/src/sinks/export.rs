//! Logs -> tables in files, while the logs are read.

use super::judge::{Figures, judge};
use crate::accounting::FileInfo;
use crate::columns::{event_columns, events, latencies, latency_columns, no_latencies};
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::pipeline::{Batch, Job, Measured, Progress, Sink, for_each_thread, run};
use crate::plan::Rules;
use crate::read::Input;
use crate::tables::{FileWriter, TableFile, TableFormat, metadata, with_tables, write_atomically};
use polars::prelude::DataFrame;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::Arc;

/// Where a table goes.
#[derive(Debug, Clone, Copy)]
pub enum Target<'p> {
    /// To a file, whose name's ending says the format. It appears under its name when it is whole.
    File(&'p Path),
    /// To standard output as CSV, when it is whole.
    Stdout,
}

impl Target<'_> {
    fn format(self) -> Result<TableFormat> {
        match self {
            Self::File(path) => TableFormat::of_path(path),
            Self::Stdout => Ok(TableFormat::Csv),
        }
    }

    /// Hands a file on that is then put where the table goes.
    fn write<T>(self, write: impl FnOnce(&File) -> Result<T>) -> Result<T> {
        match self {
            Self::File(path) => write_atomically(path, write),
            Self::Stdout => {
                let mut file = tempfile::tempfile().map_err(Error::Stdout)?;
                let written = write(&file)?;
                file.rewind().map_err(Error::Stdout)?;
                let mut out = std::io::stdout().lock();
                std::io::copy(&mut file, &mut out).map_err(Error::Stdout)?;
                out.flush().map_err(Error::Stdout)?;
                Ok(written)
            }
        }
    }
}

/// A table of latencies or of events, written by one thread of several.
struct TableSink<'a, 'f> {
    job: &'a Job<'a>,
    columns: Arc<Vec<String>>,
    of: TableOf,
    table: FileWriter<'f>,
    frame: Option<DataFrame>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableOf {
    Events,
    Latencies,
}

impl Sink for TableSink<'_, '_> {
    const ORDERED: bool = true;

    fn wants_traces(&self) -> bool {
        self.of == TableOf::Latencies
    }

    fn events(&mut self, batch: &Batch) -> Result<()> {
        if self.of == TableOf::Events {
            self.frame = Some(events(batch, self.job, &self.columns)?);
        }
        Ok(())
    }

    fn take(&mut self, measured: &Measured<'_>) -> Result<()> {
        self.frame = Some(latencies(measured, self.job, &self.columns)?);
        Ok(())
    }

    fn passed(&mut self, number: u64) -> Result<()> {
        self.table.put(number, self.frame.take())
    }
}

/// Writes the latencies of all inputs, in these columns or in all; gives what is said of their traces,
/// and the number of rows.
///
/// # Errors
/// Those of [`crate::figures`], [`Error::Usage`] for a column that there is not, and
/// [`Error::Write`] if the table cannot be written.
pub fn write_latencies(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    (to, columns): (Target<'_>, Option<&[String]>),
) -> Result<(Figures, usize)> {
    write(inputs, options, progress, (to, columns), TableOf::Latencies)
}

/// Writes the events of all inputs, in these columns or in all; gives how the inputs were read, and
/// the number of rows.
///
/// # Errors
/// Those of [`write_latencies`].
pub fn write_events(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    (to, columns): (Target<'_>, Option<&[String]>),
) -> Result<(Vec<FileInfo>, usize)> {
    let (figures, rows) = write(inputs, options, progress, (to, columns), TableOf::Events)?;
    Ok((figures.files, rows))
}

fn write(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    (to, columns): (Target<'_>, Option<&[String]>),
    of: TableOf,
) -> Result<(Figures, usize)> {
    let format = to.format()?;
    let inputs = with_tables(inputs)?;
    let labels = Dictionary::new();
    let job = Job::new(&inputs, options, &labels);
    let rules = Rules::new(options, &labels);
    let all = || match of {
        TableOf::Events => event_columns(&job),
        TableOf::Latencies => latency_columns(&job.runs),
    };
    let columns = Arc::new(columns.map_or_else(all, <[String]>::to_vec));
    // A wrong name is an error before anything is read.
    let like = match of {
        TableOf::Events => events(&Batch::default(), &job, &columns)?,
        TableOf::Latencies => no_latencies(&rules, &job, &columns)?,
    };
    to.write(|file| {
        let table = TableFile::new(file, format, like);
        let sinks = || {
            let writer = table.begin()?;
            for_each_thread(|| {
                Ok(TableSink {
                    job: &job,
                    columns: Arc::clone(&columns),
                    of,
                    table: Arc::clone(&writer),
                    frame: None,
                })
            })
        };
        let mut outcome = run(&job, &rules, progress, sinks)?;
        outcome.sinks.clear();
        let figures = judge(&job, &rules, &outcome);
        let rows = table.finish(&metadata(&figures.files, options))?;
        Ok((figures, rows))
    })
}
