"""report.html, what it says of the whole: header, verdict, flags, runs, load, data quality, methods; then
that nothing with a digit in it is left, neither in text nor in pictures."""
import hashlib, json, pathlib
from parts import *

files = {f: open(f"out/runs/{f}").read().splitlines() for f in (f"{run}/{log}" for run in runs for log in ("invoke-0001.log", "collected/function.log"))}
lines = sum(map(len, files.values()))
LOGS = events.file.iloc[0].split("runs/")[0] + "runs/"
statement = re.compile(r"^\d{13}Z\|(\w+) trace_id=(\w+)$")
read = {f: [m.groups() for m in map(statement.match, text) if m] for f, text in files.items()}
statements = sum(map(len, read.values()))
like = [(f, at, text) for f, all_ in files.items() for at, text in enumerate(all_, 1) if re.match(r"\d{11}N", text)]
other = lines - statements - len(like)
duplicates = statements - len(events)
assert duplicates > 0 and other > 0 and len(like) > 0
traces = events.groupby(["run_id", "trace_id"])
finished = traces.label.agg(lambda labels: "DONE" in set(labels))
n, done = len(finished), int(finished.sum())
in_done = int(traces.size()[finished].sum())
negative, unfinished, measured = (sum(getattr(whole[p], k) for p in pairs) for k in ("negative", "unfinished", "n"))

# The header.
subject = [p for p in root.one("header").all("p") if p.attributes.get("class") == "subject"]
begin, end = instant(int(events.epoch_ns.min())), instant(int(events.epoch_ns.max()))
assert begin[:10] != end[:10]
is_(subject[0], f"{len(runs)} runs, {count(n)} traces · {begin[:-4]} to {end} · baseline: {of_baseline} · sb-report {summary['tool_version']}")

# The verdict.
said = [p for p in section["verdict"].kids if p.tag == "p"]
of = {(r["pair"], r["start_class"]): r for r in c["rows"]}


def against(row):
    m = row["changes"][0]
    sides = f"{row['runs'][1]} runs against {row['runs'][0]}"
    known = f" (median, 95 % interval {change(m['low'])} to {change(m['high'])}; {sides})" if m["low"] is not None and m["supported"] else ""
    return f"{long(row['pair'])} against the baseline: {verdict(row)[1]}{known}."


sure = [r for (p, k), r in of.items() if k == "all" and p != "total" and verdict(r)[0] in ("slower", "faster")]
most_changed = sorted(sure, key=lambda r: -abs(r["changes"][0]["change"]))[:1]
expected = [against(of["total", "all"])] + [against(r) for r in most_changed]
all_, u = whole["total"], unit["total"]
tail = next(f"; {k} of 100 take at most {latency(all_.q(k / 100), u)}" for k in (99, 95, 90) if all_.n * (1 - k / 100) >= 10 - 1e-9)
assert "modes" not in modes(summary["groups"][0]["pairs"], "total", "all")
expected.append(f"The whole trace takes {latency(all_.q(.5), u)} at the median (95 % interval {interval(*all_.ends(.5), u)}, {count(all_.n)} latencies){tail}.")
by_run = {run: Cell("total", run=run).q(.5) for run in runs}
least, most = min(runs, key=by_run.get), max(runs, key=by_run.get)
d = next(d for d in summary["details"] if (d["pair"], d["start_class"]) == ("total", "all"))
expected.append(f"From run to run the median lies between {latency(by_run[least], u)} ({name[least]}) and {latency(by_run[most], u)} ({name[most]}); {len(runs)} runs, each with its own numbers below."
    + (f" {share(d['between_runs'])} of the variance lies between runs: the {count(all_.n)} latencies tell as much as {count(math.floor(d['effective_n'] + .5))} independent ones would; more runs would tell more than more calls." if d["effective_n"] else ""))
