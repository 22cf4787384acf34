//! UUIDs in small letters as sixteen bytes, which are compared, hashed and kept in few instructions.

use crate::digits::{ZEROS, word};
use std::hash::{Hash, Hasher};

/// A UUID, twice sixteen digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Uuid([u64; 2]);

/// How long its text is.
pub(crate) const LENGTH: usize = 36;
const DASHES: [usize; 4] = [8, 13, 18, 23];

const ONES: u64 = u64::from_le_bytes([1; 8]);
const LOW_NIBBLES: u64 = 0x0f * ONES;

impl Uuid {
    /// The UUID that a text is; none if it has other letters than small ones: its text is written
    /// anew.
    #[inline]
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        let text: &[u8; LENGTH] = text.try_into().ok()?;
        let four = |at: usize| word(text, at) & 0xffff_ffff;
        let words = [
            word(text, 0),
            four(9) | four(14) << 32,
            four(19) | four(24) << 32,
            word(text, LENGTH - 8),
        ];
        let values = words.map(values);
        // Without an early end, so that no branch depends on the bytes.
        let dashes = DASHES.iter().fold(0, |others, &at| others | text[at] ^ b'-');
        let mut others = u64::from(dashes);
        for (word, values) in words.into_iter().zip(values) {
            others |= values & !LOW_NIBBLES | digits(values) ^ word;
        }
        let [a, b, c, d] = values.map(packed);
        (others == 0).then_some(Self([a | b << 32, c | d << 32]))
    }

    /// Its text.
    pub(crate) fn text(self) -> [u8; LENGTH] {
        let [ab, cd] = self.0;
        let [a, b, c, d] =
            [ab, ab >> 32, cd, cd >> 32].map(|part| digits(unpacked(part)).to_le_bytes());
        let mut text = [b'-'; LENGTH];
        let parts: [&[u8]; 5] = [&a, &b[..4], &b[4..], &c[..4], &[&c[4..], &d].concat()];
        let mut at = 0;
        for part in parts {
            text[at..at + part.len()].copy_from_slice(part);
            at += part.len() + 1;
        }
        text
    }

    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let [first, second] = self.0.map(u128::from);
        (first | second << 64).to_le_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self([word(&bytes, 0), word(&bytes, 8)])
    }
}

impl Hash for Uuid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_le_bytes(self.to_bytes()));
    }
}

/// The value of each of eight hexadecimal digits; of other bytes, anything.
#[inline]
fn values(word: u64) -> u64 {
    let letters = word >> 6 & ONES;
    (word & LOW_NIBBLES).wrapping_add(letters.wrapping_mul(9))
}

/// The digits of eight values below 16.
#[inline]
fn digits(values: u64) -> u64 {
    // Behind `9`, the letters do not follow at once.
    const GAP: u64 = b'a' as u64 - b'0' as u64 - 10;
    let letters = values.wrapping_add(6 * ONES) >> 4 & ONES;
    values.wrapping_add(ZEROS).wrapping_add(letters.wrapping_mul(GAP))
}

/// Eight values below 16 in half of the bits.
#[inline]
fn packed(values: u64) -> u64 {
    let twos = (values | values >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos | twos >> 8) & 0x0000_ffff_0000_ffff;
    (fours | fours >> 16) & 0xffff_ffff
}

/// The other way round.
fn unpacked(half: u64) -> u64 {
    let half = half & 0xffff_ffff;
    let fours = (half | half << 16) & 0x0000_ffff_0000_ffff;
    let twos = (fours | fours << 8) & 0x00ff_00ff_00ff_00ff;
    (twos | twos << 4) & LOW_NIBBLES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_digits_in_small_letters_and_dashes_in_their_places_fit() {
        const ID: &[u8; LENGTH] = b"c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0";
        for place in 0..LENGTH {
            for byte in 0..=u8::MAX {
                let mut text = *ID;
                text[place] = byte;
                let fits = match place {
                    8 | 13 | 18 | 23 => byte == b'-',
                    _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
                };
                assert_eq!(Uuid::of(&text).map(Uuid::text), fits.then_some(text), "{place} {byte}");
            }
        }
        assert_eq!((Uuid::of(&ID[1..]), Uuid::of(&[ID.as_slice(), b"0"].concat())), (None, None));
    }

    proptest! {
        #[test]
        fn each_has_its_own_text(number: u128, other: u128) {
            let [uuid, other] = [number, other].map(|number| Uuid::from_bytes(number.to_le_bytes()));
            prop_assert_eq!(uuid.to_bytes(), number.to_le_bytes());
            prop_assert_eq!(Uuid::of(&uuid.text()), Some(uuid));
            prop_assert_eq!(uuid.text() == other.text(), uuid == other);
        }

        /// Neighbours differ in one digit only.
        #[test]
        fn every_digit_counts(number: u128, bit in 0..128_u32) {
            let [one, other] =
                [number, number ^ 1 << bit].map(|n| Uuid::from_bytes(n.to_le_bytes()).text());
            prop_assert_eq!(one.iter().zip(other).filter(|(a, b)| *a != b).count(), 1);
        }
    }
}
