"""The rows of a document as the second reading sees them: by the position or the sequence of their texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extract.figures import is_blank, parse_figure
from extract.labels import nature, numbering
from extract.matching.rows import SourceRow, rows_of
from extract.model import Document, Field, Grid, Place

_PAGE_NUMBER = re.compile(r"^\s*(?:[-—–]+\s*\d{1,3}\s*[-—–]+|第\s*\d{1,3}\s*页.*)\s*$")
_PAGE_NUMBER_BEGINS = "-—–第"
_LONGEST_LABEL = 60  # characters; longer paragraphs are prose, not cells
_BLANKS = 3  # fewer blanks between words are fill between a heading and its item
_WIDTH = 7  # columns of 表三
_LONGEST_TAIL = 9  # figures beyond a row of 表三 stand for themselves (表四)


def second_rows(document: Document) -> list[SourceRow]:
    """The document's rows as the second reading sees them."""
    if document.positions is not None:
        return rows_of([_without_page_number(grid) for grid in document.positions])
    return rows_of([Grid(_sequence_rows(_sequence(document)))])


def _without_page_number(grid: Grid) -> Grid:
    """A page's rows without its number, which would part a label, or headings, that the page's end cut in two."""
    rows = [row for row in grid.rows if len(row) != 1 or not _PAGE_NUMBER.match(row[0].text)]
    return grid if len(rows) == len(grid.rows) else Grid(rows)


def _sequence(document: Document) -> list[Field]:
    """All cells and short lines in reading order, row boundaries forgotten:
    tables that lost their markup stand on lines, one cell or more on each."""
    fields: list[Field] = []
    number = 0
    for block in document.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                fields += row
            continue
        for line in block.text.split("\n"):
            number += 1
            line = line.strip()
            if line[:1] in _PAGE_NUMBER_BEGINS and _PAGE_NUMBER.match(line):
                continue
            if "|" not in line:  # as most
                if len(line) <= _LONGEST_LABEL:
                    fields.append(Field(line, 0, Place(block.page, None, f"line {number}")))
                continue
            for part in line.removesuffix("|").removeprefix("|").split("|"):
                if len(part) <= _LONGEST_LABEL:
                    fields.append(Field(part.strip(), 0, Place(block.page, None, f"line {number}")))
    return fields


def _sequence_rows(fields: Iterable[Field]) -> list[list[Field]]:
    """A new row wherever words follow a figure, or several blanks."""
    rows: list[list[Field]] = []
    row: list[Field] = []
    split = 0  # where its tail begins
    printed = 0  # fields of the tail that are not blank
    for field in fields:
        kind = nature(field.text)
        if kind == "words":
            if printed or len(row) - split >= _BLANKS:
                rows += _row(row, split, printed)
                row, printed = [], 0
            row.append(field)
            split = len(row)
        else:
            row.append(field)
            printed += kind != "blank"
    rows += _row(row, split, printed)
    # Their order is known, not their columns.
    return [[Field(f.text, i, f.place, 0) for i, f in enumerate(row)] for row in rows if row]


def _row(row: list[Field], split: int, printed: int) -> list[list[Field]]:
    if printed > _LONGEST_TAIL:
        labels, tail = row[:split], row[split:]
        runs = _rows_in_sequence(tail) if labels and numbering(labels[-1].text) else None
        return [[*labels, *runs[0]], *runs[1:]] if runs else [labels, tail]
    return [row]


def _rows_in_sequence(tail: Sequence[Field]) -> list[list[Field]] | None:
    """Figures after the label of a row of 表三 that are several rows of it, of which only the first has kept its label:
    whole rows with as many blanks (lost labels) between each two, every one adding up to its last figure; else None."""
    fields = list(tail)
    while fields and is_blank(fields[-1].text):
        fields.pop()
    for blanks in range(_BLANKS + 1):
        step = _WIDTH + blanks
        runs = [fields[start : start + _WIDTH] for start in range(0, len(fields), step)]
        between = [fields[start + _WIDTH : start + step] for start in range(0, len(fields) - _WIDTH, step)]
        if any(not is_blank(field.text) for gap in between for field in gap):
            continue
        if len(fields) == len(runs) * step - blanks and all(_adds_up(run) for run in runs):
            return runs
    return None


def _adds_up(fields: Sequence[Field]) -> bool:
    """Whether all fields hold figures, or dashes, the last of them the sum of the others."""
    figures = [parse_figure(field.text) for field in fields]
    values = [figure.value or 0 for figure in figures]
    printed = all(figure.status in ("reported", "not_applicable") for figure in figures)
    return printed and sum(values[:-1]) == values[-1]
