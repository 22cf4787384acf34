//! Puts the blocks that the readers read into the order of the log and joins them.
//!
//! There is no thread for this: whoever brings a block while nobody joins, joins all that can be.

use super::feed::Piece;
use super::join::{Joiner, place};
use super::part::{Part, Parts};
use super::reader::Reader;
use super::{Collected, lock};
use crate::error::{Error, Result};
use crate::event::{Columns, Parsed};
use crate::options::Options;
use crate::read::{Buffer, Input};
use crate::tally::{BlockOf, Stretches};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

/// Number of an input, and of a block in it.
type Place = (usize, usize);

/// A block that waits for those before it.
struct Waiting {
    piece: Piece,
    reader: usize,
    parsed: Option<Parsed>,
}

/// Joins blocks in order, and what it needs for that.
struct Work {
    joiner: Joiner,
    /// Reads blocks again that begin inside a record.
    again: Reader,
}

struct State {
    /// Nothing while somebody joins.
    work: Option<Work>,
    waiting: BTreeMap<Place, Waiting>,
    next: Place,
    /// Words that readers met and the joiner does not know yet, each reader's in its order.
    fresh: Vec<(usize, Vec<Box<str>>)>,
    /// Blocks that readers have, but did not bring yet.
    taken: BTreeSet<Place>,
    error: Option<Error>,
    buffers: Vec<Buffer>,
    memory: Vec<Parsed>,
    /// Memory of parts that were seen to.
    columns: Vec<Columns>,
    /// Readers that wait until some block is joined.
    idle: usize,
}

/// The belt of a call.
pub(super) struct Belt<'a> {
    inputs: &'a [Input],
    run_of: &'a [u32],
    options: &'a Options,
    parts: Option<&'a dyn Parts>,
    /// More blocks than this do not wait.
    most: usize,
    state: Mutex<State>,
    joined: Condvar,
}

impl<'a> Belt<'a> {
    pub(super) fn new(
        joiner: Joiner,
        inputs: &'a [Input],
        run_of: &'a [u32],
        options: &'a Options,
        (readers, parts): (usize, Option<&'a dyn Parts>),
    ) -> Self {
        let state = State {
            work: Some(Work { joiner, again: Reader::new(readers, None) }),
            waiting: BTreeMap::new(),
            next: (0, 0),
            fresh: Vec::new(),
            taken: BTreeSet::new(),
            error: None,
            buffers: Vec::new(),
            memory: Vec::new(),
            columns: Vec::new(),
            idle: 0,
        };
        let (state, joined) = (Mutex::new(state), Condvar::new());
        Self { inputs, run_of, options, parts, most: readers * 8, state, joined }
    }

    /// Memory for the text of a block.
    pub(super) fn buffer(&self) -> Buffer {
        lock(&self.state).buffers.pop().unwrap_or_default()
    }

    /// Memory for what is read in a block.
    pub(super) fn memory(&self) -> Parsed {
        lock(&self.state).memory.pop().unwrap_or_default()
    }

    /// What a block is, for whoever measures it.
    pub(super) fn block_of(&self, piece: &Piece) -> BlockOf<'static> {
        let (file, number) = piece.place;
        BlockOf {
            run: self.run_of[file],
            file: u32::try_from(file).unwrap_or(u32::MAX),
            place: place(file, number),
            plain: piece.source.is_plain(),
            repeats: self.inputs[file].hook_log,
            opener: None,
        }
    }

    /// Something went wrong: nobody waits for anything any more.
    pub(super) fn fail(&self, error: Error) {
        lock(&self.state).error.get_or_insert(error);
        self.joined.notify_all();
    }

    /// A reader has this block now.
    pub(super) fn take(&self, place: Place) {
        lock(&self.state).taken.insert(place);
    }

