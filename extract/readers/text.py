"""Plain text and Markdown with tab- or pipe-separated tables, as exporters
make them from PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.charset import decode
from extract.model import Block, Document, Field, Grid, Paragraph, Place
from extract.readers.html import read_fragment
from extract.readers.limits import MAX_CHARACTERS, check_count

_TABLE, _TABLE_END = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s+")
_PIPE_RULE = re.compile(r"^\|?[\s:|+=-]*-[\s:|+=-]*\|?$")


def read(data: bytes) -> Document:
    """A grid for every run of table lines and every HTML table in the text, a
    paragraph for every other line.

    A blank line ends a run: exporters put one where the page broke. Places
    are locators "table N, row R, column C (line L)", all counted from 1.
    """
    blocks: list[Block] = []
    line_number, tables = 1, 0
    for part, is_table in _parts(decode(data)):
        found = read_fragment(part, tables) if is_table else _lines(part, line_number, tables)
        blocks += found
        tables += sum(isinstance(block, Grid) for block in found)
        line_number += part.count("\n")
    return Document("text/plain", blocks)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text parted before and after each HTML table, and which part is one."""
    check_count(len(text), MAX_CHARACTERS, "字", "characters")
    start = 0
    while (table := _TABLE.search(text, start)) and (end := _TABLE_END.search(text, table.end())):
        yield text[start : table.start()], False
        yield text[table.start() : end.end()], True
        start = end.end()
    yield text[start:], False


def _lines(text: str, first_line: int, tables: int) -> list[Block]:
    blocks: list[Block] = []
    grid: Grid | None = None
    for number, line in enumerate(text.splitlines(), start=first_line):
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
    return blocks


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
