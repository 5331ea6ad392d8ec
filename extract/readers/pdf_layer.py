"""What stands on a PDF page: characters and rules, out of PDFium.

PDFium reads a page some ten times faster than pdfminer. Coordinates are those
of the page as displayed: points from its top left, its rotation applied.
"""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.model import Place

Transform = Callable[[float, float], tuple[float, float]]
Matrix = tuple[float, float, float, float, float, float]

_THIN = 3.0  # points: a filled rectangle thinner than this is a rule
_STRAIGHT = 0.8  # points by which a rule may be off the straight
_MAX_SEGMENTS = 60_000  # of one page; drawings beyond this are no table
_MAX_DEPTH = 4
_SAMPLED = 60  # characters whose angle is looked at
_UNREADABLE = "\ufffd"


@dataclass(slots=True)
class Char:
    """A character with its tight box (a digit's begins where the digit's paper
    does) and the height of its base line, by which
    a full stop stands in its line; ``text`` is U+FFFD where the font does not
    say which character it is."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float


@dataclass(slots=True)
class Layer:
    """A page's characters in the order of its content, and its rules as
    pdfplumber's edges, turned so that the text stands upright.

    ``turned`` says by how many degrees clockwise the page had to be turned
    for that; ``width`` and ``height`` are those of the turned page.
    """

    number: int
    width: float
    height: float
    chars: list[Char]
    edges: list[dict[str, Any]]
    turned: int = 0

    def place(self, x0: float, top: float, x1: float, bottom: float) -> Place:
        """Where a box of the layer stands on the page as displayed."""
        if self.turned == 90:
            box = (top, self.width - x1, bottom, self.width - x0)
        elif self.turned == 270:
            box = (self.height - bottom, x0, self.height - top, x1)
        else:
            box = (x0, top, x1, bottom)
        return Place(self.number, (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2)))


def read_layer(page: pdfium.PdfPage, number: int) -> Layer:
    """Characters and rules of one page; ``number`` counts from 1."""
    left, bottom, right, top = page.get_cropbox(fallback_ok=True)
    rotation = page.get_rotation()
    transform = _transform(rotation, left, bottom, right, top)
    width, height = (right - left, top - bottom) if rotation in (0, 180) else (top - bottom, right - left)
    textpage = page.get_textpage()
    turned = _sideways(textpage, rotation)
    if turned:
        transform, width, height = _turn(transform, turned, width, height), height, width
    edges = _Edges(transform)
    edges.collect(c.FPDFPage_CountObjects(page.raw), page.raw, c.FPDFPage_GetObject, (1, 0, 0, 1, 0, 0), 0)
    chars = _chars(textpage, transform)
    textpage.close()
    return Layer(number, width, height, chars, edges.found, turned)


def _sideways(textpage: pdfium.PdfTextPage, rotation: int) -> int:
    """By how many degrees clockwise to turn the page as displayed so that most
    of its text stands upright: 0, 90 or 270."""
    count = textpage.count_chars()
    angles: Counter[int] = Counter()
    for index in range(0, count, max(1, count // _SAMPLED)):
        angle = c.FPDFText_GetCharAngle(textpage.raw, index)
        # (PDFium adds characters of its own where a line ends: they have no angle.)
        if angle >= 0 and c.FPDFText_IsGenerated(textpage.raw, index) == 0:
            angles[round(math.degrees(angle) / 90) * 90 % 360] += 1
    if not angles:
        return 0
    # PDFium measures clockwise, in the page's own space, which is displayed turned by `rotation`.
    shown = -(angles.most_common(1)[0][0] + rotation) % 360
    return shown if shown in (90, 270) else 0


def _turn(transform: Transform, turned: int, width: float, height: float) -> Transform:
    """``transform``, then a clockwise turn of the page of that size."""

    def turn(x: float, y: float) -> tuple[float, float]:
        x, y = transform(x, y)
        return (height - y, x) if turned == 90 else (y, width - x)

    return turn


def _transform(rotation: int, left: float, bottom: float, right: float, top: float) -> Transform:
    """User space to display space (Rotate counts clockwise)."""
    if rotation == 90:
        return lambda x, y: (y - bottom, x - left)
    if rotation == 180:
        return lambda x, y: (right - x, y - bottom)
    if rotation == 270:
        return lambda x, y: (top - y, right - x)
    return lambda x, y: (x - left, top - y)


def _chars(textpage: pdfium.PdfTextPage, transform: Transform) -> list[Char]:
    raw = textpage.raw
    get_unicode, get_box, get_origin = c.FPDFText_GetUnicode, c.FPDFText_GetCharBox, c.FPDFText_GetCharOrigin
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    chars: list[Char] = []
    for index in range(textpage.count_chars()):
        code = get_unicode(raw, index)
        if code <= 32 or code in (0xA0, 0x3000, 0xAD):
            continue  # spaces: gaps between boxes tell them better
        if not get_box(raw, index, left, right, bottom, top):
            continue
        x0, y0 = transform(left.value, top.value)
        x1, y1 = transform(right.value, bottom.value)
        get_origin(raw, index, x, y)
        start, base = transform(x.value, y.value)
        text = _UNREADABLE if code in (0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000 else chr(code)
        ink, height = min(x0, x1), abs(y1 - y0)
        # A digit begins where its paper does: a 1 has less ink than room.
        begin = start if 48 <= code < 58 and 0.0 < ink - start < 0.5 * height else ink
        chars.append(Char(text, begin, min(y0, y1), max(x0, x1), max(y0, y1), base))
    return chars


class _Edges:
    """Collects the straight rules of path objects, also within forms."""

    def __init__(self, transform: Transform) -> None:
        self.found: list[dict[str, Any]] = []
        self._transform = transform
        self._segments = 0

    def collect(self, count: int, owner: Any, get: Callable[[Any, int], Any], matrix: Matrix, depth: int) -> None:
        for index in range(count):
            item = get(owner, index)
            kind = c.FPDFPageObj_GetType(item)
            if kind == c.FPDF_PAGEOBJ_PATH:
                self._add_path(item, matrix)
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                inner = _multiply(_matrix(item), matrix)
                self.collect(c.FPDFFormObj_CountObjects(item), item, c.FPDFFormObj_GetObject, inner, depth + 1)

    def _add_path(self, path: Any, outer: Matrix) -> None:
        count = c.FPDFPath_CountSegments(path)
        self._segments += count
        if count < 2 or self._segments > _MAX_SEGMENTS:
            return
        fill, stroke = ctypes.c_int(), c.FPDF_BOOL()
        c.FPDFPath_GetDrawMode(path, fill, stroke)
        if not stroke.value and (not fill.value or _is_white(path)):
            return  # clipping, or shading that would pass for a frame
        matrix = _multiply(_matrix(path), outer)
        for points in _subpaths(path, count, matrix, self._transform):
            if stroke.value:
                self._add_lines(points)
            else:
                self._add_rectangle(points)

    def _add_lines(self, points: list[tuple[float, float]]) -> None:
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            if abs(ay - by) <= _STRAIGHT and abs(ax - bx) > _STRAIGHT:
                self._add("h", min(ax, bx), max(ax, bx), (ay + by) / 2, (ay + by) / 2)
            elif abs(ax - bx) <= _STRAIGHT and abs(ay - by) > _STRAIGHT:
                self._add("v", (ax + bx) / 2, (ax + bx) / 2, min(ay, by), max(ay, by))

    def _add_rectangle(self, points: list[tuple[float, float]]) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, x1, top, bottom = min(xs), max(xs), min(ys), max(ys)
        wide, high = x1 - x0, bottom - top
        if high <= _THIN and wide > high:
            self._add("h", x0, x1, (top + bottom) / 2, (top + bottom) / 2)
        elif wide <= _THIN and high > wide:
            self._add("v", (x0 + x1) / 2, (x0 + x1) / 2, top, bottom)
        elif wide > _THIN and high > _THIN and len(points) in (4, 5):
            for y in (top, bottom):
                self._add("h", x0, x1, y, y)
            for x in (x0, x1):
                self._add("v", x, x, top, bottom)

    def _add(self, orientation: str, x0: float, x1: float, top: float, bottom: float) -> None:
        self.found.append(
            {
                "object_type": "line",
                "orientation": orientation,
                "x0": x0,
                "x1": x1,
                "top": top,
                "bottom": bottom,
                "width": x1 - x0,
                "height": bottom - top,
            }
        )


def _subpaths(path: Any, count: int, matrix: Matrix, transform: Transform) -> list[list[tuple[float, float]]]:
    """Points of each subpath in display space; curves break a subpath."""
    a, b, d, e, f, g = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    subpaths: list[list[tuple[float, float]]] = []
    points: list[tuple[float, float]] = []
    for index in range(count):
        segment = c.FPDFPath_GetPathSegment(path, index)
        kind = c.FPDFPathSegment_GetType(segment)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        point = transform(a * x.value + d * y.value + f, b * x.value + e * y.value + g)
        if kind == c.FPDF_SEGMENT_LINETO:
            points.append(point)
        else:
            if len(points) > 1:
                subpaths.append(points)
            points = [point]
        if c.FPDFPathSegment_GetClose(segment) and len(points) > 1:
            points.append(points[0])
            subpaths.append(points)
            points = [points[0]]
    if len(points) > 1:
        subpaths.append(points)
    return subpaths


def _matrix(item: Any) -> Matrix:
    matrix = c.FS_MATRIX()
    c.FPDFPageObj_GetMatrix(item, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _multiply(inner: Matrix, outer: Matrix) -> Matrix:
    """First ``inner``, then ``outer``."""
    a, b, d, e, f, g = inner
    oa, ob, od, oe, of, og = outer
    return (
        a * oa + b * od,
        a * ob + b * oe,
        d * oa + e * od,
        d * ob + e * oe,
        f * oa + g * od + of,
        f * ob + g * oe + og,
    )


def _is_white(path: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(path, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250
