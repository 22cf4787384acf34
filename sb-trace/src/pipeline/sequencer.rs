//! Puts the blocks that were read into the order of the log.
//!
//! There is no thread for this: whoever brings a block does what is now next in the order, and the
//! batches that this gives are measured by whoever asks for one.

use super::batch::Batch;
use super::log_order::LogOrder;
use super::queue::RawBlock;
use super::reader::{BlockReader, ReadBlock};
use super::{Job, lock};
use crate::error::{Error, Result};
use crate::event::Parsed;
use crate::read::Buffer;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, PoisonError};

/// Number of an input, and of a block in it.
type BlockPlace = (usize, usize);

struct SequencerState<'a> {
    order: LogOrder<'a>,
    /// Reads blocks again that begin inside a record.
    again: BlockReader,
    waiting: BTreeMap<BlockPlace, (RawBlock, Option<ReadBlock>)>,
    next: BlockPlace,
    /// Blocks that somebody reads.
    taken: BTreeSet<BlockPlace>,
    ready: VecDeque<Batch>,
    error: Option<Error>,
    buffers: Vec<Buffer>,
    memory: Vec<Parsed>,
    /// Readers that wait until some block is in its place.
    idle: usize,
}

/// See the module.
pub(super) struct Sequencer<'a> {
    job: &'a Job<'a>,
    /// More blocks than this do not wait.
    most: usize,
    state: Mutex<SequencerState<'a>>,
    moved: Condvar,
}

impl<'a> Sequencer<'a> {
    pub(super) fn new(job: &'a Job<'a>, order: LogOrder<'a>, readers: usize) -> Self {
        let state = SequencerState {
            order,
            again: BlockReader::default(),
            waiting: BTreeMap::new(),
            next: (0, 0),
            taken: BTreeSet::new(),
            ready: VecDeque::new(),
            error: None,
            buffers: Vec::new(),
            memory: Vec::new(),
            idle: 0,
        };
        Self { job, most: readers * 8, state: Mutex::new(state), moved: Condvar::new() }
    }

    /// Memory for the text of a block.
    pub(super) fn buffer(&self) -> Buffer {
        lock(&self.state).buffers.pop().unwrap_or_default()
    }

    /// Memory for what is read in a block.
    pub(super) fn memory(&self) -> Parsed {
        lock(&self.state).memory.pop().unwrap_or_default()
    }

    /// Takes memory back.
    pub(super) fn give_back(&self, batch: Batch) {
        let parsed = batch.parsed.emptied();
        lock(&self.state).memory.push(parsed);
    }

    /// Something went wrong: nobody waits for anything any more.
    pub(super) fn fail(&self, error: Error) {
        lock(&self.state).error.get_or_insert(error);
        self.moved.notify_all();
    }

    /// Somebody reads this block now.
    pub(super) fn take(&self, place: BlockPlace) {
        lock(&self.state).taken.insert(place);
    }

    /// Takes a block that was read; says whether more are wanted.
    pub(super) fn put(&self, raw: RawBlock, read: Option<ReadBlock>) -> bool {
        let mut guard = lock(&self.state);
        guard.taken.remove(&raw.place);
        guard.waiting.insert(raw.place, (raw, read));
        let state = &mut *guard;
        while state.error.is_none()
            && let Some((raw, read)) = state.waiting.remove(&state.next)
        {
            if let Err(error) = state.take_next(self.job, raw, read) {
                state.error = Some(error);
            }
        }
        if guard.idle > 0 {
            self.moved.notify_all();
        }
        // Not further ahead of a slow block than memory allows, as long as somebody is at it.
        while guard.waiting.len() > self.most
            && guard.error.is_none()
            && guard.taken.contains(&guard.next)
        {
            guard.idle += 1;
            guard = self.moved.wait(guard).unwrap_or_else(PoisonError::into_inner);
            guard.idle -= 1;
        }
        guard.error.is_none()
    }

    /// A batch that nobody measures yet.
    pub(super) fn batch(&self) -> Option<Batch> {
        lock(&self.state).ready.pop_front()
    }

    /// What was done in the order of the log.
    pub(super) fn finish(self) -> Result<LogOrder<'a>> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.error.map_or(Ok(state.order), Err)
    }
}

impl SequencerState<'_> {
    fn take_next(&mut self, job: &Job<'_>, raw: RawBlock, read: Option<ReadBlock>) -> Result<()> {
        let (file, number) = raw.place;
        self.next = if raw.last.is_some() { (file + 1, 0) } else { (file, number + 1) };
        if let Some(error) = raw.error {
            return Err(error);
        }
        if number == 0 {
            self.order.begin(file, &raw.source, raw.fits);
        }
        if raw.block.is_none()
            && let Some(read) = read
        {
            let batch = self.order.block(file, false, read)?;
            self.ready.push_back(batch);
        } else if let (Some(block), Some(mut read)) = (raw.block, read) {
            let open = self.order.take_open(file);
            if !open.is_empty() {
                // A record goes on that the block before left open: only now is it known how.
                let memory = read.parsed.emptied();
                read = self.again.read(&raw.source, &block, job, open, memory);
            }
            let batch = self.order.block(file, block.continues, read)?;
            self.ready.push_back(batch);
            self.buffers.push(block.bytes);
        }
        if let Some(inside_line) = raw.last {
            let open = self.order.take_open(file);
            if !open.is_empty() {
                let read = self.again.flush(&raw.source, job, &open);
                let batch = self.order.block(file, inside_line, read)?;
                self.ready.push_back(batch);
            }
            let batch = self.order.end(file);
            self.ready.push_back(batch);
        }
        Ok(())
    }
}
