//! Blocks -> the one table of events: blocks are parsed in parallel and joined in log order.

use crate::accounting::{Accounting, LookAlikeAt};
use crate::analysis::FileInfo;
use crate::carrier::{Source, recognise};
use crate::error::{Error, Result};
use crate::event::{Events, Parsed};
use crate::join::Joiner;
use crate::options::Options;
use crate::read::{Block, Blocks, Input, open};
use crate::run::Run;
use crate::tally::Tally;
use rayon::prelude::*;
use std::sync::Arc;

/// How much text is held at a time, and in how many pieces at most.
const BATCH_BYTES: usize = 32 << 20;
const BATCH_BLOCKS: usize = 4096;

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
    let mut joiner = Joiner::new(options, tally);
    let mut batch = Batch::default();
    for (index, input) in inputs.iter().enumerate() {
        progress.input(&input.name, inputs.len());
        let unreadable = |error| Error::read(&input.name, error);
        let recognised = recognise(open(input)?, options, input.hook_log).map_err(unreadable)?;
        let source = Arc::new(recognised.source);
        joiner.add_file(input, &source, recognised.fits);
        let mut blocks = Blocks::new(recognised.text, source.cutter());
        while let Some(block) = blocks.next().map_err(unreadable)? {
            progress.bytes(block.bytes.len() as u64);
            batch.push(Piece {
                file: index,
                source: Arc::clone(&source),
                block: Some(block),
                inside_line: false,
            });
            if batch.full() {
                batch.drain_into(&mut joiner, options)?;
            }
        }
        let inside_line = blocks.inside_line();
        batch.push(Piece { file: index, source, block: None, inside_line });
    }
    batch.drain_into(&mut joiner, options)?;
    joiner.finish()
}

/// A block of an input, or its end.
struct Piece {
    file: usize,
    source: Arc<Source>,
    block: Option<Block>,
    /// Of the end: whether the last line has none.
    inside_line: bool,
}

/// Pieces that wait to be parsed, of one or many inputs.
#[derive(Default)]
struct Batch {
    pieces: Vec<Piece>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, piece: Piece) {
        self.bytes += piece.block.as_ref().map_or(0, |block| block.bytes.len());
        self.pieces.push(piece);
    }

    fn full(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.pieces.len() >= BATCH_BLOCKS
    }

    fn drain_into(&mut self, joiner: &mut Joiner, options: &Options) -> Result<()> {
        let pieces = std::mem::take(&mut self.pieces);
        self.bytes = 0;
        let parse = |piece: &Piece| {
            let block = piece.block.as_ref()?;
            Some(piece.source.read(block, options, Vec::new()))
        };
        let parsed: Vec<Option<Parsed>> = pieces.par_iter().map(parse).collect();
        for (piece, parsed) in pieces.into_iter().zip(parsed) {
            let open = joiner.take_open(piece.file);
            if let (Some(block), Some(parsed)) = (&piece.block, parsed) {
                // A record goes on that the block before left open: only now is it known how.
                let parsed =
                    if open.is_empty() { parsed } else { piece.source.read(block, options, open) };
                joiner.join(piece.file, block.continues, parsed)?;
            } else {
                if !open.is_empty() {
                    let rest = piece.source.flush(options, &open);
                    joiner.join(piece.file, piece.inside_line, rest)?;
                }
                joiner.end(piece.file);
            }
        }
        Ok(())
    }
}
