//! A block of the log measured by itself, by whoever reads it: the traces that the order of the log
//! makes and that begin and end in the block, and the events that have ids. What reaches beyond the
//! block, and all that depends on what stands before it, is left to the [`Tally`].
//!
//! For traces that the order makes this can be done because all of a stream begin with the same
//! label: the stream's first, or the one that the user named.

use super::keyed::{self, Keyed, Of, Record};
use super::measurer::{How, Made, Measurer};
use super::sequence::{Opener, Sequence};
use super::{Clocks, Label, Tally, seen};
use crate::event::{Event, Ids, Parsed};
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::trace::{DRIVER, Grouping};

/// What one reader measured of all its blocks, with the handles of its own words.
#[derive(Debug)]
pub(crate) struct Stretches {
    by: Grouping,
    how: How,
    sequence: Sequence,
    keyed: Keyed,
    labels: Vec<Label>,
    made: Made,
    /// For each label, in which climb through the log it was told last. Readers mostly take blocks in
    /// the order of the log: what was told once is known to all that follow.
    told: Vec<u32>,
    climb: u32,
    /// All words with handles below this one are labels that were told in the first climb. Mostly, these
    /// are all that there are, and the greatest handle of a block tells that.
    all_told: Name,
    /// Place of the block before.
    before: u64,
    /// For each id of a block, where its events end in `order`, which holds their rows.
    ends: Vec<usize>,
    order: Vec<u32>,
}

/// The block, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockOf<'a> {
    pub run: u32,
    pub file: u32,
    /// Its place in the log.
    pub place: u64,
    /// Whether it is the app's own text, where no line belongs to a request that encloses it.
    pub plain: bool,
    /// Whether the same event may have been printed twice.
    pub repeats: bool,
    /// The label with which all traces begin that the order makes, if it is known.
    pub opener: Option<&'a str>,
}

/// What is left of the events of a block, with the handles of the reader's words.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub events: u64,
    /// Labels of which no block before told, in the order of their first events.
    pub fresh: Vec<Name>,
    driver: u64,
    /// How many have an id, and how many have it on the record.
    with_id: u64,
    pub with_record: u64,
    /// Time of the first and of the last event.
    span: Option<(i64, i64)>,
    /// Steps in time, and how many of them go back.
    steps: u64,
    back: u64,
    /// Events of the trace that was open before.
    head: Vec<(i64, Name)>,
    /// Begin of the first trace that was measured; labels and end of the last.
    begin: i64,
    end: i64,
    labels: Vec<Name>,
    /// The trace that is still open.
    tail: Vec<(i64, Name)>,
}

impl Stretches {
    /// For a reader, if these options and this tally allow to measure blocks by themselves.
    pub(crate) fn of(options: &Options, tally: &Tally) -> Option<Self> {
        let by_order_or_id =
            matches!(options.by, Grouping::Auto | Grouping::Id | Grouping::Label(_));
        // Ids that the record or the path gives are known only where the blocks are joined.
        let fits = by_order_or_id && options.id_from_path.is_none() && options.filter.is_all();
        fits.then(|| Self {
            by: options.by.clone(),
            how: tally.how.clone(),
            sequence: Sequence::default(),
            keyed: tally.keyed.another(),
            labels: Vec::new(),
            made: Made::default(),
            told: Vec::new(),
            climb: 1,
            all_told: NONE + 1,
            before: 0,
            ends: Vec::new(),
            order: Vec::new(),
        })
    }

    /// All blocks are measured; what can be done now need not be done when all readers are.
    pub(crate) fn over(mut self) -> Self {
        self.made.shapes.count(self.how.ticks);
        self
    }

    /// The label that begins all traces that the order of the log makes, if this is the begin of
    /// the log or the user named it.
    pub(crate) fn opener<'a>(&'a self, parsed: &'a Parsed, is_begin: bool) -> Option<&'a str> {
        if let Grouping::Label(label) = &self.by {
            return Some(label);
        }
        // A row that names a source belongs to a stream of its own.
        let of_stream = |row: &&Event| row.id() == NONE && row.source == NONE;
        let keyless = parsed.rows.iter().filter(|row| is_begin && of_stream(row));
        keyless.map(|row| parsed.words.names().text(row.label)).find(|l| !l.starts_with(DRIVER))
    }

