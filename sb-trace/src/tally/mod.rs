//! The figures of a log without a table of its events: each trace is measured when it ends and
//! then forgotten, so that memory does not grow with the log where traces follow one another.
//!
//! The result is the same, to the last bit, as that of the tables; tests hold it to that. What
//! cannot be told before the log is over makes [`Tally::finish`] give nothing: a stream that lists
//! its newest event first. Then the tables are the way.

mod clocks;
mod counts;
mod figures;
mod heads;
mod keyed;
mod measurer;
mod notes;
mod poured;
mod rows;
mod sequence;
mod shapes;
mod short;
mod slots;
mod stretch;

pub(crate) use clocks::Clocks;
pub(crate) use stretch::{BlockOf, Stretches, Sums};

use crate::event::{Event, Key};
use crate::latency::PairChoice;
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::trace::{DRIVER, Grouping};
use counts::Ticks;
use hashbrown::{HashMap, HashSet};
use keyed::{Keyed, Of, Record};
use measurer::{How, Made, Measurer};
use sequence::{Opener, Sequence};

/// So many bits of the place of an event in the log are for its row in its block.
pub(crate) const ROW_BITS: u32 = 22;

/// What is known of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Unseen,
    Driver,
    App,
}

/// One file and source: the events in it are in order.
#[derive(Debug, Default)]
struct Stream {
    last: Option<i64>,
    /// Steps in time, and how many of them go back.
    steps: u64,
    back: u64,
    sequence: Sequence,
}

/// Traces that are measured as they end.
#[derive(Debug)]
pub(crate) struct Tally {
    by: Grouping,
    how: How,
    /// What stamped the events of each file that name no source.
    files: Vec<u32>,
    labels: Vec<Label>,
    streams: Vec<Stream>,
    stream_of: HashMap<(u32, Name), u32>,
    last_stream: Option<((u32, Name), u32)>,
    keyed: Keyed,
    /// What readers measured and what they kept of events with keys, with the handles of their words.
    readers: Vec<(Made, Keyed, Vec<Name>)>,
    made: Made,
    benchmark_names: Vec<String>,
    /// Whether any event of a sequence has an id on its record.
    recorded_sequences: bool,
    with_id: u64,
    driver: u64,
    orphans: u64,
}

impl Tally {
    /// A tally, if these options can be tallied.
    pub(crate) fn of(options: &Options) -> Option<Self> {
        // A run's begin is known at its end only; a matrix of pairs needs every trace twice.
        if options.filter.skip_ns != 0 || options.pairs == PairChoice::All {
            return None;
        }
        Some(Self {
            by: options.by.clone(),
            how: How {
                pairs: options.pairs.distinct(),
                filter: options.filter.clone(),
                benchmarks: Vec::new(),
                ticks: Ticks::of(options.epoch_unit.ns()),
                max_trace_ns: options.max_trace_ns,
            },
            files: Vec::new(),
            labels: Vec::new(),
            streams: Vec::new(),
            stream_of: HashMap::new(),
            last_stream: None,
            keyed: Keyed::new(Ticks::of(options.epoch_unit.ns())),
            readers: Vec::new(),
            made: Made::default(),
            benchmark_names: Vec::new(),
            recorded_sequences: false,
            with_id: 0,
            driver: 0,
            orphans: 0,
        })
    }

    /// Tells of a run before its first event.
    pub(crate) fn add_run(&mut self, benchmark: &str) {
        let known = self.benchmark_names.iter().position(|name| name == benchmark);
        let number = known.unwrap_or_else(|| {
            self.benchmark_names.push(benchmark.to_owned());
            self.benchmark_names.len() - 1
        });
        self.how.benchmarks.push(u32::try_from(number).unwrap_or(u32::MAX));
    }

    /// Tells of a file before its first event, and of the source that its path names.
    pub(crate) fn add_file(&mut self, source: Name) {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(Clocks::of_place(file, source));
    }

    /// Takes the next event of the log, of this row of its block.
    pub(crate) fn push(
        &mut self,
        event: &Event,
        run: u32,
        names: &Names,
        (place, row): (u64, u32),
    ) {
        let id = event.id();
        self.with_id += u64::from(id != NONE);
        let stream = self.stream((event.file, event.source));
        let stream = &mut self.streams[stream as usize];
        if let Some(last) = stream.last.replace(event.epoch_ns) {
            stream.steps += u64::from(last != event.epoch_ns);
            stream.back += u64::from(event.epoch_ns < last);
        }
        if seen(&mut self.labels, event.label, names) == Label::Driver {
            self.driver += 1;
            return;
        }
        let filter = &self.how.filter;
        if !filter.conditions.is_empty() && !filter.wants_event(event, names) {
            self.made.filtered += 1;
            return;
        }
        let (opener, key) = match &self.by {
            Grouping::Auto => (Some(Opener::FirstLabel), id),
            Grouping::Id => (None, id),
            Grouping::Source => (None, event.source),
            // Files are numbered from 0, which is no key.
            Grouping::File => (None, event.file + 1),
            Grouping::Label(label) => {
                (Some(names.find(label).map_or(Opener::Unknown, Opener::Label)), NONE)
            }
        };
        let timed = (event.epoch_ns, event.label);
        match opener {
            _ if key != NONE => {
                let number = key.to_le_bytes();
                let key = match self.by {
                    Grouping::File => Key::Text(&number),
                    _ => Key::of(names.text(key).as_bytes()),
                };
                let (record, clock) = (Record::Name(event.correlation_id), Clocks::of(event));
                let of = Of { run, clock, record, place };
                let (epoch_ns, label) = timed;
                self.keyed.add(key, &of, std::iter::once(keyed::Event { epoch_ns, label, row }));
            }
            None => self.orphans += 1,
            Some(opener) => {
                self.recorded_sequences |= event.correlation_id != NONE;
                let mut measurer = Measurer { how: &self.how, names, made: &mut self.made };
                stream.sequence.push(timed, run, opener, &mut measurer);
            }
        }
    }

    /// The labels that were seen.
    pub(crate) fn labels(&self) -> HashSet<Name> {
        let seen = (0..).zip(&self.labels).filter(|(_, label)| **label != Label::Unseen);
        seen.map(|(name, _)| name).collect()
    }

    /// The label with which all traces of a file and source begin, if that is known.
    pub(crate) fn opener(&self, of: (u32, Name)) -> Option<Name> {
        self.streams[*self.stream_of.get(&of)? as usize].sequence.first_label()
    }

    fn stream(&mut self, key: (u32, Name)) -> u32 {
        match self.last_stream {
            Some((known, number)) if known == key => number,
            _ => {
                let next = u32::try_from(self.streams.len()).unwrap_or(u32::MAX);
                let number = *self.stream_of.entry(key).or_insert(next);
                if number == next {
                    self.streams.push(Stream::default());
                }
                self.last_stream = Some((key, number));
                number
            }
        }
    }
}

/// What is known of a label, which was seen.
#[inline]
fn seen(labels: &mut Vec<Label>, label: Name, names: &Names) -> Label {
    let place = label as usize;
    match labels.get(place) {
        Some(&known) if known != Label::Unseen => known,
        _ => {
            let driver = names.text(label).starts_with(DRIVER);
            let kind = if driver { Label::Driver } else { Label::App };
            labels.resize(labels.len().max(place + 1), Label::Unseen);
            labels[place] = kind;
            kind
        }
    }
}
