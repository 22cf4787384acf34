//! `cloudwatch-tail`: `aws logs tail`, format detailed or json: time, log stream, message.

use crate::body::time::{self, DATE, ZoneForm};
use crate::body::{FastRecord, of_lambda};
use crate::digits::{Form, begins_as};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
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
    shape: Shape::Lines(LineShape {
        sure: true,
        continuation: Continuation::All,
        fast: Some(fast),
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (time, rest) = time::rfc3339(line)?;
    let (stream, body) = stream(rest).filter(|_| time.zone == ZoneForm::Colon)?;
    Some(Line { body: Cow::Borrowed(body), source: Cow::Borrowed(stream), ..Line::default() })
}

/// The same of a line of the format `detailed` that does not end behind the stream.
fn fast(text: &[u8]) -> Option<FastRecord> {
    const TIME: [Form; 4] =
        [DATE, Form::of(*b"00T00:00"), Form::of(*b":00.0000"), Form::of(*b"00+00:00")];
    const STREAM: usize = 33;
    if !begins_as(text, &TIME) || text.get(STREAM - 1) != Some(&b' ') {
        return None;
    }
    let end = STREAM + fast_stream(text.get(STREAM..)?)?;
    (text.get(end) == Some(&b' ')).then(|| of_lambda(text, end + 1, STREAM..end))
}

/// A Lambda log stream, `2022/04/14/[$LATEST]` and 32 hexadecimal digits, and the text behind it.
pub(super) fn stream(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let name = text.get(..end).filter(|name| is_stream(name))?;
    Some((std::str::from_utf8(name).ok()?, text.get(end + 1..).unwrap_or_default()))
}

/// How long the stream is that a text begins with, if it is one in ASCII with a blank behind it.
pub(super) fn fast_stream(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 128;
    let end = memchr::memchr(b' ', text.get(..LONGEST).unwrap_or(text))?;
    let name = text.get(..end).filter(|name| is_stream(name))?;
    name.iter().fold(true, |fits, b| fits & b.is_ascii_graphic()).then_some(end)
}

fn is_stream(name: &[u8]) -> bool {
    const DATE: Form = Form::of(*b"0000/00/");
    // The function's name may stand before the version, and no version in the newest ones.
    let Some((rest, hash)) = name.split_last_chunk::<32>() else { return false };
    let Some((date, day)) = rest.split_first_chunk::<8>() else { return false };
    let is_day = matches!(day, [first, second, b'/', .., b']'] if first.is_ascii_digit() && second.is_ascii_digit());
    is_day
        && DATE.fits(u64::from_le_bytes(*date))
        && hash.iter().fold(true, |fits, b| fits & b.is_ascii_hexdigit())
}
