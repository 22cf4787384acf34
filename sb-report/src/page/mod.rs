//! The page and the summaries: words and numbers of the model, put into their forms.

mod context;
mod html;
mod more;
mod sections;
mod summary;

pub use html::html;
pub(crate) use summary::limits;
pub use summary::{json, markdown};

use crate::model::Report;
use std::collections::BTreeSet;

/// What lies beside the page.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// SHA-256 of the table of latencies, in hexadecimal digits.
    pub sha256: &'a str,
    /// Whether there is a table of events.
    pub events: bool,
}

/// The lines that load the latencies in pandas, polars and DuckDB and give the percentiles of the
/// page's first table: by pair, and by what the runs differ in where they are not taken together.
pub fn load_lines(path: &str, report: &Report) -> [String; 3] {
    let mut by = Vec::new();
    let chosen = report.groups.first().map(|g| g.values.as_slice()).unwrap_or_default();
    if report.groups.len() > 1 && !chosen.is_empty() {
        by.extend(chosen.iter().map(|(column, _)| column.clone()));
    } else if report.groups.len() > 1 {
        by.extend(["benchmark", "provider", "region"].map(str::to_owned));
        let tags =
            report.runs.iter().flat_map(|r| r.run.tags.iter().map(|(k, _)| format!("tag_{k}")));
        by.extend(tags.collect::<BTreeSet<_>>());
    }
    by.push("pair".to_owned());
    let quoted = by.iter().map(|c| format!("'{c}'")).collect::<Vec<_>>().join(", ");
    let plain = by.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    // A column that is null in all rows would make pandas drop every group.
    let dropna = if by.len() > 1 { ", dropna=False" } else { "" };
    [
        format!(
            "pandas.read_parquet('{path}').groupby([{quoted}]{dropna}).latency_ms.quantile([.5, .9, .95, .99]).unstack()"
        ),
        format!(
            "polars.read_parquet('{path}').group_by({quoted}).agg(polars.col('latency_ms').quantile(q, interpolation='linear').alias(f'p{{q * 100:g}}') for q in (.5, .9, .95, .99))"
        ),
        format!(
            "duckdb.sql(\"\"\"select {plain}, quantile_cont(latency_ms, [.5, .9, .95, .99]) as percentiles from '{path}' group by all\"\"\")"
        ),
    ]
}
