//! `azure-tables-json`: Application Insights and Log Analytics: tables with their columns apart.

use crate::body::{Json, RecordId, Width, fields};
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "azure-tables-json",
    family: "azure",
    example: r#"{"tables":[{"columns":[{"name":"message"},{"name":"customDimensions"}],"rows":[["1600776870140+0000|PRE_INVOKED","{\"InvocationId\":\"..\"}"]]}]}"#,
    id: "customDimensions.InvocationId, else operation_Id",
    source: "cloud_RoleInstance",
    brackets: Brackets::Never,
    samples: &["azure-appinsights-query.json", "azure-two-tables.json", "azure-dynamic.json"],
    shape: Shape::Json(JsonShape {
        path: &["tables", "rows"],
        claims: |keys| keys.has("tables[].columns"),
        read,
        encoded: |_| false,
    }),
};

fn read(row: &Json<'_>, out: &mut Out<'_, '_>) {
    let columns = columns(out.around);
    let cell = |names: &[&str]| {
        let at = names.iter().find_map(|name| columns.iter().position(|column| column == name))?;
        row.array().get(at)
    };
    let Some(message) = cell(&["message", "Message"]) else {
        out.generic(row);
        return;
    };
    let dimensions = cell(&["customDimensions", "Properties"]).map(fields::invocation_in);
    let operation = cell(&["operation_Id", "OperationId"]).and_then(Json::text);
    let id = dimensions
        .unwrap_or_default()
        .or(RecordId::new(operation.unwrap_or_default(), Width::Operation));
    let source = cell(&["cloud_RoleInstance", "AppRoleInstance"]).and_then(Json::text);
    out.record(&fields::text_of(message), id, source.unwrap_or_default(), "");
}

/// The names of the columns, which stand before the rows.
fn columns(around: &[u8]) -> Vec<String> {
    let found = memchr::memmem::rfind(around, b"\"columns\"");
    let rest = found.and_then(|at| around.get(at + b"\"columns\"".len()..)).unwrap_or_default();
    let start = memchr::memchr(b'[', rest).and_then(|at| rest.get(at..)).unwrap_or_default();
    // What follows the array is the begin of the rows.
    let mut values = serde_json::Deserializer::from_slice(start).into_iter::<Json<'_>>();
    let Some(Ok(columns)) = values.next() else {
        return Vec::new();
    };
    columns
        .array()
        .iter()
        .map(|column| column.get_text("name").unwrap_or_default().to_owned())
        .collect()
}
