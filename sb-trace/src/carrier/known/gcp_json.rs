//! `gcp-json`: `gcloud logging read --format=json`, and entries of a log sink, one a line.

use crate::carrier::json::Out;
use crate::carrier::{Brackets, Carrier, JsonShape, Shape};
use crate::payload::{Id, Json, fields};

pub(in crate::carrier) static CARRIER: Carrier = Carrier {
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
    let payload = || {
        let payload = entry.get("jsonPayload")?;
        let text = ["message", "msg"].iter().find_map(|key| payload.get(key));
        Some(text.unwrap_or(payload))
    };
    let Some(body) = entry.get("textPayload").or_else(payload) else {
        return;
    };
    let text = |path: &str| entry.at(path).and_then(Json::text).unwrap_or_default();
    let id = Id::invocation(text("labels.execution_id")).or(Id::trace_path(text("trace")));
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
