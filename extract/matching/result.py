"""What matching yields: cells with their places, and remarks on the reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from extract.figures import Figure, Status
from extract.forms import CellKey
from extract.model import Field, Place

Severity = Literal["error", "warning", "info"]
Origin = Literal["filing", "extraction"]
Method = Literal["table", "order", "shift", "sums", "text", "literal"]
"""How a cell's row and column were decided: by label and position in the
source's table; by order between labelled neighbours; by a proven shift; by the
identities; by the position or sequence of the text, the source's table being
unusable; or literally, without proof."""


@dataclass(slots=True)
class Cell:
    """One cell of the form as read; a value, never changed (see ``Field``)."""

    key: CellKey
    raw: str
    status: Status
    value: Decimal | None
    place: Place
    method: Method = "table"

    @classmethod
    def read(cls, key: CellKey, field: Field, figure: Figure, method: Method = "table") -> Cell:
        """The cell for a source field that was parsed as ``figure``."""
        return cls(key, field.text.strip(), figure.status, figure.value, field.place, method)

    @classmethod
    def missing(cls, key: CellKey) -> Cell:
        """A cell that the form has and the filing's table has not."""
        return cls(key, "", "missing", None, Place())


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding made while reading; becomes an issue of the document.
    ``expected`` and ``actual`` are the words that should stand there and do, where it is about words."""

    rule: str
    severity: Severity
    origin: Origin
    where: str
    message_zh: str
    message_en: str
    cells: tuple[CellKey, ...] = ()
    expected: str | None = None
    actual: str | None = None


@dataclass(slots=True)
class TableReading:
    """The cells found of one table of the form; what is absent was not found."""

    table: str
    cells: dict[CellKey, Cell] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    lost: set[CellKey] = field(default_factory=set)  # missing by our reading, not by the filer
    score: float = 0.0
    spaced: dict[CellKey, tuple[str, str]] = field(default_factory=dict)  # digits that stand apart: what to say of them
    other_year: bool = False  # only an earlier year's table was found
    consumed: set[int] = field(default_factory=set)  # indices of source rows that were used

    def uncertain(self, zh: str, en: str, cells: Iterable[CellKey] = ()) -> None:
        """Notes that the document leaves this reading in doubt."""
        self.remarks.append(Remark("extraction_uncertain", "warning", "extraction", self.table, zh, en, tuple(cells)))
