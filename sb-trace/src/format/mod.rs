//! Formats: what a log collector wraps around the app's own text.
//!
//! A format is a [`Format`] in a file of its own in `known/`, and a row in `known/mod.rs`. How
//! its shape is read (lines, JSON, CSV) is in `lines.rs`, `json/` and `csv.rs`; which format an
//! input has, in `detect.rs`.

mod choice;
mod continuation;
mod csv;
mod detect;
mod fields;
mod head;
mod input_format;
mod json;
mod known;
mod lines;
mod octets;
mod parts;
mod path;
mod pattern;
mod plain;
mod prefilter;

pub(crate) use choice::takes_fields;
pub(crate) use input_format::{InputFormat, recognise};
pub(crate) use known::ALL;
pub(crate) use path::source_of;

use crate::body::{FastRecord, Json, RecordId};
use crate::names::{NONE, Name};
use std::borrow::Cow;

/// A format.
#[derive(Debug)]
pub(crate) struct Format {
    /// The exact name, for `--format` and messages.
    pub name: &'static str,
    /// The family that a user may name instead; the name itself where there is none.
    pub family: &'static str,
    /// A record of it, shortened.
    pub example: &'static str,
    /// What the correlation id is.
    pub id: &'static str,
    /// What the source is.
    pub source: &'static str,
    /// Whether the lines between START and END of a request belong to it.
    pub brackets: Brackets,
    /// Sample files that this format must claim.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by tests"))]
    pub samples: &'static [&'static str],
    pub shape: Shape,
}

/// Whether START and END of a request enclose its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Brackets {
    /// The record does not say which environment it comes from, or the order is not that of time.
    #[default]
    Never,
    /// In the source that the record names.
    OfSource,
    /// The file is one stream; where a record names its source, in that.
    OneStream,
}

impl Brackets {
    /// Whether they enclose a record of this source.
    #[inline]
    pub(crate) fn hold(self, source: Name) -> bool {
        match self {
            Self::Never => false,
            Self::OfSource => source != NONE,
            Self::OneStream => true,
        }
    }
}

/// How a format's text is laid out.
#[derive(Debug)]
pub(crate) enum Shape {
    /// The app's own text: nothing to recognise.
    Plain,
    Lines(LineShape),
    Json(JsonShape),
    Csv(CsvShape),
    /// RFC 6587 octet counting.
    Octets,
}

/// A format of lines.
#[derive(Debug)]
pub(crate) struct LineShape {
    /// Takes a line apart; none where it has not the format's form.
    pub open: for<'a> fn(&'a [u8]) -> Option<Line<'a>>,
    /// Whether a line is one of its, where `open` takes any; else what `open` takes is.
    pub claims: Option<fn(&[u8]) -> bool>,
    /// Whether one such line is proof enough.
    pub sure: bool,
    /// Whether one of Lambda's own lines must be among them: the form alone is everybody's.
    pub of_lambda: bool,
    /// What lines are that have not the form.
    pub continuation: Continuation,
    /// Words of which one stands where a record comes in parts; none if none ever does.
    pub in_parts: &'static [&'static str],
    /// Takes the commonest record apart, with its body, in few instructions; what it takes must
    /// be taken by `open` and the bodies alike, which `tests/fast.rs` holds it to.
    pub fast: Option<FastForm>,
    /// Whether that is a line of Node.js on Lambda with nothing around it.
    pub node: bool,
}

/// The commonest form of a record, at the begin of a text.
pub(crate) type FastForm = fn(&[u8]) -> Option<FastRecord>;

impl LineShape {
    /// The commonest: a record is a line, and a fifth of the lines must have the form.
    pub(crate) const fn new(open: for<'a> fn(&'a [u8]) -> Option<Line<'a>>) -> Self {
        Self {
            open,
            claims: None,
            sure: false,
            of_lambda: false,
            continuation: Continuation::Nothing,
            in_parts: &[],
            fast: None,
            node: false,
        }
    }
}

/// Which lines without the form belong to the record above.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Continuation {
    /// None: they are text without an id.
    Nothing,
    /// The next one, where the line with the form says nothing itself.
    One,
    /// All of them.
    All,
    /// All of them, each a record of its own, whose text this gives.
    Each(for<'a> fn(&'a [u8]) -> Cow<'a, [u8]>),
}

/// A line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// The text in it. Borrowed: it goes on in the lines that continue the record.
    pub body: Cow<'a, [u8]>,
    pub id: RecordId<'a>,
    pub source: Cow<'a, str>,
    /// If the record may come in parts: what its parts have in common, and whether more follows.
    pub part: Option<(Cow<'a, [u8]>, bool)>,
    /// What tells the record from all others, if anything does.
    pub unique: Cow<'a, str>,
}

/// A format of JSON values.
#[derive(Debug)]
pub(crate) struct JsonShape {
    /// Keys of the array that holds the records; empty where they are at the top.
    pub path: &'static [&'static str],
    /// Whether a text with these keys is one.
    pub claims: fn(&head::Keys) -> bool,
    /// Reads one record and hands on what is in it.
    pub read: fn(&Json<'_>, &mut json::Out<'_, '_>),
    /// Whether records must be looked at that hold no bar: their text may be encoded.
    pub encoded: fn(&[u8]) -> bool,
}

/// A format of CSV.
#[derive(Debug)]
pub(crate) struct CsvShape {
    /// Whether a text with this header is one.
    pub claims: fn(&[&str]) -> bool,
    /// Columns that hold the text, the id and the source; of each, the first that says something.
    pub body: &'static [&'static str],
    pub id: &'static [&'static str],
    pub dimensions: &'static [&'static str],
    pub operation: &'static [&'static str],
    pub source: &'static [&'static str],
    /// Columns that together tell a record from all others, if any do.
    pub unique: &'static [&'static str],
}

#[cfg(test)]
#[cfg(feature = "tables")]
mod tests;
