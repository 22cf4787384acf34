"""The hook's side of sb-run: loads a benchmark file and runs one of its hooks.

It talks with the driver in JSON lines. A request is {"op": ..., "id": n, ...}, its answer is
{"id": n, ...}. It starts with the channel on stdin and stdout and moves it away at once, so that
whatever the hook or its commands print goes to one stream: that of stderr.
"""

import binascii
import io
import json
import logging
import os
import queue
import signal
import sys
import threading
import time


def clean(text):
    """Text that UTF-8 can hold: file names and messages may carry lone surrogates."""
    return str(text).encode("utf-8", "backslashreplace").decode("utf-8")


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


class LineStream(io.TextIOWrapper):
    """A standard stream that hands on whole lines, each with one write.

    Threads that print at the same time would otherwise tear each other's lines: print() writes
    the text and the line end separately.
    """

    def __init__(self, fd):
        super().__init__(
            open(fd, "wb", closefd=False), encoding="utf-8", errors="backslashreplace", newline="\n"
        )
        self._pending = {}
        self._lock = threading.RLock()

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        with self._lock:
            me = threading.get_ident()
            pending = self._pending.pop(me, "") + text
            cut = pending.rfind("\n") + 1
            if cut:
                self._emit(pending[:cut])
            if pending[cut:]:
                self._pending[me] = pending[cut:]
        return len(text)

    def flush(self):
        with self._lock:
            pending = self._pending.pop(threading.get_ident(), "")
            if pending:
                self._emit(pending)
        super().flush()

    def flush_all(self):
        if self.closed:
            return  # the hook has closed it
        with self._lock:
            pending = "".join(self._pending.values())
            self._pending.clear()
            if pending:
                self._emit(pending)
        super().flush()

    def after_fork(self):
        self._lock = threading.RLock()
        self._pending = {}

    def _emit(self, text):
        self.buffer.flush()  # what was written to .buffer came first
        write_all(self.fileno(), text.encode("utf-8", "backslashreplace"))


class Stopped(BaseException):
    """The driver ends this hook. Not an Exception, so that `except Exception` lets it pass."""


class Channel:
    """Requests to the driver and their answers, for any number of threads."""

    def __init__(self, answers_fd, requests_fd):
        self._answers_fd = answers_fd
        self._fd = requests_fd
        self._lock = threading.Lock()
        self._waiting = {}
        self._parts = {}  # of what commands printed, until they have ended
        self._last = 0
        self._owner = os.getpid()
        self._go = queue.SimpleQueue()

    def call(self, op, **fields):
        if self._owner is None:
            raise RuntimeError(
                "spec is read-only in a forked process: return the value to the hook and set it there"
            )
        answers = queue.SimpleQueue()
        with self._lock:
            self._last += 1
            number = self._last
            self._waiting[number] = answers
        self.say(op=op, id=number, **fields)
        return answers.get()  # if the driver is gone, `listen` ends this process

    def say(self, **fields):
        line = (json.dumps(fields) + "\n").encode("ascii")
        with self._lock:
            try:
                write_all(self._fd, line)
            except BrokenPipeError:
                pass

    def wait_for_go(self):
        return self._go.get()

    def listen(self):
        """Hands answers to those who wait. Ends the process group if the driver is gone."""
        pieces = []
        while True:
            data = os.read(self._answers_fd, 65536)
            if not data:
                break
            pieces.append(data)
            if b"\n" not in data:
                continue
            *lines, rest = b"".join(pieces).split(b"\n")
            pieces = [rest]
            for line in lines:
                self._take(json.loads(line.decode("utf-8")))
        os.killpg(0, signal.SIGTERM)
        time.sleep(3)
        if os.getpid() == 1:
            os._exit(1)  # the first process of a container; no signal ends it, and all end with it
        os.killpg(0, signal.SIGKILL)

    def _take(self, answer):
        if answer.get("stop"):
            # In a container the driver's signal reaches this process only, not the commands that
            # it waits for.
            os.killpg(0, signal.SIGTERM)
            return
        number = answer.pop("id", 0)
        if "part" in answer:
            self._parts.setdefault(number, []).append(binascii.a2b_base64(answer["part"]))
            return
        if "code" in answer:
            output = b"".join(self._parts.pop(number, []))
            answer["output"] = output.decode("utf-8", "replace")
        self._waiting.pop(number, self._go).put(answer)

    def after_fork(self):
        # A forked child must not hold the channel, or the driver could not tell who is speaking.
        if self._owner is None:
            return  # the child of a child
        self._owner = None
        self._lock = threading.Lock()
        os.close(self._fd)
        os.close(self._answers_fd)
        # SIGTERM ends it as any process: multiprocessing ends its workers so.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
