"""Bytes to text for pages and text files whose declared encoding may be wrong."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-:.]+)""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """The text of ``data``.

    A byte-order mark decides; else UTF-8 if the bytes are valid UTF-8,
    whatever the page declares; else the declared encoding, with GB2312 and
    GBK read as GB18030, of which they are subsets; else GB18030. Bytes that
    remain invalid become U+FFFD, so that a damaged figure is unreadable
    rather than lost.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A truncated last character does not make the file another encoding.
        if error.reason == "unexpected end of data":
            return data.decode("utf-8", errors="replace")
    for name in (_declared(data), "gb18030"):
        if name is None:
            continue
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return _least_damaged(data)


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    if match is None:
        return None
    name = match.group(1).decode("ascii").lower()
    if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936"):
        return "gb18030"
    if name in ("utf-8", "utf8"):
        return None  # it was tried and failed
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _least_damaged(data: bytes) -> str:
    texts = (data.decode(encoding, errors="replace") for encoding in ("utf-8", "gb18030"))
    return min(texts, key=lambda text: text.count("\ufffd"))
