"""Writes the logs of the benchmark from a seed, each with the answers that belong to it.

The answers are computed from the numbers the log was made of, by numpy, without reading the log. A
log whose answers lie beside it is kept.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import sys

import numpy as np

import logs

VARIANTS = ["plain", "crlf", "zones", "labels-5000", "labels-200", "small-files", "noise-1", "noise-95", "nanoseconds"]
GROWTH = [1, 10, 100]  # million lines
TRACES_A = 12_000_000
IDS_B = 2_000_000
VARIANT_BYTES = 300_000_000
SMALL_FILES = 10_000
PIECE_BYTES = 24_000_000
WRAP = 1 << 64


class Events:
    """What a table of all events must hold: sums (modulo 2^64), extremes, first and last rows."""

    def __init__(self):
        self.rows, self.sum, self.weighted, self.first, self.last = 0, 0, 0, None, None

    def add(self, epochs_ms):
        ts = epochs_ms * 1000
        place = np.arange(self.rows + 1, self.rows + 1 + len(ts), dtype=np.uint64)
        self.sum = (self.sum + int(ts.view(np.uint64).sum())) % WRAP
        self.weighted = (self.weighted + int((place * ts.view(np.uint64)).sum())) % WRAP
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


def bytes_per_trace(name):
    sample, *_ = logs.sequential(name, np.random.default_rng(0)).piece(2000)
    return len(sample) / 2000


def write_sequential(name, path, rng, size):
    """Any log of traces one after the other; returns its answers."""
    log = logs.sequential(name, rng)
    if name == "a":
        traces = round(TRACES_A * size)
    elif name.startswith("growth-"):
        traces = round(int(name[len("growth-"):]) * 250_000 * size)
    else:
        traces = round(VARIANT_BYTES * size / bytes_per_trace(name))
    folder = name == "small-files"
    if folder:
        path.mkdir()
        pieces = max(20, round(SMALL_FILES * size))
    else:
        pieces = -(-traces // int(PIECE_BYTES / bytes_per_trace(name)))
    ends = [traces * number // pieces for number in range(pieces + 1)]
    out = None if folder else open(path, "wb")
    steps, kinds, events, total, newlines = [[], [], []], [], Events(), 0, 0
    for number, (start, end) in enumerate(zip(ends, ends[1:])):
        text, epochs, piece_steps, kind = log.piece(end - start)
        if folder:
            text.tofile(path / f"{number:05}.log")
        else:
            text.tofile(out)
        total += len(text)
        newlines += int(np.count_nonzero(text == ord("\n")))
        for all_of, new in zip(steps, piece_steps):
            all_of.append(new if log.unit > 1 else new.astype(np.int32))
        if kind is not None:
            kinds.append(kind)
        if name == "a":
            events.add(epochs)
    if out:
        out.close()
    steps = [np.concatenate(step) for step in steps]
    answers = {"bytes": total, "lines": newlines, "statements": 4 * traces}
    answers["pairs"] = pairs_of(steps, log.labels, log.unit, np.concatenate(kinds) if kinds else None)
    if name == "a":
        answers["events"] = events.answer()
    return answers


def write_lambda(path, rng, size):
    ids = round(IDS_B * size)
    pieces, steps = logs.lambda_log(rng, ids)
    total = 0
    with open(path, "wb") as out:
        for text in pieces:
            text.tofile(out)
            total += len(text)
    return {"bytes": total, "lines": 4 * ids, "statements": 4 * ids, "pairs": pairs_of(steps, logs.LABELS, 1, None)}


def make(folder, name, size, seed, version):
    """Writes the log `name` unless it is there, made by this version."""
    path, beside = folder / f"{name}.log", folder / f"{name}.json"
    if beside.exists() and path.exists() and json.loads(beside.read_text())["version"] == version:
        return
    beside.unlink(missing_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    rng = np.random.default_rng([seed, *name.encode()])
    write = write_lambda if name == "b" else lambda *rest: write_sequential(name, *rest)
    answers = {"version": version, **write(path, rng, size)}
    temporary = beside.with_suffix(".tmp")
    temporary.write_text(json.dumps(answers))
    temporary.rename(beside)
    print(f"made {path.name}: {answers['statements']:,} statements, {answers['bytes']:,} bytes", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("logs", nargs="+", help=f"a, b, {', '.join(VARIANTS)}, growth-1, growth-10, growth-100")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    here = pathlib.Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in ("generate.py", "logs.py", "lines.py"))
    version = f"{options.size} {options.seed} {hashlib.sha256(sources).hexdigest()[:12]}"
    for name in options.logs:
        make(options.dir, name, options.size, options.seed, version)


if __name__ == "__main__":
    main()
