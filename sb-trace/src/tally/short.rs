//! How often each short latency occurred, of all shapes: counters in one array. Where there are
//! many shapes, a counter is seldom in a core's own cache. So latencies are noted first and then
//! counted many at once, by a loop so small that the processor waits for several counters at a time.

use std::collections::BTreeMap;
use std::ops::Range;

/// Latencies of fewer units of the clock than this are short.
const SHORT: u32 = 512;

/// So often a counter counts before it begins anew.
const TIMES: u64 = 1 << u8::BITS;

/// So many latencies are noted before they are counted.
const NOTED: usize = 2048;

/// So many counters are made at most.
const MOST: usize = 1 << 25;

/// So many counters are looked at together; a slot has a multiple of them.
const PIECE: usize = 32;

/// Counters, [`SHORT`] for each slot.
#[derive(Debug, Default)]
pub(super) struct Short {
    counts: Vec<u8>,
    /// Counters that are to be increased.
    noted: Vec<u32>,
    /// How often a counter had counted all it can and began anew.
    full: BTreeMap<u32, u64>,
}

/// The counters of some slots.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Room {
    first: u32,
    length: u32,
}

impl Room {
    /// Whether there are no counters.
    pub(super) fn is_none(self) -> bool {
        self.length == 0
    }

    /// How many slots there are counters for.
    #[inline]
    pub(super) fn slots(self) -> u32 {
        self.length / SHORT
    }

    /// The last slot, which has pauses.
    #[inline]
    pub(super) fn pauses(self) -> u32 {
        self.slots().wrapping_sub(1)
    }

    /// The counter of a latency of so many units in a slot, if it has one.
    #[inline]
    fn place(self, slot: u32, units: usize) -> Option<u32> {
        let units = u32::try_from(units).ok().filter(|&units| units < SHORT)?;
        let place = slot.wrapping_mul(SHORT).wrapping_add(units);
        (place < self.length).then(|| self.first.wrapping_add(place))
    }

    /// The places of some of its counters among all.
    fn range(self, of: Range<u32>) -> Range<u32> {
        self.first + of.start..self.first + of.end
    }

    /// The places of its counters among all.
    fn places(self) -> Range<usize> {
        self.first as usize..self.first as usize + self.length as usize
    }
}

impl Short {
    /// Counters for so many slots; none where there are too many.
    pub(super) fn room(&mut self, slots: usize) -> Room {
        let (first, length) = (self.counts.len(), slots.saturating_mul(SHORT as usize));
        let end = first.saturating_add(length);
        let (Ok(first), Ok(length)) = (u32::try_from(first), u32::try_from(length)) else {
            return Room::default();
        };
        if end > MOST {
            return Room::default();
        }
        self.counts.resize(end, 0);
        Room { first, length }
    }

    /// Notes a latency of so many units; false if it has no counter.
    #[inline]
    pub(super) fn note(&mut self, room: Room, slot: u32, units: usize) -> bool {
        let Some(place) = room.place(slot, units) else { return false };
        self.noted.push(place);
        if self.noted.len() >= NOTED {
            self.count();
        }
        true
    }

    /// Counts a latency of so many units at once if its counter is near, or notes it; false if it
    /// has no counter.
    #[inline]
    pub(super) fn take(&mut self, near: bool, room: Room, slot: u32, units: usize) -> bool {
        if near { self.count_one(room, slot, units) } else { self.note(room, slot, units) }
    }

    #[inline]
    fn count_one(&mut self, room: Room, slot: u32, units: usize) -> bool {
        let Some(place) = room.place(slot, units) else { return false };
        let Some(count) = self.counts.get_mut(place as usize) else { return false };
        *count = count.wrapping_add(1);
        if *count == 0 {
            *self.full.entry(place).or_default() += 1;
        }
        true
    }

    /// Counts what was noted.
    pub(super) fn count(&mut self) {
        for &place in &self.noted {
            let Some(count) = self.counts.get_mut(place as usize) else { continue };
            *count = count.wrapping_add(1);
            if *count == 0 {
                *self.full.entry(place).or_default() += 1;
            }
        }
        self.noted.clear();
    }

