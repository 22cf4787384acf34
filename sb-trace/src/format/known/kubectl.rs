//! `kubectl`: `kubectl logs --prefix [--timestamps]`: `[pod/NAME/CONTAINER]`, text.

use crate::body::time;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "kubectl",
    family: "kubernetes",
    example: "[pod/orders-x2x7k/api] 2022-04-14T05:20:00.000402117Z 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "pod/NAME/CONTAINER",
    brackets: Brackets::Never,
    samples: &["kubectl-prefix-timestamps.txt", "kubectl-prefix.txt"],
    shape: Shape::Lines(LineShape { sure: true, ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', rest)?;
    let source = std::str::from_utf8(rest.get(..end)?).ok()?;
    let known =
        source.starts_with("pod/") && source.split('/').count() == 3 && !source.contains(' ');
    let rest = rest.get(end + 1..)?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let body = time::rfc3339(rest).map_or(rest, |(_, body)| body);
    known.then(|| Line {
        body: Cow::Borrowed(body),
        source: Cow::Borrowed(source),
        ..Line::default()
    })
}
