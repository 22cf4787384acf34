//! A stretch of the log measured by itself: the traces that the order of the log makes and that
//! begin and end in one block, measured by whoever reads it. What reaches beyond the block, and all
//! that depends on what stands before it, is left to the [`Tally`](super::Tally).
//!
//! This can be done because all traces of a stream begin with the same label: the stream's first,
//! or the one that the user named.

use super::counts::Ticks;
use super::sequence::{Opener, Sequence};
use super::shapes::Shapes;
use super::{Label, Measurer, Tally, seen};
use crate::event::Parsed;
use crate::filter::Filter;
use crate::latency::PairChoice;
use crate::names::{NONE, Name};
use crate::options::Options;
use crate::trace::{DRIVER, Grouping};

/// What one reader measured of all its blocks, with the handles of its own words.
#[derive(Debug)]
pub(crate) struct Stretches {
    pairs: PairChoice,
    filter: Filter,
    benchmarks: Vec<u32>,
    ticks: Ticks,
    max_trace_ns: i64,
    /// The label that the user named.
    opener: Option<String>,
    sequence: Sequence,
    pub(super) labels: Vec<Label>,
    pub(super) shapes: Shapes,
    pub(super) split: u64,
}

/// What is left of the events of a block, with the handles of the reader's words.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub(super) events: u64,
    pub(super) driver: u64,
    /// Time of the first and of the last event.
    pub(super) span: Option<(i64, i64)>,
    /// Steps in time, and how many of them go back.
    pub(super) steps: u64,
    pub(super) back: u64,
    /// Events of the trace that was open before.
    pub(super) head: Vec<(i64, Name)>,
    /// Begin of the first trace that was measured; labels and end of the last.
    pub(super) begin: i64,
    pub(super) end: i64,
    pub(super) labels: Vec<Name>,
    /// The trace that is still open.
    pub(super) tail: Vec<(i64, Name)>,
}

impl Sums {
    /// How many events there were.
    pub(crate) fn events(&self) -> u64 {
        self.events
    }
}

impl Stretches {
    /// For a reader, if these options and this tally allow to measure blocks by themselves.
    pub(crate) fn of(options: &Options, tally: &Tally) -> Option<Self> {
        let opener = match &options.by {
            Grouping::Auto => None,
            Grouping::Label(label) => Some(label.clone()),
            Grouping::Id | Grouping::Source | Grouping::File => return None,
        };
        let no_ids = options.id_regex.is_none() && options.id_from_path.is_none();
        (no_ids && options.filter.is_all()).then(|| Self {
            pairs: options.pairs.clone(),
            filter: Filter::default(),
            benchmarks: tally.benchmarks.clone(),
            ticks: tally.ticks,
            max_trace_ns: tally.max_trace_ns,
            opener,
            sequence: Sequence::default(),
            labels: Vec::new(),
            shapes: Shapes::default(),
            split: 0,
        })
    }

    /// The label that begins all traces of a stream, if this is the begin of the stream or the user
    /// named it.
    pub(crate) fn opener<'a>(&'a self, parsed: &'a Parsed, is_begin: bool) -> Option<&'a str> {
        if let Some(label) = &self.opener {
            return Some(label);
        }
        let labels = parsed.rows.iter().map(|row| parsed.words.names().text(row.label));
        labels.filter(|_| is_begin).find(|label| !label.starts_with(DRIVER))
    }

