//! Tables of events as logs: whoever has the table that `sb-trace events` writes needs the log no more.
//!
//! Each file that the rows of a table name becomes an input, so that traces are called what they are
//! called in the log. Lines are not in a table, and not counted.

use super::Wrong;
use super::table_writer::without_categories;
use crate::error::{Error, Result};
use crate::event::{Event, Events};
use crate::names::{NONE, Name, Names};
use crate::read::{Input, Place, TableKind};
use crate::run::Run;
use polars::prelude::*;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// The inputs, in which each table of events is replaced by what it was made from.
///
/// # Errors
/// [`Error::Table`] if a table lacks a column or cannot be read.
pub(crate) fn with_tables(inputs: &[Input]) -> Result<Vec<Input>> {
    let mut all = Vec::with_capacity(inputs.len());
    for input in inputs {
        match table_in(input)? {
            Some(frame) => all.extend(
                inputs_of(&frame, input)
                    .map_err(|what| Error::Table { path: input.name.clone().into(), what })?,
            ),
            None => all.push(input.clone()),
        }
    }
    Ok(all)
}

/// The table that an input is.
fn table_in(input: &Input) -> Result<Option<DataFrame>> {
    let Place::Table(path, kind) = &input.place else { return Ok(None) };
    let wrong = |error: PolarsError| Error::Table {
        path: path.clone(),
        what: format!(
            "is not a readable table: {}",
            error.to_string().lines().next().unwrap_or_default()
        ),
    };
    let file = File::open(path).map_err(|error| Error::read(path, error))?;
    read(*kind, file).map(Some).map_err(wrong)
}

fn read(kind: TableKind, from: File) -> PolarsResult<DataFrame> {
    match kind {
        TableKind::Parquet => ParquetReader::new(from).finish(),
        TableKind::Arrow => IpcReader::new(from).finish(),
        TableKind::Csv => {
            let all_text = CsvReadOptions::default().with_infer_schema_length(Some(0));
            CsvReader::new(from).with_options(all_text).finish()
        }
        TableKind::Ndjson => objects(BufReader::new(from)),
    }
}

/// Objects of texts, numbers and nulls, a line each, as columns of texts.
fn objects(from: impl BufRead) -> PolarsResult<DataFrame> {
    let mut names: Vec<String> = Vec::new();
    let mut columns: Vec<Vec<Option<String>>> = Vec::new();
    let mut rows = 0;
    for line in from.lines() {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line?)
            .map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
        for (name, value) in object {
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                columns.push(vec![None; rows]);
                names.len() - 1
            });
            columns[at].push(match value {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some(text),
                other => Some(other.to_string()),
            });
        }
        rows += 1;
        for column in &mut columns {
            column.resize(rows, None);
        }
    }
    let columns = names.iter().zip(columns);
    DataFrame::new(
        rows,
        columns.map(|(name, values)| Column::new(name.as_str().into(), values)).collect(),
    )
}

/// The inputs that a table was made from.
fn inputs_of(frame: &DataFrame, table: &Input) -> std::result::Result<Vec<Input>, Wrong> {
    let frame = without_categories(frame);
    let numbers = |name: &str| {
        let column = frame.column(name).map_err(|_| {
            format!("has no column '{name}': expected the table of events that sb-trace writes")
        })?;
        let column = column.strict_cast(&DataType::Int64);
        column.map_err(|_| format!("column '{name}' holds something that is not a whole number"))
    };
    let text = |name: &str| {
        let column = frame.column(name).ok()?.cast(&DataType::String).ok()?;
        column.str().ok().cloned()
    };
    let epoch_ns = numbers("epoch_ns")?;
    let epoch_ns = epoch_ns.i64().map_err(|error| error.to_string())?;
    let label = text("label").ok_or("has no column 'label' of texts")?;
    let optional = |name: &str| numbers(name).ok().and_then(|column| column.i64().ok().cloned());
    let (offset, line) = (optional("utc_offset_minutes"), optional("line"));
    let ids = [text("correlation_id"), text("trace_id"), text("source")];
    let of_file = ["file", "run_id", "benchmark", "provider", "region"].map(text);
    let tags: Vec<(String, StringChunked)> = frame
        .columns()
        .iter()
        .filter_map(|column| {
            Some((column.name().strip_prefix("tag_")?.to_owned(), text(column.name())?))
        })
        .collect();
    let at = |column: &Option<StringChunked>, row: usize| {
        column.as_ref().and_then(|column| column.get(row)).unwrap_or_default().to_owned()
    };
    let mut inputs: Vec<(Vec<String>, Input, Events)> = Vec::new();
    let mut names = Names::default();
    for row in 0..frame.height() {
        let key: Vec<String> = of_file.iter().map(|column| at(column, row)).collect();
        if inputs.last().is_none_or(|(of, ..)| *of != key) {
            let run = Run {
                id: key[1].clone(),
                benchmark: key[2].clone(),
                provider: key[3].clone(),
                region: key[4].clone(),
                tags: tags
                    .iter()
                    .filter_map(|(tag, column)| Some((tag.clone(), column.get(row)?.to_owned())))
                    .collect(),
            };
            let name = if key[0].is_empty() { table.name.clone() } else { key[0].clone() };
            let input = Input {
                place: Place::Bytes(Vec::new()),
                name,
                run: table.run.clone().or_else(|| (run != Run::default()).then_some(run)),
                hook_log: false,
            };
            inputs.push((key, input, Events::default()));
        }
        let Some((_, _, events)) = inputs.last_mut() else { continue };
        let epoch_ns =
            epoch_ns.get(row).ok_or_else(|| format!("row {} has no epoch_ns", row + 1))?;
        let label = label.get(row).filter(|label| crate::statement::is_label(label));
        let label = label.ok_or_else(|| format!("row {}: the label is not a label", row + 1))?;
        let label = names.add(label);
        let mut id = |place: usize| {
            ids[place].as_ref().and_then(|c| c.get(row)).map_or(NONE, |t| names.add(t))
        };
        let [correlation_id, trace_id, source]: [Name; 3] = [id(0), id(1), id(2)];
        let number =
            |column: &Option<Int64Chunked>| column.as_ref().and_then(|column| column.get(row));
        events.rows.push(Event {
            epoch_ns,
            utc_offset_minutes: number(&offset)
                .and_then(|n| i16::try_from(n).ok())
                .unwrap_or_default(),
            label,
            correlation_id,
            trace_id,
            source,
            file: 0,
            line: number(&line).and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        });
    }
    let names = Arc::new(names);
    let of = |(_, input, events): (Vec<String>, Input, Events)| Input {
        place: Place::Events(Arc::new(Events { names: Arc::clone(&names), ..events })),
        ..input
    };
    Ok(inputs.into_iter().map(of).collect())
}

impl Input {
    /// A dataframe with the columns of the table of events (at least `epoch_ns` and `label`), as
    /// [`crate::frames::events`] gives it, in place of the log that it was made from.
    ///
    /// # Errors
    /// [`Error::Table`] if a column is missing or holds something else.
    pub fn table(name: impl Into<String>, frame: &DataFrame) -> Result<Vec<Self>> {
        let name: String = name.into();
        let input = Self::bytes(name.clone(), Vec::new());
        inputs_of(frame, &input)
            .map_err(|what| Error::Table { path: Path::new(&name).to_owned(), what })
    }
}
