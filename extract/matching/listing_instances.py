"""One listing among several: a document may print another year's beside its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.figures import squeeze
from extract.forms import Table
from extract.matching.listing_labels import exact_rows
from extract.matching.rows import SourceRow

_HEAD = 8  # rows that a listing's caption and headings may take
_LONGEST = 44  # characters of a caption; longer lines are prose
_ALIKE = 0.9  # a printing with so many of the best one's rows is as good
_OTHER_YEAR = re.compile(r"上年|上一年|去年|同期|往年|历年|近[两二三四五]年|对比")
_YEAR = re.compile(r"20[0-3]\d(?=年)")


def choose_printing(rows: Sequence[SourceRow], table: Table, year: int | None) -> tuple[list[SourceRow], bool, bool]:
    """The rows of the printing that reports ``year``, with what stands above
    it; whether another printing is as good; and whether it is another year's.

    The one whose caption or headings name the year goes before one that names
    none; one that speaks of another year is taken only where there is none
    else. Among equals the one with most rows, the first of these.
    """
    printings = _printings(rows, table)
    ranked = [(_fitness(printing, table, year), _size(printing, table)) for printing in printings]
    best = max(range(len(printings)), key=lambda at: (ranked[at], -at))
    rivals = [rank for at, rank in enumerate(ranked) if at != best and rank[0] == ranked[best][0]]
    rivalled = any(size >= _ALIKE * ranked[best][1] > 0 for _, size in rivals)
    return printings[best], rivalled, ranked[best][0] == 0


def _printings(rows: Sequence[SourceRow], table: Table) -> list[list[SourceRow]]:
    """The rows cut where a row of the table comes a second time; what stands
    between two printings belongs to the later one."""
    order = {row.code: number for number, row in enumerate(table.rows)}
    printings: list[list[SourceRow]] = [[]]
    seen: set[str] = set()
    end = 0  # of the rows of the printing at hand that are the table's
    for row in rows:
        codes = [entry.code for entry in exact_rows(row.item, table)] if row.tail else []
        if codes and seen.issuperset(codes):
            before = printings[-1]
            printings[-1] = before[:end]
            printings.append(before[end:])
            seen = set()
        printings[-1].append(row)
        if codes:
            seen.add(min((code for code in codes if code not in seen), key=order.__getitem__))
            end = len(printings[-1])
    return printings


def _size(rows: Sequence[SourceRow], table: Table) -> int:
    return sum(1 for row in rows if row.tail and exact_rows(row.item, table))


def _fitness(rows: Sequence[SourceRow], table: Table, year: int | None) -> int:
    """2 where the caption or headings of a printing name ``year``, 0 where they
    name another, 1 where they name none. The line nearest to the table counts."""
    first = next((at for at, row in enumerate(rows) if row.tail and exact_rows(row.item, table)), 0)
    texts: list[str] = []
    grid = None
    for row in rows[max(0, first - _HEAD) : first + 1]:
        if row.grid != grid:
            texts += row.caption.split("\n")
            grid = row.grid
        texts += [field.text for field in row.labels]
    for text in reversed([squeeze(text) for text in texts if 0 < len(text) <= _LONGEST]):
        named = {int(found) for found in _YEAR.findall(text)}
        if _OTHER_YEAR.search(text) or (named and year is not None and year not in named):
            return 0
        if named and year is not None:
            return 2
    return 1
