"""polars' answers: python polars_peer.py JOB WAY LOG OUT, with WAY direct or tuned (see README)."""

import os
import sys

import polars as pl

import answers

LABELS = ["PRE_INVOKED", "INVOKED", "WORK_END", "RETURNED"]
MS = pl.col("ms")
FIGURES = [pl.len(), MS.mean().alias("mean")]
FIGURES += [MS.quantile(q, "linear").alias(name) for name, q in answers.QUANTILES.items()]


def csv(path, separator, **columns):
    return pl.scan_csv(path, separator=separator, schema=columns, has_header=False, quote_char=None)


def plain(path, label):
    return csv(path, "|", stamp=pl.String, label=label)


def plain_at_plus(path, rest):
    return csv(path, "+", epoch=pl.Int64, rest=rest)


def lambda_events(path):
    text = pl.col("text")
    log = csv(path, "\t", time=pl.String, id=pl.String, level=pl.String, text=pl.String)
    return log.select(
        id="id", epoch=text.str.slice(0, 13).cast(pl.Int64), label=text.str.slice(19).cast(pl.Categorical))


def steps(events):
    """Each event with the one before it."""
    epoch = pl.col("epoch")
    return events.select(pl.exclude("epoch", "label"), a=pl.col("label").shift(1), b="label", ms=epoch - epoch.shift(1))


def a_direct(path):
    events = plain(path, pl.Categorical).select(epoch=pl.col("stamp").str.slice(0, 13).cast(pl.Int64), label="label")
    pairs = steps(events).filter(pl.col("b") != "PRE_INVOKED").group_by("a", "b").agg(FIGURES)
    return pairs.collect(engine="streaming").rows()


def a_tuned(path):
    events = plain_at_plus(path, pl.Categorical).rename({"rest": "label"})
    pairs = steps(events).filter(pl.col("b") != "0000|PRE_INVOKED").group_by("a", "b", "ms").len()
    counts = pairs.collect(engine="streaming").rows()
    return answers.rows_of_counts((a[5:], b[5:], ms, n) for a, b, ms, n in counts)


def b_direct(path):
    events = lambda_events(path).sort("id", "epoch")
    pairs = steps(events).filter(pl.col("id") == pl.col("id").shift(1)).group_by("a", "b").agg(FIGURES)
    return pairs.collect(engine="streaming").rows()


def b_tuned(path):
    events = lambda_events(path).with_columns(pl.col("id").hash())
    at = [pl.when(pl.col("label") == label).then("epoch").max().alias(label) for label in LABELS]
    traces = events.group_by("id").agg(at)
    latencies = traces.select([(pl.col(b) - pl.col(a)).alias(b) for a, b in zip(LABELS, LABELS[1:])])
    latencies = latencies.collect(engine="streaming")
    for a, b in zip(LABELS, LABELS[1:]):
        ms = latencies[b]
        yield a, b, len(ms), ms.mean(), *(ms.quantile(q, "linear") for q in answers.QUANTILES.values())


def c_direct(path, out):
    stamp = pl.col("stamp")
    hours, minutes = (stamp.str.slice(at, 2).cast(pl.Int16) for at in (14, 16))
    sign = pl.when(stamp.str.slice(13, 1) == "-").then(pl.lit(-1, pl.Int16)).otherwise(pl.lit(1, pl.Int16))
    epoch = stamp.str.slice(0, 13).cast(pl.Int64)
    write(plain(path, pl.String), epoch, sign * (60 * hours + minutes), pl.col("label"), out)


def c_tuned(path, out):
    rest = pl.col("rest")
    hours, minutes = (rest.str.slice(at, 2).cast(pl.Int16) for at in (0, 2))
    minutes = pl.when(rest.str.starts_with("0000")).then(pl.lit(0, pl.Int16)).otherwise(60 * hours + minutes)
    write(plain_at_plus(path, pl.String), pl.col("epoch"), minutes, rest.str.slice(5), out)


def write(events, epoch, minutes, label, out):
    ts = (epoch * 1000).cast(pl.Datetime("us", "UTC"))
    events.select(ts=ts, utc_offset_minutes=minutes, label=label).sink_parquet(out, compression="zstd")


def d_direct(path, out):
    """One pass of shifts and fills, lazily into the file. Tried besides: collecting first (as fast, 1.4
    times the memory), labels as strings (1.1 times as long), totals by a grouping (1.2 times)."""
    events = plain(path, pl.Categorical).with_row_index("line", offset=1)
    epoch, first = pl.col("stamp").str.slice(0, 13).cast(pl.Int64), pl.col("label") == "PRE_INVOKED"
    events = events.select("label", ns=1_000_000 * epoch, first=first, trace=pl.when(first).then("line").forward_fill())
    write_latencies(events, pl.format(f"{os.path.basename(path)}:{{}}", "trace"), out)


def e_direct(path, out):
    """After a sort by request and time as job D. Tried besides: shifts over("id") and totals by a
    grouping (1.2 times as long), a stable sort by request alone, collecting first (no faster)."""
    events = lambda_events(path).sort("id", "epoch")
    first = (pl.col("id") != pl.col("id").shift(1)).fill_null(True)
    events = events.select("label", ns=1_000_000 * pl.col("epoch"), first=first, trace="id")
    write_latencies(events, pl.col("trace"), out)


def write_latencies(events, trace_id, out):
    """The columns of jobs D and E of events by trace, the first of each marked."""
    label, ns, first = pl.col("label"), pl.col("ns"), pl.col("first")
    steps = events.with_columns(
        before=label.shift(1), before_ns=ns.shift(1), last=first.shift(-1).fill_null(True),
        began=pl.when(first).then("label").forward_fill(), began_ns=pl.when(first).then("ns").forward_fill())
    def rows(of, pair, since):
        start_ns = pl.col(f"{since}_ns")
        start_ts = (start_ns // 1000).cast(pl.Datetime("us", "UTC"))
        return of.select(trace_id=trace_id, pair=pair, from_label=since, to_label="label",
                         start_ts=start_ts, start_ns=start_ns, latency_ns=ns - start_ns)
    pairs = rows(steps.filter(~first), pl.format("{}->{}", "before", "label"), "before")
    latency = pl.col("latency_ns")
    table = pl.concat([pairs, rows(steps.filter("last"), pl.lit("total"), "began")])
    table = table.with_columns(latency_ms=latency / 1e6, negative=latency < 0)
    table.sink_parquet(out, compression="zstd")


def main():
    job, way, log, out = sys.argv[1:]
    make = globals()[f"{job}_{way}"]
    if job in ("c", "d", "e"):
        make(log, out)
    else:
        answers.write(out, make(log))


main()