    /// Measures a block and forgets its rows, if that can be done without knowing what stands
    /// before it.
    pub(crate) fn measure(&mut self, parsed: &mut Parsed, block: BlockOf<'_>) -> Option<Sums> {
        if parsed.sourced || !parsed.unique.is_empty() || !parsed.open.is_empty() {
            return None;
        }
        let mut sums = Sums { events: parsed.rows.len() as u64, ..Sums::default() };
        if !parsed.ids.is_empty() {
            sums.with_record = count(&parsed.rows, |row| row.correlation_id != NONE);
            let with_own = count(&parsed.rows, |row| row.trace_id != NONE);
            // Only one of them counts.
            sums.with_id = sums.with_record.max(with_own);
            let one_kind = sums.with_record == 0 || with_own == 0;
            let by_id = matches!(self.by, Grouping::Auto | Grouping::Id);
            // The request around a line may tell more than the id in its text.
            let enclosed = with_own > 0 && !block.plain;
            if sums.with_id > 0 && (block.repeats || !one_kind || !by_id || enclosed) {
                return None;
            }
        }
        let all_have_ids = sums.with_id == sums.events;
        let by_order = block.plain && parsed.marks.is_empty() && self.by != Grouping::Id;
        if !all_have_ids && (!by_order || block.opener.is_none()) {
            return None;
        }
        let names = parsed.words.names();
        let (Some(first), Some(last)) = (parsed.rows.first(), parsed.rows.last()) else {
            return Some(sums);
        };
        sums.span = Some((first.epoch_ns, last.epoch_ns));
        (sums.steps, sums.back) = steps(&parsed.rows);
        self.climb += u32::from(block.place < self.before);
        self.before = block.place;
        let greatest = parsed.rows.iter().fold(0, |most: Name, row| most.max(row.label));
        if self.climb > 1 || greatest >= self.all_told {
            for row in &parsed.rows {
                // The first time, or one of the driver's.
                if self.told.get(row.label as usize) != Some(&self.climb) {
                    sums.driver += self.first_use(row.label, names, &mut sums.fresh);
                }
            }
            while self.told.get(self.all_told as usize) == Some(&1) {
                self.all_told += 1;
            }
        }
        if !all_have_ids {
            // A label that the block does not hold opens nothing in it.
            let opener = block.opener.and_then(|label| names.find(label)).unwrap_or(Name::MAX);
            self.by_order(&parsed.rows, names, opener, block.run, &mut sums);
        }
        if sums.with_id > 0 {
            self.by_id(&parsed.rows, &parsed.ids, block, (sums.with_record > 0, sums.driver > 0));
        }
        parsed.rows.clear();
        Some(sums)
    }

    /// Tells of a label; gives one if it is the driver's.
    #[cold]
    fn first_use(&mut self, label: Name, names: &Names, fresh: &mut Vec<Name>) -> u64 {
        let place = label as usize;
        if seen(&mut self.labels, label, names) == Label::Driver {
            if !fresh.contains(&label) {
                fresh.push(label);
            }
            return 1;
        }
        if self.told.len() <= place {
            self.told.resize(place + 1, 0);
        }
        self.told[place] = self.climb;
        fresh.push(label);
        0
    }

    /// Measures the traces that the order of a block makes.
    fn by_order(&mut self, rows: &[Event], names: &Names, opener: Name, run: u32, sums: &mut Sums) {
        self.sequence.reset();
        let mut measurer = Measurer { how: &self.how, names, made: &mut self.made };
        // Mostly, all events are of such traces: then each trace is a slice of the rows.
        if sums.driver == 0 && sums.with_id == 0 {
            let opens = |rows: &[Event]| rows.iter().position(|row| row.label == opener);
            let (head, mut traces) = rows.split_at(opens(rows).unwrap_or(rows.len()));
            sums.head.extend(head.iter().map(|row| (row.epoch_ns, row.label)));
            loop {
                // Mostly, traces are of shapes that are well known.
                traces = &traces[self.sequence.likely(traces, run, &mut measurer)..];
                let Some((_, behind)) = traces.split_first() else { break };
                let Some(length) = opens(behind) else { break };
                let trace;
                (trace, traces) = traces.split_at(length + 1);
                self.sequence.whole(trace, run, &mut measurer);
            }
            sums.tail.extend(traces.iter().map(|row| (row.epoch_ns, row.label)));
            self.measured(sums);
            return;
        }
        for row in rows {
            let event = (row.epoch_ns, row.label);
            if row.id() != NONE || self.labels[row.label as usize] == Label::Driver {
                continue;
            }
            if row.label == opener {
                self.sequence.push(event, run, Opener::Label(opener), &mut measurer);
            } else if self.sequence.is_open() {
                self.sequence.add(event);
            } else {
                sums.head.push(event);
            }
        }
        sums.tail = self.sequence.take_open();
        self.measured(sums);
    }

