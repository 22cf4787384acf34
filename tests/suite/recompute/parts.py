"""report.html, below its first tables: comparison, where the time goes, cold starts, each pair's charts
and their numbers, single traces."""
from tables import *

ONE = {99: "1 in 100", 95: "1 in 20", 90: "1 in 10"}


def figure(id_, title, subtitle, key=(), subject=""):
    """A picture's words, on the page and for those who do not see it."""
    f = root.one("figure", id=f"fig-{id_}")
    caption = f.one("figcaption")
    is_(caption.one("strong"), title)
    is_(caption.first("span"), subtitle)
    entries = list(caption.all("li"))
    assert [e.text() for e in entries] == list(key), ([e.text() for e in entries], key)
    for entry in entries:
        is_(entry, entry.text())
    head = f"{subject}: {title[0].lower()}{title[1:]}" if subject else title
    is_(f.first("title"), head)
    is_(f.first("desc"), " ".join([f"{subtitle}."] + [f"{k}." for k in key]))
    return f


slug = lambda p: re.sub(r"[^a-z0-9_]+", "-", p.replace("->", "-").lower())
signed = lambda v, u: ("+" if v > 0 else "") + latency(v, u)

# Against the baseline.
c = summary["comparison"]
t = c["threshold"]


def verdict(row):
    m = row["changes"][0]
    low, high, known = m["low"], m["high"], m["low"] is not None and m["supported"]
    by = "" if m["change"] is None else share(abs(m["change"]))
    if not known:
        return "cannot tell", "cannot tell: the baseline is not above zero" if m["supported"] else "cannot tell: a median with an interval needs 6 on both sides"
    if low > t or high < -t:
        word = "slower" if low > t else "faster"
        return word, f"{by} {word}"
    if low > 0 or high < 0:
        word = "slower" if low > 0 else "faster"
        far = high > t if low > 0 else low < -t
        return word, f"{word}, size unsure ({by})" if far else f"{word}, but by less than {share(t)}"
    if low >= -t and high <= t:
        return "same", f"no difference beyond {share(t)}"
    factor = ((high - low) / (2 * t)) ** 2
    more = max((row["runs"][1] if row["between_runs"] else row["n"][1]) * (factor - 1), 1)
    step = 10 ** max(math.floor(math.log10(more)) - 1, 0)
    return "cannot tell", f"cannot tell; about {count(math.ceil(more / step) * step)} more {'runs' if row['between_runs'] else 'calls'} would"


rows, more_rows = [], []
for row in c["rows"]:
    word, words = verdict(row)
    assert row["words"].replace("\xa0", " ") == words, (row["words"], words)
    assert row["verdict"].startswith(word.split()[0]), (row["verdict"], word)
    m_w = row["mann_whitney"]
    of_runs = m_w["units"] == "run_medians"
    cells = ["n/a" if m["change"] is None else change(m["change"]) + (f"{change(m['low'])} to {change(m['high'])}" if m["low"] is not None else "") for m in row["changes"]]
    page.said |= {change(m["change"]) for m in row["changes"] if m["change"] is not None}
    rows.append([arrow(row["pair"]), row["start_class"], f"{count(row['n'][1])}v {count(row['n'][0])}", *cells, signed(row["shift_ms"], unit[row["pair"]]), f"{row['slower_share'] * 100:.0f} of 100", words + (f"p {chance(m_w['p_holm'])}" if of_runs else "")])
    ends = "" if row["shift_low_ms"] is None else f"{signed(row['shift_low_ms'], unit[row['pair']])} to {signed(row['shift_high_ms'], unit[row['pair']])}"
    more_rows.append([arrow(row["pair"]), row["start_class"], signed(row["shift_ms"], unit[row["pair"]]) + ends, chance(m_w["p"]), chance(m_w["p_holm"]),
                      f"{count(m_w['n'][1])} v {count(m_w['n'][0])} {'medians of runs' if of_runs else 'calls'}{'counted out' if m_w['exact'] else 'normal distribution'}"])
