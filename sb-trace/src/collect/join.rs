//! Parsed blocks -> the one table of events, in log order: duplicates go, ids of enclosing requests
//! come, and every line finds its drawer.

use super::Collected;
use super::part::{Part, Parting};
use super::told::Told;
use crate::accounting::LookAlikeAt;
use crate::analysis::FileInfo;
use crate::carrier::{Brackets, Choice, Source, source_of};
use crate::error::{Error, Result};
use crate::event::{Columns, Environments, Event, LineClass, OpenPart, Parsed};
use crate::filter::Filter;
use crate::names::{NONE, Name, Names};
use crate::options::{ID_GROUP, Options};
use crate::read::{Input, Place};
use crate::tally::{ROW_BITS, Stretches};
use hashbrown::HashSet;
use regex::bytes::Regex;
use std::sync::Arc;

/// How many look-alikes are kept in all.
const MOST_LOOK_ALIKES: usize = 100_000;

/// Joins parsed blocks in log order.
pub(crate) struct Joiner {
    out: Collected,
    parting: Option<Parting>,
    filter: Option<Filter>,
    names: Names,
    /// What is known of the words of each reader.
    words: Vec<Told>,
    format: Choice,
    has_pattern: bool,
    id_from_path: Option<Regex>,
    inputs: Vec<InputState>,
    /// What each hook log printed already.
    printed: HashSet<(u32, i64, Name, Name)>,
    /// Of records that have an id: which were read already.
    delivered: HashSet<u64>,
    last_class: LineClass,
}

/// What is remembered of an input while it is read.
#[derive(Default)]
struct InputState {
    hook_log: bool,
    brackets: Brackets,
    /// Whether it has the carrier that the user named.
    fits: bool,
    /// Whether a record is proof of that.
    strict: bool,
    records: u64,
    /// The id that its path gives.
    path_id: Name,
    /// The source that its path names.
    path_source: Name,
    environments: Environments,
    open: Vec<OpenPart>,
    /// How many of its blocks were joined.
    blocks: usize,
}

/// Place of a block in the log, which leaves room for its rows: of two events, the one that comes
/// first has the smaller place.
pub(super) fn place(file: usize, block: usize) -> u64 {
    const BLOCKS: u32 = 22;
    let block = (block as u64).min((1 << BLOCKS) - 1);
    (file as u64) << (BLOCKS + ROW_BITS) | block << ROW_BITS
}

impl Joiner {
    /// Joins what this many readers read. The events go to `out`, unless they are wanted in parts of
    /// so many rows.
    pub(crate) fn new(
        options: &Options,
        out: Collected,
        readers: usize,
        parts: Option<usize>,
    ) -> Self {
        Self {
            out,
            parting: parts.map(Parting::new),
            filter: Some(options.filter.clone()).filter(|filter| !filter.is_all()),
            names: Names::default(),
            words: std::iter::repeat_with(Told::default).take(readers).collect(),
            format: options.format.clone(),
            has_pattern: options.pattern.is_some(),
            id_from_path: options.id_from_path.clone(),
            inputs: Vec::new(),
            printed: HashSet::new(),
            delivered: HashSet::new(),
            last_class: LineClass::default(),
        }
    }

    /// The records that the last block of an input left open.
    pub(crate) fn take_open(&mut self, file: usize) -> Vec<OpenPart> {
        self.inputs.get_mut(file).map(|input| std::mem::take(&mut input.open)).unwrap_or_default()
    }

    /// Nothing more comes of this input.
    pub(crate) fn end(&mut self, file: usize) {
        if let Some(input) = self.inputs.get_mut(file) {
            input.environments = Environments::default();
        }
    }

    /// The next input begins.
    pub(crate) fn add_file(&mut self, input: &Input, run: u32, source: &Source, fits: bool) {
        self.out.files.push(FileInfo {
            name: input.name.clone(),
            run,
            carrier: source.name,
            ..FileInfo::default()
        });
        let path = match &input.place {
            Place::File(path) => path.to_string_lossy(),
            Place::Stdin | Place::Bytes(_) => input.name.as_str().into(),
        };
        let id = self.id_from_path.as_ref().and_then(|regex| {
            Some(String::from_utf8_lossy(
                regex.captures(path.as_bytes())?.name(ID_GROUP)?.as_bytes(),
            ))
        });
        let path_source = source_of(&path).map_or(NONE, |source| self.names.add(&source));
        if let Some(tally) = &mut self.out.tally {
            tally.add_file(path_source);
        }
        self.inputs.push(InputState {
            hook_log: input.hook_log,
            brackets: source.brackets,
            fits,
            strict: source.is_strict(),
            path_id: id.map_or(NONE, |id| self.names.add(&id)),
            path_source,
            ..InputState::default()
        });
    }

    /// Learns words that a reader met, in its own order: it may have read blocks of a later input
    /// before those that are joined now.
    pub(crate) fn know(&mut self, reader: usize, fresh: Vec<Box<str>>) {
        self.words[reader].learn(fresh);
    }

