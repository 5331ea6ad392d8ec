"""The ledger made again from the WARC files alone.

Reads the files record by record, each of which is packed by itself: behind
one that is damaged the next that is whole is looked for. What the ledger was
told (``journal``) is taken in the order in which it was. Whatever cannot be
had again is said.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from extract.crawl import journal
from extract.crawl.ledger import Ledger
from extract.crawl.warc import OPEN

_MAGIC = b"\x1f\x8b\x08"
_PIECE = 1 << 16  # bytes
_HEAD = 1 << 14  # bytes: longer than the head of any record that we write
_MAX_NOTE = 256 << 20  # bytes

Place = tuple[str, int]
"""A WARC file and where in it a record begins."""


@dataclass
class Rebuilt:
    """What was found: how many WARC files, records of the ledger's own, and versions of reports; and, in both
    languages, what could not be had again."""

    files: int = 0
    notes: int = 0
    versions: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Note:
    """Where a record of the ledger's own stands, and where it ends."""

    number: int
    path: Path
    offset: int
    end: int


@dataclass
class _Found:
    notes: list[_Note] = field(default_factory=list)
    contents: set[Place] = field(default_factory=set)  # responses that are whole
    lengths: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def reindex(folder: Path, target: Path, advance: Callable[[], None] = lambda: None) -> Rebuilt:
    """Makes the ledger ``target`` from the WARC files of ``folder``; one that is there is kept beside it, as
    ``….old``. ``advance`` is called for every file. No crawl may be under way. OSError where something cannot be
    read or written.

    Files that a killed crawl left open are cut behind the last record by which the ledger was told of them, and
    finished. What the ledger was told of contents that are lost is that they are not there: they are fetched again.
    """
    found = _Found()
    for path in files(folder):
        _look(path, found)
        advance()
    new = target.with_name(f"{target.name}.new")
    _remove(new)
    with closing(Ledger(new)) as ledger:
        ledger.replay(_told(found))
        ledger.note_files_of_archive(found.lengths)
        untold = ledger.untold(found.contents)
        lost = ledger.forget_lost(found.contents)
        versions = sum(1 for _ in ledger.versions())
    _put(new, target)
    missing = max((note.number for note in found.notes), default=0) - len({note.number for note in found.notes})
    if missing:
        found.remarks.append(
            f"存档中缺少 {missing} 段采集记录，其中所记的未能恢复"
            f" / {missing} notes of the crawler are missing from the archive: what they told is not in the ledger"
        )
    if untold:
        found.remarks.append(
            f"存档中有 {untold} 个网页没有采集记录，未收入台账"
            f" / the crawler's notes tell nothing of {untold} answers in the archive: they are not in the ledger"
        )
    if lost:
        found.remarks.append(
            f"存档中缺少 {lost} 个网址的内容，下次重新采集"
            f" / the contents of {lost} addresses are missing from the archive: they will be fetched again"
        )
    return Rebuilt(len(found.lengths), len(found.notes), versions, found.remarks)


def files(folder: Path) -> list[Path]:
    """The WARC files of a folder, finished or not."""
    return sorted(path for path in folder.glob("*.warc.gz*") if path.name.removesuffix(OPEN).endswith(".warc.gz"))


def _look(path: Path, found: _Found) -> None:
    """Finds what a file holds, and finishes it where a killed crawl left it open."""
    name, is_open = path.name.removesuffix(OPEN), path.name.endswith(OPEN)
    notes, contents, whole = _records(path, name, found.remarks, is_open=is_open)
    if is_open:
        length = notes[-1].end if notes else whole
        cut = path.stat().st_size - length
        if cut:
            found.remarks.append(
                f"{name}: 采集中断时未写完的 {cut} 字节已去掉"
                f" / {cut} bytes that a killed crawl left unfinished were cut off"
            )
        if not length:
            path.unlink()
            return
        with path.open("r+b") as file:
            file.truncate(length)
            os.fsync(file.fileno())
        path = path.rename(path.with_name(name))
        contents = {place for place in contents if place[1] < length}
    found.lengths[name] = path.stat().st_size
    found.contents |= contents
    found.notes += [_Note(note.number, path, note.offset, note.end) for note in notes]


