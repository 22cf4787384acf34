//! `json-lines`: any JSON record with its text in a field: Fluent Bit, Vector, Filebeat (ECS),
//! logcli jsonl, Lambda's JSON log format, and whatever an app's logger writes.

use crate::body::{Json, RecordId, fields, json};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "json-lines",
    family: "json",
    example: r#"{"message":"1600776870140+0000|PRE_INVOKED","requestId":"..","kubernetes":{"pod_name":"orders-x2x7k"}}"#,
    id: "the narrowest id among the fields: requestId, transaction.id, trace.id, ...",
    source: "kubernetes.pod_name, labels.pod, container_name, ...",
    brackets: Brackets::Never,
    samples: &[
        "fluent-bit-kubernetes.jsonl",
        "filebeat-ecs.ndjson",
        "logcli-jsonl.jsonl",
        "lambda-json.jsonl",
        "vector.ndjson",
        "cloudwatch-messages.json",
        "elastic-bulk.ndjson",
        "json-sloppy.jsonl",
        "json-no-ids.jsonl",
        "logcli-jsonl-cri-lambda.jsonl",
        "json-narrowest.jsonl",
        "lambda-invoke-tail.json",
    ],
    shape: Shape::Json(JsonShape { path: &[], claims: |_| true, read, encoded: |_| false }),
};

pub(super) fn read(record: &Json<'_>, out: &mut Out<'_, '_>) {
    let record = record.get("_source").unwrap_or(record);
    if json::signal(record).is_some() {
        out.generic(record);
        return;
    }
    if let Some(packed) = record.get_text("LogResult") {
        out.log_result(packed);
        return;
    }
    let body = fields::text_of(fields::body(record).unwrap_or(record));
    let id = fields::id(record);
    let source = fields::source(record);
    // A shipper that starts again sends the same line again.
    let original = record.at("event.original").and_then(Json::text).unwrap_or_default();
    let unique = if original.is_empty() { String::new() } else { unique(&id, source, original) };
    out.record(&body, id, source, &unique);
}

fn unique(id: &RecordId<'_>, source: &str, original: &str) -> String {
    format!("{}\0{source}\0{original}", id.text)
}
