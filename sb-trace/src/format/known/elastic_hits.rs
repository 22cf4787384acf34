//! `json-lines` as the answer of a search in Elasticsearch: its hits are records.

use super::json_lines::read;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "json-lines",
    family: "json",
    example: r#"{"hits":{"hits":[{"_source":{"message":"1600776870140+0000|PRE_INVOKED","transaction":{"id":".."}}}]}}"#,
    id: "the narrowest id among the fields: requestId, transaction.id, trace.id, ...",
    source: "kubernetes.pod_name, labels.pod, container_name, ...",
    brackets: Brackets::Never,
    samples: &["elastic-hits.json"],
    shape: Shape::Json(JsonShape {
        path: &["hits", "hits"],
        claims: |keys| keys.has("hits.hits[]._source"),
        read,
        encoded: |_| false,
    }),
};
