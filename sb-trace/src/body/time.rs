//! Times at the begin of a line, recognised by their form and never read: the collector's time is
//! no part of a statement.

use crate::digits::{Form, word};

/// The parts of a time, as they stand in words of eight bytes.
pub(crate) const DATE: Form = Form::of(*b"0000-00-");
/// `2022-04-14T05:20:00.000Z`
pub(crate) const MILLISECONDS_Z: [Form; 3] = [DATE, Form::of(*b"00T00:00"), Form::of(*b":00.000Z")];
const DAY_AND_HOUR: Form = Form::of(*b"00*00:00");
const TIME: Form = Form::of(*b"00:00:00");

/// The form of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    /// How long it is, in bytes.
    pub length: usize,
    /// `T` or a blank between date and time.
    pub blank: bool,
    /// Digits after the point.
    pub fraction: usize,
    pub zone: ZoneForm,
}

/// How the zone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZoneForm {
    None,
    Z,
    /// `+00:00`
    Colon,
    /// `+0000`
    Digits,
}

/// The time that a text begins with: `2022-04-14T05:20:00[.fraction][zone]`, or with a blank.
pub(crate) fn read(text: &[u8]) -> Option<Time> {
    let head: &[u8; 19] = text.first_chunk()?;
    // Three words, of which the last two overlap.
    let (between, blank) = (head[10], head[10] == b' ');
    let fits = DATE.fits(word(head, 0))
        && DAY_AND_HOUR.fits(word(head, 8))
        && TIME.fits(word(head, 11))
        && (blank || between == b'T');
    if !fits {
        return None;
    }
    let mut length = head.len();
    let digits = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let mut fraction = 0;
    if text.get(length) == Some(&b'.') {
        fraction = digits(length + 1);
        length += if fraction > 0 { 1 + fraction } else { 0 };
    }
    let zone = match text.get(length) {
        Some(b'Z') => ZoneForm::Z,
        Some(b'+' | b'-') => match (digits(length + 1), text.get(length + 3)) {
            (4, _) => ZoneForm::Digits,
            (2, Some(b':')) if digits(length + 4) == 2 => ZoneForm::Colon,
            _ => ZoneForm::None,
        },
        _ => ZoneForm::None,
    };
    length += match zone {
        ZoneForm::None => 0,
        ZoneForm::Z => 1,
        ZoneForm::Digits => 5,
        ZoneForm::Colon => 6,
    };
    Some(Time { length, blank, fraction, zone })
}

/// A time with a zone and one blank after it (RFC 3339), and the text behind.
pub(crate) fn rfc3339(text: &[u8]) -> Option<(Time, &[u8])> {
    let time = read(text)?;
    let zoned = !time.blank && matches!(time.zone, ZoneForm::Z | ZoneForm::Colon);
    let rest = text.get(time.length..)?;
    match rest {
        [] if zoned => Some((time, rest)),
        [b' ', rest @ ..] if zoned => Some((time, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_time() {
        let form = |text: &str| read(text.as_bytes()).map(|t| (t.length, t.fraction, t.zone));
        assert_eq!(form("2022-04-14T05:20:00Z x"), Some((20, 0, ZoneForm::Z)));
        assert_eq!(form("2022-04-14T05:20:00.000402117Z"), Some((30, 9, ZoneForm::Z)));
        assert_eq!(form("2022-04-14T05:20:00.1+02:00 x"), Some((27, 1, ZoneForm::Colon)));
        assert_eq!(form("2022-04-14 05:20:00,1"), Some((19, 0, ZoneForm::None)));
        assert_eq!(form("2022-04-14T05:20:00+0200 x"), Some((24, 0, ZoneForm::Digits)));
        assert_eq!(form("2022-04-14T05:20"), None);
        assert_eq!(form("1600776870140+0000|A_LONG_LABEL"), None);
        assert!(rfc3339(b"2022-04-14T05:20:00Z").is_some());
        assert!(rfc3339(b"2022-04-14T05:20:00 x").is_none());
    }
}
