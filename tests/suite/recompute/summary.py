"""summary.json, every number of it, computed again from latencies.parquet with numpy and scipy:
percentiles and their intervals exactly, bootstrap intervals within a tolerance."""
import json, math, re
import numpy as np, pandas as pd
from scipy import stats

summary = json.load(open("report/summary.json"))
table = pd.read_parquet("report/latencies.parquet")
baseline = pd.read_parquet("base/latencies.parquet")
checked = 0

def order_ranks(n, q):
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
    # Modes part the positive latencies: each is where its own gather.
    for mode in s["modes"]:
        here = values[(values >= mode["from_ms"]) & (values <= mode["to_ms"])]
        same(mode["at_ms"], np.median(here), (what, "mode")); same(mode["share"], len(here) / n, (what, "mode's share"))
    if s["modes"]:
        same(sum(m["share"] for m in s["modes"]), (values >= 0).sum() / n, (what, "modes part the latencies"))
    for key in s:
        m = re.fullmatch(r"p([\d.]+)_ms", key)
        if m:
            q = float(m[1]) / 100
            assert s[key] == float(np.quantile(values, q)), (what, key, s[key])
            low, high = order_ranks(n, q)
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

# More statistics.
tick = next(u for u in (10**9, 10**6, 10**3, 1) if not (table.start_ns % u).any() and not (table.latency_ns.dropna() % u).any())
assert summary["tick_ns"] == tick
for d in summary["details"]:
    rows = table[table.pair == d["pair"]]
    if d["start_class"] != "all":
        rows = rows[rows.start_class == d["start_class"]]
    x = rows.latency_ms.dropna()
    what = (d["pair"], d["start_class"])
    unfinished = len(rows) - len(x)
    assert (d["n"], d["unmatched"], d["zero"]) == (len(x), unfinished, int((x == 0).sum())), what
    same(d["mean_ms"], x.mean(), what)
    if x.nunique() < 2:
        assert d["mean_low_ms"] is None and d["mean_high_ms"] is None, what
    else:
        # Both are drawn by chance, and means of few whole milliseconds are lumpy: of scipy's resamples as many,
        # within one in a hundred of all, lie beyond our ends as beyond its own.
        bca = stats.bootstrap((x.to_numpy(),), np.mean, method="BCa", rng=np.random.default_rng(2), vectorized=True, batch=100)
        below = lambda v: ((bca.bootstrap_distribution < v - 1e-9 * abs(v)).mean(), (bca.bootstrap_distribution <= v + 1e-9 * abs(v)).mean())
        for ours, theirs in zip((d["mean_low_ms"], d["mean_high_ms"]), bca.confidence_interval):
            (a, b), (c, e) = below(ours), below(theirs)
            assert a - .01 <= e and c <= b + .01, (what, ours, theirs, (a, b), (c, e))
        checked += 2
    same(d["p25_ms"], x.quantile(.25), what); same(d["p75_ms"], x.quantile(.75), what)
    same(d["cv"], x.std() / x.mean() if x.mean() > 0 else None, (what, "cv"))
    same(d["p90_to_p10"], x.quantile(.9) / x.quantile(.1) if x.quantile(.1) > 0 else None, (what, "p90/p10"))
    logs = np.log(x[x > 0])
    if len(logs) == 0:
        assert d["stall_above_ms"] is None and d["stalls"] == 0
    else:
        median = np.median(logs)
        deviation = max(1.4826 * np.median(np.abs(logs - median)), np.log1p(tick / 1e6 / np.exp(median)))
        bound = np.exp(median + 10 * deviation)
        same(d["stall_above_ms"], bound, (what, "stalls"))
        assert d["stalls"] == int((x > bound).sum()), what
    endless = np.concatenate([x, np.full(unfinished, 1e300)])
    for q in (.5, .99):
        value = float(np.quantile(endless, q))
        same(d[f"p{q * 100:g}_with_unfinished_ms"], value if value < 1e200 else None, (what, q, "unfinished"))
    runs = [np.log(g[g > 0]) for _, g in rows.dropna(subset="latency_ms").groupby("run_id").latency_ms if (g > 0).sum() >= 2]
    assert d["runs"] == len(runs), what
    if len(runs) < 2:
        assert d["between_runs"] is None and d["effective_n"] is None
        continue
    n, k = sum(map(len, runs)), len(runs)
    # The mean squares are those of scipy's F test.
    within = sum(((g - g.mean()) ** 2).sum() for g in runs) / (n - k)
    between = within * stats.f_oneway(*runs).statistic
    size = (n - sum(len(g) ** 2 for g in runs) / n) / (k - 1)
    icc = max(0, (between - within) / (between + (size - 1) * within))
    assert math.isclose(d["between_runs"], icc, rel_tol=1e-9, abs_tol=1e-12), (what, d["between_runs"], icc)
    worth = n / (1 + (n / k - 1) * icc) if icc > .1 else None
    assert worth is None and d["effective_n"] is None or math.isclose(d["effective_n"], worth, rel_tol=1e-9), what
    checked += 2
