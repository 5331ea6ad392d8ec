"""A filing as the text export of a paged document: tab-separated cells, page
breaks inside tables, labels cut in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from extract.forms import CellKey
from tests.corpus import flat
from tests.corpus.front import head_lines, signature
from tests.corpus.grid import Block, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.html_table import TableMarkup, table
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing, Front
from tests.corpus.rendered import Rendered
from tests.corpus.variants import Variants, vary

LONG = 13  # characters of a label that takes more than one line
GROUP_ROW = 5  # the line of 表三 in which 三、本年度办理结果 begins


@dataclass(frozen=True)
class TextLayout:
    """How the export came out.

    ``labels_as`` "full" prints an empty cell for every column that a label
    spans; "pieces" leaves out columns in which nothing begins on that page
    (the pieces of a table then differ in width); "padded" moves the empty
    cells of a row whose figures are all printed to its end. ``breaks`` are
    the rows of 表三 after which the page ends; ``cut`` says what the first of
    these breaks cuts: nothing, the label of the row before it, or the group
    label 三、本年度办理结果.
    ``review`` "shifted" copies the span of 行政复议 down, so that the figures
    move five cells to the right and the last five are lost; a line with blank
    figures stays whole, since nothing would show that it was shifted.
    ``marks`` writes headings as Markdown. ``table_as`` is how a table stands
    in the text: cells parted by tabs, by pipes, as Markdown, as HTML, or one
    cell to a line. ``tight`` leaves out the empty lines around the tables.
    """

    labels_as: Literal["full", "pieces", "padded"] = "full"
    breaks: tuple[int, ...] = (21,)
    cut: Literal["none", "label", "group"] = "none"
    break_in_proactive: int | None = None
    review: Literal["whole", "shifted"] = "whole"
    marks: bool = False
    page_numbers: bool = False
    spaced_year: bool = False
    title_in_two: bool = False
    cut_paragraph: bool = False
    table_as: Literal["tabs", "pipes", "markdown", "html", "lines"] = "tabs"
    tight: bool = False
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "gb18030"] = "utf-8"
    extension: Literal["txt", "md"] = "txt"
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


VARIANTS: Variants = {
    "labels_as": ("pieces", "padded"),
    "marks": (True,),
    "spaced_year": (True,),
    "title_in_two": (True,),
    "cut_paragraph": (True,),
    "page_numbers": (True,),
    "table_as": ("pipes", "markdown", "html", "lines"),
    "tight": (True,),
    "encoding": ("utf-8-sig", "utf-16", "gb18030"),
    "extension": ("md",),
    "breaks": ((7,), (14,), (21,), (9, 20)),
    "cut": ("label", "group"),
}
DOUBTFUL = frozenset({"table_as=lines", "cut=label", "cut=group"})
CUTS = {"label": (24,), "group": (GROUP_ROW + 1,)}


def random_layout(random: Random) -> TextLayout:
    """A layout by chance."""
    plain = TextLayout(breaks=(), labels=LabelStyle.by_chance(random), grid=GridStyle.by_chance(random))
    return settled(vary(random, plain, VARIANTS, 4))


def settled(layout: TextLayout) -> TextLayout:
    """The layout with a page's end where it cuts something, and none where the
    tables are not lines of cells."""
    if layout.table_as in ("html", "lines"):
        return replace(layout, breaks=(), cut="none", labels_as="full")
    if layout.cut != "none":
        return replace(layout, breaks=CUTS[layout.cut])
    return layout


def render(filing: Filing, layout: TextLayout, blocks: Sequence[Block] | None = None) -> Rendered:
    """The text in the layout's encoding, and the cells that a shifted 表四
    lost; ``blocks`` default to the filing's own."""
    export = _Export(layout)
    for block in compose(filing, layout.labels, layout.grid) if blocks is None else blocks:
        if isinstance(block, Title):
            export.title(block.text)
            for line in head_lines(filing):
                export.add(line)
        elif isinstance(block, Heading):
            export.add(f"## {block.text}" if layout.marks else block.text)
        elif isinstance(block, Paragraph):
            export.paragraph(block.text)
        elif isinstance(block, Grid):
            export.table(block)
    for line in signature(filing, Front(agency=False)):
        export.add(line)
    data = (export.text() + "\n").encode(layout.encoding)
    return Rendered(data, layout.extension, frozenset(export.lost), frozenset(export.ambiguous))


