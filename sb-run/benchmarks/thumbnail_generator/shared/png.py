"""Reads, writes and shrinks 8-bit RGB PNG images with nothing but zlib and struct."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = 3


def encode(width, height, pixels):
    """A PNG file. Its rows take turns with the five filters of the format."""
    row_size = width * CHANNELS
    previous = bytes(row_size)
    raw = bytearray()
    for y in range(height):
        row = pixels[y * row_size:(y + 1) * row_size]
        raw.append(y % 5)
        raw += filter_row(y % 5, row, previous)
        previous = row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(raw), 6)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def decode(file):
    """Width, height and pixels of an 8-bit RGB PNG file; ValueError for anything else."""
    if file[:8] != SIGNATURE:
        raise ValueError("not a PNG file")
    width = height = 0
    data = b""
    at = 8
    while at < len(file):
        size, kind = struct.unpack(">I4s", file[at:at + 8])
        body = file[at + 8:at + 8 + size]
        (checksum,) = struct.unpack(">I", file[at + 8 + size:at + 12 + size])
        if checksum != zlib.crc32(kind + body):
            raise ValueError("damaged PNG file: wrong checksum")
        if kind == b"IHDR":
            width, height, *form = struct.unpack(">IIBBBBB", body)
            if form != [8, 2, 0, 0, 0]:
                raise ValueError("only 8-bit RGB without interlacing is supported")
        elif kind == b"IDAT":
            data += body
        at += 12 + size
    return width, height, unfilter(width, height, zlib.decompress(data))


def unfilter(width, height, raw):
    row_size = width * CHANNELS
    pixels = bytearray()
    previous = bytes(row_size)
    for y in range(height):
        start = y * (row_size + 1)
        row = bytearray(raw[start + 1:start + 1 + row_size])
        kind = raw[start]
        for i in range(row_size):
            left = row[i - CHANNELS] if i >= CHANNELS else 0
            corner = previous[i - CHANNELS] if i >= CHANNELS else 0
            row[i] = (row[i] + predict(kind, left, previous[i], corner)) & 255
        pixels += row
        previous = row
    return bytes(pixels)


def filter_row(kind, row, previous):
    result = bytearray(len(row))
    for i, value in enumerate(row):
        left = row[i - CHANNELS] if i >= CHANNELS else 0
        corner = previous[i - CHANNELS] if i >= CHANNELS else 0
        result[i] = (value - predict(kind, left, previous[i], corner)) & 255
    return result


def predict(kind, left, up, corner):
    """What a filter expects a byte to be: 0 none, 1 sub, 2 up, 3 average, 4 Paeth."""
    if kind == 0:
        return 0
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    from_left, from_up = abs(up - corner), abs(left - corner)
    from_corner = abs(left + up - 2 * corner)
    if from_left <= from_up and from_left <= from_corner:
        return left
    return up if from_up <= from_corner else corner


def downscale(width, height, pixels, new_width):
    """Width, height and pixels of a smaller image, each pixel the mean of the box it covers."""
    new_width = min(new_width, width)
    new_height = max(1, height * new_width // width)
    result = bytearray()
    for y in range(new_height):
        rows = range(y * height // new_height, (y + 1) * height // new_height)
        for x in range(new_width):
            left, right = x * width // new_width, (x + 1) * width // new_width
            count = (right - left) * len(rows)
            for channel in range(CHANNELS):
                total = 0
                for row in rows:
                    start = (row * width + left) * CHANNELS + channel
                    stop = (row * width + right) * CHANNELS
                    total += sum(pixels[start:stop:CHANNELS])
                result.append(total // count)
    return new_width, new_height, bytes(result)


def test_image(width, height, randomness):
    """A picture with something to compress: a colour gradient with a little noise."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            noise = randomness.randrange(16)
            pixels += bytes((x * 239 // width + noise, y * 239 // height + noise, 128 + noise))
    return bytes(pixels)
