"""Pages that are pictures: recognised twice, in ways that fail differently.

The first reading recognises lines of text found over the whole page and puts
their characters into the cells of the ruled grid. The second recognises, cell
by cell, what ink stands in it: out of another picture (red seals removed,
black and white), cut by the ink rather than by the detector. Cells of words
are recognised once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from extract.model import BBox, Block, Grid, Place
from extract.readers import limits, ocr
from extract.readers.ocr import Box, Text
from extract.readers.page import append_page
from extract.readers.pdf_layer import Char, Layer
from extract.readers.positions import read_positions
from extract.readers.raster import SHORT_SIDE, UNIT, Page, Picture, ink, pieces, rules, straighten
from extract.readers.ruled import find_tables, join, to_grid

__all__ = ["SHORT_SIDE", "append_scan", "holds_table"]

_INSIDE = 5  # pixels from the middle of a rule to the inside of a cell
_PAD = 6  # pixels of paper around ink
_LINE = 40  # pixels: the height of a line of small print with its leading
_SPECK = 7  # pixels: ink smaller than this both ways is dirt (a dot of a number stands beside digits)
_LEAST_CELLS = 8
_LONG = 96  # pixels: twice the height of a line of ordinary text
_SAMPLE = 4  # lines that tell whether a page stands on its head
_DIRT = 0.5  # mean certainty below which a line outside tables is none
_LEGIBLE = 0.8  # mean certainty below which it might
_SHARE = 0.5  # of a line's height that must lie in a cell
_WORDS = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]", re.DOTALL)
_FIGURE_FIRST = re.compile(r"\s*[-—+]?\d+(?![.、．\d])")


@dataclass(slots=True)
class _Layer(Layer):
    """What stands on a page that was made straight; in points of ``UNIT``."""

    to_points: npt.NDArray[np.float64] = field(default_factory=lambda: np.eye(3))

    def place(self, x0: float, top: float, x1: float, bottom: float) -> Place:
        corners = np.array([[x0, top, UNIT], [x1, top, UNIT], [x1, bottom, UNIT], [x0, bottom, UNIT]]) / UNIT
        shown = (corners @ self.to_points.T)[:, :2]
        (left, upper), (right, lower) = shown.min(axis=0).tolist(), shown.max(axis=0).tolist()
        box = round(left, 2), round(upper, 2), round(right, 2), round(lower, 2)
        return Place(self.number, box, recognised=True)


def append_scan(blocks: list[Block], positions: list[Grid], picture: Picture, box: BBox, number: int) -> None:
    """Appends what stands on a picture of a page, or of a part of it.

    ``picture`` shows just ``box``, which is in points of the page as
    displayed, as are the places. ReadError("unsupported") if the recogniser
    is not installed, ("too_large") for a picture of endless length.
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
    cells = _cells(page, tables)
    prose, inside = _cut(lines, cells)
    shown = page.plain if page.has_red else page.grey
    if cells and page.has_red:
        _, inside = _cut(ocr.find_lines(shown), cells)
    missed = [cell for cell in cells if cell.ink and not any(_common(line, cell.ink) for line in inside)]
    inside += [cell.ink for cell in missed if cell.ink and not cell.is_red]
    layer.chars = [
        *_recognised(page.grey, prose, figures=False),
        *_recognised(shown, inside, figures=True),
        *_recognised(page.grey, [cell.ink for cell in missed if cell.ink and cell.is_red], figures=True),
    ]
    append_page(blocks, layer)
    if tables:
        second = _second_chars(page, layer, cells)
        positions += [to_grid(table, second, layer) for table in tables]
    else:
        positions += read_positions(layer)[0]


