"""What is measured: jobs A, B and C beside the peers, variants of job A's log, and its growth."""

import functools
import json
import re
import shutil
import subprocess
from pathlib import Path

import check
from measure import Contender, Failed, alternate, warm
from report import Section, bytes_text, seconds

HERE = Path(__file__).parent
VARIANTS = {
    "plain": "as job A", "crlf": "CRLF", "zones": "mixed zones", "labels-5000": "5 000 distinct labels",
    "labels-200": "labels of 200 bytes", "small-files": "small files", "noise-1": "1 % noise lines",
    "noise-95": "95 % noise lines", "nanoseconds": "nanosecond epochs",
}
GROWTH = (1, 10, 100)
# Ways of each peer; those of one way have one that is direct as well as fast.
PEERS = {
    "DuckDB": ("duckdb_peer.py", ("direct", "tuned")),
    "polars": ("polars_peer.py", ("direct", "tuned")),
    "pandas": ("pandas_peer.py", ("only",)),
}
TITLES = {
    "a": "A. `stats`, plain lines, sequential traces",
    "b": "B. `stats`, Lambda lines, interleaved by request id",
    "c": "C. job A's log to Parquet with `ts`, `utc_offset_minutes`, `label`",
}


class Bench:
    """Where all is, and how often it runs."""

    def __init__(self, folder, sb, python, size, seed, runs):
        self.folder, self.sb, self.python = folder, sb, python
        self.size, self.seed, self.runs = size, seed, runs
        self.scratch = folder / "answers"
        self.scratch.mkdir(parents=True, exist_ok=True)

    def logs(self, *names):
        """Makes the logs unless they are there; (path, answers) of each."""
        command = [self.python, HERE / "generate.py", "--dir", self.folder]
        subprocess.run([*command, "--size", str(self.size), "--seed", str(self.seed), *names], check=True)
        found = [(self.folder / f"{name}.log", json.loads((self.folder / f"{name}.json").read_text())) for name in names]
        for path, _ in found:
            warm(path)
        return found

    def stats(self, name, log, answers, *options):
        argv = [self.sb, "stats", "--json", *options, log]
        return Contender(name, argv, self.scratch / f"{log.stem}.sb.json", check.stats(answers), prints=True)

    def peers(self, job, log, ending, verify, check_once=False):
        for name, (script, ways) in PEERS.items():
            for way in ways:
                title = name if len(ways) == 1 else f"{name}, {way}"
                if job == "c" and name == "pandas":
                    title = "pyarrow"
                out = self.scratch / f"{job}.{name}.{way}.{ending}"
                yield Contender(title, [self.python, HERE / script, job, way, log, out], out, verify, check_once=check_once)


def side_by_side(bench, job):
    """Job A, B or C: sb-trace and all peers, turn and turn about."""
    log, answers = bench.logs("a" if job == "c" else job)[0]
    notes = []
    if job == "c":
        verify = functools.partial(table_is_right, bench, bench.folder / "a.json")
        contenders = list(bench.peers(job, log, "parquet", verify, check_once=True))
        said = subprocess.run([bench.sb, "events", "--help"], capture_output=True, text=True, check=False).stdout
        if "--columns" in said:
            out = bench.scratch / "c.sb.parquet"
            argv = [bench.sb, "events", log, "-o", out, "--columns", "ts,utc_offset_minutes,label"]
            contenders.insert(0, Contender("sb-trace", argv, out, verify, check_once=True))
        else:
            notes.append("This sb-trace has no `events --columns`: only the peers were compared.")
    else:
        contenders = [bench.stats("sb-trace", log, answers)]
        contenders += bench.peers(job, log, "json", check.pairs(answers))
        if shutil.which("mawk"):
            argv = ["mawk", "-v", f"job={job}", "-f", HERE / "mawk_peer.awk", log]
            out = bench.scratch / f"{job}.mawk.json"
            contenders.append(Contender("mawk", argv, out, check.pairs(answers), prints=True))
        else:
            notes.append("mawk was left out: it is not installed (Debian's package `mawk`).")
    try:
        alternate(contenders, bench.runs)
    except Failed as failed:
        raise Failed(f"job {job.upper()}: {failed}") from None
    return compared(TITLES[job], answers, contenders, notes)


def table_is_right(bench, answers, path):
    command = [bench.python, HERE / "check_table.py", path, answers]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())


