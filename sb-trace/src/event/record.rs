//! A record, as its format hands it on.

use super::parsed::LineClass;
use crate::body::RecordId;
use crate::statement::EpochUnit;
use regex::bytes::Regex;
use std::ops::Range;

/// How records are read, whatever their format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordOptions<'o> {
    pub unit: EpochUnit,
    pub id_regex: Option<&'o Regex>,
    /// What a line is that holds no record.
    pub rest: LineClass,
    /// Whether records may come in parts, whose statements then have to be put in order.
    pub in_parts: bool,
    /// Whether text may hold the log of an invocation in another form. The driver keeps those that
    /// hooks print beside their output.
    pub log_results: bool,
}

/// One record, as its format hands it on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record<'a> {
    /// Where all of it stands in the block.
    pub raw: Range<usize>,
    /// Whether that is one whole line.
    pub line: bool,
    /// The text in it, bodies included.
    pub body: &'a [u8],
    pub id: RecordId<'a>,
    pub source: &'a str,
    /// What tells the record from all others, if anything does.
    pub unique: &'a str,
}