assert [(d["pair"], d["start_class"]) for d in summary["details"]] == [(s["pair"], s["start_class"]) for g in summary["groups"] for s in g["pairs"]]

# How calls arrive.
for a in summary["arrivals"]:
    calls = table[(table.run_id == a["run_id"]) & (table.pair == "total") & table.latency_ns.notna()].sort_values("start_ns")
    starts, ends = calls.start_ns.to_numpy(), (calls.start_ns + calls.latency_ns).to_numpy().astype("int64")
    waits = [any((ends <= s) & (ends >= s - tick) & (np.arange(len(ends)) != i)) for i, s in enumerate(starts)]
    at_an_end = np.mean(waits[1:])
    chance = 1 - math.exp(-2 * tick * (len(starts) - 1) / (starts[-1] - starts[0]))
    rho = stats.spearmanr((ends - starts)[:-1], np.diff(starts)).statistic if len(set(np.diff(starts))) > 1 else None
    assert a["n"] == len(calls)
    assert math.isclose(a["at_an_end"], at_an_end, rel_tol=1e-9, abs_tol=1e-12) and math.isclose(a["by_chance"], chance, rel_tol=1e-9), a
    assert rho is None and a["rank_correlation"] is None or math.isclose(a["rank_correlation"], rho, rel_tol=1e-9, abs_tol=1e-12), (a, rho)
    assert a["closed"] == ((at_an_end - chance) / (1 - chance) >= .5 or rho is not None and rho >= .5)
    checked += 3
assert len(summary["arrivals"]) == table.run_id.nunique()

# The comparison.
rng = np.random.default_rng(1)
def resampled(rows, qs, runs):
    """Quantiles of resamples: a row a quantile."""
    groups = [g.to_numpy() for _, g in rows.groupby("run_id").latency_ms]
    out = []
    for _ in range(4000):
        drawn = [groups[i] for i in (rng.integers(len(groups), size=len(groups)) if runs else range(len(groups)))]
        out.append(np.quantile(np.concatenate([rng.choice(g, size=len(g)) for g in drawn]), qs))
    return np.array(out).T
def held_against(drawn, low, high, what):
    """Both are 2.5 % points of a lumpy distribution, drawn by different chance: what is held against each
    other is not the points but how many resamples lie beyond them, within 25 in a thousand (ours are 1 000: four deviations)."""
    global checked
    for end, q_end in [(low, .025), (high, .975)]:
        hair = 1e-9 * abs(end)
        assert (drawn < end - hair).mean() - .025 <= q_end <= (drawn <= end + hair).mean() + .025, (what, q_end, end, np.quantile(drawn, [.025, .975]))
    checked += 1
def differences_beyond(n, m):
    """How many differences lie at or beyond each end of the shift's interval; 0: there is none."""
    if min(n, m) <= 8 and max(n, m) <= 2000:
        ways = np.array([1], dtype=object)
        for i in range(1, min(n, m) + 1):
            # Gauss' binomial, by polynomials of whole numbers of any size.
            ways = np.convolve(ways, [1] + [0] * (max(n, m) + i - 1) + [-1])
            for u in range(i, len(ways)):
                ways[u] += ways[u - i]
            ways = ways[:i * max(n, m) + 1]
        return int((np.cumsum(ways) / sum(ways) <= .025).sum())
    return max(0, math.floor(n * m / 2 + .5 - stats.norm.ppf(.975) * math.sqrt(n * m * (n + m + 1) / 12)))
