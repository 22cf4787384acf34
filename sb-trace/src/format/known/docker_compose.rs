//! `docker-compose`: `docker compose logs`: container, bar, text. With `-t` the time comes after.

use crate::body::time;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "docker-compose",
    family: "docker",
    example: "api-1     | 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "the container",
    brackets: Brackets::Never,
    samples: &[
        "docker-compose-logs.txt",
        "docker-compose-v1.txt",
        "docker-compose-timestamps.txt",
        "docker-compose-payloads.txt",
    ],
    shape: Shape::Lines(LineShape::new(open)),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    // `--watch` marks its own lines.
    let line = line.strip_prefix("⦿ ".as_bytes()).unwrap_or(line);
    let (name, rest) = name(line)?;
    let body = time::rfc3339(rest).map_or(rest, |(_, body)| body);
    Some(Line { body: Cow::Borrowed(body), source: Cow::Borrowed(name), ..Line::default() })
}

/// What loggers put before a bar, which looks like a container's name.
const LEVELS: [&str; 9] =
    ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL"];

const LONGEST_LEVEL: usize = 8;

/// Which bytes a name may hold.
static IN_NAME: [bool; 256] = {
    let mut fits = [false; 256];
    let mut byte = 0;
    while byte < fits.len() {
        let b = byte.to_le_bytes()[0];
        fits[byte] = b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        byte += 1;
    }
    fits
};

/// A container's name, blanks, the bar and one blank. A number is no name, nor is a level.
pub(super) fn name(line: &[u8]) -> Option<(&str, &[u8])> {
    let length = line.iter().take_while(|&&b| IN_NAME[usize::from(b)]).count();
    let (name, rest) = line.split_at_checked(length)?;
    let blanks = rest.iter().take_while(|&&b| b == b' ').count();
    let rest = rest.get(blanks..)?.strip_prefix(b"|")?;
    let letters = name.first()?.is_ascii_alphanumeric() && name.iter().any(u8::is_ascii_alphabetic);
    let name = std::str::from_utf8(name).ok().filter(|_| letters && blanks > 0)?;
    let word = name.len() <= LONGEST_LEVEL && name.bytes().all(|b| b.is_ascii_alphabetic());
    let level = word && LEVELS.iter().any(|level| name.eq_ignore_ascii_case(level));
    (!level).then_some((name, rest.strip_prefix(b" ").unwrap_or(rest)))
}