def holds_table(picture: Picture) -> bool:
    """Whether a picture shows a ruled table of some size."""
    page = straighten(picture, (0.0, 0.0, 1.0, 1.0))
    height, width = page.grey.shape
    tables = find_tables(Layer(1, width * UNIT, height * UNIT, [], rules(page.grey)))
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
    layer.edges = rules(page.grey, page.plain)
    tables = find_tables(layer)
    if page.has_red:
        edges = rules(page.grey)
        others = find_tables(replace(layer, edges=edges))
        if sum(map(len, others)) > 2 * sum(map(len, tables)):
            layer.edges, tables = edges, others
    return tables


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a ruled table, the pixels within its rules, and the box of its
    ink with some paper around it, None if it has none."""

    box: BBox
    inside: Box
    ink: Box | None
    is_red: bool  # all of its ink


def _cells(page: Page, tables: Iterable[Sequence[BBox]]) -> list[_Cell]:
    plain = ink(page.plain)
    grey = plain if page.plain is page.grey else ink(page.grey)
    cells = []
    for table in tables:
        for box in table:
            x0, top, x1, bottom = (round(value / UNIT) for value in box)
            inside = x0 + _INSIDE, top + _INSIDE, x1 - _INSIDE, bottom - _INSIDE
            black, dirt = _ink_of(plain, inside)
            shown = black
            if black is None:
                shown, dirt = _ink_of(grey, inside)
            _paint_out(page, dirt)
            cells.append(_Cell(box, inside, shown and _with_paper(shown, inside), black is None))
    return cells


def _with_paper(box: Box, inside: Box) -> Box:
    """The box with some paper around it: a dash alone would look like anything."""
    x0, top, x1, bottom = box
    above = max(_PAD, (_LINE - (bottom - top)) // 2)
    grown = x0 - _PAD, top - above, x1 + _PAD, bottom + above
    return max(grown[0], inside[0]), max(grown[1], inside[1]), min(grown[2], inside[2]), min(grown[3], inside[3])


def _paint_out(page: Page, dirt: Iterable[Box]) -> None:
    """Covers specks with paper, so that none is taken for a dot."""
    for x0, top, x1, bottom in dirt:
        around = (slice(max(top - _PAD, 0), bottom + _PAD), slice(max(x0 - _PAD, 0), x1 + _PAD))
        speck = (slice(max(top - 1, 0), bottom + 1), slice(max(x0 - 1, 0), x1 + 1))
        for picture in (page.grey, page.plain):
            picture[speck] = np.median(picture[around])


def _ink_of(mask: Picture, inside: Box) -> tuple[Box | None, list[Box]]:
    """The box around the strokes in a cell, None if it holds none, and the
    specks that stand outside it: a dot of a number stands between digits."""
    x0, top, x1, bottom = inside
    if x1 - x0 < _SPECK or bottom - top < _SPECK:
        return None, []
    count, _, found, _ = cv2.connectedComponentsWithStats(mask[top:bottom, x0:x1], connectivity=8)
    boxes = [(x0 + x, top + y, x0 + x + wide, top + y + high) for x, y, wide, high, _ in found[1:count].tolist()]
    strokes = [box for box in boxes if max(_size(box)) >= _SPECK]
    specks = [box for box in boxes if max(_size(box)) < _SPECK]
    if not strokes:
        return None, specks
    whole = (
        min(box[0] for box in strokes),
        min(box[1] for box in strokes),
        max(box[2] for box in strokes),
        max(box[3] for box in strokes),
    )
    return whole, [speck for speck in specks if _common(speck, whole) is None]


def _cut(lines: Iterable[Box], cells: Sequence[_Cell]) -> tuple[list[Box], list[Box]]:
    """The lines outside tables, and those inside, cut where they run over several cells."""
    outside: list[Box] = []
    inside: list[Box] = []
    for line in lines:
        parts = [part for part in (_common(line, cell.inside) for cell in cells) if part is not None]
        least = _SHARE * (line[3] - line[1])
        parts = [part for part in parts if part[2] - part[0] >= _SPECK and part[3] - part[1] >= least]
        if parts:
            inside += parts
        else:
            outside.append(line)
    return outside, inside


def _common(a: Box, b: Box) -> Box | None:
    box = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return box if box[0] < box[2] and box[1] < box[3] else None


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


def _second_chars(page: Page, layer: Layer, cells: Sequence[_Cell]) -> list[Char]:
    """The text of every cell as the second reading has it, as one character."""
    chars: list[Char] = []
    again: list[_Cell] = []
    for cell in cells:
        first = [char for char in layer.chars if _holds(cell.box, char)]
        text = join(first)
        if _WORDS.search(text) and not _FIGURE_FIRST.match(text):
            chars += first
        elif cell.ink:
            again.append(cell)
    pictures = [_two_tones(page, cell) for cell in again]
    for cell, picture, read in zip(again, pictures, ocr.read_lines(pictures, figures=True), strict=True):
        x0, top, x1, bottom = (value * UNIT for value in cell.ink or cell.inside)
        text = "-" if _is_dash(picture) else read.text or ocr.UNREAD
        chars.append(Char(text, x0, top, x1, bottom, bottom))
    return chars


def _holds(box: BBox, char: Char) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _two_tones(page: Page, cell: _Cell) -> Picture:
    """What stands in a cell, in two tones."""
    picture = page.grey if cell.is_red else page.plain
    x0, top, x1, bottom = cell.ink or cell.inside
    part = picture[top:bottom, x0:x1]
    _, tones = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(tones, dtype=np.uint8)


def _is_dash(tones: Picture) -> bool:
    """Whether all there is is one level stroke, which a recogniser of characters takes for a 1."""
    count, _, found, _ = cv2.connectedComponentsWithStats(255 - tones, connectivity=8)
    strokes = [box for box in found[1:count].tolist() if max(box[2], box[3]) >= _SPECK]
    return (
        len(strokes) == 1
        and strokes[0][2] >= 2 * strokes[0][3]
        and strokes[0][4] >= 0.7 * strokes[0][2] * strokes[0][3]
    )
