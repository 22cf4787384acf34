"""DuckDB's answers: python duckdb_peer.py JOB WAY LOG OUT, with WAY direct or tuned (see README)."""

import os
import sys

import duckdb

import answers

QUANTILES = "[0.5, 0.95, 0.99]"


def csv(path, delimiter, columns):
    names = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    options = "header = false, auto_detect = false, quote = '', escape = ''"
    return f"read_csv('{path}', delim = '{delimiter}', columns = {{{names}}}, {options})"


def plain(path):
    return csv(path, "|", {"stamp": "VARCHAR", "label": "VARCHAR"})


def plain_at_plus(path):
    return csv(path, "+", {"epoch": "BIGINT", "rest": "VARCHAR"})


def lambda_events(path, id_type):
    columns = {"time": "VARCHAR", "id": id_type, "level": "VARCHAR", "text": "VARCHAR"}
    return f"SELECT id, text[1:13]::BIGINT AS epoch, text[20:] AS label FROM {csv(path, chr(9), columns)}"


def a_direct(path):
    return f"""
        WITH events AS (SELECT stamp[1:13]::BIGINT AS epoch, label FROM {plain(path)}),
        steps AS (SELECT lag(label) OVER () AS a, label AS b, epoch - lag(epoch) OVER () AS ms FROM events)
        SELECT a, b, count(*), avg(ms), quantile_cont(ms, {QUANTILES})
        FROM steps WHERE b <> 'PRE_INVOKED' GROUP BY a, b"""


def a_tuned(path):
    return f"""
        WITH steps AS (
            SELECT lag(rest) OVER () AS a, rest AS b, epoch - lag(epoch) OVER () AS ms FROM {plain_at_plus(path)})
        SELECT a[6:], b[6:], ms, count(*) FROM steps WHERE b <> '0000|PRE_INVOKED' GROUP BY a, b, ms"""


def b_direct(path):
    return f"""
        WITH steps AS (
            SELECT lag(label) OVER trace AS a, label AS b, epoch - lag(epoch) OVER trace AS ms
            FROM ({lambda_events(path, "UUID")}) WINDOW trace AS (PARTITION BY id ORDER BY epoch))
        SELECT a, b, count(*), avg(ms), quantile_cont(ms, {QUANTILES})
        FROM steps WHERE a IS NOT NULL GROUP BY a, b"""


def b_tuned(path):
    labels = ["PRE_INVOKED", "INVOKED", "WORK_END", "RETURNED"]
    columns = ", ".join(f"min(epoch) FILTER (label = '{label}') AS {label}" for label in labels)
    pairs = " UNION ALL ".join(
        f"SELECT '{a}', '{b}', count(*), avg({b} - {a}), quantile_cont({b} - {a}, {QUANTILES}) FROM traces"
        for a, b in zip(labels, labels[1:]))
    events = lambda_events(path, "VARCHAR")
    return f"WITH traces AS MATERIALIZED (SELECT {columns} FROM ({events}) GROUP BY id) {pairs}"


def c_direct(path):
    minutes = "CASE WHEN stamp[14] = '-' THEN -1 ELSE 1 END * (60 * stamp[15:16]::SMALLINT + stamp[17:18]::SMALLINT)"
    return f"""SELECT make_timestamptz(1000 * stamp[1:13]::BIGINT) AS ts,
        ({minutes})::SMALLINT AS utc_offset_minutes, label FROM {plain(path)}"""


def c_tuned(path):
    minutes = "CASE WHEN starts_with(rest, '0000') THEN 0 ELSE 60 * rest[1:2]::SMALLINT + rest[3:4]::SMALLINT END"
    return f"""SELECT make_timestamptz(1000 * epoch) AS ts,
        ({minutes})::SMALLINT AS utc_offset_minutes, substr(rest, 6) AS label FROM {plain_at_plus(path)}"""


def latencies(trace_id):
    """The columns of jobs D and E from rows of a pair."""
    return f"""SELECT {trace_id} AS trace_id, pair, from_label, to_label, make_timestamptz(start_ns // 1000) AS start_ts,
        start_ns, latency_ns, latency_ns / 1e6 AS latency_ms, latency_ns < 0 AS negative FROM pairs"""


def d_direct(path):
    """Windows over the log as it lies, totals by a grouping. Tried besides: totals from first and last
    events in windows of their own (1.4 times as long), a list of both rows unnested (1.4 times), a
    list of events for each trace (1.75 times), the steps materialized or not (no difference)."""
    return f"""
        WITH events AS (
            SELECT row_number() OVER () AS line, 1000000 * stamp[1:13]::BIGINT AS ns, label FROM {plain(path)}),
        steps AS (
            SELECT *, max(CASE WHEN label = 'PRE_INVOKED' THEN line END) OVER so_far AS trace,
                lag(label) OVER () AS before, lag(ns) OVER () AS before_ns
            FROM events WINDOW so_far AS (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
        pairs AS (
            SELECT trace, before || '->' || label AS pair, before AS from_label, label AS to_label,
                before_ns AS start_ns, ns - before_ns AS latency_ns
            FROM steps WHERE label <> 'PRE_INVOKED'
            UNION ALL
            SELECT trace, 'total', arg_min(label, line), arg_max(label, line), min(ns), max(ns) - min(ns)
            FROM steps GROUP BY trace)
        {latencies(f"'{os.path.basename(path)}:' || trace")}"""


def e_direct(path):
    """A window by request, totals by a grouping. Tried besides, none faster: all from windows, ids as
    UUID, events materialized, rows in no order; a list of events for each request (1.2 times as long)."""
    return f"""
        WITH events AS (SELECT id, 1000000 * epoch AS ns, label FROM ({lambda_events(path, "VARCHAR")})),
        steps AS (
            SELECT id, lag(label) OVER trace AS before, label, lag(ns) OVER trace AS before_ns, ns
            FROM events WINDOW trace AS (PARTITION BY id ORDER BY ns)),
        pairs AS (
            SELECT id, before || '->' || label AS pair, before AS from_label, label AS to_label,
                before_ns AS start_ns, ns - before_ns AS latency_ns
            FROM steps WHERE before IS NOT NULL
            UNION ALL
            SELECT id, 'total', arg_min(label, ns), arg_max(label, ns), min(ns), max(ns) - min(ns)
            FROM events GROUP BY id)
        {latencies("id")}"""


def main():
    job, way, log, out = sys.argv[1:]
    query = globals()[f"{job}_{way}"](log)
    connection = duckdb.connect()
    if job in ("c", "d", "e"):
        connection.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
        return
    rows = connection.execute(query).fetchall()
    if (job, way) == ("a", "tuned"):
        answers.write(out, answers.rows_of_counts(rows))
    else:
        answers.write(out, ((a, b, n, mean, *quantiles) for a, b, n, mean, quantiles in rows))


main()
