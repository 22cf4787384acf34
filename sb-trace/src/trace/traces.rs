//! Whole traces, as columns: a row an event, trace by trace, and a row a trace.

use super::paths::PathKind;
use super::{ColdWarm, Stream};
use crate::event::{Id, MostlyOne};
use crate::options::Filter;

/// What a trace is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TraceName {
    /// By its key, one of [`Traces::keys`].
    Key(u32),
    /// By the file and line of its first event, and how many traces were opened on that line, this
    /// one included.
    Place { file: u32, line: u64, nth: u32 },
}

/// How invocations started that took part in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InvocationStarts {
    pub cold: bool,
    pub warm: bool,
}

impl InvocationStarts {
    pub(crate) fn add(&mut self, class: ColdWarm) {
        self.cold |= class == ColdWarm::Cold;
        self.warm |= class == ColdWarm::Warm;
    }
}

/// A trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace {
    /// Its events, in its order.
    pub first: u32,
    pub end: u32,
    pub run: u32,
    pub kind: PathKind,
    pub name: TraceName,
    /// Which part it is of a trace that was cut, from 1.
    pub part: u32,
    /// The number in the log of the event of it that comes first there.
    pub first_place: u64,
    pub started: InvocationStarts,
}

/// Whole traces.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    pub epoch_ns: Vec<i64>,
    pub label: Vec<u32>,
    /// The number of each event in the log.
    pub place: Vec<u64>,
    /// Place in `streams` of the stream of each event.
    pub stream: MostlyOne<u32>,
    pub streams: Vec<Stream>,
    /// Traces by order stand in the order of their first places in the log.
    pub all: Vec<Trace>,
    pub keys: Vec<Id>,
    /// How many were longer than the limit and cut.
    pub split: u64,
    /// Events of traces that the filter left out.
    pub filtered: u64,
}

/// How whole traces are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<'o> {
    pub filter: &'o Filter,
    /// What is longer is cut, if the rule allows it.
    pub max_trace_ns: Option<i64>,
}

impl Traces {
    /// Puts the events of each trace into its order, cuts what is too long, leaves out what the filter
    /// does not want, and puts the traces into the order of the log.
    pub(crate) fn finish(&mut self, limits: Limits<'_>, begin: impl Fn(u32) -> i64) {
        for trace in &self.all {
            let range = Self::range(trace);
            if !self.epoch_ns[range.clone()].is_sorted() {
                // Only events of one stream are not in order yet: those of several were sorted.
                let mut events: Vec<(i64, u32, u64)> = range
                    .clone()
                    .map(|at| (self.epoch_ns[at], self.label[at], self.place[at]))
                    .collect();
                events.sort_by_key(|&(epoch_ns, ..)| epoch_ns);
                for (at, (epoch_ns, label, place)) in range.zip(events) {
                    (self.epoch_ns[at], self.label[at], self.place[at]) = (epoch_ns, label, place);
                }
            }
        }
        if let Some(most) = limits.max_trace_ns {
            self.cut_long(most);
        }
        let filter = limits.filter;
        if !filter.is_all() {
            let (epoch_ns, filtered) = (&self.epoch_ns, &mut self.filtered);
            self.all.retain(|trace| {
                let wanted = filter.wants_time(epoch_ns[trace.first as usize], begin(trace.run));
                *filtered += if wanted { 0 } else { u64::from(trace.end - trace.first) };
                wanted
            });
        }
    }

    /// Cuts traces that are longer than the limit, so that an id used twice in a day makes two.
    fn cut_long(&mut self, most: i64) {
        let time = |at: u32| self.epoch_ns[at as usize];
        let fits = |first: u32, at: u32| time(at).saturating_sub(time(first)) <= most;
        if self.all.iter().all(|trace| fits(trace.first, trace.end - 1)) {
            return;
        }
        let mut parts = Vec::with_capacity(self.all.len());
        for trace in &self.all {
            self.split += u64::from(!fits(trace.first, trace.end - 1));
            let mut part = *trace;
            while part.first < trace.end {
                let behind = (part.first..trace.end).find(|&at| !fits(part.first, at));
                part.end = behind.unwrap_or(trace.end).max(part.first + 1);
                let places = &self.place[part.first as usize..part.end as usize];
                part.first_place = places.iter().copied().min().unwrap_or_default();
                parts.push(part);
                (part.first, part.part) = (part.end, part.part + 1);
            }
        }
        self.all = parts;
    }

    /// The events of a trace.
    pub(crate) fn range(trace: &Trace) -> std::ops::Range<usize> {
        trace.first as usize..trace.end as usize
    }

    /// The clock of an event.
    pub(crate) fn clock(&self, at: usize) -> u32 {
        self.stream_of(at).map_or(0, |stream| stream.clock)
    }

    /// The stream of an event.
    pub(crate) fn stream_of(&self, at: usize) -> Option<&Stream> {
        self.streams.get(self.stream.get(at) as usize)
    }

    /// The time from one event to another.
    #[inline]
    pub(crate) fn latency_ns(&self, from: u32, to: u32) -> i64 {
        self.epoch_ns[to as usize].wrapping_sub(self.epoch_ns[from as usize])
    }

    /// Whether all events were stamped by one clock.
    pub(crate) fn has_one_clock(&self) -> bool {
        self.stream.one().is_some()
            || self.streams.windows(2).all(|two| two[0].clock == two[1].clock)
    }
}
