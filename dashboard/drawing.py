"""Having a chart drawn by a child process, which is kept for the next one.

A child that crashes or hangs costs the chart that it was drawing; the next chart starts another.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from time import monotonic
from typing import Any

from warehouse.errors import OgiError

SECONDS = 10.0
"""That a chart may take; usually some hundredths, the first one two or three."""

PATIENCE = 20.0
"""Seconds that a chart waits for its turn."""

MOST = 8 * 2**20
"""Bytes of a chart."""

MANY = 500
"""Charts that a child draws before another takes its place: what it does not give back is given back then."""

_CHILD = Path(__file__).with_name("chart_child.py")
_turn = threading.Lock()
_kept: list[_Child] = []


class ChartFailed(OgiError):
    """A chart that was not drawn, and why."""


class _Child:
    def __init__(self) -> None:
        # -I: neither the environment nor the working folder decides what the child imports. What it says on standard
        # error may quote what it draws, and is dropped.
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        self.drawn = 0

    def end(self) -> None:
        """Kills the process and gives its pipes back."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):  # what it had not read any more
                pipe.close()


def svg_of(request: Mapping[str, Any]) -> str:
    """The chart that the child makes of a request. ChartFailed."""
    if not _turn.acquire(timeout=PATIENCE):
        raise ChartFailed("同时要画的图太多", "too many charts are to be drawn at once")
    try:
        return _drawn(json.dumps({**request, "seconds": SECONDS}).encode() + b"\n")
    finally:
        _turn.release()


def close() -> None:
    """Ends the child, where there is one."""
    with _turn:
        while _kept:
            _kept.pop().end()


atexit.register(close)


def _drawn(line: bytes) -> str:
    child = _child()
    try:
        answer = json.loads(_exchange(child.process, line, monotonic() + SECONDS))
    except TimeoutError as error:
        raise ChartFailed(f"画图超过 {SECONDS:g} 秒，已中止", f"drawing took more than {SECONDS:g} s") from error
    except (OSError, ValueError) as error:
        raise ChartFailed("画图的进程异常结束", "the process that draws ended abnormally") from error
    else:
        child.drawn += 1
        _kept.append(child)
    finally:
        if child not in _kept:
            child.end()
    if "svg" not in answer:
        raise ChartFailed(f"无法画出（{answer['error']}）", f"it cannot be drawn ({answer['error']})")
    return str(answer["svg"])


def _child() -> _Child:
    """The child that was kept, if it still lives and has not drawn too many; else another."""
    if _kept:
        child = _kept.pop()
        if child.process.poll() is None and child.drawn < MANY:
            return child
        child.end()
    return _Child()


def _exchange(child: subprocess.Popen[bytes], line: bytes, until: float) -> bytes:
    """Sends a line and waits for one. TimeoutError at ``until``, OSError where the child has ended or says too much."""
    assert child.stdin is not None and child.stdout is not None
    answer, unsent = bytearray(), memoryview(line)
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdin, selectors.EVENT_WRITE)
        ready.register(child.stdout, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            if (left := until - monotonic()) <= 0:
                raise TimeoutError
            for key, _ in ready.select(left):
                if key.fileobj is child.stdout:
                    piece = os.read(key.fd, 2**20)
                    if not piece:
                        raise OSError("it ended")
                    answer += piece
                    continue
                unsent = unsent[os.write(key.fd, unsent) :]
                if not unsent:
                    ready.unregister(child.stdin)
            if len(answer) > MOST:
                raise OSError("too much")
    return bytes(answer)


def words(text: str) -> str:
    """A picture of a sentence, for the place where a chart would stand."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60" viewBox="0 0 600 60" role="img">'
        '<rect width="600" height="60" fill="#ffffff"/>'
        f'<text x="12" y="35" font-family="sans-serif" font-size="14" fill="#a11616">{escape(text)}</text></svg>'
    )