    /// Adds what another one counted, which has counted all that was noted.
    pub(super) fn absorb(&mut self, to: Room, other: &Self, from: Room) {
        let Self { counts, full, .. } = self;
        let counts = counts.get_mut(to.places()).unwrap_or_default();
        let more = other.counts.get(from.places()).unwrap_or_default();
        let (pieces, _) = counts.as_chunks_mut::<PIECE>();
        let (more, _) = more.as_chunks::<PIECE>();
        for ((counts, more), first) in pieces.iter_mut().zip(more).zip((to.first..).step_by(PIECE))
        {
            // All of them at once; seldom is any full.
            let mut any_full = 0;
            for (count, &more) in counts.iter_mut().zip(more) {
                *count = count.wrapping_add(more);
                any_full |= u8::from(*count < more);
            }
            if any_full > 0 {
                let is_full = |((count, more), _): &((&u8, &u8), u32)| count < more;
                for (_, place) in counts.iter().zip(more).zip(first..).filter(is_full) {
                    *full.entry(place).or_default() += 1;
                }
            }
        }
        for (place, times) in other.full.range(from.range(0..from.length)) {
            *full.entry(place.wrapping_sub(from.first).wrapping_add(to.first)).or_default() +=
                times;
        }
    }

    /// The latencies of a slot that were counted: how many units, and how often; some come twice.
    pub(super) fn of(&self, room: Room, slot: u32) -> impl Iterator<Item = (u32, u64)> {
        let from = slot.wrapping_mul(SHORT);
        // There may be no counters at all.
        let places = if from < room.length { room.range(from..from + SHORT) } else { 0..0 };
        let full = self.full.range(places.clone());
        let full = full.map(move |(place, times)| (place - places.start, times * TIMES));
        let counts = self.counts.get(places.start as usize..places.end as usize);
        let (pieces, _) = counts.unwrap_or_default().as_chunks::<PIECE>();
        // Latencies of a slot gather: most pieces hold nothing.
        let pieces = (0..).step_by(PIECE).zip(pieces);
        let pieces = pieces.filter(|(_, piece)| piece.iter().fold(0, |all, count| all | count) > 0);
        let counts = pieces.flat_map(|(first, piece)| (first..).zip(piece));
        let counts = counts.map(|(units, &count)| (units, u64::from(count)));
        counts.filter(|(_, count)| *count > 0).chain(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_often_as_noted() {
        let mut one = Short::default();
        let mut other = Short::default();
        let [first, room] = [one.room(1), one.room(3)];
        let from = other.room(3);
        assert_eq!((room.slots(), room.pauses()), (3, 2));
        let long = SHORT as usize;
        for (slot, units, times) in [(0, 0, 1), (0, 7, 70_000), (1, long - 1, 255), (2, 7, 256)] {
            for time in 0..times {
                let (short, room) =
                    if time % 3 == 0 { (&mut other, from) } else { (&mut one, room) };
                assert!(short.note(room, slot, units));
            }
        }
        assert!(
            !one.note(room, 0, long) && !one.note(room, 3, 0) && !one.note(room, 0, usize::MAX)
        );
        assert!(!one.note(Room::default(), 0, 0));
        one.count();
        other.count();
        one.absorb(room, &other, from);
        let of = |slot| {
            let mut sums = BTreeMap::new();
            one.of(room, slot).for_each(|(units, count)| *sums.entry(units).or_default() += count);
            sums.into_iter().collect::<Vec<(u32, u64)>>()
        };
        assert_eq!(of(0), [(0, 1), (7, 70_000)]);
        assert_eq!(of(1), [(SHORT - 1, 255)]);
        assert_eq!(of(2), [(7, 256)]);
        assert_eq!(
            (of(3), one.of(first, 0).next(), one.of(Room::default(), 0).next()),
            (vec![], None, None)
        );
    }

    #[test]
    fn there_are_no_more_counters_than_memory_for_them() {
        let mut short = Short::default();
        assert!(short.room(usize::MAX).is_none());
        assert!(!short.room(MOST / SHORT as usize).is_none());
        assert!(short.room(1).is_none());
    }
}
