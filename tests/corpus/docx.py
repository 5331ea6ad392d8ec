"""A filing as a word processor document (Office Open XML), written by hand so
that the same filing always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal
from xml.sax.saxutils import escape

from tests.corpus.front import head_lines, signature
from tests.corpus.grid import Block, Box, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing, Front
from tests.corpus.rendered import Rendered
from tests.corpus.variants import Variants, vary

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

CONTENT_TYPES = f"""{DECLARATION}<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{WORD}.styles+xml"/>
</Types>"""
RELATIONSHIPS = f"""{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>
</Relationships>"""
DOCUMENT_RELATIONSHIPS = f"""{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>
</Relationships>"""
STYLES = f"""{DECLARATION}<w:styles xmlns:w="{NAMESPACE}">
<w:docDefaults><w:rPrDefault><w:rPr>
<w:rFonts w:ascii="Times New Roman" w:eastAsia="仿宋_GB2312"/><w:sz w:val="24"/>
</w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
</w:styles>"""
MORE_NAMESPACES = (
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@dataclass(frozen=True)
class DocxLayout:
    """How the document is made.

    ``split_runs`` cuts every text into several runs, as editing does;
    ``vertical_text`` turns the group label by the text direction of its cell.
    ``tracked`` leaves changes marked: figures replaced, rows and paragraphs
    deleted, rows inserted or moved; what was deleted is not the filing's.
    ``controls`` wraps blocks, rows, cells or runs in content controls,
    ``in_boxes`` the tables in text boxes (with the copy for old programs),
    ``nested`` the tables in the cell of another. ``letterhead`` prints a table
    in the page's header. ``hidden`` adds hidden text. ``spans`` "by_row" has
    rows that begin after the grid's first column instead of merged cells.
    """

    split_runs: bool = False
    vertical_text: bool = True
    tracked: Literal["none", "figures", "deleted_rows", "inserted_rows"] = "none"
    controls: Literal["none", "blocks", "rows", "cells", "runs"] = "none"
    in_boxes: bool = False
    nested: bool = False
    letterhead: bool = False
    hidden: bool = False
    spans: Literal["merged", "grid_before"] = "merged"
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


VARIANTS: Variants = {
    "split_runs": (True,),
    "vertical_text": (False,),
    "tracked": ("figures", "deleted_rows", "inserted_rows"),
    "controls": ("blocks", "rows", "cells", "runs"),
    "in_boxes": (True,),
    "nested": (True,),
    "letterhead": (True,),
    "hidden": (True,),
    "spans": ("grid_before",),
}
DOUBTFUL: frozenset[str] = frozenset()


def random_layout(random: Random) -> DocxLayout:
    """A layout by chance."""
    plain = DocxLayout(labels=LabelStyle.by_chance(random), grid=GridStyle.by_chance(random))
    return vary(random, plain, VARIANTS, 3)


def render(filing: Filing, layout: DocxLayout, blocks: Sequence[Block] | None = None) -> Rendered:
    """The package as bytes, its members dated 1980-01-01; ``blocks`` default
    to the filing's own."""
    shown = list(compose(filing, layout.labels, layout.grid) if blocks is None else blocks)
    end = "".join(_paragraph(text, layout, "right") for text in signature(filing, Front()))
    stated = "".join(_paragraph(text, layout, "center") for text in head_lines(filing))
    parts = [_block(block, layout) + (stated if isinstance(block, Title) else "") for block in shown]
    body = "".join(parts) + end
    margins = '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/>'
    header = '<w:headerReference w:type="default" r:id="rId2"/>' if layout.letterhead else ""
    size = f'<w:sectPr>{header}<w:pgSz w:w="11906" w:h="16838"/>{margins}</w:sectPr>'
    spaces = f'xmlns:w="{NAMESPACE}"' + (f" {MORE_NAMESPACES}" if layout.in_boxes or layout.letterhead else "")
    document = f"{DECLARATION}<w:document {spaces}><w:body>{body}{size}</w:body></w:document>"
    members = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONSHIPS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONSHIPS,
        "word/styles.xml": STYLES,
    }
    if layout.letterhead:
        kind = f'<Override PartName="/word/header1.xml" ContentType="{WORD}.header+xml"/>\n</Types>'
        members["[Content_Types].xml"] = CONTENT_TYPES.replace("</Types>", kind)
        target = f'<Relationship Id="rId2" Type="{OFFICE}/header" Target="header1.xml"/>\n</Relationships>'
        members["word/_rels/document.xml.rels"] = DOCUMENT_RELATIONSHIPS.replace("</Relationships>", target)
        members["word/header1.xml"] = _header(filing, layout)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            package.writestr(member, text.encode("utf-8"))
    return Rendered(data.getvalue(), "docx")


def _header(filing: Filing, layout: DocxLayout) -> str:
    """A page header with a table: the agency, and a number that is no figure."""
    row = (Box(filing.agency.name, "label"), Box(f"第{filing.year % 100}号", "label"))
    table = _element(Grid("letterhead", 2, (row,)), layout)
    return f'{DECLARATION}<w:hdr xmlns:w="{NAMESPACE}">{table}<w:p/></w:hdr>'


def _block(block: Block, layout: DocxLayout) -> str:
    if isinstance(block, Grid):
        return _table(block, layout) + "<w:p/>"
    text = _text_block(block, layout)
    if layout.tracked != "none" and isinstance(block, Heading):
        text += f"<w:p>{_deleted('本段文字已删去，共受理申请9999件。')}</w:p>"
    if layout.hidden and isinstance(block, Heading):
        text += f"<w:p>{_runs('此处填写说明，收到申请8888件', layout, '<w:vanish/>')}</w:p>"
    return _controlled(text) if layout.controls == "blocks" else text


def _text_block(block: Block, layout: DocxLayout) -> str:
    if isinstance(block, Title):
        return _paragraph(block.text, layout, "center", "<w:b/>")
    if isinstance(block, Heading):
        return _paragraph(block.text, layout, "left", '<w:rFonts w:eastAsia="黑体"/>')
    if isinstance(block, Paragraph):
        return _paragraph(block.text, layout, "both")
    raise TypeError(f"no markup for {block!r}")


def _paragraph(text: str, layout: DocxLayout, align: str, properties: str = "") -> str:
    indent = '<w:ind w:firstLineChars="200" w:firstLine="480"/>' if align == "both" else ""
    return f'<w:p><w:pPr>{indent}<w:jc w:val="{align}"/></w:pPr>{_runs(text, layout, properties)}</w:p>'


def _runs(text: str, layout: DocxLayout, properties: str = "") -> str:
    step = 7 if layout.split_runs else len(text) or 1
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    runs = "".join(
        f'<w:r>{look}<w:t xml:space="preserve">{escape(text[at : at + step])}</w:t></w:r>'
        for at in range(0, len(text), step)
    )
    return _controlled(runs) if layout.controls == "runs" and runs else runs


def _controlled(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _deleted(text: str) -> str:
    run = f'<w:r><w:delText xml:space="preserve">{escape(text)}</w:delText></w:r>'
    return f'<w:del w:id="1" w:author="编辑" w:date="2024-01-05T00:00:00Z">{run}</w:del>'


def _inserted(content: str) -> str:
    return f'<w:ins w:id="2" w:author="编辑" w:date="2024-01-05T00:00:00Z">{content}</w:ins>'


def _table(grid: Grid, layout: DocxLayout) -> str:
    table = _element(grid, layout)
    if layout.nested:
        table = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{table}<w:p/></w:tc></w:tr></w:tbl>"
    if layout.in_boxes:
        content = f"<w:txbxContent>{table}<w:p/></w:txbxContent>"
        return (
            "<w:p><w:r><mc:AlternateContent>"
            f'<mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></w:drawing>'
            f"</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
    return _controlled(table) if layout.controls == "blocks" else table


def _element(grid: Grid, layout: DocxLayout) -> str:
    squares: list[list[tuple[int, Box, bool]]] = [[] for _ in grid.rows]
    for top, left, box in grid.placed():
        for down in range(box.rows):
            if top + down < len(squares):
                squares[top + down].append((left, box, down == 0))
    columns = "".join(f'<w:gridCol w:w="{9000 // grid.width}"/>' for _ in range(grid.width))
    lines = "".join(_row(sorted(line, key=_left), at, layout) for at, line in enumerate(squares))
    properties = f"<w:tblPr><w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>"


def _row(line: Sequence[tuple[int, Box, bool]], at: int, layout: DocxLayout) -> str:
    before = ""
    if layout.spans == "grid_before":
        skipped = 0
        while skipped < len(line) and not line[skipped][2]:
            skipped += 1
        columns = sum(box.columns for _, box, _ in line[:skipped])
        before = f'<w:gridBefore w:val="{columns}"/>' if columns else ""
        line = line[skipped:]
    cells = [_cell(box, first, layout) for _, box, first in line]
    if layout.controls == "cells":
        cells = [_controlled(cell) for cell in cells]
    figures = any(box.key is not None for _, box, _ in line)
    mark = '<w:ins w:id="3" w:author="编辑"/>' if layout.tracked == "inserted_rows" and figures and at % 3 == 0 else ""
    properties = f"<w:trPr>{before}{mark}</w:trPr>" if before or mark else ""
    row = f"<w:tr>{properties}{''.join(cells)}</w:tr>"
    if layout.controls == "rows":
        row = _controlled(row)
    if layout.tracked == "deleted_rows" and figures and at % 4 == 0:
        gone = "".join(_cell(_outdated(box), first, layout) for _, box, first in line)
        row += f'<w:tr><w:trPr>{before}<w:del w:id="4" w:author="编辑"/></w:trPr>{gone}</w:tr>'
    return row


def _outdated(box: Box) -> Box:
    """A cell of the row's deleted version."""
    return Box("77", "figure", box.rows, box.columns) if box.key is not None else box


def _left(square: tuple[int, Box, bool]) -> int:
    return square[0]


def _cell(box: Box, first: bool, layout: DocxLayout) -> str:
    span = f'<w:gridSpan w:val="{box.columns}"/>' if box.columns > 1 else ""
    merge = "" if box.rows == 1 else ('<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>")
    turned = '<w:textDirection w:val="tbRlV"/>' if box.vertical and layout.vertical_text else ""
    align = "left" if box.kind in ("label", "group") else "center"
    content = _paragraph(box.text, layout, align) if first and box.text else "<w:p/>"
    if layout.tracked == "figures" and box.key is not None and len(box.key[1] + box.key[2]) % 3 == 0:
        run = _inserted(_runs(box.text, layout)) if box.text else ""
        content = f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{_deleted("5")}{run}</w:p>'
    return f'<w:tc><w:tcPr>{span}{merge}{turned}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
