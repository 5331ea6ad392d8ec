"""In which order 表四 prints its kinds of case and their results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from extract.figures import is_blank
from extract.forms import CellKey, Column, Group, Row, Table
from extract.labels import variants, words
from extract.matching.result import Evidence
from extract.matching.rows import SourceRow
from extract.model import Field


@dataclass(frozen=True, slots=True)
class CellOrder:
    """The table's cells in the order in which they are printed, and by what evidence."""

    keys: tuple[CellKey, ...]
    by: Evidence


def printed_cells(heads: Sequence[SourceRow], line: Sequence[Field | None], table: Table) -> CellOrder | None:
    """The cells that a line of figures states, as the headings above it tell:
    by their places in the source's grid or on the page, else by their
    sequence; None unless they name every cell of the table once."""
    whole = set(table.cells())
    figures = [field for field in line if field is not None]
    told: tuple[tuple[Evidence, Callable[[], list[CellKey]]], ...] = (
        ("place", lambda: _by_place(heads, figures, table)),
        ("sequence", lambda: _by_sequence(heads, table)),
        ("position", lambda: _by_position(heads, figures, table)),
    )
    for by, find in told:
        keys = find()
        if len(keys) == len(whole) and set(keys) == whole:
            return CellOrder(tuple(keys), by)
    return None


def _by_place(heads: Sequence[SourceRow], figures: Sequence[Field], table: Table) -> list[CellKey]:
    """Each figure by the lowest result and the lowest kind of case over its source column."""
    keys: list[CellKey] = []
    columns, rows = _codes(table.columns), _codes(table.rows)
    for figure in figures:
        column = _first((_over(row, figure.column, spilling=False) for row in reversed(heads)), columns)
        row = _first((_over(row, figure.column, spilling=True) for row in reversed(heads)), rows)
        if column is None or row is None:
            return []
        keys.append((table.code, row, column))
    return keys


def _over(row: SourceRow, column: int, *, spilling: bool) -> str:
    """The words that a line of headings has over a source column; ``spilling``
    over the blank fields to their right, as a span is left by exporters."""
    place = next((at for at, f in enumerate(row.fields) if f.column <= column < f.column + f.colspan), None)
    if place is None:
        return ""
    while spilling and place and is_blank(row.fields[place].text):
        place -= 1
    return words(row.fields[place].text)


def _by_sequence(heads: Sequence[SourceRow], table: Table) -> list[CellKey]:
    """The kinds of case in the order in which they follow each other, suits
    where the heading over them stands; under each the same order of results."""
    labels = [words(field.text) for row in heads for field in row.fields]
    results = [code for label in labels if (code := _code(label, table.columns)) is not None]
    width = len(table.columns)
    runs = {tuple(results[start : start + width]) for start in range(0, len(results), width)}
    if len(results) != width * len(table.rows) or len(runs) != 1:
        return []
    rows = _rows_by(table, {code: at for at, label in enumerate(labels) if (code := _block(label, table))})
    return [(table.code, row, column) for row in rows for column in results[:width]]


def _by_position(heads: Sequence[SourceRow], figures: Sequence[Field], table: Table) -> list[CellKey]:
    """The same by the positions on the page: words over each figure, kinds of
    case from left to right."""
    middles = [(field.place.bbox[0] + field.place.bbox[2]) / 2 for field in figures if field.place.bbox]
    if len(middles) != len(table.cells()):
        return []
    half = min(after - before for before, after in pairwise(middles)) / 2
    stacks: list[list[str]] = [[] for _ in middles]
    places: dict[str, float] = {}
    for row in heads:
        for field in row.fields:
            if field.place.bbox is None:
                continue
            here, label = (field.place.bbox[0] + field.place.bbox[2]) / 2, words(field.text)
            if (code := _block(label, table)) is not None:
                places[code] = here
                continue
            for stack, middle in zip(stacks, middles, strict=True):
                if abs(here - middle) < half:
                    stack.append(label)
    columns = [_code("".join(stack), table.columns) for stack in stacks]
    rows = _rows_by(table, places)
    width = len(table.columns)
    return [
        (table.code, row, column)
        for row, start in zip(rows, range(0, len(columns), width), strict=False)
        for column in columns[start : start + width]
        if column is not None
    ]


def _rows_by(table: Table, places: dict[str, int] | dict[str, float]) -> list[str]:
    """The rows in the order of their places, those of a group at the group's; [] where a place is lacking."""
    keys = {}
    for row in table.rows:
        over = places.get(row.group) if row.group is not None else None
        own = places.get(row.code)
        if own is None or (row.group is not None and over is None):
            return []
        keys[row.code] = (own if over is None else over, own)
    return sorted(keys, key=keys.__getitem__)


def _first(labels: Iterable[str], codes: Mapping[str, str]) -> str | None:
    return next((code for label in labels if (code := codes.get(label)) is not None), None)


def _code(label: str, items: tuple[Row | Column, ...]) -> str | None:
    return _codes(items).get(label)


@cache
def _codes(items: tuple[Row | Column, ...]) -> dict[str, str]:
    """The codes of items of the form by their labels; of two of the same label the first's."""
    return {label: item.code for item in reversed(items) for label in variants(item)}


def _block(label: str, table: Table) -> str | None:
    """The row or group that a heading names."""
    blocks: tuple[Row | Group, ...] = (*table.rows, *table.groups)
    return next((item.code for item in blocks if label in variants(item)), None)
