"""The tables of a filing as grids of boxes with spans, and the whole document
as a list of blocks. Every renderer starts from these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from extract.forms import CellKey, Row, Table
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing

Kind = Literal["head", "block", "group", "label", "figure", "empty"]
Placed = tuple[int, int, "Box"]


@dataclass(frozen=True)
class Box:
    """A cell of a printed table: text, spans and what it is."""

    text: str
    kind: Kind
    rows: int = 1
    columns: int = 1
    key: CellKey | None = None
    vertical: bool = False  # the group label that real filings print one character a line


@dataclass(frozen=True)
class Grid:
    """A printed table: the boxes that begin in each row, from left to right."""

    code: str
    width: int
    rows: tuple[tuple[Box, ...], ...]

    def placed(self) -> Iterator[Placed]:
        """Each box with the row and column of its first square."""
        taken: set[tuple[int, int]] = set()
        for top, boxes in enumerate(self.rows):
            left = 0
            for box in boxes:
                while (top, left) in taken:
                    left += 1
                yield top, left, box
                taken |= {(top + down, left + right) for down in range(box.rows) for right in range(box.columns)}
                left += box.columns


@dataclass(frozen=True)
class Title:
    """The document's title."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


Block = Title | Heading | Paragraph | Grid


@dataclass(frozen=True)
class GridStyle:
    """Variants of the tables themselves.

    ``nested_total`` prints the head 总计 one level off, under 法人或其他组织;
    ``separate_blocks`` makes every block of 表二 a table of its own.
    """

    nested_total: bool = False
    separate_blocks: bool = False

    @classmethod
    def by_chance(cls, random: Random) -> GridStyle:
        """A style by chance."""
        return cls(nested_total=random.random() < 0.15, separate_blocks=random.random() < 0.15)


def compose(filing: Filing, labels: LabelStyle, style: GridStyle) -> list[Block]:
    """The document as blocks, in order."""
    prose, form = filing.prose, filing.form_code
    blocks: list[Block] = [Title(filing.title), Paragraph(prose.introduction)]
    blocks.append(Heading(labels.section("一", form)))
    blocks += [Paragraph(text) for text in prose.sections["一"]]
    for table in filing.form.tables:
        blocks.append(Heading(labels.heading(table, form)))
        instead = filing.absent_tables.get(table.code)
        if instead is not None:
            blocks.append(Paragraph(instead))
        elif table.code == "proactive":
            blocks += proactive(filing, table, labels, style)
        elif table.code == "applications":
            blocks.append(applications(filing, table, labels, style))
        else:
            blocks.append(review(filing, table, labels))
    for number in ("五", "六"):
        blocks.append(Heading(labels.section(number, form)))
        blocks += [Paragraph(text) for text in prose.sections[number]]
    return blocks


def proactive(filing: Filing, table: Table, labels: LabelStyle, style: GridStyle) -> list[Grid]:
    """表二 as one grid, or one for each block."""
    width = 1 + max(len(block.columns) for block in table.blocks)
    pieces: list[list[tuple[Box, ...]]] = []
    for block in table.blocks:
        spans = _spread(width - 1, len(block.columns))
        lines: list[tuple[Box, ...]] = [(Box(labels.words(block.label_zh), "block", columns=width),)]
        heads = [Box(filing.column_labels.get((table.code, code)) or labels.column(table.column(code)),
                     "head", columns=span)
                 for code, span in zip(block.columns, spans, strict=True)]  # fmt: skip
        lines.append((Box("信息内容", "head"), *heads))
        for row in (row for row in table.rows if row.block == block.code):
            figures = [_figure(filing, (table.code, row.code, code), columns=span)
                       for code, span in zip(block.columns, spans, strict=True)]  # fmt: skip
            lines.append((Box(labels.row(filing, table, row), "label"), *figures))
        pieces.append(lines)
    if style.separate_blocks:
        return [_widened(Grid(table.code, width, tuple(lines)), filing) for lines in pieces]
    return [_widened(Grid(table.code, width, tuple(line for lines in pieces for line in lines)), filing)]


def applications(filing: Filing, table: Table, labels: LabelStyle, style: GridStyle) -> Grid:
    """表三: three columns of labels, seven of figures, three lines of heads."""
    heads = {column.code: labels.column(column) for column in table.columns}
    legal = [column.code for column in table.columns if column.heading_zh]
    heading = next(column.heading_zh for column in table.columns if column.heading_zh) or ""
    total = Box(heads["total"], "head", rows=1 if style.nested_total else 2)
    lines: list[tuple[Box, ...]] = [
        (Box(labels.words(table.corner_zh), "head", rows=3, columns=3), Box("申请人情况", "head", columns=7)),
        (Box(heads["natural_person"], "head", rows=2), Box(heading, "head", columns=6 if style.nested_total else 5))
        + (() if style.nested_total else (total,)),
        tuple(Box(heads[code], "head") for code in legal) + ((total,) if style.nested_total else ()),
    ]
    rows = table.rows_in_use(filing.merged)
    opened: set[str] = set()
    for row in rows:
        lead: list[Box] = []
        path = _path(table, row)
        for code in path:
            if code not in opened:
                opened.add(code)
                height = sum(code in _path(table, other) for other in rows)
                text = labels.group(table.group(code))
                lead.append(Box(text, "group", rows=height, vertical=table.group(code).parent is None))
        figures = [_figure(filing, (table.code, row.code, column.code)) for column in table.columns]
        lines.append((*lead, Box(labels.row(filing, table, row), "label", columns=3 - len(path)), *figures))
    return _widened(Grid(table.code, 10, tuple(lines)), filing)


def review(filing: Filing, table: Table, labels: LabelStyle) -> Grid:
    """表四: one line of fifteen figures under three lines of heads."""
    heads = tuple(Box(labels.column(column), "head") for column in table.columns)
    first, *suits = table.rows
    lines = (
        (Box(first.label_zh, "head", columns=5), Box("行政诉讼", "head", columns=10)),
        (*(replace(box, rows=2) for box in heads), *(Box(row.label_zh, "head", columns=5) for row in suits)),
        heads + heads,
        tuple(_figure(filing, (table.code, row.code, column.code)) for row in table.rows for column in table.columns),
    )
    return Grid(table.code, 15, lines)


def _path(table: Table, row: Row) -> list[str]:
    """The groups over a row, outermost first."""
    path: list[str] = []
    code = row.group
    while code is not None:
        path.insert(0, code)
        code = table.group(code).parent
    return path


def _figure(filing: Filing, key: CellKey, columns: int = 1) -> Box:
    return Box(filing.cells[key].raw, "figure", columns=columns, key=key)


def _spread(width: int, count: int) -> list[int]:
    """``width`` columns shared among ``count`` boxes, the last ones wider."""
    base, rest = divmod(width, count)
    return [base + (index >= count - rest) for index in range(count)]


def _widened(grid: Grid, filing: Filing) -> Grid:
    """With an empty column at the right where the filing has a stray one."""
    if not filing.extra_column:
        return grid
    return Grid(grid.code, grid.width + 1, tuple((*line, Box("", "empty")) for line in grid.rows))