for row in summary["comparison"]["rows"]:
    def side(frame):
        rows = frame[(frame.pair == row["pair"]) & frame.latency_ms.notna()]
        return rows if row["start_class"] == "all" else rows[rows.start_class == row["start_class"]]
    old, new = side(baseline), side(table)
    assert row["n"] == [len(old), len(new)] and row["runs"] == [old.run_id.nunique(), new.run_id.nunique()]
    assert row["between_runs"] == (min(row["runs"]) >= 3)
    u = stats.mannwhitneyu(new.latency_ms, old.latency_ms).statistic
    same(row["shift_ms"], float(np.median(np.subtract.outer(new.latency_ns.to_numpy(), old.latency_ns.to_numpy()))) / 1e6, "Hodges and Lehmann's shift")
    same(row["slower_share"], u / len(old) / len(new), "Mann and Whitney's U")
    shifts = np.sort(np.subtract.outer(new.latency_ns.to_numpy(), old.latency_ns.to_numpy()).ravel()) / 1e6
    beyond = differences_beyond(len(old), len(new))
    if max(len(old), len(new)) <= 2000:
        same(row["shift_low_ms"], shifts[beyond - 1] if beyond else None, "the shift's interval")
        same(row["shift_high_ms"], shifts[-beyond] if beyond else None, "the shift's interval")
    else:
        # Of parts of the calls: the ranks of its ends are those of all differences, within a twentieth of what it holds.
        off = (len(shifts) / 2 - beyond) / 20
        for end, at in [(row["shift_low_ms"], beyond), (row["shift_high_ms"], len(shifts) - beyond)]:
            assert np.searchsorted(shifts, end - 1e-9) - off <= at <= np.searchsorted(shifts, end + 1e-9, "right") + off, (row["pair"], end, at)
        checked += 2
    if row["start_class"] != "all":
        assert row["shifts"] is None
    else:
        again = [5, 25, 50, 75, 90, 95, 99]
        again_new, again_old = (resampled(rows, np.array(again) / 100, row["between_runs"]) for rows in (new, old))
        least = min(len(old), len(new))
        moved = row["shifts"]
        assert moved["percent"] == [k for k in range(1, 100) if min(k, 100 - k) * least >= 100]
        for k, shift, low, high in zip(moved["percent"], moved["ms"], moved["low_ms"], moved["high_ms"]):
            same(shift, np.quantile(new.latency_ms, k / 100) - np.quantile(old.latency_ms, k / 100), ("shift at", k))
            if k in again:
                held_against(again_new[again.index(k)] - again_old[again.index(k)], low, high, (row["pair"], k))
    of_runs = min(row["runs"]) >= 4
    x, y = ([s.groupby("run_id").latency_ms.median().to_numpy() for s in (old, new)] if of_runs else (old.latency_ms.to_numpy(), new.latency_ms.to_numpy()))
    t = row["mann_whitney"]
    exact = min(len(x), len(y)) <= 8 and max(len(x), len(y)) <= 2000 and len(set(x) | set(y)) == len(x) + len(y)
    assert (t["units"], t["n"], t["exact"]) == ("run_medians" if of_runs else "calls", [len(x), len(y)], exact), (row["pair"], t)
    p = stats.mannwhitneyu(x, y, method="exact" if exact else "asymptotic").pvalue
    assert math.isclose(t["p"], p, rel_tol=1e-9, abs_tol=1e-300), (row["pair"], t, p)
    for c in row["changes"]:
        q = c["percent"] / 100
        before, after = np.quantile(old.latency_ms, q), np.quantile(new.latency_ms, q)
        same(c["baseline_ms"], before, "before"); same(c["now_ms"], after, "after")
        if c["change"] is None:
            assert before <= 0
            continue
        same(c["change"], after / before - 1, "change")
        if row["start_class"] == "all" and c["supported"]:
            at = again.index(c["percent"])
            held_against(again_new[at] / again_old[at] - 1, c["low"], c["high"], (row["pair"], q))
tests = [row["mann_whitney"] for row in summary["comparison"]["rows"]]
tests.sort(key=lambda t: t["p"])
least = 0
for at, t in enumerate(tests):
    least = min(1, max(least, (len(tests) - at) * t["p"]))
    same(t["p_holm"], least, "Holm's steps")
