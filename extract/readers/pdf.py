"""PDFs with a text layer: PDFium's characters and rules, pdfplumber's tables."""

from __future__ import annotations

import pypdfium2 as pdfium

from extract.model import Block, Document, Grid, ReadError
from extract.readers.page import append_page
from extract.readers.pdf_layer import read_layer
from extract.readers.positions import read_positions

MAX_PAGES = 300


def read(data: bytes) -> Document:
    """Tables and paragraphs, page by page from the top.

    Raises ReadError: "encrypted" for a password, "too_large" beyond
    ``MAX_PAGES``, "unreadable" for a damaged file, "unsupported" for one
    without any text.
    """
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ReadError("encrypted", "PDF 有密码 / the PDF is protected by a password") from error
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    blocks: list[Block] = []
    positions: list[Grid] = []
    columns: list[float] | None = None
    try:
        if len(pdf) > MAX_PAGES:
            raise ReadError("too_large", f"超过 {MAX_PAGES} 页 / more than {MAX_PAGES} pages: {len(pdf)}")
        for index in range(len(pdf)):
            page = pdf[index]
            layer = read_layer(page, index + 1)
            page.close()
            append_page(blocks, layer)
            found, columns = read_positions(layer, columns)
            positions += found
    except pdfium.PdfiumError as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    finally:
        pdf.close()
    if not blocks:
        raise ReadError("unsupported", "PDF 没有文字层（可能是扫描件）/ the PDF has no text layer; it may be a scan")
    return Document("application/pdf", blocks, positions=positions)
