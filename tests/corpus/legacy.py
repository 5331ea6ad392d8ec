"""A filing in the formats that are less usual: spreadsheets, OFD, and what
LibreOffice makes of a DOCX (DOC, RTF, ODT)."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

from extract.readers.legacy import program
from tests.corpus.grid import Block, Box, Grid, GridStyle, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing

_DATE = (1980, 1, 1, 0, 0, 0)
Square = tuple[int, int, int, int, str]
"""Row, column, rows, columns, text."""


def office(data: bytes, kind: Literal["doc", "rtf", "odt"], source: str = "docx") -> bytes:
    """A document as LibreOffice converts it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"a.{source}").write_bytes(data)
        command = [str(program()), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(folder / "out"), str(folder / f"a.{source}")]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (folder / "out" / f"a.{kind}").read_bytes()


def blocks_of(filing: Filing) -> list[Block]:
    """The filing's blocks in the usual style."""
    return compose(filing, LabelStyle(), GridStyle())


def sheets(blocks: Sequence[Block]) -> list[tuple[str, list[Square]]]:
    """The first sheet with title and prose, and one sheet for each table under its heading."""
    pages: list[tuple[str, list[Square]]] = [("封面", [])]
    row = 0
    for number, block in enumerate(blocks):
        if isinstance(block, Grid):
            heading = blocks[number - 1]
            squares = [(0, 0, 1, block.width, getattr(heading, "text", ""))]
            squares += [(top + 1, left, box.rows, box.columns, box.text) for top, left, box in block.placed()]
            pages.append((f"表{len(pages) + 1}", squares))
        else:
            pages[0][1].append((row, 0, 1, 10, block.text))
            row += 1
    return pages


def xlsx(pages: Sequence[tuple[str, Sequence[Square]]], numbers: bool = True) -> bytes:
    """A workbook; whole numbers are numbers, or with ``numbers`` false text as everything else."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office_ns = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
            for n in range(1, len(pages) + 1)
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office_ns}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office_ns}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in enumerate(pages, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{office_ns}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(pages) + 1)
        )
        + "</Relationships>",
    }
    for n, (_, squares) in enumerate(pages, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}">{_sheet(squares, numbers)}</worksheet>'
    return pack(parts)


def _sheet(squares: Sequence[Square], numbers: bool) -> str:
    rows: dict[int, list[tuple[int, str]]] = {}
    merges = []
    for top, left, high, wide, text in squares:
        rows.setdefault(top, []).append((left, text))
        if high > 1 or wide > 1:
            merges.append(f'<mergeCell ref="{_cell(top, left)}:{_cell(top + high - 1, left + wide - 1)}"/>')
    lines = []
    for top, cells in sorted(rows.items()):
        shown = "".join(_value(_cell(top, left), text, numbers) for left, text in sorted(cells))
        lines.append(f'<row r="{top + 1}">{shown}</row>')
    merged = f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
    return f"<sheetData>{''.join(lines)}</sheetData>{merged}"


def _value(place: str, text: str, numbers: bool) -> str:
    if numbers and text.isascii() and text.replace(".", "", 1).isdigit():
        return f'<c r="{place}"><v>{text}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else ""


def _cell(row: int, column: int) -> str:
    return f"{chr(65 + column)}{row + 1}"


def xls(pages: Sequence[tuple[str, Sequence[Square]]]) -> bytes:
    """A workbook of the older format."""
    xlwt: Any = import_module("xlwt")  # it has no types
    book = xlwt.Workbook(encoding="utf-8")
    for name, squares in pages:
        sheet = book.add_sheet(name)
        for top, left, high, wide, text in squares:
            value = float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else text
            if high > 1 or wide > 1:
                sheet.write_merge(top, top + high - 1, left, left + wide - 1, value)
            else:
                sheet.write(top, left, value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP container of parts, each dated 1980-01-01."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


# OFD (GB/T 33190-2016): millimetres from the page's top left.
_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 20.0
_SIZE = 3.2  # of the characters
_LEADING = 4.6
_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_COLUMNS = {4: (56.0, 38.0, 38.0, 38.0), 10: (14.0, 24.0, 34.0, *[14.0] * 7), 15: (11.3,) * 15}


def ofd(blocks: Sequence[Block]) -> bytes:
    """The blocks as an OFD file: every text and every frame of a cell an
    object of its own, the title in the page's template."""
    canvas = _Canvas()
    for block in blocks:
        if isinstance(block, Grid):
            canvas.table(block)
        else:
            canvas.paragraph(block.text)
    pages = canvas.finish()
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD {_NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID>"
        f"<ofd:PageArea><ofd:PhysicalBox>0 0 {_WIDTH} {_HEIGHT}</ofd:PhysicalBox></ofd:PageArea>"
        '<ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/Tpls/Tpl_0/Content.xml": _page(['<ofd:PathObject ID="1" Boundary="20 10 170 1" LineWidth="0.5">'
                                              "<ofd:AbbreviatedData>M 0 0 L 170 0</ofd:AbbreviatedData>"
                                              "</ofd:PathObject>"]),
    }  # fmt: skip
    for number, objects in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _page(objects, '<ofd:Template TemplateID="90"/>')
    return pack(parts)


