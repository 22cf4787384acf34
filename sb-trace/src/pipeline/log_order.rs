//! What can only be done in the order of the log: duplicates go, ids of enclosing requests come, every
//! line is counted, and each stream is cut where its traces end.
//!
//! All of this is little work for a block. What is much, measuring, is done with the [`Batch`]es that
//! it gives, by many threads at once.

use super::batch::{Batch, Carried, RowSet, StreamRows};
use super::environment::Environments;
use super::reader::{ReadBlock, Word};
use super::{Job, number};
use crate::accounting::FileInfo;
use crate::accounting::{Accounting, LookAlikeAt};
use crate::dictionary::{Dictionary, NO_TEXT};
use crate::error::{Error, Result};
use crate::event::{Event, Id, LineClass, OpenPart, Parsed};
use crate::format::{Brackets, InputFormat, source_of};
use crate::names::NONE;
use crate::options::{DRIVER, FormatChoice, Grouping, ID_GROUP, Options};
use crate::plan::Plan;
use crate::read::{Input, Place};
use crate::trace::{ColdWarm, Starts, Steps, Stream, StreamState};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;

/// How many look-alikes are kept in all.
const MOST_LOOK_ALIKES: usize = 100_000;

/// What is remembered of an input while it is read.
#[derive(Default)]
struct InputState {
    hook_log: bool,
    brackets: Brackets,
    /// Whether it has the format that the user named.
    fits: bool,
    /// Whether a record is proof of that.
    strict: bool,
    records: u64,
    /// The id that its path gives.
    path_id: Option<Id>,
    /// The source that its path names.
    path_source: u32,
    name: u32,
    environments: Environments,
    open: Vec<OpenPart>,
    /// The line on which a trace was opened last, and how many were opened there.
    opened: (u64, u32),
    /// The streams in it.
    streams: Vec<u32>,
}

/// What was read, apart from the events.
#[derive(Debug, Default)]
pub(crate) struct LogFacts {
    pub files: Vec<FileInfo>,
    pub accounting: Accounting,
    pub look_alikes: Vec<LookAlikeAt>,
    pub with_id: u64,
    pub starts: Starts,
    pub streams: Vec<StreamState>,
    /// For each run, the time of its first event that is not the driver's.
    pub begins: Vec<i64>,
    /// The same as it was taken to be while it was read.
    pub begun: Vec<i64>,
    /// Streams that a given plan calls newest first, with the labels that open their traces.
    pub planned_newest_first: BTreeMap<u32, Option<u32>>,
    /// Whether any event of a trace by order has an id on its record.
    pub classed_by_order: bool,
    /// The labels that were seen, by their codes.
    pub labels: Vec<bool>,
}

/// See the module.
pub(super) struct LogOrder<'a> {
    inputs: &'a [Input],
    run_of: &'a [u32],
    benchmarks: &'a [u32],
    options: &'a Options,
    labels: &'a Dictionary,
    sources: &'a Dictionary,
    plan: &'a Plan,
    read: LogFacts,
    states: Vec<InputState>,
    /// By the numbers of the streams.
    open: Vec<OpenStream>,
    stream_of: HashMap<(u32, u32), u32>,
    /// Which labels are the driver's, by their codes.
    driver: Vec<bool>,
    /// What each hook log printed already.
    printed: HashSet<(u32, i64, u32, Id)>,
    /// Of records that have an id: which were read already.
    delivered: HashSet<u64>,
    last_class: LineClass,
    guessed_begins: Vec<Option<i64>>,
    next: u64,
    in_order: bool,
}

/// The codes of a block's words.
fn codes(words: Vec<Word>, dictionary: &Dictionary) -> Vec<u32> {
    let code = |word| match word {
        Word::Known(code) => code,
        Word::New(text) => dictionary.code(&text),
    };
    words.into_iter().map(code).collect()
}

/// What of a stream waits for the blocks that come.
#[derive(Debug, Default)]
struct OpenStream {
    /// The time of its last event.
    last: Option<i64>,
    /// Events whose trace is not over.
    carried: Vec<Carried>,
}

