//! Events with a key as few bytes: numbers are written as differences in as many bytes as they need,
//! and a UUID as its sixteen.
//!
//! ```text
//! fragment = size key ( 0 | 1 run clock record ) place *( lengths label row time )
//! size     = 4 bytes: how many follow
//! key      = 0 16 bytes | length + 1 bytes
//! lengths  = 1 byte: how many bytes the three numbers behind it have
//! ```
//!
//! Place and first time are differences to those of the first of their chunk, time and row of an
//! event to those of the event before. Run, clock and record are left out where they are those of the
//! first.

use super::bytes::{LONGEST, LONGEST_THREE, Reader, Writer, signed, small, unsigned};
use crate::event::Key;
use crate::names::Name;
use crate::tally::ROW_BITS;
use crate::uuid::Uuid;

/// What the events of a fragment have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::tally) struct Of {
    pub run: u32,
    /// What stamped the events: a source, or a file where the log names none.
    pub clock: u32,
    /// By which the log may say how an invocation started.
    pub record: Record,
    /// Place of its block in the log.
    pub place: u64,
}

/// The id on the record of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::tally) enum Record {
    /// The key itself.
    #[default]
    Key,
    /// This one, or none.
    Name(Name),
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// In units of the clock.
    pub time: i64,
    pub label: Name,
    /// Its row in the block.
    pub row: u32,
}

/// Memory is taken in pieces of this size.
const CHUNK: usize = 32 << 10;

/// So many bytes say how long a fragment is.
const SIZE: usize = size_of::<u32>();

/// Fragments, one after the other.
#[derive(Debug, Default)]
pub(super) struct Stream {
    full: Vec<Chunk>,
    /// The one that is written.
    open: Chunk,
    /// How many fragments there are.
    length: usize,
}

/// Some fragments.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// How many of them are written; some more follow, so that whole words can be read.
    used: usize,
    /// Of the first: what its events have in common, and its first time.
    first: (Of, i64),
}

/// Where a fragment stands in its stream: its chunk, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    chunk: u32,
    byte: u32,
}

impl Stream {
    /// Adds a fragment of some events.
    pub(super) fn add(
        &mut self,
        key: Key<'_>,
        of: &Of,
        items: impl ExactSizeIterator<Item = Item> + Clone,
    ) {
        self.length += 1;
        let text = match key {
            Key::Uuid(_) => 0,
            Key::Text(text) => text.len(),
        };
        let most = text + LONGEST * 8 + LONGEST_THREE * items.len();
        if self.open.bytes.len() - self.open.used < most {
            let time = items.clone().next().map_or(0, |first| first.time);
            let next = Chunk { bytes: vec![0; CHUNK.max(most)], used: 0, first: (*of, time) };
            self.full.push(std::mem::replace(&mut self.open, next));
        }
        let Chunk { bytes, used, first } = &mut self.open;
        let begin = *used;
        let mut out = Writer { bytes, at: begin + SIZE };
        match key {
            Key::Uuid(uuid) => {
                out.text(&[0]);
                out.text(&uuid.to_bytes());
            }
            Key::Text(text) => {
                out.number(text.len() as u64 + 1);
                out.text(text);
            }
        }
        let (first, mut time) = *first;
        if *of == (Of { place: of.place, ..first }) {
            out.text(&[0]);
        } else {
            out.text(&[1]);
            out.number(of.run.into());
            // A file's number comes with its highest bit set.
            out.number(of.clock.rotate_left(1).into());
            out.number(match of.record {
                Record::Key => 0,
                Record::Name(name) => u64::from(name) + 1,
            });
        }
        out.number(of.place.wrapping_sub(first.place).rotate_right(ROW_BITS));
        let mut row = 0u32;
        for item in items {
            let step = item.time.wrapping_sub(time);
            out.three([item.label, item.row.wrapping_sub(row)], unsigned(step));
            (time, row) = (item.time, item.row);
        }
        *used = out.at;
        let size = u32::try_from(*used - begin - SIZE).unwrap_or(u32::MAX);
        bytes[begin..begin + SIZE].copy_from_slice(&size.to_le_bytes());
    }

