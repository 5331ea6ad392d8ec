"""The truth model: what a synthetic filing says, independent of its medium."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from extract.claims.model import Statement
from extract.forms import CellKey, Form, load_forms

Number = int | float
Status = Literal["reported", "blank", "not_applicable", "unreadable", "missing"]


@dataclass(frozen=True)
class Agency:
    """A fictitious agency as the register of samples lists it."""

    id: str
    name: str
    level: str
    sector: str
    region_code: str
    aliases: tuple[str, ...] = ()
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    parent: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None

    def register_entry(self) -> dict[str, Any]:
        """The agency as an entry of the register's YAML list."""
        return {
            "id": self.id,
            "name": self.name,
            "aliases": list(self.aliases),
            "level": self.level,
            "sector": self.sector,
            "region_code": self.region_code,
            "province": self.province,
            "prefecture": self.prefecture,
            "county": self.county,
            "parent": self.parent,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            "successor": self.successor,
        }


@dataclass(frozen=True)
class TrueCell:
    """What stands in one cell of the document: printed text, number, status."""

    raw: str
    value: Number | None
    status: Status

    @property
    def number(self) -> Number | None:
        """The number where one is reported, else None."""
        return self.value if self.status == "reported" else None


def reported(value: Number, raw: str | None = None) -> TrueCell:
    """A cell with a number, printed as ``raw`` or in its plain form."""
    return TrueCell(str(value) if raw is None else raw, value, "reported")


MISSING = TrueCell("", None, "missing")
BLANK = TrueCell("", None, "blank")


@dataclass(frozen=True)
class Claim:
    """A figure that the prose states."""

    metric: str
    value: Number
    sentence: str
    scope: str


@dataclass(frozen=True)
class Prose:
    """The text of a filing: paragraphs by section number (一, 五, 六, and what
    stands above the tables in 二, 三 and 四)."""

    introduction: str
    sections: Mapping[str, tuple[str, ...]]
    claims: tuple[Claim, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Front:
    """Where a document says who publishes it and when, beside its title.

    ``meta``, ``page`` and ``signature`` are the places of the date: the page's
    meta tags (in HTML), a line of its own (发布日期), the signature. ``agency``
    is whether the signature names the agency, ``style`` how the signature
    writes the date; it may be signed ``days_before`` it was published.
    """

    meta: bool = True
    page: bool = True
    signature: bool = True
    agency: bool = True
    style: Literal["cn", "iso", "numerals"] = "cn"
    days_before: int = 0

    @property
    def dated(self) -> bool:
        """Whether the document says when it was published."""
        return self.meta or self.page or self.signature


@dataclass(frozen=True)
class Filing:
    """One synthetic annual report.

    ``cells`` holds every cell of the edition once; rows that the filing
    merged are in ``merged``. ``labels`` overrides the label of a row
    (key: table, row), ``labels`` to "" means that the label is not printed;
    ``column_labels`` overrides that of a column.
    ``defects`` names what was done to the filing on purpose.
    """

    agency: Agency
    year: int
    form_code: str
    scope: str
    title: str
    published_on: date
    cells: Mapping[CellKey, TrueCell]
    prose: Prose
    merged: frozenset[str] = frozenset()
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    absent_tables: Mapping[str, str] = field(default_factory=dict)  # table -> what is printed in its place
    extra_column: bool = False
    defects: tuple[str, ...] = ()
    column_labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    front: Front | None = None  # None: as the medium does it by custom

    @cached_property
    def form(self) -> Form:
        """The edition of the form."""
        return load_forms()[self.form_code]

    def listed(self) -> tuple[CellKey, ...]:
        """Every cell that the truth lists, in the form's order."""
        return tuple(self.form.cells(self.merged))

    def with_cells(self, changes: Mapping[CellKey, TrueCell], defect: str | None = None) -> Filing:
        """A copy with some cells changed; KeyError where the form lacks one."""
        for key in changes:
            if key not in self.cells:
                raise KeyError(f"the form has no cell {key}")
        defects = self.defects if defect is None else (*self.defects, defect)
        return replace(self, cells={**self.cells, **changes}, defects=defects)

    def without(self, lost: Iterable[CellKey]) -> Filing:
        """A copy in which the cells of ``lost`` are missing."""
        return replace(self, cells={**self.cells, **{key: MISSING for key in lost}})