impl<'a> LogOrder<'a> {
    pub(super) fn new(job: &'a Job<'a>, plan: &'a Plan) -> Self {
        let Job { inputs, options, run_of, benchmarks, labels, sources, .. } = job;
        let read = LogFacts { begins: vec![i64::MAX; benchmarks.len()], ..LogFacts::default() };
        Self {
            inputs,
            run_of,
            benchmarks,
            options,
            labels,
            sources,
            plan,
            read,
            states: Vec::new(),
            open: Vec::new(),
            stream_of: HashMap::new(),
            driver: Vec::new(),
            printed: HashSet::new(),
            delivered: HashSet::new(),
            last_class: LineClass::default(),
            guessed_begins: vec![None; benchmarks.len()],
            next: 0,
            in_order: true,
        }
    }

    /// The records that the last block of an input left open.
    pub(super) fn take_open(&mut self, file: usize) -> Vec<OpenPart> {
        self.states.get_mut(file).map(|state| std::mem::take(&mut state.open)).unwrap_or_default()
    }

    /// The next input begins.
    pub(super) fn begin(&mut self, file: usize, source: &InputFormat, fits: bool) {
        let input = &self.inputs[file];
        self.read.files.push(FileInfo {
            name: input.name.clone(),
            run: self.run_of[file],
            format: match input.place {
                Place::Events(_) => "a table of events",
                _ => source.name,
            },
            ..FileInfo::default()
        });
        let path = match &input.place {
            Place::File(path) => path.to_string_lossy(),
            _ => input.name.as_str().into(),
        };
        let path_id = self.options.id_from_path.as_ref().and_then(|regex| {
            Some(Id::of(regex.captures(path.as_bytes())?.name(ID_GROUP)?.as_bytes()))
        });
        let path_source = source_of(&path).map_or(NO_TEXT, |source| self.sources.code(&source));
        self.states.push(InputState {
            hook_log: input.hook_log,
            brackets: source.brackets,
            fits,
            strict: source.is_strict(),
            path_id,
            path_source,
            name: self.sources.code(&input.name),
            ..InputState::default()
        });
    }

    /// Takes the next block of an input.
    pub(super) fn block(
        &mut self,
        file: usize,
        continues: bool,
        block: ReadBlock,
    ) -> Result<Batch> {
        let ReadBlock {
            mut parsed,
            labels,
            sources,
            one_source,
            with_id,
            with_record,
            steps,
            shared_lines,
        } = block;
        self.count_lines(continues, &parsed);
        let base_line = self.count_block(file, continues, &mut parsed)?;
        let (labels, sources) = (codes(labels, self.labels), codes(sources, self.sources));
        self.know_driver();
        let mut batch = Batch {
            number: self.next,
            parsed,
            labels,
            sources,
            file: number(file),
            run: self.run_of[file],
            base_line,
            base_place: self.read.accounting.events,
            in_order: self.in_order,
            ..Batch::default()
        };
        self.next += 1;
        let known = Known { one_source, with_id, steps, shared_lines };
        let known = if self.rows_are_final(file, &batch) {
            self.read.files[file].with_id += with_record as u64;
            known
        } else {
            self.settle(file, &mut batch)
        };
        let rows = batch.parsed.rows.len();
        self.read.accounting.events += rows as u64;
        self.read.with_id += known.with_id as u64;
        if rows > 0 {
            self.distribute(file, &mut batch, known);
        }
        batch.in_order = self.in_order;
        batch.begin = self.begin_of(batch.run);
        Ok(batch)
    }

    /// When the app of a run began, as far as it is known.
    fn begin_of(&self, run: u32) -> i64 {
        let run = run as usize;
        let planned = self.plan.begins.as_ref().and_then(|begins| begins.get(run).copied());
        planned.or_else(|| *self.guessed_begins.get(run)?).unwrap_or_default()
    }

