"""What the sums say of rows that print too many or too few figures.

Written apart from the reader, by brute force: every way to read the rows is
tried, and a way counts when no sum of 表三 breaks. Only where one way is left
is the row decided; else a careful reader must say that it is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from extract.forms import CellKey
from tests.corpus.judge import APPLICANTS, violations
from tests.corpus.model import MISSING, TrueCell, reported

COLUMNS = (*APPLICANTS, "total")
MOST = 3000

Row = tuple[TrueCell, ...]


def decide(cells: Mapping[CellKey, TrueCell], printed: Mapping[str, Sequence[TrueCell]]) -> dict[str, Row] | None:
    """The one reading of the rows of 表三 in ``printed`` (row: its figures as
    they stand, one too many or one too few) that breaks no sum; None where
    several do, or none."""
    options = [list(_readings(figures)) for figures in printed.values()]
    count = 1
    for option in options:
        count *= len(option)
    if count > MOST:
        return None
    left: set[tuple[Row, ...]] = set()
    for choice in product(*options):
        trial = dict(cells)
        for row, (_, supposed) in zip(printed, choice, strict=True):
            trial.update({("applications", row, column): cell for column, cell in zip(COLUMNS, supposed, strict=True)})
        if not [found for found in violations(trial) if found["rule"].startswith("applications")]:
            left.add(tuple(shown for shown, _ in choice))
    if len(left) != 1:
        return None
    return dict(zip(printed, left.pop(), strict=True))


def _readings(figures: Sequence[TrueCell]) -> Iterator[tuple[Row, Row]]:
    """The row as seven cells, and the same with a lost figure supposed to be
    what the row's own sum lacks."""
    if len(figures) > len(COLUMNS):
        for at in range(len(figures)):
            row = (*figures[:at], *figures[at + 1 :])
            yield row, row
        return
    for at in range(len(COLUMNS)):
        row = (*figures[:at], MISSING, *figures[at:])
        numbers = [cell.number or 0 for cell in row]
        rest = sum(numbers[:-1]) if at == len(COLUMNS) - 1 else numbers[-1] - sum(numbers[:-1])
        if rest >= 0:
            yield row, (*row[:at], reported(rest), *row[at + 1 :])
