//! A reader: reads block after block, and says of each what can be said without knowing what stands
//! before it.

use super::Job;
use crate::dictionary::{Dictionary, NO_TEXT};
use crate::event::{Events, OpenPart, Parsed, RawEvent, Words};
use crate::format::InputFormat;
use crate::names::{NONE, Name};
use crate::read::Block;
use crate::statement::Statement;
use crate::trace::Steps;
use std::ops::Range;

/// What one thread needs to read blocks.
#[derive(Debug, Default)]
pub(super) struct BlockReader {
    words: Words,
    labels: WordCodes,
    sources: WordCodes,
    blocks: u64,
}

/// What a reader knows of its words as labels, or as sources.
#[derive(Debug, Default)]
struct WordCodes {
    /// For each word its code in the dictionary, as far as it is known.
    codes: Vec<Option<u32>>,
    /// For each word the last block that had it, and the number it had there.
    used: Vec<(u64, u32)>,
    /// The words of the block.
    words: Vec<Word>,
}

/// A label or a source of a block.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// Its code in the dictionary.
    Known(u32),
    /// It has none yet, as far as the reader knows.
    New(Box<str>),
}

/// A block that was read. Labels and sources of its rows are places in `labels` and `sources`; the
/// first of each is the empty text.
#[derive(Debug, Default)]
pub(super) struct ReadBlock {
    pub parsed: Parsed,
    pub labels: Vec<Word>,
    pub sources: Vec<Word>,
    /// The only source of all rows, if there is only one.
    pub one_source: Option<Name>,
    /// How many rows have an id, and how many have it on their record.
    pub with_id: usize,
    pub with_record: usize,
    /// Steps in time from row to row, and how many of them go back.
    pub steps: Steps,
    /// Whether two rows stand on one line.
    pub shared_lines: bool,
}

impl BlockReader {
    /// Reads a block into `parsed`, which is empty.
    pub(super) fn read(
        &mut self,
        source: &InputFormat,
        block: &Block,
        job: &Job<'_>,
        carry: Vec<OpenPart>,
        mut parsed: Parsed,
    ) -> ReadBlock {
        std::mem::swap(&mut parsed.words, &mut self.words);
        let parsed = source.read(block, job.options, carry, parsed);
        self.described(parsed, job)
    }

    /// Takes some events of a table.
    pub(super) fn take(
        &mut self,
        events: &Events,
        rows: Range<usize>,
        job: &Job<'_>,
        mut parsed: Parsed,
    ) -> ReadBlock {
        std::mem::swap(&mut parsed.words, &mut self.words);
        let text = |name: Name| events.names.text(name);
        for row in events.rows.get(rows).unwrap_or_default() {
            let statement = Statement {
                epoch_ns: row.epoch_ns,
                utc_offset_minutes: row.utc_offset_minutes,
                label: text(row.label),
                trace_id: Some(text(row.trace_id)).filter(|id| !id.is_empty()),
            };
            let (correlation_id, source) = (text(row.correlation_id), text(row.source));
            parsed.push(&RawEvent { statement, correlation_id, source, line: row.line });
        }
        self.described(parsed, job)
    }

    /// Reads what was still open at the end of an input.
    pub(super) fn flush(
        &mut self,
        source: &InputFormat,
        job: &Job<'_>,
        open: &[OpenPart],
    ) -> ReadBlock {
        let mut parsed = Parsed::default();
        std::mem::swap(&mut parsed.words, &mut self.words);
        let parsed = source.flush(job.options, open, parsed);
        self.described(parsed, job)
    }

    fn described(&mut self, mut parsed: Parsed, job: &Job<'_>) -> ReadBlock {
        std::mem::swap(&mut parsed.words, &mut self.words);
        self.blocks += 1;
        let Self { words, labels, sources, blocks } = self;
        labels.begin(words);
        sources.begin(words);
        let mut rows = std::mem::take(&mut parsed.rows);
        let mut steps = Steps::default();
        let mut shared_lines = false;
        let (mut epoch_ns, mut line) =
            rows.first().map_or((0, u64::MAX), |row| (row.epoch_ns, u64::MAX));
        for row in &mut rows {
            row.label = labels.number(row.label, *blocks, words, job.labels);
            steps.add(epoch_ns, row.epoch_ns);
            shared_lines |= row.line == line;
            (epoch_ns, line) = (row.epoch_ns, row.line);
        }
        if parsed.sourced {
            for row in rows.iter_mut().filter(|row| row.source != NONE) {
                row.source = sources.number(row.source, *blocks, words, &job.sources);
            }
        }
        for mark in &mut parsed.marks {
            mark.source = sources.number(mark.source, *blocks, words, &job.sources);
        }
        let first = rows.first().map_or(NONE, |row| row.source);
        let one = !parsed.sourced || rows.iter().all(|row| row.source == first);
        let (mut with_id, mut with_record) = (0, 0);
        if !parsed.ids.is_empty() {
            with_id = rows.iter().filter(|row| row.id() != NONE).count();
            with_record = rows.iter().filter(|row| row.correlation_id != NONE).count();
        }
        parsed.rows = rows;
        ReadBlock {
            parsed,
            labels: std::mem::take(&mut labels.words),
            sources: std::mem::take(&mut sources.words),
            one_source: one.then_some(first),
            with_id,
            with_record,
            steps,
            shared_lines,
        }
    }
}

impl WordCodes {
    fn begin(&mut self, words: &Words) {
        let known = words.names().len();
        self.used.resize(known, (0, 0));
        self.codes.resize(known, None);
        self.words.push(Word::Known(NO_TEXT));
    }

    /// The number of a word in a block.
    #[inline]
    fn number(&mut self, word: Name, block: u64, words: &Words, dictionary: &Dictionary) -> u32 {
        match self.used.get(word as usize) {
            Some(&(of, number)) if of == block => number,
            _ => self.new_number(word, block, words, dictionary),
        }
    }

    #[inline(never)]
    fn new_number(
        &mut self,
        word: Name,
        block: u64,
        words: &Words,
        dictionary: &Dictionary,
    ) -> u32 {
        if word == NONE {
            return 0;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let place = word as usize;
        let text = words.names().text(word);
        let code = self.codes[place].or_else(|| dictionary.find(text));
        self.codes[place] = code;
        self.used[place] = (block, number);
        self.words.push(code.map_or_else(|| Word::New(text.into()), Word::Known));
        number
    }
}
