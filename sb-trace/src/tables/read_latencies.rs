//! A Parquet of latencies -> the table it was made from, some row groups at a time.

use super::Wrong;
use super::parquet::ROW_GROUP;
use super::table_writer::without_categories;
use crate::error::{Error, Result};
use crate::latency::{Latencies, Latency, LatencyRows, Pair};
use crate::names::{NONE, Name, Names};
use crate::run::Run;
use crate::trace::{ClassSource, ColdWarm, StartClass};
use hashbrown::HashMap;
use polars::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// How many rows are read at once.
const AT_ONCE: usize = 8 * ROW_GROUP;

/// The tick of a clock that most logs have: the table takes little memory if they do.
const TICK_NS: i64 = 1_000_000;

/// The columns that are read, besides tags; the others follow from them.
const READ: [&str; 16] = [
    "run_id",
    "benchmark",
    "provider",
    "region",
    "trace_id",
    "pair",
    "from_label",
    "to_label",
    "seq",
    "start_ns",
    "latency_ns",
    "from_source",
    "to_source",
    "start_class",
    "start_class_source",
    "complete",
];

/// Reads a `latencies.parquet` back.
///
/// # Errors
/// [`Error::Table`] if it is no such table, [`Error::Read`] if it cannot be opened.
pub fn read_latencies(path: &Path) -> Result<Latencies> {
    let wrong = |what: &str| Error::Table {
        path: path.to_owned(),
        what: what.lines().next().unwrap_or_default().to_owned(),
    };
    let unreadable =
        |error: PolarsError| wrong(&format!("is not a readable Parquet file: {error}"));
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    let mut reader = ParquetReader::new(file);
    let rows = reader.num_rows().map_err(&unreadable)?;
    let schema = reader.schema().map_err(&unreadable)?;
    let known = schema.iter_names().map(PlSmallStr::as_str);
    let columns: Vec<String> = known
        .filter(|name| READ.contains(name) || name.starts_with("tag_"))
        .map(str::to_owned)
        .collect();
    let mut table = TableRead::default();
    let mut from = 0;
    loop {
        let file = File::open(path).map_err(|error| Error::read(path, error))?;
        let frame = ParquetReader::new(file)
            .with_columns(Some(columns.clone()))
            .with_slice(Some((from, AT_ONCE)))
            .finish()
            .map_err(&unreadable)?;
        table.add(&without_categories(&frame)).map_err(|what| wrong(&what))?;
        from += AT_ONCE;
        if from >= rows {
            return Ok(table.finish());
        }
    }
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> std::result::Result<&'a Column, Wrong> {
    frame.column(name).map_err(|_| {
        format!("has no column '{name}': expected the table of latencies that sb-trace writes")
    })
}

fn text<'a>(frame: &'a DataFrame, name: &str) -> std::result::Result<&'a StringChunked, Wrong> {
    column(frame, name)?.str().map_err(|_| format!("column '{name}' is not text"))
}

fn integer<'a>(frame: &'a DataFrame, name: &str) -> std::result::Result<&'a Int64Chunked, Wrong> {
    column(frame, name)?.i64().map_err(|_| format!("column '{name}' is not a 64-bit integer"))
}

/// The columns that are read.
struct ColumnsRead<'a> {
    run_id: &'a StringChunked,
    benchmark: &'a StringChunked,
    provider: &'a StringChunked,
    region: &'a StringChunked,
    trace_id: &'a StringChunked,
    pair: &'a StringChunked,
    from_label: &'a StringChunked,
    to_label: &'a StringChunked,
    seq: &'a UInt32Chunked,
    start_ns: &'a Int64Chunked,
    latency_ns: &'a Int64Chunked,
    from_source: &'a StringChunked,
    to_source: &'a StringChunked,
    start_class: &'a StringChunked,
    start_class_source: &'a StringChunked,
    complete: &'a BooleanChunked,
    tags: Vec<(String, &'a StringChunked)>,
}

impl<'a> ColumnsRead<'a> {
    fn of(frame: &'a DataFrame) -> std::result::Result<Self, Wrong> {
        let tag = |c: &'a Column| Some((c.name().strip_prefix("tag_")?.to_owned(), c.str().ok()?));
        Ok(Self {
            run_id: text(frame, "run_id")?,
            benchmark: text(frame, "benchmark")?,
            provider: text(frame, "provider")?,
            region: text(frame, "region")?,
            trace_id: text(frame, "trace_id")?,
            pair: text(frame, "pair")?,
            from_label: text(frame, "from_label")?,
            to_label: text(frame, "to_label")?,
            seq: column(frame, "seq")?
                .u32()
                .map_err(|_| "column 'seq' is not an unsigned 32-bit integer".to_owned())?,
            start_ns: integer(frame, "start_ns")?,
            latency_ns: integer(frame, "latency_ns")?,
            from_source: text(frame, "from_source")?,
            to_source: text(frame, "to_source")?,
            start_class: text(frame, "start_class")?,
            start_class_source: text(frame, "start_class_source")?,
            complete: column(frame, "complete")?
                .bool()
                .map_err(|_| "column 'complete' is not boolean".to_owned())?,
            tags: frame.columns().iter().filter_map(tag).collect(),
        })
    }
}

