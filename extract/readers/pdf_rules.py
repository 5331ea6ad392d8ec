"""The rules of a PDF page: straight lines and thin or framing rectangles among its paths."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable
from ctypes import byref
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.readers import pdfium_calls

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of PDF: x' = a·x + c·y + e, y' = b·x + d·y + f."""

_THIN = 3.0  # points: a filled rectangle thinner than this is a rule
_STRAIGHT = 0.8  # points by which a rule may be off the straight
_MAX_SEGMENTS = 60_000  # of one page; drawings beyond this are no table
_MAX_DEPTH = 4


def read_rules(page: pdfium.PdfPage, matrix: Matrix) -> list[dict[str, Any]]:
    """The straight rules of a page as pdfplumber's edges, also those within
    forms; ``matrix`` takes the page's space to that of the edges."""
    edges = _Edges()
    edges.collect(c.FPDFPage_CountObjects(page.raw), page.raw, pdfium_calls.page_object, matrix, 0)
    return edges.found


class _Edges:
    """Collects the straight rules of path objects, also within forms."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self._segments = 0
        self._matrix = (ctypes.c_float * 6)()
        self._point = (ctypes.c_float * 2)()
        self._mode = (ctypes.c_int * 2)()  # fill, stroke

    def collect(self, count: int, owner: Any, get: Callable[[Any, int], Any], matrix: Matrix, depth: int) -> None:
        object_type = pdfium_calls.object_type
        for index in range(count):
            item = get(owner, index)
            kind = object_type(item)
            if kind == c.FPDF_PAGEOBJ_PATH:
                self._add_path(item, matrix)
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                inner = self._matrix_of(item, matrix)
                self.collect(c.FPDFFormObj_CountObjects(item), item, pdfium_calls.form_object, inner, depth + 1)

    def _matrix_of(self, item: Any, outer: Matrix) -> Matrix:
        """The object's own matrix, then ``outer``."""
        pdfium_calls.object_matrix(item, byref(self._matrix))
        a, b, d, e, f, g = self._matrix[:]
        oa, ob, od, oe, of, og = outer
        return (
            a * oa + b * od,
            a * ob + b * oe,
            d * oa + e * od,
            d * ob + e * oe,
            f * oa + g * od + of,
            f * ob + g * oe + og,
        )

    def _add_path(self, path: Any, outer: Matrix) -> None:
        count = pdfium_calls.segment_count(path)
        self._segments += count
        if count < 2 or self._segments > _MAX_SEGMENTS:
            return
        mode = self._mode
        pdfium_calls.draw_mode(path, byref(mode), byref(mode, ctypes.sizeof(ctypes.c_int)))
        fill, stroke = mode[:]
        if not stroke and (not fill or _is_white(path)):
            return  # clipping, or shading that would pass for a frame
        for points in self._subpaths(path, count, self._matrix_of(path, outer)):
            if stroke:
                self._add_lines(points)
            else:
                self._add_rectangle(points)

    def _subpaths(self, path: Any, count: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
        """Points of each subpath; curves break a subpath."""
        a, b, d, e, f, g = matrix
        values = self._point
        x_value, y_value = byref(values), byref(values, ctypes.sizeof(ctypes.c_float))
        get_segment, get_type, get_point, closes = (
            pdfium_calls.path_segment, pdfium_calls.segment_type, pdfium_calls.segment_point,
            pdfium_calls.segment_closes,
        )  # fmt: skip
        subpaths: list[list[tuple[float, float]]] = []
        points: list[tuple[float, float]] = []
        for index in range(count):
            segment = get_segment(path, index)
            get_point(segment, x_value, y_value)
            x, y = values[:]
            point = (a * x + d * y + f, b * x + e * y + g)
            if get_type(segment) == c.FPDF_SEGMENT_LINETO:
                points.append(point)
            else:
                if len(points) > 1:
                    subpaths.append(points)
                points = [point]
            if closes(segment) and len(points) > 1:
                points.append(points[0])
                subpaths.append(points)
                points = [points[0]]
        if len(points) > 1:
            subpaths.append(points)
        return subpaths

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
        self.found.append(edge(orientation, x0, x1, top, bottom))


def edge(orientation: str, x0: float, x1: float, top: float, bottom: float) -> dict[str, Any]:
    """A rule as pdfplumber knows it: level ("h", its top is its bottom) or upright ("v")."""
    return {
        "object_type": "line",
        "orientation": orientation,
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _is_white(path: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(path, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250
