"""Compares a Parquet file of events with what the generator put in the log: exits 1 and says what
differs. python check_table.py OUT ANSWERS (in the peers' environment)."""

import collections
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet

WRAP = 1 << 64
COLUMNS = {"ts": (pa.timestamp("us", "UTC"),), "utc_offset_minutes": (pa.int16(),), "label": (pa.string(), pa.large_string())}


def rows(batch):
    ts = batch["ts"].cast(pa.int64()).to_pylist()
    return [list(row) for row in zip(ts, batch["utc_offset_minutes"].to_pylist(), batch["label"].to_pylist())]


def content(file):
    """Sums (modulo 2^64, one weighted by the row's number), extremes, labels, first and last rows."""
    total = weighted = count = 0
    labels, first, last, offsets = collections.defaultdict(lambda: [0, 0]), [], [], set()
    low, high = None, None
    for batch in file.iter_batches(1 << 20, columns=list(COLUMNS)):
        if any(column.null_count for column in batch.columns):
            return {"nulls": True}
        ts = batch["ts"].cast(pa.int64()).to_numpy()
        bits = ts.view(np.uint64)
        place = np.arange(count + 1, count + 1 + len(ts), dtype=np.uint64)
        total = (total + int(bits.sum())) % WRAP
        weighted = (weighted + int((bits * place).sum())) % WRAP
        low = min(int(ts.min()), low if low is not None else int(ts.min()))
        high = max(int(ts.max()), high if high is not None else int(ts.max()))
        offsets.update(np.unique(batch["utc_offset_minutes"].to_numpy()).tolist())
        codes = batch["label"].dictionary_encode()
        for code, label in enumerate(codes.dictionary.to_pylist()):
            places = place[codes.indices.to_numpy() == code]
            labels[label] = [labels[label][0] + len(places), labels[label][1] + int(places.sum())]
        first = (first + rows(batch.slice(0, 4)))[:4]
        last = (last + rows(batch.slice(max(0, len(batch) - 4))))[-4:]
        count += len(ts)
    return {
        "rows": count, "ts_sum": total, "ts_weighted": weighted, "ts_min": low, "ts_max": high,
        "offsets": sorted(offsets), "labels": dict(labels), "first": first, "last": last,
    }


def main():
    out, answers = sys.argv[1:]
    file = pyarrow.parquet.ParquetFile(out)
    schema = file.schema_arrow
    if schema.names != list(COLUMNS):
        sys.exit(f"columns {', '.join(schema.names)} instead of {', '.join(COLUMNS)}")
    for name, kinds in COLUMNS.items():
        if schema.field(name).type not in kinds:
            sys.exit(f"column {name}: {schema.field(name).type} instead of {kinds[0]}")
    group = file.metadata.row_group(0)
    packed = {group.column(i).compression for i in range(group.num_columns)}
    if packed != {"ZSTD"}:
        sys.exit(f"compression {', '.join(packed)} instead of ZSTD")
    with open(answers) as text:
        expected = {"offsets": [0], **json.load(text)["events"]}
    found = content(file)
    for name, value in expected.items():
        if found.get(name) != value:
            sys.exit(f"{name}: {found.get(name)} instead of {value}")


main()
