"""Lines of plain text to blocks: tables by tabs, pipes, commas or spaces."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from extract.model import Block, Field, Grid, Paragraph, Place
from extract.readers.spaced import regroup

_HEADING = re.compile(r"^#{1,6}\s+")
_PIPE_RULE = re.compile(r"^\|?[\s:|+=-]*-[\s:|+=-]*\|?$")
_FEWEST_COMMAS = 2  # on a line, and
_FEWEST_RECORDS = 3  # lines with as many fields each: a table, not a sentence
_PROSE = 12  # characters: what has a record to itself and holds more is a heading or prose


def read_lines(text: str, first_line: int, tables: int) -> list[Block]:
    """A grid for every run of table lines, a paragraph for every other line.

    Lines are numbered from ``first_line``, grids on from ``tables``. Places are
    locators "table N, row R, column C (line L)", or "line L, field F" where
    the lines show no columns.
    """
    blocks: list[Block] = []
    plain: list[Paragraph] = []
    numbers: list[int] = []
    grid: Grid | None = None
    lines = text.splitlines()
    records = _records(lines)
    for offset, line in enumerate(lines):
        fields = records[offset] if offset in records else _fields(line)
        if fields is not None and offset in records and (alone := _alone(fields)) is not None:
            fields, line = None, alone
        if fields is None:
            grid = None
            words = _HEADING.sub("", line).strip()
            if words:
                plain.append(Paragraph(words))
                numbers.append(first_line + offset)
            continue
        if not fields:  # the rule below a Markdown table's head, or a line within a quoted field
            continue
        if grid is None:
            found = regroup(plain, numbers)
            plain, numbers = [], []
            grid = Grid([])
            blocks += [*found, grid]
            tables += 1 + sum(isinstance(block, Grid) for block in found)
        where = f"table {tables}, row {len(grid.rows) + 1}, column "
        grid.rows.append(
            [
                Field(text, column, Place(locator=f"{where}{column + 1} (line {first_line + offset})"))
                for column, text in enumerate(fields)
            ]
        )
    return blocks + regroup(plain, numbers)


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


def _records(lines: Sequence[str]) -> dict[int, list[str]]:
    """The comma-separated records among the lines, each at its first line, and
    [] at its further ones; none where neighbours differ in their number of fields."""
    if sum(line.count(",") >= _FEWEST_COMMAS for line in lines) < _FEWEST_RECORDS:
        return {}
    found: list[tuple[int, int, list[str]]] = []
    reader = csv.reader(f"{line}\n" for line in lines)
    start = 0
    try:
        for record in reader:
            found.append((start, reader.line_num, [field.strip() for field in record]))
            start = reader.line_num
    except csv.Error:
        return {}
    records: dict[int, list[str]] = {}
    run: list[tuple[int, int, list[str]]] = []
    for one in [*found, (start, start, [])]:
        if run and len(one[2]) != len(run[-1][2]):
            if len(run) >= _FEWEST_RECORDS and len(run[0][2]) > _FEWEST_COMMAS:
                for begin, end, fields in run:
                    records |= {begin: fields, **{line: [] for line in range(begin + 1, end)}}
            run = []
        run.append(one)
    return records


def _alone(fields: Sequence[str]) -> str | None:
    """The text of a record that holds a heading or prose, "" of one that holds
    nothing, None of a row."""
    printed = [field for field in fields if field]
    if len(printed) == 1 and fields[0] and len(printed[0]) >= _PROSE:
        return printed[0]
    return "" if fields and not printed else None
