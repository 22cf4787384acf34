//! Whole traces, as columns: a row an event, trace by trace, and a row a trace.

use super::ColdWarm;
use super::paths::Kind;
use crate::event::{Id, MostlyOne};
use crate::filter::Filter;
use crate::pipeline::{Batch, Before, Bytes, Starts, StoredEvent, Stream, StreamRows};
use hashbrown::HashMap;

/// What a trace is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Called {
    /// By its key, one of [`Traces::keys`].
    Key(u32),
    /// By the file and line of its first event, and how many traces were opened on that line, this
    /// one included.
    Place { file: u32, line: u64, nth: u32 },
}

/// How invocations started that took part in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Started {
    pub cold: bool,
    pub warm: bool,
}

impl Started {
    fn add(&mut self, class: ColdWarm) {
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
    pub kind: Kind,
    pub called: Called,
    /// Which part it is of a trace that was cut, from 1.
    pub part: u32,
    /// The number in the log of the event of it that comes first there.
    pub first_place: u64,
    pub started: Started,
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

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl Traces {
    /// The traces by order that end in a block.
    pub(crate) fn by_order(batch: &Batch, limits: Limits<'_>) -> Self {
        let mut traces = Self::default();
        let events = batch.traces.iter().map(|part| part.carried.len() + part.rows.len()).sum();
        traces.epoch_ns.reserve_exact(events);
        traces.label.reserve_exact(events);
        traces.place.reserve_exact(events);
        for part in &batch.traces {
            traces.add_stream(batch, part);
        }
        traces.finish(limits, |_| batch.begin);
        if !traces.all.is_sorted_by_key(|trace| trace.first_place) {
            traces.all.sort_by_key(|trace| trace.first_place);
        }
        traces
    }

    fn add_stream(&mut self, batch: &Batch, part: &StreamRows) {
        let start = self.epoch_ns.len();
        self.epoch_ns.extend(part.carried.iter().map(|event| event.epoch_ns));
        self.label.extend(part.carried.iter().map(|event| event.label));
        self.place.extend(part.carried.iter().map(|event| event.place));
        let rows = &batch.parsed.rows;
        self.epoch_ns.extend(part.rows.iter().map(|row| rows[row].epoch_ns));
        self.label.extend(part.rows.iter().map(|row| batch.labels[rows[row].label as usize]));
        self.place.extend(part.rows.iter().map(|row| batch.place(row)));
        self.stream.extend_same(number(self.streams.len()), self.epoch_ns.len() - start);
        self.streams.push(part.stream);
        if part.newest_first {
            self.epoch_ns[start..].reverse();
            self.label[start..].reverse();
            self.place[start..].reverse();
        }
        let length = self.epoch_ns.len() - start;
        // An event of the part, by its position there.
        let event = |at: usize| {
            let at = if part.newest_first { length - 1 - at } else { at };
            match part.carried.get(at) {
                Some(carried) => *carried,
                None => batch.carried(part.rows.at(at - part.carried.len())),
            }
        };
        let first_trace = self.all.len();
        for at in 0..length {
            let opens = Some(self.label[start + at]) == part.opening;
            if opens || at == 0 {
                let first = event(at);
                let kind = Kind {
                    benchmark: part.stream.benchmark,
                    family: Some(part.family),
                    fragment: !opens,
                };
                self.all.push(Trace {
                    first: number(start + at),
                    end: number(start + at),
                    run: part.stream.run,
                    kind,
                    called: Called::Place {
                        file: part.stream.file,
                        line: first.line,
                        nth: first.nth,
                    },
                    part: 1,
                    first_place: self.place[start + at],
                    started: Started::default(),
                });
            }
        }
        let ends: Vec<u32> =
            self.all[first_trace..].iter().skip(1).map(|trace| trace.first).collect();
        let ends = ends.into_iter().chain([number(start + length)]);
        for (trace, end) in self.all[first_trace..].iter_mut().zip(ends) {
            trace.end = end;
            if part.newest_first {
                trace.first_place = self.place[end as usize - 1];
            }
        }
        if !batch.classes.is_empty() || part.carried.iter().any(|e| e.class != ColdWarm::Unknown) {
            for trace in &mut self.all[first_trace..] {
                (trace.first..trace.end)
                    .for_each(|at| trace.started.add(event(at as usize - start).class));
            }
        }
    }

    /// The traces of a partition of keyed events.
    pub(crate) fn by_key(
        pieces: impl FnOnce(&mut dyn FnMut(&mut Bytes<'_>)) -> crate::error::Result<()>,
        (streams, newest_first): (&[Stream], &[bool]),
        starts: &Starts,
        limits: Limits<'_>,
        (benchmarks, begins): (&[u32], &[i64]),
    ) -> crate::error::Result<Self> {
        let mut traces = Self { streams: streams.to_vec(), ..Self::default() };
        let mut known: HashMap<(u32, Id), u32> = HashMap::new();
        // The events in the order in which they were kept, and the trace of each.
        let mut events: Vec<StoredEvent> = Vec::new();
        let mut trace_of: Vec<u32> = Vec::new();
        pieces(&mut |bytes| {
            while !bytes.is_over() {
                let (run, id, count) = (bytes.small(), bytes.id(), bytes.number());
                let next = number(traces.all.len());
                let started = starts.get(&id).copied().unwrap_or_default();
                let at = *known.entry((run, id)).or_insert_with_key(|(_, id)| {
                    traces.keys.push(id.clone());
                    traces.all.push(Trace {
                        first: 0,
                        end: 0,
                        run,
                        kind: Kind::default(),
                        called: Called::Key(next),
                        part: 1,
                        first_place: u64::MAX,
                        started: Started::default(),
                    });
                    next
                });
                let trace = &mut traces.all[at as usize];
                let mut before = Before::default();
                for _ in 0..count {
                    let (event, record) = bytes.event(&mut before);
                    trace.started.add(match record {
                        Some(record) => starts.get(&record).copied().unwrap_or_default(),
                        None => started,
                    });
                    trace.end += 1;
                    trace.first_place = trace.first_place.min(event.place);
                    events.push(event);
                    trace_of.push(at);
                }
            }
        })?;
        // `end` counted the events of each trace: now it says where the next one of it goes.
        let mut end = 0;
        for trace in &mut traces.all {
            let count = trace.end;
            (trace.first, trace.end) = (end, end);
            end += count;
            trace.kind.benchmark = benchmarks.get(trace.run as usize).copied().unwrap_or_default();
        }
        let mut ordered =
            vec![StoredEvent { epoch_ns: 0, label: 0, stream: 0, place: 0 }; events.len()];
        for (event, &trace) in events.iter().zip(&trace_of) {
            let trace = &mut traces.all[trace as usize];
            ordered[trace.end as usize] = *event;
            trace.end += 1;
        }
        drop((events, trace_of));
        let key = |event: &StoredEvent| {
            let file = streams.get(event.stream as usize).map_or(0, |stream| stream.file);
            let turned = newest_first.get(event.stream as usize).copied().unwrap_or_default();
            let place = event.place.cast_signed();
            (event.epoch_ns, file, if turned { -place } else { place })
        };
        for trace in &traces.all {
            let events = &mut ordered[Self::range(trace)];
            if !events.is_sorted_by_key(key) {
                events.sort_by_key(key);
            }
        }
        traces.epoch_ns = ordered.iter().map(|event| event.epoch_ns).collect();
        traces.label = ordered.iter().map(|event| event.label).collect();
        traces.place = ordered.iter().map(|event| event.place).collect();
        match ordered.first() {
            Some(first) if ordered.iter().all(|event| event.stream == first.stream) => {
                traces.stream.extend_same(first.stream, ordered.len());
            }
            _ => traces.stream.extend(ordered.iter().map(|event| event.stream)),
        }
        traces.finish(limits, |run| begins.get(run as usize).copied().unwrap_or_default());
        Ok(traces)
    }

    /// Puts the events of each trace into its order, cuts what is too long, leaves out what the filter
    /// does not want, and puts the traces into the order of the log.
    fn finish(&mut self, limits: Limits<'_>, begin: impl Fn(u32) -> i64) {
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
