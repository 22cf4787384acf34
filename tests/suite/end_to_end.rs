//! `sb-run`, then `sb-report out/`: the main job, as a user does it.

use crate::{SB_REPORT, SB_RUN, SB_TRACE};
use sb_tests::{Python, Sandbox};
use serde_json::Value;
use std::collections::BTreeSet;

/// Runs the built-in benchmark with few invocations.
fn self_test(sandbox: &Sandbox) {
    sandbox.run(SB_RUN, &["test", "--benchmarks=thumbnail_generator"]).expect(0);
}

fn summary(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("out/summary.json")).unwrap()
}

fn pair<'a>(document: &'a Value, name: &str) -> &'a Value {
    let pairs = document["pairs"].as_array().unwrap();
    let wanted = |p: &&Value| p["pair"] == name && p["start_class"] == "all";
    pairs.iter().find(wanted).unwrap_or_else(|| panic!("no pair {name} in {document}"))
}

/// Compares `latencies.parquet` with `summary.json` in three tools.
const COMPARE: &str = r#"
import json
import duckdb, pandas, polars
summary = json.load(open("out/summary.json"))
pd = pandas.read_parquet("out/latencies.parquet")
pl = polars.read_parquet("out/latencies.parquet")
db = duckdb.connect()
rows = db.execute("select count(*) from 'out/latencies.parquet'").fetchone()[0]
assert len(pd) == pl.height == rows > 0
pairs = [p for p in summary["pairs"] if p["start_class"] == "all"]
assert rows == sum(p["n"] + p["unmatched"] for p in pairs)
for p in pairs:
    a = pd[pd.pair == p["pair"]].latency_ms.quantile(.99)
    b = pl.filter(polars.col("pair") == p["pair"])["latency_ms"].quantile(.99, interpolation="linear")
    c = db.execute("select quantile_cont(latency_ms, .99) from 'out/latencies.parquet' where pair = ?", [p["pair"]]).fetchone()[0]
    assert a == p["p99_ms"], (p, a)
    assert abs(b - a) < 1e-9 and abs(c - a) < 1e-9
assert set(pd.run_id) == set(r["id"] if "id" in r else r["run_id"] for r in summary["runs"])
assert str(pd.start_ts.dtype) == "datetime64[us, UTC]"
ids = pd.groupby("trace_id").run_id.nunique()
assert (ids == 1).all()
print("same")
"#;

#[test]
fn two_runs_then_a_report() {
    if Python::with(&["zlib"]).is_none() {
        return;
    }
    let sandbox = Sandbox::new();
    self_test(&sandbox);
    self_test(&sandbox);
    let report = sandbox.run(SB_REPORT, &["out/"]);
    report.expect(0);
    assert!(
        report.stdout.contains("read_parquet"),
        "the load lines are printed: {}",
        report.stdout
    );

    let files: BTreeSet<String> = sandbox.files("out").into_iter().collect();
    for name in ["report.html", "summary.md", "summary.json", "events.parquet", "latencies.parquet"]
    {
        assert!(files.contains(name), "{name} is missing in {files:?}");
    }
    let charts =
        |end: &str| files.iter().filter(|f| f.starts_with("charts/") && f.ends_with(end)).count();
    assert!(charts(".svg") >= 2 && charts(".svg") == charts(".png"), "{files:?}");

    let document = summary(&sandbox);
    assert_eq!(document["runs"].as_array().unwrap().len(), 2);
    for name in ["PRE_INVOKED->HANDLER_START", "HANDLER_END->RESPONSE_RECEIVED", "total"] {
        let row = pair(&document, name);
        assert_eq!(
            (&row["n"], &row["unmatched"], &row["negative"]),
            (&480.into(), &0.into(), &0.into()),
            "{row}"
        );
    }
    let page = sandbox.read("out/report.html");
    assert!(page.contains("self-test"), "the report says that no cloud was measured");
    for run in sandbox.files("out/runs").iter().filter_map(|f| f.split('/').next()) {
        assert!(page.contains(run), "{run} is not in the page");
    }

    if let Some(python) = Python::with(&["pandas", "polars", "duckdb", "pyarrow"]) {
        assert_eq!(python.run(&sandbox, COMPARE, &[]).expect(0).stdout, "same\n");
    }

    // A second report reads the same runs, not its own files, and writes the same bytes.
    let before: Vec<Vec<u8>> =
        files.iter().map(|f| std::fs::read(sandbox.path("out").join(f)).unwrap()).collect();
    sandbox.run(SB_REPORT, &["out/"]).expect(0);
    let again: BTreeSet<String> = sandbox.files("out").into_iter().collect();
    assert_eq!(files, again);
    for (file, bytes) in files.iter().zip(before) {
        assert!(
            std::fs::read(sandbox.path("out").join(file)).unwrap() == bytes,
            "{file} has changed"
        );
    }
}

#[test]
fn the_driver_prints_statements_that_the_parser_reads() {
    if Python::with(&["zlib"]).is_none() {
        return;
    }
    let sandbox = Sandbox::new();
    self_test(&sandbox);
    let log = sandbox.files("out/runs").into_iter().find(|f| f.ends_with("driver.log")).unwrap();
    let path = format!("out/runs/{log}");
    let check = sandbox.run(SB_TRACE, &["stats", "--json", &path]);
    let document: Value = serde_json::from_str(&check.expect(0).stdout).unwrap();
    let accounting = &document["accounting"];
    let lines = sandbox.read(&path).lines().count();
    assert_eq!(
        accounting["events_driver"], lines,
        "every line of driver.log is a statement of the driver"
    );
    assert_eq!(accounting["look_alikes"], 0);
    assert_eq!(accounting["traces"], 0, "the driver's labels are phases, never pairs");
}
