//! `openwhisk` as JSON: activations with their logs, from `wsk activation get`, `list --full` or
//! the API.

use super::openwhisk::behind_stream;
use crate::body::{Json, RecordId};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "openwhisk",
    family: "openwhisk",
    example: r#"{"name":"orders","activationId":"..","logs":["2022-04-14T05:20:00.000402117Z stdout: 1600776870140+0000|PRE_INVOKED"]}"#,
    id: "activationId",
    source: "the action",
    brackets: Brackets::Never,
    samples: &[
        "openwhisk-activation.json",
        "openwhisk-activation-get.txt",
        "openwhisk-activation-list.json",
    ],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| keys.has("activationId") && keys.has("logs"),
        read,
        encoded: |_| false,
    }),
};

fn read(activation: &Json<'_>, out: &mut Out<'_, '_>) {
    let Some(logs) = activation.get("logs") else {
        out.generic(activation);
        return;
    };
    let id = RecordId::invocation(activation.get_text("activationId").unwrap_or_default());
    let name = activation.get_text("name").unwrap_or_default();
    for line in logs.array().iter().filter_map(Json::text) {
        let text = behind_stream(line.as_bytes()).unwrap_or(line.as_bytes());
        out.record(text, id.clone(), name, "");
    }
}
