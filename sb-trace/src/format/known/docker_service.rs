//! `docker-service`: `docker service logs`: `service.slot.id@node`, bar, text; a time before it.

use crate::body::time;
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "docker-service",
    family: "docker",
    example: "shop_api.1.k027kb6dsgwz@node-a    | 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "the task, service.slot.id@node",
    brackets: Brackets::Never,
    samples: &["docker-service.txt", "docker-service-payloads.txt"],
    shape: Shape::Lines(LineShape { sure: true, ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let rest = time::rfc3339(line).map_or(line, |(_, rest)| rest);
    let bar = memchr::memchr(b'|', rest)?;
    let name = std::str::from_utf8(rest.get(..bar)?).ok()?;
    let task = name.trim_end();
    let (service, node) = task.split_once('@')?;
    let mut parts = service.rsplit('.');
    let id = parts.next()?;
    let slot = parts.next()?;
    let fits = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
    // A global service has the node's id for a slot.
    let known = fits(service)
        && fits(node)
        && name.len() > task.len()
        && (8..=25).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
        && slot.bytes().all(|b| b.is_ascii_alphanumeric());
    let body = rest.get(bar + 1..)?;
    let body = body.strip_prefix(b" ").unwrap_or(body);
    known.then(|| Line {
        body: Cow::Borrowed(body),
        source: Cow::Borrowed(task),
        ..Line::default()
    })
}
