//! Raw text: what is asked of it whatever it holds.

use crate::options::ID_GROUP;
use regex::bytes::Regex;
use std::borrow::Cow;

/// Whether `13 digits + zone + |` and a letter stand anywhere in a text.
pub(super) fn looks_like_a_statement(raw: &[u8]) -> bool {
    const DIGITS: usize = 13;
    const ZONE: usize = 5;
    let hit = |bar: usize| -> Option<bool> {
        let zone = raw.get(bar.checked_sub(ZONE)?..bar)?;
        let epoch = raw.get(bar.checked_sub(ZONE + DIGITS)?..bar - ZONE)?;
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        let label = raw.get(bar + 1)?;
        let signed = matches!(zone.first(), Some(b'+' | b'-'));
        Some(signed && digits(zone.get(1..)?) && digits(epoch) && label.is_ascii_alphabetic())
    };
    memchr::memchr_iter(b'|', raw).any(|bar| hit(bar) == Some(true))
}

/// What the user's own pattern finds in a record.
pub(crate) fn own_id<'a>(regex: &Regex, text: &'a [u8]) -> Option<Cow<'a, str>> {
    let found = regex.captures(text)?.name(ID_GROUP)?;
    Some(String::from_utf8_lossy(found.as_bytes())).filter(|id| !id.is_empty())
}

/// Where `inner` stands in `outer`, if it is a part of it and no copy.
pub(super) fn offset_in(outer: &[u8], inner: &[u8]) -> Option<usize> {
    let offset = (inner.as_ptr() as usize).checked_sub(outer.as_ptr() as usize)?;
    (offset + inner.len() <= outer.len()).then_some(offset)
}