of_rows, more_table, of_shifts = section["compare"].all("table")
page.table(of_rows, rows)
page.table(more_table, more_rows)
more_table.one("caption").mark()
day = lambda ns: instant(ns)[:10]
first, last = int(baseline.start_ns.min()), int(baseline.start_ns.max())
of_baseline = f"{counted(baseline.run_id.nunique(), 'run')}, {count(baseline.latency_ms.notna().sum())} latencies, {day(first)} to {day(last)}"
assert day(first) != day(last) and all(r["between_runs"] for r in c["rows"])
is_(next(k for k in section["compare"].kids if k.tag == "p"), f"Baseline: {of_baseline}. Changes of the median within ±{share(t)} are taken for no difference.")
is_(of_rows.one("caption"), "Small: 95 % bootstrap interval. Grey: too few latencies. Runs are drawn anew as well as calls.")

log = lambda v: math.log(max(1 + v, 1e-3))
drawn = [r for r in c["rows"] if any(m["change"] is not None for m in r["changes"])]
if len(drawn) > 10:
    drawn = [r for r in drawn if r["start_class"] == "all"][:10]
marks = [m for r in drawn for m in r["changes"] if m["change"] is not None]
near = [log(m[k]) for m in marks if m["supported"] and m["percent"] < 90 for k in ("low", "change", "high") if m[k] is not None] + [log(t * 1.5), log(-t * 1.5), 0]
lo, hi = min(near), max(near)
tails = [log(m["change"]) for m in marks if m["supported"] and m["percent"] >= 90]
tails = [v for v in tails if abs(v) <= 3 * (hi - lo)]
lo, hi = 1.25 * min([lo] + tails), 1.25 * max([hi] + tails)
out = lambda v: v is not None and not lo <= log(v) <= hi
lead = next((r for r in drawn if r["pair"] == "total"), drawn[0])
beyond = sum(out(m["change"]) for m in marks)
figure("compare", f"{long(lead['pair'])}: {verdict(lead)[1]}", "".join([
    f"Change against the baseline with its 95 % interval · grey band: ±{t * 100:.0f} %",
    f" · {len(c['rows']) - len(drawn)} more rows in the table" if len(drawn) < len(c["rows"]) else "",
    f" · n = {count(lead['n'][1])} against {count(lead['n'][0])}",
    f" · {counted(beyond, 'change')} beyond the axis" if beyond else "",
    " · a line that reaches the edge goes on" if any(out(m["low"]) or out(m["high"]) for m in marks) else ""]),
    ["slower", "faster", "may be chance", "too few latencies"])

# Where in the distribution it moved.
drawn = [r for r in c["rows"] if r["shifts"]]
assert len(drawn) == len(pairs) <= 10
signed_number = lambda v, u: ("+" if v > 0 else "") + number(v, u)
columns, expected = [1, 10, 25, 50, 75, 90, 99], []
for row in drawn:
    s, u = row["shifts"], unit[row["pair"]]
    at = {k: (m, lo, hi) for k, m, lo, hi in zip(s["percent"], s["ms"], s["low_ms"], s["high_ms"])}
    expected.append([arrow(row["pair"])] + [f"{signed(at[k][0], u)}{signed_number(at[k][1], u)} to {signed_number(at[k][2], u)}" if k in at else "n/a" for k in columns])
    slower, faster = ([k for k, (_, lo, hi) in at.items() if sure(lo, hi)] for sure in (lambda lo, hi: lo > 0, lambda lo, hi: hi < 0))
    most = max(sorted(slower + faster), key=lambda k: abs(at[k][0]), default=None)
    title = "No percentile has surely moved" if most is None else f"{'Slower' if slower else 'Faster'} at {len(slower or faster)} of {len(at)} percentiles" \
        + (f" and faster at {len(faster)}" if slower and faster else "") + f", most at p{most}: {signed(at[most][0], u)}"
    middle = [at[k][0] for k in at if 5 <= k <= 95] + [0, sorted(s["low_ms"])[int(len(at) * .1)], sorted(s["high_ms"])[int(len(at) * .9)]]
    lo, hi = min(middle), max(middle)
    far = [m for m, _, _ in at.values() if abs(m) <= 3 * (hi - lo)]
    lo, hi = min([lo] + far), max([hi] + far)
    beyond = sum(not lo <= m <= hi for m, _, _ in at.values())
    key = [word for word, some in [("slower", slower), ("faster", faster), ("may be chance", len(slower + faster) < len(at))] if some]
    figure(f"shift.{slug(row['pair'])}", title, f"Shift of each percentile · shaded: its 95 % interval · n = {count(row['n'][1])} against {count(row['n'][0])}"
           + (f" · {counted(beyond, 'percentile')} beyond the axis" if beyond else "")
           + (" · shade that reaches the edge goes on" if min(s["low_ms"]) < lo or max(s["high_ms"]) > hi else ""), key, f"{long(row['pair'])} against the baseline")
