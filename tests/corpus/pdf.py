"""A filing as a paged document: ruled tables that run over the page's end as
word processors print them."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.grid import Box, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered

FontChoice = Literal["bundled", "installed", "cid"]
BUNDLED = Path(__file__).parent / "fonts" / "corpus-hei.ttf"
INSTALLED = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
)

WIDTH, HEIGHT = A4
LEFT, RIGHT = 74.0, WIDTH - 70.0
PAD = 3.0
RULE = 0.5
# Parts of the table's width, by table.
PARTS: dict[str, tuple[float, ...]] = {
    "applications": (0.052, 0.165, 0.258, *(0.075,) * 7),
    "review_litigation": (1 / 15,) * 15,
}


@dataclass(frozen=True)
class PdfLayout:
    """How the pages are made.

    ``rules`` draws borders as lines, as thin filled rectangles, or as a
    frame for each cell; ``open_bottom`` leaves the rule out where a table
    runs over the page's end; ``cut_rows`` lets a row whose label has several
    lines break between them; ``group_label`` prints a label that spans pages
    on the first, or cuts it in two; ``white_fills`` puts white rectangles
    behind the cells; ``shaded`` colours the block titles of 表二.
    """

    font: FontChoice = "bundled"
    size: float = 15.0
    cell_size: float = 9.0
    top: float = 88.0
    bottom: float = 84.0
    rules: Literal["lines", "rectangles", "frames"] = "lines"
    open_bottom: bool = False
    cut_rows: bool = False
    group_label: Literal["first", "cut"] = "first"
    white_fills: bool = False
    shaded: bool = False
    page_number: Literal["centre", "outside", "none"] = "centre"
    roomy: float = 4.0
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


def random_layout(random: Random) -> PdfLayout:
    """A layout by chance; the font is always the bundled one."""
    return PdfLayout(
        size=random.choice((14.0, 15.0, 16.0)),
        cell_size=random.choice((8.5, 9.0, 10.0)),
        top=random.choice((72.0, 88.0, 104.0)),
        rules=random.choice(("lines", "rectangles", "frames")),
        open_bottom=random.random() < 0.3,
        cut_rows=random.random() < 0.4,
        group_label=random.choice(("first", "cut")),
        white_fills=random.random() < 0.2,
        shaded=random.random() < 0.3,
        page_number=random.choice(("centre", "outside", "none")),
        roomy=random.choice((2.0, 4.0, 9.0)),
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )


def render(filing: Filing, layout: PdfLayout) -> Rendered:
    """The document as bytes; the same filing and layout give the same bytes
    under one version of the libraries."""
    pages = _Pages(layout, filing.title)
    for block in compose(filing, layout.labels, layout.grid):
        if isinstance(block, Title):
            pages.text(block.text, size=20, indent=0, align="centre", after=14)
        elif isinstance(block, Heading):
            pages.text(block.text, size=layout.size + 0.5, indent=2, before=6)
        elif isinstance(block, Paragraph):
            pages.text(block.text, size=layout.size, indent=2)
        elif isinstance(block, Grid):
            pages.table(block)
    day = filing.published_on
    pages.text(filing.agency.name, size=layout.size, indent=0, align="right", before=18)
    pages.text(f"{day.year}年{day.month}月{day.day}日", size=layout.size, indent=0, align="right")
    return Rendered(pages.finish(), "pdf")


@cache
def font_name(choice: FontChoice) -> str:
    """Registers the font and returns its name in reportlab.

    "bundled" is the subset in this package; "installed" a Chinese TrueType
    font of the system, or the file in OGI_CORPUS_FONT (FileNotFoundError
    where there is none); "cid" the font STSong-Light that viewers bring,
    which is not embedded.
    """
    if choice == "cid":
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        return "STSong-Light"
    if choice == "bundled":
        pdfmetrics.registerFont(TTFont("CorpusHei", BUNDLED))
        return "CorpusHei"
    for candidate in (os.environ.get("OGI_CORPUS_FONT", ""), *INSTALLED):
        if candidate and Path(candidate).exists():
            pdfmetrics.registerFont(TTFont("CorpusInstalled", candidate))
            return "CorpusInstalled"
    raise FileNotFoundError("no Chinese TrueType font installed; set OGI_CORPUS_FONT to one")


@dataclass
class _Piece:
    """A row of a grid, or a part of one, as it stands on a page."""

    row: int
    part: int
    page: int
    top: float
    height: float


class _Pages:
    """Lays text and tables on pages from top to bottom."""

    def __init__(self, layout: PdfLayout, title: str) -> None:
        self.layout = layout
        self.font = font_name(layout.font)
        self.target = io.BytesIO()
        self.canvas = Canvas(self.target, pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.page = 1
        self.at = layout.top  # from the page's top

    def finish(self) -> bytes:
        """Ends the last page and returns the file."""
        self._end_page()
        self.canvas.save()
        return self.target.getvalue()

    def text(
        self,
        text: str,
        *,
        size: float,
        indent: int,
        align: Literal["left", "centre", "right"] = "left",
        before: float = 0,
        after: float = 0,
    ) -> None:
        """A paragraph, broken into lines and over pages."""
        self.at += before
        lead = size * 1.75
        for line in self._wrap("　" * indent + text, size, RIGHT - LEFT):
            if self.at + lead > HEIGHT - self.layout.bottom:
                self._new_page()
            shown = line.strip("　") if indent and line.startswith("　") else line
            shift = indent * size if shown != line else 0.0
            self._line(shown, LEFT + shift, RIGHT, self.at + lead * 0.72, size, align)
            self.at += lead
        self.at += after

    def table(self, grid: Grid) -> None:
        """A grid, row by row; rows that do not fit go to the next page."""
        edges = self._edges(grid)
        boxes = [(top, left, box, self._cell_lines(box, edges[left + box.columns] - edges[left]))
                 for top, left, box in grid.placed()]  # fmt: skip
        heights = self._heights(len(grid.rows), boxes)
        pieces = self._paginate(heights, boxes)
        pages = sorted({piece.page for piece in pieces})
        for page in pages:
            while self.page < page:
                self._new_page()
            self._draw([piece for piece in pieces if piece.page == page], pieces, boxes, edges)
        self.at = pieces[-1].top + pieces[-1].height + 12

    def _lead(self) -> float:
        return self.layout.cell_size * 1.3

    def _edges(self, grid: Grid) -> list[float]:
        parts = PARTS.get(grid.code, (0.4, *(0.6 / (grid.width - 1),) * (grid.width - 1)))
        if grid.width > len(parts):
            parts = (*(part * 0.96 for part in parts), 0.04)
        edges = [LEFT]
        for part in parts:
            edges.append(round(edges[-1] + part * (RIGHT - LEFT), 2))
        return edges

    def _cell_lines(self, box: Box, width: float) -> list[str]:
        if box.vertical:
            return list(box.text)
        if box.kind == "head" and len(box.text) in (4, 6) and self.layout.cell_size * 4 > width - 2 * PAD:
            return re.findall("..", box.text)
        return self._wrap(box.text, self.layout.cell_size, width - 2 * PAD)

    def _heights(self, count: int, boxes: Sequence[tuple[int, int, Box, list[str]]]) -> list[float]:
        lead, spare = self._lead(), 2 * self.layout.roomy
        heights = [lead + spare] * count
        for top, _, box, lines in boxes:
            if box.rows == 1:
                heights[top] = max(heights[top], len(lines) * lead + spare)
        for top, _, box, lines in boxes:
            lacking = len(lines) * lead + spare - sum(heights[top : top + box.rows])
            if box.rows > 1 and lacking > 0:
                heights[top + box.rows - 1] += lacking
        return heights

    def _paginate(self, heights: list[float], boxes: Sequence[tuple[int, int, Box, list[str]]]) -> list[_Piece]:
        page, at, end = self.page, self.at, HEIGHT - self.layout.bottom
        pieces: list[_Piece] = []
        for row, height in enumerate(heights):
            if at + height <= end:
                pieces.append(_Piece(row, 0, page, at, height))
                at += height
                continue
            label = max((len(lines) for top, _, box, lines in boxes if top == row and box.kind == "label"), default=0)
            first = self._lead() + self.layout.roomy
            cut = self.layout.cut_rows and label > 1 and at + first <= end
            if cut:
                pieces.append(_Piece(row, 0, page, at, end - at))
                height = max(height - (end - at), (label - 1) * self._lead() + self.layout.roomy)
            page, at = page + 1, self.layout.top
            pieces.append(_Piece(row, 1 if cut else 0, page, at, height))
            at += height
        return pieces

    def _draw(
        self,
        here: list[_Piece],
        pieces: list[_Piece],
        boxes: Sequence[tuple[int, int, Box, list[str]]],
        edges: list[float],
    ) -> None:
        page = here[0].page
        goes_on = pieces[-1].page > page
        table_end = here[-1].top + here[-1].height
        drawn: set[tuple[float, float, float, float]] = set()
        for top, left, box, lines in boxes:
            mine = [piece for piece in pieces if top <= piece.row < top + box.rows]
            part = [piece for piece in mine if piece.page == page]
            if not part:
                continue
            x0, x1 = edges[left], edges[left + box.columns]
            y0, y1 = part[0].top, part[-1].top + part[-1].height
            self._fill(box, x0, y0, x1, y1)
            open_end = self.layout.open_bottom and goes_on and abs(y1 - table_end) < 0.01
            sides = [(x0, y0, x1, y0), (x0, y0, x0, y1), (x1, y0, x1, y1)]
            if not open_end:
                sides.append((x0, y1, x1, y1))
            if self.layout.rules == "frames" and not open_end:
                self.canvas.setLineWidth(RULE)
                self.canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0, stroke=1, fill=0)
            else:
                drawn.update((round(a, 2), round(b, 2), round(c, 2), round(d, 2)) for a, b, c, d in sides)
            self._cell_text(box, self._lines_here(box, lines, mine, part), x0, y0, x1, y1)
        for x0, y0, x1, y1 in sorted(drawn):
            self._rule(x0, y0, x1, y1)

    def _lines_here(self, box: Box, lines: list[str], mine: list[_Piece], part: list[_Piece]) -> list[str]:
        """The lines of a box that stand on this page."""
        spans = [[piece for piece in mine if piece.page == page] for page in sorted({piece.page for piece in mine})]
        if len(spans) == 1:
            return lines
        index = spans.index(part)
        if box.kind == "figure" or (box.kind == "group" and self.layout.group_label == "first" and
                                    self._room(spans[0]) >= len(lines)):  # fmt: skip
            return lines if index == 0 else []
        taken = 0
        for earlier in spans[:index]:
            taken += min(self._room(earlier), len(lines) - taken)
        if index == len(spans) - 1:
            return lines[taken:]
        return lines[taken : taken + self._room(part)]

    def _room(self, part: list[_Piece]) -> int:
        return max(1, int((sum(piece.height for piece in part) - self.layout.roomy / 2) / self._lead()))

    def _cell_text(self, box: Box, lines: list[str], x0: float, y0: float, x1: float, y1: float) -> None:
        lead, size = self._lead(), self.layout.cell_size
        at = (y0 + y1) / 2 - len(lines) * lead / 2 + lead * 0.78
        align: Literal["left", "centre"] = "left" if box.kind in ("label", "group") and not box.vertical else "centre"
        for line in lines:
            self._line(line, x0 + PAD, x1 - PAD, at, size, align)
            at += lead

    def _fill(self, box: Box, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.layout.shaded and box.kind == "block":
            self.canvas.setFillColorRGB(0.78, 0.85, 0.94)
        elif self.layout.white_fills:
            self.canvas.setFillColorRGB(1, 1, 1)
        else:
            return
        self.canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0, stroke=0, fill=1)
        self.canvas.setFillColorRGB(0, 0, 0)

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.layout.rules == "rectangles":
            self.canvas.rect(x0, HEIGHT - y1 - RULE, max(x1 - x0, 0) + RULE, (y1 - y0) + RULE, stroke=0, fill=1)
            return
        self.canvas.setLineWidth(RULE)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def _line(
        self, text: str, x0: float, x1: float, at: float, size: float, align: Literal["left", "centre", "right"]
    ) -> None:
        self.canvas.setFont(self.font, size)
        width = pdfmetrics.stringWidth(text, self.font, size)
        x = {"left": x0, "centre": (x0 + x1 - width) / 2, "right": x1 - width}[align]
        self.canvas.drawString(x, HEIGHT - at, text)

    def _wrap(self, text: str, size: float, width: float) -> list[str]:
        """Lines no wider than ``width``; numbers stay whole, and no line begins
        with a closing mark."""
        self._check_glyphs(text)
        lines, line = [], ""
        for token in re.findall(r"(?:[0-9][0-9.,]*[件条]?|.)[，。、；：）)”]*", text):
            if line and pdfmetrics.stringWidth(line + token, self.font, size) > width:
                lines.append(line)
                line = token.lstrip(" ")
            else:
                line += token
        return [*lines, line] if line else lines

    def _check_glyphs(self, text: str) -> None:
        font = pdfmetrics.getFont(self.font)
        if isinstance(font, TTFont):
            lacking = {char for char in text if ord(char) not in font.face.charToGlyph}
            if lacking:
                raise ValueError(f"the font lacks {''.join(sorted(lacking))}")

    def _new_page(self) -> None:
        self._end_page()
        self.page += 1
        self.at = self.layout.top

    def _end_page(self) -> None:
        if self.layout.page_number != "none":
            align: Literal["left", "centre", "right"] = "centre"
            if self.layout.page_number == "outside":
                align = "right" if self.page % 2 else "left"
            self._line(f"- {self.page} -", LEFT, RIGHT, HEIGHT - 48, 12, align)
        self.canvas.showPage()
