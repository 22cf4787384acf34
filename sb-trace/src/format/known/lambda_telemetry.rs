//! `lambda-telemetry`: batches of the Lambda Telemetry API, as an extension gets them.

use crate::body::{Json, RecordId, fields, json};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "lambda-telemetry",
    family: "lambda",
    example: r#"[{"time":"..","type":"function","record":"1600776870140+0000|PRE_INVOKED\n"}]"#,
    id: "the request id in the record, else that of the platform.start..runtimeDone around it",
    source: "none",
    brackets: Brackets::OneStream,
    samples: &["lambda-telemetry.json", "lambda-telemetry-batches.json"],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| {
            keys.array
                && keys.has("record")
                && keys.has("type")
                && keys.only(&["time", "type", "record"])
        },
        read,
        encoded: |_| false,
    }),
};

fn read(event: &Json<'_>, out: &mut Out<'_, '_>) {
    if json::signal(event).is_some() {
        out.generic(event);
        return;
    }
    match event.get("record") {
        Some(Json::Text(text)) => out.record(text.as_bytes(), RecordId::default(), "", ""),
        Some(record) => {
            let body = fields::text_of(fields::body(record).unwrap_or(record));
            out.record(&body, fields::id(record), "", "");
        }
        None => out.generic(event),
    }
}
