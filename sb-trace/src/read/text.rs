//! A text that may be looked at before it is read.

use super::block::fill;
use std::io::Read;

/// How much of an input is looked at, to recognise it.
pub(crate) const LOOKED_AT: usize = 64 << 10;

/// A text, none of which is lost by having been looked at. Of a small file all is read at once, and
/// nobody asks the system for more when it is known to be over.
pub(crate) struct Text {
    /// What was looked at.
    seen: Vec<u8>,
    /// How much of that was given.
    given: usize,
    /// What follows, unless it is over.
    rest: Option<Box<dyn Read + Send>>,
}

impl Text {
    pub(crate) fn new(text: Box<dyn Read + Send>) -> Self {
        Self { seen: Vec::new(), given: 0, rest: Some(text) }
    }

    /// The next bytes, which stay to be read: so many, or all that there are.
    pub(crate) fn look(&mut self, most: usize) -> std::io::Result<&[u8]> {
        let end = self.given + most;
        let known = self.seen.len();
        if let Some(rest) = self.rest.as_mut().filter(|_| known < end) {
            self.seen.resize(end, 0);
            let filled = fill(rest, &mut self.seen[known..]);
            self.seen.truncate(known + *filled.as_ref().unwrap_or(&0));
            if filled? < end - known {
                self.rest = None;
            }
        }
        Ok(&self.seen[self.given..end.min(self.seen.len())])
    }

    /// Leaves out bytes that were looked at.
    pub(super) fn skip(&mut self, count: usize) {
        self.given = (self.given + count).min(self.seen.len());
    }
}

impl Read for Text {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if let Some(seen) = self.seen.get(self.given..).filter(|seen| !seen.is_empty()) {
            let count = seen.len().min(out.len());
            out[..count].copy_from_slice(&seen[..count]);
            self.given += count;
            return Ok(count);
        }
        if self.given > 0 {
            (self.seen, self.given) = (Vec::new(), 0);
        }
        self.rest.as_mut().map_or(Ok(0), |rest| rest.read(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a few bytes at a time, and none after its end.
    struct Slow {
        bytes: Vec<u8>,
        pieces: Vec<usize>,
        over: bool,
    }

    impl Read for Slow {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            assert!(!self.over, "was asked again");
            let piece = self.pieces.pop().unwrap_or(9).min(out.len()).min(self.bytes.len());
            out[..piece].copy_from_slice(&self.bytes[..piece]);
            self.bytes.drain(..piece);
            self.over = piece == 0 && !out.is_empty();
            Ok(piece)
        }
    }

    proptest! {
        #[test]
        fn looking_loses_nothing(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            pieces in proptest::collection::vec(1..20usize, 0..20),
            steps in proptest::collection::vec((0..3u8, 1..40usize), 0..12),
        ) {
            let slow = Slow { bytes: bytes.clone(), pieces, over: false };
            let mut text = Text::new(Box::new(slow));
            let mut expected = &bytes[..];
            for (kind, count) in steps {
                match kind {
                    0 => prop_assert_eq!(
                        text.look(count).unwrap(), &expected[..count.min(expected.len())]
                    ),
                    1 => {
                        let seen = text.look(count).unwrap().len();
                        text.skip(seen);
                        expected = &expected[seen..];
                    }
                    _ => {
                        let mut out = vec![0; count];
                        text.look(1).unwrap();
                        let read = text.read(&mut out).unwrap();
                        prop_assert_eq!(&out[..read], &expected[..read]);
                        prop_assert!(read > 0 || expected.is_empty());
                        expected = &expected[read..];
                    }
                }
            }
            // All that is left; its end may be asked for once.
            text.look(100).unwrap();
            let mut out = Vec::new();
            text.read_to_end(&mut out).unwrap();
            prop_assert_eq!(&out[..], expected);
        }
    }
}
