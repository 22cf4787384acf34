//! Reads the blocks of formats whose records are JSON values.

mod record_ends;

pub(super) use record_ends::AtJsonRecords;

use super::JsonShape;
use super::parts::Parts;
use super::prefilter::Hits;
use crate::body::{self, Json, RecordId};
use crate::event::{OpenPart, Record, RecordParser};
use crate::options::NamedFields;
use crate::read::{Cut, RecordRange, RecordRanges};
use std::ops::Range;
use std::sync::Arc;

/// Where a record hands on what is in it.
pub(crate) struct Out<'s, 'b> {
    parser: &'s mut RecordParser<'b>,
    parts: &'s mut Parts,
    /// Where the record stands.
    raw: Range<usize>,
    /// The text around the records of its document.
    pub around: &'s [u8],
    /// Whether some of it waits for more.
    waits: bool,
}

impl Out<'_, '_> {
    /// Text with its ids.
    pub(crate) fn record(&mut self, body: &[u8], id: RecordId<'_>, source: &str, unique: &str) {
        let raw = self.raw.clone();
        self.parser.one_of(&Record { raw, line: false, body, id, source, unique }, true);
    }

    /// Text that may be a part of a record.
    pub(crate) fn part(&mut self, body: &[u8], key: &[u8], source: &str, unique: &str, more: bool) {
        if more || self.parts.is_open(key) {
            self.waits = true;
            self.parts.add(self.parser, key, (source, "", unique), body, self.raw.start, more);
        } else if memchr::memchr(b'|', body).is_some() {
            self.record(body, RecordId::default(), source, unique);
        }
    }

    /// A record that waits for more and is shorter than one that was cut is over where the next
    /// text begins with a statement: its end was never printed.
    pub(crate) fn unless_cut(&mut self, key: &[u8], cut_at: usize, next: &[u8]) {
        if self.parts.is_shorter(key, cut_at) && self.parser.begins_with_statement(next) {
            self.parts.end(self.parser, key);
        }
    }

    /// The log of one invocation, in base64.
    pub(crate) fn log_result(&mut self, packed: &str) {
        match body::unpack(packed.as_bytes()) {
            Some(log) => self.parser.log_result(self.raw.start, &log),
            None => self.record(packed.as_bytes(), RecordId::default(), "", ""),
        }
    }

    /// A record that has not the format's form, read as any JSON is: text, id and source by the
    /// names of its fields.
    pub(crate) fn generic(&mut self, record: &Json<'_>) {
        let layer = body::json::layer(record);
        if layer.signal.is_some() {
            // Only the body layer deals with these.
            let text = self.parser.block().get(self.raw.clone()).unwrap_or_default();
            let record = Record { raw: self.raw.clone(), body: text, ..Record::default() };
            self.parser.one_of(&record, false);
        } else {
            let (body, source) = (&layer.body, &layer.source);
            let (raw, id) = (self.raw.clone(), layer.id);
            self.parser.one_of(&Record { raw, body, id, source, ..Record::default() }, false);
        }
    }
}

/// Reads a block whose records the cutter found, or one that is a line each.
pub(super) fn read<'r>(
    parser: &mut RecordParser<'r>,
    shape: &'r JsonShape,
    units: Option<&RecordRanges>,
    fields: &'r NamedFields,
    carry: Vec<OpenPart>,
) -> Vec<OpenPart> {
    let text = parser.block();
    let mut parts = Parts::new(carry);
    let found;
    let in_document = units.is_some();
    let units = if let Some(units) = units {
        units
    } else {
        found = by_line(text).unwrap_or_else(|| AtJsonRecords::of(text, shape.path));
        &found
    };
    let nothing = Arc::from(&b""[..]);
    let hits = Hits::of_json(text);
    let valid = std::str::from_utf8(text).ok();
    let mut reader = JsonReader { shape, fields, in_document, hits, valid, nothing };
    let mut around = units.around.iter().peekable();
    let mut current = Arc::clone(&reader.nothing);
    let mut end = 0;
    for (index, unit) in units.all.iter().enumerate() {
        while let Some((_, text)) = around.next_if(|(first, _)| *first <= index) {
            current = Arc::clone(text);
        }
        if unit.range.start > end {
            parser.frame(end..unit.range.start);
        }
        end = unit.range.end;
        reader.unit(parser, &mut parts, unit, &current);
    }
    if end < text.len() {
        parser.frame(end..text.len());
    }
    parts.rest()
}

