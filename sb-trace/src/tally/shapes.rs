//! Shapes: traces with the same labels in the same order are measured in the same places.

use super::counts::{Counts, Ticks};
use crate::latency::{Match, PairSpecs};
use crate::names::Name;
use crate::trace::StartClass;
use hashbrown::HashMap;

/// What traces of one shape have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// Index of the run's benchmark.
    pub benchmark: u32,
    /// The labels in time order.
    pub labels: Vec<Name>,
    /// Whether the traces began before the log did.
    pub fragment: bool,
    /// Whether the order of the log made them.
    pub by_sequence: bool,
    pub start: StartClass,
    /// Which steps lead from one clock to another: the place of the later event.
    pub across: Vec<u32>,
}

/// All traces of one shape.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub shape: Shape,
    pub traces: u64,
    /// Run and place in the log of the first of them.
    pub first: (u32, u64),
    /// Where they are measured.
    pub matches: Vec<Match>,
    /// For each match the latencies.
    pub latencies: Vec<Counts>,
    /// For each step its duration, if the matches do not say it.
    pub steps: Vec<Counts>,
}

/// The shapes that were seen.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    index: HashMap<Shape, u32>,
    pub all: Vec<Measured>,
}

impl Shapes {
    /// The number of a shape.
    pub(super) fn number(&mut self, shape: Shape, specs: &PairSpecs, first: (u32, u64)) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if let Some(&known) = self.index.get(&shape) {
            return known;
        }
        let across = |at: u32| shape.across.binary_search(&at).is_ok();
        let matches = specs.matches(&shape.labels, across);
        let steps = if specs.are_consecutive() { 0 } else { shape.labels.len().saturating_sub(1) };
        self.index.insert(shape.clone(), next);
        self.all.push(Measured {
            traces: 0,
            first,
            latencies: vec![Counts::default(); matches.len()],
            steps: vec![Counts::default(); steps],
            matches,
            shape,
        });
        next
    }
}

impl Measured {
    /// Measures one trace of this shape by the times of its events.
    pub(super) fn add(&mut self, times: &[i64], place: (u32, u64), ticks: Ticks) {
        self.traces += 1;
        self.first = self.first.min(place);
        for (m, counts) in self.matches.iter().zip(&mut self.latencies) {
            if let Some(to) = m.to {
                let latency = times[to as usize].saturating_sub(times[m.from as usize]);
                counts.add(latency, ticks);
            }
        }
        for (step, counts) in times.windows(2).zip(&mut self.steps) {
            counts.add(step[1].saturating_sub(step[0]), ticks);
        }
    }
}
