//! Every number of the report, computed again by numpy and scipy: of `summary.json` percentiles and
//! their intervals exactly and bootstrap intervals within a tolerance, of the page every text that
//! has a digit in it; and the lines with which the page says that its numbers can be had.

use crate::SB_REPORT;
use sb_tests::{Python, Sandbox};
use std::fmt::Write;

/// The recomputation, in Python: the modules import each other from the last to the first.
const RECOMPUTE: [(&str, &str); 6] = [
    ("words.py", include_str!("recompute/words.py")),
    ("dom.py", include_str!("recompute/dom.py")),
    ("summary.py", include_str!("recompute/summary.py")),
    ("tables.py", include_str!("recompute/tables.py")),
    ("parts.py", include_str!("recompute/parts.py")),
    ("sentences.py", include_str!("recompute/sentences.py")),
];

/// Runs with ids, cold starts, two clocks of which one is behind, unfinished invocations, a slow
/// tail, a stall, a look-alike, a repeated statement, and text that is no statement.
pub(crate) fn runs(sandbox: &Sandbox, out: &str, count: i64, slower: i64) {
    runs_of(sandbox, out, (count, 280), slower);
}

fn runs_of(sandbox: &Sandbox, out: &str, (count, traces): (i64, i64), slower: i64) {
    let mut state = 11u64;
    let mut random = move |below: i64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    for run in 0..count {
        let (mut client, mut function) = (String::new(), String::new());
        for trace in 0..traces {
            let begin = 1_600_776_870_000 + run * 86_400_000 + trace * 700;
            let cold = trace % 11 == 0;
            let (a, b) = (begin, begin + random(50) * slower / 100 + i64::from(cold) * 250 - 2);
            let slow = i64::from(trace % 90 == 7) * 900;
            let stall = i64::from(trace == 150 && run == 2) * 40_000;
            let c = b.max(a) + 8 + random(40) + random(40) * run + slow + stall;
            let id = format!("trace_id=r{trace}");
            let start = if cold { "COLD_START" } else { "WARM_START" };
            let _ = writeln!(client, "{a}Z|SENT {id}");
            let _ = write!(function, "{b}Z|RECEIVED {id}\n{}Z|{start} {id}\n", b + 3);
            if trace % 70 != 3 {
                let _ = writeln!(client, "{c}Z|DONE {id}");
            }
        }
        if run == 0 {
            function += "16007768703N+0200|NEARLY\n";
        }
        if run == 1 {
            let first = client.lines().next().unwrap().to_owned();
            client = client + &first + "\nnothing of ours\n";
        }
        let folder = format!("{out}/runs/b-20260122T1015{run:02}Z-0a1b");
        sandbox.write(format!("{folder}/invoke-0001.log"), client);
        sandbox.write(format!("{folder}/collected/function.log"), function);
    }
}

