"""Cells of which the reader tells a line of text as their place: "line N", or "line L, field F"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.original.marks import Mark, bare
from extract.model import Block, Grid, Paragraph
from transform.privacy import masked


@dataclass(slots=True)
class Line:
    """A line of text, without white space; and the texts of the cells that stand in it, by their locators."""

    text: str
    cells: dict[str, list[str]]


class Counter:
    """Counts the lines of a document's paragraphs as the matcher does (``extract.matching.sequence``)."""

    def __init__(self) -> None:
        self._last = 0

    def paragraph(self, block: Paragraph) -> list[Line]:
        """The next paragraph's lines."""
        lines = []
        for line in block.text.split("\n"):
            self._last += 1
            lines.append(Line(bare(line), {f"line {self._last}": line.strip().strip("|").split("|")}))
        return lines

    def lines(self, blocks: Sequence[Block]) -> list[Line]:
        """All lines of the blocks in order: those of paragraphs, and those of which rows were made."""
        lines: list[Line] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                lines += self.paragraph(block)
            elif isinstance(block, Grid):
                rows = (row for row in block.rows if row and not row[0].colspan)
                for row in rows:
                    cells = {field.place.locator or "": [field.text] for field in row}
                    lines.append(Line(bare("".join(field.text for field in row)), cells))
        return lines


def stands_in(mark: Mark, texts: Sequence[str]) -> bool:
    """Whether a cell is one of the texts of its line."""
    raw = bare(mark.raw or "")
    return any(raw == bare(masked(text)) for text in texts)
