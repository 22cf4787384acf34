//! Where the records of a JSON text begin and end: a scanner that knows strings and brackets only,
//! so that a document of any size is read in pieces and in parallel. The records themselves are
//! parsed by serde_json.
//!
//! A text is a stream of values: one a line, pretty pages, `}{`, or stray lines of text between
//! them. The records are the elements of the array at the format's path, else the elements of an
//! array at the top, else the values at the top. A value that breaks off is stray text, and the
//! next line is tried afresh.

use crate::read::{Cut, RecordRange, RecordRanges};
use std::sync::Arc;

/// The text around the records is kept up to this size.
const MOST_AROUND: usize = 1 << 20;

/// Deeper than this is no log.
const DEEPEST: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// How many keys of the path were matched on the way to it, and whether the last one was.
    Object {
        path: usize,
    },
    Array {
        path: usize,
    },
}

/// The scanner. It goes on where the text before ended.
#[derive(Debug)]
pub(crate) struct AtJsonRecords {
    path: &'static [&'static str],
    /// Brackets that are open outside of records.
    outer: Vec<Level>,
    /// Brackets that are open inside the record: whether each is an array.
    inner: Vec<bool>,
    in_string: bool,
    /// Where the string began that was last seen outside of records.
    string_start: usize,
    last_key: Option<usize>,
    /// Begin of the record, and of the value at the top.
    unit_start: Option<usize>,
    top_start: usize,
    stray: Option<usize>,
    found_in_top: bool,
    /// The text up to here was scanned; up to there, it is in `around` or in a record.
    scanned: usize,
    kept: usize,
    around: Vec<u8>,
    new_around: bool,
    units: RecordRanges,
    cut_off: Option<RecordRanges>,
}

impl AtJsonRecords {
    pub(crate) fn new(path: &'static [&'static str]) -> Self {
        Self {
            path,
            outer: Vec::new(),
            inner: Vec::new(),
            in_string: false,
            string_start: 0,
            last_key: None,
            unit_start: None,
            top_start: 0,
            stray: None,
            found_in_top: false,
            scanned: 0,
            kept: 0,
            around: Vec::new(),
            new_around: true,
            units: RecordRanges::default(),
            cut_off: None,
        }
    }

    /// All records of a text that is complete.
    pub(crate) fn of(text: &[u8], path: &'static [&'static str]) -> RecordRanges {
        let mut frames = Self::new(path);
        frames.scan(text);
        frames.end(text);
        frames.units
    }

    fn scan(&mut self, text: &[u8]) {
        let mut at = self.scanned;
        while let Some(&byte) = text.get(at) {
            if self.in_string {
                match memchr::memchr3(b'"', b'\\', b'\n', &text[at..]) {
                    None => break,
                    Some(skip) => at += skip,
                }
                match text[at] {
                    // An escape that is cut in two is looked at again with the rest.
                    b'\\' if at + 1 >= text.len() => {
                        self.scanned = at;
                        return;
                    }
                    b'\\' => at += 2,
                    b'"' => {
                        self.in_string = false;
                        at += 1;
                        self.string_ended(text, at);
                    }
                    _ => at = self.broken(at + 1),
                }
                continue;
            }
            if let Some(start) = self.stray {
                let Some(end) = memchr::memchr(b'\n', &text[at..]) else {
                    break;
                };
                at += end + 1;
                self.stray = None;
                self.push(start, at, true);
                continue;
            }
            match byte {
                b'"' => {
                    self.in_string = true;
                    self.string_start = at;
                    if self.unit_start.is_none() && self.wants_elements() {
                        self.open_unit(text, at);
                    } else if self.outer.is_empty() && self.unit_start.is_none() {
                        self.in_string = false;
                        self.stray = Some(at);
                    }
                }
                b'{' | b'[' => {
                    if !self.legal(text, at) {
                        at = self.broken(at);
                        continue;
                    }
                    self.open(text, at, byte == b'[');
                }
                b'}' | b']' => self.close(text, at),
                // The last one is what `journalctl -o json-seq` prints between records.
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e => {}
                _ if self.outer.is_empty() && self.unit_start.is_none() => self.stray = Some(at),
                _ => {}
            }
            at += 1;
        }
        self.scanned = text.len().max(at);
    }

    /// Whether the next value is a record.
    fn wants_elements(&self) -> bool {
        match self.outer.last() {
            Some(&Level::Array { path }) => path == self.path.len(),
            _ => false,
        }
    }

    fn open(&mut self, text: &[u8], at: usize, array: bool) {
        if self.unit_start.is_some() {
            self.inner.push(array);
            return;
        }
        if self.outer.is_empty() {
            self.top_start = at;
            self.kept = at;
            self.around.clear();
            self.found_in_top = false;
            if !array && self.path.is_empty() {
                self.open_unit(text, at);
                self.inner.push(false);
                return;
            }
        } else if self.wants_elements() {
            self.open_unit(text, at);
            self.inner.push(array);
            return;
        }
        if self.outer.len() >= DEEPEST {
            return;
        }
        let path = match self.outer.last() {
            None => 0,
            Some(&Level::Array { path }) => path,
            Some(&Level::Object { path }) => {
                let key = self.last_key.take().and_then(|key| text.get(key..at));
                let name = self.path.get(path).map(|name| name.as_bytes());
                let matched = key.zip(name).is_some_and(|(key, name)| {
                    key.get(1..=name.len()) == Some(name) && key.get(name.len() + 1) == Some(&b'"')
                });
                if matched { path + 1 } else { usize::MAX / 2 }
            }
        };
        self.new_around = true;
        self.outer.push(if array { Level::Array { path } } else { Level::Object { path } });
    }

    fn open_unit(&mut self, text: &[u8], at: usize) {
        self.keep(text, at);
        self.found_in_top = true;
        self.unit_start = Some(at);
        if std::mem::take(&mut self.new_around) {
            self.units.around.push((self.units.all.len(), self.around.as_slice().into()));
        }
    }

    /// Keeps the text around the records up to `at`.
    fn keep(&mut self, text: &[u8], at: usize) {
        let fresh = text.get(self.kept..at).unwrap_or_default();
        // Between two records there is nothing to keep.
        if fresh.len() > 3 && self.around.len() + fresh.len() <= MOST_AROUND {
            self.around.extend_from_slice(fresh);
            self.new_around = true;
        }
        self.kept = at;
    }

    fn close(&mut self, text: &[u8], at: usize) {
        if let Some(start) = self.unit_start {
            self.inner.pop();
            if self.inner.is_empty() {
                self.push(start, at + 1, false);
            }
            return;
        }
        if self.outer.pop().is_none() {
            self.stray = Some(at);
        } else if self.outer.is_empty() {
            if self.found_in_top {
                self.keep(text, at + 1);
            } else {
                // No record where they should be: the whole is one.
                self.units.around.push((self.units.all.len(), Arc::from(&b""[..])));
                self.push(self.top_start, at + 1, false);
            }
            self.new_around = true;
        }
    }

    fn push(&mut self, start: usize, end: usize, stray: bool) {
        self.units.all.push(RecordRange { range: start..end, stray });
        self.unit_start = None;
        self.inner.clear();
        self.kept = end;
    }

    fn string_ended(&mut self, _text: &[u8], end: usize) {
        match self.unit_start {
            // A record that is a string.
            Some(start) if self.inner.is_empty() => self.push(start, end, false),
            Some(_) => {}
            None => self.last_key = Some(self.string_start),
        }
    }

    /// Whether a bracket may open here. A record that was cut off in the middle is followed by one
    /// where none may stand.
    fn legal(&self, text: &[u8], at: usize) -> bool {
        let array = match self.unit_start {
            Some(_) => self.inner.last().copied(),
            None => self.outer.last().map(|level| matches!(level, Level::Array { .. })),
        };
        let Some(array) = array else {
            return true;
        };
        let before = text.get(..at).unwrap_or_default().iter().rev();
        match before.copied().find(|b| !b.is_ascii_whitespace()) {
            Some(b':') => !array,
            Some(b',' | b'[') => array,
            // Begins with the block.
            None => true,
            Some(_) => false,
        }
    }

    /// A value broke off before `at`: what there is of it is stray text.
    fn broken(&mut self, at: usize) -> usize {
        let start =
            self.unit_start.unwrap_or(if self.found_in_top { self.kept } else { self.top_start });
        self.push(start.min(at), at, true);
        self.outer.clear();
        self.in_string = false;
        self.found_in_top = false;
        self.new_around = true;
        at
    }

    fn end(&mut self, text: &[u8]) {
        if let Some(start) = self.stray.take() {
            self.push(start, text.len(), true);
        } else if !self.outer.is_empty() || self.unit_start.is_some() {
            self.broken(text.len());
        }
    }
}

