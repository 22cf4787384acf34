//! Records -> events: takes the bodies off a record, finds its statements, and counts its lines.

use super::line_numbers::LineNumbers;
use super::parsed::{Change, LineClass, Mark, OpenPart, Parsed, RawEvent};
use super::raw::{looks_like_a_statement, offset_in, own_id};
use super::record::{Record, RecordOptions};
use crate::body::{self, Layer, RecordId, Signal};
use crate::names::Name;
use crate::statement::{Found, Prefix, PrefixParser, Statement, label, parse, scan};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// So many digits tell one epoch from another.
const DIGITS_SHOWN: usize = 10;

/// Takes the records of one block.
#[derive(Debug)]
pub(crate) struct RecordParser<'b> {
    pub(super) block: &'b [u8],
    pub(super) options: RecordOptions<'b>,
    pub(super) parsed: Parsed,
    pub(super) prefixes: PrefixParser,
    /// Where it begins in the block, and the number (from 1) of the line there.
    pub(super) from: (usize, u64),
    pub(super) places: LineNumbers<'b>,
    /// Where only bytes stand that were looked at one by one: text, and no NUL.
    pub(super) sound: Vec<Range<usize>>,
    /// Whether there are any colours in the block.
    coloured: bool,
    /// Lines that are not what the rest is: the first, their class, and how many such lines follow one
    /// another, of which nothing else is told.
    pub(super) classes: Vec<(u64, LineClass, u32)>,
    /// For each row, where it begins, if records may come in parts.
    order: Vec<i64>,
}

impl<'b> RecordParser<'b> {
    /// `parsed` is empty; its memory is used again.
    pub(crate) fn new(block: &'b [u8], options: RecordOptions<'b>, parsed: Parsed) -> Self {
        Self::from(block, options, parsed, (0, 1))
    }

