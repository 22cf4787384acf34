"""pandas' answers: python pandas_peer.py JOB WAY LOG OUT (one way for each job)."""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import answers


def csv(path, separator, columns):
    return pd.read_csv(path, sep=separator, header=None, names=columns, engine="pyarrow", dtype_backend="pyarrow")


def counts(a, b, ms):
    """Latencies are few distinct numbers; counting them is faster than groupby.quantile."""
    steps = pd.DataFrame({"a": a, "b": b, "ms": ms})
    return steps.groupby(["a", "b", "ms"], observed=True).size().items()


def a(path):
    log = csv(path, "+", ["epoch", "rest"])
    rest = log.rest.astype("category")
    later = rest != "0000|PRE_INVOKED"
    steps = counts(rest.shift(1)[later], rest[later], log.epoch.astype("int64").diff()[later])
    return answers.rows_of_counts((a[5:], b[5:], ms, n) for (a, b, ms), n in steps)


def b(path):
    log = csv(path, "\t", ["time", "id", "level", "text"])
    ids = pd.factorize(log.id)[0]
    # The log is in order of time, and so is each request in a stable order by request.
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    epoch = log.text.str.slice(0, 13).astype("int64").to_numpy()[order]
    label = log.text.str.slice(19).astype("category").iloc[order].reset_index(drop=True)
    later = np.flatnonzero(ids[1:] == ids[:-1]) + 1
    steps = counts(label.shift(1)[later], label[later], pd.Series(epoch).diff()[later])
    return answers.rows_of_counts((a, b, ms, n) for (a, b, ms), n in steps)


def c(path, out):
    """pyarrow, which pandas reads CSV and writes Parquet by, without a frame between."""
    schema = pa.schema([("ts", pa.timestamp("us", "UTC")), ("utc_offset_minutes", pa.int16()), ("label", pa.string())])
    log = pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(column_names=["epoch", "rest"], block_size=1 << 24),
        parse_options=pyarrow.csv.ParseOptions(delimiter="+", quote_char=False),
        convert_options=pyarrow.csv.ConvertOptions(column_types={"epoch": pa.int64(), "rest": pa.string()}),
    )
    compute = pa.compute
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in log:
            rest = batch["rest"].dictionary_encode()
            texts = rest.dictionary
            hours = compute.cast(compute.utf8_slice_codeunits(texts, 0, 2), pa.int16())
            minutes = compute.cast(compute.utf8_slice_codeunits(texts, 2, 4), pa.int16())
            offsets = compute.cast(compute.add(compute.multiply(hours, 60), minutes), pa.int16())
            labels = compute.utf8_slice_codeunits(texts, 5, None)
            columns = [compute.multiply(batch["epoch"], 1000).cast(schema.field("ts").type)]
            columns += [offsets.take(rest.indices), labels.take(rest.indices)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def main():
    job, _, log, out = sys.argv[1:]
    if job == "c":
        c(log, out)
    else:
        answers.write(out, globals()[job](log))


main()
