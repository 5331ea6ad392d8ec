"""Spreadsheets (XLSX, XLS): each sheet's tables, merged cells as spans."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from typing import Any

import olefile
from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from extract.model import Block, Document, Field, Grid, Paragraph, Place, ReadError
from extract.readers.compound import check_chains
from extract.readers.sheet_years import Sheet, of_latest_year
from extract.readers.signatures import XLS, XLSX
from extract.readers.zipped import MAX_XML, open_zip, parse_xml, unpack

MAX_CELLS = 200_000
"""Of the rectangle that a sheet's cells span; a report's sheet spans some hundred."""

_MAX_SHEETS = 100
_UNCOUNTED = "=…"  # what a formula without its result is read as: something stands there, but which number is unknown
_PROSE = 12  # characters: a cell that has a row to itself and holds more is a heading or prose
_BEGIN_OF_SHEET = 0x0809
_DIMENSIONS = 0x0200
_MOST_ROWS, _MOST_COLUMNS = 65536, 256  # of an XLS
# BIFF records of one or several cells with a value: FORMULA, MULRK, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR, RK.
_CELLS = frozenset({0x0006, 0x0406, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_Rows = list[list[Any]]
_Spans = dict[tuple[int, int], tuple[int, int]]


def read(data: bytes) -> Document:
    """The visible sheets in order, without those that hold the same tables for
    an earlier year. A row whose only text is a heading or prose
    is a paragraph, rows without text part tables. Places are locators
    "sheet N, row R, column C", rows and columns counted from 1 as the program
    that made the file counts them.

    Raises ReadError: "encrypted", "too_large", "unreadable", "empty" if no
    cell holds text.
    """
    is_zip = data.startswith(b"PK")
    uncounted: dict[str, set[tuple[int, int]]] = {}
    if is_zip:
        uncounted = _check_extent(data)
    else:
        _check_records(data)
    sheets: list[Sheet] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for sheet in workbook.sheets_metadata[:_MAX_SHEETS]:
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                    found = Sheet(sheet.name, [])
                    sheets.append(found)
                    _append_sheet(
                        workbook.get_sheet_by_name(sheet.name), found.blocks, uncounted.get(sheet.name, set())
                    )
    except PasswordError as error:
        raise ReadError("encrypted", "表格文件有密码 / the workbook is protected by a password") from error
    except ReadError:
        raise
    except BaseException as error:
        # A panic in the library's Rust is no Exception.
        if not isinstance(error, (CalamineError, OSError, ValueError)) and type(error).__name__ != "PanicException":
            raise
        raise ReadError("unreadable", f"表格文件损坏 / the workbook is damaged: {error}") from error
    blocks = of_latest_year(sheets)
    if not blocks:
        raise ReadError("empty", "表格中没有内容 / there is nothing in the workbook")
    return Document(XLSX if is_zip else XLS, blocks)


def _check_extent(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """ReadError("too_large") for a sheet whose far-flung cells would be filled
    up to a rectangle of more than ``MAX_CELLS``; else, by the sheet's name, the
    cells (row, column, from 0) whose formula was saved without its result."""
    uncounted: dict[str, set[tuple[int, int]]] = {}
    with open_zip(data) as archive:
        if sum(info.file_size for info in archive.infolist()) > 4 * MAX_XML:
            raise _too_large("unpacked")
        for info in archive.infolist():
            if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                found = _check_sheet(unpack(archive, info, MAX_XML), info.filename)
                if found:
                    uncounted[info.filename] = found
        names = _sheet_names(archive) if uncounted else {}
    return {names.get(path, path): cells for path, cells in uncounted.items()}


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The sheets' names by the paths of their parts."""
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in parse_xml(archive, "xl/_rels/workbook.xml.rels")
    }
    names: dict[str, str] = {}
    for sheet in parse_xml(archive, "xl/workbook.xml").iterfind("{*}sheets/{*}sheet"):
        identifiers = (value for name, value in sheet.items() if name.endswith("}id"))
        names[targets.get(next(identifiers, ""), "")] = sheet.get("name", "")
    return names


