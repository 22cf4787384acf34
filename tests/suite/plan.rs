//! The plan: learned from the whole log, written, and taken by another call; events that wait in a
//! temporary file instead of memory; tables of events in the place of logs.

use crate::SB_TRACE;
use sb_tests::Sandbox;
use serde_json::Value;

fn lines(count: u64, labels: &[&str]) -> String {
    (0..count)
        .flat_map(|trace| {
            let begin = 1_600_776_870_000 + trace * 1000;
            labels
                .iter()
                .zip(0u64..)
                .map(move |(label, step)| format!("{}+0000|{label}\n", begin + step * 7))
        })
        .collect()
}

fn stats(sandbox: &Sandbox, args: &[&str]) -> Value {
    let out = sandbox.run(SB_TRACE, &[&["stats", "--json"], args].concat());
    serde_json::from_str(&out.expect(0).stdout).unwrap()
}

fn n(figures: &Value, pair: &str) -> u64 {
    let pairs = figures["pairs"].as_array().unwrap();
    pairs.iter().find(|p| p["pair"] == pair).map_or(0, |pair| pair["n"].as_u64().unwrap())
}

#[test]
fn the_plan_is_what_the_whole_log_says_not_its_begin() {
    let sandbox = Sandbox::new();
    // Several blocks begin with traces that lack their last label.
    sandbox.write("a.log", lines(20_000, &["A", "B"]) + &lines(30_000, &["A", "B", "C"]));
    let figures = stats(&sandbox, &["a.log"]);
    assert_eq!(figures["accounting"]["traces_complete"], 30_000);
    assert_eq!([n(&figures, "A->B"), n(&figures, "total")], [50_000, 30_000]);
    let out = sandbox.run(SB_TRACE, &["plan", "a.log"]);
    out.expect(0);
    assert_eq!(
        out.stdout,
        "a.log is read as plain\n\
         events in a.log stand oldest first, and A opens a trace\n\
         traces opened by A are complete when they end with C\n\
         the commonest order of labels is A, B, C\n"
    );
}

#[test]
fn a_newest_first_log_is_measured_from_its_end() {
    let sandbox = Sandbox::new();
    let log = lines(30_000, &["A", "B", "C"]);
    let turned: String = log.lines().rev().map(|line| format!("{line}\n")).collect();
    sandbox.write("a.log", &log);
    sandbox.write("turned.log", turned);
    let (straight, turned) = (stats(&sandbox, &["a.log"]), stats(&sandbox, &["turned.log"]));
    assert_eq!(straight["pairs"], turned["pairs"]);
    assert_eq!(straight["accounting"], turned["accounting"]);
    let plan = sandbox.run(SB_TRACE, &["plan", "turned.log"]);
    plan.expect(0);
    assert!(plan.stdout.contains("stand newest first, and A opens a trace"), "{}", plan.stdout);
}

#[test]
fn a_plan_that_is_given_is_fixed_and_what_contradicts_it_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("whole.log", lines(100, &["A", "B", "C"]));
    sandbox.write("cut.log", lines(60, &["A", "B"]) + &lines(40, &["A", "B", "C"]));
    sandbox.run(SB_TRACE, &["plan", "whole.log", "-o", "plan.json"]).expect(0);
    let free = stats(&sandbox, &["cut.log"]);
    assert_eq!(free["accounting"]["traces_complete"], 60);
    let fixed = stats(&sandbox, &["cut.log", "--plan", "plan.json"]);
    assert_eq!(fixed["accounting"]["traces_complete"], 40);
    assert_eq!(n(&fixed, "total"), 40);
    let findings = fixed["findings"].to_string();
    let told = "--plan: traces end with C; here 40 do, and 60 end with B";
    assert!(findings.contains(told), "{findings}");
    // The same decisions for the same log change nothing.
    let learned = stats(&sandbox, &["whole.log"]);
    let given = stats(&sandbox, &["whole.log", "--plan", "plan.json"]);
    assert_eq!(learned, given);
}

#[test]
fn a_plan_that_is_none_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", lines(3, &["A", "B"]));
    sandbox.write("not.json", "{\"x\": 1}");
    let out = sandbox.run(SB_TRACE, &["stats", "a.log", "--plan", "not.json"]);
    out.expect(2).says("not.json: is not a plan that sb-trace plan writes");
    let out = sandbox.run(SB_TRACE, &["stats", "a.log", "--plan", "missing.json"]);
    out.expect(2).says("missing.json: no such file or folder");
    sandbox.run(SB_TRACE, &["plan", "a.log", "-o", "plan.json"]).expect(0);
    let newer = sandbox.read("plan.json").replace("\"schema_version\": 1", "\"schema_version\": 9");
    sandbox.write("newer.json", newer);
    let out = sandbox.run(SB_TRACE, &["stats", "a.log", "--plan", "newer.json"]);
    out.expect(2).says("is a plan of version 9; this program reads version 1");
}

