//! `openwhisk`: `wsk activation poll` and `logs`. The id of an activation stands in a line
//! of its own above its lines.

use crate::carrier::{Brackets, Carrier, Further, Line, Lines, Shape};
use crate::payload::{Id, Json, time};
use std::borrow::Cow;

pub(in crate::carrier) static CARRIER: Carrier = Carrier {
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
    shape: Shape::Lines(Lines {
        claims: Some(claims),
        sure: true,
        further: Further::Each(output),
        ..Lines::new(header)
    }),
};

/// Lines of output are claimed too: `activation logs` prints nothing else.
fn claims(line: &[u8]) -> bool {
    header(line).is_some() || is_output(line)
}

/// `Activation: 'name' (id)`
fn header(line: &[u8]) -> Option<Line<'_>> {
    let rest = std::str::from_utf8(line.strip_prefix(b"Activation: ")?).ok()?.trim_end();
    let (name, id) = rest.strip_suffix(')')?.rsplit_once(" (")?;
    let name = name.trim_matches('\'');
    let known = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    known.then(|| Line {
        body: Cow::Borrowed(line.get(line.len()..).unwrap_or_default()),
        id: Id::invocation(id),
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
