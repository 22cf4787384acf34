//! The table of events as a Parquet file, written while the logs are read: each part becomes a row
//! group, encoded by whoever brings it and written in order.

use super::events::{EVENT_COLUMNS, OfFile, cells, part};
use super::metadata::metadata;
use super::parquet::{Group, Parquet, ROW_GROUP, Types, encode};
use super::write::aside;
use crate::collect::{Part, Parts, Progress};
use crate::error::Result;
use crate::options::Options;
use crate::read::Input;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Writes the events of all inputs to a Parquet file, in these columns or in all; gives how the
/// inputs were read, and how many rows there are.
pub fn write_events(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    path: &Path,
    columns: Option<&[String]>,
) -> Result<(Vec<crate::FileInfo>, usize)> {
    let wanted: Vec<&str> = match columns {
        Some(columns) => columns.iter().map(String::as_str).collect(),
        None => EVENT_COLUMNS.to_vec(),
    };
    // A wrong name is an error before anything is read.
    let like = part(&crate::Texts::default(), &crate::Columns::default(), &[], &wanted)?;
    let run_id = |input: &Input| input.run.as_ref().map(|run| run.id.clone());
    let of = |input: &Input| OfFile {
        name: input.name.clone(),
        run_id: run_id(input).unwrap_or_default(),
    };
    let types = Types::of(&like)?;
    aside(path, |out| {
        let file = Parquet::new(out, &like)?;
        let writer = Writer {
            wanted: &wanted,
            types: &types,
            files: inputs.iter().map(of).collect(),
            state: Mutex::new(State { file, next: 0, waiting: BTreeMap::new(), rows: 0 }),
        };
        let files = crate::events_in_parts(inputs, options, progress, &writer)?;
        let state = writer.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.file.finish(&metadata(&files, options))?;
        Ok((files, state.rows))
    })
}

struct Writer<'a, W: Write> {
    wanted: &'a [&'a str],
    types: &'a Types,
    files: Vec<OfFile>,
    state: Mutex<State<W>>,
}

struct State<W: Write> {
    file: Parquet<W>,
    /// Number of the part that is written next.
    next: usize,
    waiting: BTreeMap<usize, Group>,
    rows: usize,
}

impl<W: Write + Send> Parts for Writer<'_, W> {
    fn rows(&self) -> usize {
        ROW_GROUP
    }

    fn part(&self, rows: &Part) -> Result<()> {
        let cells = cells(&rows.texts, &rows.columns, &self.files, self.wanted)?;
        let group = encode(rows.columns.len(), cells, self.types)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.rows += rows.columns.len();
        state.waiting.insert(rows.number, group);
        while let Some(group) = {
            let next = state.next;
            state.waiting.remove(&next)
        } {
            state.file.write(&group)?;
            state.next += 1;
        }
        Ok(())
    }
}
