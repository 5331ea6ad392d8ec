"""One reader per medium: bytes in, a ``Document`` out.

A reader registers here by its medium; libraries of a medium are imported
only when a document of that medium comes.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import cast

from extract.model import Document, ReadError
from extract.readers import limits, signatures
from extract.readers.signatures import DOC, DOCX, MHTML, ODT, OFD, RTF, XLS, XLSX, ZIP

DOCX_TYPE = DOCX
_USUAL_HEAD, _LONGEST_HEAD = 1024, 65536  # bytes within which a page says that it is one

_READERS = {
    "text/plain": "extract.readers.text",
    "text/html": "extract.readers.html",
    "application/pdf": "extract.readers.pdf",
    DOCX: "extract.readers.docx",
    MHTML: "extract.readers.mhtml",
    XLSX: "extract.readers.sheet",
    XLS: "extract.readers.sheet",
    OFD: "extract.readers.ofd",
    ZIP: "extract.readers.archive",
    **dict.fromkeys((DOC, RTF, ODT), "extract.readers.legacy"),
    **dict.fromkeys(signatures.IMAGES, "extract.readers.image"),
}

_BY_NAME = {
    **dict.fromkeys((".txt", ".md", ".tsv", ".csv"), "text/plain"),
    **dict.fromkeys((".html", ".htm", ".shtml", ".xhtml", ".jhtml"), "text/html"),
}
_SUFFIXES = frozenset(
    {*_BY_NAME, ".pdf", ".docx", ".docm", ".doc", ".wps", ".rtf", ".odt", ".mht", ".mhtml", ".xlsx", ".xlsm", ".xls"}
    | {".et", ".ofd", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"}
)


def is_document_name(name: str) -> bool:
    """Whether a file of this name is of a kind that some reader knows."""
    return PurePath(name).suffix.lower() in _SUFFIXES


def sniff(data: bytes, name: str) -> str:
    """The media type of a document, by its content first and its name second.

    Raises ReadError: "empty" for no content, "unsupported" for a kind that
    no reader knows, "encrypted" and "unreadable" where a container shows it.
    """
    if not data or data.isspace():
        raise ReadError("empty", "文件是空的 / the file is empty")
    if b"%PDF-" in data[:1024] or data[:1024].lstrip().startswith(b"%PDF"):
        return "application/pdf"
    kind = signatures.image_type(data) or signatures.office_type(data)
    if kind is not None:
        return kind
    for reach in (_USUAL_HEAD, _LONGEST_HEAD):
        lowered = data[:reach].lower().replace(b"\x00", b"")
        if any(tag in lowered for tag in (b"<!doctype html", b"<html", b"<body", b"<meta ", b"<head")):
            return "text/html"
    by_name = _BY_NAME.get(PurePath(name).suffix.lower())
    if by_name is not None:
        return by_name
    if b"<table" in lowered or b"<div" in lowered:
        return "text/html"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in data[:4096]:
        return "text/plain"
    raise ReadError(
        "unsupported",
        "无法识别的文件格式，请另存为 DOCX 或 PDF / the format is not recognised: save it as DOCX or PDF",
    )


def read(data: bytes, media_type: str) -> Document:
    """Reads ``data`` with the reader of its medium; raises ReadError."""
    reader = cast(Callable[[bytes], Document], import_module(_READERS[media_type]).read)
    try:
        document = reader(data)
    except RecursionError as error:
        raise ReadError("too_large", "文件嵌套过深 / the file is nested too deeply") from error
    except Exception as error:
        # Libraries in C++ say in their own ways that memory has run out.
        if isinstance(error, MemoryError) or any(sign in str(error) for sign in ("bad_alloc", "Insufficient memory")):
            raise ReadError("too_large", limits.OUT_OF_MEMORY) from error
        raise
    limits.check(document.blocks)
    return document
