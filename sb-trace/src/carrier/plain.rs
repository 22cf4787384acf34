//! `plain`: the app's own text, a record a line, no id and no source but what the app printed.

use crate::event::{How, LineClass, Parsed, RawEvent, Sink};
use crate::options::ID_GROUP;
use crate::read::Block;
use crate::statement::{Found, scan};
use regex::bytes::Regex;
use std::borrow::Cow;

/// Reads a block of lines.
pub(super) fn read(block: &Block, how: How<'_>) -> Parsed {
    let text = &block.bytes;
    // Colours, columns of a runtime or JSON: then lines are looked at one by one.
    if memchr::memchr3(0x1b, b'\t', b'{', text).is_some() {
        let mut sink = Sink::new(text, how);
        sink.stray(0..text.len());
        return sink.finish(Vec::new());
    }
    let mut parsed = Parsed::default();
    let mut lines = Lines::new(text);
    scan(text, how.unit, |at, found| {
        lines.go_to(at, &mut parsed);
        match found {
            Found::Statement(statement) => {
                lines.class = LineClass::Statement;
                let line = lines.number;
                let correlation_id = how.id_regex.map_or("", |regex| lines.id(regex));
                parsed.push(&RawEvent { statement, correlation_id, source: "", line });
            }
            Found::LookAlike(what) => {
                lines.class = lines.class.max(LineClass::LookAlike);
                parsed.push_look_alike(lines.number, (at - lines.start + 1) as u64, what);
            }
        }
    });
    lines.finish(&mut parsed);
    parsed.has_nul = memchr::memchr(0, text).is_some();
    parsed
}

/// Where the scan is: counts the lines it passes, each in the class of what was found in it.
struct Lines<'a> {
    text: &'a [u8],
    /// Whether the text holds bytes that are no UTF-8 anywhere: then lines are looked at one by one.
    valid: bool,
    /// Begin of the current line and its number, from 1.
    start: usize,
    number: u64,
    class: LineClass,
    /// Up to here the line goes on: a line of gigabytes is searched once, not for each statement.
    searched: usize,
    /// The id that the user's own pattern found in the line.
    id: Option<Cow<'a, str>>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            valid: std::str::from_utf8(text).is_ok(),
            start: 0,
            number: 1,
            class: LineClass::Other,
            searched: 0,
            id: None,
        }
    }

    /// Makes the line that holds the byte `at` the current one.
    fn go_to(&mut self, at: usize, parsed: &mut Parsed) {
        loop {
            let from = self.start.max(self.searched);
            let Some(end) = memchr::memchr(b'\n', &self.text[from..at]) else {
                self.searched = at;
                return;
            };
            self.next(from + end + 1, parsed);
            if self.valid {
                // Nothing was found in the lines between here and `at`: count them at once.
                let Some(last) = memchr::memrchr(b'\n', &self.text[self.start..at]) else {
                    return;
                };
                let between = memchr::memchr_iter(b'\n', &self.text[self.start..=self.start + last])
                    .count() as u64;
                parsed.add_lines(LineClass::Other, between);
                self.number += between;
                self.start += last + 1;
                self.searched = at;
                return;
            }
        }
    }

    /// Ends the current line; the next begins at `start`.
    fn next(&mut self, start: usize, parsed: &mut Parsed) {
        let line = &self.text[self.start..start];
        if self.class == LineClass::Other && !self.valid && std::str::from_utf8(line).is_err() {
            self.class = LineClass::Undecodable;
        }
        parsed.add_lines(std::mem::replace(&mut self.class, LineClass::Other), 1);
        self.start = start;
        self.number += 1;
        self.id = None;
    }

    /// What the user's own pattern finds in the current line.
    fn id(&mut self, regex: &Regex) -> &str {
        let rest = &self.text[self.start..];
        self.id.get_or_insert_with(|| {
            let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
            let found = regex.captures(line).and_then(|c| c.name(ID_GROUP));
            found.map_or(Cow::Borrowed(""), |id| String::from_utf8_lossy(id.as_bytes()))
        })
    }

    fn finish(mut self, parsed: &mut Parsed) {
        let end = self.text.len();
        self.go_to(end, parsed);
        if self.start < end {
            self.next(end, parsed);
        }
    }
}
