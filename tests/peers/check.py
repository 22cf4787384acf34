"""Compares answers with those of the generator."""

import json
import math

from measure import Failed

FIGURES = ("n", "mean", "p50", "p95", "p99")


def pairs(expected):
    """A check of a peer's answer: all pairs and no other, all figures."""
    def check(path):
        same(json.loads(path.read_text()), expected["pairs"])
    return check


def stats(expected):
    """A check of `sb-trace stats --json`: the pairs, and an accounting that misses no line."""
    def check(path):
        said = json.loads(path.read_text())
        rows = [row for row in said["pairs"] if row["start_class"] == "all" and row["pair"] != "total"]
        names = {"n": "n", **{name: f"{name}_ms" for name in FIGURES[1:]}}
        found = {row["pair"]: {name: row[key] for name, key in names.items()} for row in rows}
        if len(found) != len(rows):
            raise Failed(f"{len(rows)} rows of {len(found)} pairs")
        same(found, expected["pairs"])
        lines, statements = expected["lines"], expected["statements"]
        traces = expected.get("traces", statements // 4)
        accounting = {
            "lines": lines, "lines_with_statement": statements, "lines_other": lines - statements,
            "lines_look_alike": 0, "events": statements, "events_filtered": statements - 4 * traces, "traces": traces,
        }
        for name, count in accounting.items():
            if said["accounting"][name] != count:
                raise Failed(f"accounting, {name}: {said['accounting'][name]} instead of {count}")
    return check


def report(expected):
    """A check of the folder that sb-report made: its summary says what `stats --json` says."""
    def check(folder):
        stats(expected)(folder / "summary.json")
    return check


def same(found, expected):
    if found.keys() != expected.keys():
        odd = sorted(found.keys() ^ expected.keys())
        raise Failed(f"{len(found)} pairs instead of {len(expected)}; only in one of both: {', '.join(odd[:5])}")
    for pair, figures in expected.items():
        for name in FIGURES:
            if not math.isclose(found[pair][name], figures[name], rel_tol=1e-9):
                raise Failed(f"{pair}, {name}: {found[pair][name]} instead of {figures[name]}")
