"""Tables whose columns stand in another order than the form's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from extract.forms import CellKey, Table
from extract.labels import similarity, variants, words
from extract.matching.align import Match
from extract.matching.assign import Assignment
from extract.matching.headings import Order, is_elsewhere_ordered, printed_order
from extract.matching.result import Evidence, TableReading
from extract.matching.rows import SourceRow

_HEAD_LINES = 6  # above a table's first row in which its headings stand


def orders_of(rows: Sequence[SourceRow], matches: Sequence[Match], table: Table) -> list[Order | None]:
    """For each match the order in which its table prints the columns, None
    where the headings do not tell.

    表二 has headings for each of its blocks; those of another table hold for
    all its rows, and for the pieces after it that have none of their own.
    """
    found: dict[object, Order | None] = {}
    result: list[Order | None] = []
    before: Order | None = None
    for match in matches:
        own = table.columns_of(match.row)
        key = (match.source.grid, match.row.block)
        if key not in found:
            found[key] = printed_order(rows, match.source, own) if len(own) > 1 else None
        if table.blocks:
            result.append(found[key])
            continue
        before = found[key] or before
        result.append(before)
    return result


def in_forms_order(assignment: Assignment, order: Order | None) -> Assignment:
    """The readings of a row of fields as printed, turned into the form's order."""
    if order is None or order.is_forms:
        return assignment
    places = [order.columns.index(column) for column in range(len(order.columns))]
    readings = tuple(tuple(reading[place] for place in places) for reading in assignment.readings)
    return Assignment(readings, assignment.sure)


def rearranged(matches: Sequence[Match], table: Table, orders: Sequence[Order | None]) -> dict[CellKey, Evidence]:
    """The cells of rows whose columns stand in another order than the form's,
    and by what evidence they were read in it."""
    return {
        (table.code, match.row.code, column.code): order.by
        for match, order in zip(matches, orders, strict=True)
        if order is not None and not order.is_forms
        for column in table.columns_of(match.row)
    }


def check_orders(
    reading: TableReading,
    rows: Sequence[SourceRow],
    matches: Sequence[Match],
    table: Table,
    orders: Sequence[Order | None],
) -> None:
    """Remarks on headings in another order than the form's that could not be
    read as such. (Lines are not compared: exporters shift them against each other.)"""
    places = [match.source.index for match in matches]
    first, last = min(places) - _HEAD_LINES, max(places)
    known = {index for order in orders if order is not None for index in order.heads}
    lines = [row for row in rows if first <= row.index < last and row.index not in known]
    unknown = [match for match, order in zip(matches, orders, strict=True) if order is None]
    heads = {match.source.grid: match for match in reversed(unknown) if len(table.columns_of(match.row)) > 1}
    if any(_is_disordered(row, table) for row in lines) or any(
        is_elsewhere_ordered(
            rows, match.source, table.columns_of(match.row), [field.column for field in match.source.tail]
        )
        for match in heads.values()
    ):
        reading.uncertain(
            "表头各栏的顺序与统一格式不同，各栏数字按统一格式的顺序读取。",
            "The column headings stand in another order than the form's; figures were read in the form's order.",
            reading.cells,
        )


def _is_disordered(row: SourceRow, table: Table) -> bool:
    """Whether a line of headings by itself stands in another order than the form's."""
    if row.printed and len(row.labels) < 2:
        return False
    return _are_disordered(row.texts[: row.split] if row.printed else row.texts, table)


@lru_cache(maxsize=4096)
def _are_disordered(texts: tuple[str, ...], table: Table) -> bool:
    labels = [words(text) for text in texts]
    orders = [_column_order(label, table) for label in labels if label]
    leaves = [order for order in orders if order is not None]
    return leaves != sorted(leaves) or _total_first(labels, table)


def _total_first(labels: Sequence[str], table: Table) -> bool:
    """Whether a line of headings names the total before the other columns."""
    places = [place for place, label in enumerate(labels) if _column_order(label, table) is not None]
    totals = [
        place
        for place, label in enumerate(labels)
        if any(label in variants(column) for column in table.columns if column.is_total)
    ]
    return len(places) > 1 and bool(totals) and totals[0] < places[0]


@lru_cache(maxsize=8192)
def _column_order(label: str, table: Table) -> int | None:
    """The place of the column so labelled; None for other labels and for totals,
    which some filings print a level higher."""
    for order, column in enumerate(table.columns):
        if not column.is_total and similarity(label, column) == 1.0:
            return order
    return None
