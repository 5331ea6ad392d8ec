"""OFD (GB/T 33190-2016), the national fixed-layout format: a ZIP of XML.

A page's text and paths become the same layer of characters and rules that a
PDF page has. Coordinates are millimetres from the page's top left: an object
stands in its ``Boundary``, transformed by its ``CTM``; ``DeltaX`` and
``DeltaY`` lead from one character to the next.
"""

from __future__ import annotations

import itertools
import math
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from extract.model import BBox, Block, Document, Grid, ReadError
from extract.readers.page import append_page
from extract.readers.pdf_layer import Char, Layer
from extract.readers.pdf_rules import edge
from extract.readers.positions import Columns, read_positions
from extract.readers.signatures import OFD
from extract.readers.zipped import open_zip, parse_xml, unpack

MAX_PAGES = 300

_POINT = 72 / 25.4  # points in a millimetre
_A4 = (0.0, 0.0, 210.0, 297.0)
_THIN = 1.0  # millimetres: a filled shape thinner than this is a rule
_STRAIGHT = 0.3  # millimetres by which a rule may be off the straight
_MAX_OBJECTS = 100_000  # of one page
_MAX_IMAGE = 32 * 1024 * 1024  # bytes
_WHOLE = 0.5  # of the page: a picture that covers as much is a scanned page
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_ASCENT = 0.86  # of a character's size that stands above its base line
_Matrix = tuple[float, ...]
"""a, b, c, d, e, f."""

_Box = tuple[float, ...]
"""x, y, width, height in millimetres."""


def read(data: bytes) -> Document:
    """Tables and paragraphs of the first document in the file, page by page;
    pages that are pictures are recognised. Places are points, as in a PDF.

    Raises ReadError: "unreadable" for a damaged file, "encrypted",
    "too_large" beyond ``MAX_PAGES``, "empty" for one without text.
    """
    blocks: list[Block] = []
    positions: list[Grid] = []
    columns: Columns | None = None
    with open_zip(data) as archive:
        package = _Package(archive, archive.namelist())
        for number, (page, box) in _numbered(package):
            layer, pictures = _layer(page, box, number)
            append_page(blocks, layer)
            found, columns = read_positions(layer, columns)
            positions += found
            if not layer.chars:
                _append_picture(blocks, positions, package, pictures, box, number)
    if not blocks:
        raise ReadError("empty", "OFD 中没有文字 / there is no text in the OFD file")
    return Document(OFD, blocks, positions=positions)


