"""Pictures of pages that a page of HTML carries within itself. Runs in the child process alone."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from dashboard.original.marks import BBox
from dashboard.original.pages import Shown, Size, scan_picture
from extract.charset import decode
from extract.model import ReadError
from extract.readers.embedded import embedded_pictures


def sizes(data: bytes) -> list[Size]:
    """Width and height of each picture in the reader's points; 0 for a damaged one."""
    return [(0, 0) if image is None else image.size for image in map(_opened, embedded_pictures(decode(data)))]


def picture(data: bytes, number: int, boxes: Sequence[BBox]) -> Shown:
    """The picture of that number, from 1, as ``dashboard.original.pages`` shows scans."""
    found = embedded_pictures(decode(data))
    image = _opened(found[number - 1]) if 1 <= number <= len(found) else None
    if image is None:
        raise ReadError("not_a_filing", "没有这一页 / there is no such page")
    return scan_picture(image.convert("RGB"), image.size, boxes)


def _opened(data: bytes) -> Image.Image | None:
    from extract.readers.image import open_picture  # loads OpenCV

    try:
        return Image.fromarray(open_picture(data))
    except ReadError:
        return None