    /// Measures the traces of a block and forgets its rows; nothing where any event has an id or a
    /// source, by which it may belong elsewhere.
    pub(crate) fn measure(&mut self, parsed: &mut Parsed, opener: &str, run: u32) -> Option<Sums> {
        let plain = parsed.ids.is_empty() && !parsed.sourced && parsed.marks.is_empty();
        if !plain || !parsed.unique.is_empty() || !parsed.open.is_empty() {
            return None;
        }
        let names = parsed.words.names();
        // A label that the block does not hold opens nothing in it.
        let opener = names.find(opener).unwrap_or(Name::MAX);
        let mut sums = Sums { events: parsed.rows.len() as u64, ..Sums::default() };
        self.sequence.reset();
        let mut measurer = Measurer {
            shapes: &mut self.shapes,
            pairs: &self.pairs,
            filter: &self.filter,
            benchmarks: &self.benchmarks,
            names,
            ticks: self.ticks,
            max_trace_ns: self.max_trace_ns,
            split: &mut self.split,
            filtered: &mut 0,
        };
        let (first, mut last) = match (parsed.rows.first(), parsed.rows.last()) {
            (Some(first), Some(last)) => {
                sums.span = Some((first.epoch_ns, last.epoch_ns));
                (first.epoch_ns, first.epoch_ns)
            }
            _ => (0, 0),
        };
        debug_assert_eq!(first, last);
        for row in &parsed.rows {
            sums.steps += u64::from(row.epoch_ns != last);
            sums.back += u64::from(row.epoch_ns < last);
            last = row.epoch_ns;
            if seen(&mut self.labels, row.label, names) == Label::Driver {
                sums.driver += 1;
            } else if row.label == opener {
                self.sequence.push(
                    (row.epoch_ns, opener),
                    run,
                    Opener::Label(opener),
                    &mut measurer,
                );
            } else if self.sequence.is_open() {
                self.sequence.add((row.epoch_ns, row.label));
            } else {
                sums.head.push((row.epoch_ns, row.label));
            }
        }
        if let Some((begin, shape, end)) = self.sequence.measured() {
            (sums.begin, sums.end) = (begin, end);
            sums.labels.clone_from(&measurer.shapes.all[shape as usize].shape.labels);
        }
        sums.tail = self.sequence.take_open();
        parsed.rows.clear();
        Some(sums)
    }
}

impl Tally {
    /// Takes what is left of a block; `words` are the handles of its reader's words.
    pub(crate) fn add(
        &mut self,
        sums: &Sums,
        words: &[Name],
        of: (u32, Name),
        run: u32,
        names: &crate::names::Names,
    ) {
        self.seen += sums.events;
        self.driver += sums.driver;
        let Some((first, last)) = sums.span else { return };
        let number = self.stream(of);
        let opener = match &self.by {
            Grouping::Label(label) => names.find(label).map_or(Opener::Unknown, Opener::Label),
            _ => Opener::FirstLabel,
        };
        let stream = &mut self.streams[number as usize];
        if let Some(before) = stream.last.replace(last) {
            stream.steps += u64::from(before != first);
            stream.back += u64::from(first < before);
        }
        stream.steps += sums.steps;
        stream.back += sums.back;
        let mut measurer = Measurer {
            shapes: &mut self.shapes,
            pairs: &self.pairs,
            filter: &self.filter,
            benchmarks: &self.benchmarks,
            names,
            ticks: self.ticks,
            max_trace_ns: self.max_trace_ns,
            split: &mut self.split,
            filtered: &mut self.filtered,
        };
        let sequence = &mut stream.sequence;
        let own = |&(time, label): &(i64, Name)| (time, words[label as usize]);
        for event in &sums.head {
            sequence.push(own(event), run, opener, &mut measurer);
        }
        if !sums.labels.is_empty() {
            let labels: Vec<Name> =
                sums.labels.iter().map(|&label| words[label as usize]).collect();
            sequence.skip((sums.begin, sums.end), &labels, run, &mut measurer);
        }
        for event in &sums.tail {
            sequence.push(own(event), run, opener, &mut measurer);
        }
    }

    /// Takes what a reader measured; `words` are the handles of its words.
    pub(crate) fn absorb(&mut self, of: Stretches, words: &[Name], names: &crate::names::Names) {
        for (label, state) in of.labels.iter().enumerate() {
            if *state != Label::Unseen {
                seen(&mut self.labels, words.get(label).copied().unwrap_or(NONE), names);
            }
        }
        self.split += of.split;
        self.shapes.absorb(of.shapes, words, &self.pairs, names);
    }
}
