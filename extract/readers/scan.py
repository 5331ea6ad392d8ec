"""Pages that are pictures: recognised twice, in ways that fail differently.

The first reading recognises lines of text found over the whole page and puts
their characters into the cells of the ruled grid. The second recognises, cell
by cell, what ink stands in it: out of another picture (red seals removed,
black and white), cut by the ink rather than by the detector. Cells of words
are recognised once. Figures in which the two differ are looked at three more
times; only where all three looks say for certain what one of the readings
said is that what both say. A text in the place of a figure is the filer's
where both readings and all looks show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from extract.model import BBox, Block, Grid, Place
from extract.readers import limits, ocr
from extract.readers.inked import (
    Cell,
    common,
    cut,
    find_cells,
    find_seals,
    ink_alone,
    is_seals,
)
from extract.readers.looks import by_shape
from extract.readers.ocr import Box, Text
from extract.readers.page import append_page
from extract.readers.pdf_layer import Char, Layer
from extract.readers.positions import read_positions
from extract.readers.raster import SHORT_SIDE, UNIT, Page, Picture, pieces, straighten
from extract.readers.raster_rules import NARROWEST, rules
from extract.readers.reconcile import holds, legible_cells, one_char, put_letters, reconcile, reconcile_texts
from extract.readers.ruled import find_tables, join, to_grid

__all__ = ["SHORT_SIDE", "append_scan", "holds_table"]

_LEAST_CELLS = 8
_LONG = 96  # pixels: twice the height of a line of ordinary text
_SAMPLE = 4  # lines that tell whether a page stands on its head
_DIRT = 0.5  # mean certainty below which a line outside tables is none
_LEGIBLE = 0.8  # mean certainty below which it might
_WORDS = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]", re.DOTALL)
_FIGURE_FIRST = re.compile(r"\s*[-—+]?\d+(?![.、．\d])")


@dataclass(slots=True)
class _Layer(Layer):
    """What stands on a page that was made straight; in points of ``UNIT``."""

    to_points: npt.NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    legible: frozenset[BBox] = frozenset()  # cells in which a text that is no figure stands for certain

    def place(self, x0: float, top: float, x1: float, bottom: float) -> Place:
        corners = np.array([[x0, top, UNIT], [x1, top, UNIT], [x1, bottom, UNIT], [x0, bottom, UNIT]]) / UNIT
        shown = (corners @ self.to_points.T)[:, :2]
        (left, upper), (right, lower) = shown.min(axis=0).tolist(), shown.max(axis=0).tolist()
        box = round(left, 2), round(upper, 2), round(right, 2), round(lower, 2)
        return Place(self.number, box, recognised=True, legible=(x0, top, x1, bottom) in self.legible)


def append_scan(blocks: list[Block], positions: list[Grid], picture: Picture, box: BBox, number: int) -> None:
    """Appends what stands on a picture of a page, or of a part of it.

    ``picture`` shows just ``box``, which is in points of the page as
    displayed, as are the places. ReadError("unsupported") if the recogniser
    is not installed, ("too_large") for a picture of endless length or with
    more writing than ``limits.MAX_WRITING``.
    """
    for piece, its_box in pieces(picture, box):
        _append_piece(blocks, positions, piece, its_box, number)


def _append_piece(blocks: list[Block], positions: list[Grid], picture: Picture, box: BBox, number: int) -> None:
    for allow in limits.recognition_watchers:
        allow()
    page, lines = _upright(picture, box)
    height, width = page.grey.shape
    layer = _Layer(number, width * UNIT, height * UNIT, [], [], to_points=page.to_points)
    tables = _find_tables(page, layer)
    cells = find_cells(page, tables)
    _check_amount([*lines, *(cell.ink for cell in cells if cell.ink)])
    prose, inside = cut(lines, cells)
    seals = find_seals(page)
    prose = [line for line in prose if not is_seals(page, line, seals)]
    shown = page.plain if page.has_red else page.grey
    if cells and page.has_red:
        _, inside = cut(ocr.find_lines(shown), cells)
    missed = [cell for cell in cells if cell.ink and not any(common(line, cell.ink) for line in inside)]
    inside += [cell.ink for cell in missed if cell.ink and not cell.is_red]
    layer.chars = [
        *_recognised(page.grey, prose, figures=False),
        *_recognised(shown, inside, figures=True),
        *_recognised(page.grey, [cell.ink for cell in missed if cell.ink and cell.is_red], figures=True),
    ]
    second = _second_chars(page, layer, cells)
    reconcile(page, layer.chars, second, cells)
    reconcile_texts(page, layer.chars, second, cells)
    put_letters(page, layer.chars, second, cells)
    layer.legible = legible_cells(page, layer.chars, second, cells)
    found: list[Block] = []
    append_page(found, layer, tables)
    _append_joined(blocks, found)
    if tables:
        _append_joined(positions, [to_grid(table, second, layer) for table in tables])
    else:
        positions += read_positions(layer)[0]


def _check_amount(boxes: Iterable[Box]) -> None:
    """ReadError("too_large") before more lines are recognised than any page of a report has."""
    limits.check_count(sum(map(ocr.width_of, boxes)), limits.MAX_WRITING, "像素宽的文字行", "pixels of lines of text")


def holds_table(picture: Picture) -> bool:
    """Whether a picture shows a ruled table of some size."""
    page = straighten(picture, (0.0, 0.0, 1.0, 1.0))
    height, width = page.grey.shape
    tables = _ruled(Layer(1, width * UNIT, height * UNIT, [], []), rules(page.grey))
    return any(len(table) >= _LEAST_CELLS for table in tables)


def _upright(picture: Picture, box: BBox) -> tuple[Page, list[Box]]:
    """The page turned so that its text stands upright, and the lines of text on it."""
    page = straighten(picture, box)
    lines = ocr.find_lines(page.grey)
    quarters = 0
    if 2 * sum(_runs_down(line) for line in lines) > sum(max(_size(line)) > _LONG for line in lines):
        page = straighten(picture, box, quarters := 1)
        lines = ocr.find_lines(page.grey)
    legibility = _legibility(page.grey, lines)
    if legibility < _LEGIBLE:
        other = straighten(picture, box, quarters + 2)
        others = ocr.find_lines(other.grey)
        if _legibility(other.grey, others) > legibility:
            return other, others
    return page, lines


def _legibility(grey: Picture, lines: Sequence[Box]) -> float:
    """How certain the recogniser is of the page's longest lines; 1 where there are none."""
    longest = sorted(lines, key=lambda line: line[2] - line[0])[-_SAMPLE:]
    texts = ocr.read_lines([_crop(grey, line) for line in longest])
    return sum(text.certainty for text in texts) / len(texts) if texts else 1.0


