//! `logcli`: `logcli query`, default output: time, label set, line.

use crate::body::{Json, RecordId, fields, time};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

/// Labels that name the source; the first wins.
pub(super) const SOURCES: [&str; 6] =
    ["pod", "container", "instance", "host", "pod_name", "hostname"];

pub(in crate::format) static FORMAT: Format = Format {
    name: "logcli",
    family: "loki",
    example: r#"2022-04-14T05:20:00Z {app="orders", pod="orders-x2x7k"} 1600776870140+0000|PRE_INVOKED"#,
    id: "an id among the labels",
    source: "the label pod, container, instance or host",
    brackets: Brackets::Never,
    samples: &["loki-logcli.txt", "loki-logcli-colour.txt", "loki-logcli-payloads.txt"],
    shape: Shape::Lines(LineShape { sure: true, ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let (_, rest) = time::rfc3339(line)?;
    let (labels, rest) = labels(rest)?;
    let body = rest.trim_ascii_start();
    let (id, source) = ids(&Json::Object(labels));
    Some(Line { body: Cow::Borrowed(body), id, source: Cow::Owned(source), ..Line::default() })
}

/// The id and the source that a set of labels names.
pub(super) fn ids(labels: &Json<'_>) -> (RecordId<'static>, String) {
    let source = SOURCES.iter().find_map(|label| labels.get_text(label)).unwrap_or_default();
    (fields::id(labels).into_owned(), source.to_owned())
}

type Labels<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// `{a="b", c="d"}`, whose values may hold anything, and what follows.
fn labels(text: &[u8]) -> Option<(Labels<'_>, &[u8])> {
    let mut rest = text.strip_prefix(b"{")?;
    let mut labels = Vec::new();
    loop {
        rest = rest.strip_prefix(b", ").or_else(|| rest.strip_prefix(b",")).unwrap_or(rest);
        if let Some(rest) = rest.strip_prefix(b"}") {
            return Some((labels, rest));
        }
        let equals = memchr::memchr(b'=', rest)?;
        let name = std::str::from_utf8(rest.get(..equals)?).ok()?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        let value = rest.get(equals + 1..)?.strip_prefix(b"\"")?;
        let mut escaped = false;
        let end = value.iter().position(|&b| {
            let ends = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        })?;
        let text = std::str::from_utf8(value.get(..end)?).ok()?;
        // Quoted as Go does, which is as JSON does for all that a label holds.
        let quoted = rest.get(equals + 1..equals + 1 + end + 2)?;
        let escaped = if text.contains('\\') { Json::parse(quoted) } else { None };
        let value_of = escaped.unwrap_or(Json::Text(Cow::Borrowed(text)));
        labels.push((Cow::Borrowed(name), value_of));
        rest = value.get(end + 1..)?;
    }
}
