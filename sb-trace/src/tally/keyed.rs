//! Traces by id, source or file: their events are kept in narrow columns until the end, because
//! an id may come again at any time.

use super::shapes::Kind;
use super::{Clocks, Measurer};
use crate::names::Name;
use crate::trace::{ColdWarm, StartClass};
use hashbrown::HashMap;

/// Events with a key, in log order.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    index: HashMap<(u32, Name), u32>,
    /// Run of each key.
    runs: Vec<u32>,
    last: Option<((u32, Name), u32)>,
    key: Vec<u32>,
    time: Vec<i64>,
    label: Vec<Name>,
    /// What stamped the event: a source, or a file where the log names none.
    clock: Vec<u32>,
    /// Whether any two clocks differ.
    several_clocks: bool,
    /// The record's own id, by which the log may say how an invocation started.
    record: Vec<Name>,
    /// Place of each event in the log.
    place: Vec<u32>,
}

impl Keyed {
    /// Takes an event.
    pub(super) fn push(
        &mut self,
        event: (i64, Name),
        (run, key): (u32, Name),
        record: Name,
        clock: u32,
        place: u64,
    ) {
        let number = match self.last {
            Some((known, number)) if known == (run, key) => number,
            _ => {
                let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
                let number = *self.index.entry((run, key)).or_insert(next);
                if number == next {
                    self.runs.push(run);
                }
                self.last = Some(((run, key), number));
                number
            }
        };
        self.several_clocks |= self.clock.last().is_some_and(|last| *last != clock);
        self.key.push(number);
        self.time.push(event.0);
        self.label.push(event.1);
        self.clock.push(clock);
        self.record.push(record);
        self.place.push(u32::try_from(place).unwrap_or(u32::MAX));
    }

    /// Measures all traces. Only rules that may cut a trace do so.
    pub(super) fn close(
        self,
        measurer: &mut Measurer<'_>,
        may_cut: bool,
        starts: &HashMap<Name, ColdWarm>,
        clocks: &mut Clocks,
    ) {
        // Events by key, each key's in log order: counted, then placed.
        let mut ends = vec![0u32; self.runs.len() + 1];
        for &key in &self.key {
            ends[key as usize + 1] += 1;
        }
        for key in 1..ends.len() {
            ends[key] += ends[key - 1];
        }
        let mut next = ends.clone();
        let mut order = vec![0u32; self.key.len()];
        for (event, &key) in (0u32..).zip(&self.key) {
            let slot = &mut next[key as usize];
            order[*slot as usize] = event;
            *slot += 1;
        }
        let time = |event: u32| self.time[event as usize];
        let mut across = Vec::new();
        for (key, &run) in self.runs.iter().enumerate() {
            let events = &mut order[ends[key] as usize..ends[key + 1] as usize];
            if !events.is_sorted_by_key(|&event| time(event)) {
                events.sort_by_key(|&event| time(event));
            }
            let mut rest: &[u32] = events;
            let mut parts = 0;
            while let Some(&first) = rest.first() {
                let fits = |event: &u32| {
                    time(*event).saturating_sub(time(first)) <= measurer.max_trace_ns()
                };
                let count = if !may_cut || rest.last().is_some_and(fits) {
                    rest.len()
                } else {
                    rest.partition_point(fits).max(1)
                };
                let (part, after) = rest.split_at(count);
                across.clear();
                if self.several_clocks {
                    let clock = |event: u32| self.clock[event as usize];
                    across.extend(
                        (1u32..)
                            .zip(part.windows(2))
                            .filter(|(_, step)| clock(step[0]) != clock(step[1]))
                            .map(|(at, _)| at),
                    );
                }
                let mut start = StartClass::default();
                if !starts.is_empty() {
                    let records = part.iter().map(|&event| self.record[event as usize]);
                    start = start.or(records.filter_map(|id| starts.get(&id).copied()));
                }
                let kind = Kind {
                    benchmark: measurer.benchmark(run),
                    fragment: false,
                    by_sequence: false,
                    start,
                };
                let earliest = part.iter().map(|&event| self.place[event as usize]).min();
                let shape = measurer.measure(
                    kind,
                    part.iter().map(|&event| self.label[event as usize]),
                    &across,
                    |at| time(part[at as usize]),
                    (run, u64::from(earliest.unwrap_or(0))),
                );
                if let Some(shape) = shape.filter(|_| !across.is_empty()) {
                    measurer.note_clocks(
                        shape,
                        |at| time(part[at as usize]),
                        |at| self.clock[part[at as usize] as usize],
                        clocks,
                    );
                }
                rest = after;
                parts += 1;
            }
            measurer.split(parts > 1);
        }
    }
}
