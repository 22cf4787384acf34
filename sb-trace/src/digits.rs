//! Digits, eight bytes at a time: what eight bytes are is told in a few instructions without a branch.
//! In a word of eight bytes the first is the lowest.

/// Eight times the digit zero.
pub(crate) const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
/// Adding this to a byte above 9 sets its high bit.
const ABOVE_NINE: u64 = u64::from_le_bytes([0x76; 8]);

/// Eight bytes from a place on.
#[inline]
pub(crate) fn word<const LENGTH: usize>(text: &[u8; LENGTH], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&text[at..at + 8]);
    u64::from_le_bytes(word)
}

/// The high bits of all bytes that are no digits, each byte by itself.
#[inline]
fn others(word: u64) -> u64 {
    let values = word ^ ZEROS;
    // Without the high bits no byte carries into the next.
    ((values & !HIGH_BITS).wrapping_add(ABOVE_NINE) | values) & HIGH_BITS
}

/// The value of eight digits, if that is what the bytes are.
#[inline]
pub(crate) fn value(word: u64) -> Option<u64> {
    let digits = word ^ ZEROS;
    // A byte may carry into the next only if its own high bit is set.
    if (digits.wrapping_add(ABOVE_NINE) | digits) & HIGH_BITS != 0 {
        return None;
    }
    // Two, four and eight digits at a time become one number.
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// What eight bytes must be: digits where there is a `0`, anything where there is a `*`, and as it
/// says elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// All ones where a byte is said, and those bytes.
    said: u64,
    bytes: u64,
    /// The high bits of the digits.
    digits: u64,
}

impl Form {
    pub(crate) const fn of(form: [u8; 8]) -> Self {
        let (mut said, mut bytes, mut digits) = ([0; 8], [0; 8], [0; 8]);
        let mut at = 0;
        while at < form.len() {
            match form[at] {
                b'0' => digits[at] = 0x80,
                b'*' => {}
                byte => (said[at], bytes[at]) = (u8::MAX, byte),
            }
            at += 1;
        }
        Self {
            said: u64::from_le_bytes(said),
            bytes: u64::from_le_bytes(bytes),
            digits: u64::from_le_bytes(digits),
        }
    }

    #[inline]
    pub(crate) fn fits(&self, word: u64) -> bool {
        (word & self.said ^ self.bytes) | others(word) & self.digits == 0
    }
}

/// Whether a text begins so, eight bytes after eight.
#[inline]
pub(crate) fn begins_as<const WORDS: usize>(text: &[u8], forms: &[Form; WORDS]) -> bool {
    let (words, _) = text.as_chunks::<8>();
    words.first_chunk::<WORDS>().is_some_and(|words| {
        let fits =
            |fits, (word, form): (&[u8; 8], &Form)| fits & form.fits(u64::from_le_bytes(*word));
        words.iter().zip(forms).fold(true, fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_by_eights() {
        let read = |text: &[u8; 8]| value(u64::from_le_bytes(*text));
        assert_eq!(read(b"00000000"), Some(0));
        assert_eq!(read(b"12345678"), Some(12_345_678));
        assert_eq!(read(b"99999999"), Some(99_999_999));
        for place in 0..8 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = *b"12345678";
                text[place] = byte;
                assert_eq!(read(&text), None, "{text:?}");
            }
        }
    }

    proptest! {
        /// As byte by byte, whatever stands beside a digit.
        #[test]
        fn forms_fit_byte_by_byte(
            form in proptest::collection::vec(prop_oneof![Just(b'0'), Just(b'*'), any::<u8>()], 16),
            edits in proptest::collection::vec((0..16_usize, any::<u8>()), 0..3),
            digit in b'0'..=b'9',
            length in 0..18_usize,
        ) {
            let as_said = form.iter().map(|&b| if matches!(b, b'0' | b'*') { digit } else { b });
            let mut text: Vec<u8> = as_said.chain([b'x'; 2]).take(length).collect();
            for (at, byte) in edits {
                text.get_mut(at).into_iter().for_each(|place| *place = byte);
            }
            let fits = |(&byte, &form): (&u8, &u8)| match form {
                b'0' => byte.is_ascii_digit(),
                b'*' => true,
                _ => byte == form,
            };
            let expected = length >= form.len() && text.iter().zip(&form).all(fits);
            let [first, second] = [0, 8].map(|at| Form::of(*form[at..].first_chunk().unwrap()));
            prop_assert_eq!(begins_as(&text, &[first, second]), expected);
        }
    }
}
