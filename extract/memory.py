"""How the memory of a process that reads one document after another is looked after."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_YOUNG = 100_000  # objects
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_MOST_KEPT = 32 * 2**20  # bytes
_LARGE = 16 * 2**20  # bytes


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Has the interpreter look for rings of dead objects at every ``_YOUNG`` new ones only: a document makes
    thousands of objects and hardly a ring, and to look through them again and again took a twentieth of the time. What
    was read is let go before, or the first object made after would have all of it looked through."""
    before = gc.get_threshold()
    gc.set_threshold(max(_YOUNG, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@cache
def keep_freed() -> None:
    """Has the C library keep up to ``_MOST_KEPT`` bytes that were freed for the next document, but for single pieces
    of ``_LARGE`` ones. It gives all but 128 KiB back to the system after each until it has seen a large one freed,
    and to be given a page's tree anew took a twentieth of the time. Does nothing where the library is another one."""
    try:
        adjust = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    adjust(_TRIM_THRESHOLD, _MOST_KEPT)
    adjust(_MMAP_THRESHOLD, _LARGE)
