"""What a reader hands to the matcher: a document as blocks in reading order.

A reader knows its medium and nothing of the form; the matcher knows the form
and nothing of the medium. They meet here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BBox = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the page's top left."""

ErrorCode = Literal["not_a_filing", "unreadable", "encrypted", "too_large", "unsupported", "empty"]


class ReadError(Exception):
    """A document that cannot be read; ``code`` is one of the contract's codes."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message


# Fields and places are values: nothing changes one that is made. They are not
# frozen, because to make a frozen one takes thrice the time, and a document
# has a thousand of them.


@dataclass(slots=True)
class Place:
    """Where something stands in the source: a page and box, or a locator;
    ``recognised`` if it was read from a picture; ``legible`` if there a text
    that is no figure stands for certain, several looks having shown it."""

    page: int | None = None
    bbox: BBox | None = None
    locator: str | None = None
    recognised: bool = False
    legible: bool = False


@dataclass(slots=True)
class Field:
    """A cell of a source table, at the place where it begins.

    ``column`` counts the columns of the source's grid from 0, spans expanded,
    so that fields of different rows can be compared; where only the order is
    known, ``colspan`` is 0. A field that a row span carries down from above is
    not repeated in the rows below.
    """

    text: str
    column: int
    place: Place
    colspan: int = 1
    rowspan: int = 1


@dataclass(slots=True)
class Grid:
    """A table of the source, or the piece of one that stands on one page."""

    rows: list[list[Field]]


@dataclass(slots=True)
class Paragraph:
    """A paragraph of text outside tables; a value as well."""

    text: str
    page: int | None = None


Block = Paragraph | Grid


@dataclass(slots=True)
class Document:
    """A document as its reader sees it.

    ``meta`` holds what the medium says about the document beside its text
    (HTML meta tags by lower-case name); file properties that name persons
    are not carried. ``positions`` are the tables by the positions of the text
    alone, where the medium has positions. A document that is ``truncated`` ends
    before its end: what it lacks was lost on the way, not left out by the filer.
    """

    media_type: str
    blocks: list[Block]
    meta: dict[str, str] = field(default_factory=dict)
    positions: list[Grid] | None = None
    truncated: bool = False

    @property
    def grids(self) -> list[Grid]:
        """The tables and table pieces, in reading order."""
        return [block for block in self.blocks if isinstance(block, Grid)]

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs, in reading order."""
        return [block for block in self.blocks if isinstance(block, Paragraph)]
