"""A listing (one figure to a row, beside its unit) by the positions of its words alone.

Headings tell the columns: 统计指标 the labels', 单位 and 统计数 those of units and
figures. What stands in these columns on one line is a row; the label's lines
stand evenly about it. A blank figure keeps its place, which the order of words
alone would lose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from operator import attrgetter

from extract.forms import load_forms
from extract.labels import LISTING_NAMES, variants, words
from extract.model import Field, Place
from extract.readers.page_heads import COLUMN_GAP, SAME_LINE, Word, one_cell

_BASE, _LEFT, _RIGHT = attrgetter("base"), attrgetter("x0"), attrgetter("x1")
_PROSE = 24  # characters of a word that runs from the labels into the figures: a line of prose
_LONGEST_HEADING = 16  # characters over a column
_LEAD = 1.65  # of the characters' height: the lines of one label are no further apart, rows are
_EVEN = 1.5  # points by which the lines of a label may stand unevenly about the row's figures
_SAME_GAP = 1.4  # of the characters' height: after a mark such as 、 a label goes on within this
_ALIGNED = 3.0  # points within which the left edges of labels are one
_OFTEN = 0.3  # share of the labels' lines that begin at the column's edge, unless they are centred
_CHAPTER_GAP = 0.4  # of the characters' height, at least, between the heading of a chapter and a label
_PIECES = 2  # further words of a line, into which gaps part a label
_MOST_LINES = 5  # of one label, or of one heading
_NUMBERED = re.compile(r"其中|[（(][\d一二三四五六七八九十]{1,2}[)）]|\d{1,2}[.．、]|[一二三四五六七八九十]、")
_YEAR = re.compile(r"20[0-3]\d年度?")

Row = tuple[float, list[Field]]
"""The height of a row on the page, in points from the top, and its fields."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The columns of a listing, in points from the page's left: the extents
    of those before the labels' (serial numbers), where the labels' own lines
    begin (None where they are centred, or not seen yet), and the extents of
    the headings of those after it."""

    before: tuple[tuple[float, float], ...]
    name: tuple[float, float]
    after: tuple[tuple[float, float], ...]
    labels: float | None = None

    def column(self, word: Word) -> int | None:
        """The column that a word stands in; None for the labels' own."""
        if self.before and word.middle < (self.before[-1][1] + COLUMN_GAP) and word.x1 < self.name[0]:
            return min(range(len(self.before)), key=lambda at: abs(sum(self.before[at]) / 2 - word.middle))
        if word.x0 < (self.name[1] + self.after[0][0]) / 2:
            return None
        ends = [(one[1] + other[0]) / 2 for one, other in pairwise(self.after)]
        return len(self.before) + 1 + sum(word.middle > end for end in ends)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.before) + 1 + len(self.after)


def read_listings(
    lines: Sequence[Sequence[Word]], place: Callable[[Word], Place], page: int, carried: Listing | None
) -> tuple[list[Row], list[Sequence[Word]], Listing | None]:
    """The rows of the listings on a page, the lines that are none of theirs,
    and the columns of a listing that may go on over the page's end; ``carried``
    are those of the page before."""
    rows: list[Row] = []
    others: list[Sequence[Word]] = []
    listing, start = carried, 0
    while True:
        found = _find_heading(lines, start)
        own = lines[start : found.start if found else None]
        end = _end_of_listing(own, listing) if listing is not None else 0
        others += own[end:]
        if listing is not None:
            more, listing = _read_listing(own[:end], listing, place, page)
            rows += more
            listing = listing if end == len(own) else None
        if found is None:
            return rows, others, listing
        fields = [Field(word.text, column, place(word)) for column, word in enumerate(found.words)]
        rows.append((found.words[len(found.listing.before)].base, fields))
        listing, start = found.listing, found.end


@dataclass(frozen=True, slots=True)
class _Heading:
    """The headings of a listing, from the left; they take the page's lines from ``start`` to before ``end``."""

    start: int
    end: int
    words: tuple[Word, ...]
    listing: Listing


def _find_heading(lines: Sequence[Sequence[Word]], first: int) -> _Heading | None:
    """The first headings of a listing among a page's lines from ``first`` on."""
    for at in range(first, len(lines)):
        line = lines[at]
        name = next((word for word in line if words(word.text) in LISTING_NAMES), None)
        if name is None or any(word.is_figure or len(word.text) > _LONGEST_HEADING for word in line):
            continue
        start, end = at, at + 1
        while start > first and at - start < _MOST_LINES and _goes_on(lines[start - 1], lines[start], name):
            start -= 1
        while end < len(lines) and end - at < _MOST_LINES and _goes_on(lines[end], lines[end - 1], name):
            end += 1
        after = _merged([word for row in lines[start:end] for word in row if word.x0 >= name.x1])
        if _are_headings([word.text for word in after]):
            before = [word for word in line if word.x1 <= name.x0]
            listing = Listing(
                tuple((word.x0, word.x1) for word in before),
                (name.x0, name.x1),
                tuple((word.x0, word.x1) for word in after),
            )
            return _Heading(start, end, (*before, name, *after), listing)
    return None


