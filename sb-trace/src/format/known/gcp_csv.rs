//! `gcp-csv`: `gcloud logging read --format="csv(..)"`: headings are the last part of each path.

use crate::format::{Brackets, CsvShape, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "gcp-csv",
    family: "gcp",
    example: "timestamp,execution_id,text_payload",
    id: "execution_id, else the trace",
    source: "function_name",
    brackets: Brackets::Never,
    samples: &["gcp-logging-csv.csv", "gcp-logging-columns.csv", "gcp-logging-message.csv"],
    shape: Shape::Csv(CsvShape {
        claims: |header| {
            let has = |name: &str| header.contains(&name);
            has("text_payload") || has("execution_id") && has("message")
        },
        body: &["text_payload", "message", "msg"],
        id: &["execution_id"],
        dimensions: &[],
        operation: &["trace"],
        source: &["function_name", "service_name", "instance_id"],
        unique: &["insert_id"],
    }),
};
