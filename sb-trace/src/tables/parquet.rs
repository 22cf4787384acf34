//! Frames -> Parquet, a row group at a time: zstd, with statistics. Whole numbers that mostly grow
//! (times, line numbers) are written as differences, all else as polars does it.
//!
//! Encoding and writing are apart, so that several threads can encode while one writes.

use super::dictionary_column;
use super::table_writer::without_categories;
use super::write::io_error;
use crate::error::{Error, Result};
use hashbrown::HashMap;
use polars::prelude::*;
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter,
    KeyValue, ParquetType, StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns,
    compress, fallible_streaming_iterator, schema_to_metadata_key,
};
use serde_json::Value;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows in a row group: DuckDB's size, so that it can read the groups in parallel.
pub(super) const ROW_GROUP: usize = 122_880;

/// The fastest level: what is left after encoding hardly becomes smaller by a higher one.
const ZSTD_LEVEL: i32 = 1;

fn options() -> WriteOptions {
    WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Zstd(ZstdLevel::try_new(ZSTD_LEVEL).ok()),
        data_page_size: None,
    }
}

/// A row group, ready to be written.
pub(super) struct Encoded {
    rows: usize,
    columns: Vec<Arc<Vec<CompressedPage>>>,
}

/// Encodes row groups of a table.
#[derive(Default)]
pub(super) struct Encoder {
    /// For each column in which all rows of a row group had one value: it, their number, and their
    /// pages. Mostly the next row group has the same.
    constant: Mutex<HashMap<usize, Constant>>,
}

struct Constant {
    value: Scalar,
    rows: usize,
    pages: Arc<Vec<CompressedPage>>,
}

impl Encoder {
    /// The rows of some frames with the same columns as a row group.
    pub(super) fn encode(&self, frames: &[DataFrame]) -> Result<Encoded> {
        let Some(first) = frames.first() else {
            return Ok(Encoded { rows: 0, columns: Vec::new() });
        };
        let schema = without_categories(&first.clear()).schema().to_arrow(CompatLevel::newest());
        let form = FileWriter::try_new(std::io::sink(), schema, options()).map_err(io_error)?;
        let types = form.parquet_schema().fields();
        let rows = frames.iter().map(DataFrame::height).sum();
        let mut columns = Vec::with_capacity(types.len());
        for (place, type_) in types.iter().enumerate() {
            let parts = frames.iter().filter_map(|frame| frame.columns().get(place));
            let pages = match constant(parts.clone(), rows) {
                Some((value, column)) => self.constant(place, value, &column, type_)?,
                None => Arc::new(encode_column(&joined(parts).map_err(io_error)?, type_)?),
            };
            columns.push(pages);
        }
        Ok(Encoded { rows, columns })
    }

    fn constant(
        &self,
        place: usize,
        value: Scalar,
        column: &Column,
        type_: &ParquetType,
    ) -> Result<Arc<Vec<CompressedPage>>> {
        let lock = || self.constant.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&place)
            && known.value == value
            && known.rows == column.len()
        {
            return Ok(Arc::clone(&known.pages));
        }
        let pages = Arc::new(encode_column(column, type_)?);
        lock().insert(place, Constant { value, rows: column.len(), pages: Arc::clone(&pages) });
        Ok(pages)
    }
}

/// The value of all rows and a column of it, if they have the same one.
fn constant<'c>(
    mut parts: impl Iterator<Item = &'c Column>,
    rows: usize,
) -> Option<(Scalar, Column)> {
    let first = parts.next()?;
    let value = first.as_scalar_column()?.scalar();
    let is_same =
        |part: &Column| part.as_scalar_column().is_some_and(|part| part.scalar() == value);
    parts
        .all(is_same)
        .then(|| (value.clone(), Column::new_scalar(first.name().clone(), value.clone(), rows)))
}

fn joined<'c>(mut parts: impl Iterator<Item = &'c Column>) -> PolarsResult<Column> {
    let mut all = parts.next().cloned().unwrap_or_default();
    for part in parts {
        all.append(part)?;
    }
    Ok(all)
}

fn encode_column(column: &Column, type_: &ParquetType) -> Result<Vec<CompressedPage>> {
    let options = options();
    let encoded = if let Some(dictionary) = dictionary_column::of(column).map_err(io_error)? {
        let encodings = [Encoding::RleDictionary];
        array_to_columns(dictionary.boxed(), type_.clone(), options, &encodings)
    } else {
        let column = column.cast(&plain_type(column.dtype())).map_err(io_error)?;
        let series = column.as_materialized_series().rechunk();
        let array = series.to_arrow(0, CompatLevel::newest());
        array_to_columns(&array, type_.clone(), options, &[encoding(column.dtype())])
    };
    let mut pages = Vec::new();
    for of_column in encoded.map_err(io_error)? {
        for page in of_column {
            let page = compress(page.map_err(io_error)?, Vec::new(), options.compression);
            pages.push(page.map_err(|error| io_error(error.into()))?);
        }
    }
    Ok(pages)
}

fn plain_type(of: &DataType) -> DataType {
    match of {
        DataType::Categorical(_, _) => DataType::String,
        other => other.clone(),
    }
}

/// How a column is written that is no dictionary.
fn encoding(of: &DataType) -> Encoding {
    match of {
        DataType::Int64 | DataType::UInt64 | DataType::Datetime(_, _) => {
            Encoding::DeltaBinaryPacked
        }
        _ => Encoding::Plain,
    }
}

/// A file of row groups with the same columns.
pub(super) struct Parquet<W: Write> {
    file: FileWriter<W>,
    schema: ArrowSchema,
}

impl<W: Write> Parquet<W> {
    /// A file with the columns of this frame.
    pub(super) fn new(out: W, like: &DataFrame) -> Result<Self> {
        // Readers of Arrow that are some years old know no string views; the bytes are the same.
        let schema = without_categories(like).schema().to_arrow(CompatLevel::oldest());
        let file = FileWriter::try_new(out, schema.clone(), options()).map_err(io_error)?;
        Ok(Self { file, schema })
    }

    pub(super) fn write(&mut self, group: &Encoded) -> Result<()> {
        if group.rows == 0 {
            return Ok(());
        }
        let columns = group.columns.iter().map(|pages| {
            let pages = pages.iter().map(PolarsResult::Ok);
            Ok(DynStreamingIterator::new(fallible_streaming_iterator::convert(pages)))
        });
        self.file.write(group.rows as u64, DynIter::new(columns)).map_err(io_error)
    }

    /// Writes the end, with the key `sb` that says how the table was made.
    pub(super) fn finish(mut self, metadata: &Value) -> Result<()> {
        let sb = KeyValue { key: "sb".to_owned(), value: Some(metadata.to_string()) };
        let entries = vec![schema_to_metadata_key(&self.schema), sb];
        self.file.end(Some(entries)).map_err(io_error)?;
        self.file.into_inner().flush().map_err(Error::Stdout)
    }
}
