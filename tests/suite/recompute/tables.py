"""report.html, the first tables: every cell is written once more from latencies.parquet. Modes and the
statistics that summary.py has checked are taken from summary.json."""
import hashlib
import math
import re
import numpy as np
import pandas as pd
from summary import baseline, order_ranks, summary, table, tick
from dom import Page
from words import *

page = Page("report/report.html")
root, is_ = page.root, page.is_
section = {s.attributes["id"]: s for s in root.all("section") if "id" in s.attributes}
events = pd.read_parquet("report/events.parquet")
arrow = lambda pair: pair.replace("->", "→")
long = lambda pair: "The whole trace" if pair == "total" else arrow(pair)
runs = [r["run_id"] for r in summary["runs"]]
name = {run: f"run {at + 1}" for at, run in enumerate(runs)}
# The pairs in the order of the page, the whole trace among them.
pairs = list(dict.fromkeys(s["pair"] for s in summary["groups"][0]["pairs"]))
TICK = f"1 {fitting(tick / 1e6)}"


class Cell:
    """The latencies of a pair, of a start class and of a run, where these are given."""

    def __init__(self, pair, start="all", run=None):
        rows = table[table.pair == pair]
        rows = rows if start == "all" else rows[rows.start_class == start]
        self.rows = rows if run is None else rows[rows.run_id == run]
        self.values = np.sort(self.rows.latency_ms.dropna().to_numpy())
        self.n, self.unfinished = len(self.values), int(self.rows.latency_ms.isna().sum())
        self.negative = int((self.values < 0).sum())

    def q(self, q):
        return float(np.quantile(self.values, q)) if self.n else None

    def ends(self, q):
        return [self.values[r - 1] if r else None for r in order_ranks(self.n, q)] if self.n else [None, None]

    def classes(self):
        found = [c for c in ["cold", "partial", "warm", "unknown"] if (self.rows.start_class == c).any()]
        return ["all"] + (found if len(found) > 1 else [])


whole = {pair: Cell(pair) for pair in pairs}
classes = {pair: whole[pair].classes() for pair in pairs}
unit = {pair: fitting(max(abs(Cell(pair, c).q(.5) or 0) for c in classes[pair])) for pair in pairs}
several_classes = any(len(c) > 1 for c in classes.values())


def enough(n, q):
    return n * (1 - q) >= 1 - 1e-9


def percentile(cell, q, unit):
    if not cell.n or not enough(cell.n, q):
        return "n/a"
    return latency(cell.q(q), unit) + interval(*cell.ends(q), unit)


def modes(summaries, pair, start):
    found = next(s["modes"] for s in summaries if (s["pair"], s["start_class"]) == (pair, start))
    if len(found) < 2:
        return ""
    one = lambda m: f"{latency(m['at_ms'], unit[pair])} ({m['share'] * 100:.0f} %)"
    return f"{len(found)} modes: {', '.join(map(one, found))}"


def first_rows(cells, of_run=False):
    """Rows of the first table and of the runs: pair, run, start and their cells."""
    out = []
    for pair, start, run in cells:
        cell, u = Cell(pair, start, run), unit[pair]
        summaries = summary["groups"][0]["pairs"] if run is None else next(r["pairs"] for r in summary["runs"] if r["run_id"] == run)
        lacks = [f"{count(n)} {what}" for n, what in [(cell.unfinished, "unfinished"), (cell.negative, "negative")] if n]
        out.append([arrow(pair) + modes(summaries, pair, start), name[run] if of_run else None, start if several_classes else None,
                    count(cell.n) + "".join(lacks)] + [percentile(cell, q, u) for q in (.5, .9, .95, .99)]
                   + [latency(cell.values[-1], u) if cell.n else "n/a", ""])
    return out


of_groups = [(pair, c, None) for pair in pairs for c in classes[pair]]
of_runs = [(pair, c, run) for pair in pairs for run in runs for c in Cell(pair, run=run).classes() if len(Cell(pair, run=run).rows)]
tables = list(section["summary"].all("table"))
page.table(tables[0], first_rows(of_groups))
page.table(tables[2], first_rows(of_runs, True))

# The bars beside the numbers: one logarithmic scale, with a gutter for zero and less.
spots = [Cell(*c).q(q) for c in of_groups + of_runs for q in (.1, .5, .9) if Cell(*c).n]
positive = [v for v in spots if v > 0]
assert len(positive) * 2 > len(spots)
low, high = min(positive), max(positive)
pad = (high / low) ** .04 if high > low * 1.02 else 1.5
low, high, begin = low / pad, high * pad, 34.0 if len(positive) < len(spots) else 0.0
place = lambda v: begin / 2 if v <= 0 else begin + math.log(v / low) / math.log(high / low) * (100 - begin)
for at, cells in [(0, of_groups), (2, of_runs)]:
    for row, cell in zip(tables[at].one("tbody").all("tr"), cells):
        marks = [p.attributes["d"] for p in row.all("path")][1:]
        p10, p50, p90 = (place(Cell(*cell).q(q)) for q in (.1, .5, .9))
        drawn = [float(x) for x in re.findall(r"[\d.]+", marks[0])] + [float(re.findall(r"[\d.]+", marks[1])[0])]
        for a, b in zip(drawn, [p10, 5, max(p90 - p10, .5), p50]):
            assert abs(a - b) < .051, (cell, drawn, p10, p50, p90)
        page.checked += 3
weak = any(Cell(*c).n and enough(Cell(*c).n, q) and None in Cell(*c).ends(q) for c in of_groups + of_runs for q in (.5, .9, .95, .99))
is_(tables[0].one("caption"), "Small: 95 % interval." + (" Grey: too few latencies to bound the percentile on both sides." if weak else "")
    + f" All {len(runs)} runs together. Bars: p10 to p90 with the median, all on one scale from {label(two_digits(low))} to {label(two_digits(high))}.")

# More statistics, from summary.json's, which were checked.
def more(d):
    pair, u = d["pair"], unit[d["pair"]]
    ms = lambda v: "n/a" if v is None else latency(v, u)
    number = lambda v, end="": "n/a" if v is None else f"{v:.2f}{end}"
    endless = lambda v, q: "n/a" if not enough(d["n"] + d["unmatched"], q) else "∞" if v is None else latency(v, u)
    above = "" if d["stall_above_ms"] is None else f"> {latency(d['stall_above_ms'], u)}"
    return [arrow(pair), d["start_class"] if several_classes else None,
            ms(d["mean_ms"]) + ("" if d["mean_low_ms"] is None else interval(d["mean_low_ms"], d["mean_high_ms"], u)), number(d["cv"]),
            ms(None if d["p25_ms"] is None else d["p75_ms"] - d["p25_ms"]), number(d["p90_to_p10"], " ×"), count(d["stalls"]) + above,
            count(d["zero"]), endless(d["p50_with_unfinished_ms"], .5), endless(d["p99_with_unfinished_ms"], .99),
            "n/a" if d["between_runs"] is None else share(d["between_runs"]), "n/a" if d["effective_n"] is None else count(math.floor(d["effective_n"] + .5))]
page.table(tables[1], [more(d) for d in summary["details"]])