step = max((p for p in pairs if p != "total"), key=lambda p: whole[p].q(.5))
expected.append(f"The longest step is {arrow(step)}, {latency(whole[step].q(.5), unit[step])} at the median.")
cold, warm = Cell("total", "cold"), Cell("total", "warm")
expected.append(f"Cold starts: {count(cold.n)} of {count(all_.n)} ({percent(cold.n, all_.n)}), {latency(cold.q(.5), u)} at the median against {latency(warm.q(.5), u)} warm.")
assert len(said) == len(expected), [s.text() for s in said]
for node, text in zip(said, expected):
    is_(node, text)

# What k6 left: the load that its options ask for, and that its metrics have.
def seconds(text):
    return sum(float(k) * {"h": 3600, "m": 60, "s": 1}[u] for k, u in re.findall(r"([\d.]+)([hms])", text))


def rate(calls, s):
    return "" if s < 1 else f", {calls / s:.{0 if calls / s >= 9.95 else 2}f} a second for {span(round(s * 1e9))}"


def load_of(run):
    folder = pathlib.Path("out/runs") / run
    if not (folder / "k6_metrics.csv").exists():
        return None, None
    k6 = pd.read_csv(folder / "k6_metrics.csv")
    sums = k6.groupby("metric_name").metric_value.sum()
    at = k6.timestamp[k6.metric_name == "iterations"]
    at = at / 10 ** (6 * (at.min() > 1e14))
    made, dropped, failed = (sums.get(k, 0) for k in ("iterations", "dropped_iterations", "http_req_failed"))
    parts, asked, waits = [], None, False
    if (folder / "workload_options.json").exists():
        (x,) = json.loads((folder / "workload_options.json").read_text())["scenarios"].values()
        waits = x["executor"] == "per-vu-iterations"
        if waits:
            asked, lasts = x["vus"] * x["iterations"], 0
        elif x["executor"] == "constant-arrival-rate":
            lasts = seconds(x["duration"])
            asked = x["rate"] * lasts / seconds(x["timeUnit"])
        else:
            # The area below a line from corner to corner.
            corners = np.cumsum([0] + [seconds(s["duration"]) for s in x["stages"]])
            asked, lasts = np.trapezoid([x["startRate"]] + [s["target"] for s in x["stages"]], corners), corners[-1]
        parts.append(f"{count(round(asked))} offered" + rate(asked, lasts))
    parts.append(f"{count(made)} made" + (f" ({percent(made, round(asked))})" if asked else "") + rate(made, at.max() - at.min() + 1))
    parts += [f"{count(k)} {word}" for k, word in [(dropped, "dropped"), (failed, "failed")] if k]
    if waits:
        parts.append("closed loop: each call waits for the one before, so slow calls are asked less often")
    facts = {"offered": asked, "offered_s": lasts if asked else 0, "open_loop": asked is not None and not waits, "made": made,
             "made_s": at.max() - at.min() + 1, "dropped": dropped, "failed": failed}
    for k, v in facts.items():
        mine = next(r["load"] for r in summary["runs"] if r["run_id"] == run)[k]
        assert mine == v or math.isclose(mine, v, rel_tol=1e-9), (run, k, mine, v)
    return "; ".join(parts), made < .99 * asked if asked else dropped > 0


loads = {run: load_of(run) for run in runs}
# The flags.
stalls = sum(d["stalls"] for d in summary["details"] if d["start_class"] == "all")
coarse = sum(abs(whole[p].q(.5)) < 10 * tick / 1e6 for p in pairs)
expected = {
    counted(len(like), "text that nearly is a statement", "texts that nearly are statements"),
    f"{counted(negative, 'negative latency', 'negative latencies')} ({percent(negative, measured)}), kept in every figure",
    f"{count(n - done)} of {count(n)} traces incomplete ({percent(n - done, n)})",
    f"{counted(duplicates, 'repeated statement')} counted once", f"all {count(lines)} lines accounted for",
    f"{counted(unfinished, 'FROM event')} without a TO event" if unfinished else None,
    f"{counted(stalls, 'stall')}: far outside of what their pair takes" if stalls else None,
    f"the clock ticks every {TICK}: {counted(coarse, 'median is', 'medians are')} less than ten ticks", "calls do not wait for one another"} - {None}