/// The records of a text that holds one a line; none if any line is something else.
fn by_line(text: &[u8]) -> Option<RecordRanges> {
    let mut units = RecordRanges::default();
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |end| start + end);
        let line = text[start..end].trim_ascii();
        match line {
            [] => {}
            // Two values on a line would also begin and end so; the parser tells them apart.
            [b'{', .., b'}'] => units.all.push(RecordRange { range: start..end, stray: false }),
            _ => return None,
        }
        start = end + 1;
    }
    Some(units)
}

struct JsonReader<'r> {
    shape: &'r JsonShape,
    fields: &'r NamedFields,
    /// Whether records span lines, so that those without a statement have to be counted.
    in_document: bool,
    hits: Hits<'r>,
    /// The block, if it is UTF-8.
    valid: Option<&'r str>,
    nothing: Arc<[u8]>,
}

impl<'r> JsonReader<'r> {
    fn unit(
        &mut self,
        parser: &mut RecordParser<'r>,
        parts: &mut Parts,
        unit: &RecordRange,
        around: &[u8],
    ) {
        if unit.stray {
            parser.stray(unit.range.clone());
            return;
        }
        let raw = parser.block().get(unit.range.clone()).unwrap_or_default();
        // A record that waits for more may get it from one that looks like nothing.
        let wanted = self.interesting(&unit.range) || parts.any_open() || (self.shape.encoded)(raw);
        if !wanted {
            if self.in_document {
                parser.nothing(unit.range.start);
            }
            return;
        }
        let valid = self.valid.and_then(|text| text.get(unit.range.clone()));
        let (decoded, mended);
        let parsed = if let Some(text) = valid {
            Json::parse_text(text.trim_ascii())
        } else {
            decoded = body::json::decode(raw);
            Json::parse(decoded.trim_ascii())
        };
        let json = if let Some(json) = parsed {
            json
        } else {
            let decoded = body::json::decode(raw);
            mended = body::repair(decoded.trim_ascii()).unwrap_or_default();
            let Some(json) = Json::parse(&mended) else {
                self.broken(parser, parts, unit, raw);
                return;
            };
            json
        };
        let before = parser.found();
        let mut out = Out { parser, parts, raw: unit.range.clone(), around, waits: false };
        if self.fields.any() {
            self.fields.read(&json, &mut out);
        } else {
            (self.shape.read)(&json, &mut out);
        }
        if !out.waits {
            parser.explained(unit.range.clone(), before);
        }
    }

    /// What is no JSON after all may be several values on one line, or text.
    fn broken(
        &mut self,
        parser: &mut RecordParser<'r>,
        parts: &mut Parts,
        unit: &RecordRange,
        raw: &[u8],
    ) {
        let inner = AtJsonRecords::of(raw, self.shape.path);
        if inner.all.len() < 2 {
            parser.stray(unit.range.clone());
            return;
        }
        for part in inner.all {
            let range = unit.range.start + part.range.start..unit.range.start + part.range.end;
            let text = raw.get(part.range.clone()).unwrap_or_default();
            if part.stray || Json::parse(text).is_none() {
                parser.stray(range);
            } else {
                self.hits = Hits::of_json(parser.block());
                let nothing = Arc::clone(&self.nothing);
                self.unit(parser, parts, &RecordRange { range, stray: false }, &nothing);
            }
        }
    }

    fn interesting(&mut self, range: &Range<usize>) -> bool {
        self.hits.next(range.start).is_some_and(|hit| hit < range.end)
    }
}

/// Cuts a text that holds a JSON value a line.
#[derive(Debug, Default)]
pub(super) struct AtValues;

impl Cut for AtValues {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        if ended {
            return Some(text.len());
        }
        // A value may go on in the next line: cut where one ends and another begins.
        let mut end = text.len();
        while let Some(at) = memchr::memrchr(b'\n', text.get(..end)?) {
            let before = text.get(..at)?.trim_ascii_end().last();
            if before == Some(&b'}') && text.get(at + 1).is_none_or(|&b| b == b'{' || b == 0x1e) {
                return Some(at + 1);
            }
            end = at;
        }
        None
    }
}
