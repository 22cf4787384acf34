//! `fluentd`: its files and its standard output: time, tag, JSON. Docker's fluentd driver cuts long
//! lines in records with the same partial_id.

use crate::carrier::{Brackets, Carrier, Line, Lines, Shape};
use crate::payload::{Json, fields, time};
use std::borrow::Cow;

pub(in crate::carrier) static CARRIER: Carrier = Carrier {
    name: "fluentd",
    family: "fluent",
    example: r#"2022-04-14T14:20:00+09:00\tdocker.app\t{"log":"1600776870140+0000|PRE_INVOKED","container_name":"/app-1"}"#,
    id: "an id among the fields",
    source: "kubernetes.pod_name or container_name",
    brackets: Brackets::Never,
    samples: &["fluentd-file.log", "fluentd-stdout.log"],
    shape: Shape::Lines(Lines { in_parts: true, ..Lines::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let json = json(line)?;
    if memchr::memmem::find(json, b"\"partial_message\"").is_none() {
        return Some(Line { body: Cow::Borrowed(json), ..Line::default() });
    }
    let record = Json::parse(json)?;
    let Some(body) = fields::body(&record) else {
        return Some(Line { body: Cow::Borrowed(json), ..Line::default() });
    };
    let key = record.get_text("partial_id").unwrap_or_default().as_bytes().to_vec();
    let more = record.get_text("partial_last") != Some("true");
    Some(Line {
        body: Cow::Owned(fields::text_of(body).into_owned()),
        source: Cow::Owned(fields::source(&record).to_owned()),
        part: Some((Cow::Owned(key), more)),
        ..Line::default()
    })
}

/// The JSON of a line: behind the time and the tag, parted by TAB, blank or comma.
fn json(line: &[u8]) -> Option<&[u8]> {
    let at = memchr::memchr(b'{', line)?;
    let (head, json) = line.split_at_checked(at)?;
    let time = time::read(head)?;
    let rest = head.get(time.length..)?;
    let delimiter = |b: u8| matches!(b, b'\t' | b' ' | b',');
    // Standard output parts the zone from the time.
    let zone =
        rest.strip_prefix(b" ").filter(|rest| matches!(rest, [b'+' | b'-', b'0'..=b'9', ..]));
    let rest = match zone {
        Some(rest) => rest.get(5..)?,
        None => rest,
    };
    let (&first, rest) = rest.split_first()?;
    let (&last, tag) = rest.split_last()?;
    let tag = tag.strip_suffix(b":").unwrap_or(tag);
    let known = delimiter(first) && delimiter(last) && !tag.is_empty() && !tag.contains(&b' ');
    (known && json.trim_ascii_end().last() == Some(&b'}')).then_some(json)
}
