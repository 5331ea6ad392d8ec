"""Ours and the general libraries' ways to read the tables of one document.

A peer is what one would write first with that library: every table of every
page. Peers of the extra ``bench`` may be absent; then they are left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[bytes, str], object]


@dataclass(frozen=True)
class Reader:
    """A reader of some media; ``package`` is what it needs to be installed."""

    name: str
    media: tuple[str, ...]
    package: str
    read: Read

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


def _ours(data: bytes, name: str) -> object:
    reading = importlib.import_module("extract.reading").read_bytes(data, name)
    if reading["error"]:
        raise ValueError(reading["error"])
    return reading


def _pdfplumber(data: bytes, _: str) -> object:
    with importlib.import_module("pdfplumber").open(io.BytesIO(data)) as document:
        return [page.extract_tables() for page in document.pages]


def _tablers(data: bytes, _: str) -> object:
    library = importlib.import_module("tablers")
    with library.Document(bytes=data) as document:
        return [library.find_tables(page, extract_text=True) for page in document.pages()]


def _camelot(data: bytes, _: str) -> object:
    return importlib.import_module("camelot").read_pdf(io.BytesIO(data), flavor="lattice", pages="all")


def _read_html(data: bytes, _: str) -> object:
    return importlib.import_module("pandas").read_html(io.BytesIO(data))


OURS = Reader("ogi", ("pdf", "html", "docx", "txt"), "extract", _ours)
PEERS = (
    Reader("pdfplumber extract_tables", ("pdf",), "pdfplumber", _pdfplumber),
    Reader("tablers find_tables", ("pdf",), "tablers", _tablers),
    Reader("camelot lattice", ("pdf",), "camelot", _camelot),
    Reader("pandas read_html", ("html",), "pandas", _read_html),
)
READERS = {reader.name: reader for reader in (OURS, *PEERS)}