expected |= {f"the load of {name[run]} was not made: {text}" for run, (text, short) in loads.items() if short}
limits, flags = list(section["verdict"].all("ul"))[:2]
middle = whole["total"].q(.5)
judged = ["⚠ the limit total:p50>1ms is broken: p50 of total is " + latency(middle, fitting(middle)), "✓ the limit total:p50>9m holds"]
for limit, words in zip(limits.all("li"), judged, strict=True):
    is_(limit, words)
flags = {re.sub(r"^[⚠•✓] ", "", li.text()): li for li in flags.all("li")}
assert set(flags) == expected, set(flags) ^ expected
for flag in flags.values():
    assert root.has(id=flag.one("a").attributes["href"][1:]), "a flag leads somewhere"
    is_(flag, flag.text())

# Runs and load.
kept, load = section["runs"].all("table")
page.table(kept, [[name[run] + run, "b", instant(int(e.epoch_ns.min())), span(int(e.epoch_ns.max() - e.epoch_ns.min())), count(e.trace_id.nunique()), count(int(finished[run].sum())), "–"]
                  for run, e in events.groupby("run_id")])
page.table(load, [[name[a["run_id"]], count(a["n"]), share(a["at_an_end"]), share(a["by_chance"]), f"{a['rank_correlation']:.2f}".replace("-", "−"), "no sign of waiting"] for a in summary["arrivals"]])
load.one("caption").mark()

said = [li for ul in section["runs"].all("ul", class_="load") for li in ul.all("li")]
expected = [f"{name[run]}: {text}." for run, (text, _) in loads.items() if text]
assert len(said) == len(expected), [li.text() for li in said]
for li, text in zip(said, expected):
    is_(li, text)

# Data quality.
sums = {"lines": [lines, ("with a statement", statements), ("with a look-alike only", len(like)), ("of other text", other)],
        "statements": [statements, ("events", len(events)), ("duplicates", duplicates)],
        "events": [len(events), ("in complete traces", in_done), ("in incomplete traces", len(events) - in_done)],
        "traces": [n, ("complete", done), ("incomplete", n - done)]}
tables_ = {t.one("caption").text(): t for t in section["quality"].all("table")}
for what, (all_of, *some) in sums.items():
    assert all_of == sum(k for _, k in some), what
    page.table(tables_[what], [["all", count(all_of)]] + [[part, count(k)] for part, k in some])
    page.said |= {f"{what}: {count(all_of)}", " · ".join(f"{count(k)} {part}" for part, k in some)}
lacking = [(arrow(p), whole[p]) for p in pairs if whole[p].negative + whole[p].unfinished]
for p, cell in lacking:
    some = [(k, what) for k, what in [(cell.n - cell.negative, "latencies"), (cell.negative, "negative"), (cell.unfinished, "without a TO event")] if k]
    page.said |= {f"{p}: {count(cell.n + cell.unfinished)}", " · ".join(f"{count(k)} {what}" for k, what in some)}
doubt = [(len(like) / lines, lines, "lines", len(like), "with a look-alike only"), ((len(events) - in_done) / len(events), len(events), "events", len(events) - in_done, "in incomplete traces"),
         ((n - done) / n, n, "traces", n - done, "incomplete")] + [((x.negative + x.unfinished) / (x.n + x.unfinished), x.n + x.unfinished, p, x.negative + x.unfinished,
         " · ".join(f"{count(k)} {w}" for k, w in [(x.negative, "negative"), (x.unfinished, "without a TO event")] if k)) for p, x in lacking]