    /// For what follows a place where a line begins, the number of which is known; `parsed` holds
    /// what stands before it.
    pub(crate) fn from(
        block: &'b [u8],
        options: RecordOptions<'b>,
        parsed: Parsed,
        from: (usize, u64),
    ) -> Self {
        Self {
            block,
            options,
            parsed,
            prefixes: PrefixParser::new(options.unit),
            from,
            places: LineNumbers::new(block, from),
            sound: Vec::new(),
            coloured: memchr::memchr(0x1b, block.get(from.0..).unwrap_or_default()).is_some(),
            classes: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Whether there are any colours in the block.
    pub(crate) fn is_coloured(&self) -> bool {
        self.coloured
    }

    /// The block's text.
    pub(crate) fn block(&self) -> &'b [u8] {
        self.block
    }

    /// A record of the format's.
    pub(crate) fn record(&mut self, record: &Record<'_>) {
        let before = self.found();
        self.one_of(record, true);
        self.explained(record.raw.clone(), before);
    }

    /// One of several records that stand at the same place, whose raw text is not its own alone;
    /// whether it has the format's form.
    pub(crate) fn one_of(&mut self, record: &Record<'_>, of_form: bool) {
        self.parsed.records += u64::from(of_form);
        self.take(record, None);
    }

    /// A record that is one of Lambda's own lines and nothing else.
    pub(crate) fn signal_line(&mut self, at: usize, signal: &Signal<'_>, source: &str) {
        self.parsed.records += 1;
        let line = self.places.of_line(at);
        let source = self.parsed.words.source(source);
        self.signal(signal, source, line);
    }

    /// How much was found so far.
    pub(crate) fn found(&self) -> u64 {
        self.parsed.look_alikes + self.parsed.rows.len() as u64
    }

    /// All records of a place were handed on: if nothing was found in them, nothing may look like
    /// a statement there.
    pub(crate) fn explained(&mut self, raw: Range<usize>, before: u64) {
        if self.found() == before {
            self.frame(raw);
        }
    }

    /// A record at this place was looked at and holds nothing.
    pub(crate) fn nothing(&mut self, at: usize) {
        let line = self.line(at);
        self.classes.push((line, LineClass::Other, 1));
    }

    /// The user's pattern must match all lines, and does not match this one.
    pub(crate) fn unmatched(&mut self, at: usize) {
        let line = self.line(at);
        self.parsed.unmatched.get_or_insert(line);
    }

    /// Text that the format does not explain: scanned as it is, so that nothing is lost.
    pub(crate) fn stray(&mut self, raw: Range<usize>) {
        let mut start = raw.start;
        let text = self.block.get(raw.clone()).unwrap_or_default();
        if self.options.log_results && body::may_hold_log_result(text) {
            for line in text.split_inclusive(|&b| b == b'\n') {
                match body::log_result(line) {
                    Some(log) => self.log_result(start, &log),
                    None => self.stray_lines(start..start + line.len()),
                }
                start += line.len();
            }
        } else {
            self.stray_lines(raw);
        }
    }

    /// The log of one invocation, which stood at this place in another form.
    pub(crate) fn log_result(&mut self, at: usize, log: &[u8]) {
        let id = body::request_in(log).unwrap_or_default();
        for line in log.split(|&b| b == b'\n').filter(|line| line.contains(&b'|')) {
            let id = RecordId::invocation(id);
            self.take(&Record { raw: at..at, body: line, id, ..Record::default() }, None);
        }
    }

    fn stray_lines(&mut self, raw: Range<usize>) {
        let mut start = raw.start;
        while let Some(rest) = self.block.get(start..raw.end).filter(|rest| !rest.is_empty()) {
            let Some(bar) = memchr::memchr(b'|', rest) else {
                return;
            };
            let head = rest.get(..bar).unwrap_or_default();
            let line = start + memchr::memrchr(b'\n', head).map_or(0, |end| end + 1);
            let end = memchr::memchr(b'\n', rest.get(bar..).unwrap_or_default());
            let end = end.map_or(raw.end, |end| start + bar + end);
            let body = self.block.get(line..end).unwrap_or_default();
            self.take(&Record { raw: line..end, body, ..Record::default() }, None);
            start = end + 1;
        }
    }

    /// A record that came in parts, the last of them in this block.
    pub(crate) fn joined(&mut self, part: &OpenPart) {
        self.parsed.records += 1;
        let (source, unique) = (&part.source, &part.unique);
        let id = RecordId::invocation(part.id.as_str());
        let record = Record { body: &part.text, id, source, unique, ..Record::default() };
        self.take(&record, Some(part));
    }

    /// Text between records: it holds no statement, or the format was taken for another.
    pub(crate) fn frame(&mut self, raw: Range<usize>) {
        let text = self.block.get(raw.clone()).unwrap_or_default();
        self.check_lost(text, raw.start);
    }

    /// The line of a place, from 1.
    pub(crate) fn line(&mut self, at: usize) -> u64 {
        self.places.of_record(at)
    }

    fn take(&mut self, record: &Record<'_>, part: Option<&OpenPart>) {
        let line = match part {
            Some(part) => part.line.cast_unsigned(),
            None if record.line => self.places.of_line(record.raw.start),
            None => self.line(record.raw.start),
        };
        let coloured = self.coloured || offset_in(self.block, record.body).is_none();
        let coloured = coloured && memchr::memchr(0x1b, record.body).is_some();
        let layer = if body::may_hold(record.body) || coloured {
            body::unwrap(record.body)
        } else {
            Layer { body: Cow::Borrowed(record.body), ..Layer::default() }
        };
        let source = if record.source.is_empty() { &layer.source } else { record.source };
        if let Some(signal) = &layer.signal {
            let source = self.parsed.words.source(source);
            self.signal(signal, source, line);
        }
        let mut id = record.id.clone().or(layer.id.clone()).text;
        if let Some(own) = self.options.id_regex.and_then(|regex| own_id(regex, record.body)) {
            id = own;
        }
        let body: &[u8] = &layer.body;
        let within = offset_in(record.body, body);
        let in_block = offset_in(self.block, body);
        let alone = self.alone(body.trim_ascii_end());
        let unit = self.options.unit;
        let mut ordinal = 0u32;
        let mut take = |at: usize, found: Found<'_>| {
            let begin = in_block.map(|offset| offset + at);
            let (own_line, column) = match begin {
                Some(begin) if record.line => (line, (begin - record.raw.start + 1) as u64),
                Some(begin) => self.places.of_found(begin),
                None => (line, 1),
            };
            match found {
                Found::Statement(statement) => {
                    self.classes.push((own_line, LineClass::Statement, 1));
                    // Where a body was decoded, the place is that of the same digits.
                    let same = || {
                        let digits = body.get(at..at + DIGITS_SHOWN)?;
                        memchr::memmem::find(record.body, digits)
                    };
                    let place = || within.map(|within| within + at).or_else(same);
                    self.order(part, place, record.raw.start);
                    if !record.unique.is_empty() {
                        let mut hasher = DefaultHasher::new();
                        (record.unique, ordinal).hash(&mut hasher);
                        self.parsed.unique.resize(self.parsed.rows.len(), 0);
                        self.parsed.unique.push(hasher.finish());
                    }
                    ordinal += 1;
                    self.parsed.push(&RawEvent { statement, correlation_id: &id, source, line });
                }
                Found::LookAlike(what) => {
                    self.classes.push((own_line, LineClass::LookAlike, 1));
                    self.parsed.push_look_alike(own_line, column, what);
                }
            }
        };
        // Most records hold one statement and nothing else.
        match alone {
            Some(statement) => take(0, Found::Statement(statement)),
            None => scan(body, unit, take),
        }
    }

    /// Whether a text begins with a statement.
    pub(crate) fn begins_with_statement(&self, text: &[u8]) -> bool {
        parse(text, self.options.unit).is_ok()
    }

