//! Lines of the commonest form of their carrier that hold a statement and nothing else, taken one
//! after the other.

use super::parsed::LineClass;
use super::sink::Sink;
use super::table::Event;
use crate::carrier::UsualForm;
use crate::names::NONE;

impl Sink<'_> {
    /// Takes such lines from a place on at which a line begins; gives the place of the first that is
    /// none. A line that may go on below is over only where another such line follows it, unless it
    /// stands `alone`.
    pub(crate) fn usual(&mut self, from: usize, usual: UsualForm, alone: bool) -> usize {
        // An id that the user looks for may stand anywhere in a line.
        if self.how.id_regex.is_some() {
            return from;
        }
        let block = self.block;
        let mut at = from;
        let Some(mut form) = block.get(at..).and_then(usual) else { return from };
        let mut line = self.places.of_record(at);
        while let Some(text) = block.get(at..)
            && let Some(body) = text.get(form.body..)
            && let Some(head) = self.heads.read(body)
        {
            let words = &mut self.parsed.words;
            let Some((label, end)) = words.label_of_line(&body[head.length..]) else { break };
            let next = at + form.body + head.length + end;
            let next_form = block.get(next..).and_then(usual);
            if !alone && next_form.is_none() {
                break;
            }
            let part = |range| text.get(range).unwrap_or_default();
            let Some(id) = self.parsed.ids.add_bytes(part(form.id)) else { break };
            let Ok(source) = std::str::from_utf8(part(form.source)) else { break };
            self.parsed.sourced |= !source.is_empty();
            let row = Event {
                epoch_ns: head.epoch_ns,
                utc_offset_minutes: head.utc_offset_minutes,
                label,
                correlation_id: id,
                trace_id: NONE,
                source: self.parsed.words.source(source),
                file: 0,
                line,
            };
            self.parsed.rows.push(row);
            self.parsed.records += 1;
            self.classes.push((line, LineClass::Statement));
            self.order(None, None, at);
            (at, line) = (next, line + 1);
            let Some(form_of_next) = next_form else { break };
            form = form_of_next;
        }
        if at > from {
            self.places.go_on(at, line);
            self.sound.push(from..at);
        }
        at
    }
}
