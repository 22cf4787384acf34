//! `cloudwatch-events`: the answer of `aws logs filter-log-events` and `get-log-events`.

use crate::body::{Json, RecordId};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-events",
    family: "cloudwatch",
    example: r#"{"events":[{"logStreamName":"..","timestamp":1600776870140,"message":"1600776870140+0000|PRE_INVOKED\n","eventId":".."}]}"#,
    id: "the request id in the message, else that of the START..END around it in its stream",
    source: "logStreamName",
    // Without stream names it is one stream: that is what get-log-events asks for.
    brackets: Brackets::OneStream,
    samples: &[
        "cloudwatch-filter-log-events.json",
        "cloudwatch-get-log-events.json",
        "cloudwatch-events-query.json",
        "cloudwatch-events-brackets.json",
        "cloudwatch-events-paged.json",
        "cloudwatch-events-stray.json",
        "cloudwatch-events-empty-page.json",
        "cloudwatch-events-dotnet.json",
        "cloudwatch-events-half-character.json",
        "cloudwatch-events-managed.json",
    ],
    shape: Shape::Json(JsonShape {
        path: &["events"],
        claims: |keys| {
            // A page may be empty, and the names of all streams may stand before its events. The
            // last is what `--query events` leaves of it.
            let page = ["searchedLogStreams", "nextToken", "nextForwardToken", "events[].message"];
            let answer = keys.has("events") && page.iter().any(|key| keys.has(key))
                || keys.has("searchedLogStreams[].logStreamName");
            answer || keys.has("message") && keys.has("eventId")
        },
        read,
        encoded: |_| false,
    }),
};

fn read(event: &Json<'_>, out: &mut Out<'_, '_>) {
    for event in event.array() {
        read(event, out);
    }
    if !event.array().is_empty() {
        return;
    }
    let Some(message) = event.get_text("message").or(event.text()) else {
        out.generic(event);
        return;
    };
    let stream = event.get_text("logStreamName").unwrap_or_default();
    let unique = event.get_text("eventId").unwrap_or_default();
    out.record(message.as_bytes(), RecordId::default(), stream, unique);
}
