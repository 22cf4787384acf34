"""Writes the logs of the benchmark from a seed, each with the answers that belong to it.

The answers are computed from the numbers the log was made of (expected.py), without reading the log.
A log whose answers lie beside it is kept.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import sys

import numpy as np

import expected
import logs

VARIANTS = ["plain", "crlf", "zones", "labels-5000", "labels-200", "small-files", "noise-1", "noise-95", "nanoseconds"]
GROWTH = [1, 10, 100]  # million lines
TRACES_A = 12_000_000
TRACES_START = 2_000_000  # of job A's log, in the log that is cut from it
IDS_B = 2_000_000
VARIANT_BYTES = 300_000_000
SMALL_FILES = 10_000
PIECE_BYTES = 24_000_000


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
    steps, kinds, starts, total, newlines = [[], [], []], [], [], 0, 0
    events, latencies = expected.Events(), expected.Latencies(path.name, "lines")
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
            # Without an id a trace is called by the line it begins at.
            latencies.add(epochs.reshape(-1, 4).T, np.arange(4 * start + 1, 4 * end + 1, 4, dtype=np.uint64))
            starts.append(epochs[::4])
    if out:
        out.close()
    steps = [np.concatenate(step) for step in steps]
    answers = {"bytes": total, "lines": newlines, "statements": 4 * traces}
    answers["pairs"] = expected.pairs_of(steps, log.labels, log.unit, np.concatenate(kinds) if kinds else None)
    if name == "a":
        answers |= {"events": events.answer(), "latencies": latencies.answer()}
        answers |= {"all_pairs": expected.all_pairs_of(steps), "skip": expected.skipped(steps, np.concatenate(starts))}
        answers["start"] = start_of(steps, total, round(TRACES_START * size))
    return answers


def start_of(steps, total, traces):
    """Answers of the first traces alone; all have lines of the same lengths."""
    size = total * traces // len(steps[0])
    pairs = expected.pairs_of([step[:traces] for step in steps], logs.LABELS, 1, None)
    return {"bytes": size, "lines": 4 * traces, "statements": 4 * traces, "pairs": pairs}


def write_start(path, whole):
    """The first lines of job A's log; returns the answers that its maker computed for them."""
    answers = json.loads(whole.with_suffix(".json").read_text())["start"]
    with open(whole, "rb") as source:
        path.write_bytes(source.read(answers["bytes"]))
    return answers


def write_lambda(path, rng, size):
    ids = round(IDS_B * size)
    pieces, steps, epochs, keys = logs.lambda_log(rng, ids)
    latencies = expected.Latencies(path.name, "uuids")
    latencies.add(epochs, keys)
    total = 0
    with open(path, "wb") as out:
        for text in pieces:
            text.tofile(out)
            total += len(text)
    answers = {"bytes": total, "lines": 4 * ids, "statements": 4 * ids, "latencies": latencies.answer()}
    return {**answers, "pairs": expected.pairs_of(steps, logs.LABELS, 1, None)}


def make(folder, name, size, seed, version):
    """Writes the log `name` unless it is there, made by this version."""
    path, beside = folder / f"{name}.log", folder / f"{name}.json"
    if beside.exists() and path.exists() and json.loads(beside.read_text())["version"] == version:
        return
    beside.unlink(missing_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    rng = np.random.default_rng([seed, *name.encode()])
    if name == "a-start":
        make(folder, "a", size, seed, version)
        answers = write_start(path, folder / "a.log")
    else:
        answers = write_lambda(path, rng, size) if name == "b" else write_sequential(name, path, rng, size)
    answers = {"version": version, **answers}
    temporary = beside.with_suffix(".tmp")
    temporary.write_text(json.dumps(answers))
    temporary.rename(beside)
    print(f"made {path.name}: {answers['statements']:,} statements, {answers['bytes']:,} bytes", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("logs", nargs="+", help=f"a, a-start, b, {', '.join(VARIANTS)}, growth-1, growth-10, growth-100")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    here = pathlib.Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in ("generate.py", "expected.py", "logs.py", "lines.py"))
    version = f"{options.size} {options.seed} {hashlib.sha256(sources).hexdigest()[:12]}"
    for name in options.logs:
        make(options.dir, name, options.size, options.seed, version)


if __name__ == "__main__":
    main()
