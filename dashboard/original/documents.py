"""A document as its reader sees it, without what would have to be recognised. Runs in the child process alone.

To recognise a page takes seconds: pages that are pictures are shown as pictures (``pages``), not as text.
"""

from __future__ import annotations

from extract import readers
from extract.model import Block, Document, ReadError
from extract.readers import limits
from extract.readers.signatures import IMAGES, MHTML


class _NotRecognised(Exception):
    """What there is would have to be recognised."""


def read(data: bytes, media_type: str) -> tuple[Document, bool]:
    """The document, and whether it is only a part of it: what stands in pictures is lacking.

    Raises ReadError like the readers; "unsupported" for a document that is nothing but pictures.
    """
    if media_type in ("text/html", MHTML):
        from extract.charset import decode
        from extract.readers import html, mhtml
        from extract.readers.embedded import embedded_pictures

        data = mhtml.page_of(data) if media_type == MHTML else data
        blocks = [block for _, found, _ in html.read_nodes(data) for block in found]
        pictured = b"data:image" in data and bool(embedded_pictures(decode(data)))
        return Document(media_type, blocks), pictured
    if media_type == "application/pdf":
        return _pdf(data)
    limits.recognition_watchers.append(_refuse)
    try:
        if media_type in IMAGES:
            raise _NotRecognised
        return readers.read(data, media_type), False
    except _NotRecognised as error:
        raise ReadError("unsupported", "这是图片，没有文字 / this is a picture: it has no text") from error
    finally:
        limits.recognition_watchers.remove(_refuse)


def _refuse() -> None:
    raise _NotRecognised


def _pdf(data: bytes) -> tuple[Document, bool]:
    """The pages of a PDF that have text."""
    import pypdfium2 as pdfium

    from dashboard.original.pages import open_pdf
    from extract.readers.page import append_page
    from extract.readers.pdf_layer import read_layer
    from extract.readers.pictures import find_pictures
    from extract.readers.unmapped import is_unknown

    blocks: list[Block] = []
    partly = False
    try:
        with open_pdf(data) as pdf:
            for index in range(len(pdf)):
                page = pdf[index]
                layer = read_layer(page, index + 1)
                pictures = find_pictures(page, layer)
                # (What a font does not say would have to be recognised as well.)
                partly = partly or bool(pictures) or any(map(is_unknown, layer.chars))
                if not pictures.whole:
                    append_page(blocks, layer)
                page.close()
                limits.check(blocks)
    except pdfium.PdfiumError as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    return Document("application/pdf", blocks), partly
