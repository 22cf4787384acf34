//! `sam-logs`: `sam logs`: log stream, time without a zone, message.

use super::cloudwatch_tail::{fast_stream, stream};
use crate::body::time::{self, DATE};
use crate::body::{FastRecord, of_lambda};
use crate::digits::{Form, begins_as};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "sam-logs",
    family: "lambda",
    example: "2022/04/14/[$LATEST]41ea.. 2022-04-14T05:20:00.000000 1600776870140+0000|PRE_INVOKED",
    id: "the request id in the message, else that of the START..END around it in its stream",
    source: "the log stream",
    brackets: Brackets::OfSource,
    samples: &["sam-logs.txt", "sam-logs-pretty.txt"],
    shape: Shape::Lines(LineShape {
        sure: true,
        continuation: Continuation::All,
        fast: Some(fast),
        ..LineShape::new(open)
    }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (stream, rest) = stream(line)?;
    let time = time::read(rest)?;
    let rest = rest.get(time.length..)?;
    let body = rest.strip_prefix(b" ").unwrap_or(rest);
    Some(Line { body: Cow::Borrowed(body), source: Cow::Borrowed(stream), ..Line::default() })
}

/// The same of a line that does not end behind the time.
fn fast(text: &[u8]) -> Option<FastRecord> {
    const TIME: [Form; 4] =
        [DATE, Form::of(*b"00T00:00"), Form::of(*b":00.0000"), Form::of(*b"00 *****")];
    const BODY: usize = 27;
    let end = fast_stream(text)?;
    let time = text.get(end + 1..)?;
    begins_as(time, &TIME).then(|| of_lambda(text, end + 1 + BODY, 0..end))
}
