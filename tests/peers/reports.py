"""Job G: sb-report on the first lines of job A's log, and on all of it."""

import check
from bench import BEFORE, beside
from measure import Contender, alternate
from report import Section, bytes_text, seconds


def alone(bench):
    """sb-report alone: no peer makes a page."""
    builds, notes = [("", bench.report)], []
    if bench.baseline:
        before = beside(bench.baseline)
        if before.exists():
            builds.append((BEFORE, before))
        else:
            notes.append("The build before was left out: there is no sb-report beside its sb-trace.")
    contenders = []
    for log, answers in bench.logs("a-start", "a"):
        for ending, report in builds:
            out = bench.scratch / f"{log.stem}.report"
            name = f"{answers['lines']:,} lines{ending}"
            contenders.append(Contender(name, [report, log, "-o", out], out, check.report(answers)))
    alternate(contenders, bench.runs, "job G")
    rows = []
    for each in contenders:
        times = [seconds(value) for value in (each.best, each.median, each.cpu)]
        rows.append([each.name, *times, bytes_text(each.peak), bytes_text(each.size)])
    header = ["log", "best", "median", "CPU", "peak memory", "output"]
    return Section("G. `sb-report` on job A's log", "`sb-report` alone; the output is the whole folder, tables included.", header, rows, notes)
