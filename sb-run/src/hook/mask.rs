//! `::add-mask::VALUE`: from that line on the value is written nowhere in `out/`.
//!
//! Output arrives in pieces that end anywhere, so once there is a value to hide, and for a line
//! that may become such a command, whole lines are waited for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memchr::memmem;
use serde_json::Value;

const COMMAND: &[u8] = b"::add-mask::";
const STARS: &str = "***";
/// Shorter ones would hit innocent text.
const SHORTEST: usize = 3;
/// A line that does not end is cut here.
const LONGEST_LINE: usize = 1024 * 1024;

/// The values that are to be hidden, shared by everyone who writes.
#[derive(Debug, Clone, Default)]
pub struct Masks(Arc<Mutex<Vec<String>>>);

impl Masks {
    /// The text without them.
    pub fn hide(&self, text: &str) -> String {
        let values = self.values();
        values.iter().fold(text.to_string(), |text, value| text.replace(value.as_str(), STARS))
    }

    /// Whether any is in this value.
    pub fn hits(&self, value: &Value) -> bool {
        let values = self.values();
        !values.is_empty() && contains(value, &values)
    }

    fn values(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    fn add(&self, line: &[u8]) {
        let Some(value) = line.strip_prefix(COMMAND) else { return };
        let value = String::from_utf8_lossy(value).trim().to_string();
        let mut values = self.values();
        if value.len() >= SHORTEST && !values.contains(&value) {
            values.push(value);
            // The longest first: one may be part of another.
            values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        }
    }

    fn hide_bytes(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        for value in self.values().iter() {
            let mut hidden = Vec::with_capacity(text.len());
            let mut rest = text.as_slice();
            while let Some(at) = memmem::find(rest, value.as_bytes()) {
                hidden.extend_from_slice(rest.get(..at).unwrap_or_default());
                hidden.extend_from_slice(STARS.as_bytes());
                rest = rest.get(at + value.len()..).unwrap_or_default();
            }
            hidden.extend_from_slice(rest);
            text = hidden;
        }
        text
    }
}

fn contains(value: &Value, hidden: &[String]) -> bool {
    match value {
        Value::String(text) => hidden.iter().any(|one| text.contains(one.as_str())),
        Value::Array(items) => items.iter().any(|item| contains(item, hidden)),
        Value::Object(map) => map.values().any(|item| contains(item, hidden)),
        _ => false,
    }
}

/// Hides values in a stream of pieces.
#[derive(Debug, Default)]
pub struct Masker {
    masks: Masks,
    pending: Vec<u8>,
    /// Whether the piece before ended within a line that was already handed on.
    mid_line: bool,
}

impl Masker {
    /// The values.
    pub fn masks(&self) -> &Masks {
        &self.masks
    }

    /// Takes a piece and hands on what can be, through `emit`.
    pub fn feed(&mut self, piece: &[u8], emit: &mut dyn FnMut(&[u8])) {
        let unmasked = self.pending.is_empty() && self.masks.is_empty();
        if unmasked && memmem::find(piece, COMMAND).is_none() {
            let last_line = piece.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let starts_here = last_line.len() < piece.len() || !self.mid_line;
            let held = if starts_here && may_be_command(last_line) { last_line.len() } else { 0 };
            let (now, later) = piece.split_at(piece.len() - held);
            if let Some(last) = now.last() {
                self.mid_line = *last != b'\n';
                emit(now);
            }
            self.pending.extend_from_slice(later);
            return;
        }
        self.pending.extend_from_slice(piece);
        let pending = std::mem::take(&mut self.pending);
        let end = memchr::memrchr(b'\n', &pending).map_or(0, |at| at + 1);
        let (lines, rest) = pending.split_at(end);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if !std::mem::take(&mut self.mid_line) {
                self.masks.add(line);
            }
            emit(&self.masks.hide_bytes(line));
        }
        let holds = !self.masks.is_empty() || (!self.mid_line && may_be_command(rest));
        if holds && rest.len() < LONGEST_LINE {
            self.pending = rest.to_vec();
        } else if !rest.is_empty() {
            self.mid_line = true;
            emit(&self.masks.hide_bytes(rest));
        }
    }

    /// Hands on what was held back.
    pub fn flush(&mut self, emit: &mut dyn FnMut(&[u8])) {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_empty() {
            self.mid_line = true;
            emit(&self.masks.hide_bytes(&pending));
        }
    }
}

fn may_be_command(line: &[u8]) -> bool {
    !line.is_empty() && (line.starts_with(COMMAND) || COMMAND.starts_with(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(pieces: &[&str]) -> String {
        let mut masker = Masker::default();
        let mut out = Vec::new();
        for piece in pieces {
            masker.feed(piece.as_bytes(), &mut |bytes| out.extend_from_slice(bytes));
        }
        masker.flush(&mut |bytes| out.extend_from_slice(bytes));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hides_from_the_command_on_however_the_pieces_fall() {
        let text = "a secret\nx ::add-mask::no\n::add-mask::secret\nthe secret\n::add-mask::secretive\nsecretive secret";
        let expected =
            "a secret\nx ::add-mask::no\n::add-mask::***\nthe ***\n::add-mask::***ive\n*** ***";
        // The second command's line is hidden by the first before it is known.
        let expected = expected.replace("::add-mask::***ive", "::add-mask::***");
        assert_eq!(through(&[text]), expected);
        for size in 1..text.len() {
            let pieces: Vec<&str> = text
                .as_bytes()
                .chunks(size)
                .map(|piece| std::str::from_utf8(piece).unwrap())
                .collect();
            assert_eq!(through(&pieces), expected, "{size}");
        }
    }

    #[test]
    fn without_a_command_everything_goes_through_at_once() {
        let mut masker = Masker::default();
        for piece in ["a", "b\nc", ":", "::add", "\n", "no ::add-mask"] {
            let mut out = Vec::new();
            masker.feed(piece.as_bytes(), &mut |bytes| out.extend_from_slice(bytes));
            assert_eq!(out, piece.as_bytes());
        }
    }
}