    /// Joins the next block of an input, as this reader read it; gives its memory back.
    pub(crate) fn join(
        &mut self,
        file: usize,
        continues: bool,
        reader: usize,
        mut parsed: Parsed,
    ) -> Result<Parsed> {
        self.join_lines(continues, &parsed);
        let (Some(info), Some(input)) = (self.out.files.get_mut(file), self.inputs.get_mut(file))
        else {
            return Ok(parsed);
        };
        // The first line of a block that continues a line has that line's number.
        let base = info.lines - u64::from(continues && info.lines > 0);
        // What is left of the end of an input has no lines of its own.
        info.lines = info.lines.max(base + parsed.line_count());
        info.statements += parsed.statements();
        info.binary |= parsed.has_nul;
        if info.lost == 0 && parsed.lost > 0 {
            info.lost_at = base + parsed.lost_at;
        }
        info.lost += parsed.lost;
        input.records += parsed.records;
        input.open = std::mem::take(&mut parsed.open);
        if let Some(line) = parsed.unmatched {
            let message =
                format!("{}:{}: the --pattern does not match this line", info.name, base + line);
            return Err(Error::Usage { message });
        }
        let run = info.run;
        let file_index = u32::try_from(file).unwrap_or(u32::MAX);

        let accounting = &mut self.out.accounting;
        accounting.statements += parsed.statements();
        accounting.look_alikes += parsed.look_alikes;
        let room = MOST_LOOK_ALIKES.saturating_sub(self.out.look_alikes.len());
        self.out.look_alikes.extend(parsed.kept.drain(..).take(room).map(|kept| LookAlikeAt {
            file: file_index,
            line: base.wrapping_add(kept.line),
            column: kept.column,
            what: kept.what,
        }));

        if let (Some(sums), Some(tally)) = (&parsed.sums, &mut self.out.tally) {
            accounting.events += sums.events;
            info.with_id += sums.with_record;
            let words = &mut self.words[reader];
            // In the order of the log, whoever met them first.
            for &label in &sums.fresh {
                words.name(label, &mut self.names);
            }
            let of = (file_index, input.path_source);
            tally.add(sums, words.all(), of, run, &self.names);
        }
        self.join_rows(file, base, reader, &parsed);
        Ok(parsed)
    }

    /// Joins the rows of a block and the marks between them; `base` is the line before its first.
    fn join_rows(&mut self, file: usize, base: u64, reader: usize, parsed: &Parsed) {
        let (Some(info), Some(input)) = (self.out.files.get_mut(file), self.inputs.get_mut(file))
        else {
            return;
        };
        let place = place(file, input.blocks);
        input.blocks += 1;
        if parsed.rows.is_empty() && parsed.marks.is_empty() {
            return;
        }
        // Of most logs, a row is what it is: nothing that stands before it says more of it.
        let as_they_are = parsed.ids.is_empty()
            && parsed.unique.is_empty()
            && parsed.marks.is_empty()
            && input.brackets == Brackets::Never
            && !input.hook_log
            && self.filter.is_none();
        if as_they_are && self.out.tally.is_none() {
            let of = Event {
                correlation_id: input.path_id,
                source: input.path_source,
                file: u32::try_from(file).unwrap_or(u32::MAX),
                line: base,
                ..Event::default()
            };
            self.join_as_they_are(reader, parsed, of);
            return;
        }
        let (run, file_index) = (info.run, u32::try_from(file).unwrap_or(u32::MAX));
        let accounting = &mut self.out.accounting;
        let words = &mut self.words[reader];
        let ids = parsed.ids.told(&mut self.names);
        let ids = ids.as_slice();
        let mut marks = parsed.marks.iter().peekable();
        for (at, row) in parsed.rows.iter().enumerate() {
            while let Some(mark) = marks.next_if(|mark| mark.row <= at) {
                let mark = mark.renamed(words.name(mark.source, &mut self.names), ids);
                input.environments.apply(&mark, &mut self.out.events.starts);
            }
            let mut event = Event {
                label: words.name(row.label, &mut self.names),
                correlation_id: ids[row.correlation_id as usize],
                trace_id: ids[row.trace_id as usize],
                source: words.name(row.source, &mut self.names),
                file: file_index,
                // A record that began in the block before has a line before this block's first.
                line: base.wrapping_add(row.line),
                ..*row
            };
            let unique = parsed.unique.get(at).copied().unwrap_or_default();
            if unique != 0 && !self.delivered.insert(unique) {
                accounting.duplicates += 1;
                continue;
            }
            // Without an id, two invocations may well print the same label in the same moment.
            let repeated = input.hook_log
                && event.id() != NONE
                && !self.printed.insert((file_index, event.epoch_ns, event.label, event.id()));
            if repeated {
                accounting.duplicates += 1;
                continue;
            }
            if event.correlation_id != NONE {
                info.with_id += 1;
            } else if input.brackets.hold(event.source) {
                event.correlation_id = input.environments.open_in(event.source);
                info.enclosed += u64::from(event.correlation_id != NONE);
            }
            if event.correlation_id == NONE {
                event.correlation_id = input.path_id;
            }
            if event.source == NONE {
                event.source = input.path_source;
            }
            accounting.events += 1;
            if let Some(tally) = &mut self.out.tally {
                let row = u32::try_from(at).unwrap_or(u32::MAX);
                tally.push(&event, run, &self.names, (place, row));
            } else if let Some(parting) = &mut self.parting {
                let wanted = self.filter.as_ref().is_none_or(|filter| {
                    filter.wants_event(&event, &self.names) && filter.wants_time(event.epoch_ns, 0)
                });
                if wanted {
                    parting.push(&event, &self.names);
                }
            } else {
                self.out.events.rows.push(event);
            }
        }
        for mark in marks {
            let mark = mark.renamed(words.name(mark.source, &mut self.names), ids);
            input.environments.apply(&mark, &mut self.out.events.starts);
        }
    }

