"""A filing as the text export of a paged document: tab-separated cells, page
breaks inside tables, labels cut in two."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from extract.forms import CellKey
from tests.corpus.grid import Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered

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
    ``marks`` writes headings as Markdown.
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
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)


def random_layout(random: Random) -> TextLayout:
    """A layout by chance."""
    cut: Literal["none", "label", "group"] = random.choice(("none", "label", "group"))
    first = {"none": random.randint(5, 24), "label": random.choice((7, 24, 25)), "group": GROUP_ROW + 1}[cut]
    return TextLayout(
        labels_as=random.choice(("full", "pieces", "padded")),
        breaks=(first,) if random.random() < 0.6 else (first, min(first + 12, 26)),
        cut=cut,
        break_in_proactive=random.choice((None, 4, 6, 7)),
        review=random.choice(("whole", "whole", "shifted")),
        marks=random.random() < 0.4,
        page_numbers=random.random() < 0.3,
        spaced_year=random.random() < 0.5,
        title_in_two=random.random() < 0.5,
        cut_paragraph=random.random() < 0.5,
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )


def render(filing: Filing, layout: TextLayout) -> Rendered:
    """The text in UTF-8, and the cells that a shifted 表四 lost."""
    export = _Export(layout)
    for block in compose(filing, layout.labels, layout.grid):
        if isinstance(block, Title):
            export.title(block.text)
        elif isinstance(block, Heading):
            export.add(f"## {block.text}" if layout.marks else block.text)
        elif isinstance(block, Paragraph):
            export.paragraph(block.text)
        elif isinstance(block, Grid):
            export.table(block)
    day = filing.published_on
    export.add(f"{day.year}年{day.month}月{day.day}日")
    return Rendered(("\n\n".join(export.parts) + "\n").encode("utf-8"), "txt", frozenset(export.lost))


class _Export:
    """Collects the parts of the text, which stand apart by empty lines."""

    def __init__(self, layout: TextLayout) -> None:
        self.layout = layout
        self.parts: list[str] = []
        self.lost: set[CellKey] = set()
        self.page = 1

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
            kept = [at for at in range(grid.width) if any(line[at] is not None for line in lines)]
            lines = [[line[at] for at in kept] for line in lines]
        elif self.layout.labels_as == "padded" and grid.code == "applications":
            lines = [_moved(line) if all(line[3:10]) else line for line in lines]
        return "\n".join("\t".join(cell or "" for cell in line) for line in lines)

    def _cut(self, grid: Grid, lines: list[list[str | None]], row: int) -> list[str | None] | None:
        """Cuts what the layout says at the page's end after ``row`` lines; the
        line with the rest, where a label was cut."""
        if self.layout.cut == "label":
            label = next((box.text for box in grid.rows[row - 1] if box.kind == "label"), "")
            if len(label) < LONG:
                return None
            line = lines[row - 1]
            at, middle = line.index(label), len(label) * 3 // 5
            line[at] = label[:middle]
            return [label[middle:] if i == at else cell if cell is None else "" for i, cell in enumerate(line)]
        if self.layout.cut == "group" and row == GROUP_ROW + 1:
            group, label, *figures = (cell or "" for cell in lines[GROUP_ROW])
            lines[GROUP_ROW] = [f"{group[:3]} {label}", None, *[None, *figures[1:]]]
            lines[row][0] = f"{group[3:6]} {group[6:]}"
        return None


def _squares(grid: Grid) -> list[list[str | None]]:
    """Each square's text: "" below the first row of a box, None where a box
    spans columns."""
    squares: list[list[str | None]] = [[None] * grid.width for _ in grid.rows]
    for top, left, box in grid.placed():
        for down in range(box.rows):
            squares[top + down][left] = "" if down else box.text
    return squares


def _moved(line: list[str | None]) -> list[str | None]:
    """A line whose empty squares under a wide label stand at its end."""
    kept = [cell for cell in line if cell is not None]
    return [*kept, *[None] * (len(line) - len(kept))]
