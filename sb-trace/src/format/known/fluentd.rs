//! `fluentd`: its files and its standard output: time, tag, JSON. Docker's fluentd driver cuts long
//! lines in records with the same partial_id.

use super::docker_compose;
use crate::body::{Json, fields, fluentd};
use crate::format::{Brackets, Format, Line, LineShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "fluentd",
    family: "fluent",
    example: r#"2022-04-14T14:20:00+09:00\tdocker.app\t{"log":"1600776870140+0000|PRE_INVOKED","container_name":"/app-1"}"#,
    id: "an id among the fields",
    source: "kubernetes.pod_name or container_name",
    brackets: Brackets::Never,
    samples: &[
        "fluentd-file.log",
        "fluentd-stdout.log",
        "fluentd-file-comma.log",
        "fluentd-docker-parts.log",
        "fluentd-compose.txt",
    ],
    shape: Shape::Lines(LineShape { in_parts: &["\"partial_message\""], ..LineShape::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let Some(json) = fluentd::behind_tag(line) else {
        // Under compose: what it writes names the container that it is of, not its own.
        let (_, rest) = docker_compose::name(line)?;
        return read(fluentd::behind_tag(rest)?);
    };
    read(json)
}

fn read(json: &[u8]) -> Option<Line<'_>> {
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
