"""Whether the second reading confirms the order of columns that headings told the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extract.figures import squeeze
from extract.forms import CellKey, Form
from extract.matching.result import Cell, Evidence, TableReading
from extract.matching.sums import breaks_in_rows


def confirm_order(
    form: Form, one: TableReading, second: Mapping[CellKey, Cell], rearranged: Mapping[CellKey, Evidence]
) -> None:
    """Questions the figures that headings in another order than the form's
    placed, but for those that the second reading has in the same places by
    evidence of its own (zeros and blanks of a row that has nothing else are
    the same in any order)."""
    rows: dict[tuple[str, str], set[CellKey]] = {}
    for key in one.rearranged.keys() & one.cells.keys():
        rows.setdefault(key[:2], set()).add(key)
    doubtful = [
        key
        for keys in rows.values()
        if len({squeeze(one.cells[key].raw) for key in keys}) > 1
        for key in keys
        if rearranged.get(key, one.rearranged[key]) == one.rearranged[key] or not _same(one.cells[key], second.get(key))
    ]
    if doubtful:
        one.uncertain(
            "表头各栏的顺序与统一格式不同，按表头读取，但没有另一种读法可以证实。",
            "The column headings stand in another order than the form's; figures were read by the headings, which no "
            "second reading confirms.",
            [key for key in form.cells(frozenset(one.merged)) if key in set(doubtful)],
        )


def follow_headings(
    form: Form, one: TableReading, second: Mapping[CellKey, Cell], rearranged: Mapping[CellKey, Evidence]
) -> None:
    """Takes the figures that the second reading placed by headings in another
    order than the form's, where the first could not tell the order, unless
    that breaks the sums; says so of all that differ."""
    differing = [
        key for key in rearranged if key in one.cells and key in second and not _same(one.cells[key], second[key])
    ]
    if not differing:
        return
    changed = {**one.cells, **{key: replace(second[key], method="text") for key in differing}}
    if breaks_in_rows(form, one.table, one.cells) or not breaks_in_rows(form, one.table, changed):
        one.cells = changed
    one.uncertain(
        "表头各栏的顺序与统一格式不同，只能由标题的先后判断各栏，读法存疑。",
        "The column headings stand in another order than the form's; only their sequence tells the columns, and the "
        "reading is in doubt.",
        differing,
    )


def _same(one: Cell, other: Cell | None) -> bool:
    return other is not None and squeeze(one.raw) == squeeze(other.raw)
