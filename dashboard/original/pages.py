"""Pages of a document as pictures, in the coordinates of the cells' boxes. Runs in the child process alone.

A page with a text layer is shown whole, its contacts covered. Of a page that is a picture nobody can say where
contacts stand: only the bands in which the form's tables stand are shown, the headings above them included.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageDraw

from dashboard.original.marks import BBox
from extract.model import ReadError

if TYPE_CHECKING:
    from extract.readers.pdf_layer import Char, Layer

DPI = 140
MAX_PIXELS = 8_000_000
"""Of a picture that is made."""

MOST_SOURCE = 90_000_000
"""Pixels of a picture that is opened."""

WIDE = 1240
"""Pixels of width of a picture made from a picture."""

_ABOVE, _BELOW = 0.14, 0.012  # of the page's height: a table's headings above its first figures; below only its rule
_COVER = (203, 207, 212)
_COLOURS = 24  # by which a channel differs from another where there is colour and not only noise
_WORD, _WIDE_GAP = 0.9, 1.6  # of the characters' height: gaps for one blank and for more
_PAD = 1.0  # points around what is covered

Size = tuple[float, float]


@dataclass(frozen=True)
class Shown:
    """A picture of a page, or of the part of it that is shown: ``box``, in the page's points like its size."""

    width: float
    height: float
    box: BBox
    media_type: str
    data: bytes


class Hidden(Exception):
    """A page that is a picture and has no table of the form: nothing of it is shown."""


def pdf_sizes(data: bytes) -> list[Size]:
    """Width and height of each page as displayed. Raises ReadError like the reader of PDFs."""
    import pypdfium2 as pdfium

    try:
        with open_pdf(data) as pdf:
            return [pdf.get_page_size(number) for number in range(len(pdf))]
    except pdfium.PdfiumError as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error


def pdf_picture(data: bytes, number: int, boxes: Sequence[BBox]) -> Shown:
    """A page of a PDF, counted from 1; ``boxes`` are those of the form's cells on it. Hidden; raises ReadError like
    the reader of PDFs, and "not_a_filing" where there is no such page."""
    import pypdfium2 as pdfium

    from extract.readers.pdf_layer import read_layer
    from extract.readers.pictures import find_pictures

    try:
        with open_pdf(data) as pdf:
            if not 1 <= number <= len(pdf):
                raise no_page()
            page = pdf[number - 1]
            width, height = page.get_size()
            if not 0 < width * height < math.inf:
                raise no_page()
            layer = read_layer(page, number)
            pictures = find_pictures(page, layer)
            shown = bands(boxes, height)
            if pictures.whole and not shown:
                raise Hidden
            scale = min(DPI / 72, math.sqrt(MAX_PIXELS / (width * height)))
            # Notes that are drawn over a page are no part of what was read.
            image = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False, draw_annots=False).to_pil()
            covered = list(contacts(layer, boxes))
            hidden = [(0.0, 0.0, width, height)] if pictures.whole else pictures.parts
            covered += [part for box in hidden for part in _outside(box, shown)]
            _cover(image, covered, (width, height))
            box = (0.0, shown[0][0], width, shown[-1][1]) if pictures.whole else (0.0, 0.0, width, height)
            return _shown(image, (width, height), box)
    except pdfium.PdfiumError as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error


def open_pdf(data: bytes) -> Any:
    """A PDF, to be closed. Raises ReadError: "encrypted" for a password, "too_large" beyond ``MOST_PAGES``,
    "unreadable" for what is none."""
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ReadError("encrypted", "PDF 有密码 / the PDF is protected by a password") from error
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    if len(pdf) > MOST_PAGES:
        raise ReadError("too_large", f"超过 {MOST_PAGES} 页 / more than {MOST_PAGES} pages")
    return pdf


MOST_PAGES = 300
"""Of a document, as the readers have it."""


def no_page() -> ReadError:
    """That a document has no such page."""
    return ReadError("not_a_filing", "没有这一页 / there is no such page")


def image_sizes(data: bytes) -> list[Size]:
    """Width and height of each page of an image, in pixels as displayed, which are its points."""
    with open_image(data) as image:
        frames = getattr(image, "n_frames", 1)
        if frames > MOST_PAGES:
            raise ReadError("too_large", f"超过 {MOST_PAGES} 页 / more than {MOST_PAGES} pages")
        return [_size(image, number) for number in range(frames)]


