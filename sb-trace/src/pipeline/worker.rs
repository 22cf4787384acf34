//! What one thread does: it reads blocks, and measures the traces that end in them.

use super::Job;
use super::batch::Batch;
use super::log_order::LogFacts;
use super::measure::Measurer;
use super::queue::{Queue, Task};
use super::reader::BlockReader;
use super::sequencer::Sequencer;
use super::sink::Sink;
use super::store::{
    Before, Bytes, Store, StoredEvent, partitions, pieces, write_event, write_id, write_number,
};
use crate::error::{Error, Result};
use crate::event::Key;
use crate::names::NONE;
use crate::options::Grouping;
use crate::trace::{
    InvocationStarts, Limits, PathKind, Stream, StreamState, Trace, TraceName, Traces,
};
use rayon::prelude::*;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many partitions the events with keys are put into.
const PARTITIONS: usize = 128;

/// Traces that are put into order are put into partitions of so many events.
const EVENTS_IN_ORDER: u64 = 1 << 17;

/// A thread's own.
pub(super) struct Worker<'a, S> {
    pub job: &'a Job<'a>,
    pub measurer: Measurer<'a, S>,
    /// Events with keys, by hash of the key.
    pub keyed: Store<'a>,
    /// Whole traces that must be put into order, by their places in the log.
    pub unordered: Store<'a>,
}

impl<S: Sink> Worker<'_, S> {
    /// Takes blocks until there are no more.
    pub(super) fn work<'q>(&mut self, queue: &Queue<'q>, sequencer: &Sequencer<'q>) {
        let _alarm = Alarm { queue, sequencer };
        let mut reader = BlockReader::default();
        loop {
            let raw = match queue.next(sequencer) {
                Task::Block(raw) => raw,
                Task::Open(file) => queue.open(file, sequencer),
                Task::Done => break,
            };
            let of_text = raw.block.as_ref().map(|block| {
                reader.read(&raw.source, block, self.job, Vec::new(), sequencer.memory())
            });
            let of_events = || {
                let (events, rows) = raw.events.as_ref()?;
                Some(reader.take(events, rows.clone(), self.job, sequencer.memory()))
            };
            let read = of_text.or_else(of_events);
            if !sequencer.put(raw, read) {
                queue.stop();
            }
            self.measure_all(queue, sequencer);
        }
        self.measure_all(queue, sequencer);
    }

    fn measure_all(&mut self, queue: &Queue<'_>, sequencer: &Sequencer<'_>) {
        while let Some(batch) = sequencer.batch() {
            if let Err(error) = self.measure(&batch) {
                sequencer.fail(error);
                queue.stop();
            }
            sequencer.give_back(batch);
        }
    }

    fn limits(&self) -> Limits<'_> {
        limits(self.job)
    }

    fn measure(&mut self, batch: &Batch) -> Result<()> {
        self.measurer.sink.events(batch)?;
        if !self.measurer.sink.wants_traces() {
            return self.measurer.sink.passed(batch.number);
        }
        if !batch.keyed.is_empty() {
            self.keep(batch)?;
        }
        if !batch.traces.is_empty() {
            let traces = Traces::by_order(batch, self.limits());
            let numbers: Vec<(u32, bool)> =
                batch.traces.iter().map(|part| (part.number, part.newest_first)).collect();
            let paths = self.measurer.count(&traces);
            self.measurer.pause(batch.number, &traces, &paths, &numbers);
            if S::ORDERED && !batch.in_order {
                self.put_off(&traces, |local| numbers[local as usize].0)?;
            } else {
                self.measurer.hand_on(batch.number, &traces, &paths)?;
            }
        }
        self.measurer.sink.passed(batch.number)
    }

    /// Keeps the events of a block that have keys.
    fn keep(&mut self, batch: &Batch) -> Result<()> {
        let rows = &batch.parsed.rows;
        let ids = &batch.parsed.ids;
        let by_id = matches!(self.job.options.by, Grouping::Auto | Grouping::Id);
        let key_of = |row: usize| match self.job.options.by {
            Grouping::Source => rows[row].source,
            Grouping::File => 0,
            _ => rows[row].id(),
        };
        let order = in_groups(batch.keyed.iter().map(|row| (key_of(row), row)));
        for of_key in order.chunk_by(|a, b| a.0 == b.0) {
            let name = of_key[0].0;
            let key = match self.job.options.by {
                Grouping::Source => {
                    Key::of(self.job.sources.text(batch.sources[name as usize]).as_bytes())
                }
                Grouping::File => Key::of(self.job.inputs[batch.file as usize].name.as_bytes()),
                _ => ids.key(name),
            };
            let hash = self.job.hasher.hash_one((batch.run, key)) % PARTITIONS as u64;
            let partition = usize::try_from(hash).unwrap_or(0);
            self.keyed.put(partition, |out| {
                write_number(out, batch.run.into());
                write_id(out, key);
                write_number(out, of_key.len() as u64);
                let mut before = Before::default();
                for &(_, row) in of_key {
                    let event = &rows[row as usize];
                    let record = event.correlation_id;
                    let differs = record != NONE && !(by_id && event.trace_id == NONE);
                    let row = StoredEvent {
                        epoch_ns: event.epoch_ns,
                        label: batch.labels[event.label as usize],
                        stream: batch.stream_of[event.source as usize],
                        place: batch.place(row as usize),
                    };
                    write_event(out, &mut before, row, differs.then(|| ids.key(record)));
                }
            })?;
        }
        Ok(())
    }

    /// Keeps whole traces until they can be handed on in the order of the log.
    fn put_off(&mut self, traces: &Traces, stream_of: impl Fn(u32) -> u32) -> Result<()> {
        for trace in &traces.all {
            let partition = usize::try_from(trace.first_place / EVENTS_IN_ORDER);
            let write = |out: &mut Vec<u8>| write_trace(out, traces, trace, &stream_of);
            self.unordered.put(partition.unwrap_or(usize::MAX), write)?;
        }
        Ok(())
    }
}

