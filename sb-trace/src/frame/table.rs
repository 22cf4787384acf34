//! A table that is written while it is made: its frames come from several threads and are written in
//! the order of their numbers, a row group each, whatever the size of the frames.

use super::parquet::{Encoded, Parquet, ROW_GROUP, encode};
use super::write::{Format, arrow, csv, io_error, ndjson};
use crate::error::{Error, Result};
use polars::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// What frames become before they are written, by whoever brings them.
enum Ready {
    Parquet(Encoded),
    Text(Vec<u8>),
    Frame(DataFrame),
}

enum File<W: Write> {
    Parquet(Parquet<W>),
    Text(W),
    /// All frames: the file begins with how the table was made, which is known at its end.
    Arrow(W, Vec<DataFrame>),
}

struct State<W: Write> {
    /// Frames that wait for those before them; a number may have none.
    waiting: BTreeMap<u64, Option<DataFrame>>,
    next: u64,
    /// Frames of the row group that is not full yet.
    open: Vec<DataFrame>,
    open_rows: usize,
    /// How many row groups were made.
    groups: u64,
    encoded: BTreeMap<u64, Ready>,
    next_group: u64,
    rows: usize,
    file: File<W>,
}

/// See the module.
pub(crate) struct TableWriter<W: Write> {
    format: Format,
    /// A frame with the columns and no row.
    like: DataFrame,
    state: Mutex<State<W>>,
}

impl<W: Write> TableWriter<W> {
    /// A table with the columns of `like`, of which no row is written.
    pub(crate) fn new(out: W, format: Format, like: &DataFrame) -> Result<Self> {
        let like = like.clear();
        let file = match format {
            Format::Parquet => File::Parquet(Parquet::new(out, &like)?),
            Format::Arrow => File::Arrow(out, Vec::new()),
            Format::Csv | Format::Ndjson => {
                let mut out = out;
                if format == Format::Csv {
                    out.write_all(&csv(&like, true)?).map_err(Error::Stdout)?;
                }
                File::Text(out)
            }
        };
        let state = State {
            waiting: BTreeMap::new(),
            next: 0,
            open: Vec::new(),
            open_rows: 0,
            groups: 0,
            encoded: BTreeMap::new(),
            next_group: 0,
            rows: 0,
            file,
        };
        Ok(Self { format, like, state: Mutex::new(state) })
    }

    /// Takes the frame of a number. Each number must come once.
    pub(crate) fn put(&self, number: u64, frame: Option<DataFrame>) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.insert(number, frame);
        let mut full = Vec::new();
        while let Some(frame) = {
            let next = state.next;
            state.waiting.remove(&next)
        } {
            state.next += 1;
            let Some(frame) = frame.filter(|frame| frame.height() > 0) else { continue };
            state.rows += frame.height();
            state.open_rows += frame.height();
            state.open.push(frame);
            while state.open_rows >= ROW_GROUP {
                full.push(state.close(ROW_GROUP)?);
            }
        }
        drop(state);
        full.into_iter().try_for_each(|(group, frame)| self.write(group, &frame))
    }

    /// Encodes a row group, and writes it and those behind it that wait for it.
    fn write(&self, group: u64, frame: &DataFrame) -> Result<()> {
        let ready = match self.format {
            Format::Parquet => Ready::Parquet(encode(frame)?),
            Format::Csv => Ready::Text(csv(frame, false)?),
            Format::Ndjson => Ready::Text(ndjson(frame)?),
            Format::Arrow => Ready::Frame(plain(frame)),
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.encoded.insert(group, ready);
        while let Some(ready) = {
            let next = state.next_group;
            state.encoded.remove(&next)
        } {
            state.next_group += 1;
            match (&mut state.file, ready) {
                (File::Parquet(file), Ready::Parquet(group)) => file.write(&group)?,
                (File::Text(out), Ready::Text(text)) => {
                    out.write_all(&text).map_err(Error::Stdout)?;
                }
                (File::Arrow(_, frames), Ready::Frame(frame)) => frames.push(frame),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes what is left, and how the table was made; gives the number of its rows.
    pub(crate) fn finish(self, metadata: &Value) -> Result<usize> {
        let last = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let left = state.open_rows;
            if left > 0 { Some(state.close(left)?) } else { None }
        };
        if let Some((group, frame)) = last {
            self.write(group, &frame)?;
        }
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.file {
            File::Parquet(mut file) => {
                if state.rows == 0 {
                    // A table without rows has its columns.
                    file.write(&encode(&self.like)?)?;
                }
                file.finish(metadata)?;
            }
            File::Text(mut out) => out.flush().map_err(Error::Stdout)?,
            File::Arrow(mut out, frames) => {
                let mut all = plain(&self.like);
                for frame in &frames {
                    all.vstack_mut(frame).map_err(io_error)?;
                }
                arrow(&mut all, &mut out, metadata)?;
                out.flush().map_err(Error::Stdout)?;
            }
        }
        Ok(state.rows)
    }
}

impl<W: Write> State<W> {
    /// Takes a row group of so many rows from the frames that are open.
    fn close(&mut self, rows: usize) -> Result<(u64, DataFrame)> {
        let mut group: Option<DataFrame> = None;
        let mut missing = rows;
        let mut left = Vec::new();
        for frame in self.open.drain(..) {
            if missing == 0 {
                left.push(frame);
                continue;
            }
            let taken = frame.head(Some(missing));
            if frame.height() > missing {
                left.push(frame.slice(i64::try_from(missing).unwrap_or(i64::MAX), frame.height() - missing));
            }
            missing -= taken.height();
            group = Some(match group {
                None => taken,
                Some(group) => group.vstack(&taken).map_err(io_error)?,
            });
        }
        self.open = left;
        self.open_rows -= rows;
        self.groups += 1;
        Ok((self.groups - 1, group.unwrap_or_default()))
    }
}

/// A frame without categories: they are strings to whoever reads the file.
pub(super) fn plain(frame: &DataFrame) -> DataFrame {
    let columns = frame.columns().iter().map(|column| match column.dtype() {
        DataType::Categorical(_, _) => column.cast(&DataType::String).unwrap_or_else(|_| column.clone()),
        _ => column.clone(),
    });
    DataFrame::new(frame.height(), columns.collect()).unwrap_or_else(|_| frame.clone())
}
