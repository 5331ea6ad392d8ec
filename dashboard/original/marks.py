"""Cells of a filing that are to be marked where they stand in the original."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

BBox = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the page's top left."""

How = Literal["cell", "around", "line"]
"""What was marked: the cell itself; what holds it among other things; its line of text."""

Why = Literal["no_place", "not_found", "differs"]
"""Why a cell was not marked: it has no place of this kind; there is no such place; another text stands there."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,200}")


@dataclass(frozen=True)
class Mark:
    """A cell to be marked: under which id, in which colour (``kind``, a word of a class), what it was read as
    (``raw`` of the table ``cell``) and where (its ``locator``)."""

    id: str
    raw: str | None
    locator: str | None
    kind: str = "other"

    def __post_init__(self) -> None:
        """Raises ValueError for an id or a kind that could not stand in an attribute."""
        if not (_NAME.fullmatch(self.id) and _NAME.fullmatch(self.kind)):
            raise ValueError(f"no id or kind of a mark: {self.id!r}, {self.kind!r}")


def plain(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Marks as JSON has them."""
    return [asdict(mark) for mark in marks]


def from_plain(marks: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """The marks of such JSON."""
    return [Mark(**mark) for mark in marks]


def bare(text: str) -> str:
    """A text without any white space, by which texts are compared."""
    return "".join(text.split())


def standing_as(mark: Mark, text: str) -> How | Why:
    """How a cell stands in a text, that of its place with contacts masked: as all of it, as a part, not at all."""
    raw, there = bare(mark.raw or ""), bare(text)
    if raw == there:
        return "cell"
    return "around" if raw and raw in there else "differs"