/// Measures the traces whose events have keys, once all is read.
pub(super) fn close<S: Sink>(
    job: &Job<'_>,
    workers: &mut [Worker<'_, S>],
    read: &LogFacts,
) -> Result<()> {
    let stores: Vec<Store<'_>> = workers.iter_mut().map(|worker| worker.keyed.take()).collect();
    let streams: Vec<Stream> = read.streams.iter().map(|state| state.stream).collect();
    let newest_first: Vec<bool> = read.streams.iter().map(StreamState::is_newest_first).collect();
    each_partition(workers, &stores, |worker, partition| {
        let traces = Traces::by_key(
            |take| pieces(&stores, partition, take),
            (&streams, &newest_first),
            &read.starts,
            limits(job),
            (&job.benchmarks, &read.begins),
        )?;
        let paths = worker.measurer.count(&traces);
        if S::ORDERED {
            worker.put_off(&traces, |stream| stream)
        } else {
            worker.measurer.hand_on(0, &traces, &paths)
        }
    })
}

/// Hands on the traces that were put off, in the order of the log; `first` is the first number that no
/// block has.
pub(super) fn hand_on_in_order<S: Sink>(
    workers: &mut [Worker<'_, S>],
    first: u64,
    read: &LogFacts,
) -> Result<()> {
    let stores: Vec<Store<'_>> = workers.iter_mut().map(|worker| worker.unordered.take()).collect();
    let streams: Vec<Stream> = read.streams.iter().map(|state| state.stream).collect();
    each_partition(workers, &stores, |worker, partition| {
        let number = first + partition as u64;
        let mut traces = Traces { streams: streams.clone(), ..Traces::default() };
        pieces(&stores, partition, |bytes| {
            while !bytes.is_over() {
                read_trace(bytes, &mut traces);
            }
        })?;
        traces.all.sort_by_key(|trace| trace.first_place);
        let paths = worker.measurer.find(&traces);
        worker.measurer.hand_on(number, &traces, &paths)?;
        worker.measurer.sink.passed(number)
    })
}

/// Does something with each partition, each thread taking the next one that nobody has.
fn each_partition<'a, S: Sink>(
    workers: &mut [Worker<'a, S>],
    stores: &[Store<'_>],
    work: impl Fn(&mut Worker<'a, S>, usize) -> Result<()> + Sync,
) -> Result<()> {
    let (next, partitions) = (AtomicUsize::new(0), partitions(stores));
    workers.par_iter_mut().try_for_each(|worker| {
        loop {
            let partition = next.fetch_add(1, Ordering::Relaxed);
            if partition >= partitions {
                return Ok(());
            }
            work(worker, partition)?;
        }
    })
}

fn write_trace(out: &mut Vec<u8>, traces: &Traces, trace: &Trace, stream_of: impl Fn(u32) -> u32) {
    let Trace { run, kind, name, part, started, .. } = *trace;
    write_number(out, run.into());
    write_number(out, kind.benchmark.into());
    write_number(out, kind.family.map_or(0, |label| u64::from(label) + 1));
    let flags = [kind.fragment, started.cold, started.warm, matches!(name, TraceName::Key(_))];
    write_number(out, flags.iter().rev().fold(0, |sum, &flag| sum << 1 | u64::from(flag)));
    match name {
        TraceName::Key(key) => write_id(out, traces.keys[key as usize].key()),
        TraceName::Place { file, line, nth } => {
            write_number(out, file.into());
            write_number(out, line);
            write_number(out, nth.into());
        }
    }
    write_number(out, part.into());
    write_number(out, trace.first_place);
    write_number(out, (trace.end - trace.first).into());
    let mut before = Before::default();
    for at in Traces::range(trace) {
        let row = StoredEvent {
            epoch_ns: traces.epoch_ns[at],
            label: traces.label[at],
            stream: stream_of(traces.stream.get(at)),
            place: traces.place[at],
        };
        write_event(out, &mut before, row, None);
    }
}

fn read_trace(bytes: &mut Bytes<'_>, traces: &mut Traces) {
    let (run, benchmark) = (bytes.small(), bytes.small());
    let family = bytes.number().checked_sub(1);
    let family = family.map(|label| u32::try_from(label).unwrap_or(u32::MAX));
    let flags = bytes.number();
    let flag = |bit: u32| flags >> bit & 1 == 1;
    let name = if flag(3) {
        traces.keys.push(bytes.id());
        TraceName::Key(u32::try_from(traces.keys.len() - 1).unwrap_or(u32::MAX))
    } else {
        TraceName::Place { file: bytes.small(), line: bytes.number(), nth: bytes.small() }
    };
    let (part, first_place, events) = (bytes.small(), bytes.number(), bytes.small());
    let first = u32::try_from(traces.epoch_ns.len()).unwrap_or(u32::MAX);
    let mut before = Before::default();
    for _ in 0..events {
        let (event, _) = bytes.event(&mut before);
        traces.epoch_ns.push(event.epoch_ns);
        traces.label.push(event.label);
        traces.place.push(event.place);
        traces.stream.push(event.stream);
    }
    traces.all.push(Trace {
        first,
        end: first + events,
        run,
        kind: PathKind { benchmark, family, fragment: flag(0) },
        name,
        part,
        first_place,
        started: InvocationStarts { cold: flag(1), warm: flag(2) },
    });
}

/// Ends the work of all threads when one of them panics: they would wait for its block for ever.
struct Alarm<'w, 'a> {
    queue: &'w Queue<'a>,
    sequencer: &'w Sequencer<'a>,
}

impl Drop for Alarm<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let what = std::io::Error::other("was not read to its end");
            self.sequencer.fail(Error::read("input", what));
            self.queue.stop();
        }
    }
}

/// Rows by their keys, in the order of the keys and then of the rows: what is kept of a key is kept once
/// for all of its rows.
fn in_groups(rows: impl Iterator<Item = (u32, usize)> + Clone) -> Vec<(u32, u32)> {
    let mut places = vec![0u32; rows.clone().map(|(key, _)| key as usize + 2).max().unwrap_or(0)];
    rows.clone().for_each(|(key, _)| places[key as usize + 1] += 1);
    let mut before = 0;
    for place in &mut places {
        before += *place;
        *place = before;
    }
    let mut order = vec![(0, 0); before as usize];
    for (key, row) in rows {
        let place = &mut places[key as usize];
        order[*place as usize] = (key, u32::try_from(row).unwrap_or(u32::MAX));
        *place += 1;
    }
    order
}

pub(super) fn limits<'c>(job: &'c Job<'_>) -> Limits<'c> {
    let may_cut = job.options.by.may_cut();
    Limits {
        filter: &job.options.filter,
        max_trace_ns: may_cut.then_some(job.options.max_trace_ns),
    }
}
