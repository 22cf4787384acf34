//! Frames -> Parquet, a row group at a time: zstd, with statistics. Whole numbers that mostly grow
//! (times, line numbers) are written as differences, all else as polars does it.
//!
//! Encoding and writing are apart, so that several threads can encode while one writes.

use super::dictionary;
use super::table::plain;
use super::write::io_error;
use crate::error::{Error, Result};
use polars::prelude::*;
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema};
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter,
    KeyValue, StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns,
    compress, fallible_streaming_iterator, get_dtype_encoding, schema_to_metadata_key,
};
use serde_json::Value;
use std::io::Write;

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
    columns: Vec<Vec<CompressedPage>>,
}

/// The frame's rows as a row group.
pub(super) fn encode(frame: &DataFrame) -> Result<Encoded> {
    let options = options();
    let schema = plain(&frame.clear()).schema().to_arrow(CompatLevel::newest());
    let form = FileWriter::try_new(std::io::sink(), schema, options).map_err(io_error)?;
    let types = form.parquet_schema().fields();
    let mut columns = Vec::with_capacity(types.len());
    for (column, type_) in frame.columns().iter().zip(types) {
        let encoded = match dictionary::of(column).map_err(io_error)? {
            Some(dictionary) => {
                let encodings = [Encoding::RleDictionary];
                array_to_columns(dictionary.boxed(), type_.clone(), options, &encodings)
            }
            None => {
                let column = column.cast(&plain_type(column.dtype())).map_err(io_error)?;
                let series = column.as_materialized_series().rechunk();
                let array = series.to_arrow(0, CompatLevel::newest());
                let encodings = encodings(column.dtype(), array.dtype());
                array_to_columns(&array, type_.clone(), options, &encodings)
            }
        };
        for pages in encoded.map_err(io_error)? {
            let pages = pages.map(|page| {
                compress(page.map_err(io_error)?, Vec::new(), options.compression)
                    .map_err(|error| io_error(error.into()))
            });
            columns.push(pages.collect::<Result<Vec<_>>>()?);
        }
    }
    Ok(Encoded { rows: frame.height(), columns })
}

fn plain_type(of: &DataType) -> DataType {
    match of {
        DataType::Categorical(_, _) => DataType::String,
        other => other.clone(),
    }
}

/// How a column is written.
fn encodings(of: &DataType, stored: &ArrowDataType) -> Vec<Encoding> {
    match of {
        DataType::Int64 | DataType::UInt64 | DataType::Datetime(_, _) => {
            vec![Encoding::DeltaBinaryPacked]
        }
        _ => get_dtype_encoding(stored),
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
        let schema = plain(like).schema().to_arrow(CompatLevel::oldest());
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
