//! `plain`: the app's own text, a record a line, no id and no source but what the app printed.
//!
//! Most lines of a trace log are a statement and nothing else. Such lines are taken one after the
//! other, without looking for where they end; all others are looked at as a whole.

use crate::body;
use crate::event::{Event, LineClass, Parsed, RawEvent, RecordOptions, RecordParser, own_id};
use crate::names::NONE;
use crate::read::Block;
use crate::statement::{Found, PrefixParser, of_unit, scan};
use std::borrow::Cow;

/// Reads a block of lines into `parsed`, which is empty.
pub(super) fn read(block: &Block, options: RecordOptions<'_>, parsed: Parsed) -> Parsed {
    let text = &*block.bytes;
    let mut lines = PlainLines {
        text,
        at: 0,
        number: 1,
        prefixes: PrefixParser::new(options.unit),
        options,
        parsed,
    };
    loop {
        // An id that the user looks for may stand anywhere in a line.
        if options.id_regex.is_none() {
            lines.statements();
        }
        let rest = text.get(lines.at..).unwrap_or_default();
        if rest.is_empty() {
            return lines.parsed;
        }
        // The lines before the one with the next bar, or that one.
        let line_with = |bar: usize| memchr::memchr(b'\n', &rest[bar..]).map(|end| bar + end + 1);
        let (end, has_bar) = match memchr::memchr(b'|', rest) {
            None => (rest.len(), false),
            Some(bar) => match memchr::memrchr(b'\n', &rest[..bar]) {
                Some(before) => (before + 1, false),
                None => (line_with(bar).unwrap_or(rest.len()), true),
            },
        };
        let next = &rest[..end];
        // Then the lines are records with bodies.
        let log_result = options.log_results && body::may_hold_log_result(next);
        if log_result || (has_bar && has_payload(next)) {
            let (at, number) = (lines.at, lines.number);
            let mut parser = RecordParser::from(text, options, lines.parsed, (at, number));
            parser.stray(at..text.len());
            return parser.finish(Vec::new());
        }
        if has_bar {
            lines.line(end);
        } else {
            // The line with the bar may be a statement and nothing else.
            lines.without_bars(end);
        }
    }
}

/// Whether a line with a bar is a record with a body: colours, columns of a runtime, JSON, or what
/// a cheap look takes for the begin of one and is one.
fn has_payload(line: &[u8]) -> bool {
    memchr::memchr3(0x1b, b'\t', b'{', line).is_some()
        || body::may_hold(line) && {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let layer = body::unwrap(line);
            layer.signal.is_some() || layer.body.len() < line.len()
        }
}

/// Where the reading is.
struct PlainLines<'a> {
    text: &'a [u8],
    /// Begin of the current line and its number, from 1.
    at: usize,
    number: u64,
    prefixes: PrefixParser,
    options: RecordOptions<'a>,
    parsed: Parsed,
}

