"""A filing as a word processor document (Office Open XML), written by hand so
that the same filing always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape

from tests.corpus.grid import Block, Box, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered

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
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@dataclass(frozen=True)
class DocxLayout:
    """How the document is made.

    ``split_runs`` cuts every text into several runs, as editing does;
    ``vertical_text`` turns the group label by the text direction of its cell.
    """

    split_runs: bool = False
    vertical_text: bool = True
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


def random_layout(random: Random) -> DocxLayout:
    """A layout by chance."""
    return DocxLayout(
        split_runs=random.random() < 0.5,
        vertical_text=random.random() < 0.5,
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )


def render(filing: Filing, layout: DocxLayout) -> Rendered:
    """The package as bytes, its members dated 1980-01-01."""
    blocks = compose(filing, layout.labels, layout.grid)
    day = filing.published_on
    end = "".join(_paragraph(text, layout, "right")
                  for text in (filing.agency.name, f"{day.year}年{day.month}月{day.day}日"))  # fmt: skip
    body = "".join(_block(block, layout) for block in blocks) + end
    margins = '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/>'
    size = f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>{margins}</w:sectPr>'
    document = f'{DECLARATION}<w:document xmlns:w="{NAMESPACE}"><w:body>{body}{size}</w:body></w:document>'
    members = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONSHIPS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONSHIPS,
        "word/styles.xml": STYLES,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            package.writestr(member, text.encode("utf-8"))
    return Rendered(target.getvalue(), "docx")


def _block(block: Block, layout: DocxLayout) -> str:
    if isinstance(block, Grid):
        return _table(block, layout) + "<w:p/>"
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
    return "".join(
        f'<w:r>{look}<w:t xml:space="preserve">{escape(text[at : at + step])}</w:t></w:r>'
        for at in range(0, len(text), step)
    )


def _table(grid: Grid, layout: DocxLayout) -> str:
    squares: list[list[tuple[int, Box, bool]]] = [[] for _ in grid.rows]
    for top, left, box in grid.placed():
        for down in range(box.rows):
            squares[top + down].append((left, box, down == 0))
    columns = "".join(f'<w:gridCol w:w="{9000 // grid.width}"/>' for _ in range(grid.width))
    lines = "".join(
        "<w:tr>" + "".join(_cell(box, first, layout) for _, box, first in sorted(line, key=_left)) + "</w:tr>"
        for line in squares
    )
    properties = f"<w:tblPr><w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>"


def _left(square: tuple[int, Box, bool]) -> int:
    return square[0]


def _cell(box: Box, first: bool, layout: DocxLayout) -> str:
    span = f'<w:gridSpan w:val="{box.columns}"/>' if box.columns > 1 else ""
    merge = "" if box.rows == 1 else ('<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>")
    turned = '<w:textDirection w:val="tbRlV"/>' if box.vertical and layout.vertical_text else ""
    align = "left" if box.kind in ("label", "group") else "center"
    content = _paragraph(box.text, layout, align) if first and box.text else "<w:p/>"
    return f'<w:tc><w:tcPr>{span}{merge}{turned}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
