//! Events with a key as few bytes: numbers are written as differences in as many bytes as they need,
//! and a UUID as its sixteen.
//!
//! ```text
//! fragment = size key ( 0 | 1 run clock record ) place *( label time row )
//! size     = 4 bytes: how many follow
//! key      = 0 16 bytes | length + 1 bytes
//! ```
//!
//! Place and first time are differences to those of the first of their chunk, time and row of an
//! event to those of the event before. Run, clock and record are left out where they are those of the
//! first.

use crate::event::Key;
use crate::names::Name;
use crate::tally::ROW_BITS;
use crate::uuid::Uuid;

/// What the events of a fragment have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub run: u32,
    pub clock: u32,
    /// The record's own id, by which the log may say how an invocation started.
    pub record: Record,
    /// Place of its block in the log.
    pub place: u64,
}

/// The id on the record of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Record {
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

/// The most bytes that a number takes.
const LONGEST: usize = 10;

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
    /// Of the first: what its events have in common, and its first time.
    first: (Head, i64),
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
        head: &Head,
        items: impl ExactSizeIterator<Item = Item> + Clone,
    ) {
        self.length += 1;
        let text = match key {
            Key::Uuid(_) => 0,
            Key::Text(text) => text.len(),
        };
        let most = text + LONGEST * (8 + 3 * items.len());
        if self.open.bytes.capacity() - self.open.bytes.len() < most {
            let bytes = Vec::with_capacity(CHUNK.max(most));
            let time = items.clone().next().map_or(0, |first| first.time);
            self.full
                .push(std::mem::replace(&mut self.open, Chunk { bytes, first: (*head, time) }));
        }
        let Chunk { bytes: out, first } = &mut self.open;
        let begin = out.len();
        out.extend([0; SIZE]);
        match key {
            Key::Uuid(uuid) => {
                out.push(0);
                out.extend(uuid.to_bytes());
            }
            Key::Text(text) => {
                put(out, text.len() as u64 + 1);
                out.extend(text);
            }
        }
        let (first, mut time) = *first;
        if *head == (Head { place: head.place, ..first }) {
            out.push(0);
        } else {
            out.push(1);
            put(out, head.run.into());
            // A file's number comes with its highest bit set.
            put(out, head.clock.rotate_left(1).into());
            put(
                out,
                match head.record {
                    Record::Key => 0,
                    Record::Name(name) => u64::from(name) + 1,
                },
            );
        }
        put(out, head.place.wrapping_sub(first.place).rotate_right(ROW_BITS));
        let mut row = 0u32;
        for item in items {
            put(out, item.label.into());
            put_signed(out, item.time.wrapping_sub(time));
            put(out, item.row.wrapping_sub(row).into());
            (time, row) = (item.time, item.row);
        }
        let size = u32::try_from(out.len() - begin - SIZE).unwrap_or(u32::MAX);
        out[begin..begin + SIZE].copy_from_slice(&size.to_le_bytes());
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
                let (mut fragment, next) = chunk.fragment(at)?;
                let here = At { chunk: number, byte: small(at as u64) };
                at = next;
                let key = key(&mut fragment);
                let own = get(&mut fragment) != 0;
                let run = if own { small(get(&mut fragment)) } else { chunk.first.0.run };
                Some((run, key, here))
            })
        })
    }

    /// What stands in a fragment.
    pub(super) fn read(&self, at: At) -> Option<(Head, Items<'_>)> {
        let chunk = self.full.get(at.chunk as usize).unwrap_or(&self.open);
        let (mut rest, _) = chunk.fragment(at.byte as usize)?;
        key(&mut rest);
        let (first, time) = chunk.first;
        let mut head = first;
        if get(&mut rest) != 0 {
            head.run = small(get(&mut rest));
            head.clock = small(get(&mut rest)).rotate_right(1);
            head.record = match get(&mut rest) {
                0 => Record::Key,
                name => Record::Name(small(name - 1)),
            };
        }
        head.place = first.place.wrapping_add(get(&mut rest).rotate_left(ROW_BITS));
        Some((head, Items { rest, time, row: 0 }))
    }
}

impl Chunk {
    /// The fragment at a place, and where the next one begins.
    #[inline]
    fn fragment(&self, at: usize) -> Option<(&[u8], usize)> {
        let (size, rest) = self.bytes.get(at..)?.split_first_chunk()?;
        let size = u32::from_le_bytes(*size) as usize;
        Some((rest.get(..size)?, at + SIZE + size))
    }
}

/// The events of a fragment.
#[derive(Debug)]
pub(super) struct Items<'a> {
    rest: &'a [u8],
    time: i64,
    row: u32,
}

impl Iterator for Items<'_> {
    type Item = Item;

    #[inline]
    fn next(&mut self) -> Option<Item> {
        if self.rest.is_empty() {
            return None;
        }
        let label = small(get(&mut self.rest));
        self.time = self.time.wrapping_add(get_signed(&mut self.rest));
        self.row = self.row.wrapping_add(small(get(&mut self.rest)));
        Some(Item { time: self.time, label, row: self.row })
    }
}

/// The key that a fragment begins with.
#[inline]
fn key<'a>(from: &mut &'a [u8]) -> Key<'a> {
    let length = usize::try_from(get(from)).unwrap_or(usize::MAX);
    if length == 0
        && let Some((uuid, rest)) = from.split_first_chunk()
    {
        *from = rest;
        return Key::Uuid(Uuid::from_bytes(*uuid));
    }
    let (text, rest) = from.split_at_checked(length.wrapping_sub(1)).unwrap_or_default();
    *from = rest;
    Key::Text(text)
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
#[inline]
fn put(out: &mut Vec<u8>, number: u64) {
    match u8::try_from(number) {
        // Most numbers are small.
        Ok(small) if small < 0x80 => out.push(small),
        _ => put_long(out, number),
    }
}

fn put_long(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

#[inline]
fn get(from: &mut &[u8]) -> u64 {
    match *from {
        // Most numbers are small.
        [byte, rest @ ..] if *byte < 0x80 => {
            *from = rest;
            u64::from(*byte)
        }
        _ => get_long(from),
    }
}

fn get_long(from: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = from.split_first() {
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 || shift > 63 {
            break;
        }
    }
    number
}

/// Small numbers of either sign are small.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, (number << 1 ^ number >> 63).cast_unsigned());
}

fn get_signed(from: &mut &[u8]) -> i64 {
    let number = get(from);
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
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
                let head = Head { run, clock, record, place };
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
