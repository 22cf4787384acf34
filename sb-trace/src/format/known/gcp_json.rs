//! `gcp-json`: `gcloud logging read --format=json`, and entries of a log parser, one a line.

use crate::body::{Json, RecordId, fields};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "gcp-json",
    family: "gcp",
    example: r#"[{"insertId":"..","labels":{"execution_id":"frkq7v4h4s86"},"logName":"..","textPayload":"1600776870140+0000|PRE_INVOKED"}]"#,
    id: "labels.execution_id, else the trace",
    source: "the function, else labels.instanceId, else the service",
    brackets: Brackets::Never,
    samples: &["gcp-logging-read.json", "gcp-sink.jsonl", "gcp-logging-payloads.json"],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| keys.has("logName"),
        read,
        encoded: |_| false,
    }),
};

fn read(entry: &Json<'_>, out: &mut Out<'_, '_>) {
    let body = || {
        let body = entry.get("jsonPayload")?;
        let text = ["message", "msg"].iter().find_map(|key| body.get(key));
        Some(text.unwrap_or(body))
    };
    let Some(body) = entry.get("textPayload").or_else(body) else {
        return;
    };
    let text = |path: &str| entry.at(path).and_then(Json::text).unwrap_or_default();
    let id =
        RecordId::invocation(text("labels.execution_id")).or(RecordId::trace_path(text("trace")));
    let source =
        ["resource.labels.function_name", "labels.instanceId", "resource.labels.service_name"]
            .iter()
            .map(|path| text(path))
            .find(|source| !source.is_empty());
    let unique = match text("insertId") {
        "" => String::new(),
        id => format!("{}\0{}\0{id}", text("logName"), text("timestamp")),
    };
    out.record(&fields::text_of(body), id, source.unwrap_or_default(), &unique);
}
