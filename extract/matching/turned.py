"""A table printed with its rows as columns: 表三 with a line for each kind of
applicant, 表四 with a line for each result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from extract.figures import is_blank, squeeze
from extract.forms import Group, Row, Table
from extract.labels import similarity, variants, words
from extract.matching.result import Evidence
from extract.matching.rows import SourceRow
from extract.model import Field, Place

_ALIKE = 0.85
_HEAD_LINES = 8  # that the headings of such a table take


def turn(rows: Sequence[SourceRow], table: Table) -> tuple[list[SourceRow], Evidence] | None:
    """The rows with the table turned into the form's arrangement; None unless
    every column of the form names one line of figures, all equally long, under
    headings that name the rows."""
    lines = _lines(rows, table)
    if lines is None:
        return None
    figures = [figures for _, figures in lines]
    first, last = lines[0][0].index, max(max(row.index, tail.index) for row, tail in lines)
    start = max(first - _HEAD_LINES, 0)
    heads = [row for row in rows if start <= row.index < first and not row.printed and row.grid == lines[0][0].grid]
    names = _names_by_place(heads, figures)
    by: Evidence = "place" if names else "sequence"
    names = names or _names_by_sequence([*heads, lines[0][0]], table)
    if names is None or len(names) != len(figures[0].tail):
        return None
    head = _row(lines[0][0], ("",), [_at(line, _last_label(line)) for line, _ in lines])
    turned = [replace(head, split=len(head.fields))]
    for place, name in enumerate(names):
        turned.append(_row(lines[0][0], name, [line.tail[place] for line in figures]))
    gone = {row.index for row in heads} | set(range(first, last + 1))
    before = [row for row in rows if row.index < first and row.index not in gone]
    after = [row for row in rows if row.index > last]
    return [*before, *turned, *after], by


@cache
def _columns_by_label(table: Table) -> dict[str, str]:
    return {label: column.code for column in table.columns for label in variants(column)}


def _lines(rows: Sequence[SourceRow], table: Table) -> list[tuple[SourceRow, SourceRow]] | None:
    """For each column of the form the row that it names and the row that has its
    figures (the next one, where they are many), in the order of the document."""
    labels = _columns_by_label(table)
    named = [(at, labels[row.item]) for at, row in enumerate(rows) if row.item in labels]
    width = len(table.columns)
    for start in range(len(named) - width + 1):
        run = named[start : start + width]
        if len({code for _, code in run}) < width or run[-1][0] - run[0][0] > 2 * width:
            continue
        found = [(rows[at], rows[at] if rows[at].tail else rows[min(at + 1, len(rows) - 1)]) for at, _ in run]
        count = min(len(figures.tail) for _, figures in found)
        cut = [_without_fill(figures, count) for _, figures in found]
        fewest = len(table.rows) - sum(len(row.replaces) - 1 for row in table.merged_rows)
        if count >= fewest and all(len(figures.tail) == count for figures in cut):
            return [(row, figures) for (row, _), figures in zip(found, cut, strict=True)]
    return None


def _without_fill(row: SourceRow, count: int) -> SourceRow:
    """The row without the blank fields before or after its ``count`` figures,
    which a label that spans several columns leaves; as it is where it may be either."""
    spare = len(row.tail) - count
    before, after = (
        spare > 0 and all(is_blank(field.text) for field in fields) for fields in (row.tail[:spare], row.tail[count:])
    )
    if before and not after:
        return row.split_after(row.split + spare - 1)
    return replace(row, fields=row.fields[: row.split + count]) if after and not before else row


def _names_by_place(heads: Sequence[SourceRow], figures: Sequence[SourceRow]) -> list[tuple[str, ...]] | None:
    """The headings over each source column of the figures, the outermost first;
    None where the source has no columns, or most have no heading."""
    places = [[field.column for field in line.tail] for line in figures]
    if any(line != places[0] for line in places):
        return None
    names = [
        tuple(
            field.text
            for row in heads
            for field in row.fields
            if field.column <= column < field.column + field.colspan and not is_blank(field.text)
        )
        for column in places[0]
    ]
    return names if 2 * sum(map(bool, names)) > len(names) else None


def _names_by_sequence(heads: Iterable[SourceRow], table: Table) -> list[tuple[str, ...]] | None:
    """The rows of the form in the order in which a reader of the headings, line
    by line, finds them: those of a group where the group stands. None unless
    each is found just once."""
    known: tuple[Row | Group, ...] = (*table.groups, *table.rows)
    items = {item.code: item for item in known}
    found: dict[str, int] = {}
    sequence = [words(field.text) for row in heads for field in row.labels]
    for place, label in enumerate(sequence[:-1]):
        item = _item(label, table)
        if item is None:
            continue
        if item.code in found:
            return None
        found[item.code] = place
    merged = {row.code: row for row in table.merged_rows if not set(row.replaces) & found.keys()}
    items |= merged
    expected = {row.code for row in table.rows_in_use(frozenset(merged.keys() & found.keys()))}
    if not expected <= found.keys():
        return None

    def path(code: str) -> tuple[int, ...]:
        item = items[code]
        above = item.parent if isinstance(item, Group) else item.group
        over = path(above) if above is not None and above in found else ()
        return (*over, found[code])

    return [(f"{items[code].number}{items[code].label_zh}",) for code in sorted(expected, key=path)]


def _item(label: str, table: Table) -> Row | Group | None:
    """The row or group of the form that a heading names, None where it names none or several."""
    items: tuple[Row | Group, ...] = (*table.rows, *table.groups)
    named = [item for item in items if label in variants(item)] or [
        item for item in items if similarity(label, item) >= _ALIKE
    ]
    return named[0] if len(named) == 1 else None


def _row(source: SourceRow, names: Sequence[str], tail: Sequence[Field]) -> SourceRow:
    known = 0 if Counter(field.colspan for field in tail)[0] else 1
    labels = [Field(name, 0, Place(), colspan=known) for name in names]
    fields = [replace(field, column=1 + at, colspan=known, rowspan=1) for at, field in enumerate(tail)]
    return replace(source, fields=(*labels, *fields), split=len(labels), rejoined="")


def _last_label(row: SourceRow) -> Field:
    return next(field for field in reversed(row.labels) if squeeze(field.text))


def _at(row: SourceRow, label: Field) -> Field:
    """The label as the heading of its line's figures."""
    return replace(label, colspan=int(bool(row.tail and row.tail[0].colspan)))