    /// Notes where the traces of a block begin and end.
    fn measured(&self, sums: &mut Sums) {
        if let Some((begin, shape, end)) = self.sequence.measured() {
            (sums.begin, sums.end) = (begin, end);
            sums.labels = self.made.shapes.labels(shape).to_vec();
        }
    }

    /// Keeps the events that have ids, those of one id together.
    fn by_id(
        &mut self,
        rows: &[Event],
        ids: &Ids,
        block: BlockOf<'_>,
        (on_record, drivers): (bool, bool),
    ) {
        let Self { labels, ends, order, .. } = self;
        let left_out = |row: &Event| drivers && labels[row.label as usize] == Label::Driver;
        // Those without an id are counted too, under the handle of none.
        ends.clear();
        ends.resize(ids.len() + 1, 0);
        for row in rows.iter().filter(|row| !left_out(row)) {
            ends[row.id() as usize + 1] += 1;
        }
        for id in 1..ends.len() {
            ends[id] += ends[id - 1];
        }
        order.resize(rows.len().max(order.len()), 0);
        for (number, row) in (0u32..).zip(rows).filter(|(_, row)| !left_out(row)) {
            let place = &mut ends[row.id() as usize];
            order[*place] = number;
            *place += 1;
        }
        let of = Of {
            run: block.run,
            clock: Clocks::of_place(block.file, NONE),
            record: if on_record { Record::Key } else { Record::Name(NONE) },
            place: block.place,
        };
        let mut start = 0;
        for (id, &end) in (0..).zip(self.ends.iter().take(ids.len())) {
            let of_id = &self.order[start..end];
            start = end;
            if of_id.is_empty() || id == NONE {
                continue;
            }
            let event = |&number: &u32| {
                let row = &rows[number as usize];
                keyed::Event { epoch_ns: row.epoch_ns, label: row.label, row: number }
            };
            self.keyed.add(ids.key(id), &of, of_id.iter().map(event));
        }
    }
}

/// How many rows have something; not so many that it could overflow.
fn count(rows: &[Event], has: impl Fn(&Event) -> bool) -> u64 {
    rows.iter().fold(0, |count: u64, row| count.wrapping_add(has(row).into()))
}

/// Steps in time from row to row, and how many of them go back.
fn steps(rows: &[Event]) -> (u64, u64) {
    let pairs = rows.iter().zip(rows.get(1..).unwrap_or_default());
    pairs.fold((0, 0), |(steps, back): (u64, u64), (before, row)| {
        let (steps_on, back_on) = (row.epoch_ns != before.epoch_ns, row.epoch_ns < before.epoch_ns);
        // There are not so many rows that this could overflow.
        (steps.wrapping_add(steps_on.into()), back.wrapping_add(back_on.into()))
    })
}

impl Tally {
    /// Takes what is left of a block; `words` are the handles of its reader's words.
    pub(crate) fn add(
        &mut self,
        sums: &Sums,
        words: &[Name],
        of: (u32, Name),
        run: u32,
        names: &Names,
    ) {
        self.driver += sums.driver;
        self.with_id += sums.with_id;
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
        let mut measurer = Measurer { how: &self.how, names, made: &mut self.made };
        let sequence = &mut stream.sequence;
        let own = |&(time, label): &(i64, Name)| (time, words[label as usize]);
        for event in &sums.head {
            sequence.push(own(event), run, opener, &mut measurer);
        }
        if !sums.labels.is_empty() {
            let labels: Vec<Name> = sums.labels.iter().map(|&l| words[l as usize]).collect();
            sequence.skip((sums.begin, sums.end), &labels, run, &mut measurer);
        }
        for event in &sums.tail {
            sequence.push(own(event), run, opener, &mut measurer);
        }
    }

    /// Takes what a reader measured; `words` are the handles of its words.
    pub(crate) fn absorb(&mut self, of: Stretches, words: Vec<Name>, names: &Names) {
        for (label, state) in of.labels.iter().enumerate() {
            if *state != Label::Unseen {
                seen(&mut self.labels, words.get(label).copied().unwrap_or(NONE), names);
            }
        }
        self.readers.push((of.made, of.keyed, words));
    }
}

#[cfg(test)]
mod tests;
