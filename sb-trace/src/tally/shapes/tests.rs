//! Whatever way traces are measured in, the same is told of their shapes.

use super::*;
use crate::event::Event;
use proptest::prelude::*;
use std::collections::BTreeMap;

const MS: i64 = 1_000_000;
/// The labels of the traces; handles are 1 to 5.
const PATHS: [&[Name]; 4] = [&[1, 2, 3], &[1, 4, 3], &[1, 2, 2, 5], &[1, 3]];

fn kind() -> Kind {
    Kind { benchmark: 0, fragment: false, by_sequence: true, start: StartClass::default() }
}

/// A trace: its path, the pause before it and its steps, in milliseconds.
type Trace = (usize, i64, i64);

fn names(labels: [&str; 5]) -> Names {
    let mut names = Names::default();
    for label in labels {
        names.add(label);
    }
    names
}

/// The rows of some traces and one more label that opens a trace.
fn rows(traces: &[Trace], handle: impl Fn(Name) -> Name) -> Vec<Event> {
    let mut now = 1_600_000_000_000;
    let mut rows = Vec::new();
    for &(path, pause, step) in traces {
        now += pause;
        for &label in PATHS[path] {
            let epoch_ns = now * MS;
            rows.push(Event { epoch_ns, label: handle(label), ..Event::default() });
            now += step;
        }
        now -= step;
    }
    rows.push(Event { label: handle(1), ..Event::default() });
    rows
}

/// Measures traces one by one, or those that are likely in their own way.
fn measured(rows: &[Event], likely: bool, names: &Names) -> Shapes {
    let (mut shapes, ticks) = (Shapes::default(), Ticks::of(MS));
    let (mut left, mut last) = (rows, None);
    while let [first, behind @ ..] = left {
        if likely && let Some(last) = &mut last {
            let count = shapes.measure_likely(kind(), left, last, i64::MAX, ticks);
            if count > 0 {
                left = &left[count..];
                continue;
            }
        }
        let Some(length) = behind.iter().position(|row| row.label == first.label) else { break };
        let trace;
        (trace, left) = left.split_at(length + 1);
        let labels = trace.iter().map(|row| row.label);
        let number = shapes.number(kind(), labels, &[], &PairChoice::Consecutive, names);
        shapes.measure(number, |at| trace[at as usize].epoch_ns, (0, 0), ticks);
        if let Some((before, end)) = last {
            shapes.wrap(before, first.epoch_ns - end, ticks);
        }
        last = Some((number, trace[length].epoch_ns));
    }
    shapes
}

/// All that is known of each path: how many traces, and the latencies of each slot and the pauses.
fn told(mut shapes: Shapes, names: &Names) -> BTreeMap<String, String> {
    let (all, short) = shapes.settle(Ticks::of(MS));
    let text = |&name: &Name| names.text(name).to_owned();
    let one = |of: &Measured| {
        let mut slots: Vec<String> = Vec::new();
        for (slot, at) in of.slots.iter().zip(0..) {
            let mut latencies = Poured::of(Ticks::of(MS));
            of.pour(at, short, &mut latencies);
            let (from, to) = (text(&slot.from), text(&slot.to));
            let latencies = latencies.distribution();
            assert_eq!(latencies.n(), of.traces * slot.measures, "none is lost");
            slots.push(format!("{:?} {from} {to} {latencies:?}", slot.what));
        }
        let mut pauses = Poured::of(Ticks::of(MS));
        of.pour_wraps(short, &mut pauses);
        let path: Vec<String> = of.labels.iter().map(text).collect();
        (path.join(" "), format!("{} {slots:?} {:?}", of.traces, pauses.distribution()))
    };
    all.iter().map(one).collect()
}

proptest! {
    /// In whatever way, and by whoever it was measured.
    #[test]
    fn all_ways_measure_alike(
        runs in proptest::collection::vec((0..4_usize, 0..900_i64, 0..600_i64, 1..60_i64), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let runs = runs.iter().flat_map(|&(path, pause, step, times)| {
            (0..times).map(move |time| (path, pause + time % 7, step + time % 3))
        });
        let traces: Vec<Trace> = runs.collect();
        let (first, second) = traces.split_at(cut.index(traces.len()));
        let names_here = names(["A", "B", "C", "D", "E"]);
        let names_there = names(["E", "D", "C", "B", "A"]);
        let there = |name: Name| 6 - name;
        let (mut expected, mut readers) = (Shapes::default(), Shapes::default());
        for part in [first, second] {
            let pairs = &PairChoice::Consecutive;
            let alone = measured(&rows(part, |name| name), false, &names_here);
            expected.absorb(alone, |name| name, pairs, &names_here, Ticks::of(MS));
            let reader = measured(&rows(part, there), true, &names_there);
            readers.absorb(reader, there, pairs, &names_here, Ticks::of(MS));
        }
        prop_assert_eq!(told(readers, &names_here), told(expected, &names_here));
    }
}