def compared(title, answers, contenders, notes):
    ours = contenders[0] if contenders[0].name == "sb-trace" else None
    peers = contenders[1:] if ours else contenders
    rows, tables = [], contenders[0].out.suffix == ".parquet"
    for each in contenders:
        times = f"{each.median / ours.median:.1f}" if ours else "-"
        row = [each.name, seconds(each.best), seconds(each.median), times, seconds(each.cpu), bytes_text(each.peak)]
        rows.append(row + [bytes_text(each.size)] * tables)
    fastest = min(peers, key=lambda each: each.median)
    # mawk holds nothing but counts; a tool that reads tables cannot be as lean.
    leanest = min((each for each in peers if each.name != "mawk"), key=lambda each: each.peak)
    if ours:
        direct = min((each for each in peers if "direct" in each.name), key=lambda each: each.median)
        notes.append(
            f"sb-trace is {fastest.median / ours.median:.1f} times as fast as the fastest peer ({fastest.name}), "
            f"{direct.median / ours.median:.1f} times as fast as the fastest direct query ({direct.name}), "
            f"and takes {ours.peak / leanest.peak:.2f} times the memory of the leanest but mawk ({leanest.name}).")
    text = f"{answers['statements']:,} statements, {bytes_text(answers['bytes'])}."
    header = ["program", "best", "median", "x sb-trace", "CPU", "peak memory"] + ["output"] * tables
    return Section(title, text, header, rows, notes)


def variants(bench):
    """Whether speed depends on what the log looks like: sb-trace alone, time per byte."""
    logs = bench.logs(*VARIANTS)
    contenders = []
    for (name, title), (log, answers) in zip(VARIANTS.items(), logs):
        if name == "small-files":
            title = f"{len(list(log.iterdir())):,} small files".replace(",", " ")
        options = ["--epoch-unit", "ns"] if name == "nanoseconds" else []
        contenders.append(bench.stats(title, log, answers, *options))
    try:
        alternate(contenders, bench.runs)
    except Failed as failed:
        raise Failed(f"variants: {failed}") from None
    sizes = [answers["bytes"] for _, answers in logs]
    base = contenders[0].median / sizes[0]
    rows = []
    for each, size in zip(contenders, sizes):
        rate = f"{size / each.median / 1e9:.2f} GB/s"
        ratio = f"{each.median / size / base:.2f}"
        rows.append([each.name, bytes_text(size), seconds(each.best), seconds(each.median), rate, ratio, bytes_text(each.peak)])
    header = ["log", "size", "best", "median", "rate", "time per byte", "peak memory"]
    text = "`sb-trace stats` alone; time per byte is relative to the first row."
    return Section("Variants of job A's log", text, header, rows, [])


def growth(bench, counted):
    """Time, memory and instructions at 1, 10 and 100 million lines of job A's kind."""
    names = [f"growth-{millions}" for millions in GROWTH]
    logs = bench.logs(*names)
    contenders = [bench.stats(f"{answers['lines']:,} lines", log, answers) for log, answers in logs]
    try:
        alternate(contenders, bench.runs)
    except Failed as failed:
        raise Failed(f"growth: {failed}") from None
    count, how = counter(bench.scratch)
    instructions = [count(each.argv) if count and millions in counted else None
                    for millions, each in zip(GROWTH, contenders)]
    rows = []
    for place, ((_, answers), each) in enumerate(zip(logs, contenders)):
        row = [each.name, seconds(each.best), seconds(each.median), "-", bytes_text(each.peak), "-", "-"]
        if place > 0:
            more = answers["lines"] / logs[place - 1][1]["lines"]
            row[3] = f"{each.median / contenders[place - 1].median / more:.3f}"
        if instructions[place]:
            row[5] = f"{instructions[place] / 1e6:,.1f} M"
            if place > 0 and instructions[place - 1]:
                row[6] = f"{instructions[place] / instructions[place - 1] / more:.3f}"
        rows.append(row)
    header = ["log", "best", "median", "time / linear", "peak memory", "instructions", "instructions / linear"]
    text = "`sb-trace stats` alone; / linear is the growth from the row above, divided by that of the lines."
    return Section("Growth", text, header, rows, [how])


def counter(scratch):
    """(what counts the instructions of a command, what to say about it)"""
    def perf(argv):
        command = ["perf", "stat", "-x", ",", "-e", "instructions:u", *map(str, argv)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        found = re.search(r"^(\d+),", done.stderr, re.MULTILINE)
        return int(found[1]) if found else None

    def valgrind(argv):
        out = scratch / "cachegrind.txt"
        options = ["--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}"]
        command = ["valgrind", *options, *map(str, argv)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
        return int(found[1].replace(",", "")) if found and done.returncode == 0 else None

    if shutil.which("perf") and perf(["true"]):
        return perf, "Instructions by `perf stat -e instructions:u`."
    if shutil.which("valgrind"):
        return valgrind, "Instructions by valgrind's cachegrind (no counters of the processor here)."
    return None, "Instructions were not counted: neither counters of the processor nor valgrind here."
