//! How often each short latency occurred, of all shapes: counters in one array.

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// Latencies of fewer units of the clock than this are short.
pub(super) const SHORT: u32 = 512;

/// So often a counter counts before it begins anew.
const TIMES: u64 = 1 << u8::BITS;

/// So many counters are made at most; in tests, too few for some shapes.
const MOST: usize = if cfg!(test) { 1 << 12 } else { 1 << 25 };

/// So many counters are in a line of a cache.
const LINE: usize = 64;

/// So many counters are looked at together; a slot has a multiple of them.
const PIECE: usize = 32;

/// Counters, [`SHORT`] for each slot.
#[derive(Debug, Default)]
pub(super) struct Short {
    counts: Vec<u8>,
    /// How often a counter had counted all it can and began anew.
    full: BTreeMap<u32, u64>,
}

/// The counters of a room.
#[derive(Debug)]
pub(super) struct Counters<'a> {
    counts: &'a mut [u8],
    /// The place of its first counter among all.
    first: u32,
    full: &'a mut BTreeMap<u32, u64>,
}

/// The counters of a slot; none if it has none.
#[derive(Debug)]
pub(super) struct OfSlot<'a> {
    counts: &'a mut [u8],
    /// The place of its first counter among all.
    first: u32,
    full: &'a mut BTreeMap<u32, u64>,
}

/// Where the counters of some slots are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Room {
    first: u32,
    slots: u32,
}

impl Room {
    /// Whether there are no counters.
    pub(super) fn is_none(self) -> bool {
        self.slots == 0
    }

    /// How many slots there are counters for.
    pub(super) fn slots(self) -> u32 {
        self.slots
    }

    /// The last slot, which has pauses.
    #[inline]
    pub(super) fn pauses(self) -> u32 {
        self.slots.wrapping_sub(1)
    }

    fn length(self) -> u32 {
        self.slots * SHORT
    }

    /// The places of some of its counters among all.
    fn range(self, of: Range<u32>) -> Range<u32> {
        self.first + of.start..self.first + of.end
    }

    /// The places of its counters among all.
    fn places(self) -> Range<usize> {
        self.first as usize..self.first as usize + self.length() as usize
    }

    /// How many slots there are before its own.
    #[inline]
    pub(super) fn number(self) -> u32 {
        self.first / SHORT
    }
}

impl Short {
    /// Counters for so many slots; none where there are too many.
    pub(super) fn room(&mut self, slots: usize) -> Room {
        let (first, length) = (self.counts.len(), slots.saturating_mul(SHORT as usize));
        let end = first.saturating_add(length);
        let (Ok(first), Ok(slots)) = (u32::try_from(first), u32::try_from(slots)) else {
            return Room::default();
        };
        if end > MOST {
            return Room::default();
        }
        self.counts.resize(end, 0);
        Room { first, slots }
    }

    /// The counters of a room.
    #[inline]
    pub(super) fn counters(&mut self, room: Room) -> Counters<'_> {
        let counts = self.counts.get_mut(room.places()).unwrap_or_default();
        Counters { counts, first: room.first, full: &mut self.full }
    }

    /// How many slots there are counters for.
    pub(super) fn slots(&self) -> usize {
        self.counts.len() / SHORT as usize
    }

    /// Adds what another one counted: for each pair of rooms, to the first what is in the second. No
    /// room comes twice, and none is empty.
    pub(super) fn absorb(&mut self, other: &Self, mut rooms: Vec<(Room, Room)>) {
        rooms.sort_unstable_by_key(|(to, _)| to.first);
        let mut left = &mut self.counts[..];
        let mut start = 0;
        let parts = rooms.into_iter().map(|(to, from)| {
            let places = to.places();
            let (_, behind) = std::mem::take(&mut left).split_at_mut(places.start - start);
            let counts;
            (counts, left) = behind.split_at_mut(places.len());
            start = places.end;
            (counts, to, from)
        });
        let parts: Vec<_> = parts.collect();
        let full = parts.into_par_iter().with_min_len(64).map(|(counts, to, from)| {
            let more = other.counts.get(from.places()).unwrap_or_default();
            let full = add(counts, more).into_iter().map(move |at| (to.first + at, 1));
            let before = other.full.range(from.range(0..from.length())).map(move |(at, times)| {
                (at.wrapping_sub(from.first).wrapping_add(to.first), *times)
            });
            full.chain(before).collect::<Vec<_>>()
        });
        for (place, times) in full.collect::<Vec<_>>().into_iter().flatten() {
            *self.full.entry(place).or_default() += times;
        }
    }

    /// The latencies of a slot that were counted: how many units, and how often; some come twice.
    pub(super) fn of(&self, room: Room, slot: u32) -> impl Iterator<Item = (u32, u64)> {
        let from = slot.wrapping_mul(SHORT);
        // There may be no counters at all.
        let places = if from < room.length() { room.range(from..from + SHORT) } else { 0..0 };
        let full = self.full.range(places.clone());
        let full = full.map(move |(place, times)| (place - places.start, times * TIMES));
        let counts = self.counts.get(places.start as usize..places.end as usize);
        let (pieces, _) = counts.unwrap_or_default().as_chunks::<PIECE>();
        // Latencies of a slot gather: most pieces hold nothing, which is told by words.
        let words = |piece: &[u8; PIECE]| {
            let (words, _) = piece.as_chunks();
            words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word))
        };
        let pieces = (0..).step_by(PIECE).zip(pieces);
        let pieces = pieces.filter(move |(_, piece)| words(piece) > 0);
        let counts = pieces.flat_map(|(first, piece)| (first..).zip(piece));
        let counts = counts.map(|(units, &count)| (units, u64::from(count)));
        counts.filter(|(_, count)| *count > 0).chain(full)
    }
}

