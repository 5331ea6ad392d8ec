"""Where the bytes of an original stand: in the archive, or in the WARC files of a crawl."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.crawl.warc import locate
from extract.readers.signatures import DOC, ODT, RTF
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.remote import Kept, remote_of

Rows = Callable[[str, Sequence[Any]], Sequence[Mapping[str, Any]]]
"""Asks the warehouse: a query and its parameters in, rows by column out."""

CAPTURED = """
SELECT DISTINCT warc_file, warc_offset FROM capture
WHERE sha256 = $1 AND warc_file IS NOT NULL AND warc_offset IS NOT NULL
ORDER BY ALL LIMIT 8
"""
_HASH = re.compile("[0-9a-f]{64}")


class OriginalMissing(OgiError):
    """A document that stands nowhere any more, or whose content is another now."""

    def __init__(self, sha256: str, reason: str = "") -> None:
        zh, _, en = reason.partition(" / ")
        super().__init__(
            f"找不到原文（SHA-256 {sha256}）{f'：{zh}' if zh else ''}。数据目录可能不完整。",
            f"The original (SHA-256 {sha256}) cannot be found{f': {en}' if en else ''}. The home may be incomplete.",
        )
        self.sha256 = sha256


@dataclass(frozen=True)
class Place:
    """A file, and where in it if it is a WARC file."""

    path: Path
    offset: int | None = None


@dataclass(frozen=True)
class Original:
    """A document by its hash, its medium (of the table ``document``), and the places where it may stand."""

    sha256: str
    media_type: str
    places: tuple[Place, ...]

    @property
    def is_converted(self) -> bool:
        """Whether LibreOffice converts it before it is read."""
        return self.media_type in (DOC, RTF, ODT)


def find_original(home: Home, rows: Rows, sha256: str, media_type: str) -> Original:
    """Where a document stands; one that is only in the home's store on object storage is fetched, no other is opened.
    OriginalMissing where it is nowhere, or cannot be fetched."""
    if not _HASH.fullmatch(sha256):
        raise OriginalMissing(sha256[:64])
    archived = home.archive / sha256[:2] / sha256
    places = [Place(archived)] if archived.is_file() else []
    if not places:
        # (A file's name may be absolute: another's archive as a source.)
        stated = [(str(row["warc_file"]), int(row["warc_offset"])) for row in rows(CAPTURED, [sha256])]
        found = [Place(locate(home.warc, name), offset) for name, offset in stated]
        places = [place for place in found if place.path.is_file()]
    if not places and _fetched(home, [Kept(sha256, *place) for place in stated] or [Kept(sha256)], archived):
        places = [Place(archived)]
    if not places:
        raise OriginalMissing(sha256)
    return Original(sha256, media_type, tuple(places))


def _fetched(home: Home, documents: Sequence[Kept], archived: Path) -> bool:
    """Whether the document, which may stand in any of these places of the home's store, could be had from there."""
    try:
        remote = remote_of(home)
        return remote is not None and any(remote.fetch([document], lambda _: archived) for document in documents)
    except (OgiError, OSError) as error:
        logging.getLogger("ogi").warning("a document could not be fetched from the store: %s", error)
        return False
