//! `loki-json`: the answer of Loki's query API. It groups lines by stream.

use super::logcli::ids;
use crate::body::{Json, fields};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "loki-json",
    family: "loki",
    example: r#"{"data":{"resultType":"streams","result":[{"stream":{"pod":"orders-1"},"values":[["1650000000000402117","1600776870140+0000|PRE_INVOKED"]]}]}}"#,
    id: "an id among the labels or the structured metadata",
    source: "the label pod, container, instance or host",
    brackets: Brackets::Never,
    samples: &["loki-api.json"],
    shape: Shape::Json(JsonShape {
        path: &["data", "result"],
        claims: |keys| keys.has("data.result[].stream") && keys.has("data.result[].values"),
        read,
        encoded: |_| false,
    }),
};

fn read(stream: &Json<'_>, out: &mut Out<'_, '_>) {
    let (Some(labels), Some(values)) = (stream.get("stream"), stream.get("values")) else {
        out.generic(stream);
        return;
    };
    let (id, source) = ids(labels);
    for value in values.array() {
        let mut parts = value.array().iter().skip(1);
        let Some(line) = parts.next().and_then(Json::text) else { continue };
        // Structured metadata is of this line only, so its id goes first.
        let own = parts.next().map(|metadata| {
            let metadata = metadata.get("structuredMetadata").unwrap_or(metadata);
            fields::id(metadata)
        });
        let id = own.unwrap_or_default().or(id.clone());
        out.record(line.as_bytes(), id, &source, "");
    }
}
