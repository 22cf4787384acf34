//! `cloudwatch-console-csv`: what the CloudWatch console's log viewer downloads.

use crate::format::{Brackets, CsvShape, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-console-csv",
    family: "cloudwatch",
    example: "timestamp,message",
    id: "the request id in the message",
    source: "none",
    brackets: Brackets::Never,
    samples: &["cloudwatch-console.csv"],
    shape: Shape::Csv(CsvShape {
        claims: |header| header == ["timestamp", "message"],
        body: &["message"],
        id: &[],
        dimensions: &[],
        operation: &[],
        source: &[],
        unique: &[],
    }),
};
