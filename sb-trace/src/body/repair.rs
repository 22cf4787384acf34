//! JSON as sloppy loggers write it: with control bytes in strings, escapes that there are not, half
//! characters, `NaN`. One bad field is no reason to lose a record.

/// The text with its faults mended; none where there is none of these.
pub(crate) fn repair(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() + 16);
    let (mut at, mut quoted, mut mended) = (0, false, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, instead) = if quoted { in_string(rest) } else { outside(rest) };
        quoted ^= rest.first() == Some(&b'"');
        mended |= instead.is_some();
        out.extend_from_slice(instead.as_deref().unwrap_or(rest.get(..taken).unwrap_or(rest)));
        at += taken;
    }
    mended.then_some(out)
}

/// How much of a string to take at a time, and what to put instead of it.
fn in_string(rest: &[u8]) -> (usize, Option<Vec<u8>>) {
    match rest {
        [b'\\', b'u', ..] => surrogates(rest),
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => (2, None),
        // A backslash that escapes nothing is one.
        [b'\\', ..] => (1, Some(b"\\\\".to_vec())),
        [byte @ ..0x20, ..] => (1, Some(format!("\\u{byte:04x}").into_bytes())),
        _ => (1, None),
    }
}

/// An escape of one character; half of a pair becomes U+FFFD.
fn surrogates(rest: &[u8]) -> (usize, Option<Vec<u8>>) {
    const ESCAPE: usize = 6;
    let unit = |at: usize| {
        let escape = rest.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    match (unit(0), unit(ESCAPE)) {
        (None, _) => (1, Some(b"\\\\".to_vec())),
        (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (2 * ESCAPE, None),
        (Some(0xd800..0xe000), _) => (ESCAPE, Some(b"\\ufffd".to_vec())),
        _ => (ESCAPE, None),
    }
}

/// The same outside of strings: numbers that are none.
fn outside(rest: &[u8]) -> (usize, Option<Vec<u8>>) {
    const NUMBERS: [&[u8]; 3] = [b"NaN", b"-Infinity", b"Infinity"];
    match NUMBERS.iter().find(|number| rest.starts_with(number)) {
        Some(number) => (number.len(), Some(b"null".to_vec())),
        None => (1, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_mended_and_nothing_else() {
        let repaired = |text: &str| Some(String::from_utf8(repair(text.as_bytes())?).unwrap());
        let mended = |text: &str| repaired(text).unwrap_or_default();
        assert_eq!(mended("{\"a\":NaN,\"b\":[-Infinity]}"), "{\"a\":null,\"b\":[null]}");
        assert_eq!(mended("\"a\tb\""), "\"a\\u0009b\"");
        assert_eq!(mended(r#""\x \' \u12""#), r#""\\x \\' \\u12""#);
        assert_eq!(mended(r#""\ud83d \ud83d\ude00 \ude00""#), r#""\ufffd \ud83d\ude00 \ufffd""#);
        for whole in [r#"{"a":"NaN \" \\ \n \u002B é"}"#, "", "\"", "{\"a\":1}"] {
            assert_eq!(repaired(whole), None, "{whole}");
        }
    }
}
