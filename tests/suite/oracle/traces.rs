//! `docs/semantics.md` sections 3 and 4: from events to traces, and which of them are complete.

use super::log::Log;
use std::collections::BTreeMap;

/// The rule of `--by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    Auto,
    Id,
    Source,
    File,
    Label(String),
}

/// The events of one invocation.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) run: usize,
    pub(super) id: String,
    /// The label that opens the traces of its stream; none of a trace by key.
    pub(super) family: Option<String>,
    /// Indices into [`Log::events`], in time order.
    pub(super) events: Vec<usize>,
    pub(super) fragment: bool,
    pub(super) complete: bool,
}

/// Where all events went.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) traces: Vec<Trace>,
    pub(super) orphans: Vec<usize>,
    pub(super) driver: Vec<usize>,
    pub(super) split: u64,
}

/// The whole of sections 3 and 4.
pub(super) fn group(log: &Log, by: &By, max_trace_ns: i64, expect: &[String]) -> Grouped {
    let mut grouped = Grouped::default();
    let turned: Vec<bool> =
        (0..log.streams.len()).map(|stream| newest_first(log, stream)).collect();
    let mut drafts = draft(log, by, &turned, &mut grouped);
    for trace in &mut drafts {
        trace.events.sort_by_key(|&e| time_order(log, &turned, e));
    }
    // `id`, `source` and `file` are one trace per key, never split.
    if matches!(by, By::Auto | By::Label(_)) {
        drafts = split(log, drafts, max_trace_ns, &mut grouped.split);
    }
    // Listed by run, then by the first place in the log of any of their events.
    drafts.sort_by_key(|trace| (trace.run, trace.events.iter().min().copied()));
    judge(log, &mut drafts, expect);
    grouped.traces = drafts;
    grouped
}

/// More than three quarters of the steps between events of different time go back. All events of
/// the file and source are looked at, whoever wrote them.
fn newest_first(log: &Log, stream: usize) -> bool {
    let events = log.events.iter().filter(|e| e.stream == stream);
    let times: Vec<i64> = events.map(|e| e.time).collect();
    let back = times.windows(2).filter(|w| w[1] < w[0]).count();
    let steps = times.windows(2).filter(|w| w[1] != w[0]).count();
    back * 4 > steps * 3
}

/// By time, then file, then place; the place turned round where the log lists newest first.
fn time_order(log: &Log, turned: &[bool], event: usize) -> (i64, usize, i64) {
    let place = i64::try_from(event).unwrap();
    let of = &log.events[event];
    (of.time, of.file, if turned[of.stream] { -place } else { place })
}

/// The traces before they are ordered, with their events in (turned) log order.
fn draft(log: &Log, by: &By, turned: &[bool], grouped: &mut Grouped) -> Vec<Trace> {
    let new = |event: usize, id: String, family: Option<String>, fragment: bool| Trace {
        run: log.events[event].run,
        id,
        family,
        events: vec![event],
        fragment,
        complete: false,
    };
    let mut by_key: BTreeMap<(usize, String), Trace> = BTreeMap::new();
    let mut in_sequence: Vec<Trace> = Vec::new();
    for (stream, turned) in turned.iter().enumerate() {
        let file = log.streams[stream].0;
        let mut places: Vec<usize> =
            (0..log.events.len()).filter(|&e| log.events[e].stream == stream).collect();
        if *turned {
            places.reverse();
        }
        let mut open: Option<Trace> = None;
        for place in places {
            let event = &log.events[place];
            if event.is_driver() {
                grouped.driver.push(place);
                continue;
            }
            let key = match by {
                By::Auto | By::Id => event.id().to_owned(),
                By::File => log.names[file].clone(),
                By::Source => log.source(place).to_owned(),
                By::Label(_) => String::new(),
            };
            if !key.is_empty() {
                // The key of a file is the file; that of an id is the id in its run.
                by_key
                    .entry((event.run, key.clone()))
                    .and_modify(|trace| trace.events.push(place))
                    .or_insert_with(|| new(place, key, None, false));
                continue;
            }
            if matches!(by, By::Id | By::Source) {
                grouped.orphans.push(place);
                continue;
            }
            let begins = match (&open, by) {
                (None, _) => true,
                (Some(_), By::Label(label)) => event.label == *label,
                (Some(trace), _) => event.label == log.events[trace.events[0]].label,
            };
            if !begins {
                open.as_mut().unwrap().events.push(place);
                continue;
            }
            in_sequence.extend(open.take());
            // What stands before the first NAME of `label=NAME` began before the log did.
            let fragment = matches!(by, By::Label(label) if event.label != *label);
            let family = match by {
                By::Label(label) => label.clone(),
                _ => event.label.clone(),
            };
            open = Some(new(place, String::new(), Some(family), fragment));
        }
        in_sequence.extend(open.take());
    }
    name_in_sequence(log, &mut in_sequence);
    by_key.into_values().chain(in_sequence).collect()
}

