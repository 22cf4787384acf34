//! Traces by key: what was stored of the events of a partition -> whole traces.

use super::number;
use super::store::{Before, Bytes, StoredEvent};
use crate::error::Result;
use crate::event::Id;
use crate::trace::{InvocationStarts, Limits, PathKind, Starts, Stream, Trace, TraceName, Traces};
use hashbrown::HashMap;

impl Traces {
    /// The traces of a partition of keyed events.
    pub(crate) fn by_key(
        pieces: impl FnOnce(&mut dyn FnMut(&mut Bytes<'_>)) -> Result<()>,
        (streams, newest_first): (&[Stream], &[bool]),
        starts: &Starts,
        limits: Limits<'_>,
        (benchmarks, begins): (&[u32], &[i64]),
    ) -> Result<Self> {
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
                        kind: PathKind::default(),
                        name: TraceName::Key(next),
                        part: 1,
                        first_place: u64::MAX,
                        started: InvocationStarts::default(),
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
}
