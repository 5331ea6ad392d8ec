"""Pages of OFD documents, drawn anew from their characters and rules. Runs in the child process alone.

No library at hand draws OFD. What the reader reads of a page (characters with their places, straight rules) is what
cells and prose are made from, and is drawn as SVG; pictures and curves on a page with text are left out.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PIL import Image

from dashboard.original.marks import BBox
from dashboard.original.pages import (
    MOST_SOURCE,
    WIDE,
    Hidden,
    Shown,
    contacts,
    no_page,
    open_image,
    scan_picture,
    upright,
)
from extract.model import ReadError
from extract.readers.ofd import read_page, read_sizes

if TYPE_CHECKING:
    from extract.readers.pdf_layer import Char, Layer

sizes = read_sizes


def picture(data: bytes, number: int, boxes: Sequence[BBox]) -> Shown:
    """A page, counted from 1, as ``dashboard.original.pages`` shows those of other documents; as SVG, unless it is a
    picture. Hidden; raises ReadError like the reader, and "not_a_filing" where there is no such page."""
    found = read_page(data, number)
    if found is None or not 0 < found[0].width * found[0].height < math.inf:
        raise no_page()
    layer, whole = found
    if layer.chars:
        size = layer.width, layer.height
        return Shown(*size, (0.0, 0.0, *size), "image/svg+xml", _drawn(layer, boxes).encode())
    if not whole:
        raise Hidden
    return scan_picture(_scan(layer, whole), (layer.width, layer.height), boxes)


def _scan(layer: Layer, whole: Sequence[tuple[bytes, BBox]]) -> Image.Image:
    """The pictures that are the page, on paper of its size."""
    scale = WIDE / layer.width
    paper = Image.new("RGB", (WIDE, max(1, min(round(layer.height * scale), 20 * WIDE))), "white")
    for content, (x0, top, x1, bottom) in whole:
        with open_image(content) as image:
            if image.width * image.height > MOST_SOURCE:
                raise ReadError("too_large", "图片过大 / the image is too large")
            to = max(1, round((x1 - x0) * scale)), max(1, round((bottom - top) * scale))
            shown = upright(image).resize((min(to[0], paper.width), min(to[1], paper.height)), reducing_gap=2.0)
            paper.paste(shown, (round(x0 * scale), round(top * scale)))
    return paper


def _drawn(layer: Layer, boxes: Sequence[BBox]) -> str:
    covered = list(contacts(layer, boxes))
    rules = "".join(
        f"M{edge['x0']:.1f} {edge['top']:.1f}L{edge['x1']:.1f} {edge['bottom']:.1f}" for edge in layer.edges
    )
    chars = [char for char in layer.chars if not any(_is_within(char, box) for box in covered)]
    # Characters that follow each other on a line, of one size, are one element.
    lines = itertools.groupby(chars, key=lambda char: (round(char.base, 1), round(char.bottom - char.top, 1)))
    texts = (
        f'<text y="{base:g}" font-size="{size:g}" x="{" ".join(f"{char.x0:.1f}" for char in line)}">'
        f"{escape(''.join(char.text for char in line))}</text>"
        for (base, size), line in ((key, list(line)) for key, line in lines)
    )
    covers = (
        f'<rect x="{x0:.1f}" y="{top:.1f}" width="{x1 - x0:.1f}" height="{bottom - top:.1f}" fill="#cbcfd4"/>'
        for x0, top, x1, bottom in covered
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layer.width:g}" height="{layer.height:g}" '
        f'viewBox="0 0 {layer.width:g} {layer.height:g}"><rect width="100%" height="100%" fill="#fff"/>'
        f'<path d="{rules}" stroke="#000" stroke-width="0.6"/><g font-family="Noto Serif CJK SC, SimSun, serif">'
        f"{''.join(texts)}</g>{''.join(covers)}</svg>"
    )


def _is_within(char: Char, box: BBox) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