impl PlainLines<'_> {
    /// Takes the lines from here on that are a statement and nothing else.
    fn statements(&mut self) {
        of_unit!(self.options.unit, self.statements_of());
    }

    /// The same for one unit, so that nobody asks for it in each line.
    #[inline(never)]
    fn statements_of<const LENGTH: usize>(&mut self) {
        let Parsed { words, rows, .. } = &mut self.parsed;
        let mut rest = self.text.get(self.at..).unwrap_or_default();
        let mut number = self.number;
        while let Some(prefix) = self.prefixes.read_of::<LENGTH>(rest) {
            let Some(text) = rest.get(prefix.length..) else { break };
            let Some((label, end)) = words.label_of_line(text) else { break };
            let Some(behind) = text.get(end..) else { break };
            rows.push(Event {
                epoch_ns: prefix.epoch_ns,
                utc_offset_minutes: prefix.utc_offset_minutes,
                label,
                correlation_id: NONE,
                trace_id: NONE,
                source: NONE,
                file: 0,
                line: number,
            });
            // There are not so many lines that this could overflow.
            number = number.wrapping_add(1);
            rest = behind;
        }
        self.parsed.add_lines(LineClass::Statement, number - self.number);
        (self.at, self.number) = (self.text.len() - rest.len(), number);
    }

    /// Counts the lines of the next bytes, which hold no bar.
    fn without_bars(&mut self, length: usize) {
        let text = &self.text[self.at..self.at + length];
        self.parsed.has_nul |= memchr::memchr(0, text).is_some();
        let ends = memchr::memchr_iter(b'\n', text).count() as u64;
        let count = ends + u64::from(text.last().is_some_and(|&b| b != b'\n'));
        if std::str::from_utf8(text).is_ok() {
            self.parsed.add_lines(LineClass::Other, count);
        } else {
            text.split_inclusive(|&b| b == b'\n').for_each(|line| {
                self.parsed.add_lines(class_of(line), 1);
            });
        }
        self.at += length;
        self.number += count;
    }

    /// Takes a line of this length, its end included.
    fn line(&mut self, length: usize) {
        let line = &self.text[self.at..self.at + length];
        let (parsed, number) = (&mut self.parsed, self.number);
        parsed.has_nul |= memchr::memchr(0, line).is_some();
        let mut class = class_of(line);
        let mut id: Option<Cow<'_, str>> = None;
        scan(line, self.options.unit, |at, found| match found {
            Found::Statement(statement) => {
                class = LineClass::Statement;
                let correlation_id = match self.options.id_regex {
                    Some(regex) => &**id.get_or_insert_with(|| {
                        own_id(regex, line.strip_suffix(b"\n").unwrap_or(line)).unwrap_or_default()
                    }),
                    None => "",
                };
                parsed.push(&RawEvent { statement, correlation_id, source: "", line: number });
            }
            Found::LookAlike(what) => {
                class = class.max(LineClass::LookAlike);
                parsed.push_look_alike(number, at as u64 + 1, what);
            }
        });
        parsed.add_lines(class, 1);
        self.at += length;
        self.number += 1;
    }
}

/// What a line is in which nothing is found.
fn class_of(line: &[u8]) -> LineClass {
    match std::str::from_utf8(line) {
        Ok(_) => LineClass::Other,
        Err(_) => LineClass::Undecodable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::EpochUnit;
    use proptest::prelude::*;

    proptest! {
        /// Lines are counted and statements found as by the reader that looks at each line.
        #[test]
        fn reads_as_line_by_line(
            pieces in proptest::collection::vec(prop_oneof![
                "160077687014[0-9][+-]0[0-9]00\\|[A-C]{1,3}\r?\n",
                "1600776870140\\+0000\\|[A-Z]{0,40}( trace_id=[a-c])?[ -~]{0,3}\n?",
                "[0-9]{12,14}[+-]?[0-9]{0,4}\\|?[A-C ]?\n",
                "[a-z|{\t\u{1b}]{0,4}\n?|\r|\n|\\PC", Just("\0".to_owned()),
                "2022-04-14 05:20:00 c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 INFO 1650000000000\\+0000\\|[AB]\n",
                "[a-c{ ]{0,2}\"LogResult\": \"MTY1MDAwMDAwMDAwMCswMDAwfEEK\"[|,]\n",
                "(\u{feff}|\\[| ?(START|END) RequestId: [0-9]{6,9} ?)(1650000000000\\+0000)?\\|A\n",
                // In base64: a statement and END with an id, each on a line.
                "x?\"?LogResult\"?: ?\"MTY1MDAwMDAwMDAwMCswMDAwfEEKRU5EIFJlcXVlc3RJZDogci0xMjM0NTY3OAo=\"\n?",
            ], 0..24),
            noise in proptest::collection::vec(any::<u8>(), 0..6),
            place in any::<prop::sample::Index>(),
        ) {
            let mut bytes = pieces.concat().into_bytes();
            let at = place.index(bytes.len() + 1);
            bytes.splice(at..at, noise);
            let options = RecordOptions { unit: EpochUnit::Ms, id_regex: None, rest: LineClass::Other, in_parts: false, log_results: true };
            let mut parser = RecordParser::new(&bytes, options, Parsed::default());
            parser.stray(0..bytes.len());
            let expected = parser.finish(Vec::new());
            let block = Block { bytes: bytes.clone().into(), ..Block::default() };
            let parsed = read(&block, options, Parsed::default());
            prop_assert_eq!(parsed.lines, expected.lines);
            prop_assert_eq!((parsed.first, parsed.last), (expected.first, expected.last));
            prop_assert_eq!(parsed.has_nul, expected.has_nul);
            prop_assert_eq!(&parsed.marks, &expected.marks);
            prop_assert_eq!(format!("{:?}", &parsed.kept), format!("{:?}", &expected.kept));
            prop_assert_eq!(parsed.rows, expected.rows);
        }
    }
}
