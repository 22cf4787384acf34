"""Where all is that is measured, how often it runs, and the contenders that several jobs have."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import check
from measure import Contender, warm

HERE = Path(__file__).parent
# What the name of an older build, or its row in a table, ends with.
BEFORE = ", before"
# Ways of each peer; those of one way have one that is direct as well as fast.
PEERS = {
    "DuckDB": ("duckdb_peer.py", ("direct", "tuned")),
    "polars": ("polars_peer.py", ("direct", "tuned")),
    "pandas": ("pandas_peer.py", ("only",)),
}
# Jobs that every peer has not, or not in every way, with those they have.
SOME = {"d": ("DuckDB, direct", "polars, direct"), "e": ("DuckDB, direct", "polars, direct")}


@dataclass
class Bench:
    folder: Path
    sb: Path
    report: Path
    baseline: Path | None  # an older sb-trace
    python: Path
    size: float
    seed: int
    runs: int

    def __post_init__(self):
        self.scratch = self.folder / "answers"
        self.scratch.mkdir(parents=True, exist_ok=True)

    def builds(self):
        """The names and paths of sb-trace, today's first."""
        return [("sb-trace", self.sb)] + [("sb-trace" + BEFORE, self.baseline)] * bool(self.baseline)

    def logs(self, *names):
        """Makes the logs unless they are there; (path, answers) of each."""
        command = [self.python, HERE / "generate.py", "--dir", self.folder]
        subprocess.run([*command, "--size", str(self.size), "--seed", str(self.seed), *names], check=True)
        found = [(self.folder / f"{name}.log", json.loads((self.folder / f"{name}.json").read_text())) for name in names]
        for path, _ in found:
            warm(path)
        return found

    def stats(self, name, sb, log, answers, *options):
        argv = [sb, "stats", "--json", *options, log]
        return Contender(name, argv, self.scratch / f"{log.stem}.sb.json", check.stats(answers), prints=True)

    def peers(self, job, log, ending, verify, check_once=False):
        for name, (script, ways) in PEERS.items():
            for way in ways:
                title = name if len(ways) == 1 else f"{name}, {way}"
                if title not in SOME.get(job, title):
                    continue
                if job == "c" and name == "pandas":
                    title = "pyarrow"
                out = self.scratch / f"{job}.{name}.{way}.{ending}"
                yield Contender(title, [self.python, HERE / script, job, way, log, out], out, verify, check_once=check_once)


def beside(sb):
    """The sb-report that was built with an sb-trace; with sb-trace-twin it is sb-report-twin."""
    return sb.with_name(sb.name.replace("sb-trace", "sb-report") if "sb-trace" in sb.name else "sb-report")
