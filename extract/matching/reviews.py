"""表四: the form prints its three rows side by side, as one line of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, takewhile

from extract.figures import looks_like_figure, parse_figure, squeeze
from extract.forms import CellKey, Column, Form, Group, Row, Table
from extract.labels import similarity, variants, words
from extract.matching.fused import is_fused, may_be_fused, parted
from extract.matching.result import Cell, Method, TableReading
from extract.matching.reviews_order import printed_cells
from extract.matching.rows import SourceRow
from extract.matching.specimens import Rivalry, choose_filled, remark_on_rivals
from extract.matching.sums import breaks_in_rows
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
    heads, figures_row, rivalry = _first_printing(rows, heads)
    reading.score = sum(_headings(row, table) for row in heads) / 10
    reading.consumed = {row.index for row in heads}
    if figures_row is None:
        return reading
    reading.consumed.add(figures_row.index)
    keys = [(table.code, row.code, column.code) for row in table.rows for column in table.columns]
    line = _read_line(figures_row, heads[-1], len(keys), len(table.columns))
    if line.zh:
        reading.uncertain(line.zh, line.en, keys)
    order = None
    if line.method == "table":
        order = printed_cells(_heads_over(rows, heads[0], figures_row, table), line.fields, table)
    _store_line(reading, form, line, order.keys if order else keys)
    if order and order.keys != tuple(keys) and not _contradicted(reading, form, line, keys):
        reading.rearranged = dict.fromkeys(keys, order.by)
    elif order is None and not all(_in_order(row, table) for row in heads):
        reading.uncertain(
            "表四各栏标题的顺序与统一格式不同，数字按统一格式的顺序读取。",
            "The headings of table 4 stand in another order than the form's; figures were read in the form's order.",
            keys,
        )
    remark_on_rivals(form, reading, rivalry, keys)
    if fused := [key for key, cell in reading.cells.items() if may_be_fused(squeeze(cell.raw))]:
        reading.uncertain(
            "表四有的格数字过长或以零开头，可能是几个数连在一起。",
            "Some cells of table 4 have too many digits, or begin with a zero; several figures may be run together.",
            fused,
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
) -> tuple[list[SourceRow], SourceRow | None, Rivalry]:
    """The headings down to the first line of figures below some of them that
    is filled in, that line, and what further such lines leave in doubt."""
    found: list[tuple[int, SourceRow]] = []
    for place, head in enumerate(heads):
        below = heads[place + 1].index if place + 1 < len(heads) else rows[-1].index + 1
        figures_row = _figures_row(rows, [head])
        if figures_row is not None and figures_row.index < below:
            found.append((place, figures_row))
    if not found:
        return list(heads), _figures_row(rows, heads), "none"
    chosen, rivalry = choose_filled([[field.text for field in row.fields] for _, row in found])
    place, figures_row = found[chosen]
    first = found[chosen - 1][0] + 1 if chosen else 0
    return list(heads[first : place + 1]), figures_row, rivalry


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
    return breaks_in_rows(form, reading.table, reading.cells)


def _contradicted(reading: TableReading, form: Form, line: _Line, keys: Sequence[CellKey]) -> bool:
    """Whether the sums hold only in the form's order, not in that of the
    headings; the figures are then read in it, and the reading says so."""
    if not _sums_break(form, reading):
        return False
    literal = TableReading(reading.table)
    _store_line(literal, form, line, keys)
    if _sums_break(form, literal):
        return False
    reading.cells = literal.cells
    reading.uncertain(
        "表四各栏标题的顺序与统一格式不同，但合计只有按统一格式的顺序才成立，按后者读取。",
        "The headings of table 4 stand in another order than the form's, but the sums hold only in the form's; "
        "figures were read in that.",
        keys,
    )
    return True


def _heads_over(rows: Sequence[SourceRow], head: SourceRow, figures_row: SourceRow, table: Table) -> list[SourceRow]:
    """The lines of headings down to the line of figures, the pieces of wrapped
    ones and single ones above the first among them; page numbers are none."""
    first = head.index
    above = (row for row in reversed(rows) if row.index < head.index and row.grid == head.grid)
    for row in takewhile(lambda row: not row.printed and _headings(row, table), above):
        first = row.index
    return [row for row in rows if first <= row.index < figures_row.index and not row.printed]


def _store_line(reading: TableReading, form: Form, line: _Line, keys: Sequence[CellKey]) -> None:
    fields = dict(zip(keys, line.fields, strict=True))
    for key in form.table(reading.table).cells():
        field = fields[key]
        if field is None:
            reading.lost.add(key)
        else:
            reading.cells[key] = Cell.read(key, field, parse_figure(field.text, form.column(key).kind), line.method)


def _headings(row: SourceRow, table: Table) -> int:
    """How many of the row's fields are headings of the table."""
    return _headings_among(row.texts, table)


@lru_cache(maxsize=4096)
def _headings_among(texts: tuple[str, ...], table: Table) -> int:
    return sum(_is_heading(text, table) for text in texts)


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
        words_there = [text for field in row.fields if not _is_digits(text := squeeze(field.text))]
        if words_there:
            if any(len(text) > _LONGEST_HEADING for text in words_there):
                break
            continue
        if any(squeeze(field.text) for field in row.fields):
            return row
        blank = blank or (row if len(row.fields) > 1 else None)
    return blank


def _is_digits(text: str) -> bool:
    """Whether a text may be a figure, or several run together, or nothing."""
    return looks_like_figure(text) or text.isdigit()


def _mostly_figures(row: SourceRow) -> bool:
    """A long line that holds figures, even if a word stands among them."""
    if len(row.fields) < 10:
        return False
    like = sum(map(looks_like_figure, row.texts))
    return like >= 0.7 * len(row.fields) and any(map(str.isdigit, "".join(row.texts)))


def _read_line(row: SourceRow, subheads: SourceRow, width: int, block: int) -> _Line:
    """The line of figures as the form's ``width`` cells, ``block`` to a row."""
    fields = row.fields
    lead = _leading_blanks(fields)
    printed = tuple(field for field in fields if squeeze(field.text))
    shift = _shift(row, subheads, width, block)
    if is_fused([squeeze(field.text) for field in printed], width):
        return _part(printed, width, block)
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


def _part(printed: Sequence[Field], width: int, block: int) -> _Line:
    """Figures that were run together, parted where the sums leave one way to; else lost."""
    figures = parted([squeeze(field.text) for field in printed], width, block)
    zh, en = "表四的数字连成一串，", "The figures of table 4 were run together; "
    if figures is None:
        zh, en = (
            f"{zh}合计不能确定从何处分开，未予读取。",
            f"{en}the sums do not tell where to part them, and none was read.",
        )
        return _Line((None,) * width, "literal", zh, en)
    fields = tuple(replace(printed[number], text=text) for number, text in figures)
    return _Line(
        fields,
        "sums",
        f"{zh}合计只容许一种分法，已按其读取。",
        f"{en}the sums leave one way to part them, which was taken.",
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
