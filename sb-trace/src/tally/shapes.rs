//! Shapes: traces with the same labels in the same order are measured in the same places.

use super::counts::{Counts, Ticks};
use super::poured::Poured;
use super::short::{Room, Short};
use super::slots::{Measure, Slot, Slots};
use crate::event::Event;
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

/// What every trace of a shape needs. It is small, and all of them stand together: where there are
/// many shapes, the memory of each is far away.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Head {
    traces: u64,
    first: (u32, u64),
    kind: Kind,
    /// Where its labels stand in [`Known::labels`], and behind them the places of `across`.
    labels: u32,
    length: u32,
    across: u32,
    /// Whether its first label comes once, and all events were stamped by one clock.
    opens_once: bool,
    /// Which list of measures is its own.
    list: u32,
    /// The counters of short latencies and, in one more slot, of short pauses.
    room: Room,
}

/// The shapes by their numbers.
#[derive(Debug, Default)]
struct Known {
    heads: Vec<Head>,
    labels: Vec<u32>,
}

impl Known {
    /// Whether traces of this kind with these labels have this shape.
    #[inline]
    fn is(
        &self,
        number: u32,
        kind: Kind,
        labels: impl ExactSizeIterator<Item = Name>,
        across: &[u32],
    ) -> bool {
        let Some(head) = self.heads.get(number as usize) else { return false };
        let known = self.labels.get(head.labels as usize..).unwrap_or_default();
        head.kind == kind
            && labels.len() == head.length as usize
            && labels.zip(known).all(|(label, &known)| label == known)
            // Mostly both are empty. Compared as slices, they would be looked at by a masked load from
            // no memory at all, which was measured to cost more than all else.
            && head.across as usize == across.len()
            && across.iter().eq(self.across(head))
    }

    fn labels(&self, head: &Head) -> &[Name] {
        let from = head.labels as usize;
        self.labels.get(from..from + head.length as usize).unwrap_or_default()
    }

    fn across(&self, head: &Head) -> &[u32] {
        let from = head.labels as usize + head.length as usize;
        self.labels.get(from..from + head.across as usize).unwrap_or_default()
    }

    fn hash(&self, number: u32) -> u64 {
        let head = &self.heads[number as usize];
        hash(head.kind, self.labels(head).iter().copied(), self.across(head))
    }
}

