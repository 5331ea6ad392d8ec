"""Plain text, Markdown and CSV: tables separated by tabs, pipes, commas or
spaces, as exporters make them from PDFs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.charset import decode
from extract.model import Block, Document, Grid
from extract.readers.html import read_fragment
from extract.readers.limits import MAX_CHARACTERS, check_count
from extract.readers.lines import read_lines

_TABLE, _TABLE_END = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE)


def read(data: bytes) -> Document:
    """A grid for every run of table lines and every HTML table in the text, a
    paragraph for every other line.

    A blank line ends a run: exporters put one where the page broke. Places
    are locators "table N, row R, column C (line L)", all counted from 1, or
    "line L, field F" where white space alone parts the cells.
    """
    blocks: list[Block] = []
    line_number, tables = 1, 0
    for part, is_table in _parts(decode(data)):
        found = read_fragment(part, tables) if is_table else read_lines(part, line_number, tables)
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
