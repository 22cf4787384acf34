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

use super::column::{instant, text};
use super::write::ROW_GROUP;
use crate::analysis::FileInfo;
use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::run::Run;
use polars::prelude::*;

/// The events as a frame.
pub fn events(events: &Events, files: &[FileInfo], runs: &[Run]) -> Result<DataFrame> {
    part(events, &events.rows, files, runs)
}

/// The same in parts of one row group each: a large table is never a frame as a whole.
pub fn events_in_parts(
    events: &Events,
    files: &[FileInfo],
    runs: &[Run],
) -> impl Iterator<Item = Result<DataFrame>> {
    let empty = events.rows.is_empty().then_some(&[][..]);
    let parts = events.rows.chunks(ROW_GROUP).chain(empty);
    parts.map(|rows| part(events, rows, files, runs))
}

fn part(events: &Events, rows: &[Event], files: &[FileInfo], runs: &[Run]) -> Result<DataFrame> {
    let names = &events.names;
    let file_names: StringChunked =
        rows.iter().map(|e| files.get(e.file as usize).map(|f| f.name.as_str())).collect();
    let run_ids: StringChunked = rows
        .iter()
        .map(|e| {
            let run = files.get(e.file as usize).and_then(|f| runs.get(f.run as usize));
            run.map(|r| r.id.as_str()).filter(|id| !id.is_empty())
        })
        .collect();
    let columns = vec![
        Column::new(
            "epoch_ms".into(),
            rows.iter().map(|e| e.epoch_ns.div_euclid(1_000_000)).collect::<Vec<i64>>(),
        ),
        Column::new(
            "utc_offset_minutes".into(),
            rows.iter().map(|e| e.utc_offset_minutes).collect::<Vec<i16>>(),
        ),
        text("label", names, rows.iter().map(|e| e.label)),
        text("correlation_id", names, rows.iter().map(|e| e.correlation_id)),
        text("source", names, rows.iter().map(|e| e.source)),
        text("trace_id", names, rows.iter().map(|e| e.trace_id)),
        file_names.with_name("file".into()).into_column(),
        Column::new("line".into(), rows.iter().map(|e| e.line).collect::<Vec<u64>>()),
        instant("ts", rows.iter().map(|e| Some(e.epoch_ns))),
        Column::new("epoch_ns".into(), rows.iter().map(|e| e.epoch_ns).collect::<Vec<i64>>()),
        run_ids.with_name("run_id".into()).into_column(),
    ];
    DataFrame::new(rows.len(), columns).map_err(|error| Error::Usage { message: error.to_string() })
}
