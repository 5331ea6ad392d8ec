"""What a renderer hands back."""

from __future__ import annotations

from dataclasses import dataclass

from extract.forms import CellKey


@dataclass(frozen=True)
class Rendered:
    """A document's bytes, its file extension, the cells lost in rendering,
    and the cells whose figure the document leaves open."""

    data: bytes
    extension: str
    lost: frozenset[CellKey] = frozenset()
    ambiguous: frozenset[CellKey] = frozenset()
