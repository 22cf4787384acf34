//! A block whose rows are final, with the traces that end in it.

use super::number;
use crate::event::Parsed;
use crate::trace::{ColdWarm, Stream};

/// Some rows of a block, in their order.
#[derive(Debug, Clone)]
pub(crate) enum RowSet {
    Range(u32, u32),
    List(Vec<u32>),
}

impl Default for RowSet {
    fn default() -> Self {
        Self::Range(0, 0)
    }
}

impl RowSet {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Range(from, to) => (to - from) as usize,
            Self::List(rows) => rows.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place.
    #[inline]
    pub(crate) fn at(&self, place: usize) -> usize {
        match self {
            Self::Range(from, _) => *from as usize + place,
            Self::List(rows) => rows.get(place).map_or(0, |&row| row as usize),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = usize> + Clone + '_ {
        (0..self.len()).map(|place| self.at(place))
    }

    pub(super) fn truncate(&mut self, length: usize) {
        match self {
            Self::Range(from, to) => *to = *from + number(length),
            Self::List(rows) => rows.truncate(length),
        }
    }
}

/// An event that waits for the end of its trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried {
    pub epoch_ns: i64,
    pub label: u32,
    /// The number of the event in the log.
    pub place: u64,
    pub line: u64,
    /// How many traces were opened on its line, this one included, if it opens one.
    pub nth: u32,
    pub class: ColdWarm,
}

/// Events of whole traces of one stream.
#[derive(Debug)]
pub(crate) struct StreamRows {
    pub number: u32,
    pub stream: Stream,
    /// The label that opens its traces, if any event has it.
    pub opening: Option<u32>,
    /// What tells its traces from those of other streams: that label, or that it is the user's.
    pub family: u32,
    pub newest_first: bool,
    /// What was left over from blocks before, in the order of the log.
    pub carried: Vec<Carried>,
    /// What of this block belongs to them.
    pub rows: RowSet,
}

/// A block whose rows are final, with the traces that end in it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Which block of the job it is.
    pub number: u64,
    pub parsed: Parsed,
    /// The codes of the labels and of the sources of its rows.
    pub labels: Vec<u32>,
    pub sources: Vec<u32>,
    pub file: u32,
    pub run: u32,
    /// The line before its first, and the number of its first event.
    pub base_line: u64,
    pub base_place: u64,
    /// When the app of its run began, if anybody asks for that.
    pub begin: i64,
    /// Traces by order that end here.
    pub traces: Vec<StreamRows>,
    /// Rows that have a key.
    pub keyed: RowSet,
    /// For each source of some row, the number of its stream.
    pub stream_of: Vec<u32>,
    pub orphans: Vec<u32>,
    pub driver: Vec<u32>,
    /// For each row how its invocation started, where traces are made by the order of such rows.
    pub classes: Vec<ColdWarm>,
    /// For each row that opens a trace on a line on which others were opened: its number there.
    pub nth: Vec<(u32, u32)>,
    /// Whether no trace that comes later began before any of these.
    pub in_order: bool,
}

impl Batch {
    pub(crate) fn place(&self, row: usize) -> u64 {
        self.base_place + row as u64
    }

    pub(crate) fn carried(&self, row: usize) -> Carried {
        let event = self.parsed.rows[row];
        let (line, nth) = self.line_and_nth(row);
        Carried {
            epoch_ns: event.epoch_ns,
            label: self.labels[event.label as usize],
            place: self.place(row),
            line,
            nth,
            class: self.class(row),
        }
    }

    /// The line of a row, and if it opens a trace, how many were opened there, this one included.
    #[inline]
    pub(crate) fn line_and_nth(&self, row: usize) -> (u64, u32) {
        let nth = self.nth.binary_search_by_key(&number(row), |&(row, _)| row);
        let line = self.base_line.wrapping_add(self.parsed.rows[row].line);
        (line, nth.map_or(1, |at| self.nth[at].1))
    }

    /// How the invocation of a row started.
    pub(crate) fn class(&self, row: usize) -> ColdWarm {
        self.classes.get(row).copied().unwrap_or_default()
    }
}
