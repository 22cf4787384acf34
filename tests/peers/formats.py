#!/usr/bin/env python3
"""Throughput of `sb-trace stats` for every format, beside DuckDB on the same file.

For each format a log is generated: invocations with four statements and about as many other lines,
two streams that alternate where the format tells streams or ids apart, all from a seed. Then

- `sb-trace stats FILE --json` (whole process, recognition included), and
- DuckDB, which is told everything (the format, the columns, where epoch, label and key stand),

each give n, mean, p50, p95 and p99 of every consecutive pair. The answers must be equal. Times are
the best of several runs; CPU time is given too, because it suffers less from a busy machine.

    python tests/peers/formats.py [NAME...] [--mb 200] [--runs 3] [--bin target/release/sb-trace]
        [--smoke] [--no-duckdb] [--markdown FILE] [--keep DIR]
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

from format_logs import FORMATS

COMMON = """
with s as ({rows}), n as (
  select label, epoch, lead(label) over w as next_label, lead(epoch) over w as next_epoch
  from s window w as (partition by key order by epoch))
select label || '->' || next_label as pair, count(*), avg(next_epoch - epoch),
  quantile_cont(next_epoch - epoch, [0.5, 0.95, 0.99])
from n where next_label is not null and label <> 'POST_INVOKED' group by 1 order by 1
"""

DUCKDB = """
import duckdb, json, sys
con = duckdb.connect()
con.execute("set threads=2")
con.execute("set enable_progress_bar=false")
rows = con.execute(sys.argv[1]).fetchall()
print(json.dumps([[p, n, m, *q] for p, n, m, q in rows]))
"""


def measured(command):
    """Runs a command: its output, wall time, CPU time (user and system) and peak memory in MB."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{command[0]}: {err.decode()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return out, err.decode(), wall, cpu, usage.ru_maxrss / 1024


def best(runs, command):
    results = [measured(command) for _ in range(runs)]
    out, err = results[0][:2]
    return out, err, min(r[2] for r in results), min(r[3] for r in results), max(r[4] for r in results)


def ours(out):
    pairs = json.loads(out)
    pairs = pairs["pairs"] if isinstance(pairs, dict) else pairs
    rows = [p for p in pairs if p["start_class"] == "all" and p["pair"] != "total"]
    keys = ("pair", "n", "mean_ms", "p50_ms", "p95_ms", "p99_ms")
    return sorted([p[k] for k in keys] for p in rows)


def equal(a, b):
    if len(a) != len(b):
        return False
    return all(
        x[0] == y[0] and x[1] == y[1] and all(abs(p - q) < 1e-6 * max(1, abs(q)) for p, q in zip(x[2:], y[2:]))
        for x, y in zip(a, b)
    )


def main():
    args = argparse.ArgumentParser()
    args.add_argument("names", nargs="*")
    args.add_argument("--mb", type=int, default=200)
    args.add_argument("--runs", type=int, default=3)
    args.add_argument("--bin", default="target/release/sb-trace")
    args.add_argument("--python", default=sys.executable, help="the Python that has duckdb")
    args.add_argument("--smoke", action="store_true", help="1 MB each, one run: the answers only")
    args.add_argument("--no-duckdb", action="store_true")
    args.add_argument("--markdown", help="append the table to this file")
    args.add_argument("--keep", help="keep the logs in this folder")
    args = args.parse_args()
    if args.smoke:
        args.mb, args.runs = 1, 1
    scratch = tempfile.TemporaryDirectory(prefix="formats-")
    folder = args.keep or scratch.name
    lines = [
        "| format | kind | MB | statements | sb-trace s | MB/s | CPU s | MB a CPU second | peak MB | DuckDB s | times as fast | same |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(lines), flush=True)
    failed = []
    for format in FORMATS:
        if args.names and format.name not in args.names and format.file not in args.names:
            continue
        path = os.path.join(folder, format.file)
        if not (args.keep and os.path.exists(path)):
            statements = format.write(path, args.mb * 1_000_000, random.Random(7))
        else:
            statements = 0
        size = os.path.getsize(path) / 1e6
        out, err, wall, cpu, peak = best(args.runs, [args.bin, "stats", path, "--json"])
        taken = f": read as {format.name}," in err
        pairs = ours(out)
        theirs, ratio, same = "", "", "-"
        if not args.no_duckdb:
            sql = COMMON.format(rows=format.sql(path))
            try:
                answer, _, duck, _, _ = best(args.runs, [args.python, "-c", DUCKDB, sql])
                same = "yes" if equal(pairs, sorted(json.loads(answer))) else "NO"
                theirs, ratio = f"{duck:.2f}", f"{duck / wall:.1f}"
            except RuntimeError as error:
                theirs = "failed: " + str(error).strip().splitlines()[-1][:60]
        if not taken or same == "NO":
            failed.append(format.name)
            print(err, pairs, file=sys.stderr)
        line = (
            f"| {format.name if taken else format.name + ' (NOT TAKEN FOR IT)'} | {format.kind} | {size:.0f} | {statements} "
            f"| {wall:.2f} | {size / wall:.0f} | {cpu:.2f} | {size / cpu:.0f} | {peak:.0f} | {theirs} | {ratio} | {same} |"
        )
        lines.append(line)
        print(line, flush=True)
        if not args.keep:
            os.unlink(path)
    if args.markdown:
        with open(args.markdown, "a") as table:
            table.write("\n".join(lines) + "\n")
    if failed:
        sys.exit("differ: " + ", ".join(failed))


if __name__ == "__main__":
    main()
