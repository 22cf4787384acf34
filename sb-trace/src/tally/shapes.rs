//! Shapes: traces with the same labels in the same order are measured in the same places.

mod absorb;
mod run;
#[cfg(test)]
mod tests;

use super::counts::{Counts, Ticks};
use super::heads::{Head, Known, hash, tag};
use super::notes::{NO_NEXT, Noted, Notes};
use super::poured::Poured;
use super::short::{Counters, Room, Short};
use super::slots::{Measure, Slot, Slots};
use crate::latency::PairChoice;
use crate::names::{Name, Names};
use crate::trace::StartClass;
use hashbrown::{HashMap, HashTable};

/// What traces of one shape have in common but their labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Index of the run's benchmark.
    pub benchmark: u32,
    /// Whether the traces began before the log did.
    pub fragment: bool,
    /// Whether the order of the log made them.
    pub by_sequence: bool,
    /// What the log says of the start of the invocations.
    pub start: StartClass,
}

/// All traces of one shape.
#[derive(Debug)]
pub(super) struct Measured {
    pub kind: Kind,
    /// The labels in time order.
    pub labels: Vec<Name>,
    /// Which events were stamped by another clock than the one before: their places.
    pub across: Vec<u32>,
    pub traces: u64,
    /// Run and place in the log of the first of them.
    pub first: (u32, u64),
    pub slots: Vec<Slot>,
    /// Pauses from the last event to the next trace of the same stream.
    wraps: Counts,
    room: Room,
}

impl Measured {
    /// Adds the latencies of a slot to others.
    pub(super) fn pour(&self, slot: u32, short: &Short, into: &mut Poured) {
        self.slots[slot as usize].latencies.pour(into);
        into.add_units(short.of(self.room, slot));
    }

    /// Adds the pauses to others.
    pub(super) fn pour_wraps(&self, short: &Short, into: &mut Poured) {
        self.wraps.pour(into);
        into.add_units(short.of(self.room, self.room.pauses()));
    }
}

/// What is seldom needed of a shape: latencies that are not short.
#[derive(Debug)]
struct Rest {
    slots: Vec<Slot>,
    wraps: Counts,
}

impl Rest {
    /// Counts what was listed before there were counters.
    fn hand_over(&mut self, counters: &mut Counters<'_>) {
        let slots = self.slots.iter_mut().map(|slot| &mut slot.latencies);
        for (latencies, slot) in slots.chain([&mut self.wraps]).zip(0..) {
            latencies.hand_over(|units| counters.add(slot, units));
        }
    }

    /// Adds a latency of a slot; behind the slots are the pauses.
    fn add(&mut self, slot: u32, latency: i64, ticks: Ticks) {
        match self.slots.get_mut(slot as usize) {
            Some(slot) => slot.latencies.add(latency, ticks),
            None => self.wraps.add(latency, ticks),
        }
    }
}

/// So many traces have no counters for short latencies: most shapes of a disorderly log have one.
const FEW: u64 = 8;

/// The shapes that were seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// With some of the bits of the hash.
    index: HashTable<(u32, u32)>,
    /// The shape of the last trace with each second label.
    likely: Vec<u32>,
    /// The shape of the last trace that was measured by itself.
    recent: u32,
    known: Known,
    rests: Vec<Rest>,
    /// See [`Slots::measures`]. Mostly, many shapes are measured in the same places.
    lists: Vec<Vec<Measure>>,
    list_of: HashMap<Vec<Measure>, u32>,
    short: Short,
    notes: Notes,
}

