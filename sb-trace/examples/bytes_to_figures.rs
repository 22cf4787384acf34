//! From log files to the figures of their pairs: what `sb-trace stats` prints.
//!
//! ```sh
//! cargo run --release -p sb-trace --example bytes_to_figures -- LOG...
//! ```
#![expect(clippy::print_stdout, reason = "an example prints")]

use sb_trace::{Error, Options, Silent, expand, figures, stats};

fn main() -> Result<(), Error> {
    let logs: Vec<String> = std::env::args().skip(1).collect();
    let figures =
        figures(&expand(&logs)?, &Options::default(), &stats::DEFAULT_PERCENTILES, &[], &Silent)?;
    for summary in &figures.summaries {
        println!("{} n={} mean={:?} ms", summary.pair, summary.n, summary.mean_ms);
        for percentile in &summary.percentiles {
            println!("  p{} = {:?} ms", percentile.percent, percentile.value_ms);
        }
    }
    Ok(())
}
