"""表四: the form prints its three rows side by side, as one line of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extract.figures import Figure, looks_like_figure, parse_figure, squeeze
from extract.forms import Column, Form, Group, Row, Table
from extract.labels import similarity, variants, words
from extract.matching.result import Cell, Method, TableReading
from extract.matching.rows import SourceRow
from extract.matching.sums import residual
from extract.model import Field

_ALIKE = 0.8
_LONGEST_HEADING = 8  # characters of a heading of the table, 未经复议直接起诉
_REACH = 6  # lines within which the figures follow the headings


@dataclass(frozen=True, slots=True)
class _Line:
    """Fields for the form's cells in order; None where one is lost."""

    fields: tuple[Field | None, ...]
    method: Method
    zh: str = ""
    en: str = ""


def match_reviews(rows: Sequence[SourceRow], form: Form, table: Table) -> TableReading:
    """Reads 表四: finds the lines of headings, then the line of figures below.

    CODES: figures are moved only on evidence. Where the line of sub-headings
    carries the same leading empty cells as the line of figures, a row span of
    the heading was copied down into both, and figures are lacking at the end.
    """
    reading = TableReading(table.code)
    heads = [row for row in rows if _headings(row, table) >= 2]
    if not heads:
        return reading
    heads, figures_row, further = _first_printing(rows, heads)
    reading.score = sum(_headings(row, table) for row in heads) / 10
    reading.consumed = {row.index for row in heads}
    if figures_row is None:
        return reading
    reading.consumed.add(figures_row.index)
    keys = [(table.code, row.code, column.code) for row in table.rows for column in table.columns]
    line = _read_line(figures_row, heads[-1], len(keys), len(table.columns))
    if line.zh:
        reading.uncertain(line.zh, line.en, keys)
    if further:
        reading.uncertain(
            "文件中有不止一张表四，按第一张读取。",
            "The document holds more than one table 4; the first was read.",
            keys,
        )
    kinds = [column.kind for _ in table.rows for column in table.columns]
    for key, kind, field in zip(keys, kinds, line.fields, strict=True):
        if field is None:
            reading.lost.add(key)
        else:
            reading.cells[key] = Cell.read(key, field, parse_figure(field.text, kind), line.method)
    if not all(_in_order(row, table) for row in heads):
        reading.uncertain(
            "表四各栏标题的顺序与统一格式不同，数字按统一格式的顺序读取。",
            "The headings of table 4 stand in another order than the form's; figures were read in the form's order.",
            keys,
        )
    if line.method == "table" and _may_be_shifted(figures_row, form, reading, len(table.columns)):
        reading.uncertain(
            "表四数字一行以空格开头，数字可能整体右移，但文件中没有依据移动，按原样读取。",
            "The figures of table 4 begin with empty cells; they may have shifted to the right, but nothing in the "
            "document proves it, and they were read as they stand.",
            keys,
        )
    return reading


def _first_printing(
    rows: Sequence[SourceRow], heads: Sequence[SourceRow]
) -> tuple[list[SourceRow], SourceRow | None, bool]:
    """The headings down to the first line of figures below some of them, that
    line, and whether headings further down have figures of their own."""
    found: list[tuple[int, SourceRow]] = []
    for place, head in enumerate(heads):
        below = heads[place + 1].index if place + 1 < len(heads) else rows[-1].index + 1
        figures_row = _figures_row(rows, [head])
        if figures_row is not None and figures_row.index < below:
            found.append((place, figures_row))
    if not found:
        return list(heads), _figures_row(rows, heads), False
    place, figures_row = found[0]
    return list(heads[: place + 1]), figures_row, len(found) > 1


def _may_be_shifted(row: SourceRow, form: Form, reading: TableReading, block: int) -> bool:
    """Whether the line begins with empty cells and breaks the sums, or leaves
    just the first row of the form empty and fills all others."""
    lead = _leading_blanks(row.fields)
    filled = all(squeeze(field.text) for field in row.fields[lead:])
    return bool(lead) and (_sums_break(form, reading) or (lead % block == 0 and lead < len(row.fields) and filled))


def _in_order(row: SourceRow, table: Table) -> bool:
    """Whether a line of headings has the form's order: results over and over
    from the first to the total, reviews before suits, direct ones first."""
    labels = [words(field.text) for field in row.fields]
    results = [i for label in labels for i, column in enumerate(table.columns) if label in variants(column)]
    late = len(table.columns) // 2  # a label with a typo may be lacking, so not every step is seen
    if any(after <= before <= late for before, after in pairwise(results)):
        return False
    total = len(table.columns) - 1
    if len(results) >= total and results[0] == total != results[-1]:
        return False
    order: tuple[Row | Group, ...] = (table.rows[0], *table.groups, *table.rows[1:])
    blocks = [i for label in labels for i, item in enumerate(order) if label in variants(item)]
    return blocks == sorted(blocks)


