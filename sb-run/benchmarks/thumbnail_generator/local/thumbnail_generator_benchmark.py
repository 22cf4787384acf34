"""Thumbnails over HTTP, measured on this machine: a self-test of the whole tool chain.

prepare starts a small web service and makes images, invoke uploads them, several at a time, and
gets thumbnails back, cleanup stops the service. Client and service print one statement per step,
`<milliseconds>+0000|LABEL trace_id=<id>`; the id travels with the request and ties them together.

Nothing but Python's standard library is needed.
"""

import socket
import subprocess
import sys
import urllib.error
import urllib.request

import client

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


def prepare(spec):
    # The port is opened here, so it is known at once and requests wait until the service is up.
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    spec["endpoint"] = "http://127.0.0.1:%d" % listener.getsockname()[1]
    subprocess.Popen(
        [sys.executable, "thumbnail_service.py", str(listener.fileno())],
        pass_fds=[listener.fileno()],
    )
    client.make_images(spec["image_sizes"])


def invoke(spec):
    client.upload_all(spec, spec["endpoint"] + "/thumbnail")


def cleanup(spec):
    try:
        if spec["endpoint"] != "DYNAMIC":
            urllib.request.urlopen(spec["endpoint"] + "/stop", data=b"", timeout=10).close()
    except (urllib.error.URLError, OSError):
        pass  # it is not running any more
    client.remove_images()
