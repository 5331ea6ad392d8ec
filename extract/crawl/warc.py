"""The archive of what was fetched: WARC files (ISO 28500), written and read back.

Every exchange is a request and a response record. What a host has sent
before, byte for byte, becomes a revisit record that refers to the first. A
file is written under its name with ``.open`` added and loses that when it is
closed; how much of it counts is in the ledger, so that what a killed crawl
left half written is cut off (``mend``). What the ledger is told stands in
records of type ``metadata`` among the others (``journal``).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from extract.crawl import journal

OPEN = ".open"
"""Added to the name of a file that is still written."""

MAX_FILE = 1 << 30
"""Bytes after which a new file is begun."""

MAX_PAYLOAD = 256 << 20
"""Bytes of one answer, unpacked, that are given out."""

MAX_PAGE = 64 << 20
"""Bytes of one page, unpacked: what is no file by its beginning."""

Headers = list[tuple[str, str]]


class ArchiveError(Exception):
    """A record that cannot be read back."""


class TooLargeError(ArchiveError):
    """A body that unpacks to more than is given out; ``head`` is its beginning."""

    def __init__(self, message: str, head: bytes) -> None:
        super().__init__(message)
        self.head = head


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it; ``body`` is as it was transferred (still packed)."""

    url: str
    fetched_at: str  # ISO, UTC, with Z
    method: str
    request_headers: Headers
    request_body: bytes
    status: int
    reason: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """The record that already holds a payload."""

    url: str
    fetched_at: str


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record stands: the file's name, and where in it the record begins."""

    file: str
    offset: int


_HEAD = 64 << 10  # bytes by which a file is told from a page
_PROTOCOLS = ("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2", "HTTP/3")  # as others' archives name them
_UNREADABLE = (OSError, ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error, EOFError, ValueError)


def payload_digest(body: bytes) -> str:
    """SHA-1 of a payload as WARC files have it; what tells repeated payloads."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def unpacked(body: bytes, encoding: str, limit: int = MAX_PAYLOAD) -> bytes:
    """A body without its content encoding (gzip, deflate or none).

    ArchiveError for an encoding that was not asked for, for damaged data, and
    for what unpacks to more than ``limit`` bytes.
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name in ("identity", "utf-8"):  # the latter is a common mistake and says nothing
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            raise ArchiveError(f"unknown content encoding {name!r}")
        body = _inflated(body, limit, deflate=name == "deflate")
    return body


def _inflated(body: bytes, limit: int, *, deflate: bool) -> bytes:
    # "deflate" comes with the header of zlib and without; 47 takes gzip and zlib alike.
    last: zlib.error | None = None
    for window in (47, -15) if deflate else (47,):
        engine = zlib.decompressobj(window)
        try:
            data = engine.decompress(body, limit + 1)
        except zlib.error as error:
            last = error
            continue
        if len(data) > limit:
            raise TooLargeError(f"unpacks to more than {limit} bytes", data[:_HEAD])
        if not engine.eof:
            raise ArchiveError("the packed body is cut off")
        return data
    raise ArchiveError(f"the packed body is damaged: {last}")


def software() -> str:
    """What the files say they were written by."""
    return f"ogi/{version('ogi')}"


def compact(moment: str) -> str:
    """An instant (ISO) as it stands in the names of files: to the second."""
    return moment.replace("-", "").replace(":", "").partition(".")[0]


