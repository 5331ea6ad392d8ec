"""Talking to a child process that is trusted with nothing: until a moment, and no more than so many bytes."""

from __future__ import annotations

import os
import selectors
import subprocess
from time import monotonic

_PIECE = 2**20


class TooMuch(Exception):
    """The child answers more than it may."""


def converse(child: subprocess.Popen[bytes], request: bytes, until: float, most: int) -> bytearray:
    """Sends the request and collects the answer, of ``most`` bytes; the child has ended then.

    TimeoutError (or subprocess.TimeoutExpired) at ``until`` (of ``monotonic``), TooMuch beyond ``most``: whoever
    started the child kills it.
    """
    assert child.stdin is not None and child.stdout is not None
    answer, unsent = bytearray(), memoryview(request)
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdin, selectors.EVENT_WRITE)
        ready.register(child.stdout, selectors.EVENT_READ)
        while ready.get_map():
            for key, _ in ready.select(max(0.0, until - monotonic())):
                if key.fileobj is child.stdout:
                    piece = os.read(key.fd, _PIECE)
                    answer += piece
                    if not piece:
                        ready.unregister(child.stdout)
                else:
                    unsent = unsent[_send(key.fd, unsent) :]
                    if not unsent:
                        ready.unregister(child.stdin)
                        child.stdin.close()
            if len(answer) > most:
                raise TooMuch
            if ready.get_map() and monotonic() >= until:
                raise TimeoutError
    child.wait(max(0.1, until - monotonic()))
    return answer


def _send(descriptor: int, data: memoryview) -> int:
    """Bytes that went; all of them where nobody reads any more (the child's end says the rest)."""
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(data)
