"""DuckDB's answers: python duckdb_peer.py JOB WAY LOG OUT, with WAY direct or tuned (see README)."""

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


def main():
    job, way, log, out = sys.argv[1:]
    query = globals()[f"{job}_{way}"](log)
    connection = duckdb.connect()
    if job == "c":
        connection.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
        return
    rows = connection.execute(query).fetchall()
    if (job, way) == ("a", "tuned"):
        answers.write(out, answers.rows_of_counts(rows))
    else:
        answers.write(out, ((a, b, n, mean, *quantiles) for a, b, n, mean, quantiles in rows))


main()
