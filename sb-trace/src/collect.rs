//! Blocks -> the one table of events: blocks are parsed in parallel and joined in log order.

use crate::accounting::{Accounting, LookAlikeAt};
use crate::analysis::FileInfo;
use crate::carrier::{PLAIN, read_plain};
use crate::error::{Error, Result};
use crate::event::{Event, Events, LineClass, Parsed};
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::read::{Block, Blocks, Input, open};
use crate::run::Run;
use crate::tally::Tally;
use hashbrown::HashSet;
use rayon::prelude::*;
use std::sync::Arc;

/// How much text is held at a time, and in how many pieces at most.
const BATCH_BYTES: usize = 32 << 20;
const BATCH_BLOCKS: usize = 4096;

/// How many look-alikes are kept in all.
const MOST_LOOK_ALIKES: usize = 100_000;

/// Told of the work's progress.
pub trait Progress: Sync {
    /// An input is about to be read; there are `total` of them.
    fn input(&self, name: &str, total: usize) {
        let _ = (name, total);
    }
    /// So many bytes of text were read.
    fn bytes(&self, count: u64) {
        let _ = count;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Everything that stands in the inputs.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub runs: Vec<Run>,
    pub files: Vec<FileInfo>,
    pub events: Events,
    pub look_alikes: Vec<LookAlikeAt>,
    pub accounting: Accounting,
    /// What took the events, if they were not kept.
    pub tally: Option<Tally>,
}

/// Reads all inputs. The events go to the tally, if there is one.
pub(crate) fn collect(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    tally: Option<Tally>,
) -> Result<Collected> {
    let mut joiner = Joiner { tags: options.tags.clone(), ..Joiner::default() };
    joiner.out.tally = tally;
    let mut batch = Batch::default();
    for (index, input) in inputs.iter().enumerate() {
        progress.input(&input.name, inputs.len());
        joiner.add_file(input);
        let mut blocks = Blocks::new(open(input)?);
        while let Some(block) = blocks.next().map_err(|error| Error::read(&input.name, error))? {
            progress.bytes(block.bytes.len() as u64);
            batch.push(index, block);
            if batch.full() {
                batch.drain_into(&mut joiner, options);
            }
        }
    }
    batch.drain_into(&mut joiner, options);
    Ok(joiner.finish())
}

/// Blocks that wait to be parsed, of one or many inputs.
#[derive(Default)]
struct Batch {
    blocks: Vec<(usize, Block)>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, file: usize, block: Block) {
        self.bytes += block.bytes.len();
        self.blocks.push((file, block));
    }

    fn full(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.blocks.len() >= BATCH_BLOCKS
    }

    fn drain_into(&mut self, joiner: &mut Joiner, options: &Options) {
        let (unit, id_regex) = (options.epoch_unit, options.id_regex.as_ref());
        let blocks = std::mem::take(&mut self.blocks);
        self.bytes = 0;
        let parsed: Vec<(usize, bool, Parsed)> = blocks
            .into_par_iter()
            .map(|(file, block)| (file, block.continues, read_plain(&block, unit, id_regex)))
            .collect();
        for (file, continues, parsed) in parsed {
            joiner.join(file, continues, parsed);
        }
    }
}

/// Joins parsed blocks in log order.
#[derive(Default)]
struct Joiner {
    out: Collected,
    names: Names,
    hook_log: Vec<bool>,
    tags: Vec<(String, String)>,
    /// What each hook log printed already.
    printed: HashSet<(u32, i64, Name, Name)>,
    last_class: LineClass,
}

impl Joiner {
    fn add_file(&mut self, input: &Input) {
        let mut run = input.run.clone().unwrap_or_default();
        // A tag of the command line beats one that the run brought.
        run.tags.retain(|(name, _)| !self.tags.iter().any(|(tag, _)| tag == name));
        run.tags.extend(self.tags.iter().cloned());
        let known = self.out.runs.iter().position(|r| r.id == run.id);
        let run = known.unwrap_or_else(|| {
            if let Some(tally) = &mut self.out.tally {
                tally.add_run(&run.benchmark);
            }
            self.out.runs.push(run);
            self.out.runs.len() - 1
        });
        self.out.files.push(FileInfo {
            name: input.name.clone(),
            run: u32::try_from(run).unwrap_or(u32::MAX),
            carrier: PLAIN,
            lines: 0,
            statements: 0,
            binary: false,
        });
        self.hook_log.push(input.hook_log);
    }

    fn join(&mut self, file: usize, continues: bool, parsed: Parsed) {
        self.join_lines(continues, &parsed);
        let info = &mut self.out.files[file];
        // The first line of a block that continues a line has that line's number.
        let base = info.lines - u64::from(continues && info.lines > 0);
        info.lines = base + parsed.line_count();
        info.statements += parsed.rows.len() as u64;
        info.binary |= parsed.has_nul;
        let run = info.run;
        let file_index = u32::try_from(file).unwrap_or(u32::MAX);

        let accounting = &mut self.out.accounting;
        accounting.statements += parsed.rows.len() as u64;
        accounting.look_alikes += parsed.look_alikes;
        for kept in parsed.kept {
            if self.out.look_alikes.len() < MOST_LOOK_ALIKES {
                let (line, column) = (base + kept.line, kept.column);
                self.out.look_alikes.push(LookAlikeAt {
                    file: file_index,
                    line,
                    column,
                    what: kept.what,
                });
            }
        }

        let map = self.names.absorb(&parsed.names);
        let name = |n: Name| map[n as usize];
        let hook_log = self.hook_log[file];
        for row in parsed.rows {
            let event = Event {
                label: name(row.label),
                correlation_id: name(row.correlation_id),
                trace_id: name(row.trace_id),
                source: name(row.source),
                file: file_index,
                line: base + row.line,
                ..row
            };
            // Without an id, two invocations may well print the same label in the same moment.
            let repeated = hook_log
                && event.id() != NONE
                && !self.printed.insert((file_index, event.epoch_ns, event.label, event.id()));
            if repeated {
                accounting.duplicates += 1;
                continue;
            }
            accounting.events += 1;
            match &mut self.out.tally {
                Some(tally) => tally.push(&event, run, &self.names),
                None => self.out.events.rows.push(event),
            }
        }
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
        for class in
            [LineClass::Other, LineClass::Undecodable, LineClass::LookAlike, LineClass::Statement]
        {
            *self.drawer(class) += counts[class as usize];
        }
        self.out.accounting.lines += parsed.line_count();
        self.last_class = last.unwrap_or_default();
    }

    fn drawer(&mut self, class: LineClass) -> &mut u64 {
        let accounting = &mut self.out.accounting;
        match class {
            LineClass::Other => &mut accounting.lines_other,
            LineClass::Undecodable => &mut accounting.lines_undecodable,
            LineClass::LookAlike => &mut accounting.lines_look_alike,
            LineClass::Statement => &mut accounting.lines_with_statement,
        }
    }

    fn finish(mut self) -> Collected {
        self.out.events.names = Arc::new(self.names);
        if self.out.runs.is_empty() {
            self.out.runs.push(Run::default());
        }
        self.out
    }
}
