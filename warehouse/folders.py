"""Folders that come to be whole or not at all.

A folder is filled beside its place and takes it in one step. A kill leaves
only a leftover (``.<name>.<process>.exporting``), which the next call for the
same place removes.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from warehouse.processes import is_running

_SUFFIX = ".exporting"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NOT_SUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}


class FolderInUse(Exception):
    """The place holds something that must not be lost; the argument is its path."""


@contextlib.contextmanager
def replacing_folder(target: Path, may_replace: Callable[[Path], bool]) -> Iterator[Path]:
    """A new empty folder that takes the place ``target`` when the block ends well.

    ``target`` may be lacking, an empty folder, or a folder that ``may_replace``
    allows to be replaced; it is asked before the block and again after it.
    Everything is forced to disk before the swap. Raises FolderInUse, or
    OSError where nothing can be written there.
    """
    target = target.resolve()
    _may_replace(target, may_replace)
    # After the swap, what is removed at the end is what stood there before.
    with folder_aside(target) as aside:
        yield aside
        _sync_tree(aside)
        _may_replace(target, may_replace)
        _swap(aside, target)
        _sync(target.parent)


@contextlib.contextmanager
def folder_aside(target: Path) -> Iterator[Path]:
    """A new empty folder beside ``target``, removed at the end; what a kill leaves, the next call removes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    aside = target.with_name(f".{target.name}.{os.getpid()}{_SUFFIX}")
    aside.mkdir()
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _may_replace(target: Path, allowed: Callable[[Path], bool]) -> None:
    if not target.name:
        raise FolderInUse(target)
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not allowed(target))):
        raise FolderInUse(target)


def _swap(aside: Path, target: Path) -> None:
    """Gives ``aside`` the name ``target``, whose former folder gets the name ``aside``."""
    if not target.exists():
        aside.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    exchange = getattr(libc, "renameat2", None)
    if exchange is not None:
        if exchange(_AT_FDCWD, os.fsencode(aside), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE) == 0:
            return
        code = ctypes.get_errno()
        if code not in _NOT_SUPPORTED:
            raise OSError(code, os.strerror(code), str(target))
    # A file system without exchange: for a moment there is no folder of that name, never half a one.
    former = aside.with_name(f"{aside.name}.former{_SUFFIX}")
    target.rename(former)
    try:
        aside.rename(target)
    except BaseException:
        former.rename(target)
        raise
    former.rename(aside)


def _remove_leftovers(target: Path) -> None:
    """Removes what killed exports to ``target`` left; one that still runs is left alone."""
    for path in target.parent.glob(f".{_literal(target.name)}.*{_SUFFIX}"):
        process = path.name.removeprefix(f".{target.name}.").partition(".")[0]
        if process.isdigit() and (int(process) == os.getpid() or not is_running(int(process))):
            shutil.rmtree(path, ignore_errors=True)


def _literal(name: str) -> str:
    """The name as a pattern that matches only it."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _sync_tree(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place) / name)
        _sync(Path(place))


def _sync(path: Path) -> None:
    """Forces a file or a folder's entries to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
