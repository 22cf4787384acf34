//! `openwhisk`: `wsk activation poll` and `logs`. The id of an activation stands in a line
//! of its own above its lines.

use crate::body::time::{self, DATE};
use crate::body::{FastRecord, Json, RecordId};
use crate::digits::{Form, begins_as};
use crate::format::{Brackets, Continuation, Format, Line, LineShape, Shape};
use crate::statement::line_end;
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "openwhisk",
    family: "openwhisk",
    example: "Activation: 'orders' (ACTIVATION_ID)\\n[\\n    \"2022-04-14T05:20:00.000402117Z stdout: 1600776870140+0000|PRE_INVOKED\"\\n]",
    id: "the activation id in the line above",
    source: "the action, where the line above names it",
    brackets: Brackets::Never,
    samples: &[
        "openwhisk-activation-poll.txt",
        "openwhisk-activation-logs.txt",
        "openwhisk-poll-old.txt",
    ],
    shape: Shape::Lines(LineShape {
        claims: Some(claims),
        sure: true,
        continuation: Continuation::Each(output),
        fast: Some(fast),
        ..LineShape::new(header)
    }),
};

/// Lines of output are claimed too: `activation logs` prints nothing else.
fn claims(line: &[u8]) -> bool {
    header(line).is_some() || is_output(line)
}

/// `Activation: 'name' (id)`
fn header(line: &[u8]) -> Option<Line<'_>> {
    let rest = std::str::from_utf8(line.strip_prefix(b"Activation: ")?).ok()?.trim_end();
    let (name, id) = rest.strip_suffix(')')?.rsplit_once('(')?;
    let name = name.strip_suffix(' ')?.trim_matches('\'');
    // Without an early end, so that many bytes are looked at at a time.
    let fits = |fits: bool, b: u8| fits & (b.is_ascii_alphanumeric() || b == b'-');
    let known = !id.is_empty() && id.bytes().fold(true, fits);
    known.then(|| Line {
        body: Cow::Borrowed(line.get(line.len()..).unwrap_or_default()),
        id: RecordId::invocation(id),
        source: Cow::Borrowed(name),
        ..Line::default()
    })
}

fn is_output(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    behind_stream(line.strip_prefix(b"\"").unwrap_or(line)).is_some()
}

/// `2022-04-14T05:20:00.000402117Z stdout: text`, the time filled up to 30 columns.
pub(super) fn behind_stream(line: &[u8]) -> Option<&[u8]> {
    let time = time::read(line)?;
    let rest = line.get(time.length..)?.trim_ascii_start();
    rest.strip_prefix(b"stdout: ").or_else(|| rest.strip_prefix(b"stderr: "))
}

/// The text of a line of output, which is a JSON string or bare.
fn output(line: &[u8]) -> Cow<'_, [u8]> {
    let bare = line.trim_ascii();
    let bare = bare.strip_suffix(b",").unwrap_or(bare);
    let inner = bare.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    if let Some(text) = inner
        && memchr::memchr2(b'\\', b'"', text).is_none()
    {
        return Cow::Borrowed(behind_stream(text).unwrap_or(text));
    }
    match Json::parse(bare) {
        Some(Json::Text(text)) => {
            let text = text.as_bytes();
            Cow::Owned(behind_stream(text).unwrap_or(text).to_vec())
        }
        _ => Cow::Borrowed(behind_stream(bare).unwrap_or(line)),
    }
}

/// A line of output with all digits of its time, which fill the 30 columns.
fn fast(text: &[u8]) -> Option<FastRecord> {
    const OUT: [Form; 5] = [
        DATE,
        Form::of(*b"00T00:00"),
        Form::of(*b":00.0000"),
        Form::of(*b"00000Z s"),
        Form::of(*b"tdout: *"),
    ];
    const ERR: [Form; 5] = [OUT[0], OUT[1], OUT[2], OUT[3], Form::of(*b"tderr: *")];
    const BODY: usize = 39;
    const DEEPEST: usize = 8;
    const LONGEST: usize = 256;
    let blanks = text.iter().take(DEEPEST).take_while(|&&b| b == b' ').count();
    let rest = text.get(blanks..)?;
    let quoted = rest.first() == Some(&b'"');
    let rest = rest.get(usize::from(quoted)..)?;
    if !begins_as(rest, &OUT) && !begins_as(rest, &ERR) {
        return None;
    }
    let body = blanks + usize::from(quoted) + BODY;
    let end = if quoted {
        let within = text.get(body..)?;
        let end = body + memchr::memchr(b'"', within.get(..LONGEST).unwrap_or(within))?;
        let comma = usize::from(text.get(end + 1) == Some(&b','));
        Some((end, line_end(text, end + 1 + comma)?))
    } else {
        None
    };
    Some(FastRecord { body, end, ..FastRecord::default() })
}
