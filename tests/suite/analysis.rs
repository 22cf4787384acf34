//! `sb-trace` on logs whose figures are known.

use crate::SB_TRACE;
use sb_tests::Sandbox;
use serde_json::Value;
use std::io::Write;

fn stats(sandbox: &Sandbox, args: &[&str]) -> Value {
    let all: Vec<&str> = ["stats", "--json"].iter().chain(args).copied().collect();
    serde_json::from_str(&sandbox.run(SB_TRACE, &all).expect(0).stdout).unwrap()
}

fn pair<'a>(document: &'a Value, name: &str) -> &'a Value {
    let pairs = document["pairs"].as_array().unwrap();
    pairs.iter().find(|p| p["pair"] == name).unwrap_or(&Value::Null)
}

/// Ten invocations one second apart: A at 0 ms, B after `i`, C after 100 ms.
fn ten() -> String {
    (0..10i64)
        .map(|i| {
            let t = 1_600_776_870_000 + i * 1000;
            format!("{t}+0000|A\nhello {}+0200|B.\n{}Z|C\n", t + i, t + 100)
        })
        .collect()
}

#[test]
fn consecutive_pairs_and_total() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", ten());
    let document = stats(&sandbox, &["app.log"]);
    let names: Vec<&str> =
        document["pairs"].as_array().unwrap().iter().map(|p| p["pair"].as_str().unwrap()).collect();
    assert_eq!(names, ["A->B", "B->C", "total"]);
    let ab = pair(&document, "A->B");
    assert_eq!(ab["n"], 10);
    assert_eq!(ab["mean_ms"], 4.5);
    assert_eq!(ab["p50_ms"], 4.5);
    assert_eq!(ab["p90_ms"], 8.1);
    assert_eq!((&ab["min_ms"], &ab["max_ms"]), (&0.0.into(), &9.0.into()));
    assert_eq!((&ab["p50_supported"], &ab["p99_supported"]), (&true.into(), &false.into()));
    assert_eq!(pair(&document, "total")["p50_ms"], 100.0);
    assert_eq!(document["accounting"]["lines"], 30);
    assert_eq!(document["accounting"]["traces_complete"], 10);
}

#[test]
fn the_zone_does_not_shift_the_instant() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.log",
        "1600776870201+0200|X\n1600776870201+0000|X\n1600776870201-0330|X\n1600776870201Z|X\n",
    );
    let out = sandbox.run(SB_TRACE, &["events", "a.log"]);
    let instants: Vec<&str> =
        out.expect(0).stdout.lines().skip(1).map(|l| l.split(',').nth(8).unwrap()).collect();
    assert_eq!(instants, ["2020-09-22T12:14:30.201000Z"; 4]);
    let offsets: Vec<&str> =
        out.stdout.lines().skip(1).map(|l| l.split(',').nth(1).unwrap()).collect();
    assert_eq!(offsets, ["120", "0", "-210", "0"]);
}

#[test]
fn every_way_to_give_the_same_log_gives_the_same_figures() {
    let sandbox = Sandbox::new();
    let text = ten();
    sandbox.write("app.log", &text);
    sandbox.write("folder/app.log", &text);
    sandbox.write("crlf.log", text.replace('\n', "\r\n"));
    sandbox.write("no-end.log", text.trim_end());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    sandbox.write("app.log.gz", &gzip);
    let expected = stats(&sandbox, &["app.log"])["pairs"].clone();
    for log in ["folder", "folder/*.log", "crlf.log", "no-end.log", "app.log.gz"] {
        assert_eq!(stats(&sandbox, &[log])["pairs"], expected, "{log}");
    }
    for stdin in [text.as_bytes(), &gzip] {
        let out = sandbox.run_with(SB_TRACE, &["stats", "--json", "-"], stdin, &[]);
        let document: Value = serde_json::from_str(&out.expect(0).stdout).unwrap();
        assert_eq!(document["pairs"], expected);
    }
}

#[test]
fn ids_part_interleaved_invocations() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "app.log",
        "1600776870000+0000|A trace_id=x\n1600776870001+0000|A trace_id=y\n\
         1600776870010+0000|B trace_id=y\n1600776870020+0000|B trace_id=x\n",
    );
    let document = stats(&sandbox, &["app.log"]);
    let ab = pair(&document, "A->B");
    assert_eq!((&ab["n"], &ab["min_ms"], &ab["max_ms"]), (&2.into(), &9.0.into(), &20.0.into()));
    // One consecutive pair only: total would say the same thing again.
    assert_eq!(pair(&document, "total"), &Value::Null);
}

#[test]
fn without_ids_interleaving_is_not_silently_wrong() {
    let sandbox = Sandbox::new();
    let text: String = (0..100i64)
        .map(|i| {
            let t = 1_600_776_870_000 + i * 100;
            // Every tenth invocation begins before the one before it has ended.
            if i % 10 == 9 {
                format!("{t}Z|A\n{}Z|A\n{}Z|B\n{}Z|B\n", t + 1, t + 5, t + 6)
            } else {
                format!("{t}Z|A\n{}Z|B\n", t + 5)
            }
        })
        .collect();
    sandbox.write("app.log", text);
    let out = sandbox.run(SB_TRACE, &["stats", "app.log"]);
    out.expect(0)
        .says("traces made from the order of the log deviate")
        .says("--by label=A")
        .says("trace_id=");
}

