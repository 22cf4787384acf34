//! How often each short latency occurred, of all shapes: counters in one array. Where there are
//! many shapes, a counter is seldom in a core's own cache. So the latencies of a shape are noted
//! first, one behind the other, and counted when there are so many that its counters come into the
//! cache for all of them at once.
//!
//! ```text
//! note = 0 slot units             1, 6 and 9 bits: of a short latency
//!      | 1 slot units units       1, 6, 9 and 16 bits: of a longer one
//! ```

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

/// Slots beyond these have no notes.
const NOTED_SLOTS: u32 = 64;

/// The first part of the note of a latency that is not short.
const LONGER: u16 = 1 << 15;

/// So many counters are made at most; in tests, too few for some shapes.
const MOST: usize = if cfg!(test) { 1 << 12 } else { 1 << 25 };

/// So many counters are looked at together; a slot has a multiple of them.
const PIECE: usize = 32;

/// Counters, [`SHORT`] for each slot.
#[derive(Debug, Default)]
pub(super) struct Short {
    counts: Vec<u8>,
    /// Parts of notes, [`NOTED`] for each slot.
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

    /// Notes latencies of a room's slots, to be counted together. Hands on those that have no counter,
    /// now or when they are counted.
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
        let most = NOTED * slots;
        if *noted as usize + 2 * latencies.len() > most as usize {
            self.count(room, noted, ticks, &mut others);
        }
        let first = room.notes();
        let notes = self.notes.get_mut(first..first + most as usize).unwrap_or_default();
        let mut at = *noted as usize;
        for (slot, latency) in latencies {
            let units = ticks.units(latency);
            match (u32::try_from(units), notes.get_mut(at..)) {
                (Ok(units), Some([note, ..])) if slot < slots && units < SHORT => {
                    *note = low_bits((slot * SHORT) | units);
                    at += 1;
                }
                (Ok(units), Some([note, more, ..])) if slot < slots && units < SHORT << 16 => {
                    *note = LONGER | low_bits((slot * SHORT) | (units >> 16));
                    *more = low_bits(units);
                    at += 2;
                }
                _ => {
                    let counts = self.counts.get_mut(room.places()).unwrap_or_default();
                    let mut counters = Counters { counts, first: room.first, full: &mut self.full };
                    if !counters.add(slot, units) {
                        others(slot, latency);
                    }
                }
            }
        }
        *noted = u32::try_from(at).unwrap_or_default();
    }

    /// Counts what was noted in a room, and hands on what has no counter.
    pub(super) fn count(
        &mut self,
        room: Room,
        noted: &mut u32,
        ticks: Ticks,
        mut others: impl FnMut(u32, i64),
    ) {
        let places = room.notes()..room.notes() + std::mem::take(noted) as usize;
        let Self { counts, notes, full } = self;
        let counts = counts.get_mut(room.places()).unwrap_or_default();
        let mut counters = Counters { counts, first: room.first, full };
        let mut notes = notes.get(places).unwrap_or_default().iter().map(|&part| u32::from(part));
        while let Some(note) = notes.next() {
            if note < LONGER.into() {
                counters.add_one(note as usize);
            } else if let Some(more) = notes.next() {
                let units = ((note % SHORT) << 16) | more;
                others(note / SHORT % NOTED_SLOTS, ticks.ns(units));
            }
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

/// The lowest bits of a number.
#[inline]
fn low_bits(number: u32) -> u16 {
    u16::try_from(number & 0xffff).unwrap_or_default()
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
    use proptest::prelude::*;

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
    fn counts_as_often_as_noted() {
        let (mut one, mut other, ticks) = (Short::default(), Short::default(), Ticks::of(UNIT));
        let [first, room] = [one.room(1), one.room(3)];
        let from = other.room(3);
        let (mut noted, mut other_noted) = (0, 0);
        assert_eq!((room.slots(), room.pauses()), (3, 2));
        let short = i64::from(SHORT);
        for (slot, units, times) in [(0, 0, 1), (0, 7, 70_000), (1, short - 1, 255), (2, 7, 256)] {
            for time in 0..times {
                let latency = || std::iter::once((slot, units * UNIT));
                match time % 10 {
                    0..5 => one.note(room, &mut noted, latency(), ticks, |_, _| panic!()),
                    5..8 => other.note(from, &mut other_noted, latency(), ticks, |_, _| panic!()),
                    _ => assert!(one.counters(room).add(slot, usize::try_from(units).unwrap())),
                }
            }
        }
        one.count(room, &mut noted, ticks, |_, _| panic!());
        other.count(from, &mut other_noted, ticks, |_, _| panic!());
        one.absorb(&other, vec![(room, from)]);
        let expected = [((0, 0), 1), ((0, 7_000), 70_000), ((1, 511_000), 255), ((2, 7_000), 256)];
        assert_eq!(counted(&one, room), BTreeMap::from(expected));
        assert_eq!((counted(&one, first), counted(&one, Room::default())), Default::default());
    }

    proptest! {
        /// Whatever is noted is counted or handed on, in traces of any length.
        #[test]
        fn none_is_lost(
            slots in 0..8_usize,
            traces in proptest::collection::vec(proptest::collection::vec((
                prop_oneof![9 => 0..8_u32, 1 => 0..99_u32],
                prop_oneof![
                    -3..600_i64, 60_000..70_000_i64, (1 << 25) - 3..(1_i64 << 25) + 3,
                    (1 << 32) - 3..(1_i64 << 32) + 3, 1_i64 << 40..1 << 41,
                ],
            ), 0..90), 0..60),
        ) {
            let (mut short, ticks, mut noted) = (Short::default(), Ticks::of(UNIT), 0);
            let before = short.room(1);
            let room = short.room(slots);
            let (mut sums, mut expected) = (BTreeMap::new(), BTreeMap::<_, u64>::new());
            let mut others = |slot, latency| *sums.entry((slot, latency)).or_default() += 1;
            for trace in traces {
                let trace = trace.into_iter().map(|(slot, units)| (slot, units * UNIT));
                let trace: Vec<(u32, i64)> = trace.collect();
                for &latency in &trace {
                    *expected.entry(latency).or_default() += 1;
                }
                short.note(room, &mut noted, trace.into_iter(), ticks, &mut others);
            }
            short.count(room, &mut noted, ticks, &mut others);
            for (latency, count) in counted(&short, room) {
                *sums.entry(latency).or_default() += count;
            }
            prop_assert_eq!(sums, expected);
            prop_assert_eq!((noted, counted(&short, before)), Default::default());
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
