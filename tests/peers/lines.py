"""Columns of numbers and words to the bytes of many log lines at once.

A row is a matrix line: fields side by side, shorter ones padded with NUL, which is taken out at the
end. A row may hold several lines of the log.
"""

import numpy as np

FOUR = np.char.zfill(np.arange(10_000).astype("U4"), 4).astype("S4").view(np.uint8).reshape(-1, 4)
HEX = np.array([f"{i:02x}" for i in range(256)], dtype="S2").view(np.uint8).reshape(-1, 2)
DAY_MS = 86_400_000


def digits(values, width):
    """Decimal digits of whole numbers, with leading zeros."""
    out = np.empty((len(values), width), np.uint8)
    rest, end = values, width
    while end > 0:
        rest, last = np.divmod(rest, 10_000)
        start = max(0, end - 4)
        out[:, start:end] = FOUR[last][:, 4 - (end - start):]
        end = start
    return out


def words(table, codes):
    """The word of each code, padded."""
    width = max(map(len, table))
    return np.array(table, dtype=f"S{width}").view(np.uint8).reshape(-1, width)[codes]


def version_4(high, low):
    """Random 128 bits as the two halves of UUIDs of version 4."""
    version, variant = np.uint64(0xF000), np.uint64(0xC << 60)
    return high & ~version | np.uint64(0x4000), low & ~variant | np.uint64(0x8 << 60)


def uuid_number(high, low):
    """One number for both halves."""
    return high + np.uint64(3) * low


def uuids(high, low):
    """The text of UUIDs of these halves."""
    bits = np.stack([high, low], axis=1).astype(">u8").view(np.uint8)
    text = HEX[bits].reshape(len(high), 32)
    out = np.full((len(high), 36), ord("-"), np.uint8)
    source = 0
    for start, length in ((0, 8), (9, 4), (14, 4), (19, 4), (24, 12)):
        out[:, start:start + length] = text[:, source:source + length]
        source += length
    return out


def iso_times(epoch_ms):
    """2022-04-14T05:20:00.000Z"""
    day, ms = np.divmod(epoch_ms, DAY_MS)
    days, codes = np.unique(day, return_inverse=True)
    dates = [str(np.datetime64(int(d), "D")).encode() for d in days]
    hour, minute, second = ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60
    fields = [words(dates, codes), b"T", digits(hour, 2), b":", digits(minute, 2), b":"]
    fields += [digits(second, 2), b".", digits(ms % 1000, 3), b"Z"]
    return matrix(fields, len(epoch_ms))


def matrix(fields, count):
    """The fields side by side."""
    widths = [len(f) if isinstance(f, bytes) else f.shape[1] for f in fields]
    out = np.empty((count, sum(widths)), np.uint8)
    at = 0
    for field, width in zip(fields, widths):
        out[:, at:at + width] = np.frombuffer(field, np.uint8) if isinstance(field, bytes) else field
        at += width
    return out


def text(fields, count):
    """The bytes of all rows, padding taken out."""
    rows = matrix(fields, count).ravel()
    return rows if rows.all() else rows[rows != 0]
