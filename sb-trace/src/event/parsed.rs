//! What one block of an input holds: events, look-alikes and a class for each line.

use super::events::Event;
use super::ids::Ids;
use super::words::Words;
use crate::names::Name;
use crate::statement::{LookAlike, Statement};

/// How many look-alikes are kept with their text; all are counted.
const MOST_KEPT: usize = 100_000;

/// What a line is counted as: the greatest class of anything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum LineClass {
    Format,
    #[default]
    Other,
    Undecodable,
    LookAlike,
    Statement,
}

impl LineClass {
    /// All classes, least first.
    pub(crate) const ALL: [Self; 5] =
        [Self::Format, Self::Other, Self::Undecodable, Self::LookAlike, Self::Statement];
}

/// A statement and its record, as the format hands it on.
#[derive(Debug)]
pub(crate) struct RawEvent<'a> {
    pub statement: Statement<'a>,
    pub correlation_id: &'a str,
    pub source: &'a str,
    /// First line of the record in the block, from 1. It wraps where the record began in the
    /// block before.
    pub line: u64,
}

/// What happened to an execution environment between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// How many rows stand before it.
    pub row: usize,
    /// The environment, if the record names it.
    pub source: Name,
    pub what: Change,
}

/// See [`crate::body::Signal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Init,
    Start { id: Name, sequential: bool },
    End { id: Name },
    Report { id: Name, cold: bool },
}

impl Change {
    /// The invocation that it happened to; [`crate::names::NONE`] where the record names none.
    pub(crate) fn id(self) -> Name {
        match self {
            Self::Init => crate::names::NONE,
            Self::Start { id, .. } | Self::End { id } | Self::Report { id, .. } => id,
        }
    }
}

/// The begin of a record that goes on in the next block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct OpenPart {
    /// What its parts have in common: stdout or stderr, an id.
    pub key: Vec<u8>,
    pub source: String,
    /// The id of the invocation; empty where the record has none.
    pub id: String,
    /// What tells its first part from all other records, if anything does.
    pub unique: String,
    pub text: Vec<u8>,
    /// Line and byte at which it begins, counted from the block's begin.
    pub line: i64,
    pub start: i64,
    /// For each part, where it begins in `text` and in the block.
    pub parts: Vec<(usize, i64)>,
}

/// A look-alike that is kept: line in the block, column in bytes, and what it is.
#[derive(Debug)]
pub(crate) struct Kept {
    pub line: u64,
    pub column: u64,
    pub what: LookAlike,
}

/// The contents of one block; lines are numbered within the block.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// Labels and sources, lent by the reader while it reads.
    pub words: Words,
    /// Ids.
    pub ids: Ids,
    pub rows: Vec<Event>,
    /// Whether any record names its source.
    pub sourced: bool,
    pub look_alikes: u64,
    pub kept: Vec<Kept>,
    /// For each row, what tells its record from all others; empty where records have no id.
    pub unique: Vec<u64>,
    /// In the order of the rows.
    pub marks: Vec<Mark>,
    /// Records that have the format's form.
    pub records: u64,
    /// Records in whose raw text something looks like a statement that is none in their own text,
    /// and the line of the first.
    pub lost: u64,
    pub lost_at: u64,
    /// The first line that is none of the user's pattern, if that is an error.
    pub unmatched: Option<u64>,
    /// Records that are not over at the end of the block.
    pub open: Vec<OpenPart>,
    /// Lines by class, in the order of [`LineClass`].
    pub lines: [u64; 5],
    /// Class of the first and the last line, for a line that was cut between two blocks.
    pub first: Option<LineClass>,
    pub last: Option<LineClass>,
    pub has_nul: bool,
}

impl Parsed {
    pub(crate) fn push(&mut self, raw: &RawEvent<'_>) {
        let statement = &raw.statement;
        self.sourced |= !raw.source.is_empty();
        self.rows.push(Event {
            epoch_ns: statement.epoch_ns,
            utc_offset_minutes: statement.utc_offset_minutes,
            label: self.words.label(statement.label),
            correlation_id: self.ids.add(raw.correlation_id),
            trace_id: self.ids.add(statement.trace_id.unwrap_or_default()),
            source: self.words.source(raw.source),
            file: 0,
            line: raw.line,
        });
    }

    /// Empty, but for the memory that it has.
    pub(crate) fn emptied(self) -> Self {
        let (mut ids, mut rows) = (self.ids, self.rows);
        let (mut unique, mut marks) = (self.unique, self.marks);
        ids.clear();
        rows.clear();
        unique.clear();
        marks.clear();
        Self { ids, rows, unique, marks, ..Self::default() }
    }

    pub(crate) fn push_look_alike(&mut self, line: u64, column: u64, what: LookAlike) {
        self.look_alikes += 1;
        if self.kept.len() < MOST_KEPT {
            self.kept.push(Kept { line, column, what });
        }
    }

    pub(crate) fn add_lines(&mut self, class: LineClass, count: u64) {
        if count > 0 {
            self.lines[class as usize] += count;
            self.first.get_or_insert(class);
            self.last = Some(class);
        }
    }

    pub(crate) fn line_count(&self) -> u64 {
        self.lines.iter().sum()
    }
}
