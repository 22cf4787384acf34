//! Events with a key as few bytes: numbers are written as differences in as many bytes as they need,
//! and a UUID as its sixteen.
//!
//! ```text
//! fragment = key run clock record place count *( label time row )
//! key      = 0 16 bytes | length bytes
//! ```
//!
//! Place and first time are differences to those of the fragment before.

use crate::names::Name;

/// What the events of a fragment have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The key as it is written.
    pub key: &'a [u8],
    pub run: u32,
    pub clock: u32,
    /// The record's own id, by which the log may say how an invocation started.
    pub record: Record,
    /// Place of its block in the log.
    pub place: u64,
}

/// The id on the record of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// The key itself.
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

/// Fragments, one after the other.
#[derive(Debug, Default)]
pub(super) struct Stream {
    chunks: Vec<Vec<u8>>,
    /// Place and first time of the last fragment.
    last: (u64, i64),
}

impl Stream {
    /// Adds a fragment of some events; `key` is text.
    pub(super) fn add(
        &mut self,
        key: &[u8],
        head: &Head<'_>,
        items: impl ExactSizeIterator<Item = Item> + Clone,
    ) {
        let most = key.len() + LONGEST * (8 + 3 * items.len());
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < most) {
            self.chunks.push(Vec::with_capacity(CHUNK.max(most)));
            self.last = (0, 0);
        }
        let Some(out) = self.chunks.last_mut() else { return };
        if let Some(uuid) = packed(key) {
            out.push(0);
            out.extend(uuid);
        } else {
            put(out, key.len() as u64);
            out.extend(key);
        }
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
        put(out, head.place.wrapping_sub(self.last.0));
        put(out, items.len() as u64);
        let (mut time, mut row) = (self.last.1, 0u32);
        self.last = (head.place, items.clone().next().map_or(time, |first| first.time));
        for item in items {
            put(out, item.label.into());
            put_signed(out, item.time.wrapping_sub(time));
            put(out, item.row.wrapping_sub(row).into());
            (time, row) = (item.time, item.row);
        }
    }

    /// Hands on the head and each event of all fragments.
    pub(super) fn read<'a>(&'a self, mut each: impl FnMut(Head<'a>, &mut Items<'a, '_>)) {
        for chunk in &self.chunks {
            let mut rest = chunk.as_slice();
            let mut last = (0u64, 0i64);
            while !rest.is_empty() {
                let before = rest;
                let length = match get(&mut rest) {
                    0 => 16,
                    length => usize::try_from(length).unwrap_or(usize::MAX),
                };
                rest = rest.get(length..).unwrap_or_default();
                let key = &before[..before.len() - rest.len()];
                let head = Head {
                    key,
                    run: small(get(&mut rest)),
                    clock: small(get(&mut rest)).rotate_right(1),
                    record: match get(&mut rest) {
                        0 => Record::Key,
                        name => Record::Name(small(name - 1)),
                    },
                    place: last.0.wrapping_add(get(&mut rest)),
                };
                let count = get(&mut rest);
                let mut first = None;
                let mut items =
                    Items { rest: &mut rest, count, time: last.1, row: 0, first: &mut first };
                each(head, &mut items);
                // What was not asked for is skipped.
                items.for_each(drop);
                last = (head.place, first.unwrap_or(last.1));
            }
        }
    }
}

/// The events of a fragment.
#[derive(Debug)]
pub(super) struct Items<'a, 'r> {
    rest: &'r mut &'a [u8],
    count: u64,
    time: i64,
    row: u32,
    /// The time of the first.
    first: &'r mut Option<i64>,
}

impl Iterator for Items<'_, '_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.count = self.count.checked_sub(1)?;
        let label = small(get(self.rest));
        self.time = self.time.wrapping_add(get_signed(self.rest));
        self.first.get_or_insert(self.time);
        self.row = self.row.wrapping_add(small(get(self.rest)));
        Some(Item { time: self.time, label, row: self.row })
    }
}

/// The text of a key that was written.
pub(super) fn text(key: &[u8]) -> String {
    let mut rest = key;
    if get(&mut rest) != 0 {
        return String::from_utf8_lossy(rest).into_owned();
    }
    let hex: String = rest.iter().flat_map(|b| [b >> 4, b & 15]).map(digit).collect();
    let part = |range| hex.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or_default()
}

/// The bytes of a UUID in small letters.
fn packed(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut out = [0; 16];
    let mut at = 0;
    for (place, byte) in out.iter_mut().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            if text[at] != b'-' {
                return None;
            }
            at += 1;
        }
        let (high, low) = (HEX[usize::from(text[at])], HEX[usize::from(text[at + 1])]);
        // Both are below 16 if and only if both are digits.
        if (high | low) > 15 {
            return None;
        }
        *byte = high << 4 | low;
        at += 2;
    }
    Some(out)
}

/// The value of each hexadecimal digit in small letters; 255 for all other bytes.
const HEX: [u8; 256] = {
    let mut table = [u8::MAX; 256];
    let digits = *b"0123456789abcdef";
    let mut value = 0;
    while value < 16 {
        table[digits[value as usize] as usize] = value;
        value += 1;
    }
    table
};

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(out: &mut Vec<u8>, mut number: u64) {
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

fn get(from: &mut &[u8]) -> u64 {
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
                    "[0-9a-fA-F-]{36}", "\\PC{1,40}",
                ],
                any::<(u32, u32, Option<u32>, u64)>(),
                proptest::collection::vec(any::<(i64, u32, u32)>(), 0..6),
            ), 0..40),
        ) {
            let mut stream = Stream::default();
            let mut expected = Vec::new();
            for (key, (run, clock, record, place), items) in fragments {
                let record = record.map_or(Record::Key, |n| Record::Name(n & 0xffff));
                let items: Vec<Item> =
                    items.into_iter().map(|(time, label, row)| Item { time, label, row }).collect();
                let head = Head { key: b"", run, clock, record, place };
                stream.add(key.as_bytes(), &head, items.iter().copied());
                expected.push((key, run, clock, record, place, items));
            }
            let mut read = Vec::new();
            stream.read(|head, items| {
                let Head { key, run, clock, record, place } = head;
                read.push((text(key), run, clock, record, place, items.collect::<Vec<_>>()));
            });
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn a_uuid_takes_sixteen_bytes() {
        assert!(packed(b"c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0").is_some());
        for other in
            ["C04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0", "c04f1f91aa23a-4c9a-8cbc-b701ca1f1fb0", "x"]
        {
            assert_eq!(packed(other.as_bytes()), None, "{other}");
        }
    }
}
