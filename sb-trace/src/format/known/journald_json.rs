//! `journald-json`: `journalctl -o json`, `json-seq` and `json-pretty`.

use crate::body::Json;
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};
use std::borrow::Cow;

pub(in crate::format) static FORMAT: Format = Format {
    name: "journald-json",
    family: "journald",
    example: r#"{"__CURSOR":"..","_HOSTNAME":"node-a","SYSLOG_IDENTIFIER":"orders","_PID":"4711","MESSAGE":"1600776870140+0000|PRE_INVOKED"}"#,
    id: "none",
    source: "HOST/IDENTIFIER[PID]",
    brackets: Brackets::Never,
    samples: &[
        "journald.json",
        "journald-pretty.json",
        "journald-seq.json",
        "journald-docker-parts.json",
        "journald-line-max.json",
    ],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| {
            keys.has("MESSAGE") && (keys.has("__CURSOR") || keys.has("__REALTIME_TIMESTAMP"))
                || keys.has("__CURSOR") && keys.has("__REALTIME_TIMESTAMP")
        },
        read,
        encoded,
    }),
};

/// A text may be an array of bytes, and a record may be a part of one.
fn encoded(raw: &[u8]) -> bool {
    let array = memchr::memmem::find(raw, b"MESSAGE\"").is_some_and(|at| {
        let rest = raw.get(at + 8..).unwrap_or_default();
        let value = rest.iter().find(|b| !b.is_ascii_whitespace() && **b != b':');
        value == Some(&b'[')
    });
    array
        || memchr::memmem::find(raw, b"CONTAINER_PARTIAL_MESSAGE").is_some()
        || memchr::memmem::find(raw, b"\"line-max\"").is_some()
}

fn read(record: &Json<'_>, out: &mut Out<'_, '_>) {
    let Some(message) = record.get("MESSAGE").map(text) else {
        return;
    };
    let field = |name: &str| record.get_text(name).unwrap_or_default();
    let name = match field("SYSLOG_IDENTIFIER") {
        "" => field("_COMM"),
        name => name,
    };
    let source = process(field("_HOSTNAME"), name, field("_PID"));
    // Cut by Docker, or by journald itself where a line is too long.
    let more = field("CONTAINER_PARTIAL_MESSAGE") == "true" || field("_LINE_BREAK") == "line-max";
    let known = ["CONTAINER_ID_FULL", "CONTAINER_ID", "CONTAINER_NAME", "_STREAM_ID"];
    let of = known.iter().map(|name| field(name)).find(|value| !value.is_empty());
    let key = of.unwrap_or(&source).as_bytes();
    out.part(&message, key, &source, field("__CURSOR"), more);
}

fn text<'a>(message: &'a Json<'_>) -> Cow<'a, [u8]> {
    match message {
        Json::Text(text) => Cow::Borrowed(text.as_bytes()),
        Json::Array(items) => {
            let mut out = Vec::new();
            for item in items {
                match item {
                    // Bytes, as soon as there is an escape sequence among them.
                    Json::Number(byte) => out.extend(u8::try_from(*byte).ok()),
                    // A field that was given more than once.
                    other => {
                        out.extend_from_slice(&text(other));
                        out.push(b'\n');
                    }
                }
            }
            Cow::Owned(out)
        }
        _ => Cow::Borrowed(b""),
    }
}

/// `HOST/NAME[PID]`, of what is known.
pub(super) fn process(host: &str, name: &str, pid: &str) -> String {
    let known = |text| if text == "-" { "" } else { text };
    let mut out = String::with_capacity(host.len() + name.len() + pid.len() + "/[]".len());
    let (host, name, pid) = (known(host), known(name), known(pid));
    out.push_str(host);
    if !host.is_empty() && !name.is_empty() {
        out.push('/');
    }
    out.push_str(name);
    if !pid.is_empty() && (!name.is_empty() || host.is_empty()) {
        out.extend(["[", pid, "]"]);
    }
    out
}
