//! Every line, statement and event in exactly one drawer: three sums that must add up.

use crate::error::{Error, Result};
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
    /// Lines that only belong to the format (brackets of a JSON document, headers).
    pub lines_format: u64,
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
                + self.lines_format
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
    /// Index into [`crate::Figures::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
    /// What was found, cut to a sensible length, and what is wrong with it.
    pub what: LookAlike,
}

/// One input after it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileInfo {
    /// Name relative to the inputs' common root; `-` is standard input.
    pub name: String,
    /// Index into [`crate::Analysis::runs`].
    pub run: u32,
    /// What it was taken for, for instance `plain`.
    pub format: &'static str,
    /// Lines and statements in it.
    pub lines: u64,
    /// See `lines`.
    pub statements: u64,
    /// Whether it holds NUL bytes: without a statement it is called binary.
    pub binary: bool,
    /// Events whose record has an id.
    pub with_id: u64,
    /// Events that stand between START and END of a request, and have its id.
    pub enclosed: u64,
    /// Places that look like a statement, but not in the text of a record, and the first's line.
    pub lost: u64,
    /// See `lost`.
    pub lost_at: u64,
}

/// An error if there is no statement in the whole input.
pub(crate) fn no_statement(
    files: &[FileInfo],
    statements: u64,
    look_alikes: &[LookAlikeAt],
) -> Result<()> {
    const MOST_SHOWN: usize = 3;
    if statements > 0 {
        return Ok(());
    }
    let what = match files {
        [] => "the input: it holds no file".to_owned(),
        [one] if one.name == "-" => "standard input".to_owned(),
        [one] => one.name.clone(),
        many => format!("{} files", many.len()),
    };
    let mut details: Vec<String> = look_alikes
        .iter()
        .take(MOST_SHOWN)
        .map(|l| format!("{}:{}:{}: {}", files[l.file as usize].name, l.line, l.column, l.what))
        .collect();
    details.extend(files.iter().take(MOST_SHOWN).map(describe));
    Err(Error::NoStatement { what, details })
}

/// What a file without a statement is, in words.
pub(crate) fn describe(file: &FileInfo) -> String {
    let kind = match (file.lines, file.binary) {
        (0, _) => "is empty".to_owned(),
        (_, true) => "is binary".to_owned(),
        (1, _) => "has 1 line and no statement".to_owned(),
        (lines, _) => format!("has {lines} lines and no statement"),
    };
    format!("{} {kind} (read as {})", file.name, file.format)
}
