"""Tables that lost their markup: one cell, or one row, to a line."""

from __future__ import annotations

from extract.forms import CellKey
from tests.corpus.grid import Box, Grid


def rows(grid: Grid) -> list[list[str]]:
    """The texts of each line's boxes; what a span covers is not repeated."""
    return [[box.text for box in line] for line in grid.rows]


def cells(grid: Grid) -> list[str]:
    """The texts of all boxes in order."""
    return [text for line in rows(grid) for text in line]


def open_cells(grid: Grid) -> set[CellKey]:
    """The cells that stay open where only the sequence of the texts is left:
    those of lines in which a figure is blank, since a blank leaves no trace,
    and those of the line before a line without a label in which one is."""
    found: set[CellKey] = set()
    before: list[CellKey] = []
    for line in grid.rows:
        keys = [box.key for box in line if box.key is not None]
        if not keys:
            continue
        if not all(box.text for box in line if box.key is not None):
            found.update(keys)
            if not _named(line):
                found.update(before)
        before = [*before, *keys] if not _named(line) else keys
    return found


def _named(line: tuple[Box, ...]) -> bool:
    return any(box.text for box in line if box.key is None)
