//! What one block of an input holds: events, look-alikes and a class for each line.

use super::table::Event;
use crate::names::Names;
use crate::statement::{LookAlike, Statement};

/// How many look-alikes are kept with their text; all are counted.
const MOST_KEPT: usize = 100_000;

/// What a line is counted as: the greatest class of anything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum LineClass {
    #[default]
    Other,
    Undecodable,
    LookAlike,
    Statement,
}

/// A statement and its record, as the carrier hands it on.
#[derive(Debug)]
pub(crate) struct RawEvent<'a> {
    pub statement: Statement<'a>,
    pub correlation_id: &'a str,
    pub source: &'a str,
    /// Line in the block, from 1.
    pub line: u64,
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
    pub names: Names,
    pub rows: Vec<Event>,
    pub look_alikes: u64,
    pub kept: Vec<Kept>,
    /// Lines by class, in the order of [`LineClass`].
    pub lines: [u64; 4],
    /// Class of the first and the last line, for a line that was cut between two blocks.
    pub first: Option<LineClass>,
    pub last: Option<LineClass>,
    pub has_nul: bool,
}

impl Parsed {
    pub(crate) fn push(&mut self, raw: &RawEvent<'_>) {
        let statement = &raw.statement;
        self.rows.push(Event {
            epoch_ns: statement.epoch_ns,
            utc_offset_minutes: statement.utc_offset_minutes,
            label: self.names.add(statement.label),
            correlation_id: self.names.add(raw.correlation_id),
            trace_id: self.names.add(statement.trace_id.unwrap_or_default()),
            source: self.names.add(raw.source),
            file: 0,
            line: raw.line,
        });
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
