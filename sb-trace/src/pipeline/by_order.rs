//! Traces by order: a block's streams, cut behind the last trace that is over -> whole traces.

use super::batch::{Batch, RowSet, StreamRows};
use super::number;
use crate::trace::{ColdWarm, InvocationStarts, Limits, PathKind, Trace, TraceName, Traces};

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
        match &part.rows {
            RowSet::Range(from, to) => self.add_rows(batch, *from as usize..*to as usize),
            RowSet::List(rows) => self.add_rows(batch, rows.iter().map(|&row| row as usize)),
        }
        self.stream.extend_same(number(self.streams.len()), self.epoch_ns.len() - start);
        self.streams.push(part.stream);
        if part.newest_first {
            self.epoch_ns[start..].reverse();
            self.label[start..].reverse();
            self.place[start..].reverse();
        }
        let length = self.epoch_ns.len() - start;
        // The position in the part of an event, and its row if it is of this block.
        let position = |at: usize| if part.newest_first { length - 1 - at } else { at };
        let row = |position: usize| part.rows.at(position - part.carried.len());
        let first_trace = self.all.len();
        for at in 0..length {
            let opens = Some(self.label[start + at]) == part.opening;
            if opens || at == 0 {
                let position = position(at);
                let (line, nth) = match part.carried.get(position) {
                    Some(carried) => (carried.line, carried.nth),
                    None => batch.line_and_nth(row(position)),
                };
                let kind = PathKind {
                    benchmark: part.stream.benchmark,
                    family: Some(part.family),
                    fragment: !opens,
                };
                self.all.push(Trace {
                    first: number(start + at),
                    end: number(start + at),
                    run: part.stream.run,
                    kind,
                    name: TraceName::Place { file: part.stream.file, line, nth },
                    part: 1,
                    first_place: self.place[start + at],
                    started: InvocationStarts::default(),
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
                for at in trace.first..trace.end {
                    let position = position(at as usize - start);
                    trace.started.add(match part.carried.get(position) {
                        Some(carried) => carried.class,
                        None => batch.class(row(position)),
                    });
                }
            }
        }
    }

    fn add_rows(&mut self, batch: &Batch, at: impl ExactSizeIterator<Item = usize> + Clone) {
        let rows = &batch.parsed.rows;
        self.epoch_ns.extend(at.clone().map(|row| rows[row].epoch_ns));
        self.label.extend(at.clone().map(|row| batch.labels[rows[row].label as usize]));
        self.place.extend(at.map(|row| batch.place(row)));
    }
}