    /// Takes a block that was read; says whether more are wanted.
    pub(super) fn put(&self, piece: Piece, reader: usize, mut parsed: Option<Parsed>) -> bool {
        let mut full = Vec::new();
        let mut state = lock(&self.state);
        if let Some(parsed) = parsed.as_mut().filter(|parsed| !parsed.fresh.is_empty()) {
            state.fresh.push((reader, std::mem::take(&mut parsed.fresh)));
        }
        state.taken.remove(&piece.place);
        state.waiting.insert(piece.place, Waiting { piece, reader, parsed });
        if let Some(mut work) = state.work.take() {
            while let Some(waiting) = {
                let next = state.next;
                state.waiting.remove(&next)
            } {
                if state.error.is_some() {
                    break;
                }
                let (file, number) = state.next;
                let last = waiting.piece.last.is_some();
                state.next = if last { (file + 1, 0) } else { (file, number + 1) };
                let fresh = std::mem::take(&mut state.fresh);
                let columns = std::mem::take(&mut state.columns);
                drop(state);
                for (reader, words) in fresh {
                    work.joiner.know(reader, words);
                }
                let done = self.join(&mut work, waiting);
                full.extend(work.joiner.parts(columns));
                state = lock(&self.state);
                match done {
                    Ok((block, parsed)) => {
                        state.buffers.extend(block);
                        state.memory.extend(parsed.map(Parsed::emptied));
                    }
                    Err(error) => {
                        state.error.get_or_insert(error);
                    }
                }
            }
            state.work = Some(work);
            if state.idle > 0 {
                self.joined.notify_all();
            }
        }
        if !full.is_empty() {
            // Whoever joined them sees to them, while others join.
            drop(state);
            if let Err(error) = full.into_iter().try_for_each(|part| self.hand_on(part)) {
                self.fail(error);
            }
            state = lock(&self.state);
        }
        // Not further ahead of a slow block than memory allows, as long as somebody is at it.
        while state.waiting.len() > self.most
            && state.error.is_none()
            && (state.taken.contains(&state.next) || state.work.is_none())
        {
            state.idle += 1;
            state = self.joined.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
        state.error.is_none()
    }

    fn join(&self, work: &mut Work, waiting: Waiting) -> Result<(Option<Buffer>, Option<Parsed>)> {
        let Waiting { piece, reader, parsed } = waiting;
        let Work { joiner, again } = work;
        if let Some(error) = piece.error {
            return Err(error);
        }
        let (file, number) = piece.place;
        if number == 0 {
            joiner.add_file(&self.inputs[file], self.run_of[file], &piece.source, piece.fits);
        }
        let mut rest = parsed;
        if let (Some(block), Some(parsed)) = (&piece.block, rest.take()) {
            let open = joiner.take_open(file);
            rest = Some(if open.is_empty() {
                joiner.join(file, block.continues, reader, parsed)?
            } else {
                // A record goes on that the block before left open: only now is it known how.
                // The words of the first reading stay known, its rows do not count.
                let parsed = parsed.emptied();
                let mut parsed = again.read(&piece.source, block, self.options, open, parsed);
                joiner.know(again.number, std::mem::take(&mut parsed.fresh));
                joiner.join(file, block.continues, again.number, parsed)?
            });
        }
        if let (None, Some(opener)) = (piece.told.opener.get(), joiner.opener(file)) {
            let _ = piece.told.opener.set(opener.to_owned());
        }
        if let Some(inside_line) = piece.last {
            let open = joiner.take_open(file);
            if !open.is_empty() {
                let memory = Parsed::default();
                let mut parsed = again.flush(&piece.source, self.options, &open, memory);
                joiner.know(again.number, std::mem::take(&mut parsed.fresh));
                joiner.join(file, inside_line, again.number, parsed)?;
            }
            joiner.end(file);
        }
        Ok((piece.block.map(|block| block.bytes), rest))
    }

    fn hand_on(&self, part: Part) -> Result<()> {
        let Some(parts) = self.parts else { return Ok(()) };
        parts.part(&part)?;
        let mut columns = part.columns;
        columns.clear();
        lock(&self.state).columns.push(columns);
        Ok(())
    }

    /// What was joined, with what the readers measured themselves.
    pub(super) fn finish(self, measured: Vec<(usize, Stretches)>) -> Result<Collected> {
        let parts = self.parts;
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (state.error, state.work) {
            (None, Some(mut work)) => {
                if let (Some(parts), Some(last)) = (parts, work.joiner.last_part()) {
                    parts.part(&last)?;
                }
                work.joiner.finish(measured)
            }
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::read("input", std::io::Error::other("was not read"))),
        }
    }
}
