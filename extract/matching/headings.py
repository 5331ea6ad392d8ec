"""In which source columns a table's headings stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from extract.forms import Column
from extract.labels import variants, words
from extract.matching.rows import SourceRow

_MOST_LINES = 6  # that the headings of a table take
_LONGEST = 20  # characters of a heading, its note about units included


def heading_columns(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> tuple[int, ...] | None:
    """The source columns of the headings above a row, one for each of the
    form's ``columns`` in order; None unless all are there, in the form's order.

    The nearest lines above it count that hold no figures. Headings may be
    split over several lines ("商业" over "企业").
    """
    stacks: dict[int, list[str]] = {}
    for row in _heads(rows, source):
        for field in row.fields:
            if field.colspan and len(field.text) <= _LONGEST:
                stacks.setdefault(field.column, []).insert(0, words(field.text.split("（")[0].split("(")[0]))
    if not stacks:
        return None
    found = [_find(stacks, column) for column in columns]
    _complete(found)
    placed = tuple(place for place in found if place is not None)
    in_order = all(before < after for before, after in pairwise(placed))
    return placed if len(placed) == len(columns) and in_order else None


def _heads(rows: Sequence[SourceRow], source: SourceRow) -> list[SourceRow]:
    """The nearest lines without figures above a row in its grid, the lowest first."""
    heads: list[SourceRow] = []
    for place in range(bisect_left(rows, source.index, key=lambda row: row.index) - 1, -1, -1):
        row = rows[place]
        if row.grid != source.grid or len(heads) == _MOST_LINES or (heads and row.printed):
            break
        if not row.printed:
            heads.append(row)
    return heads


def _complete(found: list[int | None]) -> None:
    """Headings of the first and the last column that a page break parted from
    the others (they stand a line higher) are beside the others."""
    inner = [place for place in found[1:-1] if place is not None]
    if len(inner) < 2 or len(inner) < len(found) - 2 or inner[-1] - inner[0] != len(inner) - 1:
        return
    if found[0] is None:
        found[0] = inner[0] - 1
    if found[-1] is None:
        found[-1] = inner[-1] + 1


def _find(stacks: dict[int, list[str]], column: Column) -> int | None:
    """The one source column whose last headings, taken together, name the form's column."""
    labels = variants(column)
    places = [
        place for place, lines in stacks.items() if any("".join(lines[first:]) in labels for first in range(len(lines)))
    ]
    return places[0] if len(places) == 1 else None
