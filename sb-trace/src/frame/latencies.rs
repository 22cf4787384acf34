//! The table of latencies, a row for each FROM event of a pair, by run, pair and start.
//!
//! | column | type | meaning |
//! | --- | --- | --- |
//! | `run_id`, `benchmark`, `provider`, `region` | string | the run |
//! | `trace_id` | string | the invocation |
//! | `pair` | string | `FROM->TO` or `total` |
//! | `from_label`, `to_label` | string | |
//! | `seq` | u32 | how many latencies of this pair came before in the same trace |
//! | `start_ts`, `end_ts` | timestamp\[us, UTC\] | `end_ts` is null where the TO is missing |
//! | `start_ns` | i64 | Unix epoch in nanoseconds |
//! | `latency_ns` | i64 | any sign; null where the TO is missing |
//! | `latency_ms` | f64 | the same; its raw quantiles are the reported numbers |
//! | `from_source`, `to_source` | string | |
//! | `start_class` | string | cold, partial, warm or unknown |
//! | `start_class_source` | string | what the class rests on |
//! | `negative` | bool | |
//! | `complete` | bool | whether the trace is complete |
//! | `tag_*` | string | the runs' tags |

use super::column::{instant, optional_instant, optional_text, text};
use super::parquet::ROW_GROUP;
use crate::error::{Error, Result};
use crate::latency::{Latencies, Latency};
use crate::run::Run;
use polars::prelude::*;

/// The latencies as a frame.
pub fn latencies(table: &Latencies) -> Result<DataFrame> {
    part(table, &table.rows)
}

/// The same in parts of one row group each: a large table is never a frame as a whole.
pub fn latencies_in_parts(table: &Latencies) -> impl Iterator<Item = Result<DataFrame>> {
    // An empty table has its columns.
    let empty = table.rows.is_empty().then_some(&[][..]);
    table.rows.chunks(ROW_GROUP).chain(empty).map(|rows| part(table, rows))
}

fn part(table: &Latencies, rows: &[Latency]) -> Result<DataFrame> {
    let (names, texts) = (&table.names, table.names.texts());
    let of_run = |name: &str, field: fn(&Run) -> &str| {
        let value = |r: &Latency| table.runs.get(r.run as usize).map_or("", field);
        optional_text(name, rows.iter().map(value))
    };
    let pair_texts: Vec<String> = table.pairs.iter().map(|p| p.text(names)).collect();
    let pair: StringChunked =
        rows.iter().map(|r| pair_texts.get(r.pair as usize).map(String::as_str)).collect();
    let latency_ns: Int64Chunked = rows.iter().map(|r| r.latency_ns).collect();
    let latency_ms: Float64Chunked = rows.iter().map(Latency::ms).collect();
    let mut columns = vec![
        of_run("run_id", |r| &r.id),
        of_run("benchmark", |r| &r.benchmark),
        of_run("provider", |r| &r.provider),
        of_run("region", |r| &r.region),
        text("trace_id", texts, rows.iter().map(|r| r.trace_id)),
        pair.with_name("pair".into()).into_column(),
        text("from_label", texts, rows.iter().map(|r| r.from_label)),
        text("to_label", texts, rows.iter().map(|r| r.to_label)),
        Column::new("seq".into(), rows.iter().map(|r| r.seq).collect::<Vec<u32>>()),
        instant("start_ts", rows.iter().map(|r| r.start_ns)),
        optional_instant("end_ts", rows.iter().map(Latency::end_ns)),
        Column::new("start_ns".into(), rows.iter().map(|r| r.start_ns).collect::<Vec<i64>>()),
        latency_ns.with_name("latency_ns".into()).into_column(),
        latency_ms.with_name("latency_ms".into()).into_column(),
        text("from_source", texts, rows.iter().map(|r| r.from_source)),
        text("to_source", texts, rows.iter().map(|r| r.to_source)),
        optional_text("start_class", rows.iter().map(|r| r.start_class.class.text())),
        optional_text("start_class_source", rows.iter().map(|r| r.start_class.source.text())),
        Column::new(
            "negative".into(),
            rows.iter().map(|r| r.latency_ns.is_some_and(|l| l < 0)).collect::<Vec<bool>>(),
        ),
        Column::new("complete".into(), rows.iter().map(|r| r.complete).collect::<Vec<bool>>()),
    ];
    for tag in table.tag_names() {
        let value = |r: &Latency| {
            let run = table.runs.get(r.run as usize);
            run.and_then(|run| run.tags.iter().find(|(k, _)| *k == tag))
                .map_or("", |(_, v)| v.as_str())
        };
        columns.push(optional_text(&format!("tag_{tag}"), rows.iter().map(value)));
    }
    DataFrame::new(rows.len(), columns).map_err(|error| Error::Usage { message: error.to_string() })
}
