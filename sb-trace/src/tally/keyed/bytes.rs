//! Numbers in as many bytes as they need, written and read a word at a time: the bytes of a word that
//! count for nothing are written over by what follows.

/// The most bytes that a number takes, or a word that is written for one.
pub(super) const LONGEST: usize = 10;

/// The most bytes that three numbers take.
pub(super) const LONGEST_THREE: usize = 1 + 2 * size_of::<u32>() + size_of::<u64>();

/// Three numbers that have so many bytes beside their first ones are one word with the byte before them.
const ONE_WORD: u64 = 4;

/// Writes into memory that has room for all, and for a word behind it.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub bytes: &'a mut [u8],
    pub at: usize,
}

impl Writer<'_> {
    pub(super) fn text(&mut self, text: &[u8]) {
        let end = self.at + text.len();
        self.bytes[self.at..end].copy_from_slice(text);
        self.at = end;
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    #[inline]
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.text(&[number.to_le_bytes()[0] | 0x80]);
            number >>= 7;
        }
        self.text(&[number.to_le_bytes()[0]]);
    }

    /// Three numbers, behind a byte that says how many bytes each has.
    #[expect(clippy::inline_always, reason = "a call was a third of its cost")]
    #[inline(always)]
    pub(super) fn three(&mut self, [first, second]: [u32; 2], third: u64) {
        let [first, second] = [first, second].map(u64::from);
        let [a, b, c] = [first, second, third].map(more_bytes);
        // Mostly, all of it fits into one word.
        if a + b + c <= ONE_WORD {
            let numbers = first | second << (8 + 8 * a) | third << (16 + 8 * (a + b));
            self.word(a | b << 2 | c << 4 | numbers << 8, 3 + a + b + c);
            return;
        }
        self.word(a | b << 2 | c << 4 | first << 8, 1 + a);
        self.word(second, b);
        self.word(third, c);
    }

    /// The first byte of a word and so many more.
    #[inline]
    fn word(&mut self, word: u64, more: u64) {
        self.bytes[self.at..self.at + 8].copy_from_slice(&word.to_le_bytes());
        self.at += 1 + usize::try_from(more).unwrap_or_default();
    }
}

/// How many bytes a number takes beside its first.
#[inline]
fn more_bytes(number: u64) -> u64 {
    u64::from((number | 1).ilog2() / u8::BITS)
}

/// Reads what was written, up to an end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
    pub end: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn is_over(&self) -> bool {
        self.at >= self.end
    }

    /// So many bytes; none if there are not so many.
    #[inline]
    pub(super) fn text(&mut self, length: usize) -> &'a [u8] {
        let end = self.at.saturating_add(length);
        let text = self.bytes.get(self.at..end).unwrap_or_default();
        self.at = end;
        text
    }

    #[inline]
    pub(super) fn chunk<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let chunk = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
        self.at += LENGTH;
        chunk.copied().unwrap_or([0; LENGTH])
    }

    #[inline]
    pub(super) fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let [byte] = self.chunk();
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                return number;
            }
        }
    }

    #[inline]
    pub(super) fn three(&mut self) -> ([u32; 2], u64) {
        let word = self.word();
        let [a, b, c] = [word & 3, word >> 2 & 3, word >> 4 & 7];
        if a + b + c <= ONE_WORD {
            let numbers = word >> 8;
            let second = part(numbers >> (8 + 8 * a), b);
            let third = part(numbers >> (16 + 8 * (a + b)), c);
            self.skip(4 + a + b + c);
            return ([part(numbers, a), second].map(small), third);
        }
        let first = part(word >> 8, a);
        self.skip(2 + a);
        let second = part(self.word(), b);
        self.skip(1 + b);
        let third = part(self.word(), c);
        self.skip(1 + c);
        ([first, second].map(small), third)
    }

    #[inline]
    fn word(self) -> u64 {
        let word = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
        word.map_or(0, |word| u64::from_le_bytes(*word))
    }

    #[inline]
    fn skip(&mut self, count: u64) {
        self.at += usize::try_from(count).unwrap_or_default();
    }
}

/// The lowest byte of a word and so many more.
#[inline]
fn part(word: u64, more: u64) -> u64 {
    word & u64::MAX >> (56 - (more & 7) * 8)
}

/// A number that was given as one of fewer bits.
pub(super) fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Small numbers of either sign as small numbers.
#[inline]
pub(super) fn unsigned(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

/// The number that [`unsigned`] was given.
#[inline]
pub(super) fn signed(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers of any length, and those at which a byte more is needed.
    fn numbers() -> impl Strategy<Value = u64> {
        (0..64_u32, any::<u64>(), -1..2_i64).prop_map(|(bits, some, near)| match near {
            0 => some >> bits,
            near => (1_u64 << bits).wrapping_add_signed(near),
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            all in proptest::collection::vec((numbers(), numbers(), numbers()), 0..20),
        ) {
            let low = |number: u64| u32::try_from(number & 0xffff_ffff).unwrap();
            let room = all.len() * (LONGEST_THREE + LONGEST) + LONGEST;
            let mut bytes = vec![0xee; room];
            let mut out = Writer { bytes: &mut bytes, at: 0 };
            for &(one, other, third) in &all {
                out.three([low(one), low(other)], third);
                out.number(third);
            }
            let end = out.at;
            let mut from = Reader { bytes: &bytes, at: 0, end };
            for &(one, other, third) in &all {
                prop_assert!(!from.is_over());
                prop_assert_eq!(from.three(), ([low(one), low(other)], third));
                prop_assert_eq!(from.number(), third);
                prop_assert_eq!(unsigned(signed(third)), third);
            }
            prop_assert!(from.is_over());
        }
    }
}
