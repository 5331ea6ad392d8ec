"""Which source row is which row of the form: the best monotone alignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.forms import Row, Table
from extract.labels import similarity
from extract.matching.rows import SourceRow

_FLOOR = 0.6  # below this a label is not recognised
_UNLABELLED = 0.15  # what a row without a label is worth in a free place
_FIGURES = 0.3  # a row that states figures is worth more than a piece of its label
_NUMBER = 0.05


@dataclass(frozen=True, slots=True)
class Match:
    """A source row read as a row of the form; ``likeness`` is 0 where it has
    no label and only its order speaks."""

    source: SourceRow
    row: Row
    likeness: float


def align(rows: Sequence[SourceRow], table: Table) -> list[Match]:
    """The monotone alignment of source rows to form rows with the highest sum
    of label likeness.

    Every source row and every form row may be left out. A merged row of the
    form competes with the rows that it replaces: whichever the labels fit.
    O(len(rows) × rows of the form).
    """
    targets = _targets(table)
    gains = [[_gain(row, target, table) for target in targets] for row in rows]
    height, width = len(rows), len(targets)
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for i in range(height - 1, -1, -1):
        below, line, gain = best[i + 1], best[i], gains[i]
        for j in range(width - 1, -1, -1):
            take = gain[j] + below[j + 1] if gain[j] > 0 else 0.0
            line[j] = max(below[j], line[j + 1], take)
    matches: list[Match] = []
    i = j = 0
    while i < height and j < width:
        if gains[i][j] > 0 and best[i][j] == gains[i][j] + best[i + 1][j + 1]:
            matches.append(Match(rows[i], targets[j], _likeness(rows[i], targets[j], table)))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return _without_replaced(matches, table)


def _targets(table: Table) -> list[Row]:
    """The form's rows with each merged row before the rows that it replaces."""
    targets: list[Row] = []
    for row in table.rows:
        targets += [merged for merged in table.merged_rows if merged.replaces[0] == row.code]
        targets.append(row)
    return targets


def _gain(source: SourceRow, row: Row, table: Table) -> float:
    width = len(table.columns_of(row))
    if not source.item:
        # A row without words can only stand for a row of just that width.
        wide = width > 1 and source.printed == width and len(source.tail) <= width + 2
        return _UNLABELLED if wide and not row.replaces else 0.0
    likeness = _likeness(source, row, table)
    if likeness < _FLOOR or not source.tail:
        return 0.0
    if row.replaces and not source.printed:
        return 0.0  # a group's heading line, not the group printed as one row
    gain = likeness * likeness
    if source.printed:
        gain += _FIGURES
    if row.number and source.number and source.number in row.number:
        gain += _NUMBER
    return gain


def _likeness(source: SourceRow, row: Row, table: Table) -> float:
    """Likeness of the item, or of item and headings run together."""
    if not source.item:
        return 0.0
    best = similarity(source.item, row)
    if best < 1.0 and source.joined != source.item:
        best = max(best, 0.97 * similarity(source.joined, row))
    return best


def _without_replaced(matches: list[Match], table: Table) -> list[Match]:
    """Where a merged row and rows that it replaces both matched, the rows that
    the form keeps apart stand; the other was their heading."""
    found = {match.row.code for match in matches}
    headings = {merged.code for merged in table.merged_rows if found & set(merged.replaces)}
    return [match for match in matches if match.row.code not in headings]
