"""Starts programs and measures them, for measure.py: a request and a result a line, as JSON.

A process of its own because it must be small: Linux counts the memory of the process that starts a
program into the program's peak. Run as `python3 -I -S spawner.py`, imports no more than it needs.
"""

import json
import os
import sys
import time


def spawn(argv, stdin, stdout, stderr):
    create = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, create, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, stderr, create, 0o644),
    ]
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime
    return {"code": os.waitstatus_to_exitcode(status), "wall": wall, "cpu": cpu, "peak": usage.ru_maxrss * 1024}


for request in sys.stdin:
    print(json.dumps(spawn(*json.loads(request))), flush=True)
