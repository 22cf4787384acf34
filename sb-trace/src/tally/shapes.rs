//! Shapes: traces with the same labels in the same order are measured in the same places.

mod absorb;
#[cfg(test)]
mod tests;

use super::counts::{Counts, Ticks};
use super::heads::{Head, Known, hash, next_trace, tag};
use super::poured::Poured;
use super::short::{Counters, Room, Short};
use super::slots::{Measure, Slot, Slots};
use crate::event::Event;
use crate::latency::PairChoice;
use crate::names::{Name, Names};
use crate::trace::StartClass;
use hashbrown::{HashMap, HashTable};
use std::ops::Range;

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
            noted: 0,
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
        }
        if std::mem::replace(&mut self.recent, number) == number {
            // Its counters are in this core's cache.
            let mut counters = self.short.counters(head.room);
            let slots = &mut self.rests[number as usize].slots;
            count(inner(&self.lists[head.list as usize]), times, (&mut counters, slots), ticks);
        } else {
            self.note(number, times, false, ticks);
        }
    }

    /// Notes the latencies of one trace of a shape, and the pause behind it if the time of the next
    /// event is given too.
    #[inline]
    fn note(&mut self, number: u32, times: impl Fn(u32) -> i64, pause: bool, ticks: Ticks) {
        let head = &mut self.known.heads[number as usize];
        let measures = &self.lists[head.list as usize];
        let latencies = latencies(if pause { measures } else { inner(measures) }, times);
        let rests = &mut self.rests;
        self.short.note(head.room, &mut head.noted, latencies, ticks, |slot, latency| {
            rests[number as usize].add(slot, latency, ticks);
        });
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
        let mut likely = self.likely(kind, left);
        // The last trace, and what follows it, as long as it is not noted: whether the pause behind it
        // is one shows with the next trace.
        let mut open: Option<(u32, &[Event])> = None;
        while let Some((number, labels)) = likely {
            if number == last.0 {
                self.note_rows(open.take(), false, ticks);
                let (end, behind) = self.measure_run(number, left, last.1, max_trace_ns, ticks);
                if behind.len() == left.len() {
                    break;
                }
                (last.1, left) = (end, behind);
                likely = self.likely(kind, left);
                continue;
            }
            let labels = self.known.labels.get(labels).unwrap_or_default();
            let Some((trace, behind)) = next_trace(left, labels, max_trace_ns) else { break };
            let (first, end) = (trace[0].epoch_ns, trace[trace.len() - 1].epoch_ns);
            // Asked for before any trace is noted: where there are many shapes, its memory is far away.
            likely = self.likely(kind, behind);
            self.known.heads[number as usize].traces += 1;
            if open.is_none() {
                self.wrap(last.0, first.wrapping_sub(last.1), ticks);
            }
            self.note_rows(open.replace((number, left)), true, ticks);
            (*last, left) = ((number, end), behind);
        }
        self.note_rows(open, false, ticks);
        rows.len() - left.len()
    }

    /// Notes the trace that the first rows are, if there is one.
    #[inline]
    fn note_rows(&mut self, of: Option<(u32, &[Event])>, pause: bool, ticks: Ticks) {
        if let Some((number, rows)) = of {
            self.note(number, |at| rows[at as usize].epoch_ns, pause, ticks);
        }
    }

    /// The likely shape of a trace that the first rows may be, if it can be measured as simply as that,
    /// and where its labels are.
    #[inline]
    fn likely(&self, kind: Kind, rows: &[Event]) -> Option<(u32, Range<usize>)> {
        let &number = self.likely.get(rows.get(1)?.label as usize)?;
        let head = self.known.heads.get(number as usize)?;
        let fits = head.opens_once && head.kind == kind && !head.room.is_none();
        fits.then(|| (number, head.labels()))
    }

    /// Measures the traces of one shape that follow one another and a trace of that shape, which
    /// ended then; gives the end of the last, and the rows behind it.
    #[inline(never)]
    fn measure_run<'r>(
        &mut self,
        number: u32,
        rows: &'r [Event],
        mut end: i64,
        max_trace_ns: i64,
        ticks: Ticks,
    ) -> (i64, &'r [Event]) {
        // All that is needed for each trace is looked up once.
        let head = &self.known.heads[number as usize];
        let labels = self.known.labels(head);
        let measures = inner(&self.lists[head.list as usize]);
        let mut counters = self.short.counters(head.room);
        let rest = &mut self.rests[number as usize];
        let (mut left, mut traces) = (rows, 0);
        while let Some((trace, behind)) = next_trace(left, labels, max_trace_ns) {
            let times = |at: u32| trace[at as usize].epoch_ns;
            count(measures, times, (&mut counters, &mut rest.slots), ticks);
            let pause = trace[0].epoch_ns.wrapping_sub(end);
            if !counters.add(head.room.pauses(), ticks.units(pause)) {
                rest.wraps.add_seldom(pause, ticks);
            }
            traces += 1;
            (end, left) = (trace[trace.len() - 1].epoch_ns, behind);
        }
        self.known.heads[number as usize].traces += traces;
        (end, left)
    }

    /// Counts the pause from a trace of a shape to the next one.
    #[inline]
    pub(super) fn wrap(&mut self, number: u32, pause_ns: i64, ticks: Ticks) {
        let head = &mut self.known.heads[number as usize];
        let pause = std::iter::once((head.room.pauses(), pause_ns));
        let rests = &mut self.rests;
        self.short.note(head.room, &mut head.noted, pause, ticks, |slot, pause| {
            rests[number as usize].add(slot, pause, ticks);
        });
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
        for (head, rest) in self.known.heads.iter_mut().zip(&mut self.rests) {
            self.short.count(head.room, &mut head.noted, ticks, |slot, latency| {
                rest.add(slot, latency, ticks);
            });
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

/// Counts the latencies of one trace, those that are not short in their slots.
#[inline]
fn count(
    measures: &[Measure],
    times: impl Fn(u32) -> i64,
    (counters, slots): (&mut Counters<'_>, &mut [Slot]),
    ticks: Ticks,
) {
    for (slot, latency) in latencies(measures, times) {
        if !counters.add(slot, ticks.units(latency)) {
            slots[slot as usize].latencies.add_seldom(latency, ticks);
        }
    }
}

/// The latencies of one trace, each with its slot.
#[inline]
fn latencies(
    measures: &[Measure],
    times: impl Fn(u32) -> i64,
) -> impl ExactSizeIterator<Item = (u32, i64)> {
    // Epochs are not negative, so that their difference fits.
    measures.iter().map(move |m| (m.slot, times(m.to).wrapping_sub(times(m.from))))
}