def _find_tables(page: Page, layer: Layer) -> list[list[BBox]]:
    """The cells of each table. Strokes of red ink, as of seals, are no rules,
    unless most of the rules are red themselves."""
    tables = _ruled(layer, rules(page.grey, page.plain))
    if page.has_red:
        others = _ruled(layer, rules(page.grey))
        if sum(map(len, others)) > 2 * sum(map(len, tables)):
            return others
    return tables


def _ruled(layer: Layer, networks: Iterable[list[dict[str, Any]]]) -> list[list[BBox]]:
    """The cells within each network of rules; what one does not touch cannot shift its rules."""
    found = (table for edges in networks for table in find_tables(replace(layer, edges=edges)))
    return [table for table in found if max(box[2] for box in table) - min(box[0] for box in table) >= NARROWEST]


def _crop(grey: Picture, box: Box) -> Picture:
    """The picture of one line, lines that run down turned level."""
    part = grey[box[1] : box[3], box[0] : box[2]]
    return np.ascontiguousarray(np.rot90(part)) if _runs_down(box) else part


def _size(box: Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]


def _runs_down(box: Box) -> bool:
    wide, high = _size(box)
    return high > 2 * wide and high > _LONG


def _recognised(grey: Picture, boxes: Sequence[Box], *, figures: bool) -> list[Char]:
    """The characters in boxes of lines. In a table, what is not recognised at
    all is U+FFFD; in prose, what is hardly recognised is dirt."""
    texts = ocr.read_lines([_crop(grey, box) for box in boxes], figures=figures)
    read = zip(boxes, texts, strict=True)
    return [char for box, text in read if figures or text.certainty >= _DIRT for char in _chars(box, text)]


def _chars(box: Box, text: Text) -> list[Char]:
    """The characters of a line, each reaching half way to its neighbours."""
    x0, top, x1, bottom = (value * UNIT for value in box)
    if not text.text:
        return [Char(ocr.UNREAD, x0, top, x1, bottom, bottom)]
    ends = [0.0, *((a + b) / 2 for a, b in zip(text.middles, text.middles[1:], strict=False)), 1.0]
    chars = []
    for character, start, end in zip(text.text, ends, ends[1:], strict=False):
        if _runs_down(box):
            high = bottom - top
            chars.append(Char(character, x0, top + start * high, x1, top + end * high, top + end * high))
        else:
            wide = x1 - x0
            chars.append(Char(character, x0 + start * wide, top, x0 + end * wide, bottom, bottom))
    return chars


def _second_chars(page: Page, layer: Layer, cells: Sequence[Cell]) -> list[Char]:
    """The text of every cell as the second reading has it, as one character."""
    chars: list[Char] = []
    again: list[Cell] = []
    for cell in cells:
        first = [char for char in layer.chars if holds(cell.box, char)]
        text = join(first)
        if _WORDS.search(text) and not _FIGURE_FIRST.match(text):
            chars += first
        elif cell.ink:
            again.append(cell)
    pictures = [ink_alone(page, cell) for cell in again]
    for cell, picture, read in zip(again, pictures, ocr.read_lines(pictures, figures=True), strict=True):
        chars.append(one_char(cell, by_shape(picture) or read.text or ocr.UNREAD))
    return chars


def _append_joined(blocks: list[Any], found: Iterable[Any]) -> None:
    """Appends what was found; a table without words that follows upon one with
    as many columns is the rest of it, parted from it by the end of a page."""
    for block in found:
        last = blocks[-1] if blocks else None
        if isinstance(block, Grid) and isinstance(last, Grid) and _is_rest(block, last):
            last.rows += block.rows
        else:
            blocks.append(block)


def _is_rest(grid: Grid, last: Grid) -> bool:
    return _has_words(last) and not _has_words(grid) and _width(grid) == _width(last) > 1


def _has_words(grid: Grid) -> bool:
    return any(_WORDS.search(field.text) for row in grid.rows for field in row)


def _width(grid: Grid) -> int:
    """How many columns a table has."""
    return max((field.column + field.colspan for row in grid.rows for field in row), default=0)
