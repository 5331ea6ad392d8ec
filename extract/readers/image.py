"""Images of pages (PNG, JPEG, TIFF of several pages, BMP, GIF, WebP), recognised."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import ExifTags, Image, ImageSequence

from extract.model import Block, Document, Grid, ReadError
from extract.readers.raster import SHORT_SIDE, Picture
from extract.readers.scan import append_scan
from extract.readers.signatures import image_type

MAX_PIXELS = 90_000_000
"""Of one page: A3 at 600 dpi has 70 million."""

MAX_PAGES = 60

# What the orientation tag of EXIF asks for.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")


def read(data: bytes) -> Document:
    """Tables and paragraphs, page by page.

    A pixel counts as a point, whatever resolution the file states, so that
    places are pixels of the image as displayed (its orientation tag obeyed).
    Raises ReadError: "unreadable" for a damaged file, "too_large" beyond
    ``MAX_PIXELS`` or ``MAX_PAGES``, "empty" for pictures without text,
    "unsupported" if no recogniser is installed.
    """
    blocks: list[Block] = []
    positions: list[Grid] = []
    for number, (picture, size) in enumerate(_pictures(data), start=1):
        append_scan(blocks, positions, picture, (0.0, 0.0, *size), number)
    if not blocks:
        raise ReadError("empty", "图片中没有文字 / there is no text in the image")
    return Document(image_type(data) or "image/png", blocks, positions=positions)


def open_picture(data: bytes) -> Picture:
    """The first picture in a file. Raises ReadError like ``read``."""
    return next(_pictures(data))[0]


def _pictures(data: bytes) -> Iterator[tuple[Picture, tuple[int, int]]]:
    """Each picture, perhaps reduced, and its own width and height as displayed."""
    try:
        with _open(data) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > MAX_PAGES:
                    raise ReadError("too_large", f"超过 {MAX_PAGES} 页 / more than {MAX_PAGES} pages")
                if frame.width * frame.height > MAX_PIXELS:
                    raise _too_large(f"{frame.width}×{frame.height}")
                yield _picture(frame)
    except Image.DecompressionBombError as error:
        raise _too_large(str(error)) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ReadError("unreadable", f"图片损坏 / the image is damaged: {error}") from error


def _open(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have a limit of our own
        return Image.open(io.BytesIO(data), formats=_FORMATS)


def _picture(frame: Image.Image) -> tuple[Picture, tuple[int, int]]:
    """The frame as grey or colour, on white paper, reduced to little more than reading size."""
    wide, high = frame.size
    frame.draft(frame.mode, (2 * SHORT_SIDE, 2 * SHORT_SIDE))  # a JPEG is unpacked no larger than that
    plain = _plain(frame)
    factor = min(plain.size) // (2 * SHORT_SIDE)
    if factor > 1:
        plain = plain.reduce(factor)
    turned = frame.getexif().get(ExifTags.Base.Orientation, 1)
    if turned in _TURNS:
        plain = plain.transpose(_TURNS[turned])
    return np.asarray(plain, dtype=np.uint8), (high, wide) if turned in _SIDEWAYS else (wide, high)


def _plain(frame: Image.Image) -> Image.Image:
    if frame.mode.startswith("I"):  # 16 bits of grey, which conversion would clip
        deep = np.asarray(frame, dtype=np.float32)
        return Image.fromarray((deep / max(float(deep.max()), 1.0) * 255).astype(np.uint8))
    if frame.has_transparency_data:
        paper = Image.new("RGBA", frame.size, "white")
        return Image.alpha_composite(paper, frame.convert("RGBA")).convert("RGB")
    return frame.convert("L" if frame.mode in ("1", "L") else "RGB")


def _too_large(size: str) -> ReadError:
    return ReadError("too_large", f"图片过大 / the image is too large: {size}")