    /// How many fragments there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// All fragments: their runs and keys, and where they stand.
    pub(super) fn fragments(&self) -> impl Iterator<Item = (u32, Key<'_>, At)> {
        (0u32..).zip(self.full.iter().chain([&self.open])).flat_map(|(number, chunk)| {
            let mut at = 0;
            std::iter::from_fn(move || {
                let here = At { chunk: number, byte: small(at as u64) };
                let mut from = chunk.fragment(at)?;
                at = from.end;
                let key = key(&mut from);
                let own = from.number() != 0;
                let run = if own { small(from.number()) } else { chunk.first.0.run };
                Some((run, key, here))
            })
        })
    }

    /// What stands in a fragment.
    pub(super) fn read(&self, at: At) -> Option<(Of, Items<'_>)> {
        let chunk = self.full.get(at.chunk as usize).unwrap_or(&self.open);
        let mut from = chunk.fragment(at.byte as usize)?;
        key(&mut from);
        let (first, time) = chunk.first;
        let mut of = first;
        if from.number() != 0 {
            of.run = small(from.number());
            of.clock = small(from.number()).rotate_right(1);
            of.record = match from.number() {
                0 => Record::Key,
                name => Record::Name(small(name - 1)),
            };
        }
        of.place = first.place.wrapping_add(from.number().rotate_left(ROW_BITS));
        Some((of, Items { from, time, row: 0 }))
    }
}

impl Chunk {
    /// The fragment at a place.
    #[inline]
    fn fragment(&self, at: usize) -> Option<Reader<'_>> {
        let size = self.bytes.get(at..self.used)?.first_chunk()?;
        let at = at + SIZE;
        Some(Reader { bytes: &self.bytes, at, end: at + u32::from_le_bytes(*size) as usize })
    }
}

/// The events of a fragment.
#[derive(Debug)]
pub(super) struct Items<'a> {
    from: Reader<'a>,
    time: i64,
    row: u32,
}

impl Iterator for Items<'_> {
    type Item = Item;

    #[inline]
    fn next(&mut self) -> Option<Item> {
        if self.from.is_over() {
            return None;
        }
        let ([label, rows], step) = self.from.three();
        self.time = self.time.wrapping_add(signed(step));
        self.row = self.row.wrapping_add(rows);
        Some(Item { time: self.time, label, row: self.row })
    }
}

/// The key that a fragment begins with.
#[inline]
fn key<'a>(from: &mut Reader<'a>) -> Key<'a> {
    match usize::try_from(from.number()).unwrap_or(usize::MAX) {
        0 => Key::Uuid(Uuid::from_bytes(from.chunk())),
        length => Key::Text(from.text(length - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            fragments in proptest::collection::vec((
                prop_oneof![
                    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                    "[0-9a-fA-F-]{36}", "\\PC{0,40}",
                ],
                prop_oneof![Just((7, 8, None, 9)), any::<(u32, u32, Option<u32>, u64)>()],
                prop_oneof![
                    proptest::collection::vec((-100..100_i64, 0..9_u32, 0..9_u32), 0..6),
                    proptest::collection::vec(
                        (any::<i32>().prop_map(i64::from), 0..70_000_u32, 0..70_000_u32), 0..6,
                    ),
                    proptest::collection::vec(any::<(i64, u32, u32)>(), 0..6),
                ],
                0..4_usize,
            ), 0..40),
        ) {
            let mut stream = Stream::default();
            let mut expected = Vec::new();
            for (key, (run, clock, record, place), items, longer) in fragments {
                // Some of them do not fit into the chunk that is open.
                let key = key.repeat(1 + longer.pow(6));
                let record = record.map_or(Record::Key, |n| Record::Name(n & 0xffff));
                let items: Vec<Item> =
                    items.into_iter().map(|(time, label, row)| Item { time, label, row }).collect();
                let head = Of { run, clock, record, place };
                stream.add(Key::of(key.as_bytes()), &head, items.iter().copied());
                expected.push((run, key, head, items));
            }
            let read: Vec<_> = stream.fragments().map(|(run, key, at)| {
                let (head, items) = stream.read(at).unwrap();
                (run, key.text().into_owned(), head, items.collect::<Vec<_>>())
            }).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
