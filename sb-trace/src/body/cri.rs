//! A CRI line that nobody took apart: `time stdout F text`.

use super::{Layer, time};
use std::borrow::Cow;

/// The parts of a line: its stream, whether more of it follows, and its text.
pub(crate) fn parts(line: &[u8]) -> Option<(&'static str, bool, &[u8])> {
    let (_, rest) = time::rfc3339(line)?;
    let (stream, rest) = match rest.strip_prefix(b"stdout ") {
        Some(rest) => ("stdout", rest),
        None => ("stderr", rest.strip_prefix(b"stderr ")?),
    };
    // Tags are joined by colons; the first says whether the line is whole.
    let more = match rest.first()? {
        b'P' => true,
        b'F' => false,
        _ => return None,
    };
    let rest = rest.get(1..)?;
    let body = match rest.first() {
        None => rest,
        Some(b' ') => rest.get(1..)?,
        Some(b':') => {
            let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
            rest.get(end + 1..).unwrap_or_default()
        }
        Some(_) => return None,
    };
    Some((stream, more, body))
}

pub(super) fn peel(text: &[u8]) -> Option<Layer<'_>> {
    let (_, _, body) = parts(text)?;
    Some(Layer { body: Cow::Borrowed(body), ..Layer::default() })
}
