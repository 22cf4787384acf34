//! Reads the blocks of formats that are CSV: fields may hold line ends and doubled quotes, so
//! records are found by their quotes first, and those with a `|` are parsed by csv-core.

use super::CsvShape;
use crate::body::{Json, RecordId, fields};
use crate::event::{Record, RecordParser};
use crate::options::NamedFields;
use crate::read::Cut;
use csv_core::{ReadRecordResult, Reader};
use std::borrow::Cow;
use std::ops::Range;

/// Which columns hold what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CsvColumns {
    header: Vec<String>,
    /// Of these, the first that is not empty.
    body: Vec<usize>,
    ids: Vec<(usize, ColumnKind)>,
    source: Option<usize>,
    unique: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    RecordId,
    Operation,
    /// JSON that holds an `InvocationId`.
    Dimensions,
}

impl CsvColumns {
    pub(super) fn new(header: &[String], shape: &CsvShape, fields: &NamedFields) -> Self {
        let at = |name: &&str| header.iter().position(|column| column == name);
        let first = |own: &Option<String>, names: &[&str]| match own {
            Some(own) => at(&own.as_str()),
            None => names.iter().find_map(at),
        };
        let all = |names: &[&str], kind| {
            names.iter().filter_map(at).map(move |column| (column, kind)).collect::<Vec<_>>()
        };
        let ids = match &fields.correlation {
            Some(own) => all(&[own.as_str()], ColumnKind::RecordId),
            None => [
                all(shape.id, ColumnKind::RecordId),
                all(shape.dimensions, ColumnKind::Dimensions),
                all(shape.operation, ColumnKind::Operation),
            ]
            .concat(),
        };
        Self {
            header: header.to_vec(),
            body: match &fields.body {
                Some(own) => at(&own.as_str()).into_iter().collect(),
                None => shape.body.iter().filter_map(at).collect(),
            },
            ids,
            source: first(&fields.source, shape.source),
            unique: shape.unique.iter().filter_map(at).collect(),
        }
    }
}

/// The fields of the record that `text` holds.
pub(super) fn fields_of(text: &[u8]) -> Vec<String> {
    let mut fields = Fields::default();
    fields.read(text);
    let all = (0..fields.count).filter_map(|at| fields.get(at));
    all.map(Cow::into_owned).collect()
}

/// The fields of one record after the other, in memory that is used again.
#[derive(Debug)]
struct Fields {
    /// It takes long to build, so that there is one for many records.
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Default for Fields {
    fn default() -> Self {
        Self { reader: Reader::new(), text: Vec::new(), ends: Vec::new(), count: 0 }
    }
}

impl Fields {
    fn read(&mut self, record: &[u8]) {
        self.reader.reset();
        self.text.resize(self.text.len().max(record.len() + 1), 0);
        let most = memchr::memchr_iter(b',', record).count() + 2;
        self.ends.resize(self.ends.len().max(most), 0);
        let (result, read, written, fields) =
            self.reader.read_record(record, &mut self.text, &mut self.ends);
        self.count = fields;
        // Without a line end it does not know that the record is over.
        if result == ReadRecordResult::InputEmpty {
            let rest = record.get(read..).unwrap_or_default();
            let text = self.text.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let before = fields;
            let (_, _, _, more) = self.reader.read_record(rest, text, ends);
            self.count = before + more;
        }
    }

    fn get(&self, at: usize) -> Option<Cow<'_, str>> {
        let end = *self.ends.get(..self.count)?.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.text.get(start.unwrap_or(0)..end).map(String::from_utf8_lossy)
    }
}

/// Reads a block of whole records.
pub(super) fn read(parser: &mut RecordParser<'_>, columns: &CsvColumns) {
    let text = parser.block();
    let mut fields = Fields::default();
    for range in CsvRecords::new(text) {
        let raw = text.get(range.clone()).unwrap_or_default();
        if memchr::memchr(b'|', raw).is_some() {
            fields.read(raw);
            record(parser, columns, range, &fields);
        }
    }
}