impl Shapes {
    /// The number of a shape; a new one is measured as `pairs` asks.
    #[inline]
    pub(super) fn number(
        &mut self,
        kind: Kind,
        labels: impl ExactSizeIterator<Item = Name> + Clone,
        across: &[u32],
        pairs: &PairChoice,
        names: &Names,
    ) -> u32 {
        // Where traces differ, they mostly do so from the second label on.
        let second = labels.clone().nth(1).unwrap_or_default() as usize;
        if let Some(&likely) = self.likely.get(second)
            && self.known.is(likely, kind, labels.clone(), across)
        {
            return likely;
        }
        let hash = hash(kind, labels.clone(), across);
        let known = &self.known;
        let same = |&(of, number): &(u32, u32)| {
            of == tag(hash) && known.is(number, kind, labels.clone(), across)
        };
        let number = match self.index.find(hash, same) {
            Some(&(_, known)) => known,
            None => self.add_shape(kind, &labels.collect::<Vec<_>>(), across, (pairs, names)),
        };
        if self.likely.len() <= second {
            self.likely.resize(second + 1, u32::MAX);
        }
        self.likely[second] = number;
        number
    }

    fn add_shape(
        &mut self,
        kind: Kind,
        labels: &[Name],
        across: &[u32],
        (pairs, names): (&PairChoice, &Names),
    ) -> u32 {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let number = count(self.known.heads.len());
        let hash = hash(kind, labels.iter().copied(), across);
        let known = &self.known;
        self.index.insert_unique(hash, (tag(hash), number), |&(_, number)| known.hash(number));
        let slots = Slots::of(labels, across, pairs, names);
        let list = *self.list_of.entry(slots.measures).or_insert_with_key(|measures| {
            self.lists.push(measures.clone());
            count(self.lists.len() - 1)
        });
        self.known.heads.push(Head {
            traces: 0,
            first: (u32::MAX, u64::MAX),
            kind,
            labels: count(self.known.labels.len()),
            length: count(labels.len()),
            across: count(across.len()),
            opens_once: across.is_empty()
                && labels.split_first().is_some_and(|(first, inner)| !inner.contains(first)),
            list,
            room: Room::default(),
            noted: Noted::default(),
        });
        self.known.labels.extend(labels);
        self.known.labels.extend(across);
        self.rests.push(Rest { slots: slots.all, wraps: Counts::default() });
        number
    }

    /// Measures one trace of a shape by the times of its events.
    #[inline]
    pub(super) fn measure(
        &mut self,
        number: u32,
        times: impl Fn(u32) -> i64,
        place: (u32, u64),
        ticks: Ticks,
    ) {
        let head = &mut self.known.heads[number as usize];
        head.traces += 1;
        head.first = head.first.min(place);
        if head.traces == FEW {
            let rest = &mut self.rests[number as usize];
            head.room = self.short.room(rest.slots.len() + 1);
            rest.hand_over(&mut self.short.counters(head.room));
            self.notes.grow(self.short.slots());
        }
        if std::mem::replace(&mut self.recent, number) == number {
            // Its counters are in this core's cache.
            self.count_one(number, times, false, ticks);
        } else {
            self.note(number, times, false, ticks);
        }
    }

    /// Notes the times of one trace of a shape, and that of the next event if that is given too.
    #[inline]
    fn note(&mut self, number: u32, times: impl Fn(u32) -> i64, pause: bool, ticks: Ticks) {
        let mut head = &mut self.known.heads[number as usize];
        let (room, events) = (head.room, head.length);
        if !Notes::has_space(room, head.noted, events) {
            self.count_noted(number, ticks);
            head = &mut self.known.heads[number as usize];
            // A long trace, or one of a shape without counters.
            if !Notes::has_space(room, head.noted, events) {
                self.count_one(number, times, pause, ticks);
                return;
            }
        }
        if !self.notes.note((room, &mut head.noted), (events, pause), &times, ticks) {
            self.count_one(number, times, pause, ticks);
        }
    }

