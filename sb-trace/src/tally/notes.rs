//! The times of traces, noted for each shape until there are so many that they are counted together.
//! Where there are many shapes, the counters of one are seldom in a core's own cache: so they come
//! there for all of them at once.
//!
//! A trace is noted by the times from its first event to each of its events and, last, to the first
//! event of the next trace.

use super::counts::Ticks;
use super::short::{Room, SHORT};

/// So many numbers are noted for each slot, on the average.
const NOTED: u32 = if cfg!(test) { 8 } else { 64 };

/// Slots beyond these have no notes.
const NOTED_SLOTS: u32 = 64;

/// Noted where the time of the next trace is not known.
pub(super) const NO_NEXT: u32 = u32::MAX;

/// Traces are noted whose times are no longer than this.
const LONGEST: u32 = u32::MAX / 2;

// Otherwise the pause to no next trace might be taken for a short one.
const _: () = assert!(NO_NEXT - LONGEST > SHORT);

/// Notes, [`NOTED`] for each slot.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<u32>);

/// Notes of a shape, as many numbers as there are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Noted(u32);

/// How many numbers a trace of so many events is noted by.
#[inline]
fn length(events: u32) -> u32 {
    events.saturating_add(1)
}

impl Notes {
    /// Makes notes for so many slots of all shapes.
    pub(super) fn grow(&mut self, slots: usize) {
        self.0.resize(slots.saturating_mul(NOTED as usize), 0);
    }

    /// Whether another trace of so many events can be noted.
    #[inline]
    pub(super) fn has_space(room: Room, noted: Noted, events: u32) -> bool {
        let most = room.slots().min(NOTED_SLOTS) * NOTED;
        most.wrapping_sub(noted.0) >= length(events)
    }

    /// Notes a trace of so many events, for which there is space, by their times and that of the next
    /// trace, if it is known. False if it is too long for that, or there are no notes.
    #[inline]
    pub(super) fn note(
        &mut self,
        (room, noted): (Room, &mut Noted),
        (events, next): (u32, bool),
        times: impl Fn(u32) -> i64,
        ticks: Ticks,
    ) -> bool {
        let (first, length) = ((room.number() * NOTED).wrapping_add(noted.0), length(events));
        let places = self.0.get_mut(first as usize..);
        let Some(places) = places.and_then(|places| places.get_mut(..length as usize)) else {
            return false;
        };
        if let Some(last) = places.last_mut() {
            *last = NO_NEXT;
        }
        let begin = times(0);
        let mut longest = 0;
        for (place, at) in places.iter_mut().zip(0..events.wrapping_add(next.into())) {
            // Epochs are not negative, so that their difference fits. What is none of a trace in order
            // is more than fits here.
            let after = ticks.of_epoch(times(at).wrapping_sub(begin)).cast_unsigned();
            longest = longest.max(after);
            *place = low_bits(after);
        }
        let fits = longest <= LONGEST.into();
        noted.0 = noted.0.wrapping_add(if fits { length } else { 0 });
        fits
    }

    /// Takes what is noted of traces of so many events: their times, one trace after the other, and how
    /// many times each has.
    pub(super) fn take(&self, (room, noted): (Room, &mut Noted), events: u32) -> (&[u32], usize) {
        let first = (room.number() * NOTED) as usize;
        let noted = std::mem::take(noted).0 as usize;
        let notes = self.0.get(first..first + noted).unwrap_or_default();
        (notes, length(events) as usize)
    }
}

/// The lower half of a number.
#[inline]
fn low_bits(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::short::Short;
    use super::*;
    use proptest::prelude::*;

    const UNIT: i64 = 1_000;

    proptest! {
        /// As long as there is space, whatever is noted is told.
        #[test]
        fn what_is_noted_is_told(
            slots in 0..6_usize,
            events in 1..6_u32,
            traces in proptest::collection::vec((proptest::collection::vec(prop_oneof![
                0..90_i64, (1_i64 << 31) - 3..(1 << 31) + 3, (1_i64 << 32) - 3..(1 << 32) + 3,
                -2..1_i64,
            ], 6), any::<bool>()), 0..20),
        ) {
            let (mut short, mut notes) = (Short::default(), Notes::default());
            let mut noted = Noted::default();
            short.room(1);
            let room = short.room(slots);
            short.room(1);
            prop_assert!(!notes.note((room, &mut noted), (events, false), |_| 0, Ticks::of(UNIT)));
            notes.grow(short.slots());
            let mut expected = Vec::new();
            for (times, next) in &traces {
                // The first one is where the others are counted from.
                let time = |at: u32| times[at as usize] - times[0];
                let needed = expected.len() + events as usize + 1;
                let fits = needed <= slots * NOTED as usize;
                prop_assert_eq!(Notes::has_space(room, noted, events), fits);
                if !fits {
                    continue;
                }
                let times = |at: u32| 1_600_000_000_000_000_000 + time(at) * UNIT;
                let was = notes.note((room, &mut noted), (events, *next), times, Ticks::of(UNIT));
                let mut told = (1..events + u32::from(*next)).map(time);
                prop_assert_eq!(was, told.all(|time| (0..=i64::from(LONGEST)).contains(&time)));
                if was {
                    let last = if *next { time(events) } else { NO_NEXT.into() };
                    expected.extend((0..events).map(time).chain([last]));
                }
            }
            let (told, length) = notes.take((room, &mut noted), events);
            prop_assert_eq!(told.iter().copied().map(i64::from).collect::<Vec<_>>(), expected);
            prop_assert_eq!((noted.0, length), (0, events as usize + 1));
        }
    }
}
