//! Inputs -> the one table of events. Each reader takes the next block, reads it and hands it on;
//! the belt joins them in the order of the log, whoever was faster.

mod belt;
mod feed;
mod join;
mod part;
mod reader;
mod told;

use crate::accounting::{Accounting, LookAlikeAt};
use crate::analysis::FileInfo;
use crate::error::{Error, Result};
use crate::event::Events;
use crate::options::Options;
use crate::read::Input;
use crate::run::Run;
use crate::tally::{Stretches, Tally};
use belt::Belt;
use feed::{Feed, Task};
use join::Joiner;
pub use part::{Part, Parts};
use reader::Reader;
use std::sync::{Mutex, PoisonError};

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

/// Where the events go.
pub(crate) enum Out<'p> {
    /// Into one table.
    Table,
    /// Into figures, as far as that is possible.
    Tally(Box<Tally>),
    /// To somebody who takes the table in parts.
    Parts(&'p dyn Parts),
}

/// Reads all inputs.
pub(crate) fn collect(
    inputs: &[Input],
    options: &Options,
    progress: &dyn Progress,
    to: Out<'_>,
) -> Result<Collected> {
    let (runs, run_of) = runs(inputs, options);
    let (mut tally, parts) = match to {
        Out::Table => (None, None),
        Out::Tally(tally) => (Some(*tally), None),
        Out::Parts(parts) => (None, Some(parts)),
    };
    if let Some(tally) = &mut tally {
        for run in &runs {
            tally.add_run(&run.benchmark);
        }
    }
    let stretches = |tally: &Tally| Stretches::of(options, tally);
    let readers: Vec<Reader> = (0..rayon::current_num_threads())
        .map(|number| Reader::new(number, tally.as_ref().and_then(stretches)))
        .collect();
    let feed = Feed::new(inputs, options, progress);
    let out = Collected { runs, tally, ..Collected::default() };
    // One reader more: the belt reads some blocks again.
    let joiner = Joiner::new(options, out, readers.len() + 1, parts.map(Parts::rows));
    let belt = Belt::new(joiner, inputs, &run_of, options, (readers.len(), parts));
    let measured = Mutex::new(Vec::new());
    rayon::scope(|scope| {
        for mut reader in readers {
            let (feed, belt, measured) = (&feed, &belt, &measured);
            scope.spawn(move |_| {
                work(&mut reader, feed, belt, options);
                lock(measured).extend(reader.measured());
            });
        }
    });
    belt.finish(measured.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Takes blocks until there are no more.
fn work(reader: &mut Reader, feed: &Feed<'_>, belt: &Belt<'_>, options: &Options) {
    let _alarm = Alarm { feed, belt };
    loop {
        let piece = match feed.next(belt) {
            Task::Piece(piece) => piece,
            Task::Open(file) => feed.open(file, belt),
            Task::Done => return,
        };
        let parsed = piece.block.as_ref().map(|block| {
            let parsed = reader.read(&piece.source, block, options, Vec::new(), belt.memory());
            if piece.source.in_parts(options) {
                // It may have to be read again.
                return parsed;
            }
            let is_begin = piece.place.1 == 0;
            reader.measure(parsed, &piece.told, is_begin, belt.block_of(&piece))
        });
        if !belt.put(piece, reader.number, parsed) {
            feed.stop();
        }
    }
}

/// Ends the work of all readers when one of them panics: they would wait for its block for ever.
struct Alarm<'w> {
    feed: &'w Feed<'w>,
    belt: &'w Belt<'w>,
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.belt.fail(Error::read("input", std::io::Error::other("was not read to its end")));
            self.feed.stop();
        }
    }
}

/// The runs that the inputs belong to, and for each input the number of its own.
fn runs(inputs: &[Input], options: &Options) -> (Vec<Run>, Vec<u32>) {
    let mut runs: Vec<Run> = Vec::new();
    let run_of = inputs.iter().map(|input| {
        let mut run = input.run.clone().unwrap_or_default();
        // A tag of the command line beats one that the run brought.
        run.tags.retain(|(name, _)| !options.tags.iter().any(|(tag, _)| tag == name));
        run.tags.extend(options.tags.iter().cloned());
        let known = runs.iter().position(|known| known.id == run.id);
        let number = known.unwrap_or_else(|| {
            runs.push(run);
            runs.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    });
    let run_of = run_of.collect();
    if runs.is_empty() {
        runs.push(Run::default());
    }
    (runs, run_of)
}

/// A lock that a panic elsewhere cannot break: what it holds is only ever replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
