//! Rows of latencies -> a file, with the columns of `latencies.rs`.

use super::parquet::ROW_GROUP;
use super::table_writer::TableWriter;
use super::write::{TableFormat, write_atomically};
use crate::columns::in_microseconds;
use crate::error::Result;
use crate::latency::{Latencies, Latency};
use crate::names::{Name, Texts};
use crate::run::Run;
use polars::prelude::*;
use std::io::BufWriter;
use std::path::Path;

/// Writes a table to a file, some rows at a time; gives the number of its rows.
///
/// # Errors
/// [`crate::Error::Write`] if the table cannot be written.
pub fn rewrite_latencies(
    table: &Latencies,
    path: &Path,
    metadata: &serde_json::Value,
) -> Result<usize> {
    let format = TableFormat::of_path(path)?;
    let like = part(table, &[])?;
    write_atomically(path, |file| {
        let writer = TableWriter::new(BufWriter::new(file), format, &like)?;
        let mut rows = table.rows();
        for number in 0u64.. {
            let some: Vec<Latency> = rows.by_ref().take(ROW_GROUP).collect();
            if some.is_empty() {
                break;
            }
            writer.put(number, Some(part(table, &some)?))?;
        }
        writer.finish(metadata)
    })
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
    let start_ns =
        Int64Chunked::from_vec("start_ns".into(), rows.iter().map(|r| r.start_ns).collect());
    let end_ns: Int64Chunked = rows.iter().map(Latency::end_ns).collect();
    let latency_ns: Int64Chunked = rows.iter().map(|r| r.latency_ns).collect();
    let latency_ms: Float64Chunked = rows.iter().map(Latency::ms).collect();
    let mut columns = vec![
        of_run("run_id", |r| &r.id),
        of_run("benchmark", |r| &r.benchmark),
        of_run("provider", |r| &r.provider),
        of_run("region", |r| &r.region),
        text(
            "trace_id",
            texts,
            rows.iter().map(|r| table.trace_ids.get(r.trace as usize).copied().unwrap_or_default()),
        ),
        Column::full_null("attempt".into(), rows.len(), &DataType::UInt32),
        pair.with_name("pair".into()).into_column(),
        Column::full_null("kind".into(), rows.len(), &DataType::String),
        text("from_label", texts, rows.iter().map(|r| r.from_label)),
        text("to_label", texts, rows.iter().map(|r| r.to_label)),
        Column::new("seq".into(), rows.iter().map(|r| r.seq).collect::<Vec<u32>>()),
        in_microseconds("start_ts", &start_ns),
        in_microseconds("end_ts", &end_ns),
        start_ns.into_column(),
        latency_ns.with_name("latency_ns".into()).into_column(),
        latency_ms.with_name("latency_ms".into()).into_column(),
        text("from_source", texts, rows.iter().map(|r| r.from_source)),
        text("to_source", texts, rows.iter().map(|r| r.to_source)),
        Column::full_null("from_clock".into(), rows.len(), &DataType::String),
        Column::full_null("to_clock".into(), rows.len(), &DataType::String),
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
    Ok(DataFrame::new(rows.len(), columns)?)
}

/// A string column from handles; the empty string is null.
///
/// Where a few strings come again and again, they are gathered from a table of them instead of
/// being copied row by row.
fn text(name: &str, texts: &Texts, handles: impl ExactSizeIterator<Item = Name>) -> Column {
    const FEW: usize = 8;
    let text = |name: Name| Some(texts.text(name)).filter(|text| !text.is_empty());
    let column = if texts.len() < handles.len() / FEW {
        let known = (0..texts.len()).filter_map(|name| Name::try_from(name).ok());
        let known: StringChunked = known.map(text).collect();
        let handles: Vec<IdxSize> = handles.collect();
        // All handles are known, so that nothing can be out of bounds.
        known.take(&handles[..]).unwrap_or_default()
    } else {
        handles.map(text).collect()
    };
    column.with_name(name.into()).into_column()
}

/// A string column from texts that may be empty, which is null.
fn optional_text<'t>(name: &str, texts: impl Iterator<Item = &'t str>) -> Column {
    let texts: StringChunked = texts.map(|t| (!t.is_empty()).then_some(t)).collect();
    texts.with_name(name.into()).into_column()
}