def read_sizes(data: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in points. Raises ReadError like ``read``."""
    with open_zip(data) as archive:
        found = _numbered(_Package(archive, archive.namelist()))
        return [(box[2] * _POINT, box[3] * _POINT) for _, (_, box) in found]


def read_page(data: bytes, wanted: int) -> tuple[Layer, list[tuple[bytes, BBox]]] | None:
    """What stands on a page, from 1: characters and rules, and where it has no text the pictures that are the page,
    with their boxes. None where there is no such page; raises ReadError like ``read``."""
    with open_zip(data) as archive:
        package = _Package(archive, archive.namelist())
        for number, (page, box) in _numbered(package):
            if number == wanted:
                layer, pictures = _layer(page, box, number)
                return layer, [] if layer.chars else list(_whole(package, pictures, box))
    return None


@dataclass(slots=True)
class _Package:
    """The files of an OFD package; locations in it are relative to the file that states them."""

    archive: zipfile.ZipFile
    names: list[str]

    def resolve(self, location: str, base: str) -> str:
        """The name of the file at a location that the file ``base`` states."""
        local = posixpath.normpath(posixpath.join("/", posixpath.dirname(base), location.strip())).lstrip("/")
        plain = location.strip().lstrip("/")
        return local if local in self.names or plain not in self.names else plain

    def pages(self) -> Iterator[tuple[list[etree._Element], _Box]]:
        """Each page as the roots of its template and its own content, with its box in millimetres."""
        if any(posixpath.basename(name).lower() == "encryptions.xml" for name in self.names):
            raise ReadError("encrypted", "OFD 已加密 / the OFD file is encrypted")
        root = parse_xml(self.archive, "OFD.xml")
        document_name = self.resolve(_text(root, "DocRoot"), "OFD.xml")
        document = parse_xml(self.archive, document_name)
        box = _numbers(_text(document, "PhysicalBox"), _A4)
        templates = {
            element.get("ID"): self.resolve(_location(element), document_name)
            for element in document.iterfind(".//{*}TemplatePage")
        }
        for element in document.iterfind(".//{*}Pages/{*}Page"):
            page = parse_xml(self.archive, self.resolve(_location(element), document_name))
            used = [templates.get(template.get("TemplateID")) for template in page.iterfind("./{*}Template")]
            parts = [parse_xml(self.archive, name) for name in used if name]
            yield [*parts, page], _numbers(_text(page, "PhysicalBox"), box)

    def picture(self, resource: str) -> bytes | None:
        """The content of the picture of that number, None if there is none."""
        for name in self.names:
            if name.endswith("Res.xml"):
                resources = parse_xml(self.archive, name)
                for media in resources.iterfind(".//{*}MultiMedia"):
                    if media.get("ID") == resource:
                        folder = posixpath.join(resources.get("BaseLoc", ""), _text(media, "MediaFile"))
                        return unpack(self.archive, self.resolve(folder, name), _MAX_IMAGE)
        return None


def _numbered(package: _Package) -> Iterator[tuple[int, tuple[list[etree._Element], _Box]]]:
    """The pages with their numbers; ReadError("too_large") beyond ``MAX_PAGES``."""
    for number, page in enumerate(package.pages(), start=1):
        if number > MAX_PAGES:
            raise ReadError("too_large", f"超过 {MAX_PAGES} 页 / more than {MAX_PAGES} pages")
        yield number, page


def _location(element: etree._Element) -> str:
    return element.get("BaseLoc") or _text(element, "BaseLoc")


def _layer(parts: list[etree._Element], box: _Box, number: int) -> tuple[Layer, list[tuple[str, BBox]]]:
    """The page's characters and rules, and its pictures: number and box in millimetres."""
    x0, top, width, height = box
    layer = Layer(number, width * _POINT, height * _POINT, [], [])
    pictures: list[tuple[str, BBox]] = []
    objects = (element for part in parts for element in part.iterfind("./{*}Content//{*}*[@Boundary]"))
    for count, element in enumerate(objects):
        if count > _MAX_OBJECTS:
            raise ReadError("too_large", f"第 {number} 页的对象过多 / too many objects on page {number}")
        left, upper, wide, high = _numbers(element.get("Boundary", ""), (0.0, 0.0, 0.0, 0.0))
        a, b, c, d, e, f = _numbers(element.get("CTM", ""), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
        matrix = (a, b, c, d, e + left - x0, f + upper - top)
        kind = etree.QName(element).localname
        if kind == "TextObject":
            layer.chars += _chars(element, matrix)
        elif kind == "PathObject":
            layer.edges += _edges(element, matrix)
        elif kind == "ImageObject":
            left, upper = left - x0, upper - top
            pictures.append((element.get("ResourceID", ""), (left, upper, left + wide, upper + high)))
    return layer, pictures


def _chars(element: etree._Element, matrix: _Matrix) -> Iterator[Char]:
    size = _number(element.get("Size"), 3.5)
    high = size * (abs(matrix[1]) + abs(matrix[3]))
    x = y = 0.0
    for code in element.iterfind("./{*}TextCode"):
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        text = (code.text or "").strip("\r\n")
        steps_x, steps_y = _deltas(code.get("DeltaX", ""), len(text)), _deltas(code.get("DeltaY", ""), len(text))
        for character, step_x, step_y in zip(text, steps_x, steps_y, strict=True):
            left, base = _apply(matrix, x, y)
            narrow = size * (0.5 if character.isascii() else 1.0)
            wide = (min(step_x, narrow) if step_x > 0 else narrow) * (abs(matrix[0]) + abs(matrix[2]))
            if not character.isspace():
                top, bottom = base - _ASCENT * high, base + (1 - _ASCENT) * high
                box = (value * _POINT for value in (left, top, left + wide, bottom, base))
                yield Char(character, *box)
            x, y = x + step_x, y + step_y


def _deltas(text: str, count: int) -> list[float]:
    """The steps after each of ``count`` characters; ``g 3 5.5`` stands for three steps of 5.5."""
    steps: list[float] = []
    parts = iter(text.split())
    for part in parts:
        if part == "g":
            times, step = next(parts, ""), next(parts, "")
            steps += [_number(step, 0.0)] * min(max(int(_number(times, 0.0)), 0), count)
        else:
            steps.append(_number(part, 0.0))
    return (steps + [0.0] * count)[:count]


def _edges(element: etree._Element, matrix: _Matrix) -> Iterator[dict[str, Any]]:
    """The straight rules of a path: its strokes, or the shape itself where it is filled and thin."""
    stroked = element.get("Stroke", "true") != "false"
    if not stroked and element.get("Fill", "false") != "true":
        return
    for points in _subpaths(_text(element, "AbbreviatedData")):
        shown = [_apply(matrix, x, y) for x, y in points]
        if not stroked:
            left, right = min(x for x, _ in shown), max(x for x, _ in shown)
            top, bottom = min(y for _, y in shown), max(y for _, y in shown)
            if min(right - left, bottom - top) > _THIN:
                continue
            x, y = (left + right) / 2, (top + bottom) / 2
            shown = [(left, y), (right, y)] if right - left > bottom - top else [(x, top), (x, bottom)]
        for (ax, ay), (bx, by) in itertools.pairwise(shown):
            if abs(ay - by) <= _STRAIGHT < abs(ax - bx):
                height = (ay + by) / 2 * _POINT
                yield edge("h", min(ax, bx) * _POINT, max(ax, bx) * _POINT, height, height)
            elif abs(ax - bx) <= _STRAIGHT < abs(ay - by):
                middle = (ax + bx) / 2 * _POINT
                yield edge("v", middle, middle, min(ay, by) * _POINT, max(ay, by) * _POINT)


def _subpaths(data: str) -> Iterator[list[tuple[float, float]]]:
    """The points of each subpath; a curve counts as the line to its end, which is not straight enough to be a rule."""
    points: list[tuple[float, float]] = []
    parts = iter(data.split())
    for command in parts:
        operands = [_number(next(parts, ""), 0.0) for _ in range(_OPERANDS.get(command, 0))]
        if command in ("M", "S"):
            if len(points) > 1:
                yield points
            points = []
        if command == "C" and points:
            points.append(points[0])
        elif len(operands) >= 2:
            points.append((operands[-2], operands[-1]))
    if len(points) > 1:
        yield points


def _append_picture(
    blocks: list[Block],
    positions: list[Grid],
    package: _Package,
    pictures: list[tuple[str, BBox]],
    box: _Box,
    number: int,
) -> None:
    """Recognises the picture that is the page."""
    for content, place in _whole(package, pictures, box):
        from extract.readers.image import open_picture  # loads OpenCV
        from extract.readers.scan import append_scan

        append_scan(blocks, positions, open_picture(content), place, number)


def _whole(package: _Package, pictures: list[tuple[str, BBox]], box: _Box) -> Iterator[tuple[bytes, BBox]]:
    """The pictures that are as large as the page, with their boxes in points."""
    for resource, (x0, top, x1, bottom) in pictures:
        if (x1 - x0) * (bottom - top) >= _WHOLE * box[2] * box[3] and (content := package.picture(resource)):
            yield content, (x0 * _POINT, top * _POINT, x1 * _POINT, bottom * _POINT)


def _apply(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f".//{{*}}{name}")
    return "" if found is None else (found.text or "").strip()


def _number(text: str | None, default: float) -> float:
    return _numbers(text or "", (default,))[0]


def _numbers(text: str, default: tuple[float, ...]) -> tuple[float, ...]:
    """As many numbers as ``default`` has, which stands in where the text does not hold them."""
    try:
        values = tuple(float(part) for part in text.split())
    except ValueError:
        return default
    return values if len(values) == len(default) and all(map(math.isfinite, values)) else default
