//! How often each short latency occurred, of all shapes: counters in one array. Where there are
//! many shapes, a counter is seldom in a core's own cache. So the latencies of a shape are noted
//! first, one behind the other, and counted when there are so many that its counters come into the
//! cache for all of them at once.

use super::counts::Ticks;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// Latencies of fewer units of the clock than this are short.
const SHORT: u32 = 512;

/// So often a counter counts before it begins anew.
const TIMES: u64 = 1 << u8::BITS;

/// So many latencies of a slot, on the average, are noted before they are counted.
const NOTED: u32 = 32;

/// Slots beyond these have no notes, which are of two bytes each.
const NOTED_SLOTS: u32 = 128;

/// So many counters are made at most; in tests, too few for some shapes.
const MOST: usize = if cfg!(test) { 1 << 12 } else { 1 << 25 };

/// So many counters are looked at together; a slot has a multiple of them.
const PIECE: usize = 32;

/// Counters, [`SHORT`] for each slot.
#[derive(Debug, Default)]
pub(super) struct Short {
    counts: Vec<u8>,
    /// Which counters of a room are to be increased, [`NOTED`] for each of its slots.
    notes: Vec<u16>,
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

    /// Which of its counters is that of a latency of so many units in a slot, if there is one.
    #[inline]
    fn place(self, slot: u32, units: usize) -> Option<u32> {
        let units = u32::try_from(units).ok().filter(|&units| units < SHORT)?;
        (slot < self.slots).then(|| slot * SHORT + units)
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

    /// The place of its first note.
    #[inline]
    fn notes(self) -> usize {
        (self.first / SHORT * NOTED) as usize
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
        self.notes.resize(end / SHORT as usize * NOTED as usize, 0);
        Room { first, slots }
    }

    /// The counters of a room.
    #[inline]
    pub(super) fn counters(&mut self, room: Room) -> Counters<'_> {
        let counts = self.counts.get_mut(room.places()).unwrap_or_default();
        Counters { counts, first: room.first, full: &mut self.full }
    }

    /// Notes latencies of a room's slots, to be counted together; hands on those that have no counter.
    #[inline]
    pub(super) fn note(
        &mut self,
        room: Room,
        noted: &mut u32,
        latencies: impl ExactSizeIterator<Item = (u32, i64)>,
        ticks: Ticks,
        mut others: impl FnMut(u32, i64),
    ) {
        let slots = room.slots.min(NOTED_SLOTS);
        let most = (NOTED * slots) as usize;
        if *noted as usize + latencies.len() > most {
            self.count(room, noted);
        }
        let first = room.notes();
        let free = self.notes.get_mut(first + *noted as usize..first + most);
        let mut free = free.unwrap_or_default().iter_mut();
        for (slot, latency) in latencies {
            let units = ticks.units(latency);
            let place = Room { slots, ..room }.place(slot, units);
            if let Some(place) = place.and_then(|place| u16::try_from(place).ok())
                && let Some(note) = free.next()
            {
                *note = place;
            } else {
                let counts = self.counts.get_mut(room.places()).unwrap_or_default();
                let mut counters = Counters { counts, first: room.first, full: &mut self.full };
                if !counters.add(slot, units) {
                    others(slot, latency);
                }
            }
        }
        *noted = u32::try_from(most - free.len()).unwrap_or_default();
    }

    /// Counts what was noted in a room.
    pub(super) fn count(&mut self, room: Room, noted: &mut u32) {
        let places = room.notes()..room.notes() + std::mem::take(noted) as usize;
        let Self { counts, notes, full } = self;
        let counts = counts.get_mut(room.places()).unwrap_or_default();
        let mut counters = Counters { counts, first: room.first, full };
        for &place in notes.get(places).unwrap_or_default() {
            counters.add_one(place.into());
        }
    }

    /// Adds what another one counted, which has counted all that was noted: for each pair of rooms,
    /// to the first what is in the second. No room comes twice, and none is empty.
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
    /// Counts a latency of so many units; false if it has no counter.
    #[inline]
    pub(super) fn add(&mut self, slot: u32, units: usize) -> bool {
        units < SHORT as usize && self.add_one(slot as usize * SHORT as usize + units)
    }

    #[inline]
    fn add_one(&mut self, place: usize) -> bool {
        let Some(count) = self.counts.get_mut(place) else { return false };
        *count = count.wrapping_add(1);
        if *count == 0 {
            self.begin_anew(place);
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

    const TICKS: i64 = 1_000;

    /// Notes one latency; false if it has no counter.
    fn note(short: &mut Short, room: Room, noted: &mut u32, slot: u32, units: usize) -> bool {
        // What has no units is negative.
        let latency = i64::try_from(units).map_or(-TICKS, |units| units * TICKS);
        let (mut others, ticks) = (Vec::new(), Ticks::of(TICKS));
        let one = std::iter::once((slot, latency));
        short.note(room, noted, one, ticks, |slot, latency| others.push((slot, latency)));
        assert!(others.is_empty() || others == [(slot, latency)]);
        others.is_empty()
    }

    #[test]
    fn counts_as_often_as_noted() {
        let mut one = Short::default();
        let mut other = Short::default();
        let [first, room] = [one.room(1), one.room(3)];
        let from = other.room(3);
        let (mut noted, mut other_noted) = (0, 0);
        assert_eq!((room.slots(), room.pauses()), (3, 2));
        let long = SHORT as usize;
        for (slot, units, times) in [(0, 0, 1), (0, 7, 70_000), (1, long - 1, 255), (2, 7, 256)] {
            for time in 0..times {
                assert!(match time % 10 {
                    0..5 => note(&mut one, room, &mut noted, slot, units),
                    5..8 => note(&mut other, from, &mut other_noted, slot, units),
                    _ => one.counters(room).add(slot, units),
                });
            }
        }
        assert!(
            !note(&mut one, room, &mut noted, 0, long)
                && !note(&mut one, room, &mut noted, 3, 0)
                && !note(&mut one, room, &mut noted, 0, usize::MAX)
        );
        assert!(!note(&mut one, Room::default(), &mut 0, 0, 0));
        one.count(room, &mut noted);
        other.count(from, &mut other_noted);
        one.absorb(&other, vec![(room, from)]);
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
    fn a_trace_that_is_longer_than_the_notes_is_counted_whole() {
        let (mut short, mut noted, ticks) = (Short::default(), 0, Ticks::of(TICKS));
        let room = short.room(8);
        let latencies = (0..10_000).map(|at| (at % 8, i64::from(at % 7) * TICKS));
        for round in 1..=3 {
            let latencies = latencies.clone().collect::<Vec<_>>().into_iter();
            short.note(room, &mut noted, latencies, ticks, |_, _| panic!("has a counter"));
            short.count(room, &mut noted);
            let n: u64 = (0..8).flat_map(|slot| short.of(room, slot)).map(|(_, n)| n).sum();
            assert_eq!((n, noted), (round * 10_000, 0));
        }
    }

    #[test]
    fn there_are_no_more_counters_than_memory_for_them() {
        let mut short = Short::default();
        assert!(short.room(usize::MAX).is_none());
        assert!(!short.room(MOST / SHORT as usize).is_none());
        assert!(short.room(1).is_none());
    }
}
