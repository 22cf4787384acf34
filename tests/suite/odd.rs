//! `sb-report` on small and odd data: shown, not refused; and its limits, groups and loads.

use crate::{SB_REPORT, SB_TRACE};
use sb_tests::Sandbox;
use serde_json::{Value, json};
use std::fmt::Write;

const T: i64 = 1_600_776_870_000;

fn summary(sandbox: &Sandbox, folder: &str) -> Value {
    serde_json::from_str(&sandbox.read(format!("{folder}/summary.json"))).unwrap()
}

/// Invocations of `A->B->C` with these latencies from A to B in milliseconds.
fn log(latencies: impl Iterator<Item = i64>) -> String {
    let mut text = String::new();
    for (at, ms) in latencies.enumerate() {
        let a = T + i64::try_from(at).unwrap() * 1000;
        let b = a + ms;
        let c = b + 5;
        let _ =
            write!(text, "{a}Z|A trace_id=t{at}\n{b}Z|B trace_id=t{at}\n{c}Z|C trace_id=t{at}\n");
    }
    text
}

#[test]
fn small_and_odd_data_is_shown() {
    let sandbox = Sandbox::new();
    let mut sixty = String::new();
    for step in 0..61 {
        let _ = writeln!(sixty, "{}Z|L{step} trace_id=x", T + step * 3);
    }
    let unfinished: String = (0..9).map(|n| format!("{}Z|A trace_id={n}\n", T + n)).collect();
    for (name, text, args) in [
        ("one", format!("{T}Z|A\n{}Z|B\n", T + 7), &[][..]),
        ("equal", log((0..50).map(|_| 7)), &[]),
        ("zero", log((0..50).map(|_| 0)), &[]),
        ("single events", unfinished.clone(), &[]),
        ("unfinished", unfinished, &["--pair", "A->B"]),
        ("sixty pairs", sixty, &[]),
        ("negative", log((1..50).map(|n| n * 10)), &["--pair", "C->A"]),
        ("far apart", format!("{T}Z|A\n{}Z|B\n", T + 800_000), &[]),
    ] {
        sandbox.write("app.log", text);
        let mut all = vec!["app.log"];
        all.extend(args);
        sandbox.run(SB_REPORT, &all).expect(0);
        let page = sandbox.read("report/report.html");
        let page = page.split("<script>").next().unwrap();
        for wrong in ["NaN", "inf<", "Infinity", "undefined", "Some("] {
            assert!(!page.contains(wrong), "{name}: {wrong}");
        }
        assert!(page.len() < 3_000_000, "{name}: {} bytes", page.len());
        assert!(!sandbox.read("report/summary.md").contains("NaN"), "{name}");
        summary(&sandbox, "report");
    }
}

#[test]
fn a_limit_on_a_change_breaks_only_when_it_is_sure() {
    let sandbox = Sandbox::new();
    sandbox.write("old.log", log((0..900).map(|n| 40 + n * 7 % 23)));
    sandbox.write("same.log", log((0..900).map(|n| 40 + n * 11 % 23)));
    sandbox.write("slow.log", log((0..900).map(|n| 48 + n * 7 % 23)));
    sandbox.write("few.log", log((0..5).map(|n| 90 + n)));
    let run = |log: &str, limit: &str| {
        sandbox.run(SB_REPORT, &[log, "--baseline", "old.log", "--fail-on", limit])
    };
    run("same.log", "p99>5%").expect(0);
    run("slow.log", "A->B:p50>5%")
        .expect(1)
        .says("p50 of A→B has changed by +")
        .says("95 % interval");
    assert!(
        sandbox.read("report/summary.md").contains("slower"),
        "the report is there all the same"
    );
    run("slow.log", "B->C:p50>5%").expect(0);
    run("slow.log", "p99>50ms").expect(1).says("is");
    run("slow.log", "p98>5%").expect(2).says("none of p50, p90, p95, p99");
    sandbox.run(SB_REPORT, &["old.log", "--fail-on", "p50>5%"]).expect(2).says("no baseline");
    let compared = |row: usize| summary(&sandbox, "report")["comparison"]["rows"][row].clone();
    run("slow.log", "p99>500%").expect(0);
    assert_eq!(compared(0)["verdict"], "slower");
    assert_eq!(compared(1)["verdict"], "same");
    // A baseline may be an earlier report or a table as well.
    sandbox.run(SB_REPORT, &["old.log", "-o", "before"]).expect(0);
    let rows = summary(&sandbox, "report")["comparison"]["rows"].clone();
    for baseline in ["before", "before/latencies.parquet"] {
        sandbox.run(SB_REPORT, &["slow.log", "--baseline", baseline]).expect(0);
        assert_eq!(summary(&sandbox, "report")["comparison"]["rows"], rows, "{baseline}");
    }
}

