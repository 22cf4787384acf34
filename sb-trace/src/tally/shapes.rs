//! Shapes: traces with the same labels in the same order are measured in the same places.

use super::counts::{Counts, Ticks};
use crate::latency::{PairChoice, positions};
use crate::names::{Name, Names};
use crate::trace::StartClass;
use hashbrown::{HashMap, HashTable};

/// What traces of one shape have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Index of the run's benchmark.
    pub benchmark: u32,
    /// The labels in time order.
    pub labels: Vec<Name>,
    /// Whether the traces began before the log did.
    pub fragment: bool,
    /// Whether the order of the log made them.
    pub by_sequence: bool,
    /// What the log says of the start of the invocations.
    pub start: StartClass,
    /// Which events were stamped by another clock than the one before: their places.
    pub across: Vec<u32>,
}

/// What two events of a trace are measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// From one event to the next.
    Step,
    /// From the first to the last.
    Total,
    /// The pair of this number that the user named.
    Named(u32),
}

/// Two events of a trace by their places in it, and where their latency is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub from: u32,
    pub to: Option<u32>,
    pub slot: u32,
}

/// Measures of one shape that say the same thing: the same labels in the same direction.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub what: What,
    pub from: Name,
    pub to: Name,
    /// Whether FROM and TO, one step apart, were stamped by two clocks.
    pub across: bool,
    /// How many measures of one trace are counted here, and how many FROM have no TO.
    pub measures: u64,
    pub unmatched: u64,
    /// The sums of the places of FROM and of TO.
    pub places: (u64, u64),
    pub latencies: Counts,
}

/// All traces of one shape. What each trace needs stands first and together: where there are many
/// shapes, the memory of each is far away.
#[derive(Debug, Clone)]
#[repr(C)]
pub(super) struct Measured {
    pub traces: u64,
    /// Run and place in the log of the first of them.
    pub first: (u32, u64),
    /// How often each short latency occurred, [`SHORT`] for each slot, and each short pause. Empty
    /// for the first traces of a shape.
    short: Vec<u32>,
    pub measures: Vec<Measure>,
    pub shape: Shape,
    pub slots: Vec<Slot>,
    /// Pauses from the last event to the next trace of the same stream.
    pub wraps: Counts,
}

/// Latencies of fewer units of the clock than this are short.
const SHORT: usize = 128;

/// So many traces have no memory for short latencies: most shapes of a disorderly log have one.
const FEW: u64 = 8;

impl Measured {
    /// Whether traces of this kind with these labels have this shape.
    #[inline]
    fn is(&self, kind: Kind, labels: impl ExactSizeIterator<Item = Name>, across: &[u32]) -> bool {
        let shape = &self.shape;
        let known = Kind {
            benchmark: shape.benchmark,
            fragment: shape.fragment,
            by_sequence: shape.by_sequence,
            start: shape.start,
        };
        known == kind
            && labels.len() == shape.labels.len()
            && labels.zip(&shape.labels).all(|(label, of_shape)| label == *of_shape)
            // Mostly both are empty. Compared as slices, they would be looked at by a masked load from
            // no memory at all, which was measured to cost more than all else.
            && shape.across.len() == across.len()
            && shape.across.iter().eq(across)
    }

    /// Measures one trace of this shape by the times of its events.
    #[inline]
    pub(super) fn add(&mut self, times: impl Fn(u32) -> i64, place: (u32, u64), ticks: Ticks) {
        self.traces += 1;
        self.first = self.first.min(place);
        if self.traces == FEW {
            self.short.resize((self.slots.len() + 1) * SHORT, 0);
        }
        for m in &self.measures {
            let Some(to) = m.to else { continue };
            // Epochs are not negative, so that their difference fits.
            let latency = times(to).wrapping_sub(times(m.from));
            let (units, slot) = (ticks.units(latency), m.slot as usize);
            match self.short.get_mut((slot * SHORT).wrapping_add(units)) {
                Some(count) if units < SHORT && *count < u32::MAX => *count += 1,
                _ => self.slots[slot].latencies.add(latency, ticks),
            }
        }
    }

    /// Counts the pause from a trace of this shape to the next one.
    #[inline]
    pub(super) fn wrap(&mut self, pause_ns: i64, ticks: Ticks) {
        let units = ticks.units(pause_ns);
        let pauses = self.short.len().saturating_sub(SHORT);
        match self.short.get_mut(pauses.wrapping_add(units)) {
            Some(count) if units < SHORT && *count < u32::MAX => *count += 1,
            _ => self.wraps.add(pause_ns, ticks),
        }
    }

    /// All latencies are counted in their slots from now on.
    pub(super) fn settle(&mut self, ticks: Ticks) {
        let short = std::mem::take(&mut self.short);
        let slots = self.slots.iter_mut().map(|slot| &mut slot.latencies);
        for (slot, counts) in slots.chain([&mut self.wraps]).zip(short.chunks(SHORT)) {
            slot.add_units(counts, ticks);
        }
    }
}

/// The shapes that were seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    index: HashTable<(u64, u32)>,
    /// The shape of the trace before.
    last: u32,
    pub all: Vec<Measured>,
}

