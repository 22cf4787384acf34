"""Tables of results, and the machine they are from."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Section:
    title: str
    text: str
    header: list
    rows: list
    notes: list


def seconds(value):
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s"


def bytes_text(count):
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def markdown(sections, about):
    parts = ["# Results", about]
    for section in sections:
        parts += [f"## {section.title}", section.text, table(section.header, section.rows), *section.notes]
    return "\n\n".join(parts) + "\n"


def table(header, rows):
    """First column to the left, the others to the right, padded to be read as text too."""
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    def line(cells):
        padded = [cell.ljust(width) if place == 0 else cell.rjust(width)
                  for place, (cell, width) in enumerate(zip(cells, widths))]
        return f"| {' | '.join(padded)} |"
    rule = [("-" if place == 0 else "-:").rjust(width, "-") for place, width in enumerate(widths)]
    return "\n".join([line(header), line(rule), *map(line, rows)])


def machine(sb, python, size, seed, runs, load):
    """What the figures are from, without the date."""
    cpu = next((text.split(":", 1)[1].strip() for text in Path("/proc/cpuinfo").read_text().splitlines()
                if text.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    names = ("duckdb", "polars", "pandas", "pyarrow", "numpy")
    ask = "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in %r))" % (names,)
    peers = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    mawk = subprocess.run(["sh", "-c", "mawk -W version 2>&1 | head -n 1"], capture_output=True, text=True, check=False)
    version = subprocess.run([sb, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    lines = [
        f"- machine: {cpu}, {len(os.sched_getaffinity(0))} cores, {memory / 2**30:.0f} GiB, {platform.system()} {platform.release()}",
        f"- programs: {version}; Python {python_version(python)}, {peers}; {mawk.stdout.strip() or 'no mawk'}",
        f"- size {size:g}, seed {seed}; whole processes, warm page cache, turn and turn about, best and median of {runs}",
    ]
    if load > 0.5:
        lines.append(f"- **the machine was not quiet: load {load:.1f} at the start**")
    return "Written by `tests/peers/run.py --write`; README.md beside it says what is compared.\n\n" + "\n".join(lines)


def python_version(python):
    ask = "import platform; print(platform.python_version())"
    return subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
