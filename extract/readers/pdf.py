"""PDFs: PDFium's characters and rules, pdfplumber's tables; pages without text are recognised."""

from __future__ import annotations

import pypdfium2 as pdfium

from extract.model import Block, Document, Grid, ReadError
from extract.readers import limits
from extract.readers.page import append_page
from extract.readers.pdf_layer import read_layer
from extract.readers.pictures import append_pictures, find_pictures
from extract.readers.positions import Columns, read_positions
from extract.readers.unmapped import look_up

MAX_PAGES = 300
MAX_CHARACTERS = 1_000_000
"""A page of a report has 1,500."""

MAX_RECOGNISED = 60
"""Pages that are pictures take seconds each."""


def read(data: bytes) -> Document:
    """Tables and paragraphs, page by page from the top.

    Raises ReadError: "encrypted" for a password, "too_large" beyond
    ``MAX_PAGES``, "unreadable" for a damaged file, "empty" for one without
    any text, "unsupported" if a page is a picture and no recogniser is
    installed.
    """
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ReadError("encrypted", "PDF 有密码 / the PDF is protected by a password") from error
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    blocks: list[Block] = []
    positions: list[Grid] = []
    columns: Columns | None = None
    recognised = characters = 0
    try:
        if len(pdf) > MAX_PAGES:
            raise _too_many(MAX_PAGES, "页", "pages")
        for index in range(len(pdf)):
            page = pdf[index]
            layer = read_layer(page, index + 1)
            characters += len(layer.chars)
            limits.check_count(characters, MAX_CHARACTERS, "字", "characters")
            pictures = find_pictures(page, layer)
            if not pictures.whole:
                first, second = look_up(page, layer)
                recognised += first is not layer
                append_page(blocks, first)
                found, columns = read_positions(second, columns)
                positions += found
            if pictures:
                if recognised >= MAX_RECOGNISED:
                    raise _too_many(MAX_RECOGNISED, "扫描页", "scanned pages")
                recognised += append_pictures(blocks, positions, page, pictures, index + 1)
            page.close()
            limits.check(blocks)
    except pdfium.PdfiumError as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    finally:
        pdf.close()
    if not blocks:
        raise ReadError("empty", "PDF 中没有文字 / there is no text in the PDF")
    return Document("application/pdf", blocks, positions=positions)


def _too_many(limit: int, zh: str, en: str) -> ReadError:
    return ReadError("too_large", f"超过 {limit} {zh} / more than {limit} {en}")
