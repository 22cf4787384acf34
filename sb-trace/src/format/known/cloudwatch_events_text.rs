//! `cloudwatch-events` with `--output text`: EVENTS and the fields of each event in columns, in the
//! order of their names. The message keeps its own line end, so that the time stands below it.

use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-events",
    family: "cloudwatch",
    example: "EVENTS\\t36800..\\t1600776871940\\t2020/09/22/[$LATEST]41ea..\\t1600776870140+0000|PRE_INVOKED",
    id: "the request id in the message, else that of the START..END around it in its stream",
    source: "logStreamName",
    brackets: Brackets::OneStream,
    samples: &["cloudwatch-events-output.txt"],
    shape: Shape::Lines(LineShape {
        sure: true,
        continuation: Continuation::All,
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(b"EVENTS\t")?;
    let (first, rest) = column(rest)?;
    let digits = first.bytes().all(|b| b.is_ascii_digit()) && !first.is_empty();
    // Without an event id in front it is the answer of get-log-events, which has no stream either.
    let (unique, source, body) = if digits && first.len() > EPOCH {
        let (_, rest) = column(rest)?;
        let (stream, body) = column(rest)?;
        (first, stream, body)
    } else {
        ("", "", rest)
    };
    digits.then(|| Line {
        body: Cow::Borrowed(body),
        source: Cow::Borrowed(source),
        unique: Cow::Borrowed(unique),
        ..Line::default()
    })
}

/// Digits of a time in milliseconds.
const EPOCH: usize = 13;

fn column(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b'\t', text)?;
    Some((std::str::from_utf8(text.get(..end)?).ok()?, text.get(end + 1..)?))
}