impl Cut for AtJsonRecords {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        self.scan(text);
        let at = if ended {
            self.end(text);
            text.len()
        } else {
            let mut at = self.units.all.last()?.range.end;
            // Up to the end of the line, where nothing else stands on it.
            let rest = text.get(at..).unwrap_or_default();
            at += rest.iter().take_while(|&&b| b == b',' || b == b'\r').count();
            at + usize::from(text.get(at) == Some(&b'\n'))
        };
        self.take(at);
        Some(at)
    }

    fn give_up(&mut self, at: usize) {
        self.units = RecordRanges::default();
        *self = Self { path: self.path, ..Self::new(self.path) };
        self.cut_off = Some(RecordRanges {
            all: vec![RecordRange { range: 0..at, stray: true }],
            around: vec![(0, Arc::from(&b""[..]))],
        });
    }

    fn units(&mut self) -> Option<RecordRanges> {
        self.cut_off.take()
    }
}

impl AtJsonRecords {
    /// Hands over the records found and counts all places from `at`.
    fn take(&mut self, at: usize) {
        // What stands around the next record also holds for the next block.
        let mut next = RecordRanges::default();
        if !self.new_around {
            next.around.extend(self.units.around.last().map(|(_, text)| (0, Arc::clone(text))));
        }
        self.cut_off = Some(std::mem::replace(&mut self.units, next));
        let back = |place: &mut usize| *place = place.saturating_sub(at);
        back(&mut self.scanned);
        back(&mut self.kept);
        back(&mut self.string_start);
        back(&mut self.top_start);
        self.unit_start.as_mut().map(back);
        self.stray.as_mut().map(back);
        self.last_key.as_mut().map(back);
    }
}

#[cfg(test)]
mod tests;
