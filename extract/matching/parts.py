"""A table printed in parts below each other: each has some of the columns, and
the row labels again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from extract.figures import is_blank
from extract.forms import Column, Table
from extract.labels import similarity
from extract.matching.headings import Order, headed_by, printed_order
from extract.matching.result import Evidence
from extract.matching.rows import SourceRow
from extract.model import Field, Place

_SURE = 0.9


@dataclass(frozen=True, slots=True)
class _Part:
    """Some columns of the form, in the printed order, and the rows that have their figures."""

    columns: tuple[Column, ...]
    order: Order
    rows: list[SourceRow]


def join_parts(rows: Sequence[SourceRow], table: Table) -> tuple[list[SourceRow], Evidence] | None:
    """The rows with the parts joined side by side in the place of the first;
    None unless the headings of the parts are just those of the form, each
    once, and every row of the first part stands in the others too."""
    starts = beginnings(rows, table)
    if len(starts) < 2:
        return None
    parts: list[_Part] = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        part = _part(rows, start, end, table)
        if part is None:
            return None
        parts.append(part)
    printed = [column.code for part in parts for column in part.columns]
    if len(printed) != len(table.columns) or len(set(printed)) != len(printed):
        return None
    first = parts[0].rows
    if not all(_follow(first, part.rows) for part in parts[1:]):
        return None
    heads = {index for part in parts for index in part.order.heads}
    joined = [_joined([_without_heads(part.rows[at], heads) for part in parts]) for at in range(len(first))]
    used = {row.index for part in parts for row in part.rows[: len(first)]} | heads
    head = _head(parts, joined[0])
    arranged: list[SourceRow] = []
    for row in rows:
        if row.index == first[0].index:
            arranged += [head, *joined]
        elif row.index not in used:
            arranged.append(row)
    return arranged, parts[0].order.by


def beginnings(rows: Sequence[SourceRow], table: Table) -> list[int]:
    """Where rows stand that are named as the table's first one. (Each name is compared once: few rows have it.)"""
    named = set(filter(_names_first(table), {row.item for row in rows}))
    return [at for at, row in enumerate(rows) if row.item in named and row.tail] if named else []


@cache
def _names_first(table: Table) -> Callable[[str], bool]:
    """Whether bare words name the table's first row; it is asked of all rows, for each table of both readings."""
    return lru_cache(maxsize=8192)(lambda item: similarity(item, table.rows[0]) >= _SURE)


def _part(rows: Sequence[SourceRow], start: int, end: int, table: Table) -> _Part | None:
    columns = headed_by(rows, rows[start], table.columns)
    order = printed_order(rows, rows[start], columns) if 0 < len(columns) < len(table.columns) else None
    if order is None:
        return None
    own = tuple(columns[at] for at in order.columns)
    lines = [cut for row in rows[start:end] if row.labels and (cut := _cut(row, len(own))) is not None]
    return _Part(own, order, lines)


def _cut(row: SourceRow, width: int) -> SourceRow | None:
    """The row with just ``width`` fields after its labels; None where it has others."""
    tail = list(row.tail)
    while len(tail) > width and is_blank(tail[-1].text):
        tail.pop()
    while len(tail) > width and is_blank(tail[0].text):
        tail.pop(0)
    return replace(row, fields=(*row.labels, *tail)) if len(tail) == width else None


def _follow(first: Sequence[SourceRow], other: Sequence[SourceRow]) -> bool:
    """Whether the rows of a further part begin with those of the first, by their labels."""
    return len(other) >= len(first) and all(
        one.item == two.item for one, two in zip(first, other[: len(first)], strict=True)
    )


def _without_heads(row: SourceRow, heads: set[int]) -> SourceRow:
    """The row with only its last label, where the headings stand before it on its own line."""
    return replace(row, fields=row.fields[row.split - 1 :], split=1) if row.index in heads else row


def _joined(rows: Sequence[SourceRow]) -> SourceRow:
    first = rows[0]
    fields = [*first.fields]
    for row in rows[1:]:
        fields += _moved(row.tail, fields[-1])
    return replace(first, fields=tuple(fields))


def _moved(fields: Sequence[Field], last: Field) -> list[Field]:
    """The fields counted on from the column of ``last``."""
    column = last.column + max(last.colspan, 1)
    return [replace(field, column=column + at, colspan=min(field.colspan, 1)) for at, field in enumerate(fields)]


def _head(parts: Sequence[_Part], row: SourceRow) -> SourceRow:
    """The headings of all parts on one line, over the figures of ``row``."""
    columns = [column for part in parts for column in part.columns]
    heads = [
        replace(field, text=column.label_zh, place=Place()) for field, column in zip(row.tail, columns, strict=True)
    ]
    return replace(row, fields=tuple(heads), split=len(heads))
