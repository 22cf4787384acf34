//! The key `sb` in a table's metadata: how the table was made. No clock time stands in it, so
//! that the same input gives the same bytes.

use crate::accounting::FileInfo;
use crate::options::Options;
use crate::options::{Grouping, PairChoice};
use serde_json::{Value, json};

/// Version of the tables' columns; it grows when a column is renamed, removed or changes its type.
pub const SCHEMA_VERSION: u32 = 2;

/// The metadata of a table made from these files with these options.
pub fn metadata(files: &[FileInfo], options: &Options) -> Value {
    let by = match &options.by {
        Grouping::Auto => "auto".to_owned(),
        Grouping::Id => "id".to_owned(),
        Grouping::Source => "source".to_owned(),
        Grouping::File => "file".to_owned(),
        Grouping::Label(label) => format!("label={label}"),
    };
    let pairs = match &options.pairs {
        PairChoice::Consecutive => json!("consecutive"),
        PairChoice::All => json!("all"),
        PairChoice::Named(pairs) => pairs.iter().map(|p| format!("{}->{}", p.from, p.to)).collect(),
    };
    json!({
        "schema_version": SCHEMA_VERSION,
        "tool": "sb-trace",
        "tool_version": env!("CARGO_PKG_VERSION"),
        "inputs": files.iter().map(|f| json!({"name": f.name, "format": f.format, "lines": f.lines, "statements": f.statements})).collect::<Vec<_>>(),
        "options": {
            "epoch_unit": options.epoch_unit.text(),
            "by": by,
            "pairs": pairs,
            "expect": options.expect,
            "max_trace_ns": options.max_trace_ns,
        },
        "quantile": "hyndman_fan_7",
    })
}
