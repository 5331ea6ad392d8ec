"""Bytes to text for pages and text files whose declared encoding may be wrong."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-:.]+)""", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
_WESTERN = ("ascii", "iso8859-", "latin", "cp125", "cp437", "cp850", "mac-", "koi8")
_PLAIN = re.compile(r"[\t\r\n -~\u00a0\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_SAMPLE = 4096
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """The text of ``data``.

    A byte-order mark decides; else UTF-16 if its zero bytes show it; else UTF-8 if the bytes are valid UTF-8,
    whatever the page declares; else the declared encoding, with GB2312 and
    GBK read as GB18030, of which they are subsets, and a western encoding not
    believed of Chinese text; else GB18030. Bytes that
    remain invalid become U+FFFD, so that a damaged figure is unreadable
    rather than lost.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if (wide := _wide(data)) is not None:
        return data.decode(wide, errors="replace")
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
        name = codecs.lookup(name).name
    except LookupError:
        return None
    # Every byte is valid in a western encoding; four Chinese characters in a row are no accident.
    if name.startswith(_WESTERN) and _CHINESE.search(data.decode("gb18030", errors="replace")):
        return None
    return name


def _wide(data: bytes) -> str | None:
    """UTF-16 of either byte order, if the beginning holds zero bytes and is text in it."""
    sample = data[:_SAMPLE]
    if sample.count(0) * 100 < len(sample) or 0 not in sample:
        return None
    shares = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, errors="replace")
        shares[encoding] = len(_PLAIN.findall(text)) / len(text)
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > 0.9 else None


def _least_damaged(data: bytes) -> str:
    texts = (data.decode(encoding, errors="replace") for encoding in ("utf-8", "gb18030"))
    return min(texts, key=lambda text: text.count("\ufffd"))
