"""What ink stands in the cells of a ruled table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from extract.model import BBox
from extract.readers.ocr import Box
from extract.readers.raster import LIT, RED, UNIT, Page, Picture, ink, two_tones

SPECK = 7
"""Pixels: ink smaller than this both ways is dirt (a dot of a number stands beside digits)."""

MINUS = 5
"""Pixels: the narrowest minus sign."""

COMPACT = 0.6
"""Of a hyphen's box is ink, however small it is; of a ripple's, a half at most."""

_SEAL = 150  # pixels: 19 mm, the smallest seal has 30
_PARTED = 13  # pixels: by which a rule parts the ring of a seal
_RULE = 8  # pixels: the thickest rule, with what it leans
_DOT = 0.25  # of the tallest stroke's height: a dot is no larger
_MIDDLE = 0.3, 0.75  # of the digits' height from their top
_LEAST_INK = 30  # pixels; a small 1 has 50, and a minus sign, which has less, lies level
_SOLID = 0.75  # of a minus sign's box is ink; of a ripple's, a third to a half, of two specks' a little more
_FAINT = 0.75  # of the paper's light: strokes are darker in most places, ripples have 0.8 to 0.9
_MIDST = 0.02, 0.15  # of a cell's width and height: so near its middle stands a hyphen alone in it
_INSIDE = 5  # pixels from the middle of a rule to the inside of a cell
_PAD = 6  # pixels of paper around ink
_LINE = 40  # pixels: the height of a line of small print with its leading
_WIDER = 1.2
_SOFTER = 0.8  # pixels
_DARK = {True: 0.45, False: 0.7}  # of the paper's light: the ink of a seal, where there is one, has more in red light
_NEAR = 7  # pixels: as wide as a stroke is what belongs to it, if fainter
_PAPER = 0.75  # of a cell's pixels are no lighter than its paper
_MOSTLY = 0.9
_DIGIT = 0.5  # of the tallest stroke's height: all digits are higher
_SAME = 0.7  # of a box that lies in another
_SHARE = 0.5  # of a line's height that must lie in a cell


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a ruled table, the pixels within its rules, and the box of its
    ink with some paper around it, None if it has none."""

    box: BBox
    inside: Box
    ink: Box | None
    is_red: bool  # all of its ink


def find_cells(page: Page, tables: Iterable[Sequence[BBox]]) -> list[Cell]:
    """The cells of the tables, in their order; specks beside their ink are
    painted over in the page's pictures."""
    plain = ink(page.plain)
    grey = plain if page.plain is page.grey else ink(page.grey)
    seals = find_seals(page)
    cells = []
    for table in tables:
        for box in table:
            x0, top, x1, bottom = (round(value / UNIT) for value in box)
            inside = x0 + _INSIDE, top + _INSIDE, x1 - _INSIDE, bottom - _INSIDE
            is_under = any(common(seal, inside) for seal in seals)
            if is_under:
                _leave_out_remains(page, plain, inside)
            black, dirt = _ink_of(page.plain, plain, inside)
            shown = black
            if black is None and not is_under:
                shown, dirt = _ink_of(page.grey, grey, inside)
            _paint_out(page, dirt)
            cells.append(Cell(box, inside, shown and _with_paper(shown, inside), black is None))
    return cells


def find_seals(page: Page) -> list[Box]:
    """The boxes of red rings, also where rules part them: red ink in a cell under one is the seal's, not a figure."""
    if not page.has_red:
        return []
    red = (cv2.subtract(page.plain, page.grey) > RED).astype(np.uint8)
    red = np.asarray(cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((_PARTED, _PARTED), np.uint8)), dtype=np.uint8)
    count, _, found, _ = cv2.connectedComponentsWithStats(red, connectivity=8)
    return [(x, y, x + wide, y + high) for x, y, wide, high, _ in found[1:count].tolist() if min(wide, high) >= _SEAL]


def _leave_out_remains(page: Page, mask: Picture, inside: Box) -> None:
    """Takes from a mask of ink, in a cell under a seal, what has no dark ink near: remains of the seal."""
    x0, top, x1, bottom = inside
    if x1 - x0 < SPECK or bottom - top < SPECK:
        return
    within = (slice(top, bottom), slice(x0, x1))
    light = page.lit[within]
    dark = (light < LIT * np.quantile(light, _PAPER)).astype(np.uint8)
    mask[within][cv2.dilate(dark, np.ones((_NEAR, _NEAR), np.uint8)) == 0] = 0


def is_seals(page: Page, line: Box, seals: Iterable[Box]) -> bool:
    """Whether what was found as a line of text is part of a seal: red, within its ring."""
    if not any(common(line, seal) == line for seal in seals):
        return False
    part = (slice(line[1], line[3]), slice(line[0], line[2]))
    red = int(np.count_nonzero(cv2.subtract(page.plain[part], page.grey[part]) > RED))
    black = int(np.count_nonzero(page.lit[part] < LIT * np.quantile(page.lit[part], _PAPER)))
    return red > _MOSTLY * (red + black)


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
        for picture in (page.grey, page.plain, page.lit):
            picture[speck] = np.median(picture[around])