def _goes_on(line: Sequence[Word], beside: Sequence[Word], name: Word) -> bool:
    """Whether a line holds more of the headings over the figures, in the columns right of ``name``."""
    height = name.bottom - name.top
    return abs(line[0].base - beside[0].base) <= _LEAD * height and all(
        word.x0 >= name.x1 and not word.is_figure and len(word.text) <= _LONGEST_HEADING for word in line
    )


def _merged(heads: Sequence[Word]) -> list[Word]:
    """The headings from the left, each in one or several lines, as one word each."""
    columns: list[list[Word]] = []
    for word in sorted(heads, key=_LEFT):
        if columns and word.x0 <= max(map(_RIGHT, columns[-1])):
            columns[-1].append(word)
        else:
            columns.append([word])
    return [one_cell(column) for column in columns]


def _are_headings(texts: Sequence[str]) -> bool:
    """Whether headings right of that of the labels are a listing's: they name
    its figures, or years beside a unit (项目、2022年、2023年 compares something else)."""
    labels = [words(text) for text in texts]
    if any("统计数" in label or label in _figure_headings() for label in labels):
        return True
    return any(_YEAR.fullmatch(label) for label in labels) and any("单位" in label for label in labels)


@cache
def _figure_headings() -> frozenset[str]:
    tables = (table for form in load_forms().values() for table in form.tables if table.listing)
    return frozenset(label for table in tables for column in table.columns for label in variants(column))


def _end_of_listing(lines: Sequence[Sequence[Word]], listing: Listing) -> int:
    """How many of the lines below a listing's headings are its own: prose ends it, and a line with more words in a row
    than it has columns, a label in pieces among them."""
    for at, line in enumerate(lines):
        is_prose = any(len(word.text) >= _PROSE and word.x1 > listing.after[0][0] for word in line)
        if is_prose or len(line) > listing.width + _PIECES:
            return at
    return len(lines)


def _read_listing(
    lines: Sequence[Sequence[Word]], listing: Listing, place: Callable[[Word], Place], page: int
) -> tuple[list[Row], Listing]:
    """The rows that lines below a listing's headings hold, and its columns
    with what these rows tell of them. Of each row the fields of all columns
    are there, blank or not, but the label's, where no words name the row."""
    cells: list[tuple[int, Word]] = []
    printed: list[Word] = []
    for line in lines:
        last: Word | None = None
        for word in line:
            column = listing.column(word)
            if last is not None and word.x0 - last.x1 <= _SAME_GAP * (last.bottom - last.top):
                column = None
            last = word if column is None else None
            if column is None:
                printed.append(word)
            else:
                cells.append((column, word))
    anchors = _grouped(cells)
    bases = [anchor[0][1].base for anchor in anchors]
    listing = replace(listing, labels=_labels_edge(printed, bases, listing.labels))
    printed = [part for word in printed for part in _parted(word, listing.labels)]
    chapters = [word for word in printed if listing.labels is not None and word.x1 <= listing.labels]
    named, others = _assigned(_label_lines([word for word in printed if word not in chapters]), anchors)
    rows: list[Row] = [
        (anchor[0][1].base, _row(label, anchor, listing, place, page))
        for label, anchor in zip(named, anchors, strict=True)
    ]
    rows += [(label[0].base, _row(label, (), listing, place, page)) for label in others]
    for lines_of_one in _assigned(_label_lines(chapters), ())[1]:
        # In front of the rows beside it, for it may stand between the pieces of a label.
        text = "".join(line.text for line in lines_of_one)
        rows.append((lines_of_one[0].base, [Field(text, 0, place(lines_of_one[0]), colspan=0)]))
    return rows, listing


def _labels_edge(printed: Sequence[Word], bases: Sequence[float], known: float | None) -> float | None:
    """Where the labels begin: the left edge that most of those on the height of
    a row's cells have, unless enough of them have that of the page before."""
    last: dict[float, float] = {}
    for word in sorted(printed, key=_LEFT):
        if any(abs(word.base - base) <= SAME_LINE for base in bases):
            last[round(word.base / SAME_LINE)] = word.x0
    edges = list(last.values())

    def alike(edge: float) -> list[float]:
        return [other for other in edges if abs(other - edge) <= _ALIGNED]

    if known is not None and len(alike(known)) >= _OFTEN * len(edges):
        return known
    best = max((alike(edge) for edge in edges), key=lambda found: (len(found), found), default=[])
    return min(best) if len(best) > _OFTEN * len(edges) else None


