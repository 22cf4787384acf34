//! The begins of labels, compared and found in few instructions.

use crate::digits::word;

/// The first bytes of a label with the end of a line behind them, compared at once. Not one number of
/// all of them: that would stand at multiples of 16 only, and take more memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begin {
    bytes: [u64; 2],
    /// How long the label is; 0 of no label.
    pub length: u32,
}

/// Which bits of a line are those of a label of some length and of its end.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Ends(u32);

/// For each length, those bits; none where it is too long.
const LINES: [[u64; 2]; 32] = {
    let mut lines = [[0; 2]; 32];
    let mut length = 1;
    while length < Begin::LENGTH {
        let ends = u128::MAX >> (u8::BITS as usize * (Begin::LENGTH - length - 1));
        lines[length] = words(ends);
        length += 1;
    }
    lines
};

/// The lower and the upper half.
#[expect(clippy::cast_possible_truncation, reason = "halves")]
const fn words(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

impl Default for Begin {
    /// Of no label. Some of its bytes count, so that no line is equal to it.
    fn default() -> Self {
        Self { bytes: [u64::MAX; 2], length: 0 }
    }
}

impl Begin {
    /// So many bytes are compared at once.
    pub(super) const LENGTH: usize = size_of::<u128>();

    /// Of the label that has so many of the first bytes of a text.
    #[inline]
    pub(super) fn of(text: &[u8], length: usize) -> Self {
        let first = text.first_chunk().copied().unwrap_or_else(|| {
            let mut begin = [0; Self::LENGTH];
            begin.iter_mut().zip(text).for_each(|(byte, &letter)| *byte = letter);
            begin
        });
        let bytes = u128::from_le_bytes(first);
        let bytes = if length < Self::LENGTH {
            let end = 1 << (8 * length);
            bytes & (end - 1) | (end * u128::from(b'\n'))
        } else {
            bytes
        };
        // A text that is longer than this is never guessed.
        let length = u32::try_from(length).unwrap_or_default();
        Self { bytes: words(bytes), length }
    }

    /// Of what stands before the end of the line that a text begins with, if that is short.
    #[inline]
    pub(super) fn of_line(text: &[u8]) -> Option<Self> {
        const ONES: u128 = u128::from_le_bytes([1; size_of::<u128>()]);
        const ENDS: u128 = u128::from_le_bytes([b'\n'; size_of::<u128>()]);
        let first = u128::from_le_bytes(*text.first_chunk()?);
        let others = first ^ ENDS;
        // The lowest high bit that is left stands in the first byte that is zero.
        let ends = others.wrapping_sub(ONES) & !others & (ONES << 7);
        // All bits up to it.
        let bytes = first & (ends ^ ends.wrapping_sub(1));
        let length = ends.trailing_zeros() / u8::BITS;
        (ends != 0).then_some(Self { bytes: words(bytes), length })
    }

    /// Which bits of its line count.
    pub(super) fn ends(self) -> Ends {
        Ends(if (self.length as usize) < Self::LENGTH { self.length } else { 0 })
    }

    /// Whether a text begins with this label, and its line ends behind it.
    #[inline]
    pub(super) fn is_line(&self, ends: Ends, text: &[u8; Self::LENGTH]) -> bool {
        // If no bits count, some bytes do that no line has here.
        let of_line = &LINES[ends.0 as usize % LINES.len()];
        let differs = |at: usize| word(text, 8 * at) & of_line[at] ^ self.bytes[at];
        differs(0) | differs(1) == 0
    }

    /// How many bytes of a text are equal to these.
    #[inline]
    pub(super) fn same(self, text: &[u8; Self::LENGTH]) -> u32 {
        let [low, high] = self.bytes.map(u128::from);
        (u128::from_le_bytes(*text) ^ (low | high << 64)).trailing_zeros() / u8::BITS
    }

    /// A number that has few others like it.
    #[inline]
    pub(super) fn hash(self) -> u32 {
        u32::try_from(mixed(self.bytes[0], self.bytes[1])).unwrap_or_default()
    }
}

/// A number in which every bit of two words matters.
#[inline]
pub(super) fn mixed(first: u64, second: u64) -> usize {
    const MIXES: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xf39c_c060_5ced_c835];
    let product = u128::from(first ^ MIXES[0]) * u128::from(second ^ MIXES[1]);
    usize::try_from((product ^ product >> 64) & 0xffff_ffff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begin_is_that_of_its_line() {
        let label = |length: u32| "LABEL-OF-SOME-LENGTH".get(..length as usize).unwrap();
        for length in 1..20 {
            let text = format!("{}\n1600776870140+0000|X", label(length));
            let known = Begin::of(label(length).as_bytes(), label(length).len());
            let found = Begin::of_line(text.as_bytes());
            assert_eq!(found, (length < 16).then_some(known), "{text}");
        }
        assert_eq!(Begin::of_line(b"A\n"), None, "too near the end");
    }

    #[test]
    fn a_line_is_that_of_its_label_alone() {
        let text = |length: usize| "L".repeat(length) + "\n1600776870140+0000|X";
        let begin = |length: usize| Begin::of("L".repeat(length).as_bytes(), length);
        for length in 0..70 {
            let text = text(length);
            let start = text.as_bytes().first_chunk().unwrap();
            for other in 1..70 {
                let label = begin(other);
                let is_line = label.is_line(label.ends(), start);
                assert_eq!(is_line, other == length && length < 16, "{other}");
            }
            assert!(!Begin::default().is_line(Ends::default(), start));
        }
        for byte in 0..=u8::MAX {
            assert!(!Begin::default().is_line(Ends::default(), &[byte; 16]));
        }
    }
}
