"""PDFs with a text layer, through pdfplumber."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.model import BBox, Block, Document, Field, Grid, Paragraph, Place, ReadError

# pdfminer logs what it tolerates (odd fonts, odd colours) as warnings.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

MAX_PAGES = 300
_SNAP = 3.0  # points within which two rules meet, as pdfplumber's own tolerance
_PAGE_NUMBER = re.compile(r"^[-—–\s]*(?:第\s*)?\d{1,3}(?:\s*页)?[-—–\s]*$")
_WHITE = {(1,), (1, 1, 1), (0, 0, 0, 0), 1}


def read(data: bytes) -> Document:
    """Tables and paragraphs, page by page from the top.

    Raises ReadError: "encrypted" for a password, "too_large" beyond
    ``MAX_PAGES``, "unreadable" for a damaged file or one without any text.
    """
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise ReadError("too_large", f"超过 {MAX_PAGES} 页 / more than {MAX_PAGES} pages: {len(pdf.pages)}")
            blocks: list[Block] = []
            for page in pdf.pages:
                _append_page(blocks, page)
                page.close()
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise ReadError("encrypted", "PDF 有密码 / the PDF is protected by a password") from error
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    except (PDFException, MalformedPDFException, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ReadError("unreadable", f"PDF 损坏 / the PDF is damaged: {error}") from error
    if not blocks:
        raise ReadError("unsupported", "PDF 没有文字层（可能是扫描件）/ the PDF has no text layer; it may be a scan")
    return Document("application/pdf", blocks)


def _append_page(blocks: list[Block], page: Page) -> None:
    drawn = page.filter(_is_visible)
    tables = drawn.find_tables({"explicit_horizontal_lines": _closing_rules(drawn)})
    placed: list[tuple[float, Block]] = [(table.bbox[1], _grid(table, page)) for table in tables]
    boxes = [table.bbox for table in tables]
    free = drawn.filter(lambda item: item["object_type"] != "char" or not _inside(item, boxes))
    placed += _paragraphs(free.extract_text_lines(return_chars=False), page)
    placed.sort(key=lambda pair: pair[0])
    for _, block in placed:
        previous = blocks[-1] if blocks else None
        if isinstance(block, Paragraph) and block.text.startswith(_CONTINUED):
            text = block.text.removeprefix(_CONTINUED)
            if isinstance(previous, Paragraph) and previous.page == page.page_number - 1:
                blocks[-1] = Paragraph(previous.text + text, previous.page)
                continue
            block = Paragraph(text, block.page)
        blocks.append(block)


def _is_visible(item: dict[str, Any]) -> bool:
    """Drops white fills without an outline: shading that would pass for a frame."""
    if item["object_type"] not in ("rect", "curve") or not item.get("fill") or item.get("stroke"):
        return True
    colour = item.get("non_stroking_color")
    return (tuple(colour) if isinstance(colour, (list, tuple)) else colour) not in _WHITE


def _closing_rules(page: Page) -> list[dict[str, Any]]:
    """Rules that the page break took from a table: where at least three of its
    vertical rules end at one height and no horizontal rule stands there."""
    # The ends of rules drawn as thin rectangles are edges too, but close nothing.
    edges = [edge for edge in page.edges if max(edge["width"], edge["height"]) > _SNAP]
    vertical = [edge for edge in edges if edge["orientation"] == "v"]
    horizontal = [edge for edge in edges if edge["orientation"] == "h"]
    rules = []
    for end in ("top", "bottom"):
        for height in sorted({round(edge[end]) for edge in vertical}):
            ending = [edge for edge in vertical if abs(edge[end] - height) <= _SNAP]
            x0, x1 = min(edge["x0"] for edge in ending), max(edge["x1"] for edge in ending)
            closed = any(
                abs(rule["top"] - height) <= _SNAP and rule["x0"] < x1 - _SNAP and rule["x1"] > x0 + _SNAP
                for rule in horizontal
            )
            if not closed and len({round(edge["x0"] / _SNAP) for edge in ending}) >= 3:
                y = float(ending[0][end])
                rule = {"object_type": "line", "x0": x0, "x1": x1, "top": y, "bottom": y, "width": x1 - x0}
                horizontal.append(rule)
                rules.append({**rule, "height": 0.0, "orientation": "h"})
    return rules


def _inside(item: dict[str, Any], boxes: Iterable[BBox]) -> bool:
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return any(x0 <= x <= x1 and top <= y <= bottom for x0, top, x1, bottom in boxes)


def _grid(table: Table, page: Page) -> Grid:
    texts = table.extract()
    rows = []
    for cells, row_texts in zip((row.cells for row in table.rows), texts, strict=True):
        fields = []
        for column, (box, text) in enumerate(zip(cells, row_texts, strict=True)):
            if box is None:
                continue
            colspan = 1
            while column + colspan < len(cells) and cells[column + colspan] is None:
                colspan += 1
            place = Place(page=page.page_number, bbox=_round(box))
            fields.append(Field((text or "").strip(), column, place, colspan))
        rows.append(fields)
    return Grid(rows)


def _round(box: BBox) -> BBox:
    x0, top, x1, bottom = (round(float(value), 2) for value in box)
    return x0, top, x1, bottom


_CONTINUED = "\x00"  # marks a page's first paragraph as the rest of the page before


def _paragraphs(lines: list[dict[str, Any]], page: Page) -> list[tuple[float, Block]]:
    """Joins lines to paragraphs: a new one begins where a line is indented or
    the line before it ends short of the right margin."""
    lines = [line for line in lines if not _PAGE_NUMBER.match(line["text"])]
    if not lines:
        return []
    left, right = min(line["x0"] for line in lines), max(line["x1"] for line in lines)
    paragraphs: list[tuple[float, str]] = []
    previous: dict[str, Any] | None = None
    for line in lines:
        height = line["bottom"] - line["top"]
        indented = line["x0"] > left + height
        if previous is None:
            text = line["text"] if indented or right - left < page.width / 3 else _CONTINUED + line["text"]
            paragraphs.append((line["top"], text))
        elif indented or previous["x1"] < right - 2 * height or line["top"] - previous["bottom"] > 3 * height:
            paragraphs.append((line["top"], line["text"]))
        else:
            top, text = paragraphs[-1]
            paragraphs[-1] = (top, text + line["text"])
        previous = line
    return [(top, Paragraph(text, page.page_number)) for top, text in paragraphs]
