"""The editions of the official form, loaded from ``data/forms``.

A form file is the only place where a row, a column, a label or an identity
of the form is written down. Everything else (matching, codes, rules,
dimension tables, documentation) asks the objects of this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

from extract.paths import DATA

CellKey = tuple[str, str, str]
"""Table, row and column code of one cell of the form."""

Kind = Literal["count", "amount", "change"]


# A form is loaded once; its parts are compared and hashed by identity, which
# matching does some ten thousand times for a document.


class FormError(ValueError):
    """A form file contradicts itself; the message names file and place."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table of the form."""

    code: str
    label_zh: str
    label_en: str
    aliases: tuple[str, ...] = ()
    heading_zh: str | None = None  # the heading printed above it, where there is one
    kind: Kind = "count"
    unit: str | None = None  # the unit that the form prints, for amounts
    is_total: bool = False


@dataclass(frozen=True, eq=False)
class Group:
    """A heading over several rows, printed once beside or above them."""

    code: str
    label_zh: str
    label_en: str
    number: str = ""
    parent: str | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table of the form."""

    code: str
    label_zh: str
    label_en: str
    item_group: str
    number: str = ""
    aliases: tuple[str, ...] = ()
    group: str | None = None
    block: str | None = None
    is_total: bool = False
    replaces: tuple[str, ...] = ()  # for a merged row: the rows it stands for
    unit: str | None = None  # the unit that the form prints beside the row
    misspellings: tuple[str, ...] = ()  # of the aliases: those that are slips of the pen
    same_as: str | None = None  # the metric of another edition that counts the same
    part_of: str | None = None  # the metric of another edition of which this row is one part


@dataclass(frozen=True)
class Block:
    """A part of 表二 with a heading line and columns of its own."""

    code: str
    label_zh: str
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the form: its rows and columns in the form's order.

    ``listing`` marks a table of one figure to a row, with the row's unit
    beside it; ``transposed`` one whose rows stand side by side.
    """

    code: str
    section: str
    title_zh: str
    title_en: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    groups: tuple[Group, ...] = ()
    blocks: tuple[Block, ...] = ()
    merged_rows: tuple[Row, ...] = ()
    corner_zh: str = ""
    transposed: bool = False
    listing: bool = False

    @property
    def heading_zh(self) -> str:
        """The heading that the form prints over the table."""
        return self.title_zh if self.listing else f"{self.section}、{self.title_zh}"

    def column(self, code: str) -> Column:
        """The column of that code; KeyError if the table has none."""
        for column in self.columns:
            if column.code == code:
                return column
        raise KeyError(f"{self.code} has no column {code}")

    def row(self, code: str) -> Row:
        """The row (or merged row) of that code; KeyError if the table has none."""
        for row in (*self.rows, *self.merged_rows):
            if row.code == code:
                return row
        raise KeyError(f"{self.code} has no row {code}")

    def group(self, code: str) -> Group:
        """The group of that code; KeyError if the table has none."""
        for group in self.groups:
            if group.code == code:
                return group
        raise KeyError(f"{self.code} has no group {code}")

    @cache  # noqa: B019 — forms live as long as the process
    def columns_of(self, row: Row) -> tuple[Column, ...]:
        """The columns in which the form prints a cell for ``row``."""
        for block in self.blocks:
            if block.code == row.block:
                return tuple(self.column(code) for code in block.columns)
        return self.columns

    @cache  # noqa: B019
    def cells(self, merged: frozenset[str] = frozenset()) -> tuple[CellKey, ...]:
        """Every cell of the table once, in the form's order (see ``Form.cells``)."""
        return tuple(
            (self.code, row.code, column.code) for row in self.rows_in_use(merged) for column in self.columns_of(row)
        )

    def rows_in_use(self, merged: frozenset[str] = frozenset()) -> tuple[Row, ...]:
        """The rows in order, with each merged row of ``merged`` in the place of
        the rows that it replaces."""
        rows: list[Row] = []
        for row in self.rows:
            by = next((m for m in self.merged_rows if m.code in merged and row.code in m.replaces), None)
            if by is None:
                rows.append(row)
            elif by not in rows:
                rows.append(by)
        return tuple(rows)


