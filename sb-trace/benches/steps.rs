//! What each step costs, and how that grows with the log:
//!
//! ```sh
//! cargo bench --profile release --workspace --bench steps    # that profile has polars compiled
//! ```
#![expect(clippy::unwrap_used, reason = "a benchmark that fails to set itself up fails")]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use sb_trace::options::PairChoice;
use sb_trace::stats::{DEFAULT_PERCENTILES, Distribution, Summary};
use sb_trace::{EpochUnit, Input, Options, Silent, Target, figures, frames, scan, write_latencies};
use std::fmt::Write;

fn main() {
    divan::main();
}

/// Traces of four statements each.
const TRACES: [usize; 3] = [1_000, 10_000, 100_000];
const LABELS: [&str; 4] = ["PRE_INVOKED", "INVOKED", "WORK_END", "RETURNED"];

/// A log of traces one after the other; the steps between its events differ.
fn log(traces: usize) -> String {
    let mut text = String::new();
    let mut epoch = 1_600_776_870_140u64;
    let mut seed = 7u64;
    for trace in 0..traces {
        for label in LABELS {
            writeln!(text, "{epoch}+0000|{label}").unwrap();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            epoch += (seed >> 59) + u64::try_from(trace % 3).unwrap();
        }
    }
    text
}

/// The same with an id on each line, fifty traces at a time.
fn log_by_id(traces: usize) -> String {
    let mut text = String::new();
    let lines: Vec<String> = log(traces).lines().map(str::to_owned).collect();
    for (batch, lines) in lines.chunks(50 * LABELS.len()).enumerate() {
        for step in 0..LABELS.len() {
            for (trace, line) in lines.iter().skip(step).step_by(LABELS.len()).enumerate() {
                let id = batch * 50 + trace;
                writeln!(text, "2022-04-14T05:20:00.000Z\treq-{id:08}\tINFO\t{line}").unwrap();
            }
        }
    }
    text
}

fn latencies(traces: usize, pairs: PairChoice) -> usize {
    let options = Options { pairs, ..Options::default() };
    let inputs = [Input::bytes("a.log", log(traces))];
    frames::latencies(&inputs, &options, &Silent).unwrap().height()
}

/// The grammar on each statement of a text.
#[divan::bench(args = TRACES)]
fn parse(bencher: Bencher<'_, '_>, traces: usize) {
    let text = log(traces);
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let mut found = 0;
        scan(black_box(text.as_bytes()), EpochUnit::Ms, |_, _| found += 1);
        found
    });
}

/// Bytes to the table of events.
#[divan::bench(args = TRACES)]
fn events(bencher: Bencher<'_, '_>, traces: usize) {
    let inputs = [Input::bytes("a.log", log(traces))];
    let bytes = BytesCount::new(log(traces).len());
    bencher
        .counter(bytes)
        .bench(|| frames::events(&inputs, &Options::default(), &Silent).unwrap().height());
}

fn bench_figures(bencher: Bencher<'_, '_>, text: String) {
    let bytes = BytesCount::new(text.len());
    let inputs = [Input::bytes("a.log", text)];
    let of = || figures(&inputs, &Options::default(), &DEFAULT_PERCENTILES, &[], &Silent).unwrap();
    bencher.counter(bytes).bench(|| of().summaries.len());
}

/// Bytes to figures, traces assembled by the order of the log.
#[divan::bench(args = TRACES)]
fn figures_by_order(bencher: Bencher<'_, '_>, traces: usize) {
    bench_figures(bencher, log(traces));
}

/// Bytes to figures, traces assembled by ids that alternate.
#[divan::bench(args = TRACES)]
fn figures_by_id(bencher: Bencher<'_, '_>, traces: usize) {
    bench_figures(bencher, log_by_id(traces));
}

/// Bytes to the table of latencies of consecutive labels.
#[divan::bench(args = TRACES)]
fn pair_consecutive(bencher: Bencher<'_, '_>, traces: usize) {
    bencher.bench(|| latencies(traces, PairChoice::Consecutive));
}

/// Bytes to the table of latencies of all pairs of labels.
#[divan::bench(args = TRACES)]
fn pair_all(bencher: Bencher<'_, '_>, traces: usize) {
    bencher.bench(|| latencies(traces, PairChoice::All));
}

/// The figures of latencies that are all different, sorting included.
#[divan::bench(args = TRACES)]
fn statistics(bencher: Bencher<'_, '_>, latencies: usize) {
    let numbers = (0i64..).take(latencies);
    let all: Vec<i64> = numbers.map(|n| n.wrapping_mul(7_919_000_003) % 1_000_000_007).collect();
    bencher.counter(ItemsCount::new(latencies)).bench(|| {
        let sorted = Distribution::of(black_box(&all).clone());
        Summary::of_distribution(String::new(), String::new(), &sorted, 0, &DEFAULT_PERCENTILES)
    });
}

/// Bytes to a Parquet file of latencies.
#[divan::bench(args = TRACES)]
fn parquet(bencher: Bencher<'_, '_>, traces: usize) {
    let inputs = [Input::bytes("a.log", log(traces))];
    let path = std::env::temp_dir().join("sb-bench.parquet");
    bencher.counter(ItemsCount::new(4 * traces)).bench(|| {
        let to = (Target::File(&path), None);
        write_latencies(&inputs, &Options::default(), &Silent, to).unwrap().1
    });
}
