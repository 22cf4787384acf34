//! The table of events, a row a statement, in log order.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `epoch_ms` | i64 | Unix epoch in milliseconds, rounded down |
//! | `utc_offset_minutes` | i16 | the printed zone; it never shifts the instant |
//! | `label` | category | |
//! | `correlation_id` | string | the id on the record |
//! | `source` | category | container, pod, log stream or host |
//! | `trace_id` | string | the statement's own `trace_id=`, which beats the record's id |
//! | `file` | category | the input, relative to the inputs' common root |
//! | `line` | u64 | first line of the record, from 1 |
//! | `ts` | timestamp\[us, UTC\] | |
//! | `epoch_ns` | i64 | Unix epoch in nanoseconds |
//! | `run_id`, `benchmark`, `provider`, `region` | category | the run |
//! | `clock` | category | what stamped the event: its source, or its file where the log names none |
//! | `attempt` | u32 | null until attempts are told apart |
//! | `start_class`, `start_class_source` | category | null until events carry it |
//! | `tag_*` | category | the runs' tags |
//!
//! Categories are strings to a reader of a file.

use super::choose::unknown;
use super::latencies::{in_microseconds, run_code, tag_columns};
use crate::dictionary::NO_TEXT;
use crate::error::Result;
use crate::event::Event;
use crate::names::{NONE, Name};
use crate::pipeline::{Batch, Job, RowSet};
use polars::prelude::*;

/// The columns, those of tags left out.
pub const EVENT_COLUMNS: [&str; 18] = [
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
    "benchmark",
    "provider",
    "region",
    "clock",
    "attempt",
    "start_class",
    "start_class_source",
];

/// The columns of a table whose runs have these tags.
pub(crate) fn event_columns(job: &Job<'_>) -> Vec<String> {
    EVENT_COLUMNS.iter().map(|&name| name.to_owned()).chain(tag_columns(&job.runs)).collect()
}

/// The events of a block that the filter wants, in these columns.
pub(crate) fn events(batch: &Batch, job: &Job<'_>, wanted: &[String]) -> Result<DataFrame> {
    let rows = wanted_rows(batch, job);
    let columns = wanted.iter().map(|name| column(name, batch, &rows, job));
    Ok(DataFrame::new(rows.len(), columns.collect::<Result<Vec<_>>>()?)?)
}

fn wanted_rows(batch: &Batch, job: &Job<'_>) -> RowSet {
    let all = u32::try_from(batch.parsed.rows.len()).unwrap_or(u32::MAX);
    let filter = &job.options.filter;
    if filter.is_all() {
        return RowSet::Range(0, all);
    }
    let is_wanted = |row: &u32| {
        let event = &batch.parsed.rows[*row as usize];
        let id = batch.parsed.ids.key(event.id()).text();
        let label = job.labels.text(batch.labels[event.label as usize]);
        let source = job.sources.text(batch.sources[event.source as usize]);
        filter.wants_event(label, source, &id) && filter.wants_time(event.epoch_ns, batch.begin)
    };
    RowSet::List((0..all).filter(is_wanted).collect())
}

fn column(name: &str, batch: &Batch, rows: &RowSet, job: &Job<'_>) -> Result<Column> {
    let count = rows.len();
    let events = || rows.iter().map(|row| &batch.parsed.rows[row]);
    let epoch_ns = || {
        let all: Vec<i64> = events().map(|event| event.epoch_ns).collect();
        Int64Chunked::from_vec(name.into(), all)
    };
    let of_run = |code: u32| job.names.same(name, code, count);
    let run = job.run_codes.get(batch.run as usize).cloned().unwrap_or_default();
    Ok(match name {
        "epoch_ms" => {
            let all: Vec<i64> = events().map(|e| e.epoch_ns.div_euclid(1_000_000)).collect();
            Column::new(name.into(), all)
        }
        "utc_offset_minutes" => {
            let all: Vec<i16> = events().map(|event| event.utc_offset_minutes).collect();
            Column::new(name.into(), all)
        }
        "label" => {
            let codes = events().map(|event| batch.labels[event.label as usize]);
            job.labels.column(name, codes.collect())
        }
        "correlation_id" => ids(name, batch, events().map(|event| event.correlation_id)),
        "trace_id" => ids(name, batch, events().map(|event| event.trace_id)),
        "source" => words(name, batch, events(), job, |code| code),
        "clock" => {
            let file = file_code(batch, job);
            words(name, batch, events(), job, |code| if code == NO_TEXT { file } else { code })
        }
        "file" => job.sources.same(name, file_code(batch, job), count),
        "line" => {
            let line = |event: &Event| batch.base_line.wrapping_add(event.line);
            let all: Vec<u64> = events().map(line).collect();
            Column::new(name.into(), all)
        }
        "ts" => in_microseconds(name, &epoch_ns()),
        "epoch_ns" => epoch_ns().into_column(),
        "attempt" => Column::full_null(name.into(), count, &DataType::UInt32),
        "start_class" | "start_class_source" => of_run(NO_TEXT),
        _ => match run_code(name, &run, job) {
            Some(code) => of_run(code),
            None => return Err(unknown(name, &event_columns(job))),
        },
    })
}

fn file_code(batch: &Batch, job: &Job<'_>) -> u32 {
    let name = job.inputs.get(batch.file as usize).map_or("", |input| &input.name);
    job.sources.find(name).unwrap_or(NO_TEXT)
}

/// A column of sources, which mostly are all the same.
fn words<'e>(
    name: &str,
    batch: &Batch,
    events: impl Iterator<Item = &'e Event> + Clone,
    job: &Job<'_>,
    of: impl Fn(u32) -> u32,
) -> Column {
    let code = |event: &Event| of(batch.sources[event.source as usize]);
    let first = events.clone().next().map_or(NO_TEXT, code);
    if events.clone().all(|event| code(event) == first) {
        return job.sources.same(name, first, events.count());
    }
    job.sources.column(name, events.map(code).collect())
}

/// A column of ids.
fn ids(name: &str, batch: &Batch, ids: impl Iterator<Item = Name> + Clone) -> Column {
    if ids.clone().all(|id| id == NONE) {
        return Column::full_null(name.into(), ids.count(), &DataType::String);
    }
    let known = &batch.parsed.ids;
    let text = |id: usize| {
        let id = Name::try_from(id).unwrap_or(NONE);
        (id != NONE).then(|| known.key(id).text())
    };
    let texts: StringChunked = (0..known.len()).map(text).collect();
    let rows = IdxCa::from_vec(name.into(), ids.collect());
    let column = texts.take(&rows).unwrap_or_default();
    column.with_name(name.into()).into_column()
}
