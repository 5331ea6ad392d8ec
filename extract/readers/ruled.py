"""Tables by their rules: pdfplumber's geometry over PDFium's page."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from extract.model import BBox, Field, Grid
from extract.readers.pdf_layer import Char, Layer

_SNAP = 3.0  # points within which two rules meet, pdfplumber's own tolerance
_BOX = itemgetter("x0", "top", "x1", "bottom")
_FIRST = itemgetter(0)
_BASE, _LEFT = attrgetter("base"), attrgetter("x0")
_LEAST_GAP, _LEAST_STEP = 2.7, 6.4  # points; characters nearer than this never stand apart
DIGITS = frozenset("0123456789")
WIDE_DIGITS = frozenset("０１２３４５６７８９．，")
WIDE_STEP = 1.9  # of their height: from the start of a full-width digit to the next, with a blank between them
Edge = dict[str, Any]
Point = tuple[float, float]


def find_tables(layer: Layer) -> list[list[BBox]]:
    """The cells of each table on the page, as boxes."""
    # Whoever only asks for lines of text (``lines``) need not wait for it.
    from pdfplumber.table import cells_to_tables, edges_to_intersections, merge_edges

    edges = [edge for edge in layer.edges if max(edge["width"], edge["height"]) > _SNAP]
    if not edges:
        return []
    edges = merge_edges([*edges, *_closing_rules(edges)], _SNAP, _SNAP, _SNAP, _SNAP)
    edges = [edge for edge in edges if max(edge["x1"] - edge["x0"], edge["bottom"] - edge["top"]) >= _SNAP]
    return cells_to_tables(_cells(edges_to_intersections(edges, _SNAP, _SNAP)))


def _cells(crossings: Mapping[Point, Mapping[str, Sequence[Edge]]]) -> list[BBox]:
    """For each crossing of rules the smallest cell whose top left it is.

    The same cells, in the same order, as pdfplumber's intersections_to_cells
    finds by comparing every crossing with every other; here each is compared
    with those of its own row and column.
    """
    points = sorted(crossings)
    rules = {
        orientation: {point: frozenset(map(_BOX, crossings[point][orientation])) for point in points}
        for orientation in ("v", "h")
    }
    upright, level = rules["v"], rules["h"]
    columns: dict[float, list[Point]] = {}
    rows: dict[float, list[Point]] = {}
    cells: list[BBox] = []
    for point in reversed(points):  # so that rows and columns hold what lies right of and below the point
        x, y = point
        row, column = rows.setdefault(y, []), columns.setdefault(x, [])
        right = [other for other in reversed(row) if not level[point].isdisjoint(level[other])]
        below = [other for other in reversed(column) if not upright[point].isdisjoint(upright[other])]
        for lower, beside in itertools.product(below, right):
            corner = (beside[0], lower[1])
            if (
                corner in crossings
                and not upright[corner].isdisjoint(upright[beside])
                and not level[corner].isdisjoint(level[lower])
            ):
                cells.append((x, y, *corner))
                break
        row.append(point)
        column.append(point)
    return cells[::-1]


def _closing_rules(edges: Sequence[Edge]) -> list[Edge]:
    """Rules that the page break took from a table: where at least three of its
    vertical rules end at one height and no horizontal rule stands there."""
    vertical = [edge for edge in edges if edge["orientation"] == "v"]
    horizontal = [edge for edge in edges if edge["orientation"] == "h"]
    rules: list[Edge] = []
    for end in ("top", "bottom"):
        ends = sorted((edge[end], index) for index, edge in enumerate(vertical))
        for height in sorted({round(y) for y, _ in ends}):
            first, last = height - _SNAP, height + _SNAP
            within = ends[bisect_left(ends, first, key=_FIRST) : bisect_right(ends, last, key=_FIRST)]
            ending = [vertical[index] for index in sorted(index for _, index in within)]
            if len({round(edge["x0"] / _SNAP) for edge in ending}) < 3:
                continue
            x0, x1 = min(edge["x0"] for edge in ending), max(edge["x1"] for edge in ending)
            closed = any(
                abs(rule["top"] - height) <= _SNAP and rule["x0"] < x1 - _SNAP and rule["x1"] > x0 + _SNAP
                for rule in horizontal
            )
            if not closed:
                y = ending[0][end]
                rule = {**ending[0], "orientation": "h", "x0": x0, "x1": x1, "top": y, "bottom": y}
                rule.update(width=x1 - x0, height=0.0)
                horizontal.append(rule)
                rules.append(rule)
    return rules


def to_grid(cells: Sequence[BBox], chars: Sequence[Char], layer: Layer) -> Grid:
    """The cells with their text as a grid; each cell once, in the row and
    column where it begins."""
    xs = sorted({value for x0, _, x1, _ in cells for value in (x0, x1)})
    ys = sorted({value for _, top, _, bottom in cells for value in (top, bottom)})
    column_of, row_of = {x: i for i, x in enumerate(xs)}, {y: i for i, y in enumerate(ys)}
    owner: dict[tuple[int, int], int] = {}
    for index, (x0, top, x1, bottom) in enumerate(cells):
        for column in range(column_of[x0], column_of[x1]):
            for row in range(row_of[top], row_of[bottom]):
                owner[row, column] = index
    inside: dict[int, list[Char]] = {}
    for char in chars:
        column = bisect_right(xs, (char.x0 + char.x1) / 2) - 1
        # Half the height of a digit above the base line, for commas and stops.
        middle, digit = (char.top + char.bottom) / 2, char.base - 2.0
        found = owner.get((bisect_right(ys, middle if middle < digit else digit) - 1, column))
        if found is not None:
            inside.setdefault(found, []).append(char)
    # Columns are counted over where cells begin, as they stand in the table.
    begins = sorted({cell[0] for cell in cells})
    rows: dict[float, list[Field]] = {}
    for index, (x0, top, x1, bottom) in sorted(enumerate(cells), key=lambda pair: (pair[1][1], pair[1][0])):
        place = layer.place(x0, top, x1, bottom)
        column = bisect_left(begins, x0)
        colspan = bisect_left(begins, x1) - column
        rowspan = row_of[bottom] - row_of[top]
        rows.setdefault(top, []).append(Field(join(inside.get(index, [])), column, place, colspan, rowspan))
    return Grid([rows[top] for top in sorted(rows)])


def lines(chars: Sequence[Char]) -> list[list[Char]]:
    """Characters in lines from the top, each line from the left.

    Characters share a line when their base lines lie within two fifths of
    the taller one's height, or of four points.
    """
    result: list[list[Char]] = []
    line: list[Char] = []
    for char in sorted(chars, key=_BASE):
        if line:
            last = line[-1]
            step = char.base - last.base
            if step <= 1.6 or step <= 0.4 * max(char.bottom - char.top, last.bottom - last.top):
                line.append(char)
                continue
        line = [char]
        result.append(line)
    for line in result:
        line.sort(key=_LEFT)
    return result


def join(chars: Sequence[Char]) -> str:
    """The text of a cell: lines joined by line breaks, gaps kept as spaces."""
    if len(chars) <= 1:
        return chars[0].text if chars else ""
    return "\n".join(line_text(line) for line in lines(chars))


def line_text(line: Sequence[Char]) -> str:
    """The text of one line; where characters stand apart, with a space."""
    parts = [line[0].text]
    for before, char in itertools.pairwise(line):
        may = char.x0 - before.x1 > _LEAST_GAP or (before.text in DIGITS and char.x0 - before.x0 > _LEAST_STEP)
        if may and _stand_apart(before, char):
            parts.append(" ")
        parts.append(char.text)
    return "".join(parts)


def _stand_apart(before: Char, char: Char) -> bool:
    """Whether there is room for a space between two characters of a line.

    Digits are all as wide as each other: from start to start they keep 0.8 of
    their height, with a space between them 1.1 (and then there is a gap, unless
    a recogniser made their boxes too large). Full-width ones fill a square,
    1.4 of their height, of which the digit itself is a third.
    """
    height = max(before.bottom - before.top, char.bottom - char.top, 6.0)
    if before.text in DIGITS and char.text in DIGITS:
        return char.x0 - before.x0 > 1.07 * height and char.x0 - before.x1 > 0.3 * height
    if before.text in WIDE_DIGITS and char.text in WIDE_DIGITS:
        return char.x0 - before.x0 > WIDE_STEP * height
    narrow = before.text.isascii() and char.text.isascii()
    return char.x0 - before.x1 > height * (0.45 if narrow else 0.9)
