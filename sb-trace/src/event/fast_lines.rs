//! Records of the commonest form of their format that hold a statement and nothing else, or one of
//! Lambda's own lines, taken one after the other.

use super::events::Event;
use super::parsed::LineClass;
use super::record_parser::RecordParser;
use crate::body::{FastRecord, Signal, lambda};
use crate::names::{NONE, Name};
use crate::statement::{Prefix, line_end};
use std::ops::Range;

/// How the lines of a format are taken whose form is the usual one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastLines<'a> {
    /// Takes the record apart that a text begins with.
    pub form: fn(&[u8]) -> Option<FastRecord>,
    /// Whether the usual form is a line of Node.js on Lambda with nothing around it.
    pub node: bool,
    /// Whether a record goes on below as long as no other one begins.
    pub goes_on: bool,
    /// Whether Lambda's own lines matter.
    pub signals: bool,
    /// RecordId and source of what names none itself.
    pub above: (&'a str, &'a str),
}

/// So many bytes are worth to be left out when the block is looked at byte by byte; tests have them
/// left out wherever that may be done.
const WORTH: usize = if cfg!(test) { 1 } else { 1 << 10 };

/// What the text of a record is.
enum What<'b> {
    Statement { epoch_ns: i64, utc_offset_minutes: i16, label: Name },
    Signal(Signal<'b>),
}

impl<'b> RecordParser<'b> {
    /// Takes such records from a place on at which a line begins; gives the place of the first that
    /// is none. A record that may go on below is over only where a usual one follows it.
    pub(crate) fn fast(&mut self, from: usize, fast: FastLines<'_>) -> usize {
        // An id that the user looks for may stand anywhere in a line.
        if self.options.id_regex.is_some() {
            return from;
        }
        let block = self.block;
        let (mut at, mut line, mut sound) = (from, self.places.of_record(from), from);
        // Most lines of Node.js have a shorter way yet.
        let mut by_node = fast.node && !self.options.in_parts;
        if by_node {
            (at, line) = self.node_lines(at, line);
        }
        let Some(mut form) = block.get(at..).and_then(fast.form) else {
            return self.was_usual(from..at, sound, line);
        };
        while let Some(text) = block.get(at..)
            && let Some((what, end)) = self.what_alone(text, &form, fast.signals)
        {
            let end = at + end;
            let (next, blank) = if fast.goes_on { self.behind_blank(end) } else { (end, 0) };
            let next_form = block.get(next..).and_then(fast.form);
            if fast.goes_on && next_form.is_none() && next < block.len() {
                break;
            }
            let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
            let (uuid, id, source) = match fast.above {
                ("", "") => (form.uuid, part(&form.id), part(&form.source)),
                (id, source) => (None, id.as_bytes(), source.as_bytes()),
            };
            let Some(source) = self.parsed.words.source_of(source) else { break };
            let own_line = line + u64::from(form.lines_above);
            match what {
                What::Statement { epoch_ns, utc_offset_minutes, label } => {
                    let id = match uuid {
                        Some(uuid) => Some(self.parsed.ids.add_uuid(uuid)),
                        None => self.parsed.ids.add_bytes(id),
                    };
                    let Some(id) = id else { break };
                    self.parsed.sourced |= source != NONE;
                    self.parsed.rows.push(Event {
                        epoch_ns,
                        utc_offset_minutes,
                        label,
                        correlation_id: id,
                        trace_id: NONE,
                        source,
                        file: 0,
                        line,
                    });
                    self.classes.push((own_line, LineClass::Statement, 1));
                    self.order(None, || None, at);
                }
                What::Signal(signal) => {
                    self.signal(&signal, source, line);
                    // Whatever else the line says was not looked at.
                    self.note_sound(sound, at);
                    sound = next;
                }
            }
            self.parsed.records += 1;
            (at, line) = (next, own_line + 1 + blank);
            let mut next_form = next_form;
            if by_node {
                let before = at;
                (at, line) = self.node_lines(at, line);
                by_node = at > before;
                if by_node {
                    next_form = block.get(at..).and_then(fast.form);
                }
            }
            let Some(form_of_next) = next_form else { break };
            form = form_of_next;
        }
        self.was_usual(from..at, sound, line)
    }

    /// Goes on behind lines of the usual form; gives the place where a line of this number begins.
    fn was_usual(&mut self, lines: Range<usize>, sound: usize, line: u64) -> usize {
        if !lines.is_empty() {
            self.places.go_on(lines.end, line);
            self.note_sound(sound, lines.end);
        }
        lines.end
    }

    /// What the text of a record is, if it is nothing else, and where the next line begins.
    #[inline]
    fn what_alone(
        &mut self,
        text: &'b [u8],
        form: &FastRecord,
        signals: bool,
    ) -> Option<(What<'b>, usize)> {
        let body = text.get(form.body..)?;
        // Field by field: as a whole, it would be read from memory before it is all written.
        let Some(Prefix { epoch_ns, utc_offset_minutes, length }) = self.prefixes.read(body) else {
            // Colours may stand anywhere in Lambda's own lines.
            if !signals || !form.may_signal || self.is_coloured() {
                return None;
            }
            let end = memchr::memchr(b'\n', body)?;
            let signal = lambda::signal_alone(body.get(..end)?)?;
            return Some((What::Signal(signal), form.body + end + 1));
        };
        let start = form.body + length;
        let label = text.get(start..)?;
        let (label, next) = match form.end {
            None => {
                let line = self.parsed.words.label_of_line(label);
                line.map(|(label, next)| (label, start + next))
            }
            Some((end, next)) => {
                let ends = |_: &[u8], at| (start + at == end).then_some(next);
                self.parsed.words.label_where(label, ends)
            }
        }?;
        Some((What::Statement { epoch_ns, utc_offset_minutes, label }, next))
    }

    /// Notes that all bytes between two places were looked at.
    fn note_sound(&mut self, from: usize, to: usize) {
        if to.saturating_sub(from) >= WORTH {
            self.sound.push(from..to);
        }
    }

    /// The first line from here that is not empty, and how many are.
    fn behind_blank(&self, mut at: usize) -> (usize, u64) {
        let mut lines = 0;
        while let Some(text) = self.block.get(at..)
            && let Some(next) = line_end(text, 0)
        {
            at += next;
            lines += 1;
        }
        (at, lines)
    }
}