fn record(
    parser: &mut RecordParser<'_>,
    columns: &CsvColumns,
    range: Range<usize>,
    values: &Fields,
) {
    // Files that were joined have their headers in the middle.
    let names = columns.header.iter().enumerate();
    if values.count == columns.header.len()
        && names.into_iter().all(|(at, name)| values.get(at).as_deref() == Some(name))
    {
        return;
    }
    let mut bodies = columns.body.iter().filter_map(|at| values.get(*at)).peekable();
    if bodies.peek().is_none() {
        parser.stray(range);
        return;
    }
    let body = bodies.find(|body| !body.is_empty()).unwrap_or_default();
    let mut id = RecordId::default();
    for (at, kind) in &columns.ids {
        let Some(value) = values.get(*at) else { continue };
        let value = value.trim();
        let found = match kind {
            ColumnKind::RecordId => RecordId::invocation(value),
            ColumnKind::Operation => RecordId::trace_path(value),
            ColumnKind::Dimensions => Json::parse(value.as_bytes())
                .map(|json| fields::invocation_in(&json))
                .unwrap_or_default(),
        };
        id = id.or(found.into_owned());
    }
    // Only with all its columns is it one record's.
    let unique: Option<Vec<Cow<'_, str>>> =
        columns.unique.iter().map(|at| values.get(*at).filter(|value| !value.is_empty())).collect();
    let unique = unique.unwrap_or_default().join("\0");
    let source = columns.source.and_then(|at| values.get(at)).unwrap_or_default();
    let (body, source, unique) = (body.as_bytes(), source.as_ref(), unique.as_str());
    parser.record(&Record { raw: range, line: false, body, id, source, unique });
}

/// The records of a text: they end at a line end outside of quotes.
struct CsvRecords<'a> {
    text: &'a [u8],
    start: usize,
}

impl<'a> CsvRecords<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, start: 0 }
    }
}

impl Iterator for CsvRecords<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.start;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let mut quoted = false;
        for at in memchr::memchr2_iter(b'"', b'\n', rest) {
            if rest.get(at) == Some(&b'"') {
                quoted = !quoted;
            } else if !quoted {
                self.start = start + at + 1;
                return Some(start..start + at);
            }
        }
        self.start = self.text.len();
        Some(start..self.text.len())
    }
}

/// Cuts behind the last record.
#[derive(Debug, Default)]
pub(super) struct AtCsvRecords {
    searched: usize,
    quoted: bool,
    last_end: Option<usize>,
}

impl Cut for AtCsvRecords {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        let fresh = text.get(self.searched..).unwrap_or_default();
        for at in memchr::memchr2_iter(b'"', b'\n', fresh) {
            if fresh.get(at) == Some(&b'"') {
                self.quoted = !self.quoted;
            } else if !self.quoted {
                self.last_end = Some(self.searched + at + 1);
            }
        }
        self.searched = text.len();
        let at = if ended { Some(text.len()) } else { self.last_end.take() };
        self.searched -= at.unwrap_or(0);
        at
    }

    fn give_up(&mut self, at: usize) {
        // A quote that was never closed: believe the next line again.
        *self = Self { searched: self.searched.saturating_sub(at), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_hold_anything() {
        assert_eq!(fields_of(b"a,\"b,\n\"\"c\"\"\",d"), ["a", "b,\n\"c\"", "d"]);
        assert_eq!(fields_of(b"a,b\r\n"), ["a", "b"]);
        assert_eq!(fields_of(b""), Vec::<String>::new());
        assert_eq!(fields_of(b",,"), ["", "", ""]);
    }

    #[test]
    fn records_end_outside_of_quotes_only() {
        let text = b"a,b\n\"x\ny\",\"\"\"\n\"\n\nlast";
        let records: Vec<&[u8]> = CsvRecords::new(text).map(|r| &text[r]).collect();
        assert_eq!(records, [&b"a,b"[..], b"\"x\ny\",\"\"\"\n\"", b"", b"last"]);
        for size in 1..text.len() {
            let mut cutter = AtCsvRecords::default();
            let (mut start, mut cuts) = (0, Vec::new());
            for end in (size..text.len()).step_by(size).chain([text.len()]) {
                if let Some(at) = cutter.cut(&text[start..end], end == text.len()) {
                    start += at;
                    cuts.push(start);
                }
            }
            assert!(cuts.iter().all(|c| [4, 16, 17, 21].contains(c)), "{size}: {cuts:?}");
        }
    }
}
