"""The logs of the benchmark: sequential traces in many dressings, and Lambda's log by request id."""

import numpy as np

import lines

START_MS = 1_600_776_870_140
LABELS = [b"PRE_INVOKED", b"INVOKED", b"WORK_END", b"RETURNED"]
# Median in ms and spread (sigma of the logarithm) of each latency, and of the pause between traces.
LATENCIES = [(12, 0.5), (40, 0.8), (3, 0.6)]
PAUSE = (150, 1.0)
ZONES = [b"+0000", b"+0200", b"-0500", b"+0530", b"+01:00", b"Z"]
KINDS = 2499  # of two labels each; with START and END 5 000 labels
OPEN = 50  # invocations of Lambda at a time


def lognormal(rng, median_and_sigma, count, unit):
    median, sigma = median_and_sigma
    values = np.exp(rng.standard_normal(count) * sigma) * (median * unit)
    return np.ceil(values).astype(np.int64)


class Sequential:
    """Traces one after the other, four statements each; `piece` makes the next ones of them."""

    def __init__(self, rng, end=b"\n", labels=LABELS, zones=None, noise=0.0, unit=1, kinds=0):
        self.rng, self.end, self.labels, self.zones = rng, end, labels, zones
        self.unit, self.kinds, self.noise = unit, kinds, noise
        self.now = START_MS * unit
        if noise:
            # A statement has noise / (1 - noise) lines of noise before it, on the average.
            mean = noise / (1 - noise)
            most = max(1, round(2 * mean) - 1)
            self.none_before = max(0.0, 1 - mean / ((1 + most) / 2))
            self.blocks = [b""] + [noise_lines(rng, rng.integers(1, most + 1)) for _ in range(2000)]

    def piece(self, count):
        """(bytes, epochs of all statements, latencies by step, kind of each trace)"""
        rng = self.rng
        steps = [lognormal(rng, step, count, self.unit) for step in LATENCIES]
        pauses = lognormal(rng, PAUSE, count, self.unit)
        starts = self.now + np.cumsum(pauses + sum(steps)) - sum(steps)
        epochs = np.cumsum([starts, *steps], axis=0)
        self.now = int(epochs[-1, -1])
        kind = rng.integers(0, self.kinds, count) if self.kinds else None
        fields = []
        for place in range(4):
            if self.noise:
                codes = rng.integers(1, len(self.blocks), count)
                codes[rng.random(count) < self.none_before] = 0
                fields.append(lines.words(self.blocks, codes))
            fields.append(lines.digits(epochs[place], 13 if self.unit == 1 else 19))
            zone = lines.words(self.zones, rng.integers(0, len(self.zones), count)) if self.zones else b"+0000"
            fields += [zone, b"|", self.labels[place]]
            if self.kinds and place in (1, 2):
                fields.append(lines.digits(kind, 4))
            fields.append(self.end)
        return lines.text(fields, count), epochs.T.ravel(), steps, kind


def noise_lines(rng, count):
    """What apps print besides: times, numbers, words."""
    shapes = [
        "2022-04-14 05:20:{s:02},{ms:03} DEBUG handler: {n} rows of table orders read in {ms} ms",
        "[info] GET /orders/{n}?limit=50 200 {ms}ms",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:{n}:5)",
        "level=warn ts=1650000{n:06} msg=\"retry\" attempt={s} backoff={ms}ms | queue +{n}",
        "Loaded configuration of stage dev",
        '{{"level":"debug","order":{n},"customer":"c-{ms}","items":[{s},{s},{ms}],"total":{n}.{s:02}}}',
    ]
    out = []
    for _ in range(count):
        s, ms, n = (int(rng.integers(0, top)) for top in (60, 1000, 1_000_000))
        out.append(shapes[rng.integers(0, len(shapes))].format(s=s, ms=ms, n=n))
    return "".join(line + "\n" for line in out).encode()


def sequential(name, rng):
    """The log of that name; those of job A, of growth and of one of many small files are plain."""
    return Sequential(rng, **{
        "crlf": {"end": b"\r\n"},
        "zones": {"zones": ZONES},
        "labels-5000": {"labels": [b"START", b"LOAD_", b"SAVE_", b"END"], "kinds": KINDS},
        "labels-200": {"labels": [label.ljust(200, b"X") for label in LABELS]},
        "noise-1": {"noise": 0.01},
        "noise-95": {"noise": 0.95},
        "nanoseconds": {"unit": 1_000_000},
    }.get(name, {}))


def lambda_log(rng, ids):
    """Lines of `ids` invocations in order of time: (pieces of bytes, latencies by step, epochs by
    statement, a number for each request's id)"""
    steps = [lognormal(rng, step, ids, 1) for step in LATENCIES]
    mean = sum(step.mean() for step in steps)
    starts = START_MS + np.cumsum(rng.exponential(mean / OPEN, ids)).astype(np.int64)
    by_statement = np.cumsum([starts, *steps], axis=0)
    epochs = by_statement.T.ravel()
    halves = lines.version_4(*rng.integers(0, 2**64, (2, ids), np.uint64))
    names = lines.uuids(*halves)
    order = np.argsort(epochs, kind="stable")

    def pieces():
        for at in range(0, len(order), 200_000):
            rows = order[at:at + 200_000]
            epoch = epochs[rows]
            fields = [lines.iso_times(epoch), b"\t", names[rows // 4], b"\tINFO\t"]
            fields += [lines.digits(epoch, 13), b"+0000|", lines.words(LABELS, rows % 4), b"\n"]
            yield lines.text(fields, len(rows))

    return pieces(), steps, by_statement, lines.uuid_number(*halves)
