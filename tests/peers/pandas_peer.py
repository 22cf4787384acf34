"""pandas' answers: python pandas_peer.py JOB WAY LOG OUT (one way for each job)."""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import answers


def csv(path, separator, **columns):
    return pd.read_csv(path, sep=separator, header=None, names=list(columns), dtype=columns, engine="pyarrow")


def figures(steps):
    for (a, b), ms in steps.groupby(["a", "b"], observed=True).ms:
        yield a, b, len(ms), ms.mean(), *ms.quantile(list(answers.QUANTILES.values()))


def a(path):
    log = csv(path, "+", epoch="int64", rest="category")
    steps = pd.DataFrame({"a": log.rest.shift(1), "b": log.rest, "ms": log.epoch.diff()})
    steps = steps[steps.b != "0000|PRE_INVOKED"]
    return ((a[5:], b[5:], *rest) for a, b, *rest in figures(steps))


def b(path):
    log = csv(path, "\t", time="str", id="str", level="str", text="str")
    log = pd.DataFrame({
        "id": pd.util.hash_array(log.id.to_numpy(), categorize=False),
        "epoch": log.text.str.slice(0, 13).astype("int64"),
        "label": log.text.str.slice(19).astype("category"),
    })
    log = log.iloc[np.lexsort((log.epoch, log.id))]
    steps = pd.DataFrame({"a": log.label.shift(1), "b": log.label, "ms": log.epoch.diff()})
    return figures(steps[log.id == log.id.shift(1)])


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