    /// Nothing more comes of an input: its last traces are over.
    pub(super) fn end(&mut self, file: usize) -> Batch {
        let mut batch = Batch { number: self.next, file: number(file), ..Batch::default() };
        self.next += 1;
        batch.run = self.run_of.get(file).copied().unwrap_or_default();
        let state = self.states.get_mut(file).map(|state| {
            state.environments = Environments::default();
            (std::mem::take(&mut state.streams), state.opened)
        });
        let (streams, opened) = state.unwrap_or_default();
        for number in streams {
            let state = &self.read.streams[number as usize];
            let mut carried = std::mem::take(&mut self.open[number as usize].carried);
            // What is left of a stream that lists the newest event first was opened by its last one.
            if let Some(last) = carried.last_mut().filter(|_| state.newest_first)
                && Some(last.label) != state.opening
                && last.line == opened.0
            {
                last.nth = opened.1 + 1;
            }
            if !carried.is_empty() {
                let of_stream = self.whole(number, carried, RowSet::default());
                batch.traces.push(of_stream);
            }
        }
        self.in_order &= batch.traces.len() <= 1;
        batch.in_order = self.in_order;
        batch.begin = self.begin_of(batch.run);
        batch
    }

    /// How many batches there were.
    pub(super) fn batches(&self) -> u64 {
        self.next
    }

    /// What was read.
    pub(super) fn finish(self) -> Result<LogFacts> {
        let fits = |state: &InputState| state.fits || (state.strict && state.records > 0);
        if let FormatChoice::Named(name) = &self.options.format
            && !self.states.is_empty()
            && !self.states.iter().any(fits)
        {
            return Err(Error::NoMatchForFormat { name: name.clone() });
        }
        let matched = self.states.iter().any(|state| state.records > 0);
        if self.options.pattern.is_some() && !matched && self.read.accounting.statements > 0 {
            return Err(Error::NoMatchForPattern);
        }
        let guessed = self.guessed_begins.iter().map(|begin| begin.unwrap_or(i64::MAX));
        let begun = self.plan.begins.clone().unwrap_or_else(|| guessed.collect());
        Ok(LogFacts { begun, ..self.read })
    }

    /// Asks of labels that are new whether they are the driver's.
    fn know_driver(&mut self) {
        for known in self.driver.len()..self.labels.len() {
            self.driver.push(self.labels.text(number(known)).starts_with(DRIVER));
        }
    }

    /// Counts what a block holds beside its lines; gives the line before its first.
    fn count_block(&mut self, file: usize, continues: bool, parsed: &mut Parsed) -> Result<u64> {
        let (Some(info), Some(state)) = (self.read.files.get_mut(file), self.states.get_mut(file))
        else {
            return Ok(0);
        };
        // The first line of a block that continues a line has that line's number.
        let base = info.lines - u64::from(continues && info.lines > 0);
        // What is left of the end of an input has no lines of its own.
        info.lines = info.lines.max(base + parsed.line_count());
        info.statements += parsed.rows.len() as u64;
        info.binary |= parsed.has_nul;
        if info.lost == 0 && parsed.lost > 0 {
            info.lost_at = base + parsed.lost_at;
        }
        info.lost += parsed.lost;
        state.records += parsed.records;
        state.open = std::mem::take(&mut parsed.open);
        if let Some(line) = parsed.unmatched {
            let message =
                format!("{}:{}: the --pattern does not match this line", info.name, base + line);
            return Err(Error::Usage { message });
        }
        let accounting = &mut self.read.accounting;
        accounting.statements += parsed.rows.len() as u64;
        accounting.look_alikes += parsed.look_alikes;
        let room = MOST_LOOK_ALIKES.saturating_sub(self.read.look_alikes.len());
        let file = number(file);
        self.read.look_alikes.extend(parsed.kept.drain(..).take(room).map(|kept| LookAlikeAt {
            file,
            line: base.wrapping_add(kept.line),
            column: kept.column,
            what: kept.what,
        }));
        Ok(base)
    }

    fn count_lines(&mut self, continues: bool, parsed: &Parsed) {
        let mut counts = parsed.lines;
        let mut last = parsed.last;
        if let (true, Some(first)) = (continues, parsed.first) {
            // One line in two blocks: counted once, as the greater of its two classes.
            let whole = first.max(self.last_class);
            counts[first as usize] -= 1;
            counts[whole as usize] += 1;
            *self.lines_of(self.last_class) -= 1;
            self.read.accounting.lines -= 1;
            if parsed.line_count() == 1 {
                last = Some(whole);
            }
        }
        for class in LineClass::ALL {
            *self.lines_of(class) += counts[class as usize];
        }
        self.read.accounting.lines += parsed.line_count();
        self.last_class = last.unwrap_or_default();
    }

