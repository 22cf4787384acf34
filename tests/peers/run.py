#!/usr/bin/env python3
"""Measures sb-trace beside DuckDB, polars, pandas and mawk, and checks that all give the same answer.

Jobs: A and B `stats`, C `events`, D and E `latencies`, F forms of `stats`, G sb-report, variants of the
log and its growth; README.md says more.

Exit codes: 0 done, 1 an answer differs or a program failed, 2 wrong use.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

import forms
import jobs
import measure
import report
import reports
from bench import Bench, beside

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PINNED = ("duckdb", "numpy", "pandas", "polars", "pyarrow")
JOBS = ("A", "B", "C", "D", "E", "F", "G", "variants", "growth")


def cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sb" / "peers"


def environment():
    """The Python of the peers, at the versions that the tests pin; made if it is not there."""
    pins = (ROOT / "tests" / "requirements.txt").read_text().split()
    pins = "\n".join(pin for pin in pins if pin.split("==")[0] in PINNED) + "\n"
    folder = cache() / "venv"
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != pins:
        print(f"installing the peers into {folder}", file=sys.stderr)
        try:
            venv.create(folder, clear=True, with_pip=True)
            pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *pins.split()], check=True)
        except subprocess.CalledProcessError as failed:
            wrong(f"the peers cannot be installed ({failed}); on Debian this needs python3-venv, and everywhere PyPI")
        stamp.write_text(pins)
    return folder / "bin" / "python"


def wrong(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def arguments():
    built = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "release" / "sb-trace"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=0.01, help="1 is 48 million lines in job A (default: 0.01)")
    parser.add_argument("--jobs", default=",".join(JOBS), help=f"some of {','.join(JOBS)} (default: all)")
    parser.add_argument("--runs", type=int, default=7, help="of each program (default: 7)")
    parser.add_argument("--seed", type=int, default=1, help="of the logs (default: 1)")
    parser.add_argument("--dir", type=Path, help="where the logs are made and kept (default: in the cache folder)")
    parser.add_argument("--sb", type=Path, default=built, help=f"the sb-trace to measure (default: {built})")
    parser.add_argument("--report", type=Path, help="the sb-report of job G (default: the one beside --sb)")
    parser.add_argument("--baseline", type=Path, help="an older sb-trace, to be measured too; for G the sb-report beside it")
    parser.add_argument("--python", type=Path, help="a Python that has the peers, instead of an environment of its own")
    parser.add_argument("--instructions", default="1,10", help="million lines of growth to count instructions at")
    parser.add_argument("--write", action="store_true", help="write tests/peers/RESULTS.md")
    options = parser.parse_args()
    options.jobs = [job for job in options.jobs.split(",") if job]
    for job in options.jobs:
        if job not in JOBS:
            parser.error(f"--jobs: '{job}' is none of {', '.join(JOBS)}")
    options.instructions = [int(millions) for millions in options.instructions.split(",") if millions]
    if options.size <= 0 or options.runs < 1:
        parser.error("--size and --runs must be above 0")
    if not options.sb.exists():
        parser.error(f"there is no {options.sb}: build it with cargo build --release, or name one with --sb")
    options.report = options.report or beside(options.sb)
    if "G" in options.jobs and not options.report.exists():
        parser.error(f"there is no {options.report}: build it with cargo build --release, or name one with --report")
    if options.baseline and not options.baseline.exists():
        parser.error(f"there is no {options.baseline}, which --baseline names")
    return options


def main():
    options = arguments()
    python = options.python or environment()
    missing = subprocess.run([python, "-c", f"import {', '.join(PINNED)}"], capture_output=True, text=True, check=False)
    if missing.returncode != 0:
        wrong(f"{python} lacks a peer: {missing.stderr.strip().splitlines()[-1]}")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is not quiet (load {load:.1f}): times will be noisy", file=sys.stderr)
    folder = options.dir or cache() / f"size-{options.size:g}"
    sb, built, before = (path and path.resolve() for path in (options.sb, options.report, options.baseline))
    bench = Bench(folder, sb, built, before, python, options.size, options.seed, options.runs)
    about = report.machine(sb, python, options.size, options.seed, options.runs, load)
    sections = []
    try:
        for job in options.jobs:
            print(f"{job}:", file=sys.stderr)
            if job == "F":
                sections.append(forms.side_by_side(bench))
            elif job == "G":
                sections.append(reports.alone(bench))
            elif job == "variants":
                sections.append(jobs.variants(bench))
            elif job == "growth":
                sections.append(jobs.growth(bench, options.instructions))
            else:
                sections.append(jobs.side_by_side(bench, job.lower()))
    except measure.Failed as failed:
        sys.exit(f"error: {failed}")
    text = report.markdown(sections, about)
    print(text, end="")
    if options.write:
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
