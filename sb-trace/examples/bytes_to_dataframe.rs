//! From the bytes of a log to dataframes of latencies and of their figures.
//!
//! Run it with: cargo run --release --example bytes_to_dataframe -- app.log

use sb_trace::{Input, Options, Silent, frames, stats};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let input = match std::env::args().nth(1) {
        Some(path) => Input::file(path),
        None => Input::bytes(
            "orders.log",
            "1600776870140+0000|CALLED trace_id=7f\n1600776870152+0200|ANSWERED trace_id=7f\n",
        ),
    };
    let latencies = frames::latencies(&[input], &Options::default(), &Silent)?;
    let figures = frames::figures(&latencies, &stats::DEFAULT_PERCENTILES, &[])?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} latencies, columns {:?}", latencies.height(), latencies.get_column_names())?;
    writeln!(out, "{:?}", figures.select(["pair", "n", "mean_ms", "p50_ms", "p99_ms"])?)?;
    Ok(())
}
