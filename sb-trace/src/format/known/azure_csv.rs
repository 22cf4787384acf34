//! `azure-csv`: what the Azure portal downloads for a query on the traces table.

use crate::format::{Brackets, CsvShape, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "azure-csv",
    family: "azure",
    example: "\"timestamp [UTC]\",message,customDimensions,\"operation_Id\",\"cloud_RoleInstance\"",
    id: "customDimensions.InvocationId, else operation_Id",
    source: "cloud_RoleInstance",
    brackets: Brackets::Never,
    samples: &["azure-portal.csv", "azure-apptraces.csv"],
    shape: Shape::Csv(CsvShape {
        claims: |header| {
            let has = |name: &str| header.contains(&name);
            let times = ["timestamp [UTC]", "TimeGenerated [UTC]", "operation_Id", "OperationId"];
            (has("message") || has("Message")) && times.iter().any(|name| has(name))
        },
        body: &["message", "Message"],
        id: &[],
        dimensions: &["customDimensions", "Properties"],
        operation: &["operation_Id", "OperationId"],
        source: &["cloud_RoleInstance", "AppRoleInstance"],
        unique: &[],
    }),
};