/// Requests whose lines alternate, from two hosts in two files.
fn by_id(requests: u64) -> [String; 2] {
    let line = |host: u64, request: u64| {
        let epoch = 1_600_776_870_000 + request * 10 + host * 3;
        let label =
            |step: u64| ["SENT", "TAKEN", "DONE", "RECEIVED"][usize::try_from(step).unwrap()];
        let [first, last] = if host == 0 { [0, 3] } else { [1, 2] };
        format!(
            "{epoch}+0000|{} trace_id=r{request}\n{}+0000|{} trace_id=r{request}\n",
            label(first),
            epoch + 40 - host * 20,
            label(last),
        )
    };
    [0, 1].map(|host| (0..requests).map(|request| line(host, request)).collect())
}

#[test]
fn events_that_wait_on_disk_give_the_same_tables_and_figures() {
    let sandbox = Sandbox::new();
    let [front, back] = by_id(40_000);
    sandbox.write("logs/front.log", front);
    sandbox.write("logs/back.log", back);
    let in_memory = stats(&sandbox, &["logs"]);
    assert_eq!(in_memory["accounting"]["traces_complete"], 40_000);
    assert_eq!(in_memory, stats(&sandbox, &["logs", "--memory", "0"]));
    for (name, memory) in [("a", "1G"), ("b", "0"), ("c", "200K")] {
        let out = format!("{name}.parquet");
        sandbox.run(SB_TRACE, &["latencies", "logs", "-o", &out, "--memory", memory]).expect(0);
    }
    let table = |name: &str| std::fs::read(sandbox.path(name)).unwrap();
    assert!(table("a.parquet") == table("b.parquet"), "on disk");
    assert!(table("a.parquet") == table("c.parquet"), "partly on disk");
}

#[test]
fn traces_come_in_the_order_of_their_first_places_in_the_log() {
    let sandbox = Sandbox::new();
    // With and without ids, in two files: `r1` begins first and ends last.
    let with_id = "1600776870000+0000|A trace_id=r1\n";
    let log = format!(
        "{with_id}{}{}",
        lines(3, &["A", "B"]),
        "1600776870001+0000|A trace_id=r0\n1600776870002+0000|B trace_id=r0\n\
         1600776879000+0000|B trace_id=r1\n"
    );
    sandbox.write("logs/1.log", log);
    sandbox.write("logs/2.log", lines(2, &["A", "B"]));
    let out = sandbox.run(SB_TRACE, &["latencies", "logs", "--columns", "trace_id"]);
    let ids: Vec<&str> = out.expect(0).stdout.lines().skip(1).collect();
    assert_eq!(ids, ["r1", "1.log:2", "1.log:4", "1.log:6", "r0", "2.log:1", "2.log:3"]);
}

#[test]
fn a_table_of_events_stands_for_its_logs() {
    let sandbox = Sandbox::new();
    let [front, back] = by_id(300);
    sandbox.write("logs/front.log", front + &lines(5, &["X", "Y"]));
    sandbox.write("logs/back.log", back);
    sandbox.write("logs/third.log", lines(4, &["P", "Q", "R"]));
    let of_logs = stats(&sandbox, &["logs"]);
    let latencies = |input: &str| {
        let out = sandbox.run(SB_TRACE, &["latencies", input]);
        out.expect(0).stdout.clone()
    };
    let rows = latencies("logs");
    for ending in ["parquet", "arrow", "csv", "ndjson"] {
        let table = format!("events.{ending}");
        sandbox.run(SB_TRACE, &["events", "logs", "-o", &table]).expect(0);
        let of_table = stats(&sandbox, &[&table]);
        assert_eq!(of_logs["pairs"], of_table["pairs"], "{ending}");
        assert_eq!(of_logs["incomplete"], of_table["incomplete"], "{ending}");
        assert_eq!(of_logs["skew"], of_table["skew"], "{ending}");
        for sum in ["events", "events_complete", "events_incomplete", "traces", "traces_complete"] {
            assert_eq!(of_logs["accounting"][sum], of_table["accounting"][sum], "{ending} {sum}");
        }
        assert_eq!(rows, latencies(&table), "{ending}");
    }
    // A table with another one's columns is no log, and says so.
    sandbox.run(SB_TRACE, &["latencies", "logs", "-o", "latencies.parquet"]).expect(0);
    let out = sandbox.run(SB_TRACE, &["stats", "latencies.parquet"]);
    out.expect(2)
        .says("has no column 'epoch_ns': expected the table of events that sb-trace writes");
    sandbox.write("broken.parquet", "PAR1 and nothing else");
    sandbox.run(SB_TRACE, &["stats", "broken.parquet"]).expect(2).says("is not a readable table");
    sandbox.write("odd.csv", "epoch_ns,label\n12,A\n13,no label\n");
    sandbox.run(SB_TRACE, &["stats", "odd.csv"]).expect(2).says("row 2: the label is not a label");
}