class Writer:
    """Writes exchanges into files ``<prefix>-00001.warc.gz`` … of a folder."""

    def __init__(
        self,
        folder: Path,
        prefix: str,
        software: str,
        max_file: int = MAX_FILE,
        on_failure: Callable[[OSError], None] | None = None,
    ) -> None:
        self.folder, self.prefix, self.software, self.max_file = folder, prefix, software, max_file
        self.on_failure = on_failure
        self.serial = 0
        self.name = ""
        self._file: Any = None
        self._info = ""  # the identifier of the file's first record
        self.length = 0
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, exchange: Exchange, earlier: Earlier | None = None) -> Location:
        """Appends an exchange; returns where its response (or revisit) stands.

        ``earlier`` names the record that holds the same payload. Nothing is
        sure to be on disk before ``sync``. Where the disk is full or broken,
        what was half written is cut off, ``on_failure`` is called, and OSError
        raised.
        """
        if self._file is None or self.length >= self.max_file:
            self._next()
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
        response = _response(writer, exchange, earlier)
        writer.write_request_response_pair(_request(writer, exchange), response)
        data = buffer.getvalue()
        # warcio writes the response first, then the request.
        location = Location(self.name, self.length)
        self._append(data)
        return location

    def note(self, data: bytes) -> tuple[str, int]:
        """Appends a record of the crawler's own, of what ``journal`` makes; it and all before it are on disk
        then. Returns like ``sync``; raises like ``write``."""
        if self._file is None:
            self._next()
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
        record = writer.create_warc_record(
            None, "metadata", payload=BytesIO(data), length=len(data), warc_content_type=journal.MEDIA_TYPE,
            warc_headers_dict={"WARC-Refers-To": self._info},
        )  # fmt: skip
        writer.write_record(record)
        self._append(buffer.getvalue())
        return self.sync()

    def _append(self, data: bytes) -> None:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self.length)
                self._file.seek(self.length)
            if self.on_failure is not None:
                self.on_failure(error)
            raise
        self.length += len(data)

    def sync(self) -> tuple[str, int]:
        """Makes sure that all is on disk; the file's name and how long it is now ("" and 0 before the first)."""
        if self._file is not None:
            os.fsync(self._file.fileno())
        return self.name, self.length

    def close(self) -> None:
        """Ends the file under its final name."""
        if self._file is None:
            return
        self.sync()
        self._file.close()
        self._file = None
        (self.folder / (self.name + OPEN)).rename(self.folder / self.name)

    def _next(self) -> None:
        self.close()
        self.serial += 1
        while locate(self.folder, self._named()).exists():  # of another writer that began in the same second
            self.serial += 1
        self.name = self._named()
        self._file = (self.folder / (self.name + OPEN)).open("xb", buffering=0)
        self.length = 0
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
        info = {"software": self.software, "format": "WARC File Format 1.1", "robots": "obey"}
        record = writer.create_warcinfo_record(self.name, info)
        self._info = record.rec_headers.get_header("WARC-Record-ID")
        writer.write_record(record)
        self._append(buffer.getvalue())

    def _named(self) -> str:
        return f"{self.prefix}-{self.serial:05d}.warc.gz"


def _request(writer: WARCWriter, exchange: Exchange) -> Any:
    head = StatusAndHeaders(
        f"{exchange.method} {_path(exchange.url)} HTTP/1.1", exchange.request_headers, is_http_request=True
    )
    return writer.create_warc_record(
        exchange.url,
        "request",
        payload=BytesIO(exchange.request_body),
        http_headers=head,
        warc_headers_dict={"WARC-Date": exchange.fetched_at},
    )


def _response(writer: WARCWriter, exchange: Exchange, earlier: Earlier | None) -> Any:
    head = StatusAndHeaders(f"{exchange.status} {exchange.reason}".strip(), exchange.headers, protocol="HTTP/1.1")
    dated = {"WARC-Date": exchange.fetched_at}
    if earlier is None:
        return writer.create_warc_record(
            exchange.url, "response", payload=BytesIO(exchange.body), http_headers=head, warc_headers_dict=dated
        )
    return writer.create_revisit_record(
        exchange.url,
        payload_digest(exchange.body),
        earlier.url,
        earlier.fetched_at,
        http_headers=head,
        warc_headers_dict=dated,
    )


def _path(url: str) -> str:
    after = url.split("://", 1)[-1]
    slash = after.find("/")
    return after[slash:] if slash >= 0 else "/"


