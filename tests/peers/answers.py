"""The form in which every peer gives its answer: figures by pair, as JSON."""

import json

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def write(path, rows):
    """Rows of (from, to, n, mean, p50, p95, p99)."""
    names = ("n", "mean", "p50", "p95", "p99")
    pairs = {f"{a}->{b}": dict(zip(names, map(float, figures))) for a, b, *figures in rows}
    with open(path, "w") as out:
        json.dump(pairs, out)


def rows_of_counts(counts):
    """Exact figures from rows of (from, to, latency, how often)."""
    pairs = {}
    for a, b, latency, count in counts:
        pairs.setdefault((a, b), []).append((latency, count))
    for (a, b), values in pairs.items():
        values.sort()
        n = sum(count for _, count in values)
        mean = sum(latency * count for latency, count in values) / n
        yield a, b, n, mean, *(quantile(values, n, q) for q in QUANTILES.values())


def quantile(sorted_counts, n, q):
    """Hyndman and Fan's type 7."""
    place = (n - 1) * q
    low = ranked(sorted_counts, int(place))
    high = ranked(sorted_counts, min(int(place) + 1, n - 1))
    return low + (high - low) * (place - int(place))


def ranked(sorted_counts, rank):
    for value, count in sorted_counts:
        if rank < count:
            return value
        rank -= count
    raise IndexError(rank)
