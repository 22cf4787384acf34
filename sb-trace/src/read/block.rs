//! Decoded text -> blocks of whole lines, of bounded size.

use std::io::Read;

/// How much is read at a time.
const BLOCK: usize = 4 << 20;

/// A line longer than this is cut, between two words where there are any, so that a file without
/// line ends needs bounded memory.
const LONGEST_LINE: usize = 16 << 20;

/// Some lines of one input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Block {
    /// The text.
    pub bytes: Vec<u8>,
    /// Whether it goes on with the last line of the block before.
    pub continues: bool,
}

/// The blocks of one input, in order.
pub(crate) struct Blocks<R> {
    reader: R,
    /// Begun line, carried over to the next block.
    rest: Vec<u8>,
    continues: bool,
    ended: bool,
    longest_line: usize,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            rest: Vec::new(),
            continues: false,
            ended: false,
            longest_line: LONGEST_LINE,
        }
    }

    /// The next block; none at the end.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        while !self.ended {
            let before = bytes.len();
            let read = (&mut self.reader).take(BLOCK as u64).read_to_end(&mut bytes)?;
            self.ended = read < BLOCK;
            if self.ended {
                break;
            }
            let fresh = bytes.get(before..).unwrap_or_default();
            if let Some(last) = memchr::memrchr(b'\n', fresh) {
                return Ok(Some(self.cut(bytes, before + last + 1, false)));
            }
            if bytes.len() >= self.longest_line {
                let at = between_words(&bytes);
                return Ok(Some(self.cut(bytes, at, true)));
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let end = bytes.len();
        Ok(Some(self.cut(bytes, end, false)))
    }

    fn cut(&mut self, mut bytes: Vec<u8>, at: usize, inside_line: bool) -> Block {
        self.rest = bytes.split_off(at);
        Block { bytes, continues: std::mem::replace(&mut self.continues, inside_line) }
    }
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

    fn all(text: &[u8], longest_line: usize) -> Vec<Block> {
        let mut blocks = Blocks::new(text);
        blocks.longest_line = longest_line;
        std::iter::from_fn(|| blocks.next().unwrap()).collect()
    }

    #[test]
    fn blocks_end_at_line_ends_and_lose_nothing() {
        let line = [b"1600776870140+0000|A and more text ".repeat(20), b"\n".to_vec()].concat();
        let text = line.repeat(3 * BLOCK / line.len() + 7);
        let blocks = all(&text, LONGEST_LINE);
        assert!(blocks.len() >= 3);
        assert!(blocks.iter().all(|b| b.bytes.ends_with(b"\n") && !b.continues));
        assert_eq!(blocks.iter().flat_map(|b| b.bytes.clone()).collect::<Vec<_>>(), text);
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
            assert_eq!(blocks.iter().flat_map(|b| b.bytes.clone()).collect::<Vec<_>>(), text);
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
