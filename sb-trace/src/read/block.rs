//! Decoded text -> blocks of whole lines or whole records, of bounded size.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

/// A line longer than this is cut, between two words where there are any, so that a file without
/// line ends needs bounded memory. Records that span lines may be longer.
const LONGEST_LINE: usize = 16 << 20;
const LONGEST_RECORD: usize = 64 << 20;

/// Some text of one input, cut where its format allows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// The text.
    pub bytes: Buffer,
    /// Whether it begins inside a line, the last one of the block before.
    pub continues: bool,
    /// Where the records stand, if the cutter had to find that out.
    pub units: Option<RecordRanges>,
}

/// Bytes, and more memory behind them that was used before: touching new memory was measured to
/// cost more than parsing it, and cleaning it as much.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffer {
    memory: Vec<u8>,
    start: usize,
    length: usize,
}

impl From<Vec<u8>> for Buffer {
    fn from(memory: Vec<u8>) -> Self {
        Self { start: 0, length: memory.len(), memory }
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.get(self.start..self.start + self.length).unwrap_or_default()
    }
}

impl Buffer {
    /// What is read behind a text that is carried over begins at a multiple of this: the kernel's
    /// copy to any other address was measured to take twice as long.
    const ALIGNED: usize = 64;

    /// Puts a text in, with room for so many bytes behind it.
    fn begin(&mut self, text: &[u8], room: usize) {
        let most = text.len() + room + 2 * Self::ALIGNED;
        if self.memory.len() < most {
            self.memory.resize(most, 0);
        }
        let first = self.memory.as_ptr().align_offset(Self::ALIGNED).min(Self::ALIGNED);
        self.start = first + text.len().next_multiple_of(Self::ALIGNED) - text.len();
        self.of_length(text.len()).copy_from_slice(text);
    }

    /// The memory of `length` bytes, the first of which are kept.
    fn of_length(&mut self, length: usize) -> &mut [u8] {
        let end = self.start + length;
        if self.memory.len() < end {
            self.memory.resize(end, 0);
        }
        self.length = length;
        &mut self.memory[self.start..end]
    }
}

/// The records of a block as the cutter found them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RecordRanges {
    /// Each record, in order.
    pub all: Vec<RecordRange>,
    /// What stands around the records of a document: the first unit it holds for, its text.
    pub around: Vec<(usize, Arc<[u8]>)>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordRange {
    /// Where it stands in the block.
    pub range: Range<usize>,
    /// Whether it is text that the format does not explain.
    pub stray: bool,
}

/// Decides where a text may be cut in two.
pub(crate) trait Cut: Send {
    /// Where the block may end; none where more text is needed. `text` begins where the last cut
    /// was made and only ever grows until the next; `ended` says that nothing follows it.
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize>;

    /// The text must be cut at `at`, which may be anywhere; what was found up to there is lost.
    fn give_up(&mut self, _at: usize) {}

    /// The records of the block that was just cut off, if the cutter knows them.
    fn units(&mut self) -> Option<RecordRanges> {
        None
    }

    /// The longest text that is waited for.
    fn patience(&self) -> usize {
        LONGEST_RECORD
    }
}

/// Cuts behind the last line.
#[derive(Debug, Default)]
pub(crate) struct AtLineEnds {
    searched: usize,
}

impl Cut for AtLineEnds {
    fn cut(&mut self, text: &[u8], ended: bool) -> Option<usize> {
        if ended {
            return Some(text.len());
        }
        let fresh = text.get(self.searched..).unwrap_or_default();
        let found = memchr::memrchr(b'\n', fresh).map(|last| self.searched + last + 1);
        self.searched = if found.is_some() { 0 } else { text.len() };
        found
    }

    fn give_up(&mut self, _at: usize) {
        self.searched = 0;
    }

    fn patience(&self) -> usize {
        LONGEST_LINE
    }
}

