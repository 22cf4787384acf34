//! From the bytes of a log to a dataframe of latencies, and from there to a file.
//!
//! Run it with: cargo run --release --example bytes_to_dataframe -- app.log

use sb_trace::{Input, Options, Silent, analyze, frame, stats};
use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let input = match std::env::args().nth(1) {
        Some(path) => Input::file(path),
        None => Input::bytes(
            "orders.log",
            "1600776870140+0000|CALLED trace_id=7f\n1600776870152+0200|ANSWERED trace_id=7f\n",
        ),
    };
    let options = Options::default();
    let analysis = analyze(&[input], &options, &Silent)?;

    let mut table = frame::latencies(&analysis.latencies)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} latencies, columns {:?}", table.height(), table.get_column_names())?;
    for summary in stats::summarize(&analysis.latencies, &[50.0, 99.0], |_| true) {
        writeln!(out, "{} n={} mean={:?} ms", summary.pair, summary.n, summary.mean_ms)?;
    }

    let path = std::env::temp_dir().join("latencies.parquet");
    let metadata = frame::metadata(&analysis.files, &options);
    frame::write_file(&mut table, Path::new(&path), frame::Format::Parquet, &metadata)?;
    Ok(())
}
