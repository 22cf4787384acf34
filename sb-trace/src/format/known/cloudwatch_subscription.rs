//! `cloudwatch-subscription`: what a subscription filter sends, as it is, through Firehose (joined
//! without anything between), or in base64 of gzip as Kinesis and Lambda's test events have it.

use crate::body::{Json, RecordId};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::Read;

/// A body is at most 1 MiB packed; more than this unpacked is an attack.
const LARGEST: u64 = 64 << 20;

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-subscription",
    family: "cloudwatch",
    example: r#"{"messageType":"DATA_MESSAGE","logStream":"..","logEvents":[{"id":"..","message":"1600776870140+0000|PRE_INVOKED\n"}]}"#,
    id: "the request id in the message, else that of the START..END around it in its stream",
    source: "logStream",
    brackets: Brackets::OfSource,
    samples: &[
        "cloudwatch-subscription.json",
        "cloudwatch-subscription-awslogs.json",
        "cloudwatch-subscription-firehose.gz",
        "cloudwatch-subscription-kinesis.json",
    ],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| {
            keys.has("messageType") && keys.has("logEvents")
                || keys.has("awslogs.data")
                || keys.has("Records[].kinesis.data")
                || keys.has("Records[].Data")
                || keys.has("deliveryStreamArn") && keys.has("records[].data")
        },
        read,
        encoded: |raw| memchr::memmem::find(raw, b"ata\"").is_some(),
    }),
};

fn read(json: &Json<'_>, out: &mut Out<'_, '_>) {
    let events = json.get("logEvents").map(Json::array);
    if let Some(events) = events {
        let stream = json.get_text("logStream").unwrap_or_default();
        for event in events {
            let message = event.get_text("message").unwrap_or_default();
            let unique = event.get_text("id").unwrap_or_default();
            out.record(message.as_bytes(), RecordId::default(), stream, unique);
        }
        return;
    }
    let of_records = json.get("Records").or_else(|| json.get("records"));
    let of_records = of_records.map(Json::array).unwrap_or_default();
    let places = ["kinesis.data", "Data", "data"];
    let packed = of_records.iter().map(|r| places.iter().find_map(|place| r.at(place)));
    for data in packed.chain([json.at("awslogs.data")]).flatten() {
        match data.text().and_then(unpack) {
            Some(text) => {
                if let Some(inner) = Json::parse(&text) {
                    read(&inner, out);
                }
            }
            None => out.generic(data),
        }
    }
}

fn unpack(data: &str) -> Option<Vec<u8>> {
    let packed = STANDARD.decode(data.trim()).ok()?;
    let mut text = Vec::new();
    let decoder = flate2::read::MultiGzDecoder::new(packed.as_slice());
    decoder.take(LARGEST).read_to_end(&mut text).ok()?;
    // Only once: what is inside is no further envelope.
    memchr::memmem::find(&text, b"\"logEvents\"").map(|_| text)
}