#[test]
fn a_log_that_starts_in_the_middle_is_noticed() {
    let sandbox = Sandbox::new();
    let whole = ten();
    // Without the first A: traces made from the order of the log would be B, C, A.
    let cut = whole.split_once('\n').unwrap().1;
    sandbox.write("cut.log", cut);
    sandbox.write("whole.log", &whole);
    let out = sandbox.run(SB_TRACE, &["stats", "cut.log"]);
    out.expect(0).says("may start in the middle").says("--by label=A");
    assert!(!sandbox.run(SB_TRACE, &["stats", "whole.log"]).stderr.contains("middle"));
    let document = stats(&sandbox, &["cut.log", "--by", "label=A"]);
    assert_eq!(pair(&document, "total")["n"], 9, "the fragment at the start is not complete");
    assert_eq!(document["accounting"]["events_incomplete"], 2);
}

#[test]
fn look_alikes_are_counted_and_listed() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.log",
        "x\n1600776870000+0000|A\n  16007768703N+0200|LABEL\n1600776870|B\n1600776870+0000|C\n",
    );
    let out = sandbox.run(SB_TRACE, &["check", "--list", "a.log"]);
    out.expect(0);
    assert!(out.stdout.contains("a.log:3:3: '16007768703N+0200|LABEL'"), "{}", out.stdout);
    assert!(out.stdout.contains("sb-trace stamp LABEL"), "{}", out.stdout);
    assert!(
        out.stdout.contains("a.log:5:1:") && out.stdout.contains("--epoch-unit s"),
        "{}",
        out.stdout
    );
    let document = stats(&sandbox, &["a.log"]);
    let accounting = &document["accounting"];
    assert_eq!(
        (&accounting["look_alikes"], &accounting["lines_look_alike"]),
        (&2.into(), &2.into())
    );
    assert_eq!((&accounting["lines"], &accounting["lines_other"]), (&5.into(), &2.into()));
}

#[test]
fn tables_are_the_same_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", ten());
    for table in ["events", "latencies"] {
        let csv = sandbox.run(SB_TRACE, &[table, "app.log"]).expect(0).stdout.clone();
        sandbox.run(SB_TRACE, &[table, "app.log", "-o", "t.csv"]).expect(0).says("t.csv: 30 rows");
        assert_eq!(sandbox.read("t.csv"), csv);
        sandbox.run(SB_TRACE, &[table, "app.log", "-o", "t.ndjson"]).expect(0);
        let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
        let text = |v: &Value| match v {
            Value::Null => String::new(),
            Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        let rows: Vec<String> = sandbox
            .read("t.ndjson")
            .lines()
            .map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                header.iter().map(|h| text(&row[*h])).collect::<Vec<_>>().join(",")
            })
            .collect();
        assert_eq!(rows, csv.lines().skip(1).collect::<Vec<_>>());
        for (name, magic) in [("t.parquet", &b"PAR1"[..]), ("t.arrow", b"ARROW1")] {
            sandbox.run(SB_TRACE, &[table, "app.log", "-o", name]).expect(0);
            assert!(std::fs::read(sandbox.path(name)).unwrap().starts_with(magic), "{name}");
        }
    }
    assert_eq!(
        sandbox.files(""),
        ["app.log", "t.arrow", "t.csv", "t.ndjson", "t.parquet"],
        "no temporary file is left"
    );
}

#[test]
fn same_input_same_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", ten());
    let bytes = |name: &str, threads: &str| {
        let args = ["latencies", "app.log", "-o", name];
        sandbox
            .run_with(
                SB_TRACE,
                &args,
                b"",
                &[("RAYON_NUM_THREADS", threads), ("POLARS_MAX_THREADS", threads)],
            )
            .expect(0);
        std::fs::read(sandbox.path(name)).unwrap()
    };
    assert_eq!(bytes("one.parquet", "1"), bytes("two.parquet", "2"));
}

#[test]
fn stamp_prints_what_stats_reads() {
    let sandbox = Sandbox::new();
    let a = sandbox.run(SB_TRACE, &["stamp", "A", "--trace-id", "7f"]).expect(0).stdout.clone();
    let b = sandbox.run_with(
        SB_TRACE,
        &["stamp", "B", "--trace-id", "7f"],
        b"",
        &[("TZ", "Asia/Kathmandu")],
    );
    assert!(b.expect(0).stdout.contains("+0545|B trace_id=7f"), "{}", b.stdout);
    sandbox.write("app.log", a + &b.stdout);
    let n = pair(&stats(&sandbox, &["app.log"]), "A->B")["n"].clone();
    assert_eq!(n, 1);
}
