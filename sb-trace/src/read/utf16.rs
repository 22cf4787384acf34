//! UTF-16 (what PowerShell's `>` writes) -> UTF-8, as a stream.

use std::io::Read;

/// Which byte of a pair comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// Without a byte order mark, so much of a text is looked at.
const LOOKED_AT: usize = 4096;

/// Whether a text that begins so is UTF-16, and how long its byte order mark is.
///
/// Without a mark: more than a third of the odd (or even) bytes are NUL, as in any text that is
/// mostly ASCII.
pub(super) fn recognise(head: &[u8]) -> Option<(Order, usize)> {
    match head {
        [0xff, 0xfe, ..] => return Some((Order::Little, 2)),
        [0xfe, 0xff, ..] => return Some((Order::Big, 2)),
        _ => {}
    }
    let head = head.get(..LOOKED_AT).unwrap_or(head);
    // Of nearly all files this is the answer.
    memchr::memchr(0, head)?;
    let nul = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd, pairs) = (nul(0), nul(1), head.len() / 2);
    // A file of NULs only is no text.
    if pairs < 4 || even + odd > pairs + pairs / 4 {
        None
    } else if odd * 3 > pairs && even * 10 < odd {
        Some((Order::Little, 0))
    } else if even * 3 > pairs && odd * 10 < even {
        Some((Order::Big, 0))
    } else {
        None
    }
}

/// Decodes while it is read. What is no character becomes U+FFFD.
pub(super) struct Utf8<R> {
    inner: R,
    order: Order,
    /// Bytes that wait for the rest of their character.
    waiting: Vec<u8>,
    decoded: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(inner: R, order: Order) -> Self {
        Self { inner, order, waiting: Vec::new(), decoded: Vec::new(), given: 0, ended: false }
    }

    /// Decodes the next piece.
    fn fill(&mut self) -> std::io::Result<()> {
        const PIECE: u64 = 1 << 16;
        let read = (&mut self.inner).take(PIECE).read_to_end(&mut self.waiting)?;
        self.ended = read == 0;
        let order = self.order;
        let unit = |pair: &[u8]| match (order, pair) {
            (Order::Little, &[low, high]) => u16::from_le_bytes([low, high]),
            (Order::Big, &[high, low]) => u16::from_be_bytes([high, low]),
            // An odd byte at the end.
            _ => 0xfffd,
        };
        let mut whole = self.waiting.len() / 2 * 2;
        if self.ended {
            whole = self.waiting.len();
        } else if let Some(last) = self.waiting.get(whole.saturating_sub(2)..whole)
            && (0xd800..0xdc00).contains(&unit(last))
        {
            // Half a character.
            whole -= 2;
        }
        let rest = self.waiting.split_off(whole);
        let units = self.waiting.chunks(2).map(unit);
        self.decoded.clear();
        self.given = 0;
        for decoded in char::decode_utf16(units) {
            let character = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.decoded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.waiting = rest;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.decoded.len() && !self.ended {
            self.fill()?;
        }
        let rest = self.decoded.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, order: Order) -> Vec<u8> {
        let bytes = |unit: u16| match order {
            Order::Little => unit.to_le_bytes(),
            Order::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn both_orders_with_and_without_a_mark() {
        let text = "1600776870140+0000|A \u{1f600} and ä\r\n".repeat(9000);
        for order in [Order::Little, Order::Big] {
            let bytes = encode(&text, order);
            assert_eq!(recognise(&bytes[..4096]), Some((order, 0)));
            let marked = encode(&format!("\u{feff}{text}"), order);
            assert_eq!(recognise(&marked[..4096]), Some((order, 2)));
            let mut out = String::new();
            Utf8::new(&marked[2..], order).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
    }

    #[test]
    fn what_is_no_utf16_is_left_alone_and_broken_text_is_replaced() {
        assert_eq!(recognise(b"1600776870140+0000|A\n"), None);
        assert_eq!(recognise(&[0; 100]), None);
        assert_eq!(recognise(b""), None);
        let mut out = String::new();
        Utf8::new(&[0x41, 0x00, 0x00, 0xd8, 0x42, 0x00, 0x43][..], Order::Little)
            .read_to_string(&mut out)
            .unwrap();
        assert_eq!(out, "A\u{fffd}B\u{fffd}");
    }
}
