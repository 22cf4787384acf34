//! Lines of Node.js on Lambda that hold a statement and nothing else, one after the other: the
//! commonest of all with an id. Nothing is told of them that is not needed.

use super::events::Event;
use super::parsed::{LineClass, Parsed};
use super::record_parser::RecordParser;
use crate::body::node_text;
use crate::names::NONE;
use crate::statement::of_unit;

impl RecordParser<'_> {
    /// Takes such lines from a place on, at which a line of this number begins; gives the place and
    /// the number of the first that is none.
    pub(super) fn node_lines(&mut self, at: usize, line: u64) -> (usize, u64) {
        of_unit!(self.options.unit, self.node_lines_of(at, line))
    }

    fn node_lines_of<const LENGTH: usize>(&mut self, mut at: usize, first: u64) -> (usize, u64) {
        let Parsed { words, ids, rows, .. } = &mut self.parsed;
        let mut line = first;
        while let Some(whole) = self.block.get(at..)
            && let Some((id, text)) = node_text(whole)
            && let Some(prefix) = self.prefixes.read_of::<LENGTH>(text)
            && let Some(text) = text.get(prefix.length..)
            && let Some((id, last)) = ids.add_uuid_text(id)
            // Others stand between the lines of an id.
            && let Some((label, end)) = words.label_after(*last, text)
        {
            *last = label;
            rows.push(Event {
                epoch_ns: prefix.epoch_ns,
                utc_offset_minutes: prefix.utc_offset_minutes,
                label,
                correlation_id: id,
                trace_id: NONE,
                source: NONE,
                file: 0,
                line,
            });
            line += 1;
            at += whole.len() - text.len() + end;
        }
        if line > first {
            let count = u32::try_from(line - first).unwrap_or(u32::MAX);
            self.classes.push((first, LineClass::Statement, count));
            self.parsed.records += line - first;
        }
        (at, line)
    }
}