    /// Counts the latencies of one trace of a shape, and the pause behind it if the time of the next
    /// event is given too.
    fn count_one(&mut self, number: u32, times: impl Fn(u32) -> i64, pause: bool, ticks: Ticks) {
        let head = &self.known.heads[number as usize];
        let list = &self.lists[head.list as usize];
        let (mut counters, rest) =
            (self.short.counters(head.room), &mut self.rests[number as usize]);
        for m in if pause { list } else { inner(list) } {
            let latency = times(m.to).wrapping_sub(times(m.from));
            if !counters.add(m.slot, ticks.units(latency)) {
                rest.add(m.slot, latency, ticks);
            }
        }
    }

    /// Counts the latencies that are noted of a shape.
    #[inline(never)]
    fn count_noted(&mut self, number: u32, ticks: Ticks) {
        let head = &mut self.known.heads[number as usize];
        let measures = &self.lists[head.list as usize];
        let traces = self.notes.take((head.room, &mut head.noted), head.length);
        let (counters, rest) = (self.short.counters(head.room), &mut self.rests[number as usize]);
        counters.fetch(traces.0.len());
        let units = |from: &u32, to: &u32| i64::from(*to) - i64::from(*from);
        count(measures, traces, units, counters, |slot, to, units| {
            if *to != NO_NEXT {
                rest.add(slot, ticks.ns(units), ticks);
            }
        });
    }

    /// Counts the pause from a trace of a shape to the next one.
    #[inline]
    pub(super) fn wrap(&mut self, number: u32, pause_ns: i64, ticks: Ticks) {
        let room = self.known.heads[number as usize].room;
        if !self.short.counters(room).add(room.pauses(), ticks.units(pause_ns)) {
            self.rests[number as usize].wraps.add(pause_ns, ticks);
        }
    }

    /// The events of a shape that are measured.
    pub(super) fn measures(&self, number: u32) -> &[Measure] {
        inner(&self.lists[self.known.heads[number as usize].list as usize])
    }

    /// The labels of a shape.
    pub(super) fn labels(&self, number: u32) -> &[Name] {
        self.known.labels(&self.known.heads[number as usize])
    }

    /// Counts the latencies that are noted.
    pub(super) fn count(&mut self, ticks: Ticks) {
        for number in 0..self.rests.len() {
            self.count_noted(u32::try_from(number).unwrap_or(u32::MAX), ticks);
        }
    }

    /// All traces by their shapes, with their short latencies.
    pub(super) fn settle(&mut self, ticks: Ticks) -> (Vec<Measured>, &Short) {
        self.count(ticks);
        let rests = std::mem::take(&mut self.rests);
        let all = self.known.heads.iter().zip(rests).map(|(head, rest)| Measured {
            kind: head.kind,
            labels: self.known.labels(head).to_vec(),
            across: self.known.across(head).to_vec(),
            traces: head.traces,
            first: head.first,
            slots: rest.slots,
            wraps: rest.wraps,
            room: head.room,
        });
        (all.collect(), &self.short)
    }
}

/// The measures within a trace.
fn inner(list: &[Measure]) -> &[Measure] {
    list.split_last().map_or(&[], |(_, inner)| inner)
}

/// Counts the latencies of traces of one shape in units of the clock, and hands on those that are not
/// short, with their slot and the end. The traces stand one behind the other, each with so many
/// times. One measure after the other: what is the same for all traces is looked up once.
#[inline]
fn count<T>(
    measures: &[Measure],
    (traces, length): (&[T], usize),
    units: impl Fn(&T, &T) -> i64,
    mut counters: Counters<'_>,
    mut others: impl FnMut(u32, &T, i64),
) {
    for &Measure { from, to, slot } in measures {
        let mut counters = counters.of(slot);
        for trace in traces.chunks_exact(length.max(1)) {
            let (Some(from), Some(to)) = (trace.get(from as usize), trace.get(to as usize)) else {
                continue;
            };
            let units = units(from, to);
            // A negative one is more than any counter is for.
            if !counters.add(usize::try_from(units.cast_unsigned()).unwrap_or(usize::MAX)) {
                others(slot, to, units);
            }
        }
    }
}
