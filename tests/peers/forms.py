"""Job F: forms of `stats` on job A's log, beside polars' query of job A."""

from pathlib import Path

import check
from bench import BEFORE
from measure import alternate
from report import Section, bytes_text, seconds

STDIN = "from standard input"
# What the command has besides `stats --json LOG`, and where the generator's answers differ from job A's.
FORMS = {
    STDIN: ([], None),
    "--group-by source": (["--group-by", "source"], None),
    "--skip 1s": (["--skip", "1s"], "skip"),
    "--all-pairs": (["--all-pairs"], "all_pairs"),
}


def side_by_side(bench):
    """`stats` in each form, and polars once for all of them."""
    log, answers = bench.logs("a")[0]
    contenders = []
    for form, (options, differ) in FORMS.items():
        for name, sb in bench.builds():
            title = form + (BEFORE if name.endswith(BEFORE) else "")
            if form == STDIN:
                # The file itself is standard input, so that no other program's time counts.
                each = bench.stats(title, sb, Path("-"), answers)
                each.stdin = log
            else:
                each = bench.stats(title, sb, log, answers_of(answers, differ), *options)
            contenders.append(each)
    polars = next(each for each in bench.peers("a", log, "json", check.pairs(answers)) if each.name == "polars, direct")
    contenders.append(polars)
    alternate(contenders, bench.runs, "job F")
    rows = []
    for each in contenders:
        times = f"{polars.median / each.median:.1f}"
        rows.append([each.name, seconds(each.best), seconds(each.median), times, seconds(each.cpu), bytes_text(each.peak)])
    header = ["form", "best", "median", "polars / it", "CPU", "peak memory"]
    size = f"{answers['statements']:,} statements, {bytes_text(answers['bytes'])}"
    text = f"{size}. polars makes the figures of job A, which the forms are compared with."
    return Section("F. Forms of `stats` on job A's log", text, header, rows, [])


def answers_of(answers, differ):
    """What the generator says of a form."""
    if differ == "skip":
        return answers | answers["skip"]
    if differ == "all_pairs":
        return answers | {"pairs": answers["all_pairs"]}
    return answers
