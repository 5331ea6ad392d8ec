"""Sector chains of compound files (XLS): a library follows them to their end, which damaged ones have not."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from extract.model import ReadError

_SECTORS = 0xFFFFFFFA  # larger numbers are no sectors: ends of chains, free ones
_FIRST_LIST = 68  # where the header names the first sector of those that list the tables


def check_chains(ole: Any, data: bytes) -> None:
    """Raises ReadError("unreadable") if a chain of sectors, of short sectors or of those that list the tables comes
    back to where it was: a reader that follows it takes memory without end. ``ole`` is the file opened by olefile
    (whose published types lack the tables)."""
    ole.loadminifat()
    chains = [dict(enumerate(table or ())) for table in (ole.fat, ole.minifat)]
    if any(map(_has_cycle, [*chains, _lists(data, ole.sector_size)])):
        raise ReadError(
            "unreadable", "表格文件损坏：扇区链没有尽头 / the workbook is damaged: a chain of sectors has no end"
        )


def _lists(data: bytes, size: int) -> dict[int, int]:
    """The sectors that list the tables, each with the next one, whose number ends it."""
    after: dict[int, int] = {}
    (sector,) = struct.unpack_from("<I", data, _FIRST_LIST)
    while sector < _SECTORS and sector not in after and (end := (sector + 2) * size) <= len(data):
        (after[sector],) = struct.unpack_from("<I", data, end - 4)
        sector = after[sector]
    return after


def _has_cycle(after: Mapping[int, int]) -> bool:
    """Whether a way from sector to sector comes back to where it was."""
    done: set[int] = set()
    for start in after:
        chain: set[int] = set()
        sector = start
        while sector in after and sector not in done:
            if sector in chain:
                return True
            chain.add(sector)
            sector = after[sector]
        done |= chain
    return False
