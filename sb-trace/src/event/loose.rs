//! A loose look at raw text: may a statement stand there, whatever is around it?

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