def _check_sheet(xml: bytes, name: str) -> set[tuple[int, int]]:
    """The same for one sheet; cells without a value take no room."""
    rows = columns = cells = 0
    uncounted: set[tuple[int, int]] = set()
    try:
        for _, element in etree.iterparse(io.BytesIO(xml), tag=("{*}c", "{*}row"), resolve_entities=False):
            match = _REFERENCE.match(element.get("r", "")) if len(element) else None
            if match:
                row, column = int(match[2]), _number(match[1])
                rows, columns = max(rows, row), max(columns, column)
                if _lacks_result(element):
                    uncounted.add((row - 1, column - 1))
            cells += 1
            if cells > 2 * MAX_CELLS or rows * columns > MAX_CELLS:
                raise _too_large(name)
            element.clear()
    except etree.XMLSyntaxError as error:
        raise ReadError("unreadable", f"表格文件损坏 / the workbook is damaged: {error}") from error
    return uncounted


def _lacks_result(cell: etree._Element) -> bool:
    """Whether a cell holds a formula without the result that its program
    reckoned; an empty text is a result."""
    if cell.find("{*}f") is None:
        return False
    value = cell.find("{*}v")
    return value is None or (not value.text and cell.get("t") != "str")


def _check_records(data: bytes) -> None:
    """The same for the sheets of an XLS: records of cells begin with row and column."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            check_chains(ole, data)
            records = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise ReadError("unreadable", f"表格文件损坏 / the workbook is damaged: {error}") from error
    rows = columns = place = 0
    while place + 8 <= len(records):
        kind, length, row, column = struct.unpack_from("<4H", records, place)
        if kind == _BEGIN_OF_SHEET:
            rows = columns = 0
        elif kind == _DIMENSIONS and length == 14 and place + 18 <= len(records):
            top, bottom, left, right = struct.unpack_from("<2I2H", records, place + 4)
            if not (0 <= bottom - top <= _MOST_ROWS and 0 <= right - left <= _MOST_COLUMNS):
                raise _too_large("XLS")  # room for all of it would be made at once
        elif kind in _CELLS:
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > MAX_CELLS:
                raise _too_large("XLS")
        place += 4 + length


def _number(letters: str) -> int:
    """A column's number from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _append_sheet(sheet: CalamineSheet, blocks: list[Block], uncounted: set[tuple[int, int]]) -> None:
    bottom, right = map(max, zip(sheet.end or (0, 0), *uncounted, strict=True))
    if (bottom + 1) * (right + 1) > MAX_CELLS:
        raise _too_large(sheet.name)
    rows: _Rows = sheet.to_python(skip_empty_area=False)
    if uncounted:
        rows = [row + [""] * (right + 1 - len(row)) for row in rows]
        rows += [[""] * (right + 1) for _ in range(bottom + 1 - len(rows))]
        for row, column in uncounted:
            rows[row][column] = _UNCOUNTED
    spans, covered = _merged(sheet, bottom, right)
    used = [column for column in range(right + 1) if any(_text(row[column]) for row in rows)]
    columns = range(used[0], used[-1] + 1) if used else range(0)
    grid: Grid | None = None
    for number, values in enumerate(rows):
        texts = {column: _text(values[column]) for column in columns if (number, column) not in covered}
        printed = [text for text in texts.values() if text]
        if len(printed) == 1 and len(printed[0]) >= _PROSE:
            blocks.append(Paragraph(printed[0]))
            grid = None
        elif printed or (grid is not None and len(texts) < len(columns)):
            if grid is None:
                grid = Grid([])
                blocks.append(grid)
            grid.rows.append([_field(sheet.name, number, column, text, spans) for column, text in texts.items()])
        else:
            grid = None


def _merged(sheet: CalamineSheet, last_row: int, last_column: int) -> tuple[_Spans, set[tuple[int, int]]]:
    """Rows and columns that merged cells span, by the place where they begin, and the places they cover."""
    spans: _Spans = {}
    covered: set[tuple[int, int]] = set()
    area = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        bottom, right = min(bottom, last_row), min(right, last_column)
        spans[top, left] = (bottom - top + 1, right - left + 1)
        area += max(0, bottom - top + 1) * max(0, right - left + 1)
        if area > MAX_CELLS:
            raise _too_large(sheet.name)
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return spans, covered - set(spans)


def _field(sheet: str, row: int, column: int, text: str, spans: _Spans) -> Field:
    high, wide = spans.get((row, column), (1, 1))
    place = Place(locator=f"sheet {sheet}, row {row + 1}, column {column + 1}")
    return Field(text, column, place, colspan=max(wide, 1), rowspan=max(high, 1))


def _text(value: Any) -> str:
    """A cell's value as it is shown: numbers to 15 digits, whole ones without a fraction."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
    return str(value).strip()


def _too_large(name: str) -> ReadError:
    return ReadError("too_large", f"表格过大（超过 {MAX_CELLS} 格）/ the workbook is too large: {name}")
