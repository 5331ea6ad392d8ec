"""Word documents (DOCX), read from their XML."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from lxml import etree

from extract.model import Block, Document, Field, Grid, Paragraph, Place, ReadError
from extract.readers.notes import raised
from extract.readers.zipped import open_zip, parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# A hyphen that breaks no line; a character of some font that does not say which it is.
_SIGNS = {f"{_W}noBreakHyphen": "-", f"{_W}sym": "\ufffd"}
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}instrText", f"{_W}delText"})
_WRAPPERS = frozenset({f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"})


def read(data: bytes) -> Document:
    """Paragraphs and tables of the body in order, text boxes after the
    paragraph that holds them; inserted text counts, deleted and struck
    text does not.

    Places are locators "table N, row R, column C", counted from 1.
    """
    with open_zip(data) as archive:
        body = parse_xml(archive, "word/document.xml").find(f"{_W}body")
    if body is None:
        raise ReadError("unreadable", "DOCX 没有正文 / the DOCX has no body")
    blocks: list[Block] = []
    _append_blocks(body, blocks, [0])
    return Document("application/vnd.openxmlformats-officedocument.wordprocessingml.document", blocks)


def _append_blocks(parent: etree._Element, blocks: list[Block], tables: list[int]) -> None:
    for element in parent:
        if element.tag == f"{_W}p":
            text = _text(element).strip()
            if text:
                blocks.append(Paragraph(text))
            for box in _boxes(element):
                _append_blocks(box, blocks, tables)
        elif element.tag == f"{_W}tbl":
            tables[0] += 1
            grid = _grid(element, tables[0])
            nested = list(_nested(element))
            if not nested or any(field.text for row in grid.rows for field in row):
                blocks.append(grid)
            for cell in nested:
                _append_blocks(cell, blocks, tables)
        elif element.tag in _WRAPPERS:
            _append_blocks(element, blocks, tables)


def _boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes of a paragraph, each once (not the fallback drawn for old programs)."""
    for box in paragraph.iter(f"{_W}txbxContent"):
        between = itertools.takewhile(lambda ancestor: ancestor is not paragraph, box.iterancestors())
        if not any(ancestor.tag in (f"{_MC}Fallback", box.tag) for ancestor in between):
            yield box


def _nested(table: etree._Element) -> Iterator[etree._Element]:
    """Cells that hold a table of their own."""
    if next(itertools.islice(table.iter(f"{_W}tbl"), 1, None), None) is None:
        return
    for row in _rows(table):
        for cell in _cells(row):
            if cell.find(f"{_W}tbl") is not None:
                yield cell


def _grid(table: etree._Element, number: int) -> Grid:
    rows: list[list[Field]] = []
    for row_number, row in enumerate(_rows(table), start=1):
        fields: list[Field] = []
        column = _grid_before(row)
        for cell in _cells(row):
            properties = cell.find(f"{_W}tcPr")
            colspan = _value(properties, "gridSpan")
            merge = None if properties is None else properties.find(f"{_W}vMerge")
            if merge is None or merge.get(f"{_W}val") == "restart":
                text = "\n".join(filter(None, map(_text_with_boxes, _own_paragraphs(cell)))).strip()
                place = Place(locator=f"table {number}, row {row_number}, column {column + 1}")
                fields.append(Field(text, column, place, colspan))
            column += colspan
        rows.append(fields)
    return Grid(rows)


def _own_paragraphs(element: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of a cell, without those of tables in it."""
    for child in element:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag != f"{_W}tbl" and child.tag not in _GONE:
            yield from _own_paragraphs(child)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for row in _within(table, f"{_W}tr"):
        properties = row.find(f"{_W}trPr")
        if properties is None or properties.find(f"{_W}del") is None:
            yield row


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    yield from _within(row, f"{_W}tc")


def _within(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Children of that tag, also inside content controls and tracked insertions."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in _WRAPPERS:
            yield from _within(element, tag)


def _grid_before(row: etree._Element) -> int:
    return _value(row.find(f"{_W}trPr"), "gridBefore", default=0)


def _value(properties: etree._Element | None, name: str, default: int = 1) -> int:
    element = None if properties is None else properties.find(f"{_W}{name}")
    value = "" if element is None else element.get(f"{_W}val") or ""
    return int(value) if value.isdecimal() and len(value) < 4 else default


def _text_with_boxes(paragraph: etree._Element) -> str:
    """The text of a cell's paragraph and of the text boxes in it, each paragraph on a line."""
    boxed = (_text_with_boxes(inner) for box in _boxes(paragraph) for inner in _own_paragraphs(box))
    return "\n".join(filter(None, [_text(paragraph), *boxed]))


def _text(element: etree._Element) -> str:
    """The text of a paragraph's runs, without that of its text boxes."""
    parts: list[str] = []
    _append_text(element, parts)
    return "".join(parts)


def _append_text(element: etree._Element, parts: list[str]) -> None:
    for child in element:
        if child.tag in (f"{_W}t", f"{_MATH}t"):
            parts.append(child.text or "")
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[str(child.tag)])
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            parts.append(" ")
        elif child.tag in _GONE or child.tag in (f"{_W}txbxContent", f"{_W}pPr", f"{_W}rPr"):
            continue
        elif isinstance(child.tag, str):
            _append_run(child, parts)


def _append_run(run: etree._Element, parts: list[str]) -> None:
    """A run unless it is hidden or struck out; one that stands above or below the line may mark a note."""
    properties = run.find(f"{_W}rPr")
    if properties is None:
        _append_text(run, parts)
    elif not any(_is_on(properties, name) for name in ("vanish", "strike", "dstrike")):
        place = properties.find(f"{_W}vertAlign")
        if place is None or place.get(f"{_W}val") == "baseline":
            _append_text(run, parts)
        else:
            parts.append(raised("".join(parts), _text(run)))


def _is_on(properties: etree._Element, name: str) -> bool:
    mark = properties.find(f"{_W}{name}")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")
