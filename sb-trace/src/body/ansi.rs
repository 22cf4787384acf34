//! Colours: escape sequences that a terminal would swallow.

use std::borrow::Cow;

const ESC: u8 = 0x1b;

/// The text without escape sequences.
pub(crate) fn strip(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESC, text) else {
        return Cow::Borrowed(text);
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut at = first;
    loop {
        let (plain, escaped) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = after_sequence(escaped);
        match memchr::memchr(ESC, rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// What follows the sequence that `text` begins with: `ESC [ parameters letter` (colours, cursor),
/// `ESC ] text BEL` (titles, links), or ESC and one more byte.
fn after_sequence(text: &[u8]) -> &[u8] {
    let end = match text.get(1) {
        Some(b'[') => {
            let body = text.get(2..).unwrap_or_default();
            let parameters = body.iter().take_while(|&&b| (0x20..0x40).contains(&b)).count();
            // The final byte, unless the sequence is cut off.
            let last = body.get(parameters).is_some_and(|b| (0x40..0x7f).contains(b));
            2 + parameters + usize::from(last)
        }
        Some(b']') => {
            let ends = |b: u8| b == 0x07 || b == ESC || b == b'\n';
            let at = text.iter().skip(2).position(|&b| ends(b)).map_or(text.len(), |at| at + 2);
            match text.get(at..) {
                Some([0x07, ..]) => at + 1,
                Some([ESC, b'\\', ..]) => at + 2,
                _ => at,
            }
        }
        Some(b'(' | b')') => 3,
        Some(b) if b.is_ascii_graphic() => 2,
        _ => 1,
    };
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        let stripped = |text: &str| String::from_utf8(strip(text.as_bytes()).into_owned()).unwrap();
        assert_eq!(stripped("plain"), "plain");
        assert_eq!(stripped("\u{1b}[36;1mapi | \u{1b}[0m1600"), "api | 1600");
        assert_eq!(stripped("a\u{1b}]0;title\u{7}b\u{1b}]8;;x\u{1b}\\c"), "abc");
        assert_eq!(stripped("cut \u{1b}["), "cut ");
        assert_eq!(stripped("\u{1b}"), "");
        assert_eq!(stripped("\u{1b}[32\n1600"), "\n1600");
    }
}
