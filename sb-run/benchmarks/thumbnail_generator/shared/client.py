"""Makes images and uploads them, several at a time; the same for every cloud."""

import os
import random
import shutil
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import png
from statement import trace

IMAGES = "images"


def make_images(sizes):
    os.makedirs(IMAGES, exist_ok=True)
    randomness = random.Random(2020)
    for number, (width, height) in enumerate(sizes):
        pixels = png.test_image(width, height, randomness)
        with open(image_path(number), "wb") as file:
            file.write(png.encode(width, height, pixels))


def remove_images():
    shutil.rmtree(IMAGES, ignore_errors=True)


def image_path(number):
    return os.path.join(IMAGES, "image-%d.png" % number)


def upload_all(spec, url):
    """Uploads `invocations` images, `concurrency` at a time."""
    # `sb-run invoke 1000` asks for a number of its own; otherwise the benchmark's counts.
    asked = spec["workload_type"]
    invocations = asked if isinstance(asked, int) else spec["invocations"]
    width = spec["thumbnail_width"]
    images = []
    for number in range(len(spec["image_sizes"])):
        with open(image_path(number), "rb") as file:
            images.append(file.read())
    with ThreadPoolExecutor(max_workers=spec["concurrency"]) as pool:
        uploads = [
            pool.submit(upload, url, images[number % len(images)], width)
            for number in range(invocations)
        ]
    for done in uploads:
        done.result()  # raises here what an upload raised


def upload(url, image, thumbnail_width):
    trace_id = uuid.uuid4().hex
    headers = {"Content-Type": "image/png", "X-Trace-Id": trace_id}
    address = "%s?width=%d" % (url, thumbnail_width)
    request = urllib.request.Request(address, data=image, headers=headers)
    trace("PRE_INVOKED", trace_id)
    with urllib.request.urlopen(request, timeout=60) as response:
        thumbnail = response.read()
    trace("RESPONSE_RECEIVED", trace_id)
    width, height, _ = png.decode(thumbnail)
    if width != thumbnail_width or not 0 < height <= width:
        raise RuntimeError("asked for %d pixels, got %d x %d" % (thumbnail_width, width, height))
