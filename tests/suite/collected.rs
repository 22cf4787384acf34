//! What a report is made of, collected in one pass, is what the analysis that keeps everything says.

use sb_tests::Sandbox;
use sb_trace::latency::{Latencies, Latency};
use sb_trace::tables::read_latencies;
use sb_trace::{Analysis, Input, KeptTrace, Options, Silent, analyze};
use sb_trace::{Tables, collect};
use std::fmt::Write;

/// Logs with ids in two files, by order with other lines in between, and of the driver.
fn logs() -> Vec<Input> {
    let (mut front, mut back, mut order) = (String::new(), String::new(), String::new());
    for trace in 0..700i64 {
        let at = 1_600_776_870_000 + trace * 1_000;
        let start = if trace % 9 == 0 { "COLD_START" } else { "WARM_START" };
        let _ =
            write!(front, "{at}Z|SENT trace_id=r{trace}\n\n{}Z|DONE trace_id=r{trace}\n", at + 90);
        let _ = writeln!(back, "{}Z|{start} trace_id=r{trace}", at - 4 + trace % 7);
        let _ = write!(
            order,
            "{at}Z|A\n{}\n{}Z|B\n",
            "other\n".repeat(usize::try_from(trace % 4).unwrap()),
            at + trace % 13
        );
        if trace % 5 > 0 {
            let _ = writeln!(order, "{}Z|C", at + 20);
        }
    }
    order.insert_str(0, "1600776869000Z|SB_INVOKE_START\n");
    [("front.log", front), ("back.log", back), ("order.log", order)]
        .map(|(name, text)| Input::bytes(name, text))
        .to_vec()
}

fn kept(analysis: &Analysis, row: &Latency) -> String {
    let name = |name| analysis.events.names.text(name);
    let id = analysis.latencies.trace_id(row.trace);
    let trace = analysis.traces.traces.iter().find(|trace| name(trace.id) == id).unwrap();
    let mut text = id.to_owned();
    for &place in analysis.traces.events(trace) {
        let event = &analysis.events.rows[place as usize];
        let (label, source) = (name(event.label), name(event.source));
        let _ = write!(text, " {} {label} {source} {}:{}", event.epoch_ns, event.file, event.line);
    }
    text
}

fn words(trace: &KeptTrace) -> String {
    let mut text = trace.id.clone();
    for event in &trace.events {
        let (label, source) = (&event.label, &event.source);
        let _ = write!(text, " {} {label} {source} {}:{}", event.epoch_ns, event.file, event.line);
    }
    text
}

/// All of a row but the number of its trace.
fn row_words(table: &Latencies, row: &Latency) -> String {
    let name = |name| table.names.text(name);
    let pair = table.pair_text(row.pair);
    let labels = (name(row.from_label), name(row.to_label));
    let sources = (name(row.from_source), name(row.to_source));
    let times = (row.start_ns, row.latency_ns, row.seq);
    format!(
        "{} {pair} {labels:?} {sources:?} {times:?} {:?} {}",
        row.run, row.start_class, row.complete
    )
}

#[test]
fn one_pass_collects_what_an_analysis_keeps() {
    for block_bytes in [256, 1 << 18] {
        let sandbox = Sandbox::new();
        let (latencies, events) = (sandbox.path("l.parquet"), sandbox.path("e.parquet"));
        let tables = Tables { latencies: &latencies, events: &events };
        let options = Options { block_bytes, ..Options::default() };
        let collected = collect(&logs(), &options, &Silent, Some(tables)).unwrap();
        let analysis = analyze(&logs(), &options, &Silent).unwrap();
        assert_eq!(collected.latencies.len(), analysis.latencies.len());
        for (here, there) in collected.latencies.rows().zip(analysis.latencies.rows()) {
            let of_analysis = row_words(&analysis.latencies, &there);
            assert_eq!(row_words(&collected.latencies, &here), of_analysis);
            let trace = collected.traces.trace(here.trace).unwrap();
            assert_eq!(words(&trace), kept(&analysis, &there));
        }
        assert_eq!(collected.driver.len(), analysis.traces.driver.len());
        assert_eq!(collected.runs[0].traces, analysis.traces.traces.len() as u64);
        let read = read_latencies(&latencies).unwrap();
        let mut rows: [Vec<String>; 2] = [&read, &analysis.latencies]
            .map(|table| table.rows().map(|row| row_words(table, &row)).collect());
        for rows in &mut rows {
            rows.sort();
        }
        assert_eq!(rows[0], rows[1]);
    }
}