def _parted(word: Word, edge: float | None) -> list[Word]:
    """A word that begins left of the labels and goes on where they begin, with
    room between: the heading of a chapter printed close beside a label."""
    if edge is None or not word.x0 < edge - _ALIGNED < word.x1:
        return [word]
    height = word.bottom - word.top
    for at, (before, char) in enumerate(pairwise(word.chars), start=1):
        text = word.text[:at]
        if abs(char.x0 - edge) <= _ALIGNED and char.x0 - before.x1 > _CHAPTER_GAP * height:
            if len(word.chars) == len(word.text) and not _NUMBERED.fullmatch(text):
                return [_piece(word, 0, at), _piece(word, at, len(word.chars))]
            break
    return [word]


def _piece(word: Word, start: int, end: int) -> Word:
    """The characters of a word from one place to another, as a word."""
    chars = word.chars[start:end]
    x0, x1 = chars[0].x0, chars[-1].x1
    return replace(word, text=word.text[start:end], x0=x0, x1=x1, middle=(x0 + x1) / 2, base=chars[0].base, chars=chars)


def _grouped(cells: Sequence[tuple[int, Word]]) -> list[list[tuple[int, Word]]]:
    """The cells of each row: those on one line."""
    groups: list[list[tuple[int, Word]]] = []
    for column, word in sorted(cells, key=lambda cell: cell[1].base):
        before = groups[-1][-1][1] if groups else None
        if before is not None and word.base - before.base <= 0.4 * max(word.bottom - word.top, 4.0):
            groups[-1].append((column, word))
        else:
            groups.append([(column, word)])
    return groups


def _label_lines(printed: Sequence[Word]) -> list[Word]:
    """The words of the labels, those on one line as one."""
    lines: list[Word] = []
    for word in sorted(printed, key=lambda word: (word.base, word.x0)):
        before = lines[-1] if lines else None
        if before is not None and word.base - before.base <= SAME_LINE:
            left, right = sorted((before, word), key=_LEFT)
            x1 = max(left.x1, right.x1)
            lines[-1] = replace(left, text=left.text + right.text, x1=x1, middle=(left.x0 + x1) / 2)
        else:
            lines.append(word)
    return lines


def _assigned(
    lines: Sequence[Word], anchors: Sequence[Sequence[tuple[int, Word]]]
) -> tuple[list[list[Word]], list[list[Word]]]:
    """For each row the lines of its label, and the labels without a row of
    cells: the headings of several rows, and rows of blanks that state no unit."""
    bases = [anchor[0][1].base for anchor in anchors]
    level = {at for base in bases for at, line in enumerate(lines) if abs(line.base - base) <= SAME_LINE}
    taken: set[int] = set()
    named = []
    for base in bases:
        mine = _about(base, lines, level, taken)
        taken.update(mine)
        named.append([lines[at] for at in mine])
    others: list[list[Word]] = []
    for at, line in enumerate(lines):
        if at in taken:
            continue
        follows = bool(others) and at > 0 and others[-1][-1] is lines[at - 1] and not _NUMBERED.match(line.text)
        if follows and line.base - lines[at - 1].base <= _LEAD * (line.bottom - line.top):
            others[-1].append(line)
        else:
            others.append([line])
    return named, others


def _about(base: float, lines: Sequence[Word], level: set[int], taken: set[int]) -> list[int]:
    """The places of the lines that stand evenly about a height: one on it, or
    pairs above and below, none of them on the height of another row."""
    here = [at for at, line in enumerate(lines) if abs(line.base - base) <= SAME_LINE and at not in taken]
    if here and _NUMBERED.match(lines[here[0]].text):
        return here[:1]
    after = next((at for at, line in enumerate(lines) if line.base > base + SAME_LINE), len(lines))
    before = after - 1 - len(here)
    mine = here[:1]
    while before >= 0 and after < len(lines) and len(mine) < _MOST_LINES:
        above, below = lines[before], lines[after]
        apart = [below.base - (lines[mine[-1]].base if mine else above.base)]
        apart.append((lines[mine[0]].base if mine else below.base) - above.base)
        free = not {before, after} & (level | taken) and not _NUMBERED.match(below.text)
        even = abs((base - above.base) - (below.base - base)) <= _EVEN
        if not (free and even and max(apart) <= _LEAD * (below.bottom - below.top)):
            break
        mine = [before, *mine, after]
        if _NUMBERED.match(above.text):
            break
        before, after = before - 1, after + 1
    return mine


def _row(
    label: Sequence[Word],
    cells: Sequence[tuple[int, Word]],
    listing: Listing,
    place: Callable[[Word], Place],
    page: int,
) -> list[Field]:
    """The fields of a row, from the left."""
    fields = {column: Field("", column, Place(page)) for column in range(listing.width)}
    del fields[len(listing.before)]
    if label:
        text = "".join(line.text for line in label)
        fields[len(listing.before)] = Field(text, len(listing.before), place(label[0]))
    for column, word in sorted(cells, key=lambda cell: cell[1].x0):
        before = fields[column]
        text = f"{before.text} {word.text}".strip()
        fields[column] = Field(text, column, before.place if before.text else place(word))
    return [fields[column] for column in sorted(fields)]
