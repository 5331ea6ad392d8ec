"""One run at a time per home.

The lock is the kernel's (``flock``): it ends with the process that holds it,
however that process ends, so that a killed run never has to be unlocked by
hand. What stands in the file only tells others who holds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from warehouse.errors import OgiError
from warehouse.home import Home

ANYONE = "ogi"
"""Begins the name of every command that holds the lock."""

BRIEFLY = "ogi backfill"
"""Holds the lock for one batch at a time: who comes meanwhile need not be refused."""

_LOOK = 0.2  # seconds between two looks at a lock that is held


@contextlib.contextmanager
def hold(home: Home, doing: str, *, waits_for: str = BRIEFLY, at: Path | None = None) -> Iterator[None]:
    """Holds the home's lock (or another, ``at``) while the block runs; ``doing`` names the command for others to read.

    Waits, and says so on standard error, while the holder's command begins with ``waits_for``. OgiError, naming the
    holder, if another process has it, or saying so where the home cannot be written (a disk that is read-only or full,
    or somebody else's).
    """
    try:
        path = at or home.lock
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+b")
    except OSError as error:
        raise OgiError(
            f"无法写入数据目录 {home.root}：{error.strerror}。请检查磁盘和权限，或用 --home 另指一处。",
            f"The home {home.root} cannot be written: {error.strerror}. See to the disk and its permissions, or name "
            "another place by --home.",
        ) from error
    with opened as file:
        _take(home, file, waits_for)
        file.truncate(0)
        file.write(
            json.dumps(
                {
                    "pid": os.getpid(),
                    "host": socket.gethostname(),
                    "started": datetime.now(UTC).isoformat(timespec="seconds"),
                    "doing": doing,
                }
            ).encode()
        )
        file.flush()
        yield


def holder(home: Home) -> str | None:
    """Who holds the home's lock, in words; None where nobody does."""
    return _owner(home.lock.read_bytes()) if is_held(home.lock) else None


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at ``path``."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _take(home: Home, file: BinaryIO, waits_for: str) -> None:
    """Takes the lock, or waits for one whom it is worth waiting for."""
    before = told = None
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            file.seek(0)
            owner = _owner(file.read())
        # Who has just taken the lock has not written yet who it is: only what is seen twice counts.
        if owner == before and not owner.startswith(waits_for):
            raise OgiError(
                f"数据目录 {home.root} 正被另一进程使用（{owner}）。请等它结束后再试。",
                f"The home {home.root} is in use by another process ({owner}). Try again when it has ended.",
            )
        if owner == before != told:
            print(f"等待让出数据目录 / waiting for the home to be given back: {owner}", file=sys.stderr, flush=True)
            told = owner
        before = owner
        time.sleep(_LOOK)


def _owner(data: bytes) -> str:
    try:
        owner = json.loads(data)
        return f"{owner['doing']}, pid {owner['pid']}, host {owner['host']}, started {owner['started']}"
    except (ValueError, KeyError, TypeError):
        return "pid unknown"
