"""Characters of a PDF whose font does not say which they are, looked at.

What stands on the page is recognised twice, from a grey and from a two-tone
picture of different size; the text layer says how many characters there are
and names their neighbours, which a recognition must confirm.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from extract.model import BBox, Place, ReadError
from extract.readers import limits
from extract.readers.pdf_layer import Char, Layer
from extract.readers.ruled import lines

UNKNOWN = "\ufffd"
_FIGURES = frozenset("0123456789.,-+%() ")
_APART = 1.0  # of the height: a wider gap parts two pieces of a line
_PAPER = 2.0  # points of paper around a piece
_SCALES = 3.4, 4.6  # pixels in a point: 245 and 331 dpi
_MOST_PIXELS = 60_000_000
_MOST_PIECES = 1500  # of one page


@dataclass(slots=True)
class _Seen(Layer):
    """A layer of which some characters were recognised; a place that holds one says so."""

    seen: frozenset[tuple[float, float]] = frozenset()  # their middles

    def place(self, x0: float, top: float, x1: float, bottom: float) -> Place:
        place = Layer.place(self, x0, top, x1, bottom)
        return replace(place, recognised=any(x0 <= x <= x1 and top <= y <= bottom for x, y in self.seen))


def is_unknown(char: Char) -> bool:
    """Whether the font does not say which character it is."""
    return _is_nameless(char.text)


def _is_nameless(text: str) -> bool:
    return text == UNKNOWN or unicodedata.category(text) == "Co"


def look_up(page: pdfium.PdfPage, layer: Layer) -> tuple[Layer, Layer]:
    """The layer as the first and as the second recognition complete it; the
    layer itself, twice, if nothing is unknown or no recogniser is installed."""
    if not any(map(_is_nameless, {char.text for char in layer.chars})):
        return layer, layer
    pieces = [piece for piece in _pieces(layer.chars) if any(is_unknown(char) for char in piece)]
    if len(pieces) > _MOST_PIECES or not math.prod(page.get_size()):
        return layer, layer
    for allow in limits.recognition_watchers:
        allow()
    try:
        first, second = (_completed(page, layer, pieces, scale) for scale in _SCALES)
    except ReadError:
        return layer, layer
    return first, second


def _pieces(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Characters that stand together on a line."""
    for line in lines(chars):
        piece = [line[0]]
        for before, char in itertools.pairwise(line):
            if char.x0 - before.x1 > _APART * max(before.bottom - before.top, char.bottom - char.top, 4.0):
                yield piece
                piece = []
            piece.append(char)
        yield piece


def _completed(page: pdfium.PdfPage, layer: Layer, pieces: Sequence[Sequence[Char]], scale: float) -> Layer:
    from extract.readers import ocr  # loads OpenCV
    from extract.readers.raster import turn, two_tones

    width, height = page.get_size()
    scale = min(scale, math.sqrt(_MOST_PIXELS / (width * height)))
    shown = page.render(scale=scale, grayscale=True).to_numpy().reshape(round(height * scale + 0.5), -1)
    pictures = []
    on_page = []
    for piece in pieces:
        x0, top, x1, bottom = (max(round(value * scale), 0) for value in _around(layer, piece))
        picture = turn(shown[top:bottom, x0:x1], layer.turned // 90)
        if picture.size:
            pictures.append(picture if scale < _SCALES[1] else two_tones(picture))
            on_page.append(piece)
    named: dict[int, str] = {}
    for piece, text in zip(on_page, ocr.read_lines(pictures, figures=True), strict=True):
        named |= {id(char): character for char, character in _matched(piece, text.text)}
    chars = [replace(char, text=named.get(id(char), UNKNOWN)) if is_unknown(char) else char for char in layer.chars]
    middles = ((char.x0 + char.x1, char.top + char.bottom) for char in layer.chars if is_unknown(char))
    values = {field.name: getattr(layer, field.name) for field in fields(Layer)}
    return _Seen(**{**values, "chars": chars}, seen=frozenset((x / 2, y / 2) for x, y in middles))


def _around(layer: Layer, piece: Sequence[Char]) -> BBox:
    """The piece's box with some paper, on the page as displayed."""
    x0, x1 = min(char.x0 for char in piece) - _PAPER, max(char.x1 for char in piece) + _PAPER
    top, bottom = min(char.top for char in piece) - _PAPER, max(char.bottom for char in piece) + _PAPER
    box = Layer.place(layer, x0, top, x1, bottom).bbox
    return box or (x0, top, x1, bottom)


def _matched(piece: Sequence[Char], text: str) -> Iterator[tuple[Char, str]]:
    """The unknown characters of a piece with what was recognised in their
    places. A figure must be recognised with as many characters as it has and
    with those that are known."""
    seen = "".join(unicodedata.normalize("NFKC", text).split())
    known = "".join(UNKNOWN if is_unknown(char) else unicodedata.normalize("NFKC", char.text)[:1] for char in piece)
    if all(character in _FIGURES or character == UNKNOWN for character in known) and not _fits(known, seen):
        return
    for step in Levenshtein.opcodes(known, seen):
        if step.tag == "replace" and step.src_end - step.src_start == step.dest_end - step.dest_start:
            pairs = zip(piece[step.src_start : step.src_end], seen[step.dest_start : step.dest_end], strict=True)
            yield from ((char, character) for char, character in pairs if is_unknown(char))


def _fits(known: str, seen: str) -> bool:
    return len(known) == len(seen) and all(a in (b, UNKNOWN) for a, b in zip(known, seen, strict=True))
