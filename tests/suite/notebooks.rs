//! Other tools read the tables: the same rows, instants and percentiles.

use crate::{SB_REPORT, SB_TRACE};
use sb_tests::{Python, Sandbox};

/// Reads the same table with pandas, polars and DuckDB and compares them with `stats --json`.
const COMPARE: &str = r#"
import json, sys
import duckdb, pandas, polars
stats = {p["pair"]: p for p in json.load(open("stats.json"))["pairs"]}
pd = pandas.read_parquet("latencies.parquet")
pl = polars.read_parquet("latencies.parquet")
db = duckdb.connect()
db.execute("set timezone = 'UTC'")
rows = db.execute("select count(*) from 'latencies.parquet'").fetchone()[0]
assert len(pd) == pl.height == rows == sum(p["n"] + p["unmatched"] for p in stats.values()), (len(pd), pl.height, rows)
first = pd.start_ts.min()
assert str(first) == "2020-09-22 12:14:30+00:00", first
assert pl["start_ts"].min() == first.to_pydatetime()
assert db.execute("select min(start_ts) from 'latencies.parquet'").fetchone()[0] == first.to_pydatetime()
assert str(pl.schema["start_ts"]) == "Datetime(time_unit='us', time_zone='UTC')", pl.schema
assert (pd.start_ts.astype("int64") * 1000 == pd.start_ns).all()
for pair, expected in stats.items():
    for q, name in [(.5, "p50_ms"), (.9, "p90_ms"), (.95, "p95_ms"), (.99, "p99_ms")]:
        a = pd[pd.pair == pair].latency_ms.quantile(q)
        b = pl.filter(polars.col("pair") == pair)["latency_ms"].quantile(q, interpolation="linear")
        c = db.execute("select quantile_cont(latency_ms, ?) from 'latencies.parquet' where pair = ?", [q, pair]).fetchone()[0]
        want = expected[name]
        assert a == want, (pair, name, a, want)
        # polars and DuckDB interpolate with one rounding more.
        assert abs(b - want) < 1e-9 and abs(c - want) < 1e-9, (pair, name, b, c, want)
    assert abs(pd[pd.pair == pair].latency_ms.mean() - expected["mean_ms"]) < 1e-9
print("same")
"#;

#[test]
fn pandas_polars_and_duckdb_find_the_same_numbers() {
    let Some(python) = Python::with(&["pandas", "polars", "duckdb", "pyarrow"]) else {
        return;
    };
    let sandbox = Sandbox::new();
    let mut seed = 7u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let text: String = (0..997u64)
        .map(|i| {
            let t = 1_600_776_870_000 + i * 1000;
            let (b, c) = (t + random(70), t + 70 + random(400));
            format!("{t}+0000|A trace_id={i}\n{b}+0530|B trace_id={i}\n{c}-0800|C trace_id={i}\n")
        })
        .collect();
    sandbox.write("app.log", text);
    sandbox.run(SB_TRACE, &["latencies", "app.log", "-o", "latencies.parquet"]).expect(0);
    let stats = sandbox.run(SB_TRACE, &["stats", "--json", "app.log"]).expect(0).stdout.clone();
    sandbox.write("stats.json", stats);
    let out = python.run(&sandbox, COMPARE, &[]);
    assert_eq!(out.expect(0).stdout, "same\n");
}

/// Runs the notebook as a user would and prints what its cells printed.
const EXECUTE: &str = r#"
import sys
import nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            print(output.text, end="")
        elif "image/png" in output.get("data", {}):
            print("a picture")
"#;

#[test]
fn the_notebook_redoes_the_report() {
    let modules = ["pandas", "pyarrow", "matplotlib", "nbclient", "nbformat", "ipykernel"];
    let Some(python) = Python::with(&modules) else { return };
    let sandbox = Sandbox::new();
    let text: String = (0..400i64)
        .map(|i| {
            let t = 1_600_776_870_000 + i * 1000;
            format!(
                "{t}Z|A trace_id={i}\n{}Z|B trace_id={i}\n{}Z|C trace_id={i}\n",
                t + i % 37,
                t + 50 + i % 91
            )
        })
        .collect();
    sandbox.write("app.log", text);
    sandbox.run(SB_REPORT, &["app.log", "-o", "out"]).expect(0);
    let notebook = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/latencies.ipynb");
    let out = python.run(&sandbox, EXECUTE, &[notebook]);
    assert_eq!(out.expect(0).stdout, "the table equals summary.json\na picture\n");
}
