//! `cloudwatch-tail`: `aws logs tail`, format detailed or json: time, log stream, message.

use crate::carrier::{Brackets, Carrier, Further, Line, Lines, Shape};
use crate::payload::time::{self, Zone};
use std::borrow::Cow;

pub(in crate::carrier) static CARRIER: Carrier = Carrier {
    name: "cloudwatch-tail",
    family: "cloudwatch",
    example: "2022-04-14T05:20:00.000000+00:00 2022/04/14/[$LATEST]41ea.. 1600776870140+0000|PRE_INVOKED",
    id: "the request id in the message, else that of the START..END around it in its stream",
    source: "the log stream",
    brackets: Brackets::OfSource,
    samples: &[
        "cloudwatch-tail-detailed.txt",
        "cloudwatch-tail-json.txt",
        "cloudwatch-tail-colour.txt",
        "cloudwatch-tail-pretty.txt",
    ],
    shape: Shape::Lines(Lines { sure: true, further: Further::All, ..Lines::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = time::rfc3339(line)?;
    let (stream, body) = stream(rest).filter(|_| time.zone == Zone::Colon)?;
    Some(Line { body: Cow::Borrowed(body), source: Cow::Borrowed(stream), ..Line::default() })
}

/// A Lambda log stream, `2022/04/14/[$LATEST]` and 32 hexadecimal digits, and the text behind it.
pub(super) fn stream(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let name = text.get(..end)?;
    // The function's name may stand before the version, and no version in the newest ones.
    let hash = name.get(name.len().checked_sub(32)?..)?;
    let date = name.get(..11)?;
    let is_date = date.iter().zip(b"dddd/dd/dd/").fold(true, |fits, (b, form)| {
        fits & if *form == b'd' { b.is_ascii_digit() } else { b == form }
    });
    let bracket = name.len().checked_sub(33).and_then(|at| name.get(at)) == Some(&b']');
    let known =
        is_date && bracket && hash.iter().fold(true, |fits, b| fits & b.is_ascii_hexdigit());
    let name = std::str::from_utf8(name).ok().filter(|_| known)?;
    Some((name, text.get(end + 1..).unwrap_or_default()))
}
