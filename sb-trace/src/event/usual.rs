//! Records of the commonest form of their carrier that hold a statement and nothing else, or one of
//! Lambda's own lines, taken one after the other.

use super::parsed::LineClass;
use super::sink::Sink;
use super::table::Event;
use crate::names::NONE;
use crate::payload::{Usual, lambda};
use crate::statement::line_end;

/// How the lines of a carrier are taken whose form is the usual one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsualLines<'a> {
    /// Takes the record apart that a text begins with.
    pub form: fn(&[u8]) -> Option<Usual>,
    /// Whether a record goes on below as long as no other one begins.
    pub goes_on: bool,
    /// Whether Lambda's own lines matter.
    pub signals: bool,
    /// Id and source of what names none itself.
    pub above: (&'a str, &'a str),
}

/// So many bytes are worth to be left out when the block is looked at byte by byte; tests have them
/// left out wherever that may be done.
const WORTH: usize = if cfg!(test) { 1 } else { 1 << 10 };

impl Sink<'_> {
    /// Takes such records from a place on at which a line begins; gives the place of the first that
    /// is none. A record that may go on below is over only where a usual one follows it.
    pub(crate) fn usual(&mut self, from: usize, usual: UsualLines<'_>) -> usize {
        // An id that the user looks for may stand anywhere in a line.
        if self.how.id_regex.is_some() {
            return from;
        }
        let block = self.block;
        let Some(mut form) = block.get(from..).and_then(usual.form) else { return from };
        let (mut at, mut line) = (from, self.places.of_record(from));
        let mut sound = from;
        while let Some(text) = block.get(at..)
            && let Some(body) = text.get(form.body..)
        {
            let what = match self.heads.read(body) {
                Some(head) => {
                    let label = body.get(head.length..).unwrap_or_default();
                    let words = &mut self.parsed.words;
                    let label = match form.end {
                        None => words.label_where(label, line_end),
                        Some((end, next)) => {
                            let length = end.checked_sub(form.body + head.length);
                            let ends = |_: &[u8], at| (Some(at) == length).then_some(next);
                            words.label_where(label, ends)
                        }
                    };
                    label.map(|(label, end)| {
                        let next = form.end.map_or(form.body + head.length + end, |_| end);
                        (at + next, Some((head, label)), None)
                    })
                }
                // Colours may stand anywhere in Lambda's own lines.
                None if usual.signals && form.may_signal && !self.is_coloured() => {
                    let Some(end) = memchr::memchr(b'\n', body) else { break };
                    let signal = lambda::signal_alone(body.get(..end).unwrap_or_default());
                    signal.map(|signal| (at + form.body + end + 1, None, Some(signal)))
                }
                None => None,
            };
            let Some((end, statement, signal)) = what else { break };
            let (next, further) = if usual.goes_on { self.behind_blank(end) } else { (end, 0) };
            let next_form = block.get(next..).and_then(usual.form);
            let over = !usual.goes_on || next_form.is_some() || next >= block.len();
            if !over {
                break;
            }
            let part = |range| text.get(range).unwrap_or_default();
            let (id, source) = match usual.above {
                ("", "") => (part(form.id.clone()), part(form.source.clone())),
                (id, source) => (id.as_bytes(), source.as_bytes()),
            };
            let Some(source) = self.parsed.words.source_of(source) else { break };
            let own_line = line + u64::from(form.lines_above);
            if let Some((head, label)) = statement {
                let Some(id) = self.parsed.ids.add_bytes(id) else { break };
                self.parsed.sourced |= source != NONE;
                let row = Event {
                    epoch_ns: head.epoch_ns,
                    utc_offset_minutes: head.utc_offset_minutes,
                    label,
                    correlation_id: id,
                    trace_id: NONE,
                    source,
                    file: 0,
                    line,
                };
                self.parsed.rows.push(row);
                self.parsed.records += 1;
                self.classes.push((own_line, LineClass::Statement));
                self.order(None, None, at);
            }
            if let Some(signal) = signal {
                self.parsed.records += 1;
                self.signal(&signal, source, line);
                // Whatever else its line says was not looked at.
                self.note_sound(sound, at);
                sound = next;
            }
            (at, line) = (next, own_line + 1 + further);
            let Some(form_of_next) = next_form else { break };
            form = form_of_next;
        }
        if at > from {
            self.places.go_on(at, line);
            self.note_sound(sound, at);
        }
        at
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