def _sums_break(form: Form, reading: TableReading) -> bool:
    figures = {key: Figure(cell.status, cell.value) for key, cell in reading.cells.items()}
    return any(
        residual(form, identity, where, figures)
        for identity in form.identities
        if identity.table == reading.table
        for where in identity.over
    )


def _headings(row: SourceRow, table: Table) -> int:
    """How many of the row's fields are headings of the table."""
    return [_is_heading(field.text, table) for field in row.fields].count(True)


@lru_cache(maxsize=8192)
def _is_heading(text: str, table: Table) -> bool:
    label = words(text)
    items: tuple[Row | Column | Group, ...] = (*table.rows, *table.columns, *table.groups)
    return bool(label) and any(similarity(label, item) >= _ALIKE for item in items)


def _figures_row(rows: Sequence[SourceRow], heads: Sequence[SourceRow]) -> SourceRow | None:
    """The first line without words below the headings that holds figures; a
    line of blanks only where no line with figures follows."""
    blank: SourceRow | None = None
    for row in rows[heads[-1].index + 1 :][:_REACH]:
        if _mostly_figures(row):
            return row
        words_there = [squeeze(field.text) for field in row.fields if not looks_like_figure(field.text)]
        if words_there:
            if any(len(text) > _LONGEST_HEADING for text in words_there):
                break
            continue
        if any(squeeze(field.text) for field in row.fields):
            return row
        blank = blank or (row if len(row.fields) > 1 else None)
    return blank


def _mostly_figures(row: SourceRow) -> bool:
    """A long line that holds figures, even if a word stands among them."""
    like = sum(1 for field in row.fields if looks_like_figure(field.text))
    printed = any(character.isdigit() for field in row.fields for character in field.text)
    return len(row.fields) >= 10 and printed and like >= 0.7 * len(row.fields)


def _read_line(row: SourceRow, subheads: SourceRow, width: int, block: int) -> _Line:
    """The line of figures as the form's ``width`` cells, ``block`` to a row."""
    fields = row.fields
    lead = _leading_blanks(fields)
    printed = tuple(field for field in fields if squeeze(field.text))
    shift = _shift(row, subheads, width, block)
    if shift:
        moved = fields[shift:]
        lost = width - len(moved)
        zh = (
            f"表四数字一行与其上的小标题一行都以{shift}个空格开头，是表头的合并单元格被复制到了这两行；"
            f"各数字左移{shift}格读取，末尾{lost}格在文件中已经丢失。"
        )
        en = (
            f"In table 4 the figures and the sub-headings above them both begin with {shift} empty cells, copied down "
            f"from merged headings; the figures were read {shift} cells to the left, and the last {lost} are lost."
        )
        return _Line((*moved, *[None] * lost), "shift", zh, en)
    if len(fields) == width:
        return _Line(fields, "table")
    if len(printed) == width:
        return _Line(printed, "table")
    if len(fields) > width:
        start = min(lead, len(fields) - width)
        kept, cut = fields[start : start + width], (*fields[:start], *fields[start + width :])
        if not any(squeeze(field.text) for field in cut):
            return _Line(kept, "table")
    literal: tuple[Field | None, ...] = (*fields[:width], *[None] * (width - len(fields)))
    return _Line(
        literal,
        "literal",
        f"表四数字一行有{len(printed)}个数，应为{width}格；文件中没有依据判断缺在何处，按原样顺序读取。",
        f"The line of figures of table 4 has {len(printed)} figures where the form has {width} cells; "
        "nothing tells where they belong, so they were read in order.",
    )


def _shift(row: SourceRow, subheads: SourceRow, width: int, block: int) -> int:
    """By how many cells the figures stand too far right, 0 without evidence."""
    lead = _leading_blanks(row.fields)
    printed = sum(1 for field in row.fields if squeeze(field.text))
    copied = lead == _leading_blanks(subheads.fields) and lead > 0 and lead % block == 0
    lacking = len(row.fields) == width and printed == width - lead
    return lead if copied and lacking else 0


def _leading_blanks(fields: Sequence[Field]) -> int:
    for position, field in enumerate(fields):
        if squeeze(field.text):
            return position
    return len(fields)