def image_picture(data: bytes, number: int, boxes: Sequence[BBox]) -> Shown:
    """A page of an image, counted from 1: the bands of the form's tables. Hidden; ReadError as for a PDF."""
    with open_image(data) as image:
        if not 1 <= number <= getattr(image, "n_frames", 1):
            raise no_page()
        width, height = _size(image, number - 1)
        if width * height > MOST_SOURCE:
            raise ReadError("too_large", f"图片过大 / the image is too large: {width:.0f}×{height:.0f}")
        image.draft(image.mode, (2 * WIDE, 2 * WIDE))  # a JPEG is unpacked no larger than that
        return scan_picture(upright(image), (width, height), boxes)


def scan_picture(image: Image.Image, size: Size, boxes: Sequence[BBox]) -> Shown:
    """The bands of a picture of a page (of ``size`` in points) in which the form's tables stand; or Hidden."""
    width, height = size
    shown = bands(boxes, height)
    if not shown:
        raise Hidden
    scale = min(WIDE / image.width, math.sqrt(MAX_PIXELS / (image.width * image.height)), 1.0)
    if scale < 1.0:
        to = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(to, Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BILINEAR, reducing_gap=2.0)
    _cover(image, _outside((0.0, 0.0, width, height), shown), size)
    return _shown(image, size, (0.0, shown[0][0], width, shown[-1][1]))


def open_image(data: bytes) -> Image.Image:
    """An image, not yet unpacked. ReadError("unreadable")."""
    Image.MAX_IMAGE_PIXELS = None  # there is a limit of our own, and one of the process's memory
    try:
        return Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"))
    except (OSError, ValueError, SyntaxError) as error:
        raise ReadError("unreadable", f"图片损坏 / the image is damaged: {error}") from error


def _size(image: Image.Image, number: int) -> Size:
    """How large a page of an image is shown, whichever way it lies in its file."""
    if number or getattr(image, "n_frames", 1) > 1:
        image.seek(number)
    wide, high = image.size
    return (high, wide) if image.getexif().get(0x0112) in (5, 6, 7, 8) else (wide, high)


def upright(image: Image.Image) -> Image.Image:
    """The picture on white paper, turned as its orientation tag says."""
    from PIL import ImageOps

    try:
        if image.mode.startswith("I"):  # 16 bits of grey
            top = max(float(image.getextrema()[1]), 1.0)  # type: ignore[arg-type]
            image = image.convert("F").point(lambda value: value * (255 / top)).convert("L")
        image = ImageOps.exif_transpose(image)
        if image.has_transparency_data:
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image.convert("RGBA"))
        return image.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise ReadError("unreadable", f"图片损坏 / the image is damaged: {error}") from error


def bands(boxes: Sequence[BBox], height: float) -> list[tuple[float, float]]:
    """From where to where down a page its tables stand, with their headings; from the top, none touching another."""
    found: list[tuple[float, float]] = []
    for _, top, _, bottom in sorted(boxes, key=lambda box: box[1]):
        first, last = max(0.0, top - _ABOVE * height), min(height, bottom + _BELOW * height)
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        elif first < last:
            found.append((first, last))
    return found


def _outside(box: BBox, shown: Sequence[tuple[float, float]]) -> Iterator[BBox]:
    """What of a box lies in none of the bands."""
    x0, top, x1, bottom = box
    for first, last in shown:
        if top < min(first, bottom):
            yield x0, top, x1, min(first, bottom)
        top = max(top, last)
    if top < bottom:
        yield x0, top, x1, bottom


def contacts(layer: Layer, boxes: Sequence[BBox]) -> Iterator[BBox]:
    """Where on the page, as displayed, contacts are printed."""
    from dashboard.original.contacts import APART, cuts
    from extract.readers.ruled import lines

    printed: list[Char] = []
    gaps: list[str] = []
    inside, free = _parted(layer, boxes)
    for chars, in_cell in [*((chars, True) for chars in inside), (free, False)]:
        found = lines(chars)
        right = max((line[-1].x1 for line in found), default=0.0)
        for line in found:
            printed += line
            gaps += _gaps(line)
            goes_on = in_cell or line[-1].x1 > right - 2 * (line[-1].bottom - line[-1].top)
            gaps[-1] = "" if goes_on else APART
        if gaps:
            gaps[-1] = APART
    piece: list[Char] = []
    last = -1
    for number in sorted(cuts([char.text for char in printed], gaps)):
        char = printed[number]
        beside = number == last + 1 and char.top < printed[last].bottom and char.bottom > printed[last].top
        if piece and not beside:
            yield _around(layer, piece)
            piece = []
        piece.append(char)
        last = number
    if piece:
        yield _around(layer, piece)