/// Adds counters to others; gives those that began anew.
fn add(counts: &mut [u8], more: &[u8]) -> Vec<u32> {
    for (count, &more) in counts.iter_mut().zip(more) {
        *count = count.wrapping_add(more);
    }
    let sums = || counts.iter().zip(more);
    // Seldom is any full; whether one is, is told of many at once.
    if sums().fold(0, |any, (count, more)| any | u8::from(count < more)) == 0 {
        return Vec::new();
    }
    (0..).zip(sums()).filter(|(_, (count, more))| count < more).map(|(at, _)| at).collect()
}

impl Counters<'_> {
    /// Looks at all of them at once, so that they come into the core's cache together and not one after
    /// the other when they are needed; not if little is to be counted.
    pub(super) fn fetch(&self, latencies: usize) {
        if latencies > self.counts.len() / LINE {
            let lines = self.counts.iter().step_by(LINE);
            std::hint::black_box(lines.fold(0, |all, count| all | count));
        }
    }

    /// Counts a latency of so many units; false if it has no counter.
    #[inline]
    pub(super) fn add(&mut self, slot: u32, units: usize) -> bool {
        self.of(slot).add(units)
    }

    /// The counters of a slot.
    #[inline]
    pub(super) fn of(&mut self, slot: u32) -> OfSlot<'_> {
        let (slots, _) = self.counts.as_chunks_mut::<{ SHORT as usize }>();
        let counts = slots.get_mut(slot as usize).map_or(&mut [][..], |counts| counts);
        let first = self.first.wrapping_add(slot.wrapping_mul(SHORT));
        OfSlot { counts, first, full: self.full }
    }
}

impl OfSlot<'_> {
    /// Counts a latency of so many units; false if it has no counter.
    #[inline]
    pub(super) fn add(&mut self, units: usize) -> bool {
        let Some(count) = self.counts.get_mut(units) else { return false };
        *count = count.wrapping_add(1);
        if *count == 0 {
            self.begin_anew(units);
        }
        true
    }

    /// Notes that a counter had counted all it can.
    #[cold]
    fn begin_anew(&mut self, place: usize) {
        let place = self.first.wrapping_add(u32::try_from(place).unwrap_or_default());
        *self.full.entry(place).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: i64 = 1_000;

    /// The counted latencies of some slots, how many of each.
    fn counted(short: &Short, room: Room) -> BTreeMap<(u32, i64), u64> {
        let mut sums = BTreeMap::new();
        for slot in 0..room.slots() + 2 {
            short.of(room, slot).for_each(|(units, count)| {
                *sums.entry((slot, i64::from(units) * UNIT)).or_default() += count;
            });
        }
        sums
    }

    #[test]
    fn counts_as_often_as_added() {
        let (mut one, mut other) = (Short::default(), Short::default());
        let [first, room] = [one.room(1), one.room(3)];
        let from = other.room(3);
        assert_eq!((room.slots(), room.pauses(), room.number(), one.slots()), (3, 2, 1, 4));
        let last = SHORT as usize - 1;
        for (slot, units, times) in [(0, 0, 1), (0, 7, 70_000), (1, last, 255), (2, 7, 256)] {
            for time in 0..times {
                let mut counters =
                    if time % 3 == 0 { other.counters(from) } else { one.counters(room) };
                assert!(counters.add(slot, units));
            }
        }
        for (slot, units) in [(0, SHORT as usize), (0, usize::MAX), (3, 0), (u32::MAX, 0)] {
            assert!(!one.counters(room).add(slot, units), "{slot} {units}");
        }
        assert!(!one.counters(Room::default()).add(0, 0));
        one.absorb(&other, vec![(room, from)]);
        let expected = [((0, 0), 1), ((0, 7_000), 70_000), ((1, 511_000), 255), ((2, 7_000), 256)];
        assert_eq!(counted(&one, room), BTreeMap::from(expected));
        assert_eq!((counted(&one, first), counted(&one, Room::default())), Default::default());
    }

    #[test]
    fn there_are_no_more_counters_than_memory_for_them() {
        let mut short = Short::default();
        assert!(short.room(usize::MAX).is_none());
        assert!(!short.room(MOST / SHORT as usize).is_none());
        assert!(short.room(1).is_none());
    }
}
