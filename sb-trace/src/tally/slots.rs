//! Where the traces of a shape are measured: which of their events, and for which pair.

use super::counts::Counts;
use crate::latency::{PairChoice, positions};
use crate::names::{Name, Names};
use hashbrown::HashMap;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Measure {
    pub from: u32,
    pub to: u32,
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

/// Where the traces of a shape are measured, as it grows.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Those within a trace, and last the pause to the next one, whose first event stands behind the
    /// last; the slot behind all others is for pauses.
    pub measures: Vec<Measure>,
    pub all: Vec<Slot>,
    /// Which of them is which, once they are many.
    index: HashMap<Key, u32>,
}

/// What tells one slot of a shape from another.
type Key = (What, Name, Name, bool);

/// So many slots are compared one by one: most shapes are short.
const FEW: usize = 16;

impl Slot {
    fn key(&self) -> Key {
        (self.what, self.from, self.to, self.across)
    }
}

impl Slots {
    /// Of traces with these labels. The steps are always measured: the pauses between the events
    /// tell whether the log starts in the middle.
    pub(super) fn of(labels: &[Name], across: &[u32], pairs: &PairChoice, names: &Names) -> Self {
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
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let behind = count(labels.len());
        let (from, slot) = (behind.saturating_sub(1), count(out.all.len()));
        out.measures.push(Measure { from, to: behind, slot });
        out
    }

    fn add(
        &mut self,
        what: What,
        (a, b): (Name, Name),
        across: bool,
        (from, to): (u32, Option<u32>),
    ) {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let key = (what, a, b, across);
        let slot = if self.all.len() < FEW {
            (0..).zip(&self.all).find(|(_, of)| of.key() == key).map_or(next, |(slot, _)| slot)
        } else {
            if self.index.is_empty() {
                self.index.extend(self.all.iter().map(Slot::key).zip(0..));
            }
            *self.index.entry(key).or_insert(next)
        };
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
        self.measures.extend(to.map(|to| Measure { from, to, slot }));
    }
}
