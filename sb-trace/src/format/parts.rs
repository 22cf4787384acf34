//! Records that a collector cut in parts, joined again. stdout and stderr (or several containers)
//! may alternate, so there is one open record for each key.

use crate::event::{OpenPart, RecordParser};

/// A record is not joined beyond this, and no more than so many at a time.
const LONGEST: usize = 1 << 20;
const MOST_OPEN: usize = 100;

/// The records that are not over yet.
#[derive(Debug)]
pub(super) struct Parts {
    open: Vec<OpenPart>,
}

impl Parts {
    pub(super) fn new(carry: Vec<OpenPart>) -> Self {
        Self { open: carry }
    }

    /// Whether a record with this key waits for more.
    pub(super) fn is_open(&self, key: &[u8]) -> bool {
        self.open.iter().any(|part| part.key == key)
    }

    /// Whether any record waits for more.
    pub(super) fn any_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// A part of a record, at a place of the block; the last one hands the record on.
    pub(super) fn add(
        &mut self,
        parser: &mut RecordParser<'_>,
        key: &[u8],
        (source, id, unique): (&str, &str, &str),
        text: &[u8],
        at: usize,
        more: bool,
    ) {
        let start = i64::try_from(at).unwrap_or(i64::MAX);
        let known = self.open.iter().position(|part| part.key == key);
        let place = known.unwrap_or_else(|| {
            if self.open.len() >= MOST_OPEN {
                let oldest = self.open.remove(0);
                parser.joined(&oldest);
            }
            self.open.push(OpenPart {
                key: key.to_vec(),
                source: source.to_owned(),
                id: id.to_owned(),
                unique: unique.to_owned(),
                line: parser.line(at).cast_signed(),
                start,
                ..OpenPart::default()
            });
            self.open.len() - 1
        });
        let part = &mut self.open[place];
        part.parts.push((part.text.len(), start));
        part.text.extend_from_slice(text);
        if !more || part.text.len() > LONGEST {
            let whole = self.open.remove(place);
            parser.joined(&whole);
        }
    }

    /// Whether a record with this key waits for more and is shorter than that.
    pub(super) fn is_shorter(&self, key: &[u8], length: usize) -> bool {
        self.open.iter().any(|part| part.key == key && part.text.len() < length)
    }

    /// Nothing more comes of the record with this key.
    pub(super) fn end(&mut self, parser: &mut RecordParser<'_>, key: &[u8]) {
        if let Some(place) = self.open.iter().position(|part| part.key == key) {
            let whole = self.open.remove(place);
            parser.joined(&whole);
        }
    }

    /// What is still open.
    pub(super) fn rest(self) -> Vec<OpenPart> {
        self.open
    }
}

/// The end of the input: what is open is as long as it will ever be.
pub(crate) fn flush(open: &[OpenPart], parser: &mut RecordParser<'_>) {
    for part in open {
        parser.joined(part);
    }
}
