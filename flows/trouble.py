"""Failures of a disk (full, read-only, not ours) in words, whichever library met them."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from warehouse.errors import OgiError

_FULL, _DENIED = {errno.ENOSPC, errno.EDQUOT}, {errno.EROFS, errno.EACCES, errno.EPERM}
# DuckDB, SQLite and Arrow have messages of their own.
_FULL_WORDS = ("No space left on device", "disk is full", "Disk quota exceeded")
_DENIED_WORDS = ("Read-only file system", "readonly database", "Permission denied")

NEARLY_NONE = 4 << 20
"""Bytes free below which an unexpected failure is put down to the disk: a server that cannot write only says that it
failed."""


def disk_trouble(error: BaseException, folder: Path) -> OgiError | None:
    """What to tell of an error that the disk of ``folder`` caused; None where it did not."""
    for cause in _causes(error):
        number = cause.errno if isinstance(cause, OSError) else None
        place = str(cause.filename) if isinstance(cause, OSError) and cause.filename else str(folder)
        if number in _FULL or (number is None and _says(cause, _FULL_WORDS)):
            return _full(place)
        if number in _DENIED or (number is None and _says(cause, _DENIED_WORDS)):
            return OgiError(
                f"无法写入 {place}：只读，或没有权限。请检查磁盘和权限；已发布的库没有变动。",
                f"{place} cannot be written: it is read-only, or not permitted. See to the disk and its permissions; "
                "the published warehouse is as it was.",
            )
    return None if isinstance(error, OgiError) or _free(folder) >= NEARLY_NONE else _full(str(folder))


def _full(place: str) -> OgiError:
    return OgiError(
        f"磁盘已满，无法写入 {place}。请腾出空间后再次运行，即从断处接着做；已发布的库没有变动。",
        f"The disk is full: {place} cannot be written. Make room and run again, which goes on from there; the "
        "published warehouse is as it was.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    return any(word in str(error) for word in words)


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return NEARLY_NONE
