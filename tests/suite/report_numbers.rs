//! Every number of the report, computed again from `latencies.parquet` by numpy and scipy:
//! percentiles and their intervals exactly, bootstrap intervals within a tolerance.

use crate::SB_REPORT;
use sb_tests::{Python, Sandbox};
use std::fmt::Write;

const RECOMPUTE: &str = r#"
import html.parser, json, math, re
import numpy as np, pandas as pd
from scipy import stats

summary = json.load(open("report/summary.json"))
table = pd.read_parquet("report/latencies.parquet")
baseline = pd.read_parquet("base/latencies.parquet")
checked = 0

def ends(n, q):
    # l = max{k: P(B < k) <= .025}, u = min{k: P(B < k) >= .975}, ranks from 1, open outside 1..n
    k = np.arange(1, n + 1)
    below = stats.binom.cdf(k - 1, n, q)
    low, high = k[below <= .025], k[below >= .975]
    return (int(low.max()) if len(low) else None), (int(high.min()) if len(high) else None)

def same(a, b, what):
    global checked
    checked += 1
    assert a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)), (what, a, b)

def check(s, rows, what):
    rows = rows[rows.pair == s["pair"]]
    if s["start_class"] != "all":
        rows = rows[rows.start_class == s["start_class"]]
    values = np.sort(rows.latency_ms.dropna().to_numpy())
    n = len(values)
    assert (s["n"], s["unmatched"], s["negative"]) == (n, len(rows) - n, int((values < 0).sum())), (what, s)
    if n == 0:
        assert s["p50_ms"] is None
        return
    same(s["mean_ms"], values.mean(), what); same(s["min_ms"], values[0], what); same(s["max_ms"], values[-1], what)
    for key in s:
        m = re.fullmatch(r"p([\d.]+)_ms", key)
        if m:
            q = float(m[1]) / 100
            assert s[key] == float(np.quantile(values, q)), (what, key, s[key])
            low, high = ends(n, q)
            name = f"p{m[1]}"
            same(s[name + "_low_ms"], values[low - 1] if low else None, (what, key, "low"))
            same(s[name + "_high_ms"], values[high - 1] if high else None, (what, key, "high"))
            assert s[name + "_supported"] == (low is not None and high is not None)

for s in summary["pairs"]:
    check(s, table, "all")
for run in summary["runs"]:
    for s in run["pairs"]:
        check(s, table[table.run_id == run["run_id"]], run["run_id"])
for group in summary["groups"]:
    for s in group["pairs"]:
        check(s, table[table.run_id.isin(group["runs"])], group["name"])
assert {(s["pair"], s["start_class"]) for s in summary["pairs"] if s["start_class"] == "all"} == {(p, "all") for p in table.pair.unique()}

# The page shows the same: the raw numbers are in the attributes by which it sorts.
class Rows(html.parser.HTMLParser):
    rows, section, row, cell, small = [], None, None, None, False
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "section": self.section = attributes.get("id")
        if tag == "tr": self.row = {}
        if tag == "small": self.small = True
        if tag in ("td", "th") and self.row is not None:
            self.cell = attributes.get("data-label", "pair"); self.row.setdefault(self.cell, ["", attributes.get("data-sort")])
    def handle_data(self, data):
        if self.cell and not self.small: self.row[self.cell][0] += data
    def handle_endtag(self, tag):
        if tag in ("td", "th"): self.cell = None
        if tag == "small": self.small = False
        if tag == "tr" and self.row and "p50" in self.row: self.rows.append((self.section, self.row))
page = Rows(); page.feed(open("report/report.html").read())
shown = [r for section, r in page.rows if section == "summary" and "p95" in r and "run" not in r]
assert len(shown) == sum(len(g["pairs"]) for g in summary["groups"]) > 5, len(shown)
for row in shown:
    rows = table[(table.pair == row["pair"][0].replace("→", "->"))]
    start = row.get("start", ["all"])[0]
    if start != "all": rows = rows[rows.start_class == start]
    for name, q in [("p50", .5), ("p90", .9), ("p95", .95), ("p99", .99)]:
        if row[name][1]:
            assert float(row[name][1]) == float(np.quantile(rows.latency_ms.dropna(), q)), (row, name)
            checked += 1

