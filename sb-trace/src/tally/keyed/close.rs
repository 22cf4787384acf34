//! All events of a key together, at the end: sorted, cut where they must be, and measured.

use super::stream::{At, Record, Stream};
use super::{HEAPS, Keyed};
use crate::event::Key;
use crate::names::{Name, Names};
use crate::tally::Clocks;
use crate::tally::measurer::{How, Made, Measurer};
use crate::tally::shapes::Kind;
use crate::trace::{ColdWarm, StartClass};
use hashbrown::hash_table::Entry;
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

/// All fragments of one key.
#[derive(Debug)]
struct Group<'a> {
    run: u32,
    key: Key<'a>,
    first: Fragment,
    /// The fragments behind it: the first and the last of them in [`Scratch::more`].
    more: Option<(u32, u32)>,
}

/// The writer of a fragment and where it put it.
#[derive(Debug, Clone, Copy)]
struct Fragment {
    writer: u32,
    at: At,
}

/// Memory that is used again.
#[derive(Debug, Default)]
struct Scratch<'a> {
    groups: Vec<Group<'a>>,
    /// The numbers of the groups by the hashes of their keys.
    index: HashTable<u32>,
    /// The second and later fragments of the groups, with the number of the next of its group.
    more: Vec<(Fragment, Option<u32>)>,
    /// The events of one key.
    rows: Vec<Row>,
    hasher: DefaultHashBuilder,
}

/// What readers kept, each with the handles of its labels if they are its own.
type Writers = [(Keyed, Option<Vec<Name>>)];

impl Close<'_> {
    /// Measures all traces.
    pub(in crate::tally) fn all(self, writers: &Writers) -> Vec<Closed> {
        if writers.iter().all(|(writer, _)| writer.heaps.is_empty()) {
            return Vec::new();
        }
        // Memory is touched once for each of these parts, not once for each heap.
        let parts = 2 * rayon::current_num_threads();
        let heaps = (0..HEAPS).into_par_iter().with_min_len(HEAPS.div_ceil(parts));
        heaps
            .map_init(Scratch::default, |scratch, heap| {
                scratch.gather(writers, heap);
                self.heap(writers, heap, scratch)
            })
            .collect()
    }

    fn heap(self, writers: &Writers, heap: usize, scratch: &mut Scratch<'_>) -> Closed {
        let Scratch { groups, more, rows, .. } = scratch;
        let mut out = Closed::default();
        // Most keys have one fragment, and these come in the order in which they were written.
        for group in groups.iter() {
            rows.clear();
            let mut next = group.more.map(|(first, _)| first);
            self.read(writers, heap, group, group.first, rows);
            while let Some((fragment, behind)) = next.and_then(|next| more.get(next as usize)) {
                self.read(writers, heap, group, *fragment, rows);
                next = *behind;
            }
            self.trace(rows, group.run, group.more.is_none(), &mut out);
        }
        out
    }

    /// Reads the events of a fragment.
    #[inline]
    fn read(
        self,
        writers: &Writers,
        heap: usize,
        group: &Group<'_>,
        fragment: Fragment,
        rows: &mut Vec<Row>,
    ) {
        let Some((writer, words)) = writers.get(fragment.writer as usize) else { return };
        let stream = writer.heaps.get(heap);
        let Some((head, items)) = stream.and_then(|stream| stream.read(fragment.at)) else {
            return;
        };
        let record = match head.record {
            Record::Name(name) => name,
            Record::Key if self.starts.is_empty() => crate::names::NONE,
            Record::Key => self.names.find(&group.key.text()).unwrap_or_default(),
        };
        let clock = match words {
            Some(_) => Clocks::of_file(head.clock, self.files),
            None => head.clock,
        };
        // It was an epoch, divided by this.
        let unit_ns = self.how.ticks.unit_ns();
        rows.extend(items.map(|item| Row {
            time_ns: item.time.wrapping_mul(unit_ns),
            place: head.place.saturating_add(item.row.into()),
            label: words.as_ref().map_or(item.label, |words| words[item.label as usize]),
            clock,
            record,
        }));
    }

    /// Measures the events of one key, which may all stand in one fragment.
    fn trace(self, events: &mut [Row], run: u32, one: bool, out: &mut Closed) {
        let order = |row: &Row| (row.time_ns, row.place);
        let sorted = events.is_sorted_by_key(order);
        if !sorted {
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
            self.part(part, (run, one, sorted), &mut measurer, &mut out.clocks);
            rest = after;
            parts += 1;
        }
        measurer.split(parts > 1);
    }

    fn part(
        self,
        part: &[Row],
        (run, one, sorted): (u32, bool, bool),
        measurer: &mut Measurer<'_>,
        clocks: &mut Clocks,
    ) {
        // All events of a fragment were stamped by one clock, and stand there as they do in the log.
        let stamped = if one { &[] } else { part };
        let steps = (1u32..).zip(stamped.windows(2));
        let across = steps.filter(|(_, step)| step[0].clock != step[1].clock).map(|(at, _)| at);
        let across: Vec<u32> = across.collect();
        let mut start = StartClass::default();
        if !self.starts.is_empty() {
            start = start.or(part.iter().filter_map(|row| self.starts.get(&row.record).copied()));
        }
        let kind =
            Kind { benchmark: measurer.benchmark(run), fragment: false, by_sequence: false, start };
        let may_be = if one && sorted { part.get(..1).unwrap_or_default() } else { part };
        let earliest = may_be.iter().map(|row| row.place).min().unwrap_or_default();
        let times = |at: u32| part[at as usize].time_ns;
        let labels = part.iter().map(|row| row.label);
        let shape = measurer.measure(kind, labels, &across, times, (run, earliest));
        if let Some(shape) = shape.filter(|_| !across.is_empty()) {
            measurer.note_clocks(shape, times, |at| part[at as usize].clock, clocks);
        }
    }
}