    /// Joins rows without ids; `of` has what the input says of all of them.
    fn join_as_they_are(&mut self, reader: usize, parsed: &Parsed, of: Event) {
        self.out.accounting.events += parsed.rows.len() as u64;
        let (words, names) = (&mut self.words[reader], &mut self.names);
        if let Some(parting) = &mut self.parting {
            let read = (reader, parsed.sourced);
            parting.extend_read(read, &parsed.rows, of, (words, names));
            return;
        }
        // Labels and sources are told in the order in which they come.
        for row in &parsed.rows {
            words.name(row.label, names);
            words.name(row.source, names);
        }
        let rows = parsed.rows.iter().map(|row| Event {
            label: words.known(row.label),
            correlation_id: of.correlation_id,
            source: match words.known(row.source) {
                NONE => of.source,
                source => source,
            },
            file: of.file,
            line: of.line.wrapping_add(row.line),
            ..*row
        });
        self.out.events.rows.extend(rows);
    }

    fn join_lines(&mut self, continues: bool, parsed: &Parsed) {
        let mut counts = parsed.lines;
        let mut last = parsed.last;
        if let (true, Some(first)) = (continues, parsed.first) {
            // One line in two blocks: counted once, as the greater of its two classes.
            let whole = first.max(self.last_class);
            counts[first as usize] -= 1;
            counts[whole as usize] += 1;
            *self.drawer(self.last_class) -= 1;
            self.out.accounting.lines -= 1;
            if parsed.line_count() == 1 {
                last = Some(whole);
            }
        }
        for class in LineClass::ALL {
            *self.drawer(class) += counts[class as usize];
        }
        self.out.accounting.lines += parsed.line_count();
        self.last_class = last.unwrap_or_default();
    }

    fn drawer(&mut self, class: LineClass) -> &mut u64 {
        let accounting = &mut self.out.accounting;
        match class {
            LineClass::Carrier => &mut accounting.lines_carrier,
            LineClass::Other => &mut accounting.lines_other,
            LineClass::Undecodable => &mut accounting.lines_undecodable,
            LineClass::LookAlike => &mut accounting.lines_look_alike,
            LineClass::Statement => &mut accounting.lines_with_statement,
        }
    }

    /// The label with which all traces of an input begin that name no source, if that is known.
    pub(crate) fn opener(&self, file: usize) -> Option<&str> {
        let (tally, input) = (self.out.tally.as_ref()?, self.inputs.get(file)?);
        let of = (u32::try_from(file).ok()?, input.path_source);
        tally.opener(of).map(|label| self.names.text(label))
    }

    /// The parts of the table that are full.
    pub(crate) fn parts(&mut self, memory: Vec<Columns>) -> Vec<Part> {
        self.parting.as_mut().map_or_else(Vec::new, |parting| parting.take(memory))
    }

    /// The last part of the table.
    pub(crate) fn last_part(&mut self) -> Option<Part> {
        self.parting.take().and_then(Parting::finish)
    }

    /// What was joined, with what the readers measured themselves.
    pub(crate) fn finish(mut self, measured: Vec<(usize, Stretches)>) -> Result<Collected> {
        if let Some(tally) = &mut self.out.tally {
            for (reader, stretches) in measured {
                let words = self.words[reader].all().to_vec();
                tally.absorb(stretches, words, &self.names);
            }
        }
        let fits = |input: &InputState| input.fits || (input.strict && input.records > 0);
        if let Choice::Named(name) = &self.format
            && !self.inputs.is_empty()
            && !self.inputs.iter().any(fits)
        {
            return Err(Error::NoMatchForFormat { name: name.clone() });
        }
        let matched = self.inputs.iter().any(|input| input.records > 0);
        if self.has_pattern && !matched && self.out.accounting.statements > 0 {
            return Err(Error::NoMatchForPattern);
        }
        self.out.events.names = Arc::new(self.names);
        Ok(self.out)
    }
}
