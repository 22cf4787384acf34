//! `syslog`: RFC 5424, RFC 3164, and the lines of files that rsyslog writes.

use super::journald_json::process;
use crate::body::time::{self, ZoneForm};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "syslog",
    family: "syslog",
    example: "<14>1 2022-04-14T05:20:00.000000Z node-a orders 4711 - - 1600776870140+0000|PRE_INVOKED",
    id: "none; one in the structured data can be named with --pattern",
    source: "HOST/APP[PID]",
    brackets: Brackets::Never,
    samples: &[
        "syslog-rfc5424.log",
        "syslog-rfc3164.log",
        "syslog-rsyslog-file.log",
        "syslog-rfc5424-data.log",
        "syslog-rsyslog-traditional.log",
    ],
    shape: Shape::Lines(LineShape::new(open)),
};

pub(in crate::format) fn open(line: &[u8]) -> Option<Line<'_>> {
    let mut line = match priority(line) {
        None => file(line),
        Some(rest) => match rest.strip_prefix(b"1 ") {
            Some(rest) => structured(rest),
            None => bsd(rest),
        },
    }?;
    line.body = match line.body {
        Cow::Borrowed(body) => unescape(body),
        owned @ Cow::Owned(_) => owned,
    };
    Some(line)
}

/// What follows `<14>`.
fn priority(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"<")?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=3).contains(&digits).then_some(())?;
    rest.get(digits..)?.strip_prefix(b">")
}

/// RFC 5424 behind its version: time, host, app, process, message id, structured data, text.
fn structured(rest: &[u8]) -> Option<Line<'_>> {
    let (_, rest) = word(rest)?;
    let (host, rest) = word(rest)?;
    let (app, rest) = word(rest)?;
    let (pid, rest) = word(rest)?;
    let (_, rest) = word(rest)?;
    let body = behind_data(rest)?;
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    Some(Line {
        body: Cow::Borrowed(body),
        source: Cow::Owned(process(host, app, pid)),
        ..Line::default()
    })
}

fn word(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    Some((std::str::from_utf8(text.get(..end)?).ok()?, text.get(end + 1..)?))
}

/// What follows the structured data: `-`, or elements in brackets whose values may hold escaped
/// quotes and brackets.
fn behind_data(text: &[u8]) -> Option<&[u8]> {
    let mut rest = match text.strip_prefix(b"-") {
        Some(rest) => rest,
        None => text,
    };
    while let Some(inner) = rest.strip_prefix(b"[") {
        let mut quoted = false;
        let mut escaped = false;
        let end = inner.iter().position(|&b| {
            let ends = b == b']' && !quoted;
            quoted ^= b == b'"' && !escaped;
            escaped = quoted && b == b'\\' && !escaped;
            ends
        })?;
        rest = inner.get(end + 1..)?;
    }
    match rest {
        [] => Some(rest),
        [b' ', body @ ..] => Some(body),
        _ => None,
    }
}

/// RFC 3164 behind its priority: `Apr 14 05:20:00 host tag[pid]: text`.
fn bsd(rest: &[u8]) -> Option<Line<'_>> {
    tagged(behind_bsd_time(rest)?)
}

fn behind_bsd_time(text: &[u8]) -> Option<&[u8]> {
    const FORM: &[u8] = b"Aaa dd dd:dd:dd ";
    let head = text.get(..FORM.len())?;
    let fits = |(at, (&form, &byte)): (usize, (&u8, &u8))| match form {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        // The day may be padded with a blank.
        b'd' => byte.is_ascii_digit() || (at == 4 && byte == b' '),
        other => byte == other,
    };
    FORM.iter().zip(head).enumerate().all(fits).then(|| text.get(FORM.len()..))?
}

/// A line of a file: `2022-04-14T05:20:00.000402+00:00 host tag[pid]: text`, or with a BSD time.
fn file(line: &[u8]) -> Option<Line<'_>> {
    if let Some(rest) = behind_bsd_time(line) {
        return tagged(rest);
    }
    let (time, rest) = time::rfc3339(line)?;
    if time.zone != ZoneForm::Colon || time.fraction == 0 {
        return None;
    }
    tagged(rest)
}

/// `host tag[pid]: text`
pub(super) fn tagged(rest: &[u8]) -> Option<Line<'_>> {
    let (host, rest) = word(rest)?;
    let colon = memchr::memchr(b':', rest)?;
    let tag = std::str::from_utf8(rest.get(..colon)?).ok()?;
    let (name, pid) = match tag.strip_suffix(']').and_then(|tag| tag.split_once('[')) {
        Some((name, pid)) => (name, pid),
        None => (tag, ""),
    };
    let plain =
        |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '|');
    if !plain(name) || !plain(host) {
        return None;
    }
    let body = rest.get(colon + 1..)?;
    let body = body.strip_prefix(b" ").unwrap_or(body);
    Some(Line {
        body: Cow::Borrowed(body),
        source: Cow::Owned(process(host, name, pid)),
        ..Line::default()
    })
}

/// rsyslog writes control bytes as `#011`, which sticks to the text behind it.
fn unescape(body: &[u8]) -> Cow<'_, [u8]> {
    let control = |at: usize| match body.get(at..at + 4) {
        Some(&[b'#', b'0', high @ b'0'..=b'3', low @ b'0'..=b'7']) => {
            Some((high - b'0') * 8 + (low - b'0'))
        }
        _ => None,
    };
    if !memchr::memchr_iter(b'#', body).any(|at| control(at).is_some()) {
        return Cow::Borrowed(body);
    }
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let control = control(at);
        out.push(control.unwrap_or(byte));
        at += if control.is_some() { 4 } else { 1 };
    }
    Cow::Owned(out)
}