    fn lines_of(&mut self, class: LineClass) -> &mut u64 {
        let accounting = &mut self.read.accounting;
        match class {
            LineClass::Format => &mut accounting.lines_format,
            LineClass::Other => &mut accounting.lines_other,
            LineClass::Undecodable => &mut accounting.lines_undecodable,
            LineClass::LookAlike => &mut accounting.lines_look_alike,
            LineClass::Statement => &mut accounting.lines_with_statement,
        }
    }

    /// Whether nothing that stands before a block says more of its rows.
    fn rows_are_final(&self, file: usize, batch: &Batch) -> bool {
        let state = &self.states[file];
        batch.parsed.unique.is_empty()
            && batch.parsed.marks.is_empty()
            && state.brackets == Brackets::Never
            && !state.hook_log
            && state.path_id.is_none()
            && state.path_source == NO_TEXT
    }

    /// Makes the rows of a block final: with the ids of the requests around them, without duplicates.
    fn settle(&mut self, file: usize, batch: &mut Batch) -> Known {
        let (Some(info), Some(state)) = (self.read.files.get_mut(file), self.states.get_mut(file))
        else {
            return Known::default();
        };
        let mut parsed = std::mem::take(&mut batch.parsed);
        let marks = std::mem::take(&mut parsed.marks);
        let mut marks = marks.iter().peekable();
        let path_source = match state.path_source {
            NO_TEXT => 0,
            source => {
                batch.sources.push(source);
                number(batch.sources.len() - 1)
            }
        };
        let rows = std::mem::take(&mut parsed.rows);
        let unique = std::mem::take(&mut parsed.unique);
        let mut kept: Vec<Event> = Vec::with_capacity(rows.len());
        let mut known = Known { one_source: None, ..Known::default() };
        let (labels, sources) = (&batch.labels, &batch.sources);
        let mut apply = |mark: &crate::event::Mark,
                         parsed: &Parsed,
                         environments: &mut Environments| {
            let id = Some(mark.what.id()).filter(|&id| id != NONE);
            let id = id.map(|id| parsed.ids.key(id).owned());
            environments.apply(sources[mark.source as usize], mark.what, id, &mut self.read.starts);
        };
        for (at, mut row) in rows.into_iter().enumerate() {
            while let Some(mark) = marks.next_if(|mark| mark.row <= at) {
                apply(mark, &parsed, &mut state.environments);
            }
            let unique = unique.get(at).copied().unwrap_or_default();
            // Without an id, two invocations may well print the same label in the same moment.
            let repeated = (unique != 0 && !self.delivered.insert(unique))
                || (state.hook_log
                    && row.id() != NONE
                    && !self.printed.insert((
                        batch.file,
                        row.epoch_ns,
                        labels[row.label as usize],
                        parsed.ids.key(row.id()).owned(),
                    )));
            if repeated {
                self.read.accounting.duplicates += 1;
                continue;
            }
            let source = sources[row.source as usize];
            if row.correlation_id != NONE {
                info.with_id += 1;
            } else if state.brackets.hold(source)
                && let Some(id) = state.environments.open_in(source)
            {
                row.correlation_id = parsed.ids.add_key(id.key());
                info.enclosed += 1;
            }
            if let (NONE, Some(id)) = (row.correlation_id, &state.path_id) {
                row.correlation_id = parsed.ids.add_key(id.key());
            }
            if row.source == 0 {
                row.source = path_source;
            }
            known.with_id += usize::from(row.id() != NONE);
            if let Some(before) = kept.last() {
                known.shared_lines |= before.line == row.line;
                known.steps.add(before.epoch_ns, row.epoch_ns);
            }
            kept.push(row);
        }
        for mark in marks {
            apply(mark, &parsed, &mut state.environments);
        }
        let first = kept.first().map_or(0, |row| row.source);
        known.one_source = kept.iter().all(|row| row.source == first).then_some(first);
        parsed.rows = kept;
        batch.parsed = parsed;
        known
    }

