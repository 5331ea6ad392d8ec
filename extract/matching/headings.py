"""In which source columns a table's headings stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, islice, pairwise, takewhile

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
    above = [row for row in reversed(rows) if row.grid == source.grid and row.index < source.index]
    heads = takewhile(lambda row: not row.printed, dropwhile(lambda row: row.printed, above))
    stacks: dict[int, list[str]] = {}
    for row in islice(heads, _MOST_LINES):
        for field in row.fields:
            if field.colspan and len(field.text) <= _LONGEST:
                stacks.setdefault(field.column, []).insert(0, words(field.text.split("（")[0].split("(")[0]))
    found = [_find(stacks, column) for column in columns]
    _complete(found)
    placed = tuple(place for place in found if place is not None)
    in_order = all(before < after for before, after in pairwise(placed))
    return placed if len(placed) == len(columns) and in_order else None


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
