"""Which of several columns of figures a listing means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.forms import Table
from extract.labels import NO_FIGURES
from extract.matching.listing_rows import Line, is_total_heading

_OFTEN = 0.3  # share of the rows with several figures that tells a table of several columns


def figure_headings(leaves: Mapping[int, str]) -> list[str]:
    """The headings of columns of figures, from left to right."""
    return [label for label in dict.fromkeys(leaves[column] for column in sorted(leaves)) if label not in NO_FIGURES]


def heads_fit(heads: Sequence[str], lines: Sequence[Line]) -> bool:
    """Whether the rows have as many figures as there are several headings."""
    return len(heads) > 1 and sum(len(line.figures) == len(heads) for line in lines) > _OFTEN * len(lines)


def has_several(leaves: Mapping[int, str], lines: Sequence[Line]) -> bool:
    """Whether rows of the table have more than one figure, or room for more
    than one under headings of their own."""
    columns = {field.column for line in lines for field in line.figures}
    headed = {leaves[column] for column in columns if leaves.get(column)} - NO_FIGURES
    return len(headed) > 1 or sum(line.printed > 1 for line in lines) > _OFTEN * len(lines)


def current_column(leaves: Mapping[int, str], lines: Sequence[Line], table: Table, year: int | None) -> int | None:
    """The only source column whose heading names the total, or the report's
    year; None where there is none or more than one, or where the columns of
    the headings are not those of the figures."""
    columns = {field.column for line in lines for field in line.figures}
    if not columns or not columns <= leaves.keys() or max(columns) != max(leaves):
        return None
    places = sorted(leaves)
    place = current_heading([leaves[column] for column in places], table, year)
    return None if place is None else places[place]


def current_heading(heads: Sequence[str], table: Table, year: int | None) -> int | None:
    """The place of the only heading that names the total, or else the report's
    year; None where there is none or more than one."""
    totals = [place for place, label in enumerate(heads) if is_total_heading(label, table)]
    named = totals or [place for place, label in enumerate(heads) if year is not None and f"{year}年" in label]
    return named[0] if len(named) == 1 else None
