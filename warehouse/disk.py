"""Writing files so that a kill at any moment leaves either the old file or the new one."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = ".tmp-"
"""Files and folders whose names start so are unfinished; a later run removes them."""


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside ``target`` that takes its place when the block ends well.

    The file is forced to disk before the rename and the folder after it, so
    that a name that exists always has its whole content. OSError if the disk
    is full or the folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / _temporary()
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A new folder in ``folder`` for what is of use only while the block lasts; what a kill leaves is swept later."""
    path = folder / _temporary()
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def _temporary() -> str:
    return f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}"


def write_atomically(target: Path, data: bytes) -> None:
    """Writes ``data`` to ``target``, whole or not at all."""
    with replacing(target) as temporary:
        temporary.write_bytes(data)


def sync_folder(folder: Path) -> None:
    """Forces the names in ``folder`` to disk (on systems where folders can be opened)."""
    with contextlib.suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(folder: Path, recursive: bool = True) -> int:
    """Removes the unfinished files and folders in ``folder`` and returns how many there were.

    Only to be called by the holder of the home's lock: no other process is
    writing then.
    """
    swept = 0
    for place, folders, names in os.walk(folder):
        for name in [name for name in folders if name.startswith(TEMPORARY)]:
            shutil.rmtree(Path(place) / name)
            folders.remove(name)
            swept += 1
        for name in names:
            if name.startswith(TEMPORARY):
                (Path(place) / name).unlink(missing_ok=True)
                swept += 1
        if not recursive:
            folders.clear()
    return swept


def bytes_written() -> int:
    """What this process has written to disks so far, in bytes; 0 where the system does not tell (it does on Linux)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/io").read_text().splitlines():
            name, _, number = line.partition(":")
            if name == "write_bytes":
                return int(number)
    return 0
