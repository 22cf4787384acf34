"""What is measured: jobs A to E beside the peers, variants of job A's log, and its growth."""

import functools
import re
import shutil
import subprocess
from pathlib import Path

import check
from bench import BEFORE
from measure import Contender, Failed, alternate
from report import Section, bytes_text, seconds

HERE = Path(__file__).parent
LOGS = {"a": "a", "b": "b", "c": "a", "d": "a", "e": "b"}
CHECKS = {"c": "check_table.py", "d": "check_latencies.py", "e": "check_latencies.py"}
VARIANTS = {
    "plain": "as job A", "crlf": "CRLF", "zones": "mixed zones", "labels-5000": "5 000 distinct labels",
    "labels-200": "labels of 200 bytes", "small-files": "small files", "noise-1": "1 % noise lines",
    "noise-95": "95 % noise lines", "nanoseconds": "nanosecond epochs",
}
GROWTH = (1, 10, 100)
TITLES = {
    "a": "A. `stats`, plain lines, sequential traces",
    "b": "B. `stats`, Lambda lines, interleaved by request id",
    "c": "C. job A's log to Parquet with `ts`, `utc_offset_minutes`, `label`",
    "d": "D. job A's log to Parquet, a row for each latency",
    "e": "E. job B's log to Parquet, a row for each latency",
}


def side_by_side(bench, job):
    """One of jobs A to E: sb-trace and all peers, turn and turn about."""
    log, answers = bench.logs(LOGS[job])[0]
    if job in CHECKS:
        contenders, notes = tables(bench, job, log)
    else:
        contenders, notes = [bench.stats(name, sb, log, answers) for name, sb in bench.builds()], []
        contenders += bench.peers(job, log, "json", check.pairs(answers))
        if shutil.which("mawk"):
            argv = ["mawk", "-v", f"job={job}", "-f", HERE / "mawk_peer.awk", log]
            out = bench.scratch / f"{job}.mawk.json"
            contenders.append(Contender("mawk", argv, out, check.pairs(answers), prints=True))
        else:
            notes.append("mawk was left out: it is not installed (Debian's package `mawk`).")
    alternate(contenders, bench.runs, f"job {job.upper()}")
    return compared(TITLES[job], answers, contenders, notes)


def tables(bench, job, log):
    """(who writes the Parquet of job C, D or E, notes)"""
    verify = functools.partial(table_is_right, bench, CHECKS[job], log.with_suffix(".json"))
    contenders, notes = [], []
    for name, sb in bench.builds():
        out = bench.scratch / f"{job}.{name.replace(', ', '.')}.parquet"
        if job == "c":
            said = subprocess.run([sb, "events", "--help"], capture_output=True, text=True, check=False).stdout
            if "--columns" not in said:
                notes.append(f"{name} was left out: it has no `events --columns`.")
                continue
            argv = [sb, "events", log, "-o", out, "--columns", "ts,utc_offset_minutes,label"]
        else:
            argv = [sb, "latencies", log, "-o", out]
        contenders.append(Contender(name, argv, out, verify, check_once=True))
    if job != "c":
        notes.append("sb-trace writes all its columns, the peers nine of them.")
    return contenders + list(bench.peers(job, log, "parquet", verify, check_once=True)), notes


def table_is_right(bench, script, answers, path):
    command = [bench.python, HERE / script, path, answers]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())


def compared(title, answers, contenders, notes):
    ours = contenders[0] if contenders[0].name == "sb-trace" else None
    peers = [each for each in contenders if not each.name.startswith("sb-trace")]
    rows, sized = [], contenders[0].out.suffix == ".parquet"
    for each in contenders:
        times = f"{each.median / ours.median:.1f}" if ours else "-"
        if ours and each.name.endswith(BEFORE):
            # Builds differ by less than peers do.
            times = f"{each.median / ours.median:.2f}"
        row = [each.name, seconds(each.best), seconds(each.median), times, seconds(each.cpu), bytes_text(each.peak)]
        rows.append(row + [bytes_text(each.size)] * sized)
    fastest = min(peers, key=lambda each: each.median)
    others = " but mawk" if any(each.name == "mawk" for each in peers) else ""
    # mawk holds nothing but counts; a tool that reads tables cannot be as lean.
    leanest = min((each for each in peers if each.name != "mawk"), key=lambda each: each.peak)
    if ours:
        direct = min((each for each in peers if "direct" in each.name), key=lambda each: each.median)
        also = "" if direct is fastest else (
            f"{direct.median / ours.median:.1f} times as fast as the fastest direct query ({direct.name}), ")
        notes.append(
            f"sb-trace is {fastest.median / ours.median:.1f} times as fast as the fastest peer ({fastest.name}), {also}"
            f"and takes {ours.peak / leanest.peak:.2f} times the memory of the leanest{others} ({leanest.name}).")
    text = f"{answers['statements']:,} statements, {bytes_text(answers['bytes'])}."
    header = ["program", "best", "median", "x sb-trace", "CPU", "peak memory"] + ["output"] * sized
    return Section(title, text, header, rows, notes)


def variants(bench):
    """Whether speed depends on what the log looks like: sb-trace alone, time per byte."""
    logs = bench.logs(*VARIANTS)
    contenders = []
    for (name, title), (log, answers) in zip(VARIANTS.items(), logs):
        if name == "small-files":
            title = f"{len(list(log.iterdir())):,} small files".replace(",", " ")
        options = ["--epoch-unit", "ns"] if name == "nanoseconds" else []
        contenders.append(bench.stats(title, bench.sb, log, answers, *options))
    alternate(contenders, bench.runs, "variants")
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
    contenders = [bench.stats(f"{answers['lines']:,} lines", bench.sb, log, answers) for log, answers in logs]
    alternate(contenders, bench.runs, "growth")
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
