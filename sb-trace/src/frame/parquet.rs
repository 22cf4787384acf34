//! Frames -> Parquet, a row group at a time: zstd, with statistics. Whole numbers that mostly grow
//! (times, line numbers) are written as differences, all else as polars does it.
//!
//! Encoding and writing are apart, so that several threads can encode while one writes.

use super::dictionary;
use super::write::io_error;
use crate::error::{Error, Result};
use polars::prelude::*;
use polars_arrow::array::DictionaryArray;
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema};
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, Encoding, FileWriter,
    KeyValue, ParquetType, StatisticsOptions, Version, WriteOptions, ZstdLevel, array_to_columns,
    compress, fallible_streaming_iterator, get_dtype_encoding, schema_to_metadata_key,
};
use rayon::prelude::*;
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
pub(super) struct Group {
    rows: usize,
    columns: Vec<Vec<CompressedPage>>,
}

/// A column of a row group.
#[derive(Debug)]
pub(super) enum Cells {
    Column(Column),
    /// Few strings.
    Words(DictionaryArray<u32>),
}

impl From<Column> for Cells {
    fn from(column: Column) -> Self {
        Self::Column(column)
    }
}

/// The types of some columns in Parquet.
#[derive(Debug)]
pub(super) struct Types(Vec<ParquetType>);

impl Types {
    /// Those of a frame with the same columns.
    pub(super) fn of(like: &DataFrame) -> Result<Self> {
        let schema = like.schema().to_arrow(CompatLevel::newest());
        let form = FileWriter::try_new(std::io::sink(), schema, options()).map_err(io_error)?;
        Ok(Self(form.parquet_schema().fields().to_vec()))
    }
}

/// The frame's rows as a row group.
fn encode_frame(frame: &DataFrame) -> Result<Group> {
    let columns = frame.columns().iter().cloned().map(Cells::from);
    encode(frame.height(), columns, &Types::of(frame)?)
}

/// So many rows as a row group.
pub(super) fn encode(
    rows: usize,
    cells: impl IntoIterator<Item = Cells>,
    types: &Types,
) -> Result<Group> {
    let options = options();
    let mut columns = Vec::with_capacity(types.0.len());
    let words = |dictionary: DictionaryArray<u32>, type_: &ParquetType| {
        let encodings = [Encoding::RleDictionary];
        array_to_columns(dictionary.boxed(), type_.clone(), options, &encodings)
    };
    for (cells, type_) in cells.into_iter().zip(&types.0) {
        let encoded = match cells {
            Cells::Words(dictionary) => words(dictionary, type_),
            Cells::Column(column) => {
                let series = column.as_materialized_series().rechunk();
                let array = series.to_arrow(0, CompatLevel::newest());
                if let Some(few) = array.as_any().downcast_ref().and_then(dictionary::of) {
                    words(few, type_)
                } else {
                    let encodings = encodings(column.dtype(), array.dtype());
                    array_to_columns(&array, type_.clone(), options, &encodings)
                }
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
    Ok(Group { rows, columns })
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
        let schema = like.schema().to_arrow(CompatLevel::oldest());
        let file = FileWriter::try_new(out, schema.clone(), options()).map_err(io_error)?;
        Ok(Self { file, schema })
    }

    pub(super) fn write(&mut self, group: &Group) -> Result<()> {
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

/// Writes a table that comes in parts, a row group each.
pub(super) fn write_all<W: Write>(
    out: W,
    mut parts: impl Iterator<Item = Result<DataFrame>>,
    metadata: &Value,
) -> Result<()> {
    let mut file: Option<Parquet<W>> = None;
    let mut out = Some(out);
    loop {
        // As many at a time as can be encoded at the same time.
        let some: Vec<DataFrame> =
            parts.by_ref().take(rayon::current_num_threads()).collect::<Result<_>>()?;
        if let (Some(first), Some(out)) = (some.first(), out.take_if(|_| !some.is_empty())) {
            file = Some(Parquet::new(out, first)?);
        }
        let Some(file) = file.as_mut().filter(|_| !some.is_empty()) else { break };
        let groups: Vec<Result<Group>> = some.par_iter().map(encode_frame).collect();
        groups.into_iter().try_for_each(|group| file.write(&group?))?;
    }
    match (file, out) {
        (Some(file), _) => file.finish(metadata),
        (None, Some(out)) => Parquet::new(out, &DataFrame::default())?.finish(metadata),
        (None, None) => Ok(()),
    }
}

/// A frame in parts of a row group each; an empty one has one part, with its columns.
pub(super) fn row_groups(frame: &DataFrame) -> impl Iterator<Item = DataFrame> {
    let starts = (0..frame.height().max(1)).step_by(ROW_GROUP);
    starts.map(|start| frame.slice(i64::try_from(start).unwrap_or(i64::MAX), ROW_GROUP))
}