def _page(objects: Sequence[str], template: str = "") -> str:
    layer = f'<ofd:Layer ID="2">{"".join(objects)}</ofd:Layer>'
    return f"<ofd:Page {_NAMESPACE}>{template}<ofd:Content>{layer}</ofd:Content></ofd:Page>"


class _Canvas:
    """Lays blocks out on pages from the top."""

    def __init__(self) -> None:
        self._pages: list[list[str]] = [[]]
        self._y = _MARGIN

    def paragraph(self, text: str) -> None:
        """Running text, indented by two characters."""
        for line in _wrapped("　　" + text, _WIDTH - 2 * _MARGIN):
            self._room(_LEADING)
            self._text(line, _MARGIN, self._y)
            self._y += _LEADING
        self._y += 1.0

    def table(self, grid: Grid) -> None:
        """A ruled table, broken between rows that no cell spans."""
        widths = _COLUMNS.get(grid.width) or ((_WIDTH - 2 * _MARGIN) / grid.width,) * grid.width
        lefts = [_MARGIN + sum(widths[:column]) for column in range(grid.width + 1)]
        placed = list(grid.placed())
        heights = [_LEADING + 2.0] * len(grid.rows)
        for top, left, box in placed:
            lines = _wrapped(box.text, lefts[left + box.columns] - lefts[left] - 1.0)
            need = len(lines) * _LEADING + 2.0
            lack = need - sum(heights[top : top + box.rows])
            heights[top + box.rows - 1] += max(0.0, lack)
        for first, last in _unbroken(placed, len(grid.rows)):
            self._room(sum(heights[first:last]))
            tops = [self._y + sum(heights[first:row]) for row in range(first, last + 1)]
            for top, left, box in placed:
                if first <= top < last:
                    x1, y1 = lefts[left + box.columns], tops[top + box.rows - first]
                    self._box(box, lefts[left], tops[top - first], x1, y1)
            self._y = tops[-1]
        self._y += 3.0

    def finish(self) -> list[list[str]]:
        """The pages' objects."""
        return self._pages

    def _room(self, height: float) -> None:
        if self._y + height > _HEIGHT - _MARGIN:
            self._pages.append([])
            self._y = _MARGIN

    def _box(self, box: Box, x0: float, y0: float, x1: float, y1: float) -> None:
        wide, high = x1 - x0, y1 - y0
        self._pages[-1].append(
            f'<ofd:PathObject ID="3" Boundary="{x0:.3f} {y0:.3f} {wide:.3f} {high:.3f}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>M 0 0 L {wide:.3f} 0 L {wide:.3f} {high:.3f} L 0 {high:.3f} C"
            "</ofd:AbbreviatedData></ofd:PathObject>"
        )
        lines = _wrapped(box.text, wide - 1.0)
        top = y0 + (high - len(lines) * _LEADING) / 2
        for number, line in enumerate(lines):
            self._text(line, x0 + max(0.5, (wide - _length(line)) / 2), top + number * _LEADING)

    def _text(self, text: str, x: float, y: float) -> None:
        """One line; the object's own space is scaled, as some writers do."""
        if not text:
            return
        steps = " ".join(_runs([_advance(character) * 10 for character in text[:-1]]))
        delta = f' DeltaX="{steps}"' if steps else ""
        self._pages[-1].append(
            f'<ofd:TextObject ID="4" Boundary="{x:.3f} {y:.3f} {_length(text):.3f} {_LEADING}" Font="1" '
            f'Size="{_SIZE * 10}" CTM="0.1 0 0 0.1 0 0"><ofd:TextCode X="0" Y="{_SIZE * 10:.1f}"{delta}>'
            f"{escape(text)}</ofd:TextCode></ofd:TextObject>"
        )


def _unbroken(placed: Sequence[tuple[int, int, Box]], rows: int) -> Iterator[tuple[int, int]]:
    """The runs of rows that hang together by spans of the item columns' cells;
    spans of more than twelve rows are broken with the page."""
    first = 0
    for row in range(1, rows + 1):
        if row == rows or not any(top < row < top + box.rows for top, _, box in placed):
            yield first, row
            first = row


def _runs(steps: Sequence[float]) -> Iterator[str]:
    """Steps written as the standard allows: ``g 3 32`` for three of 32."""
    start = 0
    for index in range(1, len(steps) + 1):
        if index == len(steps) or steps[index] != steps[start]:
            count = index - start
            yield f"g {count} {steps[start]:g}" if count > 2 else " ".join([f"{steps[start]:g}"] * count)
            start = index


def _advance(character: str) -> float:
    return _SIZE / 2 if character.isascii() else _SIZE


def _length(text: str) -> float:
    return sum(_advance(character) for character in text)


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for character in text.replace("\n", ""):
        if lines[-1] and _length(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines
