"""A filing as a paged document: ruled tables that run over the page's end as
word processors print them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from tests.corpus.front import head_lines, signature
from tests.corpus.grid import Block, Box, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing, Front
from tests.corpus.rendered import Rendered
from tests.corpus.sheet import Order, Orientation, Sheet, Unicode
from tests.corpus.variants import Variants, vary

FontChoice = Literal["bundled", "installed", "cid"]
BUNDLED = Path(__file__).parent / "fonts" / "corpus-hei.ttf"
INSTALLED = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/arphic/ukai.ttc",
)

LEFT, RIGHT_MARGIN = 74.0, 70.0
PAD = 3.0
RULE = 0.5
# Parts of the table's width, by table.
PARTS: dict[str, tuple[float, ...]] = {
    "statistics-plain": (0.62, 0.14, 0.24),
    "statistics-serial-plain": (0.08, 0.56, 0.13, 0.23),
    "statistics-beside": (0.16, 0.5, 0.14, 0.2),
    "statistics-serial-beside": (0.07, 0.15, 0.48, 0.12, 0.18),
    "applications": (0.052, 0.165, 0.258, *(0.075,) * 7),
    "review_litigation": (1 / 15,) * 15,
}


@dataclass(frozen=True)
class PdfLayout:
    """How the pages are made.

    ``rules`` draws borders as lines, as thin filled rectangles, or as a
    frame for each cell; or only the horizontal ones, only the table's outer
    frame, or none. ``open_bottom`` leaves the rule out where a table
    runs over the page's end; ``cut_rows`` lets a row whose label has several
    lines break between them; ``group_label`` prints a label that spans pages
    on the first, or cuts it in two; ``white_fills`` puts white rectangles
    behind the cells; ``shaded`` colours the block titles of 表二.
    ``beside`` prints the blocks of 表二 two by two, side by side.
    ``spaced_digits`` draws the digits of a figure apart, a little or as far
    as a blank is wide. ``orientation``, ``order``, ``unicode`` and ``in_form``
    are those of :class:`tests.corpus.sheet.Sheet`.
    """

    font: FontChoice = "bundled"
    size: float = 15.0
    cell_size: float = 9.0
    top: float = 88.0
    bottom: float = 84.0
    rules: Literal["lines", "rectangles", "frames", "horizontal", "outer", "none"] = "lines"
    open_bottom: bool = False
    cut_rows: bool = False
    group_label: Literal["first", "cut"] = "first"
    white_fills: bool = False
    shaded: bool = False
    page_number: Literal["centre", "outside", "none"] = "centre"
    roomy: float = 4.0
    beside: bool = False
    spaced_digits: Literal["none", "little", "blank"] = "none"
    orientation: Orientation = "portrait"
    order: Order = "natural"
    unicode: Unicode = "right"
    in_form: bool = False
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


VARIANTS: Variants = {
    "rules": ("rectangles", "frames", "horizontal", "outer", "none"),
    "open_bottom": (True,),
    "cut_rows": (True,),
    "group_label": ("cut",),
    "white_fills": (True,),
    "shaded": (True,),
    "beside": (True,),
    "spaced_digits": ("little", "blank"),
    "orientation": ("landscape", "rotate90", "rotate270", "sideways"),
    "order": ("columns", "shuffled", "reversed", "figures_first"),
    "unicode": ("radicals", "labels_wrong", "labels_missing", "digits_unknown"),
    "in_form": (True,),
}
# What a reading may doubt: digits that stand apart, characters that the file
# does not name, tables without any rules.
DOUBTFUL = frozenset(
    {"rules=horizontal", "rules=outer", "rules=none", "spaced_digits=blank", "orientation=sideways",
     "unicode=labels_wrong", "unicode=labels_missing", "unicode=digits_unknown"}
)  # fmt: skip


def random_plain(random: Random) -> PdfLayout:
    """Sizes, labels and grids by chance, without departures; the font is the bundled one."""
    return PdfLayout(
        size=random.choice((14.0, 15.0, 16.0)),
        cell_size=random.choice((8.5, 9.0, 10.0)),
        top=random.choice((72.0, 88.0, 104.0)),
        page_number=random.choice(("centre", "outside", "none")),
        roomy=random.choice((2.0, 4.0, 9.0)),
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )


def random_layout(random: Random) -> PdfLayout:
    """A layout by chance; the font is always the bundled one."""
    return vary(random, random_plain(random), VARIANTS, 3)


def render(filing: Filing, layout: PdfLayout, blocks: Sequence[Block] | None = None) -> Rendered:
    """The document as bytes; the same filing and layout give the same bytes
    under one version of the libraries. ``blocks`` default to the filing's own."""
    pages = _Pages(layout, filing.title)
    shown = list(compose(filing, layout.labels, layout.grid) if blocks is None else blocks)
    while shown:
        block = shown.pop(0)
        if isinstance(block, Title):
            pages.text(block.text, size=20, indent=0, align="centre", after=14)
            for line in head_lines(filing):
                pages.text(line, size=layout.size, indent=0, align="centre", after=8)
        elif isinstance(block, Heading):
            pages.text(block.text, size=layout.size + 0.5, indent=2, before=6)
        elif isinstance(block, Paragraph):
            pages.text(block.text, size=layout.size, indent=2)
        else:
            following = shown[0] if shown and layout.beside and block.code == "proactive" else None
            if isinstance(following, Grid) and following.code == "proactive":
                pages.two_tables(block, following)
                del shown[0]
            else:
                pages.table(block)
    space = 18.0
    for line in signature(filing, Front()):
        pages.text(line, size=layout.size, indent=0, align="right", before=space)
        space = 0.0
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
        self.sheet = Sheet(title, layout.orientation, layout.order, layout.unicode, layout.in_form)
        self.height = self.sheet.height
        self.frame = (LEFT, self.sheet.width - RIGHT_MARGIN)  # within which text and tables stand
        self.page = 1
        self.at = layout.top  # from the page's top

    def finish(self) -> bytes:
        """Ends the last page and returns the file."""
        self._end_page()
        return self.sheet.finish()

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
        left, right = self.frame
        for line in self._wrap("　" * indent + text, size, right - left):
            if self.at + lead > self.height - self.layout.bottom:
                self._new_page()
            shown = line.strip("　") if indent and line.startswith("　") else line
            shift = indent * size if shown != line else 0.0
            self._line(shown, left + shift, right, self.at + lead * 0.72, size, align)
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

    def two_tables(self, one: Grid, other: Grid) -> None:
        """Two grids side by side, on a new page if they might not fit."""
        left, right = self.frame
        rows = max(len(one.rows), len(other.rows))
        if self.at + rows * (4 * self._lead() + 2 * self.layout.roomy) > self.height - self.layout.bottom:
            self._new_page()
        top, ends = self.at, []
        middle = (left + right) / 2
        for grid, frame in ((one, (left, middle - 8)), (other, (middle + 8, right))):
            self.at, self.frame = top, frame
            self.table(grid)
            ends.append(self.at)
        self.at, self.frame = max(ends), (left, right)

    def _lead(self) -> float:
        return self.layout.cell_size * 1.3

    def _edges(self, grid: Grid) -> list[float]:
        parts = PARTS.get(grid.code, (0.4, *(0.6 / (grid.width - 1),) * (grid.width - 1)))
        stray = grid.width - len(parts)
        if stray > 0:
            parts = (*(part * (1 - 0.04 * stray) for part in parts), *(0.04,) * stray)
        left, right = self.frame
        edges = [left]
        for part in parts:
            edges.append(round(edges[-1] + part * (right - left), 2))
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
        page, at, end = self.page, self.at, self.height - self.layout.bottom
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
            if self.layout.rules == "horizontal":
                sides = [side for side in sides if side[1] == side[3]]
            if self.layout.rules == "frames" and not open_end:
                self.sheet.frame(RULE, x0, self.height - y1, x1 - x0, y1 - y0)
            elif self.layout.rules not in ("outer", "none"):
                drawn.update((round(a, 2), round(b, 2), round(c, 2), round(d, 2)) for a, b, c, d in sides)
            self._cell_text(box, self._lines_here(box, lines, mine, part), x0, y0, x1, y1)
        if self.layout.rules == "outer":
            start = here[0].top
            self.sheet.frame(RULE, edges[0], self.height - table_end, edges[-1] - edges[0], table_end - start)
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
            gap = self._gap(line, x1 - x0 - 2 * PAD) if box.kind == "figure" else 0.0
            self._line(line, x0 + PAD, x1 - PAD, at, size, align, gap, box.kind == "figure")
            at += lead

    def _gap(self, text: str, width: float) -> float:
        """The gap between the digits of a figure, if they are drawn apart and
        the cell has room for it."""
        if self.layout.spaced_digits == "none" or not text.isdigit():
            return 0.0
        gap = self.layout.cell_size * (0.55 if self.layout.spaced_digits == "blank" else 0.2)
        needed = pdfmetrics.stringWidth(text, self.font, self.layout.cell_size) + gap * (len(text) - 1)
        return gap if needed <= width else 0.0

    def _fill(self, box: Box, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.layout.shaded and box.kind == "block":
            colour = (0.78, 0.85, 0.94)
        elif self.layout.white_fills:
            colour = (1, 1, 1)
        else:
            return
        self.sheet.fill(colour, x0, self.height - y1, x1 - x0, y1 - y0)

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.layout.rules == "rectangles":
            self.sheet.fill(None, x0, self.height - y1 - RULE, max(x1 - x0, 0) + RULE, (y1 - y0) + RULE)
            return
        self.sheet.line(RULE, x0, self.height - y0, x1, self.height - y1)

    def _line(
        self,
        text: str,
        x0: float,
        x1: float,
        at: float,
        size: float,
        align: Literal["left", "centre", "right"],
        gap: float = 0,
        figure: bool = False,
    ) -> None:
        width = pdfmetrics.stringWidth(text, self.font, size) + gap * max(len(text) - 1, 0)
        x = {"left": x0, "centre": (x0 + x1 - width) / 2, "right": x1 - width}[align]
        self.sheet.string(text, x, self.height - at, self.font, size, gap, figure)

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
            self._line(f"- {self.page} -", *self.frame, self.height - 48, 12, align)
        self.sheet.end_page()
