//! Shapes: traces with the same labels in the same order are measured in the same places.

use super::counts::{Counts, Ticks};
use crate::latency::{PairChoice, positions};
use crate::names::{Name, Names};
use hashbrown::HashMap;

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
    /// Which events were stamped by another clock than the one before: their places.
    pub across: Vec<u32>,
}

/// What two events of a trace are measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// From one event to the next.
    Step,
    /// From the first to the last.
    Total,
    /// The pair of this number that the user named.
    Named(u32),
}

/// Two events of a trace by their places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    pub what: What,
    pub from: u32,
    pub to: Option<u32>,
}

/// All traces of one shape.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub shape: Shape,
    pub traces: u64,
    /// Run and place in the log of the first of them.
    pub first: (u32, u64),
    pub measures: Vec<Measure>,
    /// For each measure the latencies.
    pub latencies: Vec<Counts>,
    /// Pauses from the last event to the next trace of the same stream.
    pub wraps: Counts,
}

impl Measured {
    /// Measures one trace of this shape by the times of its events.
    pub(super) fn add(&mut self, times: impl Fn(u32) -> i64, place: (u32, u64), ticks: Ticks) {
        self.traces += 1;
        self.first = self.first.min(place);
        for (m, counts) in self.measures.iter().zip(&mut self.latencies) {
            if let Some(to) = m.to {
                counts.add(times(to).saturating_sub(times(m.from)), ticks);
            }
        }
    }
}

/// The shapes that were seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    index: HashMap<Box<[u32]>, u32>,
    key: Vec<u32>,
    pub all: Vec<Measured>,
}

/// The parts of a shape, before it is known whether it is new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub benchmark: u32,
    pub fragment: bool,
    pub by_sequence: bool,
}

impl Shapes {
    /// The number of a shape; a new one is measured as `pairs` asks.
    pub(super) fn number(
        &mut self,
        kind: Kind,
        labels: impl Iterator<Item = Name>,
        across: &[u32],
        pairs: &PairChoice,
        names: &Names,
    ) -> u32 {
        self.key.clear();
        self.key.push(kind.benchmark);
        self.key.push(u32::from(kind.fragment) + 2 * u32::from(kind.by_sequence));
        self.key.push(u32::try_from(across.len()).unwrap_or(u32::MAX));
        self.key.extend(across);
        self.key.extend(labels);
        if let Some(&known) = self.index.get(self.key.as_slice()) {
            return known;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let labels = self.key[3 + across.len()..].to_vec();
        let measures = measures(&labels, pairs, names);
        self.index.insert(self.key.as_slice().into(), number);
        self.all.push(Measured {
            traces: 0,
            first: (u32::MAX, u64::MAX),
            latencies: vec![Counts::default(); measures.len()],
            measures,
            wraps: Counts::default(),
            shape: Shape {
                benchmark: kind.benchmark,
                labels,
                fragment: kind.fragment,
                by_sequence: kind.by_sequence,
                across: across.to_vec(),
            },
        });
        number
    }
}

/// Where traces with these labels are measured. The steps are always: the pauses between the
/// events tell whether the log starts in the middle.
fn measures(labels: &[Name], pairs: &PairChoice, names: &Names) -> Vec<Measure> {
    let count = u32::try_from(labels.len()).unwrap_or(u32::MAX);
    let mut measures: Vec<Measure> =
        (1..count).map(|at| Measure { what: What::Step, from: at - 1, to: Some(at) }).collect();
    match pairs {
        PairChoice::Named(specs) => {
            for (number, spec) in (0u32..).zip(specs) {
                let Some(from) = names.find(&spec.from) else { continue };
                // A TO that no event has by now is not among these labels.
                let to = names.find(&spec.to).unwrap_or(Name::MAX);
                let of = positions(labels, (from, to));
                measures.extend(of.into_iter().map(|(from, to)| Measure {
                    what: What::Named(number),
                    from,
                    to,
                }));
            }
        }
        PairChoice::Consecutive | PairChoice::All if count > 1 => {
            measures.push(Measure { what: What::Total, from: 0, to: Some(count - 1) });
        }
        PairChoice::Consecutive | PairChoice::All => {}
    }
    measures
}