def _ink_of(picture: Picture, mask: Picture, inside: Box) -> tuple[Box | None, list[Box]]:
    """The box around the strokes in a cell of a page with this mask of its
    ink, None if it holds none, and what stands outside it that is none: specks
    (a dot of a number stands between digits), ripples that compression leaves
    around specks, and pieces of the cell's rules."""
    x0, top, x1, bottom = inside
    if x1 - x0 < SPECK or bottom - top < SPECK:
        return None, []
    part = picture[top:bottom, x0:x1]
    count, numbers, found, _ = cv2.connectedComponentsWithStats(mask[top:bottom, x0:x1], connectivity=8)
    spots = [(x0 + x, top + y, x0 + x + wide, top + y + high) for x, y, wide, high, _ in found[1:count].tolist()]
    hyphens = [
        box for box, spot in zip(spots, found[1:count].tolist(), strict=True) if _may_be_hyphen(box, spot[4], inside)
    ]
    rules = [box for box in spots if _crosses(box, inside)]
    thin = [number for number in range(1, count) if _is_thin(found[number].tolist())]
    ripples = [spots[number - 1] for number in thin if _is_faint(part, numbers == number)]
    boxes = [box for box in spots if box not in rules and box not in ripples]
    least = max(SPECK, _DOT * max((box[3] - box[1] for box in boxes), default=0))
    strokes = [box for box in boxes if _longest(box) >= least or _is_flat(box)]
    specks = [box for box in boxes if _longest(box) < least and not _is_flat(box)] + ripples
    if _is_dirt(strokes, mask):
        if len(hyphens) == 1:
            return hyphens[0], [box for box in spots if box != hyphens[0]]
        return None, [*strokes, *specks, *rules]
    digits = _around(strokes)
    strokes += [speck for speck in specks if _may_be_minus(speck, digits)]
    whole = _around(strokes)
    return whole, [speck for speck in [*specks, *rules] if common(speck, whole) is None or _sticks_out(speck, whole)]


def _is_thin(spot: Sequence[int]) -> bool:
    """Whether a spot (left, top, width, height, area), larger than a speck, has
    less ink than a figure and leaves more of its box blank than a minus sign does."""
    _, _, wide, high, area = spot
    return max(wide, high) >= SPECK and area < _LEAST_INK and area < _SOLID * wide * high


def _is_faint(part: Picture, spot: npt.NDArray[np.bool_]) -> bool:
    """Whether most of a spot is hardly darker than the paper around it."""
    return bool(np.median(part[spot]) > _FAINT * np.quantile(part, _PAPER))


def _around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _may_be_minus(speck: Box, digits: Box) -> bool:
    """Whether a speck that lies level just before digits, half way up, may be what is left of a minus sign."""
    wide, high, whole = speck[2] - speck[0], speck[3] - speck[1], digits[3] - digits[1]
    up = ((speck[1] + speck[3]) / 2 - digits[1]) / whole
    return wide >= MINUS and wide > high and 0 <= digits[0] - speck[2] <= whole / 2 and _MIDDLE[0] < up < _MIDDLE[1]


def _may_be_hyphen(spot: Box, area: int, inside: Box) -> bool:
    """Whether a spot as small as a speck lies level and solid in the very middle of a cell, where no dirt falls but by
    rare chance: a hyphen in small print."""
    wide, high = spot[2] - spot[0], spot[3] - spot[1]
    across = abs(spot[0] + spot[2] - inside[0] - inside[2]) / 2 / (inside[2] - inside[0])
    up = abs(spot[1] + spot[3] - inside[1] - inside[3]) / 2 / (inside[3] - inside[1])
    return wide >= MINUS and wide > high and area >= COMPACT * wide * high and across <= _MIDST[0] and up <= _MIDST[1]


def _is_dirt(strokes: Sequence[Box], mask: Picture) -> bool:
    """Whether strokes are too small for a figure, or even for a minus sign alone."""
    if not any(_longest(box) >= SPECK for box in strokes):
        return True
    area = sum(int(np.count_nonzero(mask[box[1] : box[3], box[0] : box[2]])) for box in strokes)
    return area < _LEAST_INK and not any(_is_flat(box) and _longest(box) >= SPECK for box in strokes)


def _sticks_out(speck: Box, whole: Box) -> bool:
    """Whether a speck reaches beyond the ink otherwise than below it, where a dot may."""
    return speck[0] < whole[0] or speck[1] < whole[1] or speck[2] > whole[2]