/// The parts of a shape, before it is known whether it is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub benchmark: u32,
    pub fragment: bool,
    pub by_sequence: bool,
    pub start: StartClass,
}

impl Shapes {
    /// The number of a shape; a new one is measured as `pairs` asks.
    pub(super) fn number(
        &mut self,
        kind: Kind,
        labels: impl ExactSizeIterator<Item = Name> + Clone,
        across: &[u32],
        pairs: &PairChoice,
        names: &Names,
    ) -> u32 {
        let last = self.all.get(self.last as usize);
        if last.is_some_and(|last| last.is(kind, labels.clone(), across)) {
            return self.last;
        }
        let hash = hash(kind, labels.clone(), across);
        let all = &self.all;
        let known = self.index.find(hash, |&(of, number)| {
            of == hash && all[number as usize].is(kind, labels.clone(), across)
        });
        if let Some(&(_, known)) = known {
            self.last = known;
            return known;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.last = number;
        let labels: Vec<Name> = labels.collect();
        let (measures, slots) = Slots::of(&labels, across, pairs, names);
        self.index.insert_unique(hash, (hash, number), |&(hash, _)| hash);
        self.all.push(Measured {
            traces: 0,
            first: (u32::MAX, u64::MAX),
            measures,
            slots,
            short: Vec::new(),
            wraps: Counts::default(),
            shape: Shape {
                benchmark: kind.benchmark,
                labels,
                fragment: kind.fragment,
                by_sequence: kind.by_sequence,
                start: kind.start,
                across: across.to_vec(),
            },
        });
        number
    }

    /// Adds all that was measured elsewhere, where labels may have other handles; gives the numbers
    /// here of its shapes.
    pub(super) fn absorb(
        &mut self,
        other: Self,
        label: impl Fn(Name) -> Name,
        pairs: &PairChoice,
        names: &Names,
        ticks: Ticks,
    ) -> Vec<u32> {
        let numbers = other.all.into_iter().map(|mut of| {
            of.settle(ticks);
            let kind = Kind {
                benchmark: of.shape.benchmark,
                fragment: of.shape.fragment,
                by_sequence: of.shape.by_sequence,
                start: of.shape.start,
            };
            let labels: Vec<Name> = of.shape.labels.iter().map(|&l| label(l)).collect();
            let number = self.number(kind, labels.iter().copied(), &of.shape.across, pairs, names);
            let into = &mut self.all[number as usize];
            into.traces += of.traces;
            into.first = into.first.min(of.first);
            into.wraps.absorb(of.wraps, ticks);
            // The same labels are measured in the same places, so these are the same slots.
            for (slot, of) in into.slots.iter_mut().zip(of.slots) {
                slot.latencies.absorb(of.latencies, ticks);
            }
            number
        });
        numbers.collect()
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

/// Where the traces of a shape are measured, as it grows.
#[derive(Default)]
struct Slots {
    measures: Vec<Measure>,
    all: Vec<Slot>,
    index: HashMap<(What, Name, Name, bool), u32>,
}

impl Slots {
    /// Of traces with these labels. The steps are always measured: the pauses between the events
    /// tell whether the log starts in the middle.
    fn of(
        labels: &[Name],
        across: &[u32],
        pairs: &PairChoice,
        names: &Names,
    ) -> (Vec<Measure>, Vec<Slot>) {
        let mut out = Self::default();
        for (at, step) in (1u32..).zip(labels.windows(2)) {
            let across = across.binary_search(&at).is_ok();
            out.add(What::Step, (step[0], step[1]), across, (at - 1, Some(at)));
        }
        match pairs {
            PairChoice::Named(specs) => {
                for (number, spec) in (0u32..).zip(specs) {
                    let Some(from) = names.find(&spec.from) else { continue };
                    // A TO that no event has by now is not among these labels.
                    let to = names.find(&spec.to).unwrap_or(Name::MAX);
                    for places in positions(labels, (from, to)) {
                        out.add(What::Named(number), (from, to), false, places);
                    }
                }
            }
            PairChoice::Consecutive | PairChoice::All => {
                if let [first, .., last] = *labels {
                    let end = u32::try_from(labels.len() - 1).ok();
                    out.add(What::Total, (first, last), false, (0, end));
                }
            }
        }
        (out.measures, out.all)
    }

    fn add(
        &mut self,
        what: What,
        (a, b): (Name, Name),
        across: bool,
        (from, to): (u32, Option<u32>),
    ) {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let slot = *self.index.entry((what, a, b, across)).or_insert(next);
        if slot == next {
            self.all.push(Slot {
                what,
                from: a,
                to: b,
                across,
                measures: 0,
                unmatched: 0,
                places: (0, 0),
                latencies: Counts::default(),
            });
        }
        let of = &mut self.all[slot as usize];
        of.measures += 1;
        of.unmatched += u64::from(to.is_none());
        of.places.0 += u64::from(from);
        of.places.1 += u64::from(to.unwrap_or(from));
        self.measures.push(Measure { from, to, slot });
    }
}