/// The blocks of one input, in order.
pub(crate) struct Blocks<R> {
    reader: R,
    cutter: Box<dyn Cut>,
    /// How much is read at a time.
    size: usize,
    /// Begun record, carried over to the next block.
    rest: Vec<u8>,
    continues: bool,
    ended: bool,
    patience: usize,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R, cutter: Box<dyn Cut>, size: usize) -> Self {
        let (patience, size) = (cutter.patience(), size.max(1));
        let rest = Vec::new();
        Self { reader, cutter, size, rest, continues: false, ended: false, patience }
    }

    /// The next block; none at the end. `bytes` is memory to use again.
    pub(crate) fn next(&mut self, mut bytes: Buffer) -> std::io::Result<Option<Block>> {
        let mut filled = self.rest.len();
        bytes.begin(&self.rest, self.size.max(filled));
        self.rest.clear();
        while !self.ended {
            // Twice as much each time, so that a long record is not searched over and over.
            let wanted = filled + self.size.max(filled);
            filled += fill(&mut self.reader, &mut bytes.of_length(wanted)[filled..])?;
            bytes.of_length(filled);
            self.ended = filled < wanted;
            if self.ended {
                break;
            }
            if let Some(at) = self.cutter.cut(&bytes, false) {
                return Ok(Some(self.cut(bytes, at)));
            }
            if bytes.len() >= self.patience {
                let at = between_words(&bytes);
                self.cutter.give_up(at);
                return Ok(Some(self.cut(bytes, at)));
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let at = self.cutter.cut(&bytes, true).filter(|&at| at > 0).unwrap_or(filled);
        Ok(Some(self.cut(bytes, at)))
    }

    /// Whether nothing comes any more.
    pub(crate) fn is_over(&self) -> bool {
        self.ended && self.rest.is_empty()
    }

    /// Whether the last block ended inside a line.
    pub(crate) fn inside_line(&self) -> bool {
        self.continues
    }

    fn cut(&mut self, mut bytes: Buffer, at: usize) -> Block {
        self.rest.extend_from_slice(&bytes[at..]);
        bytes.of_length(at);
        let inside_line = bytes.last().is_some_and(|&b| b != b'\n');
        let continues = std::mem::replace(&mut self.continues, inside_line);
        Block { bytes, continues, units: self.cutter.units() }
    }
}

/// Reads until the buffer is full or nothing comes any more.
pub(super) fn fill(reader: &mut impl Read, mut buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while !buffer.is_empty() {
        match reader.read(buffer) {
            Ok(0) => break,
            Ok(count) => {
                filled += count;
                buffer = &mut buffer[count..];
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The last place where no statement, no character and no word is cut in two. The blank before
/// `trace_id=` is none, so the cut is made behind a byte that neither a statement nor a part of
/// a longer character holds; without one (no text at all), at the end.
fn between_words(bytes: &[u8]) -> usize {
    const SEARCHED: usize = 1 << 16;
    let start = bytes.len().saturating_sub(SEARCHED);
    let parts = |b: u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b"_.:/+=-| ".contains(&b);
    let tail = bytes.get(start..).unwrap_or_default();
    if let Some(at) = tail.iter().rposition(|&b| !parts(b)) {
        return start + at + 1;
    }
    // Only words: behind a blank that is not followed by an id of the word before it.
    let blank = |at: &usize| tail[*at] == b' ' && !tail[at + 1..].starts_with(b"trace_id=");
    let enough = tail.len().saturating_sub(b"trace_id=".len());
    (0..enough).rev().find(blank).map_or(bytes.len(), |at| start + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = crate::Options::BLOCK_BYTES;

    fn all(text: &[u8], longest_line: usize) -> Vec<Block> {
        let mut blocks = Blocks::new(text, Box::new(AtLineEnds::default()), BLOCK);
        blocks.patience = longest_line;
        std::iter::from_fn(|| blocks.next(vec![b'x'; 7].into()).unwrap()).collect()
    }

    #[test]
    fn blocks_end_at_line_ends_and_lose_nothing() {
        let line = [b"1600776870140+0000|A and more text ".repeat(20), b"\n".to_vec()].concat();
        let text = line.repeat(3 * BLOCK / line.len() + 7);
        let blocks = all(&text, LONGEST_LINE);
        assert!(blocks.len() >= 3);
        assert!(blocks.iter().all(|b| b.bytes.ends_with(b"\n") && !b.continues));
        assert_eq!(blocks.iter().flat_map(|b| b.bytes.to_vec()).collect::<Vec<_>>(), text);
        assert!(all(b"", LONGEST_LINE).is_empty());
        assert_eq!(all(b"no end", LONGEST_LINE).len(), 1);
    }

    #[test]
    fn a_long_line_is_cut_between_words_only() {
        for word in [
            &b"1600776870140+0000|A trace_id=abc "[..],
            b"1600776870140+0000|A,",
            b"no_blank_at_all",
        ] {
            let text = word.repeat(4 * BLOCK / word.len());
            let blocks = all(&text, BLOCK);
            assert!(blocks.len() >= 4, "{}", blocks.len());
            assert_eq!(blocks.iter().flat_map(|b| b.bytes.to_vec()).collect::<Vec<_>>(), text);
            assert!(!blocks[0].continues && blocks[1..].iter().all(|b| b.continues));
            if !word.starts_with(b"no") {
                assert!(
                    blocks.iter().all(|b| b.bytes.starts_with(b"16")),
                    "cut inside a statement"
                );
            }
        }
    }
}