/// The table as it grows.
struct TableRead {
    names: Names,
    runs: Vec<Run>,
    pairs: Vec<Pair>,
    index: HashMap<Pair, u32>,
    rows: LatencyRows,
    trace_ids: Vec<Name>,
    /// The traces by run and name.
    traces: HashMap<(u32, Name), u32>,
}

impl Default for TableRead {
    fn default() -> Self {
        Self {
            names: Names::default(),
            runs: Vec::new(),
            pairs: Vec::new(),
            index: HashMap::new(),
            rows: LatencyRows::new(TICK_NS),
            trace_ids: Vec::new(),
            traces: HashMap::new(),
        }
    }
}

impl TableRead {
    fn add(&mut self, frame: &DataFrame) -> std::result::Result<(), Wrong> {
        let columns = ColumnsRead::of(frame)?;
        (0..frame.height()).try_for_each(|at| self.push(&columns, at))
    }

    fn push(&mut self, columns: &ColumnsRead<'_>, at: usize) -> std::result::Result<(), Wrong> {
        let from_label = self.name(columns.from_label, at);
        let to_label = self.name(columns.to_label, at);
        let pair = match columns.pair.get(at) {
            Some("total") => Pair::Total,
            _ => Pair::Labels(from_label, to_label),
        };
        let run = self.run(columns, at);
        let row = Latency {
            run,
            pair: self.pair(pair),
            trace: self.trace(run, columns.trace_id, at),
            seq: columns.seq.get(at).unwrap_or_default(),
            from_label,
            to_label,
            from_source: self.name(columns.from_source, at),
            to_source: self.name(columns.to_source, at),
            start_ns: columns.start_ns.get(at).ok_or("has a row without start_ns")?,
            latency_ns: columns.latency_ns.get(at),
            start_class: StartClass {
                class: cold_warm(columns.start_class.get(at)),
                source: class_source(columns.start_class_source.get(at)),
            },
            complete: columns.complete.get(at).unwrap_or_default(),
        };
        self.rows.push(&row);
        Ok(())
    }

    fn name(&mut self, column: &StringChunked, at: usize) -> Name {
        column.get(at).map_or(NONE, |text| self.names.add(text))
    }

    fn pair(&mut self, pair: Pair) -> u32 {
        let next = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let found = *self.index.entry(pair).or_insert(next);
        if found == next {
            self.pairs.push(pair);
        }
        found
    }

    /// The number of the row's trace. Rows of one trace mostly stand together.
    fn trace(&mut self, run: u32, column: &StringChunked, at: usize) -> u32 {
        let name = self.name(column, at);
        let next = u32::try_from(self.trace_ids.len()).unwrap_or(u32::MAX);
        let trace = *self.traces.entry((run, name)).or_insert(next);
        if trace == next {
            self.trace_ids.push(name);
        }
        trace
    }

    /// The row's run. Rows of one run stand together, so the search from the end is short.
    fn run(&mut self, columns: &ColumnsRead<'_>, at: usize) -> u32 {
        let get = |column: &StringChunked| column.get(at).unwrap_or_default().to_owned();
        let id = columns.run_id.get(at).unwrap_or_default();
        let known = self.runs.iter().rposition(|run| run.id == id);
        let run = known.unwrap_or_else(|| {
            let tag = |(name, column): &(String, &StringChunked)| {
                Some((name.clone(), column.get(at)?.to_owned()))
            };
            self.runs.push(Run {
                id: id.to_owned(),
                benchmark: get(columns.benchmark),
                provider: get(columns.provider),
                region: get(columns.region),
                tags: columns.tags.iter().filter_map(tag).collect(),
            });
            self.runs.len() - 1
        });
        u32::try_from(run).unwrap_or(u32::MAX)
    }

    fn finish(self) -> Latencies {
        let Self { names, runs, pairs, rows, trace_ids, .. } = self;
        let mut table = Latencies::default();
        (table.names, table.trace_ids) = (Arc::new(names), trace_ids);
        (table.runs, table.pairs) = (runs, pairs);
        table.collect(vec![rows], Some, None);
        table
    }
}

fn cold_warm(text: Option<&str>) -> ColdWarm {
    let known = [ColdWarm::Cold, ColdWarm::Partial, ColdWarm::Warm];
    known.into_iter().find(|class| Some(class.text()) == text).unwrap_or_default()
}

fn class_source(text: Option<&str>) -> ClassSource {
    let known = [ClassSource::Label, ClassSource::Environment];
    known.into_iter().find(|source| Some(source.text()) == text).unwrap_or_default()
}
