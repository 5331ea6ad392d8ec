"""What runs keep between them: documents, where they were seen, what was read from them.

Three parts, all append-only and all written atomically:

- *archive*: each document once, named by its SHA-256;
- *captures*: one row per sighting of new content (or of a new sidecar) under
  a source's name, in numbered Parquet files;
- *readings*: the JSON of each document as one version of the readers gave
  it, in numbered Parquet files per version.

Whatever a run does after archiving is derived from these alone, never from
the inbox, so that a later run needs only this folder. A home that has a store
on object storage (``warehouse.remote``) writes each there first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extract.crawl.warc import locate
from extract.readers import archive
from flows.inbox import Sidecar
from warehouse.disk import write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.remote import Kept, Remote, remote_of

CAPTURES = pa.schema(
    [
        ("source", pa.string()),
        ("name", pa.string()),
        ("sha256", pa.string()),
        ("retrieved_at", pa.timestamp("us", tz="UTC")),
        ("sidecar", pa.string()),
        ("warc_file", pa.string()),
        ("warc_offset", pa.int64()),
    ]
)
READINGS = pa.schema([("sha256", pa.string()), ("context", pa.string()), ("reading", pa.string())])


@dataclass(frozen=True)
class Capture:
    """One sighting of a document.

    ``name`` is relative to the source, with ``/``; ``retrieved_at`` comes
    from the sidecar, else from the file's time of modification. Of what was
    crawled, ``name`` is the address and ``retrieved_at`` the moment of the
    fetch; where it stands in a WARC file, ``warc_file`` is that file, relative
    to the folder of those (or absolute, where it is somebody else's), and it
    is not in the archive a second time.
    """

    source: str
    name: str
    sha256: str
    retrieved_at: datetime
    sidecar: str | None = None  # JSON of the sidecar, keys sorted
    warc_file: str | None = None
    warc_offset: int | None = None

    @property
    def meta(self) -> Sidecar | None:
        """The sidecar's fields; None where there was none."""
        if self.sidecar is None:
            return None
        fields: Sidecar = json.loads(self.sidecar)
        return fields

    @property
    def document(self) -> Kept:
        """Where a store on object storage has it."""
        return Kept(self.sha256, self.warc_file, self.warc_offset)

    @property
    def source_name(self) -> str:
        """The name by which the warehouse knows the document."""
        return f"{self.source}/{self.name}"

    @property
    def context(self) -> str:
        """What beside content and readers decides a reading: the sidecar and the name's ending (16 hex digits)."""
        return hashlib.sha256(f"{PurePath(self.name).suffix.lower()}\n{self.sidecar}".encode()).hexdigest()[:16]

    @property
    def key(self) -> tuple[str, str]:
        """Names its reading in the store."""
        return self.sha256, self.context


def sidecar_json(sidecar: Sidecar | None) -> str | None:
    """A sidecar as it stands in a capture."""
    return None if sidecar is None else json.dumps(sidecar, ensure_ascii=False, sort_keys=True)


class Store:
    """The archive, captures and readings of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @cached_property
    def remote(self) -> Remote | None:
        """The home's store on object storage, if it has one; OgiError as ``remote_of``."""
        return remote_of(self.home)

    def __getstate__(self) -> dict[str, Any]:
        """Without a connection, which is of one process."""
        return {"home": self.home}

    def archived(self, sha256: str) -> Path:
        """Where the document of that hash stands or would stand."""
        return self.home.archive / sha256[:2] / sha256

    def place(self, capture: Capture) -> tuple[Path, int | None]:
        """The file in which a document stands, and its offset there if that is a WARC file."""
        if capture.warc_file is None:
            return self.archived(capture.sha256), None
        path = locate(self.home.warc, capture.warc_file)
        if not path.exists() and self.archived(capture.sha256).exists():  # which was fetched from the store
            return self.archived(capture.sha256), None
        return path, capture.warc_offset

    def fetch(self, captures: Iterable[Capture]) -> None:
        """Brings documents that are only in the store on object storage into the archive; those that are not what
        their hash says, or not there either, stay away. OgiError where the storage fails."""
        if self.remote is not None:
            lacking = {c.sha256: c.document for c in captures if not os.access(self.place(c)[0], os.R_OK)}
            self.remote.fetch(list(lacking.values()), self.archived)

    def archive(self, path: Path, member: str | None = None) -> str:
        """Copies a file (or what it holds as an archive) into the archive,
        unless it is there, and returns the SHA-256 of what it held."""
        return self.archive_bytes(path.read_bytes() if member is None else archive.member(path, member))

    def archive_bytes(self, data: bytes) -> str:
        """Puts a document into the archive, unless it is there, and returns its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if not self.archived(digest).exists():
            if self.remote is not None:
                self.remote.write(f"archive/{digest[:2]}/{digest}", data)
            write_atomically(self.archived(digest), data)
        return digest

    def captures(self) -> list[Capture]:
        """Every capture, in the order in which they were recorded."""
        captures: list[Capture] = []
        for path in _numbered(self.home.captures):
            captures += [Capture(**row) for row in pq.read_table(path).to_pylist()]
        return captures

    def add_captures(self, captures: Sequence[Capture]) -> None:
        """Records captures; their documents must be in the archive."""
        rows = [vars(capture) for capture in captures]
        self._append(self.home.captures, pa.Table.from_pylist(rows, schema=CAPTURES))

    def read_keys(self, reader: str) -> set[tuple[str, str]]:
        """(sha256, context) of every reading that this version of the readers has given."""
        keys: set[tuple[str, str]] = set()
        for path in _numbered(self.home.extracted / reader):
            table = pq.read_table(path, columns=["sha256", "context"])
            keys.update(zip(table["sha256"].to_pylist(), table["context"].to_pylist(), strict=True))
        return keys

    def readings(
        self, reader: str, wanted: Collection[tuple[str, str]] | None = None
    ) -> dict[tuple[str, str], dict[str, Any]]:
        """The readings of this version of the readers by (sha256, context): all, or those wanted, of which only
        the files that hold any are read."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for path in _numbered(self.home.extracted / reader):
            table = pq.read_table(path, columns=["sha256", "context"] if wanted is not None else None)
            if wanted is not None:
                keys = zip(table["sha256"].to_pylist(), table["context"].to_pylist(), strict=True)
                places = [place for place, key in enumerate(keys) if key in wanted]
                if not places:
                    continue
                table = pq.read_table(path).take(places)
            for row in table.to_pylist():
                found[row["sha256"], row["context"]] = json.loads(row["reading"])
        return found

    def forget(self, reader: str, codes: Collection[str]) -> int:
        """Drops the readings of this version of the readers whose error is one of ``codes``, so that these documents
        are read again, and returns how many there were; the caller holds the home's lock."""
        forgotten = 0
        for path in _numbered(self.home.extracted / reader):
            table = pq.read_table(path)
            errors = (json.loads(reading)["error"] for reading in table["reading"].to_pylist())
            kept = [error is None or error["code"] not in codes for error in errors]
            if not all(kept):
                forgotten += kept.count(False)
                content = _parquet(table.filter(pa.array(kept)))
                if self.remote is not None:
                    self.remote.write(f"extracted/{reader}/{path.name}", content)
                write_atomically(path, content)
        return forgotten

    def reading_tables(self, reader: str) -> Iterator[pa.Table]:
        """All readings of this version of the readers, a file at a time (schema ``READINGS``, the reading as JSON)."""
        for path in _numbered(self.home.extracted / reader):
            yield pq.read_table(path)

    def add_readings(self, reader: str, readings: Iterable[tuple[tuple[str, str], dict[str, Any]]]) -> None:
        """Records a batch of readings as one file."""
        self._append(self.home.extracted / reader, _table(readings))

    def add_packed(self, reader: str, content: bytes, keys: Sequence[tuple[str, str]]) -> None:
        """Records a batch of readings that another process has packed; OgiError if it is not of these documents."""
        table = pq.read_table(pa.BufferReader(content))
        given = list(zip(table["sha256"].to_pylist(), table["context"].to_pylist(), strict=True))
        if given != list(keys) or table.schema != READINGS:
            raise OgiError(
                "收到的读数不属于所交付的文件，没有保存。",
                "The readings that came back are not of the documents that were handed out; they were not kept.",
            )
        self._append(self.home.extracted / reader, table)

    def _append(self, folder: Path, table: pa.Table) -> None:
        """Writes a table as the next numbered file; the caller holds the home's lock."""
        existing = _numbered(folder)
        number = int(existing[-1].stem) + 1 if existing else 1
        path, content = folder / f"{number:08d}.parquet", _parquet(table)
        if self.remote is not None:
            self.remote.write_new(path.relative_to(self.home.root).as_posix(), content)
        write_atomically(path, content)


def packed(readings: Iterable[tuple[tuple[str, str], dict[str, Any]]]) -> bytes:
    """A batch of readings as the content of a file (for ``Store.add_packed``)."""
    return _parquet(_table(readings))


def _parquet(table: pa.Table) -> bytes:
    """A table as the content of a file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _table(readings: Iterable[tuple[tuple[str, str], dict[str, Any]]]) -> pa.Table:
    rows = [
        {"sha256": key[0], "context": key[1], "reading": json.dumps(reading, ensure_ascii=False)}
        for key, reading in readings
    ]
    return pa.Table.from_pylist(rows, schema=READINGS)


def latest(captures: Iterable[Capture]) -> list[Capture]:
    """The captures that count, by source and name.

    A capture of the same content under the same name, right after another,
    counts instead of it. In a folder it corrects it: the sidecar has changed.
    What was fetched was only seen again, and still dates from when it was
    first; its order is that of the fetches, since archives may come late.
    """
    histories: dict[tuple[str, str], list[Capture]] = {}
    for capture in captures:
        histories.setdefault((capture.source, capture.name), []).append(capture)
    return [capture for key in sorted(histories) for capture in _counting(histories[key])]


def _counting(history: list[Capture]) -> list[Capture]:
    """Of the captures under one name those that count."""
    is_fetched = "://" in history[0].name  # which no name in a folder contains
    counting: list[Capture] = []
    for capture in sorted(history, key=lambda capture: capture.retrieved_at) if is_fetched else history:
        if counting and counting[-1].sha256 == capture.sha256:
            before = counting.pop()
            if is_fetched:
                capture = replace(capture, retrieved_at=before.retrieved_at)
        counting.append(capture)
    return counting


def _numbered(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.parquet"))