def _around(layer: Layer, chars: Sequence[Char]) -> BBox:
    """The box of characters beside each other on the page as displayed, with some paper."""
    x0, top = min(char.x0 for char in chars) - _PAD, min(char.top for char in chars) - _PAD
    x1, bottom = max(char.x1 for char in chars) + _PAD, max(char.bottom for char in chars) + _PAD
    return layer.place(x0, top, x1, bottom).bbox or (0.0, 0.0, 0.0, 0.0)


def _gaps(line: Sequence[Char]) -> list[str]:
    """What parts each character of a line from the next: nothing, a blank, or more where they are of other cells."""
    gaps = []
    for char, after in itertools.pairwise(line):
        height = max(char.bottom - char.top, after.bottom - after.top, 6.0)
        gap = after.x0 - char.x1
        gaps.append("  " if gap > _WIDE_GAP * height else " " if gap > _WORD * height else "")
    return [*gaps, ""]


def _parted(layer: Layer, boxes: Sequence[BBox]) -> tuple[list[list[Char]], list[Char]]:
    """The characters in each of the cells, and the others: figures beside each other are no telephone number."""
    inside: list[list[Char]] = [[] for _ in boxes]
    free: list[Char] = []
    for char in layer.chars:
        place = layer.place(char.x0, char.top, char.x1, char.bottom).bbox or (0.0, 0.0, 0.0, 0.0)
        x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
        for members, (x0, top, x1, bottom) in zip(inside, boxes, strict=True):
            if x0 <= x <= x1 and top <= y <= bottom:
                members.append(char)
                break
        else:
            free.append(char)
    return [chars for chars in inside if chars], free


def _scales(image: Image.Image, size: Size) -> tuple[float, float]:
    """Pixels in a point, across and down: a picture has whole pixels, a page has not."""
    return image.width / size[0], image.height / size[1]


def _cover(image: Image.Image, boxes: Iterable[BBox], size: Size) -> None:
    draw, (across, down) = ImageDraw.Draw(image), _scales(image, size)
    for x0, top, x1, bottom in boxes:
        draw.rectangle((x0 * across, top * down, x1 * across, bottom * down), fill=_COVER)


def _shown(image: Image.Image, size: Size, box: BBox) -> Shown:
    """The part of a picture within the box, which is made to end with whole pixels."""
    across, down = _scales(image, size)
    x0, top = math.floor(box[0] * across), math.floor(box[1] * down)
    # (What is a whole page does not become a pixel less.)
    x1, bottom = math.ceil(box[2] * across - 0.01), math.ceil(box[3] * down - 0.01)
    if (x0, top, x1, bottom) != (0, 0, *image.size):
        image = image.crop((x0, top, x1, bottom))
    media_type, data = encoded(image)
    part = (x0 / across, top / down, x1 / across, bottom / down)
    return Shown(*size, part, media_type, data)


def encoded(image: Image.Image) -> tuple[str, bytes]:
    """The picture in few bytes: text in black as sixteen greys, what has colours as WebP."""
    out = io.BytesIO()
    if _has_colour(image):
        image.save(out, "WEBP", quality=82, method=2)
        return "image/webp", out.getvalue()
    grey = image.convert("L").point([min(255, (value + 8) // 17 * 17) for value in range(256)])
    grey.save(out, "PNG", compress_level=6)
    return "image/png", out.getvalue()


def _has_colour(image: Image.Image) -> bool:
    small = image.convert("RGB").reduce(3)
    red, green, blue = small.split()
    differences = (ImageChops.difference(*pair).getextrema() for pair in ((red, green), (green, blue)))
    return any(int(str(most)) > _COLOURS for _, most in differences)
