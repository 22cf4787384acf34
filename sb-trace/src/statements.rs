//! What stands in one input, block by block: formats and grammar alone, for programs that want no more
//! than that. Nothing is put in order, no id of an enclosing request is looked up, no trace is made.

use crate::error::{Error, Result};
use crate::event::{LineClass, Parsed};
use crate::format::recognise;
use crate::options::Options;
use crate::read::{Blocks, Buffer, Input, open};

/// A statement with what its record says of it; times are UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStatement<'a> {
    /// Unix epoch in nanoseconds.
    pub epoch_ns: i64,
    /// The printed zone, in minutes east of UTC.
    pub utc_offset_minutes: i16,
    /// The label.
    pub label: &'a str,
    /// The id on the record; empty where there is none.
    pub correlation_id: String,
    /// The statement's own `trace_id=`; empty where there is none.
    pub trace_id: String,
    /// Container, pod, log stream or host; empty where the record names none.
    pub source: &'a str,
}

/// What an input holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementCounts {
    /// The format that it was taken for, for instance `plain`.
    pub format: &'static str,
    /// Statements, and text that nearly is one.
    pub statements: u64,
    /// See `statements`.
    pub look_alikes: u64,
    /// Lines, a line that lies in two blocks counted in each.
    pub lines: u64,
    /// Lines of them with a statement.
    pub lines_with_statement: u64,
}

/// Reads an input and hands on each statement in it.
///
/// ```
/// use sb_trace::{Input, Options, statements};
///
/// let log = Input::bytes("app.log", "1600776870140+0000|CALLED trace_id=7f\n");
/// let mut labels = Vec::new();
/// let found = statements(&log, &Options::default(), |found| labels.push(found.label.to_owned()))?;
/// assert_eq!((found.format, found.statements, labels), ("plain", 1, vec!["CALLED".to_owned()]));
/// # Ok::<(), sb_trace::Error>(())
/// ```
///
/// # Errors
/// [`Error::Read`] if the input cannot be read.
pub fn statements(
    input: &Input,
    options: &Options,
    mut take: impl FnMut(LogStatement<'_>),
) -> Result<StatementCounts> {
    let failed = |error| Error::read(&input.name, error);
    let recognised = recognise(open(input)?, options, input.hook_log).map_err(failed)?;
    let source = recognised.source;
    let mut blocks = Blocks::new(recognised.text, source.cutter(), source.block_bytes(options));
    let mut counts = StatementCounts { format: source.name, ..StatementCounts::default() };
    let mut parsed = Parsed::default();
    let mut count = |parsed: &Parsed| {
        let words = parsed.words.names();
        for row in &parsed.rows {
            take(LogStatement {
                epoch_ns: row.epoch_ns,
                utc_offset_minutes: row.utc_offset_minutes,
                label: words.text(row.label),
                correlation_id: parsed.ids.key(row.correlation_id).text().into_owned(),
                trace_id: parsed.ids.key(row.trace_id).text().into_owned(),
                source: words.text(row.source),
            });
        }
        counts.statements += parsed.rows.len() as u64;
        counts.look_alikes += parsed.look_alikes;
        counts.lines += parsed.line_count();
        counts.lines_with_statement += parsed.lines[LineClass::Statement as usize];
    };
    while let Some(block) = blocks.next(Buffer::default()).map_err(failed)? {
        let open = std::mem::take(&mut parsed.open);
        parsed = source.read(&block, options, open, Parsed::default());
        count(&parsed);
    }
    if !parsed.open.is_empty() {
        count(&source.flush(options, &parsed.open, Parsed::default()));
    }
    Ok(counts)
}
