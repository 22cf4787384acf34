//! The page and the summaries: words and numbers of the model, put into their forms.

mod context;
mod html;
mod summary;

pub use html::html;
pub use summary::{json, markdown};

/// The lines that load the latencies in pandas, polars and DuckDB and give the numbers shown.
pub fn load_lines(path: &str) -> [String; 3] {
    [
        format!("pandas.read_parquet('{path}').groupby('pair').latency_ms.quantile(.99)"),
        format!(
            "polars.read_parquet('{path}').group_by('pair').agg(polars.col('latency_ms').quantile(.99, interpolation='linear'))"
        ),
        format!(
            "duckdb.sql(\"select pair, quantile_cont(latency_ms, .99) from '{path}' group by pair\")"
        ),
    ]
}
