"""Prints trace statements: `<Unix time in milliseconds>+0000|LABEL trace_id=<id>`.

In Azure Functions only what goes through `logging` reaches Application Insights; in the hooks
there is no such host, and they print.
"""

import logging
import os
import time


def trace(label, trace_id):
    line = "%d+0000|%s trace_id=%s" % (time.time_ns() // 1_000_000, label, trace_id)
    if "FUNCTIONS_WORKER_RUNTIME" in os.environ:
        logging.info(line)
    else:
        # One write for the whole line: lines of other threads cannot get into it.
        os.write(1, (line + "\n").encode("ascii"))
