"""What the tests of shown originals share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dashboard.original.marks import Mark
from dashboard.original.places import Original, Place
from extract.reading import read_bytes
from transform.privacy import masked_or_none


def marks_of(reading: Mapping[str, Any]) -> list[Mark]:
    """A mark for every cell of a reading that is not missing and has a locator, as the warehouse has it."""
    return [
        Mark(
            ".".join(("cell", cell["table"], cell["row"], cell["column"])), masked_or_none(cell["raw"]), cell["locator"]
        )
        for cell in reading["cells"]
        if cell["status"] != "missing" and cell["locator"]
    ]


def read(data: bytes, name: str) -> dict[str, Any]:
    """The reading of a document that is a filing."""
    reading = read_bytes(data, name)
    assert reading["error"] is None
    return reading


def original(folder: Path, data: bytes, media_type: str) -> Original:
    """A document in a file of its own."""
    sha256 = hashlib.sha256(data).hexdigest()
    (folder / sha256).write_bytes(data)
    return Original(sha256, media_type, (Place(folder / sha256),))


def squeezed(texts: Iterable[str]) -> str:
    """Texts as one, without white space."""
    return "".join("".join(texts).split())
