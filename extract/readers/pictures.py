"""Which parts of a PDF page are pictures that have to be recognised."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.model import BBox, Block, Grid, ReadError
from extract.readers import pdfium_calls
from extract.readers.pdf_layer import Layer
from extract.readers.unmapped import is_unknown

MAX_PIXELS = 90_000_000
"""Of one picture: A3 at 600 dpi has 70 million."""

_WHOLE = 0.5  # of the page: pictures that cover as much are the page
_PART = 0.08  # of the page: a smaller picture (a seal, an emblem) holds no table
_FEW = 50  # characters: a page of pictures with fewer than this has no text to rely on
_CAPTION = 5  # characters that may stand on a picture of a table
_GARBAGE = 0.3  # of the characters: a font that does not say what so many are says nothing
_OUTLINES = 4000  # segments of paths: text that was turned into curves
_MAX_RENDERED = 60_000_000  # pixels
_MAX_DEPTH = 4


@dataclass(slots=True)
class Pictures:
    """``whole``: the page's text has to be recognised. ``parts``: pictures on a
    page with text of its own, as boxes in points of the page as displayed."""

    whole: bool = False
    parts: list[BBox] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.whole or bool(self.parts)


def find_pictures(page: pdfium.PdfPage, layer: Layer) -> Pictures:
    """Looks at the page's objects; ``layer`` is what was read of its text.

    ReadError("too_large") for a picture of more than ``MAX_PIXELS``.
    """
    survey = _Survey()
    survey.collect(c.FPDFPage_CountObjects(page.raw), page.raw, pdfium_calls.page_object, 0)
    boxes = [_displayed(page, bounds) for bounds in survey.images]
    width, height = page.get_size()
    if not width * height:
        return Pictures()
    cover = sum(_area(box) for box in boxes) / (width * height)
    count = _visible_text(page, survey) if boxes else len(layer.chars)
    unread = sum(is_unknown(char) for char in layer.chars)
    if (cover >= _WHOLE or survey.segments > _OUTLINES) and count < _FEW:
        return Pictures(whole=True)
    if unread > _GARBAGE * len(layer.chars) and len(layer.chars) >= _FEW:
        return Pictures(whole=True)
    large = [box for box in boxes if _area(box) >= _PART * width * height]
    return Pictures(parts=[box for box in large if not _holds_text(box, layer)])


def _holds_text(box: BBox, layer: Layer) -> bool:
    """Whether text of the page stands on a picture, which is then its background."""
    places = (layer.place(char.x0, char.top, char.x1, char.bottom).bbox for char in layer.chars)
    inside = sum(
        box[0] <= (place[0] + place[2]) / 2 <= box[2] and box[1] <= (place[1] + place[3]) / 2 <= box[3]
        for place in places
        if place
    )
    return inside > _CAPTION


def append_pictures(
    blocks: list[Block], positions: list[Grid], page: pdfium.PdfPage, pictures: Pictures, number: int
) -> bool:
    """Appends what is recognised on a page: all of it if it is a picture, else
    those of its pictures that hold a table. ``number`` counts from 1. Whether
    there was anything to recognise."""
    from extract.readers import scan  # loads OpenCV

    width, height = page.get_size()
    scale = min(scan.SHORT_SIDE / min(width, height), math.sqrt(_MAX_RENDERED / (width * height)))
    shown = page.render(scale=scale, rev_byteorder=True).to_numpy()
    if pictures.whole:
        scan.append_scan(blocks, positions, shown, (0.0, 0.0, width, height), number)
        return True
    found = False
    for x0, top, x1, bottom in pictures.parts:
        part = shown[round(top * scale) : round(bottom * scale), round(x0 * scale) : round(x1 * scale)]
        if scan.holds_table(part):
            scan.append_scan(blocks, positions, part, (x0, top, x1, bottom), number)
            found = True
    return found


@dataclass(slots=True)
class _Survey:
    """The page's pictures (bounds in its own space, one for a form that holds
    pictures), its text objects that no picture covers, and its segments."""

    images: list[tuple[float, float, float, float]] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    segments: int = 0

    def collect(self, count: int, owner: Any, get: Callable[[Any, int], Any], depth: int) -> None:
        for index in range(count):
            item = get(owner, index)
            kind = pdfium_calls.object_type(item)
            if kind == c.FPDF_PAGEOBJ_IMAGE:
                _check_size(item)
                self._add_image(item)
            elif kind == c.FPDF_PAGEOBJ_TEXT:
                self.texts.append(item)
            elif kind == c.FPDF_PAGEOBJ_PATH:
                self.segments += max(0, pdfium_calls.segment_count(item))
            elif kind == c.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                inner = _Survey()
                inner.collect(c.FPDFFormObj_CountObjects(item), item, pdfium_calls.form_object, depth + 1)
                self.texts += inner.texts
                self.segments += inner.segments
                if inner.images:
                    self._add_image(item)

    def _add_image(self, item: Any) -> None:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            self.images.append((left.value, bottom.value, right.value, top.value))


def _check_size(image: Any) -> None:
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    if c.FPDFImageObj_GetImagePixelSize(image, wide, high) and wide.value * high.value > MAX_PIXELS:
        size = f"{wide.value}×{high.value}"
        raise ReadError("too_large", f"PDF 中的图片过大 / a picture in the PDF is too large: {size}")


def _visible_text(page: pdfium.PdfPage, survey: _Survey) -> int:
    """How many characters of the page show."""
    textpage = page.get_textpage()
    shown = (text for text in survey.texts if c.FPDFTextObj_GetTextRenderMode(text) != c.FPDF_TEXTRENDERMODE_INVISIBLE)
    count: int = sum(c.FPDFTextObj_GetText(text, textpage.raw, None, 0) // 2 - 1 for text in islice(shown, 1000))
    textpage.close()
    return count


def _displayed(page: pdfium.PdfPage, bounds: tuple[float, float, float, float]) -> BBox:
    """A box of the page's own space in points of the page as displayed, cut to the page."""
    left, bottom, right, top = bounds
    width, height = page.get_size()
    fine = 16  # PDFium counts in whole pixels
    xs, ys = [], []
    x, y = ctypes.c_int(), ctypes.c_int()
    for corner in ((left, bottom), (right, top)):
        c.FPDF_PageToDevice(page.raw, 0, 0, round(width * fine), round(height * fine), 0, *corner, x, y)
        xs.append(min(max(x.value / fine, 0.0), width))
        ys.append(min(max(y.value / fine, 0.0), height))
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: BBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
