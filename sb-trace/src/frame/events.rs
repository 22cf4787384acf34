//! The table of events, a row a statement, in log order.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `epoch_ms` | i64 | Unix epoch in milliseconds, rounded down |
//! | `utc_offset_minutes` | i16 | the printed zone; it never shifts the instant |
//! | `label` | string | |
//! | `correlation_id` | string | the id on the record |
//! | `source` | string | container, pod, log stream or host |
//! | `trace_id` | string | the statement's own `trace_id=`, which beats the record's id |
//! | `file` | string | the input, relative to the inputs' common root |
//! | `line` | u64 | first line of the record, from 1 |
//! | `ts` | timestamp\[us, UTC\] | |
//! | `epoch_ns` | i64 | Unix epoch in nanoseconds |
//! | `run_id` | string | |

use super::choose::unknown;
use super::column::{gathered, instant};
use super::dictionary;
use super::parquet::{Cells, ROW_GROUP};
use crate::analysis::FileInfo;
use crate::error::{Error, Result};
use crate::event::{Columns, Event, Events};
use crate::names::{Name, Texts};
use crate::run::Run;
use polars::prelude::*;

/// The columns.
pub const EVENT_COLUMNS: [&str; 11] = [
    "epoch_ms",
    "utc_offset_minutes",
    "label",
    "correlation_id",
    "source",
    "trace_id",
    "file",
    "line",
    "ts",
    "epoch_ns",
    "run_id",
];

/// The events as a frame.
pub fn events(events: &Events, files: &[FileInfo], runs: &[Run]) -> Result<DataFrame> {
    part(events.names.texts(), &events.rows[..], &of_files(files, runs), &EVENT_COLUMNS)
}

/// The same in parts of one row group each: a large table is never a frame as a whole.
pub fn events_in_parts(
    events: &Events,
    files: &[FileInfo],
    runs: &[Run],
) -> impl Iterator<Item = Result<DataFrame>> {
    let empty = events.rows.is_empty().then_some(&[][..]);
    let parts = events.rows.chunks(ROW_GROUP).chain(empty);
    let files = of_files(files, runs);
    parts.map(move |rows| part(events.names.texts(), rows, &files, &EVENT_COLUMNS))
}

/// What the rows of a file have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct OfFile {
    pub name: String,
    pub run_id: String,
}

fn of_files(files: &[FileInfo], runs: &[Run]) -> Vec<OfFile> {
    let run_id = |file: &FileInfo| runs.get(file.run as usize).map(|run| run.id.clone());
    let of = |file: &FileInfo| OfFile {
        name: file.name.clone(),
        run_id: run_id(file).unwrap_or_default(),
    };
    files.iter().map(of).collect()
}

/// Some rows as a frame, in the columns that are wanted.
pub(super) fn part<R: Rows + ?Sized>(
    texts: &Texts,
    rows: &R,
    files: &[OfFile],
    wanted: &[&str],
) -> Result<DataFrame> {
    let columns = columns(texts, rows, files, wanted)?;
    DataFrame::new(rows.epoch_ns().len(), columns)
        .map_err(|error| Error::Usage { message: error.to_string() })
}

/// Some rows as they are encoded, in the columns that are wanted.
pub(super) fn cells(
    texts: &Texts,
    rows: &Columns,
    files: &[OfFile],
    wanted: &[&str],
) -> Result<Vec<Cells>> {
    columns(texts, rows, files, wanted)
}

/// Rows of the table, whichever way they are kept.
pub(super) trait Rows {
    fn epoch_ns(&self) -> impl ExactSizeIterator<Item = i64>;
    fn utc_offset_minutes(&self) -> impl ExactSizeIterator<Item = i16>;
    fn label(&self) -> impl ExactSizeIterator<Item = Name> + Clone;
    fn correlation_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone;
    fn trace_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone;
    fn source(&self) -> impl ExactSizeIterator<Item = Name> + Clone;
    fn file(&self) -> impl ExactSizeIterator<Item = u32> + Clone;
    fn line(&self) -> impl ExactSizeIterator<Item = u64>;
}

