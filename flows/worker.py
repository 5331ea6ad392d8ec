"""What a worker process does: it reads documents, one at a time, within bounds.

The bounds are the system's own, so that they hold in C libraries too. Memory
is counted as growth beyond what the process holds when it starts; processor
time from the beginning of each document, with an allowance for each page that
is recognised.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from extract.readers import limits
from flows.documents import Reading, read

MEMORY = 1 << 30
"""Bytes by which a worker may grow; recognition needs 0.8 GiB."""

PROCESSOR_SECONDS = 10
"""That one document may take. The largest collections of reports take two."""

PAGE_SECONDS = 15
"""That each page may take besides that is recognised; usually three."""

OUT_OF_MEMORY = 77
"""Exit code of a worker that ran out of memory after it had read other documents."""

_STATUS = Path("/proc/self/status")


def work(pipe: Connection) -> None:
    """Reads the tasks that come through the pipe until its other end closes.

    A worker that runs out of memory on its first document answers
    ``too_large``; on a later one it ends, since the memory may have gone to
    those before: another worker tries.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the workers
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_DATA, _held() + MEMORY)
    limits.recognition_watchers.append(lambda: _allow(PAGE_SECONDS))
    pipe.send(None)
    is_first = True
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task = pipe.recv()
            _begin()
            reading = read(task)
            if _ran_out_of_memory(reading) and not is_first:
                os._exit(OUT_OF_MEMORY)
            pipe.send(reading)
            is_first = False


def _ran_out_of_memory(reading: Reading) -> bool:
    return bool(reading["error"]) and reading["error"]["message"] == limits.OUT_OF_MEMORY


def _begin() -> None:
    """Bounds the processor time of the next document."""
    _set(resource.RLIMIT_CPU, int(time.process_time()) + 1 + PROCESSOR_SECONDS)


def _allow(seconds: int) -> None:
    """Allows for more of it."""
    _set(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)[0] + seconds)


def _set(kind: int, bound: int) -> None:
    """Sets the soft limit, within the hard one; a system without that limit goes without."""
    _, hard = resource.getrlimit(kind)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard))


def _held() -> int:
    """Bytes of memory of its own that this process holds."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:  # not Linux
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)
