//! A line of Fluentd's: time, tag, JSON.

use super::{Layer, json, time};

pub(super) fn peel(text: &[u8]) -> Option<Layer<'_>> {
    json::peel(behind_tag(text)?)
}

/// The JSON of a line: behind the time and the tag, parted by TAB, blank or comma.
pub(crate) fn behind_tag(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_end();
    if line.last() != Some(&b'}') {
        return None;
    }
    let time = time::read(line)?;
    let at = memchr::memchr(b'{', line)?;
    let (head, json) = line.split_at_checked(at)?;
    let rest = head.get(time.length..)?;
    let delimiter = |b: u8| matches!(b, b'\t' | b' ' | b',');
    // Standard output parts the zone from the time.
    let zone =
        rest.strip_prefix(b" ").filter(|rest| matches!(rest, [b'+' | b'-', b'0'..=b'9', ..]));
    let rest = match zone {
        Some(rest) => rest.get(5..)?,
        None => rest,
    };
    let (&first, rest) = rest.split_first()?;
    let (&last, tag) = rest.split_last()?;
    let tag = tag.strip_suffix(b":").unwrap_or(tag);
    let known = delimiter(first) && delimiter(last) && !tag.is_empty() && !tag.contains(&b' ');
    known.then_some(json)
}