impl Rows for [Event] {
    fn epoch_ns(&self) -> impl ExactSizeIterator<Item = i64> {
        self.iter().map(|e| e.epoch_ns)
    }
    fn utc_offset_minutes(&self) -> impl ExactSizeIterator<Item = i16> {
        self.iter().map(|e| e.utc_offset_minutes)
    }
    fn label(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.iter().map(|e| e.label)
    }
    fn correlation_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.iter().map(|e| e.correlation_id)
    }
    fn trace_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.iter().map(|e| e.trace_id)
    }
    fn source(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.iter().map(|e| e.source)
    }
    fn file(&self) -> impl ExactSizeIterator<Item = u32> + Clone {
        self.iter().map(|e| e.file)
    }
    fn line(&self) -> impl ExactSizeIterator<Item = u64> {
        self.iter().map(|e| e.line)
    }
}

impl Rows for Columns {
    fn epoch_ns(&self) -> impl ExactSizeIterator<Item = i64> {
        self.epoch_ns.iter().copied()
    }
    fn utc_offset_minutes(&self) -> impl ExactSizeIterator<Item = i16> {
        self.utc_offset_minutes.iter().copied()
    }
    fn label(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.label.iter().copied()
    }
    fn correlation_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.correlation_id.iter()
    }
    fn trace_id(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.trace_id.iter()
    }
    fn source(&self) -> impl ExactSizeIterator<Item = Name> + Clone {
        self.source.iter()
    }
    fn file(&self) -> impl ExactSizeIterator<Item = u32> + Clone {
        self.file.iter()
    }
    fn line(&self) -> impl ExactSizeIterator<Item = u64> {
        self.line.iter().copied()
    }
}

/// What a column becomes.
trait Made: From<Column> {
    /// A column of strings by their handles, of which so many are known; the empty one is null.
    fn words<'t>(
        name: &str,
        known: (usize, impl Fn(Name) -> &'t str),
        handles: impl ExactSizeIterator<Item = Name> + Clone,
    ) -> Self;
}

/// In a frame strings are strings.
impl Made for Column {
    fn words<'t>(
        name: &str,
        (count, text): (usize, impl Fn(Name) -> &'t str),
        handles: impl ExactSizeIterator<Item = Name> + Clone,
    ) -> Self {
        gathered(name, count, text, handles)
    }
}

/// In Parquet few strings are a dictionary: they need not be strings for that.
impl Made for Cells {
    fn words<'t>(
        name: &str,
        (count, text): (usize, impl Fn(Name) -> &'t str),
        handles: impl ExactSizeIterator<Item = Name> + Clone,
    ) -> Self {
        match dictionary::of_handles(count, &text, handles.clone()) {
            Some(dictionary) => Self::Words(dictionary),
            None => Self::Column(gathered(name, count, text, handles)),
        }
    }
}

fn columns<M: Made, R: Rows + ?Sized>(
    texts: &Texts,
    rows: &R,
    files: &[OfFile],
    wanted: &[&str],
) -> Result<Vec<M>> {
    let texts = (texts.len(), |name: Name| texts.text(name));
    let of_file = |name: &str, field: fn(&OfFile) -> &str| {
        let text = |file: u32| files.get(file as usize).map_or("", field);
        M::words(name, (files.len(), text), rows.file())
    };
    let column = |name: &str| -> Result<M> {
        let column = match name {
            "label" => return Ok(M::words(name, texts, rows.label())),
            "correlation_id" => return Ok(M::words(name, texts, rows.correlation_id())),
            "source" => return Ok(M::words(name, texts, rows.source())),
            "trace_id" => return Ok(M::words(name, texts, rows.trace_id())),
            "file" => return Ok(of_file(name, |file| &file.name)),
            "run_id" => return Ok(of_file(name, |file| &file.run_id)),
            "epoch_ms" => {
                let ms = rows.epoch_ns().map(|ns| ns.div_euclid(1_000_000));
                Column::new(name.into(), ms.collect::<Vec<i64>>())
            }
            "utc_offset_minutes" => {
                Column::new(name.into(), rows.utc_offset_minutes().collect::<Vec<i16>>())
            }
            "line" => Column::new(name.into(), rows.line().collect::<Vec<u64>>()),
            "ts" => instant(name, rows.epoch_ns()),
            "epoch_ns" => Column::new(name.into(), rows.epoch_ns().collect::<Vec<i64>>()),
            _ => return Err(unknown(name, &EVENT_COLUMNS)),
        };
        Ok(column.into())
    };
    wanted.iter().map(|name| column(name)).collect()
}