def _records(path: Path, name: str, remarks: list[str], *, is_open: bool) -> tuple[list[_Note], set[Place], int]:
    """The notes and the places of the responses in a file, and how much of it is whole records. What is damaged is a
    remark, but for the end of a file that was still written."""
    notes: list[_Note] = []
    contents: set[Place] = set()
    info, whole, size = None, 0, path.stat().st_size
    for offset, end, block in _members(path):
        head, _, content = (block or b"").partition(b"\r\n\r\n")
        fields = _fields(head)
        if block is None or not fields:
            if not (is_open and end == size):
                remarks.append(f"{name}: {offset} 处的记录已损坏 / the record at {offset} is damaged")
            continue
        whole = end
        kind = fields.get("warc-type")
        if kind == "warcinfo" and offset == 0:
            info = fields.get("warc-record-id")
        elif kind == "response":
            contents.add((name, offset))
        elif _is_note(fields) and info is not None and fields.get("warc-refers-to") == info:
            try:
                notes.append(_Note(journal.decoded(_content(content, fields))[0], path, offset, end))
            except ValueError as error:
                remarks.append(
                    f"{name}: 位于 {offset} 的采集记录无法读取 / the note at {offset} cannot be read: {error}"
                )
    return notes, contents, whole


def _is_note(fields: dict[str, str]) -> bool:
    return fields.get("warc-type") == "metadata" and fields.get("content-type") == journal.MEDIA_TYPE


def _content(content: bytes, fields: dict[str, str]) -> bytes:
    return content[: int(fields.get("content-length", "0"))]


def _told(found: _Found) -> Iterator[tuple[int, journal.Batch, str, int]]:
    for note in sorted(found.notes, key=lambda note: (note.number, note.path.name, note.offset)):
        with note.path.open("rb") as file:
            file.seek(note.offset)
            block = zlib.decompress(file.read(note.end - note.offset), 31)
        head, _, content = block.partition(b"\r\n\r\n")
        number, batch = journal.decoded(_content(content, _fields(head)))
        yield number, batch, note.path.name, note.end


def _fields(head: bytes) -> dict[str, str]:
    """The fields of a record's head, by name in lower case; none where it is no record."""
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    if not first.startswith("WARC/"):
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _members(path: Path) -> Iterator[tuple[int, int, bytes | None]]:
    """The packed parts of a file: where each begins and ends, and how it begins (a note: all of it); None where it is
    damaged, up to the next that is not."""
    size = path.stat().st_size
    if not size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offset = 0
        while offset < size:
            found = _member(data, offset)
            if found is None:
                end = _next(data, offset + 1)
                yield offset, end, None
            else:
                end, block = found
                yield offset, end, block
            offset = end


def _next(data: mmap.mmap, offset: int) -> int:
    """Where the next whole record begins, or the end."""
    while (offset := data.find(_MAGIC, offset)) >= 0:
        found = _member(data, offset)
        if found is not None and found[1].startswith(b"WARC/"):
            return offset
        offset += 1
    return len(data)


def _member(data: mmap.mmap, offset: int) -> tuple[int, bytes] | None:
    """Where a packed part ends, and how it begins; None where it is damaged or cut off."""
    engine = zlib.decompressobj(31)
    kept, limit = b"", _HEAD
    at = offset
    try:
        while not engine.eof:
            piece = engine.unconsumed_tail
            if not piece:
                piece = data[at : at + _PIECE]
                at += len(piece)
                if not piece:
                    return None
            block = engine.decompress(piece, _PIECE)
            if len(kept) < limit:
                kept += block
                if limit == _HEAD and _is_note(_fields(kept.partition(b"\r\n\r\n")[0])):
                    limit = _MAX_NOTE
    except zlib.error:
        return None
    return at - len(engine.unused_data), kept


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _put(new: Path, target: Path) -> None:
    """Puts the new ledger into the place of the old one. What SQLite left beside the old one would be taken for the
    new one's, so it goes with it."""
    old = target.with_name(f"{target.name}.old")
    if target.exists():
        _remove(old)
        for ending in ("-wal", "-shm", ""):
            beside = target.with_name(target.name + ending)
            if beside.exists():
                beside.rename(old.with_name(old.name + ending))
    _remove(target)
    new.rename(target)