#[test]
fn a_limit_that_cannot_be_judged_does_not_pass() {
    let sandbox = Sandbox::new();
    sandbox.write("old.log", log((0..900).map(|n| 40 + n * 7 % 23)));
    sandbox.write("few.log", log((0..5).map(|n| 90 + n)));
    let without_b = log((0..900).map(|n| 40 + n * 7 % 23)).replace("|B", "|LOST");
    sandbox.write("gone.log", without_b);
    let run = |log: &str, limit: &str, args: &[&str]| {
        let all = [&[log, "--baseline", "old.log", "--fail-on", limit], args].concat();
        sandbox.run(SB_REPORT, &all)
    };
    let few = "p99 of A→B rests on 5 calls against 900; 368 on each side would tell";
    run("few.log", "A->B:p99>5%", &[]).expect(3).says(few).says("--undecided");
    let outcome = |name: &str| {
        let limits = summary(&sandbox, "report")["limits"].clone();
        assert_eq!(limits[0]["outcome"], name, "{limits}");
        sandbox.read("report/summary.md")
    };
    assert!(outcome("undecided").contains("**cannot be judged**"));
    assert!(sandbox.read("report/report.html").contains("cannot be judged"));
    run("few.log", "A->B:p99>5%", &["--undecided", "pass"]).expect(0).says(few);
    run("few.log", "A->B:p99>5%", &["--undecided", "fail"]).expect(1).says(few);
    run("few.log", "A->B:p99>1ms", &[]).expect(3).says("rests on 5 calls; 368 would tell");
    // Medians need fewer.
    run("few.log", "A->B:p50>1m", &[]).expect(3).says("6 would tell");
    // A total outage is a result, and none that passes.
    run("gone.log", "A->B:p50>5%", &[]).expect(3).says("only the baseline has A→B");
    let named = ["--pair", "A->B"];
    run("gone.log", "p50>50ms", &named).expect(3).says("no A→B has an end: 900 were begun");
    // A broken limit is broken, whatever else cannot be judged.
    let both = ["--fail-on", "A->B:p50>1ms"];
    run("old.log", "A->LOST:p50>5%", &both).expect(2);
    let both = ["--fail-on", "B->C:p50>1ms"];
    run("gone.log", "A->B:p50>5%", &both).expect(3);
    sandbox.write("slow.log", log((0..900).map(|n| 48 + n * 7 % 23)));
    let both = ["--fail-on", "A->B:p50>1ms"];
    run("slow.log", "A->B:p50>500%", &both).expect(1).says("p50 of A→B is");
    assert!(outcome("held").contains("holds"));
    let both = ["--fail-on", "A->B:p50>1ms"];
    run("few.log", "A->B:p99>5%", &both).expect(3);
    run("few.log", "A->B:p99>5%", &["--fail-on", "total:p50>1s", "--undecided", "pass"]).expect(0);
    let six = log((0..6).map(|n| 90 + n));
    sandbox.write("six.log", six);
    run("six.log", "A->B:p99>5%", &both)
        .expect(1)
        .says("rests on 6 calls against 900")
        .says("p50 of A→B is");
    assert!(sandbox.read("report/summary.md").contains("**broken**"));
    sandbox.run(SB_REPORT, &["few.log", "--undecided", "pass"]).expect(2).says("--fail-on");
}

#[test]
fn a_limit_about_nothing_is_wrong_use() {
    let sandbox = Sandbox::new();
    sandbox.write("old.log", log((0..90).map(|n| 40 + n * 7 % 23)));
    let run = |limit: &str, message: &str| {
        let args = ["old.log", "--baseline", "old.log", "--fail-on", limit];
        sandbox.run(SB_REPORT, &args).expect(2).says(message);
    };
    run("X->B:p50>5%", "no event has the label X");
    run("A->C:p50>5%", "A→C was not measured; measure it with --pair 'A->C'");
    run("totals:p50>5%", "'totals' is not a pair");
    assert_eq!(summary(&sandbox, "report")["limits"][0]["outcome"], "unknown");
    sandbox.write("long.log", log((0..90).map(|n| 40 + n)).replace("|B", "|HANDLER_START"));
    let misspelt = ["long.log", "--fail-on", "A->HANDLER_STRAT:p50>5s"];
    sandbox.run(SB_REPORT, &misspelt).expect(2).says("did you mean HANDLER_START?");
}

