"""What the answers must be: computed by numpy from the numbers a log was made of, not from the log."""

import itertools

import numpy as np

import logs

NS_IN_MS = 1_000_000
SKIP_MS = 1000  # of `--skip 1s`
WRAP = 1 << 64


def sum_of(values):
    """Modulo 2^64, which no number of rows can overflow."""
    return int(np.asarray(values).astype(np.uint64).sum())


class Events:
    """What a table of all events must hold: sums (modulo 2^64), extremes, first and last rows."""

    def __init__(self):
        self.rows, self.sum, self.weighted, self.first, self.last = 0, 0, 0, None, None

    def add(self, epochs_ms):
        ts = epochs_ms * 1000
        place = np.arange(self.rows + 1, self.rows + 1 + len(ts), dtype=np.uint64)
        self.sum = (self.sum + sum_of(ts)) % WRAP
        self.weighted = (self.weighted + sum_of(place * ts.view(np.uint64))) % WRAP
        self.first = self.first or [int(t) for t in ts[:4]]
        self.last = [int(t) for t in ts[-4:]]
        self.rows += len(ts)

    def places(self, first):
        """How many rows have the label of row `first`, and the sum of their numbers."""
        count = self.rows // 4
        return [count, count * first + 4 * (count * (count - 1) // 2)]

    def answer(self):
        labels = [label.decode() for label in logs.LABELS]
        return {
            "rows": self.rows, "ts_sum": self.sum, "ts_weighted": self.weighted,
            "ts_min": self.first[0], "ts_max": self.last[-1],
            "labels": {label: self.places(number) for number, label in enumerate(labels, 1)},
            "first": [[ts, 0, label] for ts, label in zip(self.first, labels)],
            "last": [[ts, 0, label] for ts, label in zip(self.last, labels)],
        }


class Latencies:
    """What a table of all latencies must hold, in any order of its rows: by pair their number, sums
    (modulo 2^64) and extremes; and sums weighted by a number that each trace's id stands for, without
    which latencies could change places between traces unseen."""

    def __init__(self, log, ids):
        self.log, self.ids, self.traces, self.pairs = log, ids, 0, {}

    def add(self, epochs_ms, keys):
        """Epochs by statement, then trace; the number of each trace's id."""
        self.traces += len(keys)
        names = [label.decode() for label in logs.LABELS]
        steps = [(a, a + 1, f"{names[a]}->{names[a + 1]}") for a in range(3)]
        for a, b, pair in [*steps, (0, 3, "total")]:
            start, latency = epochs_ms[a] * NS_IN_MS, (epochs_ms[b] - epochs_ms[a]) * NS_IN_MS
            new = {"rows": len(keys), "from_label": names[a], "to_label": names[b], "negative": int((latency < 0).sum())}
            new |= sums("start_ns", start, keys) | sums("latency_ns", latency, keys)
            self.pairs[pair] = merged(self.pairs.get(pair), new)

    def answer(self):
        return {"log": self.log, "ids": self.ids, "traces": self.traces, "pairs": self.pairs}


def sums(name, values, keys):
    """Figures of the values of a column, each in a row whose trace's id stands for a key."""
    by_trace = sum_of(keys * values.astype(np.uint64))
    return {f"{name}_sum": sum_of(values), f"{name}_by_trace": by_trace,
            f"{name}_min": int(values.min()), f"{name}_max": int(values.max())}


def merged(old, new):
    """Figures of the rows of both."""
    if old is None:
        return new
    both = {}
    for name, value in new.items():
        if name.endswith("_label"):
            both[name] = value
        elif name.endswith(("_min", "_max")):
            both[name] = (min if name.endswith("_min") else max)(old[name], value)
        else:
            both[name] = (old[name] + value) % WRAP
    return both


def figures(latencies, unit):
    p50, p95, p99 = np.quantile(latencies, [0.5, 0.95, 0.99], method="linear") / unit
    mean = latencies.sum(dtype=np.int64) / len(latencies) / unit
    return {"n": len(latencies), "mean": float(mean), "p50": float(p50), "p95": float(p95), "p99": float(p99)}


def pairs_of(steps, labels, unit, kinds):
    """Figures by pair; with kinds, the two labels in the middle have a number each."""
    names = [label.decode() for label in labels]
    if kinds is None:
        return {f"{a}->{b}": figures(step, unit) for a, b, step in zip(names, names[1:], steps)}
    order = np.argsort(kinds, kind="stable")
    present, starts = np.unique(kinds[order], return_index=True)
    pairs = {}
    for place, step in enumerate(steps):
        for kind, part in zip(present, np.split(step[order], starts[1:])):
            number = f"{kind:04}"
            a = names[place] + (number if place > 0 else "")
            b = names[place + 1] + (number if place < 2 else "")
            pairs[f"{a}->{b}"] = figures(part, unit)
    return pairs


def all_pairs_of(steps):
    """Figures of `--all-pairs`: every label to every later one."""
    names = [label.decode() for label in logs.LABELS]
    return {f"{names[a]}->{names[b]}": figures(sum(steps[a:b]), 1) for a, b in itertools.combinations(range(4), 2)}


def skipped(steps, starts):
    """Figures of `--skip 1s`: without the traces that begin in the second after the first of all."""
    kept = starts - starts[0] >= SKIP_MS
    return {"traces": int(kept.sum()), "pairs": pairs_of([step[kept] for step in steps], logs.LABELS, 1, None)}
