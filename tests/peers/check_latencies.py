"""Compares a Parquet file of latencies with what the generator put in the log, in any order of the
rows: exits 1 and says what differs. python check_latencies.py OUT ANSWERS (in the peers' environment)."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

import expected
import lines

TEXT = (pa.string(), pa.large_string())
# What the peers write; sb-trace has more.
COLUMNS = {
    "trace_id": TEXT, "pair": TEXT, "from_label": TEXT, "to_label": TEXT, "start_ts": (pa.timestamp("us", "UTC"),),
    "start_ns": (pa.int64(),), "latency_ns": (pa.int64(),), "latency_ms": (pa.float64(),), "negative": (pa.bool_(),),
}
UUID_LENGTH = 36
UUID_DASHES = (8, 13, 18, 23)
NIBBLES = np.full(256, 255, np.uint8)
NIBBLES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


def line_numbers(ids, log):
    """Of ids like a.log:17."""
    prefix = f"{log}:"
    if not pa.compute.all(pa.compute.starts_with(ids, prefix)).as_py():
        sys.exit(f"trace_id: not all begin with '{prefix}', the first is '{ids[0]}'")
    return pa.compute.utf8_slice_codeunits(ids, len(prefix)).cast(pa.int64()).to_numpy().astype(np.uint64)


def uuid_numbers(ids, _):
    """Of the halves of each UUID."""
    if set(pa.compute.binary_length(ids).unique().to_pylist()) != {UUID_LENGTH}:
        sys.exit(f"trace_id: not all have {UUID_LENGTH} characters, the first is '{ids[0]}'")
    start = int(np.frombuffer(ids.buffers()[1], np.int64)[ids.offset])
    text = np.frombuffer(ids.buffers()[2], np.uint8)[start:start + UUID_LENGTH * len(ids)].reshape(-1, UUID_LENGTH)
    digits = NIBBLES[np.delete(text, UUID_DASHES, axis=1)]
    if digits.max() > 15 or (text[:, UUID_DASHES] != ord("-")).any():
        sys.exit("trace_id: not all are UUIDs in small letters")
    octets = np.ascontiguousarray(digits[:, 0::2] << 4 | digits[:, 1::2])
    return lines.uuid_number(*octets.view(">u8").astype(np.uint64).T)


NUMBERS = {"lines": line_numbers, "uuids": uuid_numbers}


def coded(column):
    """(the texts of a column, which of them each row has)"""
    kept = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return kept.dictionary.to_pylist(), kept.indices.to_numpy()


def consistent(batch):
    """Whether what columns say twice is the same, in each row."""
    start, latency = (batch[name].to_numpy() for name in ("start_ns", "latency_ns"))
    if not np.array_equal(batch["start_ts"].cast(pa.int64()).to_numpy(), start // 1000):
        sys.exit("start_ts is not start_ns in microseconds")
    if not np.allclose(batch["latency_ms"].to_numpy(), latency / 1e6, rtol=1e-12, atol=0):
        sys.exit("latency_ms is not latency_ns in milliseconds")
    if not np.array_equal(batch["negative"].to_numpy(zero_copy_only=False), latency < 0):
        sys.exit("negative is not what latency_ns says")


def content(file, numbers, log):
    """What expected.Latencies says of the same rows; the labels as all that go with a pair."""
    pairs, keys = {}, []
    for batch in file.iter_batches(1 << 20, columns=list(COLUMNS)):
        for name in COLUMNS:
            if batch[name].null_count:
                sys.exit(f"column {name}: {batch[name].null_count} nulls")
        consistent(batch)
        key = numbers(batch["trace_id"].cast(pa.large_string()), log)
        keys.append(np.unique(key))
        texts, codes = coded(batch["pair"])
        labels = {name: coded(batch[name]) for name in ("from_label", "to_label")}
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            new = {"rows": len(rows), "negative": int(batch["negative"].to_numpy(zero_copy_only=False)[rows].sum())}
            for name, (words, of) in labels.items():
                new[name] = ", ".join(sorted(words[word] for word in np.unique(of[rows])))
            for name in ("start_ns", "latency_ns"):
                values = batch[name].to_numpy()[rows]
                new |= expected.sums(name, values, key[rows])
            old = pairs.get(texts[code])
            if old and any(old[name] != new[name] for name in labels):
                sys.exit(f"{texts[code]}: some rows have other labels than others")
            pairs[texts[code]] = expected.merged(old, new)
    return {"traces": len(np.unique(np.concatenate(keys))) if keys else 0, "pairs": pairs}


def main():
    out, answers = sys.argv[1:]
    file = pyarrow.parquet.ParquetFile(out)
    schema = file.schema_arrow
    for name, kinds in COLUMNS.items():
        if name not in schema.names:
            sys.exit(f"there is no column {name}, only {', '.join(schema.names)}")
        kind = schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if kind not in kinds:
            sys.exit(f"column {name}: {kind} instead of {kinds[0]}")
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    packed = {group.column(i).compression for group in groups for i in range(group.num_columns)}
    if packed != {"ZSTD"}:
        sys.exit(f"compression {', '.join(packed)} instead of ZSTD")
    with open(answers) as text:
        expects = json.load(text)["latencies"]
    found = content(file, NUMBERS[expects["ids"]], expects["log"])
    differ("traces", found["traces"], expects["traces"])
    differ("pairs", sorted(found["pairs"]), sorted(expects["pairs"]))
    for pair, figures in expects["pairs"].items():
        for name, value in figures.items():
            differ(f"{pair}, {name}", found["pairs"][pair][name], value)


def differ(what, found, value):
    if found != value:
        sys.exit(f"{what}: {found} instead of {value}")


main()
