"""What stands on a PDF page: characters and rules, out of PDFium.

PDFium reads a page some ten times faster than pdfminer. Coordinates are those
of the page as displayed: points from its top left, its rotation applied.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from ctypes import byref
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.model import Place
from extract.readers import pdfium_calls
from extract.readers.pdf_rules import Matrix, read_rules

_SAMPLED = 60  # characters whose angle is looked at
_UNREADABLE = "\ufffd"
_SPACES = frozenset({0xA0, 0x3000, 0xAD})


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
    # What is displayed: boxes that the page inherits count, and what of them lies within the paper.
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    textpage = page.get_textpage()
    turned = _sideways(textpage, rotation)
    shown = (rotation + turned) % 360
    width, height = (right - left, top - bottom) if shown in (0, 180) else (top - bottom, right - left)
    matrix = _matrix(shown, left, bottom, right, top)
    chars = _chars(textpage, matrix)
    textpage.close()
    return Layer(number, width, height, chars, read_rules(page, matrix), turned)


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


def _matrix(rotation: int, left: float, bottom: float, right: float, top: float) -> Matrix:
    """From user space to display space: a turn clockwise of the box."""
    if rotation == 90:
        return (0, 1, 1, 0, -bottom, -left)
    if rotation == 180:
        return (-1, 0, 0, 1, right, -bottom)
    if rotation == 270:
        return (0, -1, -1, 0, top, right)
    return (1, 0, 0, -1, -left, top)


def _chars(textpage: pdfium.PdfTextPage, matrix: Matrix) -> list[Char]:
    raw = textpage.raw
    a, b, d, e, f, g = matrix
    char_code, char_box, char_origin = pdfium_calls.char_code, pdfium_calls.char_box, pdfium_calls.char_origin
    values = (ctypes.c_double * 6)()
    left_value, right_value, bottom_value, top_value, x_value, y_value = (
        byref(values, index * ctypes.sizeof(ctypes.c_double)) for index in range(6)
    )
    chars: list[Char] = []
    for index in range(textpage.count_chars()):
        code = char_code(raw, index)
        if code <= 32 or code in _SPACES:
            continue  # gaps between boxes tell them better
        if not char_box(raw, index, left_value, right_value, bottom_value, top_value):
            continue
        char_origin(raw, index, x_value, y_value)
        left, right, bottom, top, x, y = values[:]
        x0, y0 = a * left + d * top + f, b * left + e * top + g
        x1, y1 = a * right + d * bottom + f, b * right + e * bottom + g
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        if 48 <= code < 58 and 0.0 < x0 - (start := a * x + d * y + f) < 0.5 * (y1 - y0):
            x0 = start  # a digit begins where its paper does: a 1 has less ink than room
        text = chr(code) if code < 0xD800 else _character(code)
        chars.append(Char(text, x0, y0, x1, y1, b * x + e * y + g))
    return chars


def _character(code: int) -> str:
    if code < 0xE000 or code in (0xFFFE, 0xFFFF) or code > 0x10FFFF:
        return _UNREADABLE
    return chr(code)
