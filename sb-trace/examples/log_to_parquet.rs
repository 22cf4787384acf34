//! A log to a Parquet file of its latencies, all columns, and the figures of a pair.
//!
//! Run it with: cargo run --release --example log_to_parquet -- app.log latencies.parquet

use sb_trace::{Options, Silent, Target, expand, figures, stats, write_latencies};
use std::path::Path;

fn main() -> Result<(), sb_trace::Error> {
    let mut args = std::env::args().skip(1);
    let (log, out) = (args.next().unwrap_or_default(), args.next().unwrap_or_default());
    let (inputs, options) = (expand(&[log])?, Options::default());
    let to = (Target::File(Path::new(&out)), None);
    let (_, rows) = write_latencies(&inputs, &options, &Silent, to)?;
    let figures = figures(&inputs, &options, &stats::DEFAULT_PERCENTILES, &[], &Silent)?;
    let p99 = figures.summaries.first().and_then(|first| first.percentile(99.0)?.value_ms);
    assert!(rows > 0 && p99.is_some(), "a log has latencies");
    Ok(())
}
