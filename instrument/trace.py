"""Prints trace statements: `<Unix time in ms>+0000|LABEL trace_id=<id>`, one per line.

    trace("PRE_INVOKED", trace_id=request_id)

    @traced("RESIZE")                 # RESIZE_START and RESIZE_END around each call
    def resize(image): ...

    with traced("UPLOAD", trace_id=request_id): ...
"""

import functools
import re
import sys
import time

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([.:/-][A-Za-z0-9_]+)*")
_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def trace(label, trace_id=None):
    """Prints a statement for now."""
    if not _LABEL.fullmatch(label):
        raise ValueError(
            f"{label!r} is no label: letters, digits and _, beginning with a letter or _, parted by . : / or -"
        )
    end = ""
    if trace_id is not None:
        if not _ID.fullmatch(str(trace_id)):
            raise ValueError(f"{trace_id!r} is no id: 1 to 128 letters, digits and . _ : / + = -")
        end = f" trace_id={trace_id}"
    # One write for the whole line: lines of other threads cannot get into it.
    sys.stdout.write(f"{time.time_ns() // 1_000_000:013d}+0000|{label}{end}\n")
    sys.stdout.flush()


class traced:
    """A decorator and a context manager: LABEL_START before, LABEL_END after, whatever happens."""

    def __init__(self, label, trace_id=None):
        self.label = label
        self.trace_id = trace_id

    def __enter__(self):
        trace(self.label + "_START", self.trace_id)
        return self

    def __exit__(self, *_):
        trace(self.label + "_END", self.trace_id)
        return False

    def __call__(self, function):
        import inspect  # here, because it costs time and is seldom needed

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapper(*args, **kwargs):
                with traced(self.label, self.trace_id):
                    return await function(*args, **kwargs)

        else:

            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                with traced(self.label, self.trace_id):
                    return function(*args, **kwargs)

        return wrapper