class _Export:
    """Collects the parts of the text, which stand apart by empty lines."""

    def __init__(self, layout: TextLayout) -> None:
        self.layout = layout
        self.parts: list[str] = []
        self.lost: set[CellKey] = set()
        self.ambiguous: set[CellKey] = set()
        self.page = 1

    def text(self) -> str:
        """The whole text."""
        if self.layout.tight:
            return "\n".join(self.parts)
        return "\n\n".join(self.parts)

    def add(self, text: str) -> None:
        """One part."""
        self.parts.append(re.sub(r"(\d{4})年", r"\1 年", text) if self.layout.spaced_year else text)

    def title(self, text: str) -> None:
        """The title, perhaps with the line break of the page left as a blank."""
        if self.layout.title_in_two:
            middle = text.index("公开") + 2
            text = f"{text[:middle]} {text[middle:]}"
        self.add(f"# {text}" if self.layout.marks else text)

    def paragraph(self, text: str) -> None:
        """A paragraph; the first long one may be cut by a page's end."""
        if self.layout.cut_paragraph and self.page == 1 and len(text) > 120:
            middle = next(at for at in range(len(text) // 2, len(text)) if not re.search(r"\d", text[at - 1 : at + 1]))
            self.add(text[:middle])
            self.page_end()
            text = text[middle:]
        self.add(text)

    def page_end(self) -> None:
        """The page's number, where the export kept it."""
        if self.layout.page_numbers:
            self.parts.append(f"- {self.page} -")
        self.page += 1

    def table(self, grid: Grid) -> None:
        """A table in one piece or, where a page ended, in several."""
        if self.layout.table_as == "html":
            self.parts.append(table(grid, TableMarkup(empty="")))
            return
        if self.layout.table_as == "lines":
            self.ambiguous |= flat.open_cells(grid)
            self.parts += [text for text in flat.cells(grid) if text]
            return
        lines = _squares(grid)
        breaks: list[int] = []
        figures = grid.rows[-1]
        if grid.code == "review_litigation" and self.layout.review == "shifted" and all(box.text for box in figures):
            lines[-1] = [*[""] * 5, *lines[-1][:-5]]
            self.lost |= {box.key for box in figures[-5:] if box.key is not None}
        elif grid.code == "applications":
            breaks = [row for row in self.layout.breaks if row < len(lines)]
        elif grid.code == "proactive" and self.layout.break_in_proactive is not None:
            breaks = [row for row in (self.layout.break_in_proactive,) if row < len(lines)]
        if breaks and grid.code == "applications":
            rest = self._cut(grid, lines, breaks[0])
            if rest is not None:
                lines.insert(breaks[0], rest)
                breaks = [breaks[0], *(row + 1 for row in breaks[1:])]
        for start, end in zip([0, *breaks], [*breaks, len(lines)], strict=True):
            if start:
                self.page_end()
            self.parts.append(self._piece(lines[start:end], grid))

    def _piece(self, lines: list[list[str | None]], grid: Grid) -> str:
        """The lines of one page as text."""
        if self.layout.labels_as == "pieces":
            kept = [at for at in range(grid.width) if any(at < len(line) and line[at] is not None for line in lines)]
            lines = [[line[at] for at in kept if at < len(line)] for line in lines]
        elif self.layout.labels_as == "padded" and grid.code == "applications":
            lines = [_moved(line) if all(line[3:10]) else line for line in lines]
        texts = [[cell or "" for cell in line] for line in lines]
        if self.layout.table_as == "tabs":
            return "\n".join("\t".join(line) for line in texts)
        rows = [f"| {' | '.join(line)} |" for line in texts]
        if self.layout.table_as == "markdown":
            rows.insert(1, "|" + " --- |" * len(texts[0]))
        return "\n".join(rows)

    def _cut(self, grid: Grid, lines: list[list[str | None]], row: int) -> list[str | None] | None:
        """Cuts what the layout says at the page's end after ``row`` lines; the
        line with the rest, where a label was cut."""
        if self.layout.cut == "label":
            label = next((box.text for box in grid.rows[row - 1] if box.kind == "label"), "")
            if len(label) < LONG or label not in lines[row - 1]:
                return None
            line = lines[row - 1]
            at, middle = line.index(label), len(label) * 3 // 5
            line[at] = label[:middle]
            return [label[middle:] if i == at else cell if cell is None else "" for i, cell in enumerate(line)]
        if self.layout.cut == "group" and row == GROUP_ROW + 1 and (lines[GROUP_ROW][0] or "").startswith("三、"):
            group, label, *figures = (cell or "" for cell in lines[GROUP_ROW])
            lines[GROUP_ROW] = [f"{group[:3]} {label}", None, *[None, *figures[1:]]]
            lines[row][0] = f"{group[3:6]} {group[6:]}"
        return None


def _squares(grid: Grid) -> list[list[str | None]]:
    """Each square's text: "" below the first row of a box, None where a box
    spans columns. A line ends with its last box."""
    squares: list[list[str | None]] = [[None] * grid.width for _ in grid.rows]
    ends = [0] * len(grid.rows)
    for top, left, box in grid.placed():
        for down in range(min(box.rows, len(grid.rows) - top)):
            line = squares[top + down]
            line.extend([None] * (left + box.columns - len(line)))
            line[left] = "" if down else box.text
            ends[top + down] = max(ends[top + down], left + box.columns)
    return [line[:end] for line, end in zip(squares, ends, strict=True)]


def _moved(line: list[str | None]) -> list[str | None]:
    """A line whose empty squares under a wide label stand at its end."""
    kept = [cell for cell in line if cell is not None]
    return [*kept, *[None] * (len(line) - len(kept))]
