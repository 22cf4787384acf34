"""Runs programs as whole processes, turn and turn about: wall time, CPU time and peak memory."""

import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable


class Failed(Exception):
    """A program failed or its answer is wrong."""


@dataclass
class Run:
    wall: float
    cpu: float
    peak: int  # bytes


@dataclass
class Contender:
    name: str
    argv: list
    out: Path  # what the answer is in, a file or a folder
    check: Callable[[Path], None]  # raises Failed
    prints: bool = False  # the answer is what it prints
    check_once: bool = False  # the check takes long
    stdin: Path = Path(os.devnull)
    runs: list = field(default_factory=list)
    size: int = 0  # of the answer, in bytes

    @property
    def best(self):
        return min(run.wall for run in self.runs)

    @property
    def median(self):
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self):
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self):
        return max(run.peak for run in self.runs)

    def run(self):
        remove(self.out)
        talk = self.out.with_suffix(".talk")
        done = spawner().run(self.argv, self.stdin, self.out if self.prints else os.devnull, talk)
        if done["code"] != 0:
            raise Failed(f"{self.name}: ended with {done['code']}: {' '.join(map(str, self.argv))}\n{talk.read_text()[-2000:]}")
        if not (self.runs and self.check_once):
            try:
                self.check(self.out)
            except Failed as failed:
                raise Failed(f"{self.name}: {failed}") from None
        self.size = sum(file.stat().st_size for file in files(self.out))
        # Before it is written to the disk, which would disturb who comes next.
        remove(self.out)
        self.runs.append(Run(done["wall"], done["cpu"], done["peak"]))


class Spawner:
    """The process that starts the programs (see spawner.py)."""

    def __init__(self):
        command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("spawner.py"))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, argv, stdin, stdout, stderr):
        request = [[str(word) for word in argv], str(stdin), str(stdout), str(stderr)]
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@functools.cache
def spawner():
    return Spawner()


def alternate(contenders, runs, what):
    """Runs all of them by turns; what fails is told with what was being measured."""
    for number in range(runs):
        for contender in contenders:
            try:
                contender.run()
            except Failed as failed:
                raise Failed(f"{what}: {failed}") from None
            last = contender.runs[-1].wall
            print(f"  {number + 1}/{runs} {contender.name}: {last:.3f} s", file=sys.stderr, flush=True)


def files(path):
    """A file alone, or all that are below a folder."""
    return [file for file in sorted(path.rglob("*")) if file.is_file()] if path.is_dir() else [path]


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def warm(path):
    """Reads a log, or all logs of a folder, into the page cache."""
    for file in files(path):
        with open(file, "rb", buffering=0) as log:
            while log.read(1 << 20):
                pass
