"""One reader per medium: bytes in, a ``Document`` out.

A reader registers here by its medium; libraries of a medium are imported
only when a document of that medium comes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import cast

from extract.model import Document, ReadError

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_READERS = {
    "text/plain": "extract.readers.text",
    "text/html": "extract.readers.html",
    "application/pdf": "extract.readers.pdf",
    DOCX_TYPE: "extract.readers.docx",
}

_SUFFIXES = {
    ".txt": "text/plain",
    ".md": "text/plain",
    ".tsv": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".xhtml": "text/html",
    ".jhtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": DOCX_TYPE,
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REMEDY = {
    "application/msword": "请另存为 DOCX 或 PDF / save it as DOCX or PDF",
    "application/zip": "请解压后再读 / unpack it first",
    "image": "请用文字版或带文字层的 PDF / use a text version or a PDF with a text layer",
}


def is_document_name(name: str) -> bool:
    """Whether a file of this name is of a kind that some reader knows."""
    return PurePath(name).suffix.lower() in _SUFFIXES


def sniff(data: bytes, name: str) -> str:
    """The media type of a document, by its content first and its name second.

    Raises ReadError("empty") for no content, ("unsupported") for a kind that
    no reader knows.
    """
    if not data.strip():
        raise ReadError("empty", "文件是空的 / the file is empty")
    head = data[:1024].lstrip()
    if head.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data)
    if data.startswith(_OLE):
        raise _unsupported("application/msword")
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")):
        raise _unsupported("image")
    lowered = data[:65536].lower().replace(b"\x00", b"")
    if any(tag in lowered for tag in (b"<!doctype html", b"<html", b"<body", b"<meta ", b"<head")):
        return "text/html"
    by_name = _SUFFIXES.get(PurePath(name).suffix.lower())
    if by_name in ("text/html", "text/plain"):
        return by_name
    if b"<table" in lowered or b"<div" in lowered:
        return "text/html"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in data[:4096]:
        return "text/plain"
    raise ReadError("unsupported", "无法识别的文件格式 / the format is not recognised")


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadError("unreadable", f"压缩结构损坏 / the zip structure is damaged: {error}") from error
    if "word/document.xml" in names:
        return DOCX_TYPE
    raise _unsupported("application/zip")


def _unsupported(kind: str) -> ReadError:
    return ReadError("unsupported", f"暂不能读取的格式 {kind} / no reader for {kind}: {_REMEDY[kind]}")


def read(data: bytes, media_type: str) -> Document:
    """Reads ``data`` with the reader of its medium; raises ReadError."""
    reader = cast(Callable[[bytes], Document], import_module(_READERS[media_type]).read)
    return reader(data)
