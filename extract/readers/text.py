"""Plain text and Markdown with tab- or pipe-separated tables, as exporters
make them from PDFs."""

from __future__ import annotations

import re

from extract.charset import decode
from extract.model import Block, Document, Field, Grid, Paragraph, Place

_HEADING = re.compile(r"^#{1,6}\s+")
_PIPE_RULE = re.compile(r"^\|?[\s:|+=-]*-[\s:|+=-]*\|?$")


def read(data: bytes) -> Document:
    """A grid for every run of table lines, a paragraph for every other line.

    A blank line ends a run: exporters put one where the page broke. Places
    are locators "table N, row R, column C (line L)", all counted from 1.
    """
    blocks: list[Block] = []
    grid: Grid | None = None
    tables = 0
    for number, line in enumerate(decode(data).splitlines(), start=1):
        fields = _fields(line)
        if fields is None:
            grid = None
            text = _HEADING.sub("", line).strip()
            if text:
                blocks.append(Paragraph(text))
            continue
        if not fields:  # the rule below a Markdown table's head
            continue
        if grid is None:
            grid = Grid([])
            blocks.append(grid)
            tables += 1
        row = len(grid.rows) + 1
        grid.rows.append(
            [
                Field(text, column, Place(locator=f"table {tables}, row {row}, column {column + 1} (line {number})"))
                for column, text in enumerate(fields)
            ]
        )
    return Document("text/plain", blocks)


def _fields(line: str) -> list[str] | None:
    """The cells of a table line, [] for a Markdown rule, None for other lines."""
    if "\t" in line:
        return [field.strip() for field in line.split("\t")]
    bare = line.strip()
    if bare.count("|") < 2:
        return None
    if _PIPE_RULE.match(bare):
        return []
    return [field.strip() for field in bare.removeprefix("|").removesuffix("|").split("|")]