    /// Says of each row where it goes: into a trace by order, by key, or into none.
    fn distribute(&mut self, file: usize, batch: &mut Batch, known: Known) {
        self.note_labels(batch);
        self.add_streams(file, batch, &known);
        let rows = number(batch.parsed.rows.len());
        let is_driver = |code: u32| self.driver.get(code as usize).copied().unwrap_or_default();
        let simple = self.options.filter.conditions.is_empty()
            && !batch.labels.iter().any(|&code| is_driver(code));
        let by = &self.options.by;
        let all_by_order = match by {
            Grouping::Auto => known.with_id == 0,
            Grouping::Label(_) => true,
            _ => false,
        };
        let all_keyed = match by {
            Grouping::Auto | Grouping::Id => known.with_id == rows as usize,
            Grouping::File => true,
            _ => false,
        };
        let mut by_order: Vec<(u32, RowSet)> = Vec::new();
        match known.one_source {
            Some(source) if simple && all_by_order => {
                by_order.push((batch.stream_of[source as usize], RowSet::Range(0, rows)));
            }
            _ if simple && all_keyed => batch.keyed = RowSet::Range(0, rows),
            _ => by_order = self.sort_out(batch),
        }
        self.note_begin(batch);
        if matches!(by, Grouping::Label(_)) && !batch.parsed.ids.is_empty() {
            self.class_rows(batch);
        }
        for (stream, rows) in &by_order {
            let first = batch.parsed.rows[rows.at(0)].label;
            self.opening(*stream, batch.labels[first as usize]);
        }
        if !by_order.is_empty() {
            let last_line = self.states[file].opened.0;
            let first_line = batch.base_line.wrapping_add(batch.parsed.rows[0].line);
            if known.shared_lines || first_line == last_line {
                self.number_openings(file, batch, &by_order);
            }
        }
        let one = by_order.len() <= 1 && batch.keyed.is_empty();
        for (stream, rows) in by_order {
            self.cut(stream, rows, batch);
        }
        if !known.shared_lines
            && let Some(row) = batch.parsed.rows.last()
        {
            let opening = self.read.streams[batch.stream_of[row.source as usize] as usize].opening;
            let opens = Some(batch.labels[row.label as usize]) == opening;
            self.states[file].opened = (batch.base_line.wrapping_add(row.line), opens.into());
        }
        let streams = &self.states[file].streams;
        let open = |&&number: &&u32| !self.open[number as usize].carried.is_empty();
        self.in_order &= one && streams.iter().filter(open).count() <= 1;
    }

    /// Notes when the app of a run began, if anybody asks for it: a first guess, and what the whole
    /// log says.
    fn note_begin(&mut self, batch: &mut Batch) {
        if self.options.filter.skip_ns == 0 {
            return;
        }
        let run = batch.run as usize;
        let is_driver = |row: &&Event| self.driver[batch.labels[row.label as usize] as usize];
        let app = batch.parsed.rows.iter().filter(|row| !is_driver(row));
        if let Some(first) = app.map(|row| row.epoch_ns).min() {
            let begin = &mut self.read.begins[run];
            *begin = first.min(*begin);
            self.guessed_begins[run].get_or_insert(first);
        }
    }

    fn note_labels(&mut self, batch: &Batch) {
        let labels = &mut self.read.labels;
        labels.resize(self.labels.len(), false);
        let mut seen = vec![false; batch.labels.len()];
        batch.parsed.rows.iter().for_each(|row| seen[row.label as usize] = true);
        for (&code, _) in batch.labels.iter().zip(seen).filter(|(_, seen)| *seen) {
            labels[code as usize] = true;
        }
    }