def locate(folder: Path, file: str) -> Path:
    """Where a file of that name stands, finished or not."""
    path = folder / file
    return path if path.exists() else folder / (file + OPEN)


def payload(path: Path, offset: int) -> bytes:
    """The unpacked body of the response that begins at ``offset``; ArchiveError if
    there is none, or another than its digest says."""
    try:
        with path.open("rb") as file:
            return payload_in(file, path.name, offset)
    except OSError as error:
        raise ArchiveError(f"{path.name}: {error}") from error


def payload_in(file: BinaryIO, name: str, offset: int) -> bytes:
    """The same of an open file of that name."""
    try:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, no_record_parse=True)), None)
        if record is None or record.rec_type != "response" or (head := _http_head(record)) is None:
            raise ArchiveError(f"{name} has no response at {offset}")
        encoding = head.get_header("Content-Encoding") or ""
        chunked = head.get_header("Transfer-Encoding") or ""
        # We archive without chunks; others keep them, and this reader takes both.
        stream = ChunkedDataReader(record.raw_stream) if "chunked" in chunked.lower() else record.raw_stream
        body = stream.read()
        stated = record.rec_headers.get_header("WARC-Payload-Digest") or ""
        if stated.startswith("sha1:") and "chunked" not in chunked.lower() and stated != payload_digest(body):
            raise ArchiveError(f"{name}: the record at {offset} is damaged")
    except _UNREADABLE as error:
        raise ArchiveError(f"{name}: {error}") from error
    return unpacked(body, encoding)


@dataclass(frozen=True, slots=True)
class Archived:
    """A response record as another reader's index would list it."""

    url: str
    fetched_at: str
    status: int
    media_type: str
    location: Location
    is_revisit: bool


def responses(path: Path) -> Iterator[Archived]:
    """The response and revisit records of a WARC file, in order; also of files
    that were not written here: records without an address or an HTTP head are
    passed over, and "" stands for what else is lacking (0 for the status).
    ArchiveError where the file is damaged."""
    try:
        with path.open("rb") as file:
            # HTTP heads are read apart: one that cannot be must not end the way through the others.
            records = ArchiveIterator(file, no_record_parse=True)
            for record in records:
                url, head = record.rec_headers.get_header("WARC-Target-URI"), None
                if url and record.rec_type in ("response", "revisit"):
                    head = _http_head(record)
                offset = records.get_record_offset()  # reads the record to its end
                if head is None:
                    continue
                status = head.get_statuscode() or ""
                yield Archived(
                    url=url,
                    fetched_at=record.rec_headers.get_header("WARC-Date") or "",
                    status=int(status) if status.isascii() and status.isdigit() else 0,
                    media_type=(head.get_header("Content-Type") or "").split(";")[0].strip().lower(),
                    location=Location(path.name, offset),
                    is_revisit=record.rec_type == "revisit",
                )
    except _UNREADABLE as error:
        raise ArchiveError(f"{path.name}: {error}") from error


def _http_head(record: Any) -> StatusAndHeaders | None:
    """The HTTP head of a record, None where it has none that can be read."""
    try:
        return StatusAndHeadersParser(_PROTOCOLS).parse(record.raw_stream)
    except (StatusAndHeadersParserException, EOFError):
        return None


def mend(folder: Path, lengths: Mapping[str, int]) -> list[str]:
    """Finishes the files that a killed crawl left open: each is cut to the
    length that the ledger knows of it, and removed where that is none.
    Returns their names."""
    mended = []
    for path in _open_files(folder):
        name = path.name.removesuffix(OPEN)
        length = lengths.get(name, 0)
        if length == 0:
            path.unlink()
        else:
            with path.open("r+b") as file:
                file.truncate(length)
                os.fsync(file.fileno())
            path.rename(folder / name)
        mended.append(name)
    return mended


def _open_files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*" + OPEN)) if folder.is_dir() else ()