_, of_all, what, bad, how = max(doubt)
figure("quality", f"{percent(bad, of_all)} of {what + ' is' if '→' in what else f'the {what} are'} doubtful: {how if how[0].isdigit() else f'{count(bad)} {how}'}", f"Where everything went, each sum as a whole · n = {count(lines)}", ["measured", "set aside", "doubtful"])
is_(next(x for x in section["quality"].kids if x.tag == "ul").one("li"), f"{count(n - done)} without DONE")
expected = []
for p in pairs:
    rows = whole[p].rows.dropna(subset="latency_ms")
    if whole[p].negative:
        tenth = (rows.start_ns.max() - rows.start_ns.min()) // 10
        early, late = rows.latency_ms[rows.start_ns <= rows.start_ns.min() + tenth].min(), rows.latency_ms[rows.start_ns >= rows.start_ns.max() - tenth].min()
        ms = lambda v: latency(v, fitting(v))
        expected.append([arrow(p), "not named in the log", "not named in the log", count(whole[p].negative), count(whole[p].n), ms(rows.latency_ms.min()), f"{ms(early)} to {ms(late)}"])
page.table(tables_["By the two sources. Where the least latency of the first and of the last tenth of the time differ much, one clock runs faster"], expected)

# What the latencies say of the clocks behind any two files.
clocks = {}
for (run, _), trace in events.sort_values(["epoch_ns", "line"], kind="stable").groupby(["run_id", "trace_id"]):
    steps = list(zip(trace.itertuples(), list(trace.itertuples())[1:]))
    if "DONE" in set(trace.label):
        steps.append((trace.iloc[0], trace.iloc[-1]))
    for x, y in steps:
        latency_ns = y.epoch_ns - x.epoch_ns
        if (x.label, y.label) == ("RECEIVED", "SENT"):
            x, y, latency_ns = y, x, -latency_ns
        if x.file != y.file:
            clocks.setdefault((x.file, y.file), []).append(latency_ns / 1e6)
expected = []
for x, y in [(x, y) for f in files for x, y in clocks if x == LOGS + f]:
    forward, back = clocks[x, y], clocks[y, x]
    u = fitting(min(forward))
    behind = sum(v < 0 for v in forward)
    page.said |= {f"{count(len(forward) - behind)} latencies · {count(behind)} negative", f"{x} to {y}: {count(len(forward))}"}
    expected.append([x, y, count(len(forward)), count(behind), f"{latency(-min(back), u)} to {latency(min(forward), u)}"])
page.table(tables_["Feasible offsets: by how much the second clock may be ahead of the first"], expected)
page.table(tables_[f"The first {len(like)}"], [[f"{LOGS}{f}:{at}:1", text, ...] for f, at, text in like])
is_(tables_[f"The first {len(like)}"].one("caption"), f"The first {len(like)}")
for node in tables_[f"The first {len(like)}"].all("td"):
    node.mark()  # the advice, whose examples are fixed
orders = traces.apply(lambda e: " → ".join(e.sort_values(["epoch_ns", "line"], kind="stable").label), include_groups=False).value_counts()
page.table(tables_["Commonest first"], [[count(k), order] for order, k in orders.items()])
page.table(tables_["What was read, and as what"], [[f"{LOGS}{f}", "plain", count(len(files[f])), count(len(read[f]))] for f in files])
notes = next(x for x in section["quality"].all("details") if x.first("summary").text().startswith("Notes"))
notes_read = [li.text() for li in notes.all("li")]
# Of many files the notes say it once.
as_plain = {f"{len(files)} files: read as plain, {sum(map(len, read.values()))} statements"} if len(files) > 8 else {f"{f}: read as plain, {len(read[f])} statements" for f in files}
assert all(any(note.endswith(plain) for note in notes_read) for plain in as_plain), notes_read
assert f"traces: {n} by id" in notes_read, notes_read
is_(notes.first("summary"), f"Notes of the analysis ({len(notes_read)})")
for li in notes.all("li"):
    assert re.sub(r"[^ ]*\.log(:\d+)?", "", li.text()) and li.mark() is None