    /// Finds the stream of each source, and notes the direction of time in it.
    fn add_streams(&mut self, file: usize, batch: &mut Batch, known: &Known) {
        batch.stream_of = vec![u32::MAX; batch.sources.len()];
        let rows = &batch.parsed.rows;
        if let Some(source) = known.one_source {
            let number = self.stream(file, batch.sources[source as usize]);
            batch.stream_of[source as usize] = number;
            let state = &mut self.read.streams[number as usize];
            if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
                if let Some(before) = self.open[number as usize].last.replace(last.epoch_ns) {
                    state.steps.add(before, first.epoch_ns);
                }
                state.steps.all += known.steps.all;
                state.steps.back += known.steps.back;
            }
            return;
        }
        for row in rows {
            let source = row.source as usize;
            if batch.stream_of[source] == u32::MAX {
                batch.stream_of[source] = self.stream(file, batch.sources[source]);
            }
            let stream = batch.stream_of[source] as usize;
            if let Some(before) = self.open[stream].last.replace(row.epoch_ns) {
                self.read.streams[stream].steps.add(before, row.epoch_ns);
            }
        }
    }

    /// The number of a stream.
    fn stream(&mut self, file: usize, source: u32) -> u32 {
        let next = number(self.read.streams.len());
        let found = *self.stream_of.entry((number(file), source)).or_insert(next);
        if found == next {
            let state = &mut self.states[file];
            let run = self.run_of[file];
            let stream = Stream {
                file: number(file),
                source,
                clock: if source == NO_TEXT { state.name } else { source },
                run,
                benchmark: self.benchmarks.get(run as usize).copied().unwrap_or_default(),
            };
            state.streams.push(found);
            let mut newest = self.plan.newest_first.get(&found).copied();
            let mut opening = newest.flatten();
            if let Some(file_plan) = &self.options.plan {
                let planned = file_plan.stream(&self.inputs[file].name, self.sources.text(source));
                opening = planned.and_then(|p| Some(self.labels.code(p.opening.as_ref()?)));
                newest = planned.filter(|planned| planned.newest_first).map(|_| opening);
                if let Some(opening) = newest {
                    self.read.planned_newest_first.insert(found, opening);
                }
            }
            self.open.push(OpenStream::default());
            self.read.streams.push(StreamState {
                stream,
                opening,
                newest_first: newest.is_some(),
                ..StreamState::default()
            });
        }
        found
    }

    /// Sorts the rows of a block out one by one; gives those of traces by order, by stream.
    fn sort_out(&mut self, batch: &mut Batch) -> Vec<(u32, RowSet)> {
        let mut by_order: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut place_of: HashMap<u32, usize> = HashMap::new();
        let mut keyed = Vec::new();
        let filter = &self.options.filter;
        for (at, row) in batch.parsed.rows.iter().enumerate() {
            let (at, label) = (number(at), batch.labels[row.label as usize]);
            if self.driver[label as usize] {
                batch.driver.push(at);
                continue;
            }
            let source = batch.sources[row.source as usize];
            if !filter.conditions.is_empty() {
                let id = batch.parsed.ids.key(row.id()).text();
                let (label, source) = (self.labels.text(label), self.sources.text(source));
                if !filter.wants_event(label, source, &id) {
                    self.read.accounting.events_filtered += 1;
                    continue;
                }
            }
            let is_keyed = match &self.options.by {
                Grouping::Auto | Grouping::Id => row.id() != NONE,
                Grouping::Source => source != NO_TEXT,
                Grouping::File => true,
                Grouping::Label(_) => false,
            };
            if is_keyed {
                keyed.push(at);
            } else if matches!(self.options.by, Grouping::Auto | Grouping::Label(_)) {
                let stream = batch.stream_of[row.source as usize];
                let place = *place_of.entry(stream).or_insert_with(|| {
                    by_order.push((stream, Vec::new()));
                    by_order.len() - 1
                });
                by_order[place].1.push(at);
            } else {
                batch.orphans.push(at);
            }
        }
        batch.keyed = RowSet::List(keyed);
        self.read.accounting.events_orphan += batch.orphans.len() as u64;
        self.read.accounting.events_driver += batch.driver.len() as u64;
        by_order.into_iter().map(|(stream, rows)| (stream, RowSet::List(rows))).collect()
    }

    /// How the invocation of each row started, as the whole log said before.
    fn class_rows(&mut self, batch: &mut Batch) {
        let ids = &batch.parsed.ids;
        let rows = batch.parsed.rows.iter();
        self.read.classed_by_order |= rows.clone().any(|row| row.correlation_id != NONE);
        if let Some(starts) = self.plan.starts.as_ref().filter(|starts| !starts.is_empty()) {
            let class = |row: &Event| match row.correlation_id {
                NONE => ColdWarm::Unknown,
                id => starts.get(&ids.key(id).owned()).copied().unwrap_or_default(),
            };
            batch.classes = rows.map(class).collect();
        }
    }

    /// The label that opens the traces of a stream, given the first event of a trace by order.
    fn opening(&mut self, stream: u32, first: u32) -> Option<u32> {
        let state = &mut self.read.streams[stream as usize];
        match &self.options.by {
            Grouping::Label(label) => {
                state.opening = self.labels.find(label);
                state.opening
            }
            _ => Some(*state.opening.get_or_insert(first)),
        }
    }

    /// Numbers the traces that are opened on one line, in the order of the log.
    fn number_openings(&mut self, file: usize, batch: &mut Batch, by_order: &[(u32, RowSet)]) {
        let mut all: Vec<(usize, u32)> = Vec::new();
        for (stream, rows) in by_order {
            all.extend(rows.iter().map(|row| (row, *stream)));
        }
        all.sort_unstable();
        let mut open: HashSet<u32> = HashSet::new();
        for (row, stream) in all {
            let event = batch.parsed.rows[row];
            let label = batch.labels[event.label as usize];
            let opening = self.opening(stream, label);
            let begins = !self.read.streams[stream as usize].newest_first
                && self.open[stream as usize].carried.is_empty()
                && open.insert(stream);
            if begins || Some(label) == opening {
                let line = batch.base_line.wrapping_add(event.line);
                let opened = &mut self.states[file].opened;
                *opened = if opened.0 == line { (line, opened.1 + 1) } else { (line, 1) };
                if opened.1 > 1 {
                    batch.nth.push((number(row), opened.1));
                }
            }
        }
    }

    /// Cuts a stream behind the last trace that is over; what follows is kept for the next block.
    fn cut(&mut self, stream: u32, mut rows: RowSet, batch: &mut Batch) {
        let events = &batch.parsed.rows;
        let first = batch.labels[events[rows.at(0)].label as usize];
        let opening = self.opening(stream, first);
        let word =
            opening.and_then(|opening| batch.labels.iter().position(|&code| code == opening));
        let opens = |row: &usize| Some(events[*row].label as usize) == word;
        let last = (0..rows.len()).rev().find(|&place| opens(&rows.at(place)));
        let last_label =
            rows.iter().next_back().map(|row| batch.labels[events[row].label as usize]);
        let state = &mut self.read.streams[stream as usize];
        state.last_label = last_label;
        let closed = match last {
            Some(place) if state.newest_first => place + 1,
            Some(place) => place,
            None => 0,
        };
        let open = &mut self.open[stream as usize].carried;
        let left: Vec<Carried> =
            (closed..rows.len()).map(|place| batch.carried(rows.at(place))).collect();
        if last.is_none() || (closed == 0 && open.is_empty()) {
            open.extend(left);
            return;
        }
        rows.truncate(closed);
        let carried = std::mem::replace(open, left);
        batch.traces.push(self.whole(stream, carried, rows));
    }

    /// Whole traces of the stream of this number.
    fn whole(&self, number: u32, carried: Vec<Carried>, rows: RowSet) -> StreamRows {
        let StreamState { stream, opening, newest_first, .. } = self.read.streams[number as usize];
        StreamRows {
            number,
            stream,
            opening,
            family: match self.options.by {
                // Where the user names the label that opens traces, all of them are one family.
                Grouping::Label(_) => u32::MAX,
                _ => opening.unwrap_or(u32::MAX),
            },
            newest_first,
            carried,
            rows,
        }
    }
}

/// What is known of the rows of a block.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    one_source: Option<u32>,
    with_id: usize,
    steps: Steps,
    shared_lines: bool,
}