# Where the time goes: bands of whole traces, means of their steps.
b = summary["breakdown"]
steps = table[(table.pair != "total")].pivot_table(index=["run_id", "trace_id"], columns="pair", values="latency_ns", aggfunc="sum", fill_value=0)
total = table[table.pair == "total"].set_index(["run_id", "trace_id"])
joined = steps.loc[total.index]
fits = joined.sum(axis=1) == total.latency_ns
assert b["left_out"] == int((~fits).sum())
total, joined = total[fits], joined[fits]
ms = total.latency_ms
slow = np.quantile(ms, .99) if len(ms) // 100 >= 10 else np.sort(ms)[-10]
bands = {"typical": (ms >= np.quantile(ms, .45)) & (ms <= np.quantile(ms, .55)), "slow": ms >= slow, "cold": total.start_class == "cold", "warm": total.start_class == "warm"}
for band in b["bands"]:
    chosen = bands[band["name"]]
    assert band["n"] == int(chosen.sum())
    same(band["total_ms"], ms[chosen].mean(), band["name"])
    same(sum(band["parts_ms"]), band["total_ms"], "parts add up")
    for step, part in zip(b["steps"], band["parts_ms"]):
        same(part, joined[chosen][step.replace("→", "->")].mean() / 1e6, (band["name"], step))

# The comparison.
rng = np.random.default_rng(1)
def resampled(rows, q, runs):
    groups = [g.to_numpy() for _, g in rows.groupby("run_id").latency_ms]
    out = []
    for _ in range(1500):
        drawn = [groups[i] for i in (rng.integers(len(groups), size=len(groups)) if runs else range(len(groups)))]
        out.append(np.quantile(np.concatenate([rng.choice(g, size=len(g)) for g in drawn]), q))
    return np.array(out)
for row in summary["comparison"]["rows"]:
    def side(frame):
        rows = frame[(frame.pair == row["pair"]) & frame.latency_ms.notna()]
        return rows if row["start_class"] == "all" else rows[rows.start_class == row["start_class"]]
    old, new = side(baseline), side(table)
    assert row["n"] == [len(old), len(new)] and row["runs"] == [old.run_id.nunique(), new.run_id.nunique()]
    assert row["between_runs"] == (min(row["runs"]) >= 3)
    u = stats.mannwhitneyu(new.latency_ms, old.latency_ms).statistic
    same(row["slower_share"], u / len(old) / len(new), "Mann and Whitney's U")
    for c in row["changes"]:
        q = c["percent"] / 100
        before, after = np.quantile(old.latency_ms, q), np.quantile(new.latency_ms, q)
        same(c["baseline_ms"], before, "before"); same(c["now_ms"], after, "after")
        if c["change"] is None:
            assert before <= 0
            continue
        same(c["change"], after / before - 1, "change")
        if row["start_class"] == "all" and c["supported"]:
            ratios = resampled(new, q, row["between_runs"]) / resampled(old, q, row["between_runs"]) - 1
            low, high = np.quantile(ratios, [.025, .975])
            # A tenth of the interval's width, and the clock's millisecond, since both are lumpy.
            slack = .1 * (high - low) + 1.01 / before
            assert abs(low - c["low"]) < slack and abs(high - c["high"]) < slack, (row["pair"], q, (low, high), c)
            checked += 1
print("checked" if checked > 400 else checked)
"#;

/// Runs with ids, cold starts, a skewed clock, an unfinished invocation, and a slow tail.
fn runs(sandbox: &Sandbox, out: &str, count: i64, slower: i64) {
    let mut state = 11u64;
    let mut random = move |below: i64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    for run in 0..count {
        let mut text = String::new();
        for trace in 0..280 {
            let begin = 1_600_776_870_000 + run * 86_400_000 + trace * 700;
            let cold = trace % 11 == 0;
            let (a, b) = (begin, begin + random(50) * slower / 100 + i64::from(cold) * 250 - 2);
            let c = b.max(a) + 5 + random(40) + random(40) * run + i64::from(trace % 90 == 7) * 900;
            let id = format!("trace_id=r{trace}");
            let start = if cold { "COLD_START" } else { "WARM_START" };
            let _ = write!(text, "{a}Z|SENT {id}\n{b}Z|RECEIVED {id}\n{b}Z|{start} {id}\n");
            if trace % 70 != 3 {
                let _ = writeln!(text, "{c}Z|DONE {id}");
            }
        }
        sandbox.write(format!("{out}/runs/b-20260122T1015{run:02}Z-0a1b/invoke-0001.log"), text);
    }
}

#[test]
fn numpy_and_scipy_find_the_same_numbers() {
    let Some(python) = Python::with(&["numpy", "scipy", "pandas", "pyarrow"]) else { return };
    let sandbox = Sandbox::new();
    runs(&sandbox, "out", 4, 115);
    runs(&sandbox, "before", 3, 100);
    sandbox.run(SB_REPORT, &["before", "-o", "base"]).expect(0);
    sandbox.run(SB_REPORT, &["out", "--baseline", "before", "-o", "report"]).expect(0);
    let out = python.run(&sandbox, RECOMPUTE, &[]);
    assert_eq!(out.expect(0).stdout, "checked\n");
}
