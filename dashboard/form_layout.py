"""The official form redrawn: its tables as rows of boxes, from the form's file alone.

Four layouts are known: rows under groups (表三), blocks with columns of their own (表二), rows side by side
(表四), and one figure to a row (统计表 of 2014). A table says itself which it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from extract.forms import CellKey, Column, Group, Row, Table, load_forms


@dataclass(frozen=True)
class Box:
    """A heading (``key`` None) or a cell of the form; spans as in HTML."""

    zh: str = ""
    en: str = ""
    key: CellKey | None = None
    rowspan: int = 1
    colspan: int = 1
    scope: str = "row"  # of a heading: for the cells to its right (row), or below it (col)


@dataclass(frozen=True)
class Drawn:
    """A table of the form as it is printed."""

    code: str
    title_zh: str
    title_en: str
    rows: tuple[tuple[Box, ...], ...]


@cache
def drawn(form: str, merged: frozenset[str] = frozenset()) -> tuple[Drawn, ...]:
    """Every table of an edition; ``merged`` are the merged rows that the filing prints. KeyError for no edition."""
    return tuple(
        Drawn(table.code, table.heading_zh, table.title_en, tuple(map(tuple, _rows(table, merged))))
        for table in load_forms()[form].tables
    )


@cache
def drawn_names(form: str, merged: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names of the cells that are drawn: what a link on the page can lead to. The prose may state sums that are
    no cell of the form."""
    boxes = (box for table in drawn(form, merged) for line in table.rows for box in line)
    return frozenset(".".join(box.key) for box in boxes if box.key is not None)


def _rows(table: Table, merged: frozenset[str]) -> Sequence[Sequence[Box]]:
    if table.listing:
        return _listing(table, merged)
    if table.blocks:
        return _blocks(table, merged)
    if table.transposed:
        return _side_by_side(table, merged)
    return _grouped(table, merged)


def _numbered(item: Row | Group) -> tuple[str, str]:
    return f"{item.number}{item.label_zh}", item.label_en


def _column(column: Column, rowspan: int = 1, colspan: int = 1) -> Box:
    unit = f"（单位：{column.unit}）" if column.unit else ""
    return Box(
        column.label_zh + unit, column.label_en + (f" ({column.unit})" if unit else ""), None, rowspan, colspan, "col"
    )


def _chain(table: Table, row: Row) -> list[Group]:
    """The groups that a row stands under, the outermost first."""
    chain: list[Group] = []
    code = row.group
    while code is not None:
        chain.insert(0, table.group(code))
        code = chain[0].parent
    return chain


def _grouped(table: Table, merged: frozenset[str]) -> list[list[Box]]:
    rows = table.rows_in_use(merged)
    chains = [_chain(table, row) for row in rows]
    depth = max(map(len, chains)) + 1
    lines = _heads(table, depth)
    for position, row in enumerate(rows):
        line, chain = [], chains[position]
        for group in chain:
            if position == 0 or group not in chains[position - 1]:
                height = sum(group in other for other in chains)
                line.append(Box(*_numbered(group), rowspan=height, scope="rowgroup"))
        line.append(Box(*_numbered(row), colspan=depth - len(chain)))
        lines.append(line + [Box(key=key) for key in table.cells_of(row)])
    return lines


def _heads(table: Table, depth: int) -> list[list[Box]]:
    """The heading lines of a table with groups: columns, and the headings over several of them."""
    headed = any(column.heading_zh for column in table.columns)
    first = [Box(table.corner_zh, "", rowspan=2 if headed else 1, colspan=depth, scope="col")]
    second: list[Box] = []
    for position, column in enumerate(table.columns):
        if column.heading_zh is None:
            first.append(_column(column, rowspan=2 if headed else 1))
            continue
        if position == 0 or table.columns[position - 1].heading_zh != column.heading_zh:
            width = sum(other.heading_zh == column.heading_zh for other in table.columns)
            first.append(Box(column.heading_zh, "Organisations", colspan=width, scope="colgroup"))
        second.append(_column(column))
    return [first, second] if headed else [first]


def _blocks(table: Table, merged: frozenset[str]) -> list[list[Box]]:
    width = max(len(block.columns) for block in table.blocks)
    lines: list[list[Box]] = []
    for block in table.blocks:
        spans = _shares(width, len(block.columns))
        lines.append([Box(block.label_zh, block.label_zh, colspan=width + 1, scope="colgroup")])
        heads = [_column(table.column(code), colspan=span) for code, span in zip(block.columns, spans, strict=True)]
        lines.append([Box("信息内容", "Content", scope="col"), *heads])
        for row in table.rows_in_use(merged):
            if row.block == block.code:
                cells = [Box(key=key, colspan=span) for key, span in zip(table.cells_of(row), spans, strict=True)]
                lines.append([Box(*_numbered(row)), *cells])
    return lines


def _shares(width: int, columns: int) -> list[int]:
    """Widths of a block's columns, which fill the table together."""
    return [width // columns] * (columns - 1) + [width - width // columns * (columns - 1)]


def _side_by_side(table: Table, merged: frozenset[str]) -> list[list[Box]]:
    rows = table.rows_in_use(merged)
    chains = [_chain(table, row) for row in rows]
    depth = max(map(len, chains)) + 1
    lines: list[list[Box]] = [[] for _ in range(depth)]
    for position, row in enumerate(rows):
        chain, width = chains[position], len(table.columns_of(row))
        for level, group in enumerate(chain):
            if position == 0 or group not in chains[position - 1]:
                span = sum(
                    len(table.columns_of(other)) for other, groups in zip(rows, chains, strict=True) if group in groups
                )
                lines[level].append(Box(*_numbered(group), colspan=span, scope="colgroup"))
        level = len(chain)
        lines[level].append(Box(*_numbered(row), colspan=width, rowspan=depth - level, scope="colgroup"))
    lines.append([_column(column) for row in rows for column in table.columns_of(row)])
    lines.append([Box(key=key) for row in rows for key in table.cells_of(row)])
    return lines


def _listing(table: Table, merged: frozenset[str]) -> list[list[Box]]:
    heads = (("统计指标", "Item"), ("单位", "Unit"), ("统计数", "Figure"))
    lines = [[Box(zh, en, scope="col") for zh, en in heads]]
    above: list[Group] = []
    for row in table.rows_in_use(merged):
        chain = _chain(table, row)
        lines += [[Box(*_numbered(group), colspan=3, scope="rowgroup")] for group in chain if group not in above]
        above = chain
        unit = row.unit or ""
        lines.append([Box(*_numbered(row)), Box(unit, unit), *(Box(key=key) for key in table.cells_of(row))])
    return lines
