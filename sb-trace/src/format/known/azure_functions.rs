//! `azure-functions`: the console of `func start` and the portal's log stream.

use crate::body::time::{self, ZoneForm};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "azure-functions",
    family: "azure",
    example: "[2022-04-14T05:20:00.001Z] 1600776870140+0000|PRE_INVOKED",
    // Executions overlap in one host, so Executing and Executed enclose nothing.
    id: "none: query Application Insights for customDimensions.InvocationId",
    source: "none",
    brackets: Brackets::Never,
    samples: &["azure-functions.txt", "azure-log-stream.txt"],
    shape: Shape::Lines(LineShape::new(open)),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let body = console(line).or_else(|| stream(line))?;
    Some(Line { body: Cow::Borrowed(body), ..Line::default() })
}

/// `[2022-04-14T05:20:00.001Z] text`
fn console(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"[")?;
    let time = time::read(rest).filter(|time| time.zone == ZoneForm::Z)?;
    let rest = rest.get(time.length..)?.strip_prefix(b"]")?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// `2022-04-14T05:20:00.001 [Information] text`, in newer ones with a zone.
fn stream(line: &[u8]) -> Option<&[u8]> {
    const LEVELS: [&[u8]; 7] =
        [b"Information", b"Warning", b"Error", b"Debug", b"Trace", b"Critical", b"Verbose"];
    let time = time::read(line).filter(|time| !time.blank)?;
    let rest =
        line.get(time.length..)?.strip_prefix(b" ")?.trim_ascii_start().strip_prefix(b"[")?;
    let end = memchr::memchr(b']', rest)?;
    LEVELS.contains(&rest.get(..end)?).then_some(())?;
    let rest = rest.get(end + 1..)?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}
