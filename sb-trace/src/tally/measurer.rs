//! What measures a trace, wherever it is done.

use super::Clocks;
use super::counts::Ticks;
use super::shapes::{Kind, Shapes};
use crate::event::Event;
use crate::filter::Filter;
use crate::latency::PairChoice;
use crate::names::{Name, Names};

/// How traces are measured.
#[derive(Debug, Clone)]
pub(super) struct How {
    pub pairs: PairChoice,
    pub filter: Filter,
    /// The benchmark of each run, as a number.
    pub benchmarks: Vec<u32>,
    pub ticks: Ticks,
    pub max_trace_ns: i64,
}

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub shapes: Shapes,
    /// Traces that were cut.
    pub split: u64,
    /// Events that the filter left out.
    pub filtered: u64,
}

impl Made {
    /// Adds what was measured elsewhere, where labels may have other handles; gives the numbers here
    /// of its shapes.
    pub(super) fn absorb(
        &mut self,
        other: Self,
        label: impl Fn(Name) -> Name,
        how: &How,
        names: &Names,
    ) -> Vec<u32> {
        self.split += other.split;
        self.filtered += other.filtered;
        self.shapes.absorb(other.shapes, label, &how.pairs, names, how.ticks)
    }
}

/// What a trace needs to be measured.
#[derive(Debug)]
pub(super) struct Measurer<'a> {
    pub how: &'a How,
    pub names: &'a Names,
    pub made: &'a mut Made,
}

impl Measurer<'_> {
    pub(super) fn benchmark(&self, run: u32) -> u32 {
        self.how.benchmarks[run as usize]
    }

    pub(super) fn max_trace_ns(&self) -> i64 {
        self.how.max_trace_ns
    }

    pub(super) fn split(&mut self, was_cut: bool) {
        self.made.split += u64::from(was_cut);
    }

    /// Measures a trace; gives its shape unless it lies outside the chosen span of time.
    pub(super) fn measure(
        &mut self,
        kind: Kind,
        labels: impl ExactSizeIterator<Item = Name> + Clone,
        across: &[u32],
        times: impl Fn(u32) -> i64,
        place: (u32, u64),
    ) -> Option<u32> {
        if !self.how.filter.wants_time(times(0), 0) {
            self.made.filtered += labels.len() as u64;
            return None;
        }
        let shape = self.made.shapes.number(kind, labels, across, &self.how.pairs, self.names);
        self.made.shapes.measure(shape, times, place, self.how.ticks);
        Some(shape)
    }

    /// Measures the traces that come first among these events, as far as that is easy; see
    /// [`Shapes::measure_likely`].
    pub(super) fn measure_likely(
        &mut self,
        kind: Kind,
        events: &[Event],
        last: &mut (u32, i64),
    ) -> usize {
        if !self.how.filter.is_all() {
            return 0;
        }
        let (max_trace_ns, ticks) = (self.how.max_trace_ns, self.how.ticks);
        self.made.shapes.measure_likely(kind, events, last, max_trace_ns, ticks)
    }

    /// The shape of a trace with these labels, which is measured elsewhere.
    pub(super) fn shape(&mut self, kind: Kind, labels: &[Name]) -> u32 {
        self.made.shapes.number(kind, labels.iter().copied(), &[], &self.how.pairs, self.names)
    }

    /// Notes the pause between a trace of this shape and the next one of its stream.
    pub(super) fn wrap(&mut self, shape: u32, pause_ns: i64) {
        self.made.shapes.wrap(shape, pause_ns, self.how.ticks);
    }

    /// Notes the latencies of a trace from one clock to another.
    pub(super) fn note_clocks(
        &self,
        shape: u32,
        times: impl Fn(u32) -> i64,
        clock: impl Fn(u32) -> u32,
        clocks: &mut Clocks,
    ) {
        for m in self.made.shapes.measures(shape) {
            let (from_clock, to_clock) = (clock(m.from), clock(m.to));
            if from_clock != to_clock {
                let latency = times(m.to).saturating_sub(times(m.from));
                clocks.note((shape, m.slot), from_clock, to_clock, latency);
            }
        }
    }
}
