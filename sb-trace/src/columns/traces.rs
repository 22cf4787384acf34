//! The table of traces, a row a trace, in the order of the log.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `run_id`, `benchmark`, `provider`, `region` | category | the run |
//! | `trace_id` | string | what the trace is called |
//! | `attempt` | u32 | null until attempts are told apart |
//! | `start_ts`, `end_ts` | timestamp\[us, UTC\] | of its first and its last event |
//! | `start_ns` | i64 | Unix epoch in nanoseconds |
//! | `start_class`, `start_class_source` | category | cold, partial, warm or unknown, and what that rests on |
//! | `complete` | bool | whether it has its closing label and every expected label |
//! | `path` | category | its labels, `A, B, C` |
//! | `events` | u32 | how many events it has |
//! | `total_ms` | f64 | from its first to its last event; null of a trace that is not complete |
//! | `tag_*` | category | the runs' tags |

use super::choose::unknown;
use super::latencies::{in_microseconds, run_column, start_codes, tag_columns, trace_ids};
use crate::error::Result;
use crate::pipeline::{Job, Measured};
use crate::run::Run;
use polars::prelude::*;

/// The columns, those of tags left out.
pub const TRACE_COLUMNS: [&str; 15] = [
    "run_id",
    "benchmark",
    "provider",
    "region",
    "trace_id",
    "attempt",
    "start_ts",
    "end_ts",
    "start_ns",
    "start_class",
    "start_class_source",
    "complete",
    "path",
    "events",
    "total_ms",
];

/// The columns of a table whose runs have these tags.
pub(crate) fn trace_columns(runs: &[Run]) -> Vec<String> {
    TRACE_COLUMNS.iter().map(|&name| name.to_owned()).chain(tag_columns(runs)).collect()
}

/// Whole traces as a frame, in these columns.
pub(crate) fn traces(
    measured: &Measured<'_>,
    job: &Job<'_>,
    wanted: &[String],
) -> Result<DataFrame> {
    let columns = wanted.iter().map(|name| column(name, measured, job));
    Ok(DataFrame::new(measured.traces.all.len(), columns.collect::<Result<Vec<_>>>()?)?)
}

fn column(name: &str, measured: &Measured<'_>, job: &Job<'_>) -> Result<Column> {
    let all = &measured.traces.all;
    let epoch_ns = |at: u32| measured.traces.epoch_ns[at as usize];
    let start =
        || Int64Chunked::from_iter_values(name.into(), all.iter().map(|t| epoch_ns(t.first)));
    let end =
        || Int64Chunked::from_iter_values(name.into(), all.iter().map(|t| epoch_ns(t.end - 1)));
    Ok(match name {
        "trace_id" => trace_ids(measured, job).into_column(),
        "attempt" => Column::full_null(name.into(), all.len(), &DataType::UInt32),
        "start_ts" => in_microseconds(name, &start()),
        "end_ts" => in_microseconds(name, &end()),
        "start_ns" => start().into_column(),
        "start_class" | "start_class_source" => {
            job.names.column(name, start_codes(name, measured, job))
        }
        "complete" => {
            let complete = measured.traces().map(|(_, planned)| planned.complete);
            Column::new(name.into(), complete.collect::<Vec<bool>>())
        }
        "path" => {
            let path = |trace: &crate::trace::Trace| {
                let labels = &measured.traces.label[crate::trace::Traces::range(trace)];
                let labels: Vec<&str> =
                    labels.iter().map(|&label| job.labels.text(label)).collect();
                measured.rules.pairs.code(&labels.join(", "))
            };
            measured.rules.pairs.column(name, all.iter().map(path).collect())
        }
        "events" => {
            Column::new(name.into(), all.iter().map(|t| t.end - t.first).collect::<Vec<u32>>())
        }
        "total_ms" => {
            let total = |(trace, planned): (&crate::trace::Trace, &crate::plan::Planned)| {
                let total = epoch_ns(trace.end - 1).saturating_sub(epoch_ns(trace.first));
                planned.complete.then(|| crate::units::ns_to_ms(total))
            };
            let total: Float64Chunked = measured.traces().map(total).collect();
            total.with_name(name.into()).into_column()
        }
        _ => match run_column(name, all.iter().map(|trace| trace.run), job) {
            Some(column) => column,
            None => return Err(unknown(name, &trace_columns(&job.runs))),
        },
    })
}