/// What k6 leaves: a load that was not made, one that was, one of calls that wait, and one of which
/// only the calls are known.
fn loads(sandbox: &Sandbox, out: &str) {
    let constant =
        r#"{"executor":"constant-arrival-rate","rate":90,"timeUnit":"1m","duration":"6m40s"}"#;
    let ramping = r#"{"executor":"ramping-arrival-rate","startRate":1,"timeUnit":"1s","stages":[{"target":3,"duration":"2m"},{"target":3,"duration":"90s"}]}"#;
    let waiting = r#"{"executor":"per-vu-iterations","vus":5,"iterations":100}"#;
    // Calls, how many of them failed, how many were dropped, over how many seconds, and ticks in one.
    let made =
        [(560, 0, 40, 400, 1), (510, 3, 0, 209, 1), (500, 7, 0, 350, 1_000_000), (1, 0, 2, 0, 1)];
    for (run, (calls, failed, dropped, seconds, ticks)) in made.into_iter().enumerate() {
        let folder = format!("{out}/runs/b-20260122T1015{run:02}Z-0a1b");
        if let Some(scenario) = [constant, ramping, waiting].get(run) {
            let options = format!(r#"{{"scenarios":{{"load":{scenario}}}}}"#);
            sandbox.write(format!("{folder}/workload_options.json"), options);
        }
        let mut csv = "metric_name,timestamp,metric_value,check\n".to_owned();
        for call in 0..calls {
            let at = (1_600_776_870 + call * seconds / i64::max(calls - 1, 1)) * ticks;
            let _ = write!(csv, "iterations,{at},1.000000,\nhttp_req_failed,{at},");
            let _ = writeln!(csv, "{}.000000,", i64::from(call < failed));
        }
        let _ = writeln!(csv, "dropped_iterations,{},{dropped}.000000,", 1_600_776_870 * ticks);
        sandbox.write(format!("{folder}/k6_metrics.csv"), csv);
    }
}

/// Makes the report of `out` against `before` and computes it again.
fn computed_again(sandbox: &Sandbox, python: &Python) {
    sandbox.run(SB_REPORT, &["before", "-o", "base"]).expect(0);
    let limits = ["--fail-on", "total:p50>1ms", "--fail-on", "total:p50>9m"];
    let args = [&["out", "--baseline", "before", "-o", "report"][..], &limits].concat();
    sandbox.run(SB_REPORT, &args).expect(1);
    for (name, text) in RECOMPUTE {
        sandbox.write(name, text);
    }
    let script =
        "import sentences, summary; print(sentences.page.checked > 3000, summary.checked > 1000)";
    assert_eq!(python.run(sandbox, script, &[]).expect(0).stdout, "True True\n");
}

#[test]
fn numpy_and_scipy_find_the_same_numbers() {
    let Some(python) = Python::with(&["numpy", "scipy", "pandas", "pyarrow"]) else { return };
    let sandbox = Sandbox::new();
    runs(&sandbox, "out", 4, 115);
    runs(&sandbox, "before", 3, 100);
    computed_again(&sandbox, &python);
}

/// More than 2 000 latencies a pair: heat maps, resamples that are not drawn call by call, and four
/// runs on each side, whose medians are compared; loads of k6.
#[test]
fn numpy_and_scipy_find_the_same_numbers_of_many_calls() {
    let Some(python) = Python::with(&["numpy", "scipy", "pandas", "pyarrow"]) else { return };
    let sandbox = Sandbox::new();
    runs_of(&sandbox, "out", (5, 500), 115);
    runs_of(&sandbox, "before", (4, 560), 100);
    loads(&sandbox, "out");
    computed_again(&sandbox, &python);
}

/// Runs the lines that the page shows, beside the page, and holds them against its first table.
const USE_THE_DATA: &str = r#"
import math, os, sys
sys.path.insert(0, os.getcwd())
from dom import Parser
import duckdb, pandas, polars

def by_group(rows):
    """The table by its groups; null and missing are one."""
    return {tuple(None if v is None or v != v else v for v in row[:-4]): [float(v) for v in row[-4:]] for row in rows}

for folder in sys.argv[1:]:
    os.chdir(folder)
    parser = Parser(); parser.feed(open("report.html").read())
    section = parser.root.one("section", id="summary")
    head = [h.text() for h in section.first("table").first("tr").all("th")]
    shown = []
    for row in section.first("table").one("tbody").all("tr"):
        cells = [c for c in row.kids if c.tag in ("td", "th")]
        if "start" not in head or cells[head.index("start")].text() == "all":
            raw = [cells[head.index(p)].attributes["data-sort"] for p in ("p50", "p90", "p95", "p99")]
            # A percentile of too few latencies is not shown.
            shown.append([float(v) if v else None for v in raw])
    lines = [l for l in "".join(t.attributes["text"] for t in parser.root.one("section", id="data").one("pre").texts()).splitlines() if l]
    assert len(lines) == 3, lines
    a = eval(lines[0]).reset_index()
    b = eval(lines[1])
    c = eval(lines[2]).fetchall()
    by = list(a.columns[:-4])
    assert list(b.columns) == by + ["p50", "p90", "p95", "p99"], b.columns
    a = by_group(a.itertuples(index=False, name=None))
    b = by_group(b.rows())
    c = by_group([row[:-1] + tuple(row[-1]) for row in c])
    assert a == b and a.keys() == c.keys(), (a, b, c)
    # DuckDB interpolates in another order: the last bit may differ.
    assert all(math.isclose(x, y, rel_tol=1e-14) for key in a for x, y in zip(a[key], c[key])), (a, c)
    assert len(a) == len(shown), (a, shown)
    for row in shown:
        assert any(all(s in (None, v) for s, v in zip(row, values)) for values in a.values()), (row, a)
    print(by, len(shown))
    os.chdir("..")
"#;

#[test]
fn the_lines_of_the_page_give_its_numbers() {
    let modules = ["numpy", "pandas", "pyarrow", "polars", "duckdb", "pytz"];
    let Some(python) = Python::with(&modules) else { return };
    let sandbox = Sandbox::new();
    runs(&sandbox, "out", 4, 115);
    for (run, memory) in ["128", "512", "128", "1024"].iter().enumerate() {
        let opened = r#"{"event":"run_opened","benchmark":"b","values":{}}"#;
        let tagged = format!(r#"{{"event":"tagged","key":"memory","value":"{memory}"}}"#);
        let journal = format!("{opened}\n{tagged}\n");
        sandbox.write(format!("out/runs/b-20260122T1015{run:02}Z-0a1b/journal.ndjson"), journal);
    }
    sandbox.run(SB_REPORT, &["out", "-o", "settings"]).expect(0);
    let grouped = ["out", "--group-by", "tag_memory,start_class", "-o", "grouped"];
    sandbox.run(SB_REPORT, &grouped).expect(0);
    sandbox.run(SB_REPORT, &["out/runs/b-20260122T101500Z-0a1b", "-o", "one"]).expect(0);
    sandbox.write("dom.py", RECOMPUTE[1].1);
    let out = python.run(&sandbox, USE_THE_DATA, &["one", "settings", "grouped"]);
    let expected = "['pair'] 7\n['benchmark', 'provider', 'region', 'tag_memory', 'pair'] 21\n['tag_memory', 'start_class', 'pair'] 27\n";
    assert_eq!(out.expect(0).stdout, expected);
}
