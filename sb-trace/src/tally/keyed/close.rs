//! All events of a key together, at the end: sorted, cut where they must be, and measured.

use super::stream::{Record, text};
use super::{HEAPS, Keyed};
use crate::names::{Name, Names};
use crate::tally::Clocks;
use crate::tally::measurer::{How, Made, Measurer};
use crate::tally::shapes::Kind;
use crate::trace::{ColdWarm, StartClass};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use rayon::prelude::*;
use std::hash::BuildHasher;

/// What is needed to measure traces by key.
#[derive(Debug, Clone, Copy)]
pub(in crate::tally) struct Close<'a> {
    pub how: &'a How,
    pub names: &'a Names,
    /// What stamped the events of each file, for readers that know the file only.
    pub files: &'a [u32],
    /// Whether a trace that is too long is cut.
    pub may_cut: bool,
    /// Invocations of which the log says how they started.
    pub starts: &'a HashMap<Name, ColdWarm>,
}

/// What was measured of some keys.
#[derive(Debug, Default)]
pub(in crate::tally) struct Closed {
    pub made: Made,
    pub clocks: Clocks,
}

/// An event of a heap.
#[derive(Debug, Clone, Copy)]
struct Row {
    time_ns: i64,
    /// Place in the log.
    place: u64,
    label: Name,
    clock: u32,
    record: Name,
}

/// Memory that is used again.
#[derive(Debug, Default)]
struct Scratch {
    rows: Vec<Row>,
    /// The number of each row's key.
    key_of: Vec<u32>,
    sorted: Vec<Row>,
    ends: Vec<usize>,
    /// The numbers of the keys by their hashes.
    index: HashTable<u32>,
}

impl Close<'_> {
    /// Measures all traces. Each writer comes with the handles of its labels, if they are its own.
    pub(in crate::tally) fn all(self, writers: &[(Keyed, Option<Vec<Name>>)]) -> Vec<Closed> {
        let heaps = (0..HEAPS).into_par_iter();
        // Memory is touched once by each thread, not once for each heap.
        heaps
            .map_init(Scratch::default, |scratch, heap| self.heap(writers, heap, scratch))
            .collect()
    }

    fn heap(
        self,
        writers: &[(Keyed, Option<Vec<Name>>)],
        heap: usize,
        Scratch { rows, key_of, sorted, ends, index }: &mut Scratch,
    ) -> Closed {
        rows.clear();
        key_of.clear();
        let mut keys: Vec<(u32, &[u8])> = Vec::new();
        index.clear();
        let hasher = DefaultHashBuilder::default();
        for (writer, words) in writers {
            let Some(stream) = writer.heaps.get(heap) else { continue };
            stream.read(|head, items| {
                let key = (head.run, head.key);
                let hash = hasher.hash_one(key);
                let known = index.find(hash, |&number| keys[number as usize] == key).copied();
                let number = known.unwrap_or_else(|| {
                    let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
                    keys.push(key);
                    index.insert_unique(hash, number, |&n| hasher.hash_one(keys[n as usize]));
                    number
                });
                let record = match head.record {
                    Record::Name(name) => name,
                    Record::Key if self.starts.is_empty() => crate::names::NONE,
                    Record::Key => self.names.find(&text(head.key)).unwrap_or_default(),
                };
                let clock = match words {
                    Some(_) => Clocks::of_file(head.clock, self.files),
                    None => head.clock,
                };
                for item in items {
                    let label = item.label;
                    key_of.push(number);
                    rows.push(Row {
                        time_ns: item.time.saturating_mul(self.how.ticks.unit_ns()),
                        place: head.place.saturating_add(item.row.into()),
                        label: words.as_ref().map_or(label, |words| words[label as usize]),
                        clock,
                        record,
                    });
                }
            });
        }
        by_key(rows, key_of, keys.len(), sorted, ends);
        let mut out = Closed::default();
        let mut start = 0;
        for ((run, _), &mut end) in keys.into_iter().zip(ends) {
            self.trace(&mut sorted[start..end], run, &mut out);
            start = end;
        }
        out
    }

    /// Measures the events of one key.
    fn trace(self, events: &mut [Row], run: u32, out: &mut Closed) {
        let order = |row: &Row| (row.time_ns, row.place);
        if !events.is_sorted_by_key(order) {
            events.sort_unstable_by_key(order);
        }
        let mut measurer = Measurer { how: self.how, names: self.names, made: &mut out.made };
        let mut rest: &[Row] = events;
        let mut parts = 0;
        while let Some(first) = rest.first() {
            let fits =
                |row: &Row| row.time_ns.saturating_sub(first.time_ns) <= self.how.max_trace_ns;
            let count = if !self.may_cut || rest.last().is_some_and(fits) {
                rest.len()
            } else {
                rest.partition_point(fits).max(1)
            };
            let (part, after) = rest.split_at(count);
            self.part(part, run, &mut measurer, &mut out.clocks);
            rest = after;
            parts += 1;
        }
        measurer.split(parts > 1);
    }

    fn part(self, part: &[Row], run: u32, measurer: &mut Measurer<'_>, clocks: &mut Clocks) {
        let steps = (1u32..).zip(part.windows(2));
        let across = steps.filter(|(_, step)| step[0].clock != step[1].clock).map(|(at, _)| at);
        let across: Vec<u32> = across.collect();
        let mut start = StartClass::default();
        if !self.starts.is_empty() {
            start = start.or(part.iter().filter_map(|row| self.starts.get(&row.record).copied()));
        }
        let kind =
            Kind { benchmark: measurer.benchmark(run), fragment: false, by_sequence: false, start };
        let earliest = part.iter().map(|row| row.place).min().unwrap_or_default();
        let times = |at: u32| part[at as usize].time_ns;
        let labels = part.iter().map(|row| row.label);
        let shape = measurer.measure(kind, labels, &across, times, (run, earliest));
        if let Some(shape) = shape.filter(|_| !across.is_empty()) {
            measurer.note_clocks(shape, times, |at| part[at as usize].clock, clocks);
        }
    }
}

/// Rows by their keys, each key's in the order in which they came, and where each key's end:
/// counted, then placed.
fn by_key(rows: &[Row], key_of: &[u32], keys: usize, sorted: &mut Vec<Row>, ends: &mut Vec<usize>) {
    ends.clear();
    ends.resize(keys + 1, 0);
    for &key in key_of {
        ends[key as usize + 1] += 1;
    }
    for key in 1..ends.len() {
        ends[key] += ends[key - 1];
    }
    sorted.clear();
    sorted.extend_from_slice(rows);
    for (row, &key) in rows.iter().zip(key_of) {
        let place = &mut ends[key as usize];
        sorted[*place] = *row;
        *place += 1;
    }
}
