"""Reading one document from disk: what workers and the command line do with each file."""

from __future__ import annotations

import hashlib
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.crawl.warc import ArchiveError, payload
from extract.model import ErrorCode, ReadError
from extract.readers.limits import OUT_OF_MEMORY
from extract.reading import read_bytes
from flows.inbox import Sidecar, content, hash_content, read_sidecar
from warehouse.errors import OgiError

Reading = dict[str, Any]
"""The JSON of one document, as ``ogi extract`` prints it."""


_HASHED = 256 << 20  # bytes: a larger file is not read for its hash's sake


@dataclass(frozen=True)
class Task:
    """A document to read: its file, the name it goes by, and what its sidecar says."""

    path: Path
    source: str
    sidecar: Sidecar | None = None
    sidecar_beside: bool = False  # look for a sidecar beside the file
    member: str | None = None  # what of the archive at ``path``
    offset: int | None = None  # where in the WARC file at ``path``

    def content(self) -> bytes:
        """The document's bytes; raises like ``flows.inbox.content``."""
        if self.offset is not None:
            return _crawled(self.path, self.offset)
        return content(self.path, self.member)

    def sha256(self) -> str | None:
        """The hash of its content, None where that cannot be read or is endless."""
        try:
            if self.offset is not None:
                return hashlib.sha256(_crawled(self.path, self.offset)).hexdigest()
            if self.path.stat().st_size > _HASHED:
                return None
            return hash_content(self.path, self.member)
        except (OSError, ReadError):
            return None


def _crawled(path: Path, offset: int) -> bytes:
    """What a WARC file holds at an offset; ReadError("unreadable") if it cannot be had."""
    try:
        return payload(path, offset)
    except ArchiveError as error:
        raise ReadError("unreadable", f"网页存档损坏 / the archive of the crawl is damaged: {error}") from error


def read(task: Task) -> Reading:
    """The reading of one document; never raises for what is in the document.

    An exception of the readers is our fault: it goes to standard error, and
    the document is reported as unreadable rather than taking others with it.
    """
    try:
        data = task.content()
        sidecar = read_sidecar(task.path) if task.sidecar_beside else task.sidecar
        known = sidecar or {}
        return _completed(read_bytes(data, task.source, known.get("url")), known)
    except ReadError as error:
        return failed(task, error.code, error.message)
    except OSError as error:
        return failed(task, "unreadable", f"无法打开文件 / the file cannot be opened: {error.strerror}")
    except OgiError as error:
        return failed(task, "unreadable", f"{error.zh} / {error.en}")
    except MemoryError:
        return failed(task, "too_large", OUT_OF_MEMORY)
    except Exception as error:
        print(f"{task.source}:", file=sys.stderr)
        traceback.print_exc()
        return failed(task, "unreadable", f"读取程序出错 / the reader failed: {error!r}")


def _completed(reading: Reading, sidecar: Sidecar) -> Reading:
    """The reading, with what it does not say of itself taken from its sidecar."""
    if reading["error"] is None:
        for key in ("agency", "published_on"):
            reading[key] = reading[key] or sidecar.get(key)
    return reading


def failed(task: Task, code: ErrorCode, message: str) -> Reading:
    """The reading of a document that could not be read; ``code`` and ``message`` become its error."""
    nothing = read_bytes(b"", task.source)
    return {**nothing, "sha256": task.sha256(), "error": {"code": code, "message": message}}
