"""A page's characters and rules as blocks: tables where the rules say, paragraphs around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.model import BBox, Block, Paragraph
from extract.readers.pdf_layer import Char, Layer
from extract.readers.ruled import find_tables, line_text, lines, to_grid

_PAGE_NUMBER = re.compile(r"^[-—–\s]*(?:第\s*)?\d{1,3}(?:\s*页)?(?:\s*共\s*\d+\s*页)?[-—–\s]*$")
_LEVEL = 6.0  # points by which tables beside each other may begin higher or lower
_CONTINUED = "\x00"  # marks a page's first paragraph as the rest of the page before


def append_page(blocks: list[Block], layer: Layer, tables: list[list[BBox]] | None = None) -> None:
    """Appends the page's tables and paragraphs, from the top; a paragraph that
    goes on from the page before is joined to its beginning. ``tables`` are
    the cells of each, where the caller has found them."""
    if tables is None:
        tables = find_tables(layer)
    boxes = [_bounds(cells) for cells in tables]
    inside, free = _part(layer.chars, boxes)
    placed: list[tuple[tuple[float, float], Block]] = [
        (_order(box, boxes), to_grid(cells, chars, layer))
        for cells, box, chars in zip(tables, boxes, inside, strict=True)
    ]
    placed += [((top, 0.0), paragraph) for top, paragraph in _paragraphs(free, layer)]
    placed.sort(key=lambda pair: pair[0])
    for _, block in placed:
        if isinstance(block, Paragraph) and block.text.startswith(_CONTINUED):
            text = block.text.removeprefix(_CONTINUED)
            previous = blocks[-1] if blocks else None
            if isinstance(previous, Paragraph) and previous.page == layer.number - 1:
                blocks[-1] = Paragraph(previous.text + text, previous.page)
                continue
            block = Paragraph(text, block.page)
        blocks.append(block)


def _bounds(cells: Sequence[BBox]) -> BBox:
    return (
        min(cell[0] for cell in cells),
        min(cell[1] for cell in cells),
        max(cell[2] for cell in cells),
        max(cell[3] for cell in cells),
    )


def _order(box: BBox, boxes: Sequence[BBox]) -> tuple[float, float]:
    """What tables are ordered by: from the top, those beside each other from the left."""
    beside = (
        other[1] for other in boxes if abs(other[1] - box[1]) <= _LEVEL and (other[2] <= box[0] or box[2] <= other[0])
    )
    return min([box[1], *beside]), box[0]


def _part(chars: Sequence[Char], boxes: Sequence[BBox]) -> tuple[list[list[Char]], Sequence[Char]]:
    """The characters whose middle lies in each box, and those in none."""
    if not boxes:
        return [], chars
    inside: list[list[Char]] = [[] for _ in boxes]
    free: list[Char] = []
    numbered = list(zip(boxes, inside, strict=True))
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        found = False
        for (x0, top, x1, bottom), members in numbered:
            if x0 <= x <= x1 and top <= y <= bottom:
                members.append(char)
                found = True
        if not found:
            free.append(char)
    return inside, free


def _paragraphs(chars: Sequence[Char], layer: Layer) -> list[tuple[float, Block]]:
    """Joins lines to paragraphs: a new one begins where a line is indented or
    the line before it ends short of the right margin."""
    found = [line for line in lines(chars) if not _PAGE_NUMBER.match(line_text(line))]
    if not found:
        return []
    left, right = min(line[0].x0 for line in found), max(line[-1].x1 for line in found)
    paragraphs: list[tuple[float, str]] = []
    previous: list[Char] | None = None
    for line in found:
        top, height = _top(line), max(char.bottom - char.top for char in line)
        indented = line[0].x0 > left + height
        text = line_text(line)
        if previous is None:
            narrow = right - left < layer.width / 3
            paragraphs.append((top, text if indented or narrow else _CONTINUED + text))
        elif indented or previous[-1].x1 < right - 2 * height or top - _bottom(previous) > 3 * height:
            paragraphs.append((top, text))
        else:
            paragraphs[-1] = (paragraphs[-1][0], paragraphs[-1][1] + text)
        previous = line
    return [(top, Paragraph(text, layer.number)) for top, text in paragraphs]


def _top(line: Sequence[Char]) -> float:
    return min(char.top for char in line)


def _bottom(line: Sequence[Char]) -> float:
    return max(char.bottom for char in line)
