//! Every line, statement and event in exactly one drawer: three sums that must add up.

use crate::statement::LookAlike;
use serde::Serialize;

/// Where the lines, the statements and the events of all inputs went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Accounting {
    /// All lines.
    pub lines: u64,
    /// Lines with at least one statement.
    pub lines_with_statement: u64,
    /// Lines with look-alikes only.
    pub lines_look_alike: u64,
    /// Lines that only belong to the carrier (brackets of a JSON document, headers).
    pub lines_carrier: u64,
    /// Lines of other text.
    pub lines_other: u64,
    /// Lines without a statement that are not valid text.
    pub lines_undecodable: u64,

    /// All statements.
    pub statements: u64,
    /// Statements that became events.
    pub events: u64,
    /// Statements that say the same thing a second time.
    pub duplicates: u64,

    /// Events in complete traces.
    pub events_complete: u64,
    /// Events in incomplete traces.
    pub events_incomplete: u64,
    /// Events without an id where one is needed.
    pub events_orphan: u64,
    /// Events of the driver (labels `SB_*`): phases of a run, in no trace.
    pub events_driver: u64,
    /// Events that the filters left out.
    pub events_filtered: u64,

    /// Traces, and how many of them are complete.
    pub traces: u64,
    /// See `traces`.
    pub traces_complete: u64,
    /// Traces that were longer than `--max-trace` and therefore cut.
    pub traces_split: u64,
    /// Text that nearly is a statement.
    pub look_alikes: u64,
}

impl Accounting {
    /// Whether the three sums add up. They do by construction; tests hold it to arbitrary bytes.
    pub fn adds_up(&self) -> bool {
        self.lines
            == self.lines_with_statement
                + self.lines_look_alike
                + self.lines_carrier
                + self.lines_other
                + self.lines_undecodable
            && self.statements == self.events + self.duplicates
            && self.events
                == self.events_complete
                    + self.events_incomplete
                    + self.events_orphan
                    + self.events_driver
                    + self.events_filtered
    }

    /// Incomplete traces as a share of all, 0 to 1; 0 without traces.
    pub fn incomplete_share(&self) -> f64 {
        if self.traces == 0 {
            0.0
        } else {
            (self.traces - self.traces_complete) as f64 / self.traces as f64
        }
    }
}

/// A look-alike and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlikeAt {
    /// Index into [`crate::Analysis::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
    /// What was found, cut to a sensible length, and what is wrong with it.
    pub what: LookAlike,
}
