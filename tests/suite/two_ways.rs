//! A file and a pipe, which may have to be read a second time, say the same.

use crate::SB_TRACE;
use sb_tests::Sandbox;
use serde_json::Value;

/// The figures of a log by either way, which are equal.
fn both_ways(log: &str, options: &[&str]) -> Value {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", log);
    let run = |input: &str, stdin: &[u8]| -> Value {
        let args: Vec<&str> = ["stats", "--json", input].iter().chain(options).copied().collect();
        let out = sandbox.run_with(SB_TRACE, &args, stdin, &[]);
        serde_json::from_str(&out.expect(0).stdout).unwrap()
    };
    let (file, stdin) = (run("a.log", b""), run("-", log.as_bytes()));
    assert_eq!(file["pairs"], stdin["pairs"]);
    assert_eq!(file["accounting"], stdin["accounting"]);
    file
}

fn n(figures: &Value, pair: &str, class: &str) -> u64 {
    let pairs = figures["pairs"].as_array().unwrap();
    let found = pairs.iter().find(|p| p["pair"] == pair && p["start_class"] == class);
    found.map_or(0, |pair| pair["n"].as_u64().unwrap())
}

#[test]
fn a_record_of_another_source_opens_nothing_in_the_file() {
    // Its label comes again in the middle of the traces, and the log has several blocks.
    let mut log = String::from("starting\nup\n");
    log += "{\"message\":\"1600776870000+0000|X\",\"kubernetes\":{\"pod_name\":\"p\"}}\n";
    log.extend((0..60_000u64).map(|i| {
        let begin = 1_600_776_871_000 + i * 1000;
        format!("{begin}+0000|A\n{}+0000|X\n{}+0000|B\n", begin + 1, begin + 3)
    }));
    let figures = both_ways(&log, &[]);
    assert_eq!([("A->X"), ("X->B"), ("total")].map(|p| n(&figures, p, "all")), [60_000; 3]);
    assert_eq!(n(&figures, "B->A", "all"), 0);
}

#[test]
fn of_two_directions_the_one_that_the_log_names_first_stays() {
    // Each once. What is first in time stands last in the log.
    let line = |ms: u64, text: &str, pod: &str| {
        let epoch = 1_600_776_870_000 + ms;
        format!(
            "{{\"message\":\"{epoch}+0000|{text}\",\"kubernetes\":{{\"pod_name\":\"{pod}\"}}}}\n"
        )
    };
    let log = [
        line(20, "B trace_id=t1", "q"),
        line(100, "B trace_id=t2", "q"),
        line(105, "A trace_id=t2", "p"),
        line(10, "A trace_id=t1", "p"),
        line(200, "C trace_id=t3", "p"),
        line(210, "D trace_id=t3", "p"),
    ];
    let figures = both_ways(&log.concat(), &[]);
    let named = ["A->B", "B->A", "C->D"].map(|pair| n(&figures, pair, "all"));
    assert_eq!(named, [2, 0, 1]);
}

#[test]
fn a_pair_that_is_named_twice_counts_once() {
    let log = "1600776870000+0000|A\n1600776870020+0000|B\n1600776870100+0000|A\n\
               1600776870122+0000|B\n1600776870200+0000|A\n";
    let figures = both_ways(log, &["--pair", "A->B,A->B", "--pair", "A->B"]);
    assert_eq!(n(&figures, "A->B", "all"), 2);
    assert_eq!(figures["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(figures["pairs"][0]["unmatched"], 1);
}

#[test]
fn the_request_around_a_line_with_an_id_of_its_own_tells_how_it_started() {
    let at = "2022-04-14T05:20:00.000Z";
    let mut log =
        format!("{at} INIT_START Runtime Version: nodejs:18.v30\tRuntime Version ARN: x\n");
    log.extend((0..2u64).map(|number| {
        let id = format!("c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb{number}");
        let epoch = 1_650_000_000_000 + number * 100;
        [
            format!("{at} START RequestId: {id} Version: $LATEST\n"),
            format!("{at} {epoch}+0000|A trace_id=t{number}\n"),
            format!("{at} {}+0000|B trace_id=t{number}\n", epoch + 10),
            format!("{at} END RequestId: {id}\n"),
            format!("{at} REPORT RequestId: {id}\tDuration: 11.25 ms\tBilled Duration: 12 ms\n"),
        ]
        .concat()
    }));
    let figures = both_ways(&log, &[]);
    assert_eq!(["all", "cold", "warm"].map(|class| n(&figures, "A->B", class)), [2, 1, 1]);
}

#[test]
fn a_last_record_without_a_line_end_is_a_line() {
    let sandbox = Sandbox::new();
    let record =
        r#"{"log":"1650000000000+0000|A","stream":"stdout","time":"2022-04-14T05:20:00Z"}"#;
    sandbox.write("a.log", record);
    let out = sandbox.run(SB_TRACE, &["stats", "a.log"]);
    assert!(!out.expect(0).stderr.contains("empty"), "{}", out.stderr);
}