def cut(lines: Iterable[Box], cells: Sequence[Cell]) -> tuple[list[Box], list[Box]]:
    """The lines outside tables, and those inside, cut where they run over several cells."""
    outside: list[Box] = []
    inside: list[Box] = []
    for line in lines:
        parts = [part for part in (common(line, cell.inside) for cell in cells) if part is not None]
        least = _SHARE * min(line[2] - line[0], line[3] - line[1])  # a column of figures may pass for a line
        parts = [part for part in parts if part[2] - part[0] >= SPECK and part[3] - part[1] >= least]
        if parts:
            inside += parts
        else:
            outside.append(line)
    return outside, _distinct(inside)


def _distinct(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, in order, without those that lie in larger ones: their text would be read twice."""
    kept: dict[int, Box] = {}
    for index, box in sorted(enumerate(boxes), key=lambda pair: -_area(pair[1])):
        shared = (common(box, other) for other in kept.values())
        if not any(part and _area(part) >= _SAME * _area(box) for part in shared):
            kept[index] = box
    return [kept[index] for index in sorted(kept)]


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def common(a: Box, b: Box) -> Box | None:
    """Where two boxes overlap, None if they do not."""
    box = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return box if box[0] < box[2] and box[1] < box[3] else None


def _crosses(box: Box, inside: Box) -> bool:
    """Whether a thin stroke runs from one side of the cell to the other: a rule
    that stands a little askew."""
    wide, high = box[2] - box[0], box[3] - box[1]
    whole_wide, whole_high = inside[2] - inside[0], inside[3] - inside[1]
    return (high >= whole_high - 1 and wide <= _RULE) or (wide >= whole_wide - 1 and high <= _RULE)


def _is_flat(box: Box) -> bool:
    """Whether a spot may be a minus sign."""
    wide, high = box[2] - box[0], box[3] - box[1]
    return wide >= MINUS and wide >= 1.8 * high


def _longest(box: Box) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def ink_alone(page: Page, cell: Cell) -> Picture:
    """What stands in a cell, in two tones; by its darkness in red light where the
    first reading goes by its colour, so that they do not fail alike under a seal."""
    picture = page.grey if cell.is_red else page.lit
    x0, top, x1, bottom = cell.ink or cell.inside
    part = picture[top:bottom, x0:x1]
    return two_tones(part)


def seen_otherwise(page: Page, cell: Cell) -> list[Picture]:
    """What stands in a cell in three further ways, unlike the two readings' and
    each other: with more paper around; only what is too dark for the ink of a
    seal; wider and softer. What stands above, below or apart from the line of
    dark ink is covered by paper."""
    plain, lit = (page.grey, page.grey) if cell.is_red else (page.plain, page.lit)
    x0, top, x1, bottom = cell.ink or cell.inside
    plain, lit = plain[top:bottom, x0:x1], lit[top:bottom, x0:x1]
    dark, (left, upper, right, lower) = _line_of(lit < _DARK[page.has_red] * np.quantile(lit, _PAPER))
    blank = float(np.quantile(plain, _PAPER))
    clean = np.where(cv2.dilate(dark, np.ones((_NEAR, _NEAR), np.uint8)) > 0, plain, blank).astype(np.uint8)
    clean, dark = clean[upper:lower, left:right], dark[upper:lower, left:right]
    smaller = cv2.copyMakeBorder(clean, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT, value=(blank,))
    wider = cv2.resize(clean, None, fx=_WIDER, fy=1.0, interpolation=cv2.INTER_CUBIC)
    views = smaller, 255 - dark, cv2.GaussianBlur(wider, (0, 0), _SOFTER)
    return [np.asarray(view, dtype=np.uint8) for view in views]


def _line_of(mask: npt.NDArray[np.bool_]) -> tuple[Picture, Box]:
    """The spots that stand on one line with the tallest: 255, else 0; and the box
    around the digits and minus signs among them, with some paper."""
    height, width = mask.shape
    count, numbers, spots, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = list(enumerate(spots[1:count].tolist(), start=1))
    _, (_, first, _, tallest, _) = max(found, key=lambda spot: spot[1][3], default=(0, (0, 0, 0, 0, 0)))
    line = [(number, spot) for number, spot in found if first <= spot[1] + spot[3] / 2 <= first + tallest]
    strokes = [
        (x, y, x + wide, y + high)
        for _, (x, y, wide, high, _) in line
        if high >= _DIGIT * tallest or (wide >= _DOT * tallest and wide >= 1.8 * high)
    ]
    if not strokes:
        return np.zeros(mask.shape, np.uint8), (0, 0, width, height)
    left, upper = (max(min(box[side] for box in strokes) - _PAD, 0) for side in (0, 1))
    right, lower = (min(max(box[side] for box in strokes) + _PAD, end) for side, end in ((2, width), (3, height)))
    kept = np.isin(numbers, [number for number, _ in line])
    return np.where(kept, 255, 0).astype(np.uint8), (left, upper, right, lower)