impl<'a> Scratch<'a> {
    /// Gathers the fragments of each key of a heap.
    fn gather(&mut self, writers: &'a Writers, heap: usize) {
        let Self { groups, index, more, hasher, .. } = self;
        groups.clear();
        index.clear();
        more.clear();
        let streams = writers.iter().filter_map(|(writer, _)| writer.heaps.get(heap));
        let most = streams.map(Stream::len).sum();
        groups.reserve(most);
        // None is in it, so that no hash is asked for.
        index.reserve(most, |_| 0);
        for (number, (writer, _)) in (0u32..).zip(writers) {
            let fragments = writer.heaps.get(heap).into_iter().flat_map(Stream::fragments);
            // Not a loop: what an iterator hands over by way of memory was waited for.
            fragments.for_each(|(run, key, at)| {
                let fragment = Fragment { writer: number, at };
                let hash = hasher.hash_one((run, key));
                let of = |&number: &u32| {
                    let group: &Group<'_> = &groups[number as usize];
                    (group.run, group.key)
                };
                let is = |number: &u32| of(number) == (run, key);
                match index.entry(hash, is, |number| hasher.hash_one(of(number))) {
                    Entry::Occupied(known) => {
                        let next = small(more.len());
                        more.push((fragment, None));
                        let group = &mut groups[*known.get() as usize];
                        let (first, last) = group.more.unwrap_or((next, next));
                        if last != next {
                            more[last as usize].1 = Some(next);
                        }
                        group.more = Some((first, next));
                    }
                    Entry::Vacant(new) => {
                        new.insert(small(groups.len()));
                        groups.push(Group { run, key, first: fragment, more: None });
                    }
                }
            });
        }
    }
}

/// A number of something of which there are fewer than 2^32.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::counts::Ticks;
    use crate::tally::keyed::{Event, Of};
    use crate::uuid::Uuid;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Every fragment is in the group of its run and key, in the order of the writers.
        #[test]
        fn fragments_are_gathered_by_run_and_key(
            added in proptest::collection::vec((0..3_usize, 0..2_u32, 0..12_u64), 0..60),
        ) {
            let first = Keyed::new(Ticks::of(1_000_000));
            let others = [first.another(), first.another()];
            let mut writers: Vec<(Keyed, Option<Vec<Name>>)> =
                [first].into_iter().chain(others).map(|keyed| (keyed, None)).collect();
            let mut expected: BTreeMap<(u32, String), Vec<(usize, u64)>> = BTreeMap::new();
            for (&(writer, run, id), place) in added.iter().zip(0u64..) {
                let text = format!("id-{id}");
                let key = match id % 2 {
                    0 => Key::Text(text.as_bytes()),
                    _ => Key::Uuid(Uuid::from_bytes(u128::from(id).to_le_bytes())),
                };
                let place = place << crate::tally::ROW_BITS;
                let of = Of { run, clock: 1, record: Record::Key, place };
                let event = Event { epoch_ns: 1_600_776_870_140_000_000, label: 1, row: 0 };
                writers[writer].0.add(key, &of, std::iter::once(event));
                expected.entry((run, key.text().into_owned())).or_default().push((writer, place));
            }
            // A writer's come together.
            for places in expected.values_mut() {
                places.sort_by_key(|&(writer, _)| writer);
            }
            let mut found = BTreeMap::new();
            let mut scratch = Scratch::default();
            for heap in 0..HEAPS {
                scratch.gather(&writers, heap);
                for group in &scratch.groups {
                    let mut fragments = vec![group.first];
                    let mut next = group.more.map(|(first, _)| first);
                    while let Some((fragment, behind)) = next.map(|next| scratch.more[next as usize]) {
                        fragments.push(fragment);
                        next = behind;
                    }
                    let places = fragments.into_iter().map(|fragment| {
                        let writer = fragment.writer as usize;
                        let (head, _) = writers[writer].0.heaps[heap].read(fragment.at).unwrap();
                        (writer, head.place)
                    });
                    let key = (group.run, group.key.text().into_owned());
                    prop_assert!(found.insert(key, places.collect::<Vec<_>>()).is_none());
                }
            }
            prop_assert_eq!(found, expected);
        }
    }
}
