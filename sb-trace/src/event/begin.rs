//! The begins of labels, compared and found in few instructions.

use crate::digits::word;

/// The first bytes of a label with the end of a line behind them, compared at once.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begin {
    bytes: u128,
    /// How long the label is; 0 of no label.
    pub length: u32,
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
        Self { bytes, length }
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
        (ends != 0).then_some(Self { bytes, length })
    }

    /// How many bytes of a text are equal to these.
    #[inline]
    pub(super) fn same(self, text: &[u8; Self::LENGTH]) -> u32 {
        (u128::from_le_bytes(*text) ^ self.bytes).trailing_zeros() / u8::BITS
    }

    /// A number that has few others like it.
    #[inline]
    pub(super) fn hash(self) -> u32 {
        let bytes = self.bytes.to_le_bytes();
        u32::try_from(mixed(word(&bytes, 0), word(&bytes, 8))).unwrap_or_default()
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
}