@dataclass(frozen=True, eq=False)
class Identity:
    """A sum that must hold: Σ ``expected`` = Σ ``actual``.

    ``per`` is "column" (terms are rows; judged in every column) or "row"
    (terms are columns; judged in the rows of ``over``). ``actual`` is the
    side that the form prints as the result.
    """

    rule: str
    table: str
    per: Literal["row", "column"]
    over: tuple[str, ...]
    expected: tuple[str, ...]
    actual: tuple[str, ...]

    def cells(self, where: str) -> tuple[tuple[CellKey, ...], tuple[CellKey, ...]]:
        """The cells of both sides for one row or column code."""
        if self.per == "column":
            return (
                tuple((self.table, term, where) for term in self.expected),
                tuple((self.table, term, where) for term in self.actual),
            )
        return (
            tuple((self.table, where, term) for term in self.expected),
            tuple((self.table, where, term) for term in self.actual),
        )


@dataclass(frozen=True, eq=False)
class Form:
    """One edition of the official form."""

    code: str
    document: str
    title_zh: str
    title_en: str
    first_year: int
    last_year: int | None
    tables: tuple[Table, ...]
    identities: tuple[Identity, ...]

    def table(self, code: str) -> Table:
        """The table of that code; KeyError if the form has none."""
        for table in self.tables:
            if table.code == code:
                return table
        raise KeyError(f"form {self.code} has no table {code}")

    def cells(self, merged: frozenset[str] = frozenset()) -> Iterator[CellKey]:
        """Every cell of the edition once, in the form's order.

        ``merged`` names the merged rows that a filing printed in the place of
        the rows they replace.
        """
        for table in self.tables:
            yield from table.cells(merged)

    def column(self, key: CellKey) -> Column:
        """The column object of a cell."""
        return self.table(key[0]).column(key[2])

    @cached_property
    def equivalents(self) -> dict[CellKey, CellKey]:
        """The edition's own cell for each metric of another edition that counts
        the same (``same_as``), the metric as table, row and column."""
        found: dict[CellKey, CellKey] = {}
        for table in self.tables:
            for row in table.rows:
                if row.same_as is not None:
                    own = table.code, row.code, table.columns_of(row)[0].code
                    found[metric_key(row.same_as)] = own
        return found

    def in_force(self, year: int) -> bool:
        """Whether this edition is the one for reports about ``year``."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


def metric_key(metric: str) -> CellKey:
    """A metric (table.row.column, whose row may hold dots) as a key of three codes."""
    table, _, rest = metric.partition(".")
    row, _, column = rest.rpartition(".")
    return table, row, column


def form_in_force(year: int) -> Form | None:
    """The edition for reports about ``year``; None where no known edition was in force."""
    return next((form for form in load_forms().values() if form.in_force(year)), None)


@cache
def load_forms() -> dict[str, Form]:
    """All editions by code, newest first."""
    forms = [load_form(path) for path in sorted((DATA / "forms").glob("*.yaml"))]
    return {form.code: form for form in sorted(forms, key=lambda form: -form.first_year)}


def load_form(path: Path) -> Form:
    """Reads one form file; raises FormError where it contradicts itself."""
    data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        tables = tuple(_table(entry) for entry in data["tables"])
        by_code = {table.code: table for table in tables}
        form = Form(
            code=data["form"],
            document=data["document"],
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            first_year=data["years"]["first"],
            last_year=data["years"]["last"],
            tables=tables,
            identities=tuple(_identity(entry, by_code) for entry in data["identities"]),
        )
        _validate(form, path.name)
    except (KeyError, TypeError) as error:
        raise FormError(f"{path.name}: {error}") from error
    return form


def _table(entry: dict[str, Any]) -> Table:
    return Table(
        code=entry["table"],
        section=entry["section"],
        title_zh=entry["title_zh"],
        title_en=entry["title_en"],
        columns=tuple(_column(item) for item in entry["columns"]),
        rows=tuple(_row(item) for item in entry["rows"]),
        groups=tuple(
            Group(item["group"], item["label_zh"], item["label_en"], item.get("number", ""), item.get("parent"))
            for item in entry.get("groups", ())
        ),
        blocks=tuple(
            Block(item["block"], item["label_zh"], tuple(item["columns"])) for item in entry.get("blocks", ())
        ),
        merged_rows=tuple(_row(item) for item in entry.get("merged_rows", ())),
        corner_zh=entry.get("corner_zh", ""),
        transposed=entry.get("transposed", False),
        listing=entry.get("listing", False),
    )


def _column(item: dict[str, Any]) -> Column:
    return Column(
        code=item["column"],
        label_zh=item["label_zh"],
        label_en=item["label_en"],
        aliases=tuple(item.get("aliases", ())),
        heading_zh=item.get("heading_zh"),
        kind=item.get("kind", "count"),
        unit=item.get("unit"),
        is_total=item.get("total", False),
    )


def _row(item: dict[str, Any]) -> Row:
    return Row(
        code=item["row"],
        label_zh=item["label_zh"],
        label_en=item["label_en"],
        item_group=item["item_group"],
        number=_text(item, "number"),
        aliases=(*item.get("aliases", ()), *item.get("misspellings", ())),
        group=item.get("group"),
        block=item.get("block"),
        is_total=item.get("total", False),
        replaces=tuple(item.get("replaces", ())),
        unit=item.get("unit"),
        misspellings=tuple(item.get("misspellings", ())),
        same_as=item.get("same_as"),
        part_of=item.get("part_of"),
    )


def _text(item: dict[str, Any], name: str) -> str:
    """An optional text; YAML reads a bare 1. as a number, which would lose the dot."""
    value = item.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} {value!r} must be quoted")
    return value


def _identity(entry: dict[str, Any], tables: dict[str, Table]) -> Identity:
    table = tables[entry["table"]]
    default = [item.code for item in (table.columns if entry["per"] == "column" else table.rows)]
    if entry["per"] == "row":
        default += [row.code for row in table.merged_rows]
    return Identity(
        rule=entry["rule"],
        table=table.code,
        per=entry["per"],
        over=tuple(entry.get("over", default)),
        expected=_terms(entry["expected"], table),
        actual=_terms(entry["actual"], table),
    )


def _terms(terms: list[str] | dict[str, str], table: Table) -> tuple[str, ...]:
    """Codes as listed, or every row (merged ones too) of an item group."""
    if isinstance(terms, list):
        return tuple(terms)
    group = terms["item_group"]
    return tuple(row.code for row in (*table.rows, *table.merged_rows) if row.item_group == group)


def _validate(form: Form, name: str) -> None:
    """Every code that the file refers to must be defined in it, once."""
    for table in form.tables:
        codes = [row.code for row in (*table.rows, *table.merged_rows)]
        if len(set(codes)) != len(codes):
            raise FormError(f"{name}: table {table.code} lists a row twice")
        for row in (*table.rows, *table.merged_rows):
            if row.group is not None:
                table.group(row.group)
            for code in row.replaces:
                table.row(code)
            if table.listing and len(table.columns_of(row)) != 1:
                raise FormError(f"{name}: the row {row.code} of the listing {table.code} has not one column")
        for block in table.blocks:
            for code in block.columns:
                table.column(code)
    for identity in form.identities:
        table = form.table(identity.table)
        for code in (*identity.expected, *identity.actual):
            _ = table.row(code) if identity.per == "column" else table.column(code)
        for code in identity.over:
            _ = table.column(code) if identity.per == "column" else table.row(code)
