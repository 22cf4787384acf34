//! `cloudwatch-insights-csv`: an export of Logs Insights; its columns are those of the query.

use crate::format::{Brackets, CsvShape, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "cloudwatch-insights-csv",
    family: "cloudwatch",
    example: "@timestamp,@message,@logStream,@requestId",
    id: "@requestId, else the request id in the message",
    source: "@logStream",
    // Newest first, filtered and limited.
    brackets: Brackets::Never,
    samples: &[
        "cloudwatch-insights.csv",
        "cloudwatch-insights-requestid.csv",
        "cloudwatch-insights-message.csv",
    ],
    shape: Shape::Csv(CsvShape {
        claims: |header| header.contains(&"@message"),
        body: &["@message"],
        id: &["@requestId"],
        dimensions: &[],
        operation: &[],
        source: &["@logStream"],
        unique: &[],
    }),
};