# What is explained, and the lines that use the data (a test of their own runs them).
methods = section["methods"].text()
assert f"The clock of this report ticks every {TICK}:" in methods and f"beyond ±{share(t)}" in methods
section["methods"].mark()
section["data"].one("pre").mark()
sha = hashlib.sha256(open("report/latencies.parquet", "rb").read()).hexdigest()
is_(list(section["data"].all("p"))[-1], f"SHA-256 of latencies.parquet: {sha}. The same input gives the same bytes, this page included.")
assert summary["latencies_sha256"] == sha
root.one("footer").mark()

# Nothing is left: no text of the page; what is left in pictures is ticks, which must stand where their scale
# has them.
left = [text for text in page.unchecked() if not re.fullmatch(r"p\d+|p10 to p90|p90/p10|p\d+ with unfinished", text)]
assert not left, f"nobody has computed: {left[:20]}"
page.said |= set(name.values()) | {str(at) for at in range(1, len(runs) + 1)}
page.said |= {f"≤ 0: {count((whole[p].values <= 0).sum())}" for p in pairs} | {"≤ 0: 0"}
SIZE = {"ns": 1e-6, "µs": 1e-3, "ms": 1, "s": 1e3, "min": 60e3, "h": 3600e3, "d": 86400e3}


def value(text):
    """What a tick says: its kind and its value."""
    if text == "0":
        return "time", 0.0
    if re.fullmatch(r"p\d+(\.9+)?", text):
        return "percentile", 1 / (1 - float(text[1:]) / 100)
    number, unit = text.replace("−", "-").replace("±", "").split(" ")
    assert re.fullmatch(r"[-+]?\d+(\.\d+)?", number) and not re.search(r"\.\d*0$", number), f"in a picture, nobody has computed: {text}"
    return ("share", float(number) / 100) if unit == "%" else ("time", float(number) * SIZE[unit])


def straight(ticks, of):
    """Whether places are a straight line of values; the last label may be moved into the picture."""
    x = [of(v) for v, _ in ticks]
    slope = (ticks[1][1] - ticks[0][1]) / (x[1] - x[0])
    off = [place - (ticks[0][1] + slope * (x_ - x[0])) for x_, (_, place) in zip(x, ticks)]
    slack = 4 * (abs(x[-1] - x[0]) / abs(x[1] - x[0]) + 1)
    return all(abs(d) <= slack for d in off[:-1]) and -400 <= off[-1] <= slack


for svg in root.all("svg", class_="chart"):
    axes = {}
    for text in svg.all("text"):
        words = text.text()
        page.checked += 1
        if words != "0" and (words in page.said or not re.search(r"\d", words)):
            continue
        if "…" in words:
            whole_text = re.compile(".*".join(map(re.escape, words.split("…"))))
            assert any(map(whole_text.fullmatch, page.said)), f"in a picture, nobody has computed: {words}"
            continue
        kind, v = value(words)
        upright = text.attributes.get("text-anchor") == "end"
        x, y = float(text.attributes["x"]), float(text.attributes["y"])
        axes.setdefault((kind, upright, x if upright else y), []).append((v, y if upright else x))
    for (kind, upright, _), ticks in axes.items():
        ticks.sort(key=lambda tick: tick[1], reverse=upright)
        # Runs side by side begin anew at zero.
        starts = [at for at, (v, _) in enumerate(ticks) if v == 0] if kind == "time" and not upright else []
        parts_ = [ticks[a:z] for a, z in zip(starts, starts[1:] + [None])] if len(starts) > 1 else [ticks]
        for part in parts_:
            # Upright ticks are read from below.
            part = [(v, -place) if upright else (v, place) for v, place in part]
            scales = {"percentile": [lambda v: -1 / v] if "against the baseline" in svg.first("title").text() else [math.log], "share": [lambda v: math.log(1 + v), float], "time": [float] + [math.log] * all(v > 0 for v, _ in part)}[kind]
            assert len(part) < 3 or any(straight(part, of) for of in scales), (svg.first("title").text(), kind, part)