/// What is seldom needed of a shape: latencies that are not short.
#[derive(Debug)]
struct Rest {
    slots: Vec<Slot>,
    wraps: Counts,
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
    known: Known,
    rests: Vec<Rest>,
    /// Mostly, many shapes are measured in the same places.
    lists: Vec<Vec<Measure>>,
    list_of: HashMap<Vec<Measure>, u32>,
    short: Short,
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
            head.room = self.short.room(self.rests[number as usize].slots.len() + 1);
        }
        self.take(number, false, times, ticks);
    }

    /// Takes the latencies of one trace of a shape, the counters of which may be `near`.
    #[inline]
    fn take(&mut self, number: u32, near: bool, times: impl Fn(u32) -> i64, ticks: Ticks) {
        let head = &self.known.heads[number as usize];
        for m in &self.lists[head.list as usize] {
            let Some(to) = m.to else { continue };
            // Epochs are not negative, so that their difference fits.
            let latency = times(to).wrapping_sub(times(m.from));
            if !self.short.take(near, head.room, m.slot, ticks.units(latency)) {
                let slot = &mut self.rests[number as usize].slots[m.slot as usize];
                slot.latencies.add(latency, ticks);
            }
        }
    }

    /// Measures traces of this kind that follow one another from the first row on, as long as their
    /// shapes are likely ones that have been met often and begin with a label that comes once in
    /// them; `last` is the shape and the end of the trace before. Gives how many rows they have. A
    /// trace is over when the next begins.
    pub(super) fn measure_likely(
        &mut self,
        kind: Kind,
        rows: &[Event],
        last: &mut (u32, i64),
        max_trace_ns: i64,
        ticks: Ticks,
    ) -> usize {
        let mut left = rows;
        // Where a trace ends is told by its rows: where there are many shapes, the processor waits for
        // what is known of one, and may go on to the next trace meanwhile.
        while let [first, others @ ..] = left
            && let Some(length) = others.iter().position(|row| row.label == first.label)
            && let Some((trace, behind)) = left.split_at_checked(length + 1)
            && let [_, second, ..] = trace
            && let Some(&number) = self.likely.get(second.label as usize)
            && let Some(head) = self.known.heads.get_mut(number as usize)
            && head.opens_once
            && head.kind == kind
            && !head.room.is_none()
            && head.length as usize == trace.len()
            && let Some(end) = trace.last()
            && end.epoch_ns.wrapping_sub(first.epoch_ns) <= max_trace_ns
            && let Some(labels) = self.known.labels.get(head.labels as usize..)
            && trace.iter().zip(labels).all(|(row, label)| row.label == *label)
            && trace.is_sorted_by_key(|row| row.epoch_ns)
        {
            head.traces += 1;
            // The counters of the shape before are in this core's cache.
            let near = number == last.0;
            self.take(number, near, |at| trace[at as usize].epoch_ns, ticks);
            self.take_pause(last.0, near, first.epoch_ns.wrapping_sub(last.1), ticks);
            (*last, left) = ((number, end.epoch_ns), behind);
        }
        rows.len() - left.len()
    }

    /// Counts the pause from a trace of a shape to the next one.
    #[inline]
    pub(super) fn wrap(&mut self, number: u32, pause_ns: i64, ticks: Ticks) {
        self.take_pause(number, false, pause_ns, ticks);
    }

    #[inline]
    fn take_pause(&mut self, number: u32, near: bool, pause_ns: i64, ticks: Ticks) {
        let room = self.known.heads[number as usize].room;
        if !self.short.take(near, room, room.pauses(), ticks.units(pause_ns)) {
            self.rests[number as usize].wraps.add(pause_ns, ticks);
        }
    }

    /// The events of a shape that are measured.
    pub(super) fn measures(&self, number: u32) -> &[Measure] {
        &self.lists[self.known.heads[number as usize].list as usize]
    }

    /// The labels of a shape.
    pub(super) fn labels(&self, number: u32) -> &[Name] {
        self.known.labels(&self.known.heads[number as usize])
    }

    /// Adds all that was measured elsewhere, where labels may have other handles; gives the numbers
    /// here of its shapes.
    pub(super) fn absorb(
        &mut self,
        mut other: Self,
        label: impl Fn(Name) -> Name,
        pairs: &PairChoice,
        names: &Names,
        ticks: Ticks,
    ) -> Vec<u32> {
        other.short.count();
        let rests = std::mem::take(&mut other.rests);
        let numbers = other.known.heads.iter().zip(rests).map(|(of, rest)| {
            let labels: Vec<Name> = other.known.labels(of).iter().map(|&l| label(l)).collect();
            let across = other.known.across(of);
            let number = self.number(of.kind, labels.iter().copied(), across, pairs, names);
            let head = &mut self.known.heads[number as usize];
            head.traces += of.traces;
            head.first = head.first.min(of.first);
            if head.room.is_none() {
                head.room = self.short.room(of.room.slots() as usize);
            }
            let into = &mut self.rests[number as usize];
            into.wraps.absorb(rest.wraps, ticks);
            // The same labels are measured in the same places, so these are the same slots.
            for (slot, of) in into.slots.iter_mut().zip(rest.slots) {
                slot.latencies.absorb(of.latencies, ticks);
            }
            self.short.absorb(head.room, &other.short, of.room);
            number
        });
        numbers.collect()
    }

    /// All traces by their shapes, with their short latencies.
    pub(super) fn settle(&mut self) -> (Vec<Measured>, &Short) {
        self.short.count();
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

/// Few instructions for each label: most shapes are short.
fn hash(kind: Kind, labels: impl Iterator<Item = Name>, across: &[u32]) -> u64 {
    const MIXES: u64 = 0x9e37_79b9_7f4a_7c15;
    let flags = u32::from(kind.fragment) + 2 * u32::from(kind.by_sequence);
    let start = kind.start.class as u32 * 4 + flags;
    let parts = [kind.benchmark, start].into_iter().chain(labels).chain(across.iter().copied());
    let hash =
        parts.fold(0u64, |hash, part| (hash.rotate_left(5) ^ u64::from(part)).wrapping_mul(MIXES));
    hash ^ hash >> 32
}

/// Some bits of a hash that a table does not look at by itself.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 20 & 0xffff_ffff).unwrap_or_default()
}
