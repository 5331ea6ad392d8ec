"""One table among several: a document may print another year's beside its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.figures import squeeze
from extract.forms import Table
from extract.labels import similarity
from extract.matching.align import Match, align
from extract.matching.rows import SourceRow

_LONGEST_HEAD = 14  # rows that a table's headings take where every line of theirs is one
_SURE = 0.9
_OTHER_YEAR = re.compile(r"上年度?(?!结转)|上一年度?(?!项目)|去年|同期|往年|历年|近[两二三四五]年|对比")
_YEAR = re.compile(r"20[0-3]\d(?=年)")


@dataclass(frozen=True, slots=True)
class Instance:
    """The rows that form one printing of a table, with their alignment."""

    rows: tuple[SourceRow, ...]
    matches: list[Match]
    other_year: bool

    @property
    def score(self) -> float:
        """The sum of the rows' likeness."""
        return sum(match.likeness for match in self.matches)


def choose_instance(rows: Sequence[SourceRow], table: Table, year: int | None) -> tuple[Instance, bool]:
    """The printing of ``table`` that reports ``year``, and whether another
    printing is as good.

    A printing whose caption or headings speak of another year is taken only
    where there is none else; among the rest the most complete one, the first
    of equals.
    """
    parts = _parts(rows, table)
    instances = [Instance(tuple(part), align(part, table), _is_other_year(part, start, year)) for part, start in parts]
    if len(instances) == 1:
        return instances[0], False
    best = max(instances, key=lambda item: (not item.other_year, round(item.score, 1)))
    rivals = [item for item in instances if item is not best and item.other_year == best.other_year]
    return best, any(item.score >= 0.9 * best.score > 0 for item in rivals)


def _parts(rows: Sequence[SourceRow], table: Table) -> list[tuple[Sequence[SourceRow], int]]:
    """The rows cut before each new beginning of the table, headings included,
    and where in each part the table's first row stands."""
    starts = [i for i, row in enumerate(rows) if row.tail and similarity(row.item, table.rows[0]) >= _SURE]
    if len(starts) < 2:
        return [(rows, starts[0] if starts else _first_figures(rows))]
    cuts = [0]
    for start in starts[1:]:
        cut = start
        while cut > start - _LONGEST_HEAD and cut - 1 > cuts[-1] and not rows[cut - 1].printed:
            cut -= 1
        cuts.append(cut)
    ends = [*cuts[1:], len(rows)]
    return [(rows[begin:end], start - begin) for begin, end, start in zip(cuts, ends, starts, strict=True)]


def _first_figures(rows: Sequence[SourceRow]) -> int:
    return next((i for i, row in enumerate(rows) if row.tail and row.printed > 1), 0)


def _is_other_year(rows: Sequence[SourceRow], first: int, year: int | None) -> bool:
    """Whether the caption or headings of a printing, whose first row stands at
    ``first``, name another year than ``year``."""
    head = rows[max(0, first - _LONGEST_HEAD) : first + 1]
    captions = dict.fromkeys(row.caption for row in head)  # a page break may part the headings from the first row
    text = "".join(squeeze(caption)[-60:] for caption in captions) + "".join(
        squeeze(field.text) for row in head for field in row.labels
    )
    if _OTHER_YEAR.search(text.replace("上年结转", "")):
        return True
    named = {int(found) for found in _YEAR.findall(text)}
    return bool(named) and year is not None and year not in named
