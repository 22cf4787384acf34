//! A table that is written while it is made: its frames come from several threads and are written in
//! the order of their numbers, a row group each, whatever the size of the frames.

use super::parquet::{Encoded, Encoder, Parquet, ROW_GROUP};
use super::write::{TableFormat, arrow, csv, io_error, ndjson};
use crate::error::{Error, Result};
use polars::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufWriter, Seek, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What frames become before they are written, by whoever brings them.
enum Ready {
    Parquet(Encoded),
    Text(Vec<u8>),
    Frames(Vec<DataFrame>),
}

enum File<W: Write> {
    Parquet(Box<Parquet<W>>),
    Text(W),
    /// All frames: the file begins with how the table was made, which is known at its end.
    Arrow(W, Vec<DataFrame>),
}

struct WriterState<W: Write> {
    /// Frames that wait for those before them; a number may have none.
    waiting: BTreeMap<u64, Option<DataFrame>>,
    next: u64,
    /// Frames of the row group that is not full yet.
    open: VecDeque<DataFrame>,
    open_rows: usize,
    /// How many row groups were made.
    groups: u64,
    encoded: BTreeMap<u64, Ready>,
    next_group: u64,
    rows: usize,
    file: File<W>,
}

/// A table in a file. If the log has to be read again, so has the table to be written.
pub(crate) struct TableFile<'f> {
    file: &'f std::fs::File,
    format: TableFormat,
    like: DataFrame,
    writer: RefCell<Option<FileWriter<'f>>>,
}

/// The writer of a table in a file, for many threads.
pub(crate) type FileWriter<'f> = Arc<TableWriter<BufWriter<&'f std::fs::File>>>;

impl<'f> TableFile<'f> {
    /// A table with the columns of `like`.
    pub(crate) fn new(file: &'f std::fs::File, format: TableFormat, like: DataFrame) -> Self {
        Self { file, format, like, writer: RefCell::default() }
    }

    /// Begins the table; what was written before is gone.
    pub(crate) fn begin(&self) -> Result<FileWriter<'f>> {
        // It may hold something back that it writes when it goes.
        self.writer.take();
        let mut file = self.file;
        file.set_len(0).and_then(|()| file.rewind()).map_err(Error::Stdout)?;
        let writer = Arc::new(TableWriter::new(BufWriter::new(file), self.format, &self.like)?);
        self.writer.replace(Some(Arc::clone(&writer)));
        Ok(writer)
    }

    /// Ends the table, once nobody else has its writer; see [`TableWriter::finish`].
    pub(crate) fn finish(self, metadata: &Value) -> Result<usize> {
        let writer = self.writer.take().and_then(Arc::into_inner);
        let gone = || io_error(PolarsError::NoData("the table".into()));
        writer.ok_or_else(gone)?.finish(metadata)
    }
}

/// See the module.
pub(crate) struct TableWriter<W: Write> {
    format: TableFormat,
    /// A frame with the columns and no row.
    like: DataFrame,
    encoder: Encoder,
    state: Mutex<WriterState<W>>,
}

impl<W: Write> TableWriter<W> {
    /// A table with the columns of `like`, of which no row is written.
    pub(crate) fn new(out: W, format: TableFormat, like: &DataFrame) -> Result<Self> {
        let like = like.clear();
        let file = match format {
            TableFormat::Parquet => File::Parquet(Box::new(Parquet::new(out, &like)?)),
            TableFormat::Arrow => File::Arrow(out, Vec::new()),
            TableFormat::Csv | TableFormat::Ndjson => {
                let mut out = out;
                if format == TableFormat::Csv {
                    out.write_all(&csv(&like, true)?).map_err(Error::Stdout)?;
                }
                File::Text(out)
            }
        };
        let state = WriterState {
            waiting: BTreeMap::new(),
            next: 0,
            open: VecDeque::new(),
            open_rows: 0,
            groups: 0,
            encoded: BTreeMap::new(),
            next_group: 0,
            rows: 0,
            file,
        };
        Ok(Self { format, like, encoder: Encoder::default(), state: Mutex::new(state) })
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
            state.open.push_back(frame);
            while state.open_rows >= ROW_GROUP {
                full.push(state.close(ROW_GROUP));
            }
        }
        drop(state);
        full.into_iter().try_for_each(|(group, frames)| self.write(group, &frames))
    }

    /// Encodes a row group, and writes it and those behind it that wait for it.
    fn write(&self, group: u64, frames: &[DataFrame]) -> Result<()> {
        let text = |of: &dyn Fn(&DataFrame) -> Result<Vec<u8>>| {
            let texts = frames.iter().map(of).collect::<Result<Vec<_>>>();
            texts.map(|texts| Ready::Text(texts.concat()))
        };
        let ready = match self.format {
            TableFormat::Parquet => Ready::Parquet(self.encoder.encode(frames)?),
            TableFormat::Csv => text(&|frame| csv(frame, false))?,
            TableFormat::Ndjson => text(&ndjson)?,
            TableFormat::Arrow => Ready::Frames(frames.iter().map(without_categories).collect()),
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
                (File::Arrow(_, all), Ready::Frames(frames)) => all.extend(frames),
                (File::Parquet(_) | File::Text(_) | File::Arrow(..), _) => {
                    unreachable!("a row group is encoded for the file's own format")
                }
            }
        }
        Ok(())
    }

    /// Writes what is left, and how the table was made; gives the number of its rows.
    pub(crate) fn finish(self, metadata: &Value) -> Result<usize> {
        let last = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let left = state.open_rows;
            (left > 0).then(|| state.close(left))
        };
        if let Some((group, frames)) = last {
            self.write(group, &frames)?;
        }
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.file {
            File::Parquet(mut file) => {
                if state.rows == 0 {
                    // A table without rows has its columns.
                    file.write(&self.encoder.encode(std::slice::from_ref(&self.like))?)?;
                }
                file.finish(metadata)?;
            }
            File::Text(mut out) => out.flush().map_err(Error::Stdout)?,
            File::Arrow(mut out, frames) => {
                let mut all = without_categories(&self.like);
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

impl<W: Write> WriterState<W> {
    /// Takes a row group of so many rows from the frames that are open.
    fn close(&mut self, rows: usize) -> (u64, Vec<DataFrame>) {
        let mut group = Vec::new();
        let mut missing = rows;
        while missing > 0
            && let Some(frame) = self.open.pop_front()
        {
            let taken = frame.head(Some(missing));
            missing -= taken.height();
            if taken.height() < frame.height() {
                let start = i64::try_from(taken.height()).unwrap_or(i64::MAX);
                self.open.push_front(frame.slice(start, frame.height() - taken.height()));
            }
            group.push(taken);
        }
        self.open_rows -= rows;
        self.groups += 1;
        (self.groups - 1, group)
    }
}

/// A frame without categories: they are strings to whoever reads the file.
pub(super) fn without_categories(frame: &DataFrame) -> DataFrame {
    let columns = frame.columns().iter().map(|column| match column.dtype() {
        DataType::Categorical(_, _) => {
            column.cast(&DataType::String).unwrap_or_else(|_| column.clone())
        }
        _ => column.clone(),
    });
    DataFrame::new(frame.height(), columns.collect()).unwrap_or_else(|_| frame.clone())
}
