"""Pictures that a page of HTML carries within itself (data: addresses)."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re

from extract.model import Block, Grid, ReadError

MAX_PICTURES = 40

_PICTURE = re.compile(r"""src\s*=\s*["']?\s*data:image/[a-z+.-]+;base64,([A-Za-z0-9+/=\s%]+)""", re.IGNORECASE)
_LEAST = 20_000  # characters of Base64: a smaller picture is no page


def append_embedded(blocks: list[Block], positions: list[Grid], text: str) -> None:
    """Recognises the larger pictures in a page's text, in their order; a
    damaged one is passed over. Places are pixels of the numbered picture.

    ReadError: "too_large" beyond ``MAX_PICTURES``, "unsupported" if no
    recogniser is installed.
    """
    for number, data in enumerate(embedded_pictures(text), start=1):
        with contextlib.suppress(ValueError):
            _append(blocks, positions, data, number)


def embedded_pictures(text: str) -> list[bytes]:
    """The larger pictures in a page's text, in their order; b"" for one whose text is damaged. ReadError("too_large")
    beyond ``MAX_PICTURES``."""
    found = [match[1] for match in _PICTURE.finditer(text) if len(match[1]) >= _LEAST]
    if len(found) > MAX_PICTURES:
        raise ReadError("too_large", f"超过 {MAX_PICTURES} 张图片 / more than {MAX_PICTURES} pictures")
    return [_decoded(encoded) for encoded in found]


def _decoded(encoded: str) -> bytes:
    with contextlib.suppress(binascii.Error, ValueError):
        return base64.b64decode(re.sub(r"%0[AaDd]|\s", "", encoded))
    return b""


def _append(blocks: list[Block], positions: list[Grid], data: bytes, number: int) -> None:
    from extract.readers import image, scan  # load OpenCV

    try:
        picture = image.open_picture(data)
    except ReadError as error:
        if error.code == "unreadable":
            return
        raise
    height, width = picture.shape[:2]
    scan.append_scan(blocks, positions, picture, (0.0, 0.0, float(width), float(height)), number)
