//! `cloudwatch-insights-json`: the answer of `aws logs get-query-results`.

use crate::body::{Json, RecordId};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-insights-json",
    family: "cloudwatch",
    example: r#"{"results":[[{"field":"@message","value":"1600776870140+0000|PRE_INVOKED\n"},{"field":"@requestId","value":".."}]]}"#,
    id: "@requestId, else the request id in the message",
    source: "@logStream",
    // Newest first, filtered and limited.
    brackets: Brackets::Never,
    samples: &[
        "cloudwatch-insights-json.json",
        "cloudwatch-insights-query.json",
        "cloudwatch-insights-running.json",
    ],
    shape: Shape::Json(JsonShape {
        path: &["results"],
        claims: |keys| {
            let answer = keys.has("results") && keys.has("statistics") && keys.has("status");
            answer || keys.has("results[][].field") || keys.has("[][].field")
        },
        read,
        encoded: |_| false,
    }),
};

fn read(row: &Json<'_>, out: &mut Out<'_, '_>) {
    // Without the key that they stand under, all rows come at once.
    for row in row.array().iter().filter(|row| !row.array().is_empty()) {
        read(row, out);
    }
    if row.array().iter().any(|row| !row.array().is_empty()) {
        return;
    }
    let field = |name: &str| {
        let cell = row.array().iter().find(|cell| cell.get_text("field") == Some(name));
        cell.and_then(|cell| cell.get_text("value")).unwrap_or_default()
    };
    let message = match field("@message") {
        "" => field("message"),
        message => message,
    };
    if message.is_empty() {
        out.generic(row);
        return;
    }
    out.record(
        message.as_bytes(),
        RecordId::invocation(field("@requestId")),
        field("@logStream"),
        "",
    );
}
