"""One table among several: a document may print another year's beside its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from extract.figures import squeeze
from extract.forms import Table
from extract.matching.align import Match, align, is_heading, likest
from extract.matching.parts import beginnings
from extract.matching.rows import SourceRow
from extract.matching.specimens import Rivalry, choose_filled

_LONGEST_HEAD = 14  # rows that a table's headings take where every line of theirs is one
_LONGEST_PIECE = 8  # characters of a line of a heading, 本年度办理结果 or shorter
_AS_GOOD = 0.9  # of the best printing's score
_SENTENCE = re.compile(r"^[^（(]*[，。；]")  # prose, not a caption; a caption may end with a remark in brackets
_OTHER_YEAR = re.compile(r"上年度?(?!结转)|上一年度?(?!项目)|去年|同期|往年|历年|近[两二三四五]年|对比")
_YEAR = re.compile(r"20[0-3]\d(?=年)")


@dataclass(frozen=True, slots=True)
class Instance:
    """The rows that form one printing of a table, with their alignment."""

    rows: tuple[SourceRow, ...]
    matches: list[Match]
    year: Literal["own", "doubtful", "other"]  # what caption and headings say of the year reported

    @property
    def score(self) -> float:
        """The sum of the rows' likeness."""
        return sum(match.likeness for match in self.matches)

    @property
    def figures(self) -> list[str]:
        """The texts of the figures, row by row."""
        return [field.text for match in self.matches for field in match.source.tail]


def choose_instance(rows: Sequence[SourceRow], table: Table, year: int | None) -> tuple[Instance, Rivalry]:
    """The printing of ``table`` that reports ``year``, and what others as good leave in doubt.

    A printing whose caption or headings speak of another year comes last;
    among the rest the most complete one, of equals the first that is filled in.
    """
    parts = _parts(rows, table)
    instances = [Instance(tuple(part), align(part, table), _year(part, start, year, table)) for part, start in parts]
    if len(instances) == 1:
        return instances[0], "none"
    best = max(instances, key=lambda item: (item.year == "own", round(item.score, 1)))
    rivals = [item for item in instances if item is not best and (item.year == "own") == (best.year == "own")]
    equals = [best, *(item for item in rivals if item.score >= _AS_GOOD * best.score > 0)]
    chosen, rivalry = choose_filled([item.figures for item in equals])
    return equals[chosen], rivalry


def _parts(rows: Sequence[SourceRow], table: Table) -> list[tuple[Sequence[SourceRow], int]]:
    """The rows cut before each new beginning of the table, headings included,
    and where in each part the table's first row stands."""
    starts = beginnings(rows, table)
    if len(starts) < 2:
        return [(rows, starts[0] if starts else _first_figures(rows))]
    cuts = [0]
    for before, start in pairwise(starts):
        cut = start
        while cut > start - _LONGEST_HEAD and cut - 1 > before and _may_head(rows[cut - 1], table):
            cut -= 1
        cuts.append(cut)
    ends = [*cuts[1:], len(rows)]
    return [(rows[begin:end], start - begin) for begin, end, start in zip(cuts, ends, starts, strict=True)]


def _may_head(row: SourceRow, table: Table) -> bool:
    """Whether a row may stand above a table: no figures, and no (blank) row of it."""
    return not row.printed and (is_heading(row, table) or not row.item or likest(row.item, table) < 1.0)


def _first_figures(rows: Sequence[SourceRow]) -> int:
    return next((i for i, row in enumerate(rows) if row.tail and row.printed > 1), 0)


def _year(rows: Sequence[SourceRow], first: int, year: int | None, table: Table) -> Literal["own", "doubtful", "other"]:
    """What caption and headings of a printing, whose first row stands at
    ``first``, say of its year: "other" where they name an earlier year and
    call it one, "doubtful" where they do one of both (a caption may be left
    from last year's report)."""
    top = first
    while top > max(0, first - _LONGEST_HEAD) and _is_head_line(rows[top - 1], table):
        top -= 1
    head = rows[top : first + 1]
    if top > 0 and (rows[top - 1].grid == rows[first].grid or len(rows[top - 1].labels) == 1):
        head = rows[top - 1 : first + 1]  # the line above, unless it is a row of another table
    # A page break may part the headings from the first row: the captions of both pieces count.
    above = dict.fromkeys(row.caption for row in rows[top : first + 1])
    lines = [line for caption in above for line in caption.split("\n") if not _SENTENCE.search(line)]
    captions = dict.fromkeys(squeeze(line)[-60:] for line in lines)
    text = "".join([*captions, *(squeeze(field.text) for row in head for field in row.labels)])
    says_so = _OTHER_YEAR.search(text.replace("上年结转", "")) is not None
    named = {int(found) for found in _YEAR.findall(text)}
    earlier = year is not None and bool(named) and year not in named and min(named) < year
    if says_so and earlier:
        return "other"
    return "doubtful" if says_so or earlier else "own"


def _is_head_line(row: SourceRow, table: Table) -> bool:
    """Whether a row is one of headings, or of pieces of them."""
    return not row.printed and (
        is_heading(row, table) or all(len(field.text) <= _LONGEST_PIECE for field in row.labels)
    )
