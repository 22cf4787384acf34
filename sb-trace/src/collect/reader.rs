//! A reader: reads block after block, and remembers the words that come again and again.

use crate::carrier::Source;
use crate::event::{OpenPart, Parsed, Words};
use crate::options::Options;
use crate::read::Block;
use crate::tally::{BlockOf, Stretches};
use std::sync::OnceLock;

/// What one thread needs to read blocks.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub number: usize,
    words: Words,
    /// Measures blocks by themselves.
    stretches: Option<Stretches>,
}

/// What the readers of an input tell each other of it.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The label with which all traces begin.
    pub opener: OnceLock<String>,
}

impl Reader {
    pub(super) fn new(number: usize, stretches: Option<Stretches>) -> Self {
        Self { number, stretches, ..Self::default() }
    }

    /// What it measured.
    pub(super) fn measured(self) -> Option<(usize, Stretches)> {
        Some((self.number, self.stretches?.over()))
    }

    /// Measures a block, where that can be done without knowing what stands before it.
    pub(super) fn measure(
        &mut self,
        mut parsed: Parsed,
        told: &Told,
        is_begin: bool,
        block: BlockOf<'_>,
    ) -> Parsed {
        let Some(stretches) = &mut self.stretches else { return parsed };
        std::mem::swap(&mut parsed.words, &mut self.words);
        if block.plain
            && told.opener.get().is_none()
            && let Some(opener) = stretches.opener(&parsed, is_begin)
        {
            let _ = told.opener.set(opener.to_owned());
        }
        let opener = told.opener.get().map(String::as_str);
        parsed.sums = stretches.measure(&mut parsed, BlockOf { opener, ..block });
        std::mem::swap(&mut parsed.words, &mut self.words);
        parsed
    }

    /// Reads a block into `parsed`, which is empty.
    pub(super) fn read(
        &mut self,
        source: &Source,
        block: &Block,
        options: &Options,
        carry: Vec<OpenPart>,
        mut parsed: Parsed,
    ) -> Parsed {
        std::mem::swap(&mut parsed.words, &mut self.words);
        self.take_back(source.read(block, options, carry, parsed))
    }

    /// Reads what was still open at the end of an input.
    pub(super) fn flush(
        &mut self,
        source: &Source,
        options: &Options,
        open: &[OpenPart],
        mut parsed: Parsed,
    ) -> Parsed {
        std::mem::swap(&mut parsed.words, &mut self.words);
        self.take_back(source.flush(options, open, parsed))
    }

    fn take_back(&mut self, mut parsed: Parsed) -> Parsed {
        parsed.words.tell(&mut parsed.fresh);
        std::mem::swap(&mut parsed.words, &mut self.words);
        parsed
    }
}
