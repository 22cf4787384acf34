"""Thumbnails over HTTP, measured on this machine: a self-test of the whole tool chain.

prepare starts a small web service and makes images, invoke uploads them, several at a time, and
gets thumbnails back, cleanup stops the service. Client and service print one statement per step,
`<milliseconds>+0000|LABEL trace_id=<id>`; the id travels with the request and ties them together.

Nothing but Python's standard library is needed.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import png
from statement import trace

BENCHMARK_CONFIG = """
thumbnail_generator:
  description: A local web service that makes thumbnails of PNG images. A self-test, not a cloud.
  provider: local
  region: localhost
  endpoint: DYNAMIC
  invocations: 240
  concurrency: 4
  image_sizes: [[64, 48], [80, 60], [96, 72], [112, 84]]
  thumbnail_width: 32
"""

IMAGES = "images"


def prepare(spec):
    # The port is opened here, so it is known at once and requests wait until the service is up.
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    spec["endpoint"] = "http://127.0.0.1:%d" % listener.getsockname()[1]
    subprocess.Popen(
        [sys.executable, "thumbnail_service.py", str(listener.fileno())],
        pass_fds=[listener.fileno()],
    )

    os.makedirs(IMAGES, exist_ok=True)
    randomness = random.Random(2020)
    for number, (width, height) in enumerate(spec["image_sizes"]):
        pixels = png.test_image(width, height, randomness)
        with open(image_path(number), "wb") as file:
            file.write(png.encode(width, height, pixels))


def invoke(spec):
    # `sb-run invoke 1000` asks for a number of its own; otherwise the one above counts.
    asked = spec["workload_type"]
    invocations = asked if isinstance(asked, int) else spec["invocations"]
    url = "%s/thumbnail?width=%d" % (spec["endpoint"], spec["thumbnail_width"])
    images = []
    for number in range(len(spec["image_sizes"])):
        with open(image_path(number), "rb") as file:
            images.append(file.read())

    with ThreadPoolExecutor(max_workers=spec["concurrency"]) as pool:
        uploads = [
            pool.submit(upload, url, images[number % len(images)], spec["thumbnail_width"])
            for number in range(invocations)
        ]
    for done in uploads:
        done.result()  # raises here what an upload raised


def cleanup(spec):
    try:
        if spec["endpoint"] != "DYNAMIC":
            urllib.request.urlopen(spec["endpoint"] + "/stop", data=b"", timeout=10).close()
    except (urllib.error.URLError, OSError):
        pass  # it is not running any more
    shutil.rmtree(IMAGES, ignore_errors=True)


def image_path(number):
    return os.path.join(IMAGES, "image-%d.png" % number)


def upload(url, image, thumbnail_width):
    trace_id = uuid.uuid4().hex
    headers = {"Content-Type": "image/png", "X-Trace-Id": trace_id}
    request = urllib.request.Request(url, data=image, headers=headers)
    trace("PRE_INVOKED", trace_id)
    with urllib.request.urlopen(request, timeout=60) as response:
        thumbnail = response.read()
    trace("RESPONSE_RECEIVED", trace_id)
    width, height, _ = png.decode(thumbnail)
    if width != thumbnail_width or not 0 < height <= width:
        raise RuntimeError("asked for %d pixels, got %d x %d" % (thumbnail_width, width, height))
