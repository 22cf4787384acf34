//! Frames -> files. A file appears under its final name only when it is whole.

use super::table_writer::without_categories;
use super::unfinished::Unfinished;
use crate::error::{Error, Result, reason};
use crate::read::UNFINISHED;
use polars::prelude::*;
use serde_json::{Map, Value};
use std::io::Write;
use std::path::Path;

/// A file format of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Parquet, zstd, with statistics.
    Parquet,
    /// Comma-separated values with a header; null is empty.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Arrow IPC file (Feather version 2).
    Arrow,
}

impl TableFormat {
    /// The format that a file name's ending asks for.
    pub fn of_path(path: &Path) -> Result<Self> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("parquet") => Ok(Self::Parquet),
            Some("csv") => Ok(Self::Csv),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            Some("arrow" | "feather" | "ipc") => Ok(Self::Arrow),
            _ => Err(Error::Usage {
                message: format!(
                    "{}: the ending says no format; expected .parquet, .csv, .ndjson or .arrow",
                    path.display()
                ),
            }),
        }
    }
}

/// Writes a text file that appears under its name when it is whole.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    write_atomically(path, |mut file| file.write_all(text.as_bytes()).map_err(Error::Stdout))
}

/// A file under a temporary name beside `path`, renamed when it is whole.
pub(crate) fn write_atomically<T>(
    path: &Path,
    write: impl FnOnce(&std::fs::File) -> Result<T>,
) -> Result<T> {
    let failed = |what: String| Error::Write { path: path.to_owned(), what };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
    #[cfg(unix)]
    {
        // As any other new file; without this it would be readable by its owner only.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder).map_err(|error| failed(reason(&error)))?;
    let _unfinished = Unfinished::list(file.path());
    let written = write(file.as_file()).map_err(|error| match error {
        Error::Stdout(error) => failed(reason(&error)),
        other => other,
    })?;
    file.persist(path).map_err(|error| failed(reason(&error.error)))?;
    Ok(written)
}

/// A frame as CSV, with a header or without.
pub(crate) fn csv(frame: &DataFrame, header: bool) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut plain = printable(frame)?;
    CsvWriter::new(&mut out).include_header(header).finish(&mut plain).map_err(io_error)?;
    Ok(out)
}

/// A frame as an Arrow file, with the key `sb` that says how the table was made.
pub(super) fn arrow(frame: &mut DataFrame, out: &mut impl Write, metadata: &Value) -> Result<()> {
    let mut writer = IpcWriter::new(out);
    writer.set_custom_schema_metadata(std::sync::Arc::new(
        [("sb".into(), metadata.to_string().into())].into_iter().collect(),
    ));
    writer.with_compression(None).finish(frame).map_err(io_error)
}

/// Polars wraps what the system said; the kind of it is kept (a full disk, a closed pipe).
pub(super) fn io_error(error: PolarsError) -> Error {
    match error {
        PolarsError::IO { error, .. } => {
            Error::Stdout(std::io::Error::new(error.kind(), error.to_string()))
        }
        other => Error::Stdout(std::io::Error::other(other.to_string())),
    }
}

/// The frame with its instants as text, `2020-09-22T12:14:30.140000Z`, which every reader of text
/// understands.
fn printable(frame: &DataFrame) -> Result<DataFrame> {
    let mut plain = without_categories(frame);
    for column in frame.columns() {
        if let DataType::Datetime(_, _) = column.dtype() {
            let physical = column.to_physical_repr();
            let texts: StringChunked = physical.i64()?.iter().map(|us| us.map(iso)).collect();
            plain.with_column(texts.with_name(column.name().clone()).into_column())?;
        }
    }
    Ok(plain)
}

fn iso(us: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(us).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A frame as one JSON object a line.
pub(super) fn ndjson(frame: &DataFrame) -> Result<Vec<u8>> {
    let frame = printable(frame)?;
    let mut out = Vec::new();
    objects(&frame, &mut out).map_err(Error::Stdout)?;
    Ok(out)
}

fn objects(frame: &DataFrame, out: &mut impl Write) -> std::io::Result<()> {
    let names: Vec<&str> = frame.columns().iter().map(|c| c.name().as_str()).collect();
    for row in 0..frame.height() {
        let mut object = Map::new();
        for (name, column) in names.iter().zip(frame.columns()) {
            let value =
                column.get(row).map_err(|error| std::io::Error::other(error.to_string()))?;
            object.insert((*name).to_owned(), json_value(&value));
        }
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn json_value(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(b) => (*b).into(),
        AnyValue::String(s) => (*s).into(),
        AnyValue::StringOwned(s) => s.as_str().into(),
        AnyValue::Float64(f) => (*f).into(),
        AnyValue::Int16(i) => (*i).into(),
        AnyValue::Int64(i) => (*i).into(),
        AnyValue::UInt32(i) => (*i).into(),
        AnyValue::UInt64(i) => (*i).into(),
        other => other.to_string().into(),
    }
}