    /// The statement that a text is, if it is nothing else.
    fn alone<'a>(&mut self, text: &'a [u8]) -> Option<Statement<'a>> {
        let Prefix { epoch_ns, utc_offset_minutes, length } = self.prefixes.read(text)?;
        let rest = text.get(length..)?;
        let label = if self.parsed.words.guessed_whole(rest).is_some() {
            std::str::from_utf8(rest).ok()?
        } else {
            let (rest, label) = label(rest).ok()?;
            rest.is_empty().then_some(label)?
        };
        Some(Statement { epoch_ns, utc_offset_minutes, label, trace_id: None })
    }

    /// Remembers where a row begins, if rows have to be put in order.
    pub(super) fn order(
        &mut self,
        part: Option<&OpenPart>,
        at: impl FnOnce() -> Option<usize>,
        begin: usize,
    ) {
        if !self.options.in_parts {
            return;
        }
        let place = |offset: usize| i64::try_from(offset).unwrap_or(i64::MAX);
        self.order.push(match part {
            None => place(begin),
            Some(part) => {
                let at = at().unwrap_or(0);
                let of_part = part.parts.iter().rev().find(|(text_at, _)| *text_at <= at);
                of_part.map_or(part.start, |(text_at, raw)| raw.saturating_add(place(at - text_at)))
            }
        });
    }

    pub(super) fn signal(&mut self, signal: &Signal<'_>, source: Name, line: u64) {
        self.classes.push((line, LineClass::Format, 1));
        let mut name = |id: &str| self.parsed.ids.add_bytes(id.as_bytes()).unwrap_or_default();
        let what = match signal {
            Signal::Init => Change::Init,
            Signal::Start { id, sequential } => {
                Change::Start { id: name(id), sequential: *sequential }
            }
            Signal::End { id } => Change::End { id: name(id) },
            Signal::Report { id, cold } => Change::Report { id: name(id), cold: *cold },
            Signal::Other => return,
        };
        self.parsed.marks.push(Mark { row: self.parsed.rows.len(), source, what });
    }

    fn check_lost(&mut self, raw: &[u8], at: usize) {
        if looks_like_a_statement(raw) {
            if self.parsed.lost == 0 {
                self.parsed.lost_at = self.line(at);
            }
            self.parsed.lost += 1;
        }
    }

    /// What the block holds. Records that are not over are handed on to the next.
    pub(crate) fn finish(mut self, mut open: Vec<OpenPart>) -> Parsed {
        let text = self.block.get(self.from.0..).unwrap_or_default();
        let lines = self.places.line_ends();
        let whole = lines + u64::from(text.last().is_some_and(|&b| b != b'\n'));
        self.count_lines(text, whole);
        if !self.parsed.unique.is_empty() {
            self.parsed.unique.resize(self.parsed.rows.len(), 0);
        }
        if !self.order.is_sorted() {
            self.sort_rows();
        }
        let length = i64::try_from(self.block.len()).unwrap_or(i64::MAX);
        for part in &mut open {
            part.line -= lines.cast_signed();
            part.start -= length;
            part.parts.iter_mut().for_each(|(_, at)| *at -= length);
        }
        self.parsed.open = open;
        self.parsed
    }

    fn sort_rows(&mut self) {
        let mut places: Vec<usize> = (0..self.parsed.rows.len()).collect();
        places.sort_by_key(|&place| self.order.get(place).copied());
        let rows = &self.parsed.rows;
        let sorted = places.iter().filter_map(|&place| rows.get(place).copied()).collect();
        let unique = &self.parsed.unique;
        let unique = places.iter().filter_map(|&place| unique.get(place).copied()).collect();
        self.parsed.rows = sorted;
        self.parsed.unique = unique;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::EpochUnit;

    const HOW: RecordOptions<'static> = RecordOptions {
        unit: EpochUnit::Ms,
        id_regex: None,
        rest: LineClass::Format,
        in_parts: false,
        log_results: true,
    };

    #[test]
    fn lines_are_counted_once_and_in_their_greatest_class() {
        let block = b"{\n1600776870140+0000|A 1600776870140|B\n\xff\n1600776870140|B\n}\n";
        let mut parser = RecordParser::new(block, HOW, Parsed::default());
        parser.stray(2..block.len());
        let parsed = parser.finish(Vec::new());
        // Format, other, undecodable, look-alike, statement.
        assert_eq!(parsed.lines, [2, 0, 1, 1, 1]);
        assert_eq!((parsed.rows.len(), parsed.look_alikes, parsed.records), (1, 2, 0));
        assert_eq!((parsed.rows[0].line, parsed.kept[1].line, parsed.kept[1].column), (2, 4, 1));
    }

    #[test]
    fn what_the_records_do_not_hold_is_told() {
        let block = b"{\"k1600776870140+0000|A\":1}";
        let mut parser = RecordParser::new(block, HOW, Parsed::default());
        parser.record(&Record { raw: 0..block.len(), body: b"nothing", ..Record::default() });
        let parsed = parser.finish(Vec::new());
        assert_eq!((parsed.rows.len(), parsed.lost, parsed.lost_at), (0, 1, 1));
        assert!(!looks_like_a_statement(b"1600776870140|A +0000|A 600776870140+0000|A"));
    }
}
