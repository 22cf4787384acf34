//! Lines that belong to the header above them: each is a record of its own with what that says.

use super::Line;
use super::lines::{Opener, bare};
use crate::body::{RecordId, ansi};
use crate::event::{FastLines, Record, RecordParser};
use std::borrow::Cow;
use std::ops::Range;

/// Takes lines below headers.
pub(super) struct Below<'b, 'o> {
    text: &'b [u8],
    opener: Opener<'o>,
    /// Whether there are colours, without which a header is taken apart where it stands.
    coloured: bool,
    /// What the last header said.
    id: RecordId<'b>,
    source: Cow<'b, str>,
}

impl<'b, 'o> Below<'b, 'o> {
    pub(super) fn new(text: &'b [u8], opener: Opener<'o>, coloured: bool) -> Self {
        Self { text, opener, coloured, id: RecordId::default(), source: Cow::Borrowed("") }
    }

    /// Takes a line and those that follow it, as far as their form is the usual one; returns where
    /// the next search begins. `floor`: up to here all headers are known.
    pub(super) fn take(
        &mut self,
        parser: &mut RecordParser<'_>,
        hit: Range<usize>,
        floor: usize,
        text_of: for<'a> fn(&'a [u8]) -> Cow<'a, [u8]>,
    ) -> usize {
        self.look_above(hit.clone(), floor);
        let (id, source) = (&*self.id.text, &*self.source);
        if let Some(fast) = self.opener.fast {
            let end = parser.fast(hit.start, FastLines { above: (id, source), ..fast });
            if end > hit.start {
                return end;
            }
        }
        let own = ansi::strip(bare(&self.text[hit.clone()]));
        parser.record(&Record {
            raw: hit.clone(),
            line: true,
            body: &text_of(&own),
            id: self.id.clone(),
            source,
            unique: "",
        });
        (hit.end + 1).min(self.text.len())
    }

    /// Looks for the header of a line.
    fn look_above(&mut self, mut line: Range<usize>, floor: usize) {
        loop {
            let header = bare(&self.text[line.clone()]);
            if self.coloured {
                if let Some(Line { id, source, .. }) = self.opener.open(&ansi::strip(header)) {
                    let (id, source) = (id.into_owned(), source.into_owned());
                    (self.id, self.source) = (id, Cow::Owned(source));
                    return;
                }
            } else if let Some(Line { id, source, .. }) = self.opener.open(header) {
                (self.id, self.source) = (id, source);
                return;
            }
            if line.start <= floor {
                return;
            }
            // The line above ends where this one begins.
            let end = line.start - 1;
            let above = memchr::memrchr(b'\n', &self.text[floor..end]);
            line = above.map_or(floor, |before| floor + before + 1)..end;
        }
    }
}