/// `file:line` of the event that opens the trace; the second one in the log that is opened on that
/// line is `file:line#2`.
fn name_in_sequence(log: &Log, traces: &mut [Trace]) {
    let mut opened: BTreeMap<(usize, u64), usize> = BTreeMap::new();
    let mut order: Vec<&mut Trace> = traces.iter_mut().collect();
    order.sort_by_key(|trace| trace.events[0]);
    for trace in order {
        let event = &log.events[trace.events[0]];
        let count = opened.entry((event.file, event.line)).or_insert(0);
        *count += 1;
        trace.id = format!("{}:{}", log.names[event.file], event.line);
        if *count > 1 {
            trace.id = format!("{}#{count}", trace.id);
        }
    }
}

/// Cuts what is longer than `--max-trace`: a new part begins at the first event that is too far
/// from the part's first one. The parts of `x` are `x`, `x#2`, `x#3`.
fn split(log: &Log, traces: Vec<Trace>, max_trace_ns: i64, cut: &mut u64) -> Vec<Trace> {
    let mut result = Vec::new();
    for trace in traces {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for &event in &trace.events {
            let fits = parts.last().is_some_and(|part| {
                log.events[event].time - log.events[part[0]].time <= max_trace_ns
            });
            if fits {
                parts.last_mut().unwrap().push(event);
            } else {
                parts.push(vec![event]);
            }
        }
        *cut += u64::from(parts.len() > 1);
        for (index, events) in parts.into_iter().enumerate() {
            let mut part = Trace { events, ..trace.clone() };
            if index > 0 {
                part.id = format!("{}#{}", trace.id, index + 1);
            }
            result.push(part);
        }
    }
    result
}

/// Complete: the commonest last label among the traces of the same benchmark and family (a tie goes
/// to the label that was seen first), every expected label, and no fragment.
fn judge(log: &Log, traces: &mut [Trace], expect: &[String]) {
    let last = |trace: &Trace| log.events[*trace.events.last().unwrap()].label.clone();
    let family = |trace: &Trace| (log.runs[trace.run].1.clone(), trace.family.clone());
    let mut counts: BTreeMap<(String, Option<String>), BTreeMap<String, u64>> = BTreeMap::new();
    for trace in traces.iter() {
        *counts.entry(family(trace)).or_default().entry(last(trace)).or_default() += 1;
    }
    for trace in traces {
        let counts = &counts[&family(trace)];
        let most = counts.values().copied().max().unwrap();
        let commonest = counts
            .iter()
            .filter(|(_, count)| **count == most)
            .map(|(label, _)| label)
            .min_by_key(|label| log.label_order[*label])
            .unwrap();
        let has = |wanted: &String| trace.events.iter().any(|&e| log.events[e].label == *wanted);
        trace.complete = !trace.fragment && last(trace) == *commonest && expect.iter().all(has);
    }
}