page.table(of_shifts, expected)
is_(of_shifts.one("caption"), "The numbers of these charts. Small: 95 % bootstrap interval, each percentile by itself. n/a: too few latencies.")

# Where the time goes.
b = summary["breakdown"]
u = fitting(b["bands"][0]["total_ms"])
band = {x["name"]: x for x in b["bands"]}
words = {x["name"]: x["words"].replace("\xa0", " ") for x in b["bands"]}
n_slow = len(whole["total"].values) - b["left_out"]
assert words == {"typical": "p45 to p55 of the whole trace", "slow": "the slowest hundredth" if n_slow // 100 >= 10 else "the slowest 10", "cold": "cold starts", "warm": "warm starts"}
more_ms = lambda of: of(band["slow"]) - of(band["typical"])
step_rows = []
for at, step in enumerate(b["steps"]):
    texts = [latency(x["parts_ms"][at], u) for x in b["bands"]]
    page.said |= set(texts)
    step_rows.append([step, *texts, signed(more_ms(lambda x: x["parts_ms"][at]), u)])
step_rows.append(["whole trace", *[latency(x["total_ms"], u) for x in b["bands"]], signed(more_ms(lambda x: x["total_ms"]), u)])
page.table(section["breakdown"].one("table"), step_rows)
is_(section["breakdown"].one("caption"), "Means of the steps of " + ", ".join(f"{count(x['n'])} {x['name']} traces ({words[x['name']]})" for x in b["bands"])
    + ". They add up to the last row; percentiles of steps would not." + (f" Left out: {b['left_out']} traces whose steps overlap or were turned round." if b["left_out"] else ""))
extra = [s - ty for s, ty in zip(band["slow"]["parts_ms"], band["typical"]["parts_ms"])]
over = more_ms(lambda x: x["total_ms"])
figure("where-the-time-goes", f"Of the {latency(over, u)} by which slow traces exceed typical ones, {max(extra) / over * 100:.0f} % is {b['steps'][int(np.argmax(extra))]}",
       f"Mean of each step, added up · n = {count(band['typical']['n'])} typical, {count(band['slow']['n'])} slow",
       [f"{k}: {words[k]}, {latency(band[k]['total_ms'], u)} in all" for k in ("typical", "slow")])

# Cold against warm.
both = [p for p in pairs if {"cold", "warm"} <= set(classes[p])]
gap = {p: (Cell(p, "cold").q(.5), Cell(p, "warm").q(.5)) for p in both}
for p, (cold, warm) in gap.items():
    page.said.add(f"{arrow(p)}: {signed(cold - warm, unit[p])}" + (f", {change(cold / warm - 1)}" if warm > 0 else ""))
lead = "total" if "total" in both else both[0]
figure("cold", f"Cold starts change {'the whole trace' if lead == 'total' else arrow(lead)} by {signed(gap[lead][0] - gap[lead][1], unit[lead])} at the median",
       f"Medians with their 95 % intervals · n = {count(Cell(lead, 'cold').n)} cold, {count(Cell(lead, 'warm').n)} warm", ["warm", "cold"])

def heat(of):
    """The cells of latencies over time: what their shades mean, and how many cells have each."""
    left, right, top, apart, plot = 66, 520 - 16, 28, 10, 220
    spans = {run: (int(r.start_ns.min()), int(r.start_ns.max())) for run, r in of.rows.dropna(subset="latency_ms").groupby("run_id")}
    seconds = {run: (b - a) / 1e9 for run, (a, b) in spans.items()}
    # Runs side by side, as wide as they are long, none narrower than a third of its equal share.
    weights = {run: max(s / sum(seconds.values()), 1 / len(spans) / 3) for run, s in seconds.items()}
    room, begin, x = right - left - apart * (len(spans) - 1), left, {}
    for run in spans:
        width = room * weights[run] / sum(weights.values())
        x[run] = (begin + 4, begin + width - 4)
        begin += width + apart
    positive = of.values[of.values > 0]
    assert len(positive) * 2 > of.n
    low, high = positive[0], positive[-1]
    pad = (high / low) ** .04 if high > low * 1.02 else 1.5
    low, high, floor = low / pad, high * pad, top + plot - (34 if len(positive) < of.n else 0)
    rows = of.rows.dropna(subset="latency_ms")
    ends = np.array([x[run] for run in rows.run_id])
    at = (rows.start_ns.to_numpy() - np.array([spans[run][0] for run in rows.run_id])) / 1e9 / np.array([seconds[run] for run in rows.run_id])
    across = ends[:, 0] + at * (ends[:, 1] - ends[:, 0]) - left
    v = rows.latency_ms.to_numpy()
    down = np.where(v > 0, floor + np.log(np.maximum(v, 1e-9) / low) / np.log(high / low) * (top - floor), (top + plot + floor) / 2) - top
    size = 4.5
    while len(cells := pd.Series(list(zip((across / size).astype(int), (down / size).astype(int)))).value_counts()) > 1500:
        size *= 1.2
    most = int(cells.max())
    steps = [math.ceil(most ** (k / 5)) for k in range(5)]
    ends = [s - 1 for s in steps[1:]] + [most]
    shades = [count(a) if a == z else f"{count(a)}–{count(z)}" for a, z in zip(steps, ends) if a <= z]
    return shades, [int(((cells >= a) & (cells <= z)).sum()) for a, z in zip(steps, ends)]


# Each pair's charts, and the numbers behind them.
for p in pairs:
    u, of = unit[p], whole[p]
    lines = [(f"{name[run]} · {k}" if len(classes[p]) > 1 else name[run], Cell(p, k, run)) for run in runs
             for k in (classes[p][1:] or ["all"]) if Cell(p, k, run).n]
    assert 1 < len(lines) and len(runs) <= 5
    medians = [cell.q(.5) for _, cell in lines]
    least, most = latency(min(medians), u), latency(max(medians), u)
    low, high = lines[int(np.argmin(medians))][0], lines[len(medians) - 1 - int(np.argmax(medians[::-1]))][0]
    figure(f"ecdf.{slug(p)}", f"Half within {least} in each of {len(lines)} lines" if least == most else f"Half within {least} ({low}) to {most} ({high})",
           f"Share of latencies at or below a value · n = {count(of.n)}" + (" · shaded: 95 % band" if len(lines) <= 5 else "")
           + (" · linear scale" if (of.values <= 0).sum() * 2 >= of.n else " · logarithmic scale"),
           [f"{line} · {latency(cell.q(.5), u)}" for line, cell in lines], long(p))
    kinds = set(of.rows.dropna(subset="latency_ms").start_class)
    shades, counts = heat(of) if of.n > 2000 else ([], [])
    key = shades + (["cold start"] if shades and "cold" in kinds and len(kinds) > 1 else [])
    over_time = figure(f"over-time.{slug(p)}", f"From {latency(of.values[0], u)} to {latency(of.values[-1], u)}", "Each latency at the time when it began, each run from its own first latency"
           + f" · n = {count(of.n)}" + (" · shade: latencies in a cell" if shades else " · open: cold starts" if "cold" in kinds else ""), key, f"{long(p)} over time")
    if shades:
        # As many cells of each shade are drawn: a path of a shade is made of columns of squares.
        boxes = [re.findall(r"h(\d+)v(\d+)h-\1z", x.attributes["d"]) for x in over_time.one("svg", class_="chart").all("path") if re.match(r"M\d+ \d+h(\d+)v\d+h-\1z", x.attributes["d"])]
        squares = [sum(round(int(high) / int(wide)) for wide, high in shade) for shade in boxes]
        assert squares == [k for k in counts if k], (p, squares, counts)
        page.checked += len(squares)
    tail = next(((k, of.q(k / 100)) for k in (99, 95, 90) if None not in of.ends(k / 100)), None)
    middle = of.q(.5)
    title = "Too few latencies to bound a tail" if tail is None else \
        f"{ONE[tail[0]]} takes {latency(tail[1], u)} or more, {tail[1] / middle:.{1 if tail[1] < middle * 9.95 else 0}f} times the median" if tail[1] > middle > 0 else \
        f"The tail is as fast as the median, {latency(middle, u)}" if tail[1] <= middle else f"{ONE[tail[0]]} takes {latency(tail[1], u)} or more"
    figure(f"percentiles.{slug(p)}", title, f"Latency at each percentile, thin where too few latencies bound it · n = {count(of.n)}", [line for line, _ in lines], f"{long(p)} by percentile")
    by_run = [Cell(p, run=run).q(.5) for run in runs]
    far = f", {(max(by_run) / min(by_run) - 1) * 100:.0f} % apart" if max(by_run) > min(by_run) > 0 else ""
    figure(f"runs.{slug(p)}", f"Medians of runs from {latency(min(by_run), u)} to {latency(max(by_run), u)}{far}",
           f"Median of each run with its 95 % interval, in order of time · n = {len(runs)} runs", [], f"{long(p)} run by run")
    part = section[f"pair-{slug(p)}"]
    behind, slices = part.all("table")
    for head, (line, _) in zip(list(behind.one("thead").all("th"))[1:], lines, strict=True):
        is_(head, line)
    steps = [("min", 0), *[(f"p{k}", k / 100) for k in (1, 5, 10, 25, 50, 75, 90, 95, 99)], ("max", 1)]
    page.table(behind, [[what, *[latency(cell.q(q), u) for _, cell in lines]] for what, q in steps])
    expected = []
    for run in runs:
        rows = Cell(p, run=run).rows.dropna(subset="latency_ms")
        begin, length = rows.start_ns.min(), int(rows.start_ns.max() - rows.start_ns.min())
        parts = 1 if len(rows) < 20 or length == 0 else 10
        second = (rows.start_ns - begin) / 1e9
        for k in range(parts):
            a, z = (length * e / parts / 1e9 for e in (k, k + 1))
            inside = rows.latency_ms[(second >= a) & ((second < z) | (k + 1 == parts))]
            expected.append([name[run], f"{a:.1f}–{z:.1f} s", count(len(inside))] + [latency(v, u) if len(inside) else "–" for v in (inside.median(), inside.max())])
    page.table(slices, expected)

# Single traces: the slowest, and the one in the middle.
total = table[table.pair == "total"].dropna(subset="latency_ns").sort_values("latency_ns", ascending=False, kind="stable")
u = fitting(total.latency_ms.iloc[len(total) // 2])
for at, (why, k) in enumerate([("slowest", 0), ("2nd slowest", 1), ("3rd slowest", 2), ("median", len(total) // 2)], 1):
    row, part = total.iloc[k], section[f"trace-{at}"]
    is_(part.one("h3"), f"{why.capitalize()}: {row.trace_id} {name[row.run_id]}")
    figure(f"trace.{at}", f"The {why} trace takes {latency(row.latency_ms, u)}", f"Trace {row.trace_id} of {name[row.run_id]} · n = 1")
    mine = events[(events.run_id == row.run_id) & (events.trace_id == row.trace_id)].sort_values(["epoch_ns", "line"], kind="stable")
    lines = [open(f"out/{file}" if not file.startswith("out/") else file).read().splitlines()[line - 1] for file, line in zip(mine.file, mine.line)]
    page.table(part.one("table"), [[latency((e.epoch_ns - row.start_ns) / 1e6, u), e.label, clock(e.epoch_ns), f"{e.file}:{e.line}", text] for e, text in zip(mine.itertuples(), lines)])
    page.said |= {latency(step / 1e6, u) for step in np.diff(mine.epoch_ns)}