#[test]
fn github_is_told_how_limits_came_out() {
    let sandbox = Sandbox::new();
    sandbox.write("old.log", log((0..90).map(|n| 40 + n * 7 % 23)));
    sandbox.write("github.md", "before\n");
    let file = sandbox.path("github.md").to_string_lossy().into_owned();
    let limits =
        ["--fail-on", "A->B:p50>1ms", "--fail-on", "A->B:p99>1ms", "--fail-on", "B->C:p50>9s"];
    let run = |actions: &str| {
        let environment = [("GITHUB_ACTIONS", actions), ("GITHUB_STEP_SUMMARY", &*file)];
        let args = [&["old.log"][..], &limits].concat();
        sandbox.run_with(SB_REPORT, &args, b"", &environment).expect(1).stderr.clone()
    };
    let said = run("true");
    assert!(said.contains("::error title=sb-report::the limit A->B:p50>1ms is broken: "), "{said}");
    assert!(said.contains("::warning title=sb-report::the limit A->B:p99>1ms cannot"), "{said}");
    assert_eq!(said.matches("::").count(), 4, "{said}");
    let page = sandbox.read("github.md");
    assert!(page.starts_with("before\n") && page.contains("| **broken** |"), "{page}");
    assert!(page.contains("| B-&gt;C:p50&gt;9s | holds |"), "{page}");
    assert!(!run("").contains("::"));
    assert_eq!(sandbox.read("github.md"), page);
}

#[test]
fn groups_are_the_table_s_own_columns() {
    let sandbox = Sandbox::new();
    for (at, memory) in ["1024", "128", "512", "128"].iter().enumerate() {
        let id = format!("b-20260122T10150{at}Z-0a1b");
        sandbox.write(
            format!("out/runs/{id}/invoke-0001.log"),
            log((0..20).map(|n| n + i64::try_from(at).unwrap())),
        );
        let journal = format!(
            "{{\"event\":\"run_opened\",\"benchmark\":\"b\",\"values\":{{}}}}\n{{\"event\":\"tagged\",\"key\":\"memory\",\"value\":\"{memory}\"}}\n{{\"event\":\"run_closed\",\"outcome\":\"done\"}}\n"
        );
        sandbox.write(format!("out/runs/{id}/journal.ndjson"), journal);
    }
    sandbox
        .run(SB_REPORT, &["out", "--group-by", "tag_memory"])
        .expect(0)
        .stdout
        .contains("tag_memory");
    let document = summary(&sandbox, "out");
    let names: Vec<&Value> =
        document["groups"].as_array().unwrap().iter().map(|g| &g["values"]["tag_memory"]).collect();
    assert_eq!(names, ["128", "512", "1024"], "numbers in their order");
    assert_eq!(document["groups"][0]["pairs"][0]["n"], 40);
    let stats = sandbox.run(SB_TRACE, &["stats", "--json", "--group-by", "label", "out/runs"]);
    let stats: Value = serde_json::from_str(&stats.expect(0).stdout).unwrap();
    sandbox.run(SB_REPORT, &["out/latencies.parquet", "--group-by", "label"]).expect(0);
    let document = summary(&sandbox, "report");
    let groups = document["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 2, "A begins two pairs, B one");
    assert!(stats["pairs"].as_array().unwrap().len() >= groups.len());
    sandbox
        .run(SB_REPORT, &["out", "--group-by", "colour"])
        .expect(2)
        .says("'colour' is not one of");
    let no_tag = "--group-by tag_colour: no run has that tag; there are tag_memory";
    sandbox.run(SB_REPORT, &["out", "--group-by", "tag_colour"]).expect(2).says(no_tag);
    sandbox.write("app.log", log(0..3));
    sandbox
        .run(SB_TRACE, &["stats", "app.log", "--group-by", "tag_colour"])
        .expect(2)
        .says("no run has tags; give one with --tag KEY=VALUE");
    let given = ["stats", "app.log", "--group-by", "tag_colour", "--tag", "colour=red"];
    assert!(sandbox.run(SB_TRACE, &given).expect(0).stdout.contains("red"));
}

#[test]
fn load_that_was_not_made_is_said() {
    let sandbox = Sandbox::new();
    let folder = "out/runs/b-20260122T101500Z-0a1b";
    sandbox.write(format!("{folder}/invoke-0001.log"), log(0..20));
    let scenario = json!({"scenarios": {"s": {"executor": "constant-arrival-rate", "rate": 10, "duration": "10s"}}});
    sandbox.write(format!("{folder}/collected/workload_options.json"), scenario.to_string());
    let mut csv = "metric_name,timestamp,metric_value,check\n".to_owned();
    for second in 0..10 {
        for _ in 0..8 {
            let _ = writeln!(csv, "iterations,{},1.000000,", 1_600_776_870 + second);
        }
        let _ = writeln!(csv, "dropped_iterations,{},2.000000,", 1_600_776_870 + second);
    }
    sandbox.write(format!("{folder}/collected/k6_metrics.csv"), csv);
    sandbox.run(SB_REPORT, &["out"]).expect(0);
    let page = sandbox.read("out/report.html").replace('\u{a0}', " ");
    assert!(page.contains("the load of run 1 was not made: 100 offered, 10 a second for 10.0 s; 80 made (80 %), 8.00 a second for 10.0 s; 20 dropped"), "not said");
    assert_eq!(summary(&sandbox, "out")["runs"][0]["load"]["made"], 80.0);
}
