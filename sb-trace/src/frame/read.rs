//! A Parquet of latencies -> the table it was made from.

use crate::error::{Error, Result};
use crate::latency::{Latencies, Latency, Pair};
use crate::names::{NONE, Name, Names};
use crate::run::Run;
use crate::trace::{ClassSource, ColdWarm, StartClass};
use hashbrown::HashMap;
use polars::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Reads a `latencies.parquet` back.
pub fn read_latencies(path: &Path) -> Result<Latencies> {
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    let frame = ParquetReader::new(file)
        .finish()
        .map_err(|error| wrong(path, &format!("is no readable Parquet file: {error}")))?;
    table(&frame).map_err(|what| wrong(path, &what))
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::Table { path: path.to_owned(), what: what.lines().next().unwrap_or_default().to_owned() }
}

fn table(frame: &DataFrame) -> std::result::Result<Latencies, String> {
    let column = |name: &str| {
        frame.column(name).map_err(|_| format!("has no column '{name}': expected the table of latencies that sb-trace writes"))
    };
    let text = |name: &str| -> std::result::Result<&StringChunked, String> {
        column(name)?.str().map_err(|_| format!("column '{name}' is not text"))
    };
    let bools = |name: &str| -> std::result::Result<&BooleanChunked, String> {
        column(name)?.bool().map_err(|_| format!("column '{name}' is not boolean"))
    };
    let int = |name: &str| -> std::result::Result<&Int64Chunked, String> {
        column(name)?.i64().map_err(|_| format!("column '{name}' is not a 64-bit integer"))
    };
    let seq = column("seq")?.u32().map_err(|_| "column 'seq' is not a 32-bit integer".to_owned())?;
    let (run_id, benchmark, provider, region) = (text("run_id")?, text("benchmark")?, text("provider")?, text("region")?);
    let (trace_id, pair, from_label, to_label) = (text("trace_id")?, text("pair")?, text("from_label")?, text("to_label")?);
    let (from_source, to_source) = (text("from_source")?, text("to_source")?);
    let (class, class_source) = (text("start_class")?, text("start_class_source")?);
    let (start_ns, latency_ns, complete) = (int("start_ns")?, int("latency_ns")?, bools("complete")?);
    let tags: Vec<(String, &StringChunked)> = frame
        .columns()
        .iter()
        .filter_map(|c| Some((c.name().strip_prefix("tag_")?.to_owned(), c.str().ok()?)))
        .collect();

    let mut names = Names::default();
    let mut runs: Vec<Run> = Vec::new();
    let mut pairs: Vec<Pair> = Vec::new();
    let mut pair_index: HashMap<Pair, u32> = HashMap::new();
    let mut rows = Vec::with_capacity(frame.height());
    for at in 0..frame.height() {
        let get = |column: &StringChunked| column.get(at).unwrap_or_default().to_owned();
        let mut name = |column: &StringChunked| -> Name { column.get(at).map_or(NONE, |t| names.add(t)) };
        let (from, to) = (name(from_label), name(to_label));
        let key = if pair.get(at) == Some("total") { Pair::Total } else { Pair::Labels(from, to) };
        let next = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
        let pair = *pair_index.entry(key).or_insert(next);
        if pair == next {
            pairs.push(key);
        }
        let id = get(run_id);
        let run = match runs.iter().rposition(|r| r.id == id) {
            Some(known) => known,
            None => {
                let tags = tags.iter().filter_map(|(k, c)| Some((k.clone(), c.get(at)?.to_owned()))).collect();
                runs.push(Run { id, benchmark: get(benchmark), provider: get(provider), region: get(region), tags });
                runs.len() - 1
            }
        };
        rows.push(Latency {
            run: u32::try_from(run).unwrap_or(u32::MAX),
            pair,
            trace_id: name(trace_id),
            seq: seq.get(at).unwrap_or_default(),
            from_label: from,
            to_label: to,
            from_source: name(from_source),
            to_source: name(to_source),
            start_ns: start_ns.get(at).ok_or("a row has no start_ns")?,
            latency_ns: latency_ns.get(at),
            start_class: StartClass { class: cold_warm(class.get(at)), source: source(class_source.get(at)) },
            complete: complete.get(at).unwrap_or_default(),
        });
    }
    Ok(Latencies { names: Arc::new(names), runs, pairs, rows })
}

fn cold_warm(text: Option<&str>) -> ColdWarm {
    [ColdWarm::Cold, ColdWarm::Partial, ColdWarm::Warm].into_iter().find(|c| Some(c.text()) == text).unwrap_or_default()
}

fn source(text: Option<&str>) -> ClassSource {
    [ClassSource::Label, ClassSource::Environment].into_iter().find(|s| Some(s.text()) == text).unwrap_or_default()
}
