//! `serverless-logs`: `sls logs`. Versions 3 and 4 print a line with time and request id and the
//! message below it; versions 1 and 2 print all of it in columns.

use crate::body::lambda::is_request_id;
use crate::body::time::{self, DATE};
use crate::body::{FastRecord, RecordId};
use crate::digits::{Form, begins_as};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "serverless-logs",
    family: "lambda",
    example: "2022-04-14 07:20:00.000 - REQUEST_ID - \\nINFO\\t1600776870140+0000|PRE_INVOKED",
    id: "the request id in the line above, or in the second column",
    source: "none",
    // Streams alternate and are not named.
    brackets: Brackets::Never,
    samples: &["serverless-v3.txt", "serverless-v1.txt", "serverless-v1-plain.txt"],
    shape: Shape::Lines(LineShape {
        claims: Some(claims),
        sure: true,
        continuation: Continuation::One,
        fast: Some(fast),
        ..LineShape::new(open)
    }),
};

fn claims(line: &[u8]) -> bool {
    headed(line).or_else(|| columns(line)).is_some()
}

fn open(line: &[u8]) -> Option<Line<'_>> {
    headed(line).or_else(|| columns(line)).or_else(|| bracket(line))
}

/// `2022-04-14 07:20:00.000 - ID - `
fn headed(line: &[u8]) -> Option<Line<'_>> {
    let time = time::read(line).filter(|time| time.blank)?;
    let rest = line.get(time.length..)?.strip_prefix(b" - ")?;
    let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let id = std::str::from_utf8(rest.get(..end)?).ok()?;
    let body = rest.get(end..)?.strip_prefix(b" -")?;
    let known = id == "undefined" || is_request_id(id);
    known.then(|| Line {
        body: Cow::Borrowed(body),
        id: RecordId::invocation(id),
        ..Line::default()
    })
}

/// The same with the line below, of which the body is what stands behind its level.
fn fast(text: &[u8]) -> Option<FastRecord> {
    const TIME: [Form; 3] = [DATE, Form::of(*b"00 00:00"), Form::of(*b":00.000 ")];
    const ID: usize = 26;
    const LONGEST_ID: usize = 64;
    const LONGEST_LEVEL: usize = 11;
    if !begins_as(text, &TIME) || text.get(ID - 2..ID) != Some(b"- ") {
        return None;
    }
    let rest = text.get(ID..)?;
    let end = memchr::memchr(b' ', rest.get(..=LONGEST_ID).unwrap_or(rest))?;
    let id = rest.get(..end).filter(|id| is_request_id(id) && *id != b"undefined")?;
    let below = rest.get(id.len()..)?.strip_prefix(b" - \n")?;
    let level = below.iter().take(LONGEST_LEVEL).take_while(|b| b.is_ascii_alphabetic()).count();
    let level = if below.get(level) == Some(&b'\t') { level + 1 } else { 0 };
    let body = text.len() - below.len() + level;
    Some(FastRecord { id: ID..ID + end, body, lines_above: 1, ..FastRecord::default() })
}

/// `2022-04-14 07:20:00.000 (+02:00) TAB ID TAB INFO TAB text`
fn columns(line: &[u8]) -> Option<Line<'_>> {
    let time = time::read(line).filter(|time| time.blank)?;
    let rest = line.get(time.length..)?.strip_prefix(b" (")?;
    let rest = rest.get(memchr::memchr(b'\t', rest)? + 1..)?;
    let end = memchr::memchr(b'\t', rest)?;
    let id = std::str::from_utf8(rest.get(..end)?).ok()?;
    let body = rest.get(end + 1..)?;
    Some(Line { body: Cow::Borrowed(body), id: RecordId::invocation(id), ..Line::default() })
}

/// Lambda's own lines end the message above.
fn bracket(line: &[u8]) -> Option<Line<'_>> {
    const WORDS: [&[u8]; 7] = [
        b"START - ",
        b"END - ",
        b"REPORT - ",
        b"START RequestId",
        b"END RequestId",
        b"REPORT RequestId",
        b"INIT_START",
    ];
    WORDS
        .iter()
        .any(|word| line.starts_with(word))
        .then(|| Line { body: Cow::Borrowed(line), ..Line::default() })
}
