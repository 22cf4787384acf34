//! What is read next: the blocks of the inputs, one after the other, to whoever asks.

use super::sequencer::Sequencer;
use super::{Job, Progress, lock};
use crate::error::{Error, Result};
use crate::event::Events;
use crate::format::{InputFormat, recognise};
use crate::options::{FormatChoice, Options};
use crate::read::{Block, Blocks, Buffer, Input, Place, Spools, Text};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// So many events of a table are a block.
const EVENTS: usize = 1 << 13;

/// A block of an input, before anybody has looked into it.
pub(super) struct RawBlock {
    /// Number of the input, and of the block in it.
    pub place: (usize, usize),
    pub source: Arc<InputFormat>,
    /// Whether the input has the format that the user named.
    pub fits: bool,
    /// The text; none at the end of some inputs.
    pub block: Option<Block>,
    /// Events in the place of a text.
    pub events: Option<(Arc<Events>, Range<usize>)>,
    /// If it is the last one: whether it ends inside a line.
    pub last: Option<bool>,
    /// Why there is none.
    pub error: Option<Error>,
}

/// What a reader should do.
pub(super) enum Task {
    /// Read this block.
    Block(RawBlock),
    /// Open this input and read its first block.
    Open(usize),
    Done,
}

/// An input that is being read.
struct Opened {
    file: usize,
    next: usize,
    source: Arc<InputFormat>,
    blocks: Blocks<Text>,
}

#[derive(Default)]
struct QueueState {
    next: usize,
    /// Inputs that are being opened by somebody.
    opening: usize,
    /// In the order of the inputs.
    opened: Vec<Opened>,
    stopped: bool,
    /// Readers that wait for a change.
    waiting: usize,
}

/// Gives the blocks of all inputs, in their order.
pub(super) struct Queue<'a> {
    inputs: &'a [Input],
    spools: &'a Spools,
    options: &'a Options,
    progress: &'a dyn Progress,
    state: Mutex<QueueState>,
    changed: Condvar,
}

impl<'a> Queue<'a> {
    pub(super) fn new(job: &'a Job<'a>, spools: &'a Spools, progress: &'a dyn Progress) -> Self {
        let Job { inputs, options, .. } = job;
        let (state, changed) = (Mutex::default(), Condvar::new());
        Self { inputs, spools, options, progress, state, changed }
    }

    /// Nothing more is wanted.
    pub(super) fn stop(&self) {
        lock(&self.state).stopped = true;
        self.changed.notify_all();
    }

    /// The next thing to do. Many small inputs are opened by all readers; of large ones, the first
    /// is read to its end before the next is opened.
    pub(super) fn next(&self, sequencer: &Sequencer<'_>) -> Task {
        let mut state = lock(&self.state);
        loop {
            if state.stopped {
                return Task::Done;
            }
            if let Some(first) = state.opened.first_mut() {
                let piece = self.piece(first, sequencer.buffer());
                if piece.last.is_some() || piece.error.is_some() {
                    state.opened.remove(0);
                }
                sequencer.take(piece.place);
                return Task::Block(piece);
            }
            if state.next < self.inputs.len() {
                let file = state.next;
                state.next += 1;
                state.opening += 1;
                sequencer.take((file, 0));
                return Task::Open(file);
            }
            if state.opening == 0 {
                return Task::Done;
            }
            state.waiting += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }

    /// Opens an input and reads its first block.
    pub(super) fn open(&self, file: usize, sequencer: &Sequencer<'_>) -> RawBlock {
        let opened = self.opened(file);
        let mut piece = None;
        let opened = opened.map(|(mut opened, fits)| {
            piece = Some(RawBlock { fits, ..self.piece(&mut opened, sequencer.buffer()) });
            opened
        });
        let mut state = lock(&self.state);
        state.opening -= 1;
        let (opened, piece) = match (opened, piece) {
            (Ok(opened), Some(piece)) => (Some(opened), piece),
            (opened, _) => (None, RawBlock::failed((file, 0), opened.err())),
        };
        if let Some(opened) = opened.filter(|_| piece.last.is_none() && piece.error.is_none()) {
            let at = state.opened.partition_point(|other| other.file < file);
            state.opened.insert(at, opened);
        }
        // A call of the system for each of many small inputs is much.
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.changed.notify_all();
        }
        piece
    }

    fn opened(&self, file: usize) -> Result<(Opened, bool)> {
        let input = &self.inputs[file];
        self.progress.input(&input.name, self.inputs.len());
        // A plan that was given says what its inputs are.
        let planned = self.options.plan.as_ref().and_then(|plan| plan.format(&input.name));
        let planned = planned.filter(|_| self.options.format == FormatChoice::Auto);
        let planned = planned.and_then(|name| FormatChoice::parse(name).ok());
        let named = planned.map(|format| Options { format, ..self.options.clone() });
        let options = named.as_ref().unwrap_or(self.options);
        let recognised = recognise(self.spools.open(file, input)?, options, input.hook_log)
            .map_err(|error| Error::read(&input.name, error))?;
        let source = Arc::new(recognised.source);
        let size = source.block_bytes(self.options);
        let blocks = Blocks::new(recognised.text, source.cutter(), size);
        Ok((Opened { file, next: 0, source, blocks }, recognised.fits))
    }

    /// The next block of an input, read into a buffer.
    fn piece(&self, from: &mut Opened, buffer: Buffer) -> RawBlock {
        let place = (from.file, from.next);
        from.next += 1;
        if let Place::Events(events) = &self.inputs[from.file].place {
            let start = place.1 * EVENTS;
            let end = (start + EVENTS).min(events.rows.len());
            return RawBlock {
                place,
                source: Arc::clone(&from.source),
                fits: true,
                block: None,
                events: Some((Arc::clone(events), start.min(end)..end)),
                last: (end == events.rows.len()).then_some(false),
                error: None,
            };
        }
        match from.blocks.next(buffer) {
            Ok(block) => {
                self.progress.bytes(block.as_ref().map_or(0, |block| block.bytes.len() as u64));
                let over = block.is_none() || from.blocks.is_over();
                RawBlock {
                    place,
                    source: Arc::clone(&from.source),
                    fits: true,
                    block,
                    events: None,
                    last: over.then(|| from.blocks.inside_line()),
                    error: None,
                }
            }
            Err(error) => {
                RawBlock::failed(place, Some(Error::read(&self.inputs[from.file].name, error)))
            }
        }
    }
}

impl RawBlock {
    fn failed(place: (usize, usize), error: Option<Error>) -> Self {
        let error = error.or_else(|| Some(Error::read("input", std::io::Error::other("is gone"))));
        Self {
            place,
            source: Arc::default(),
            fits: true,
            block: None,
            events: None,
            last: Some(false),
            error,
        }
    }
}
