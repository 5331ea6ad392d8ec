"""Tables by the positions of their text alone, rules ignored.

The second reading of a PDF page, which fails differently from the first: it
needs no rules, but it cannot see a blank cell at the edge of a table.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from extract.figures import parse_figure
from extract.forms import load_forms
from extract.model import Field, Grid, Place
from extract.readers.page_heads import COLUMN_GAP, SAME_LINE, Word, clusters, headed, near, one_cell
from extract.readers.pdf_layer import Char, Layer
from extract.readers.position_listing import Listing, Row, read_listings
from extract.readers.ruled import DIGITS, WIDE_DIGITS, WIDE_STEP, line_text, lines

_WORD_GAP = 0.9  # of the characters' height: a wider gap parts two cells
_DIGIT_STEP = 1.9  # the same from the start of one digit to that of the next: 0.8 in print, 1.5 with a blank between
_NUMBER_GAP = 2.5  # the same after an item's number
_LONGEST_NUMBER = 4  # characters of an item's number, （十） or 10.
_LEAST_GAP = 5.4  # points: a narrower gap never does
_ITEM_NUMBER = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,2}[)）.．、]+")  # of an item, which its words follow
_NUMBERED = re.compile(r"[（(][\d一二三四五六七八九十]{1,2}[)）]|\d{1,2}[.．、]|[一二三四五六七八九十]、")
_SHORT_WORD = 2  # characters; 规章 is the form's shortest label
_BASE, _LEFT = attrgetter("base"), attrgetter("x0")
_MOST_LABELS = 3  # words beside each other that name a row: headings of two levels and its own
_FOLD = 1.5  # of the figures' height: the lines of a cell in two lines stand this near to its row's figures
_LABEL_REACH = 32.0  # points: a label's lines stand this near to their figures


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that the last headings of a page tell, for a table that goes
    on over its end: their middles, or those of a listing."""

    middles: list[float] | None = None
    listing: Listing | None = None


def read_positions(layer: Layer, carried: Columns | None = None) -> tuple[list[Grid], Columns]:
    """The page as one grid (or none): each line of figures with the words to
    its left as its label, all other words on rows of their own, from the top.

    Where headings tell the columns, every column has a field, blank or not,
    also on lines without figures; else figures of neighbouring lines are
    columns. ``carried`` are the columns of the page before; those that may go
    on over this page's end are returned.
    """
    carried = carried or Columns()
    words = [word for line in lines(layer.chars) for word in _words(line)]
    rows, all_lines, listing = read_listings(
        _group_by_base(words), lambda word: _place(word, layer), layer.number, carried.listing
    )
    more, middles = _read_rows(all_lines, layer, carried.middles)
    rows = sorted([*rows, *more], key=lambda row: row[0])
    return [Grid([fields for _, fields in rows])] if rows else [], Columns(middles, listing)


def _read_rows(
    all_lines: Sequence[Sequence[Word]], layer: Layer, carried: list[float] | None
) -> tuple[list[Row], list[float] | None]:
    """The rows of the lines, none where no line holds figures, and the columns' middles at the page's end."""
    words = [word for line in all_lines for word in line]
    heading, last = headed(all_lines, carried)
    figure_lines = [line for line in all_lines if _holds_figures(line, heading.at(line[0].base))]
    if not figure_lines:
        return [], last
    figures = [_cells(line, heading.at(line[0].base)) for line in figure_lines]
    taken = {id(word) for line in figures for word in line}
    loose = [word for word in words if id(word) not in taken]
    folded = [_folded(line, heading.at(line[0].base), loose) for line in figures]
    taken |= {id(word) for cells in folded for cell in cells for word in cell}
    labels = _labels([word for word in loose if id(word) not in taken], figures)
    figures = [sorted([*line, *map(one_cell, cells)], key=_LEFT) for line, cells in zip(figures, folded, strict=True)]
    taken |= {id(word) for line in labels for word in line}
    rows: list[Row] = []
    for label, line, centres in zip(labels, figures, _columns(figures), strict=True):
        heads = heading.at(line[0].base)
        fits = heads is not None and all(near(word, heads) for word in line)
        rows.append((line[0].base, _row(label, line, heads if heads and fits else centres, layer, filled=fits)))
    for loose in _group_by_base([word for word in words if id(word) not in taken]):
        # Of words beside no figures only the order is known, not the columns.
        fields = [Field(word.text, column, _place(word, layer), colspan=0) for column, word in enumerate(loose)]
        heads = heading.at(loose[0].base)
        if heads and len(loose) <= _MOST_LABELS and loose[-1].x1 < heads[0]:
            fields += [Field("", 1 + column, Place(layer.number)) for column in range(len(heads))]
        rows.append((loose[0].base, fields))
    return rows, last


def _cells(line: Sequence[Word], heads: Sequence[float] | None) -> list[Word]:
    """The words of a line of figures that stand in figures' places: figures,
    and what stands among them or under a heading without being one ("1O")."""
    first = next(place for place, word in enumerate(line) if word.is_figure)
    return [
        word
        for place, word in enumerate(line)
        if word.is_figure or place > first or (heads and word.x0 > heads[0] - COLUMN_GAP and near(word, heads))
    ]


def _folded(line: Sequence[Word], heads: Sequence[float] | None, loose: Sequence[Word]) -> list[list[Word]]:
    """The words of cells without a figure ("见附件") that stand in several lines, above and below the line of the
    row's figures: for each column that has nothing on that line the words close about it there."""
    found: list[list[Word]] = []
    base, height = line[0].base, max(line[0].bottom - line[0].top, 4.0)
    for head in heads or ():
        if any(abs(word.middle - head) <= COLUMN_GAP for word in line):
            continue
        about = [
            word for word in loose if abs(word.base - base) <= _FOLD * height and abs(word.middle - head) <= COLUMN_GAP
        ]
        if any(word.base < base for word in about) and any(word.base > base for word in about):
            found.append(about)
    return found


def _holds_figures(line: Sequence[Word], heads: Sequence[float] | None) -> bool:
    """Whether a line belongs to a table: several figures, or one after words
    that it stands apart from and no words after it, or one under a heading."""
    count = sum(word.is_figure for word in line)
    if heads and count and all(near(word, heads) for word in line if word.x0 > heads[0] - COLUMN_GAP):
        return True
    return count >= 3 or (count >= 1 and all(word.is_figure for word in line[-count:]) and len(line) > count)


def _labels(words: Sequence[Word], figures: Sequence[Sequence[Word]]) -> list[list[Word]]:
    """For each line of figures the words left of it that stand nearest to it.

    Words in several columns are item and headings; the rightmost are the item.
    """
    bases = [line[0].base for line in figures]
    labels: list[list[Word]] = [[] for _ in figures]
    for line in _group_by_base(words):
        nearest = min(range(len(bases)), key=lambda i: abs(bases[i] - line[0].base))
        edge = figures[nearest][0].x0 + 2.0
        if abs(bases[nearest] - line[0].base) <= _LABEL_REACH and all(word.x1 <= edge for word in line):
            labels[nearest] += line  # a line with words over the figures is one of headings
    return [_item(label, base) for label, base in zip(labels, bases, strict=True)]


def _item(words: Sequence[Word], base: float) -> list[Word]:
    """The words of one column, those whose extents overlap: the column of the
    last words on the figures' own line, else the rightmost. (A single character
    there is of a heading printed downwards; words right of it, above and below,
    are a label in two lines beside its group's heading.)"""
    level = [word for word in words if abs(word.base - base) <= 0.4 * max(word.bottom - word.top, 4.0)]
    level = [word for word in level if len(word.text) >= _SHORT_WORD]
    seed = max(level or words, key=lambda item: item.x1, default=None)
    if seed is None:
        return []
    beyond = [word for word in words if word.x0 >= seed.x1]
    if any(word.base < base for word in beyond) and any(word.base > base for word in beyond):
        seed = max(beyond, key=lambda item: item.x1)
    return _of_one_row([word for word in words if word.x0 < seed.x1 and word.x1 > seed.x0], base)


def _of_one_row(words: Sequence[Word], base: float) -> list[Word]:
    """The lines of a label without those of labels above or below it, of rows
    that hold no figures: another item's number begins another label; and the
    lines of one label stand evenly about its figures."""
    items: list[list[list[Word]]] = []
    for line in _group_by_base(words):
        if not items or _NUMBERED.match(line[0].text):
            items.append([])
        items[-1].append(line)
    if not items:
        return []
    label = min(items, key=lambda item: _distance(item, base))
    level = [line for line in label if abs(line[0].base - base) <= SAME_LINE]
    above = [line for line in label if line[0].base < base - SAME_LINE]
    below = [line for line in label if line[0].base > base + SAME_LINE]
    if level and bool(above) != bool(below):
        label = level
    return [word for line in label for word in line]


def _distance(item: Sequence[Sequence[Word]], base: float) -> float:
    """How far a height is from the lines of a label: 0 among them."""
    first, last = item[0][0].base, item[-1][0].base
    return max(first - base, base - last, 0.0)


def _words(line: Sequence[Char]) -> list[Word]:
    """A line's characters as words: what stands together."""
    words: list[Word] = []
    start = 0
    for end, (before, char) in enumerate(itertools.pairwise(line), start=1):
        if char.x0 - before.x1 > _LEAST_GAP and _are_apart(line[start:end], char):
            words.append(_word(line[start:end]))
            start = end
    words.append(_word(line[start:]))
    return words


def _are_apart(word: Sequence[Char], char: Char) -> bool:
    """Whether the gap between a word and the character behind it parts two cells."""
    before = word[-1]
    height = max(before.bottom - before.top, char.bottom - char.top, 6.0)
    if before.text in DIGITS and char.text in DIGITS:
        return char.x0 - before.x0 > _DIGIT_STEP * height
    if before.text in WIDE_DIGITS and char.text in WIDE_DIGITS:
        return char.x0 - before.x0 > WIDE_STEP * height
    is_number = len(word) <= _LONGEST_NUMBER and _ITEM_NUMBER.fullmatch("".join(c.text for c in word))
    return char.x0 - before.x1 > (_NUMBER_GAP if is_number else _WORD_GAP) * height


def _word(chars: Sequence[Char]) -> Word:
    text = line_text(chars)
    x0, x1 = chars[0].x0, max([char.x1 for char in chars])
    top, bottom = min([char.top for char in chars]), max([char.bottom for char in chars])
    is_figure = parse_figure(text).status in ("reported", "not_applicable")
    return Word(text, x0, top, x1, bottom, chars[0].base, (x0 + x1) / 2, is_figure, chars)


def _group_by_base(words: Sequence[Word]) -> list[list[Word]]:
    """Words on one line together, from the left."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=_BASE):
        height = max(word.bottom - word.top, 4.0)
        if groups and word.base - groups[-1][-1].base <= 0.4 * height:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [sorted(group, key=_LEFT) for group in groups]


def _columns(figures: Sequence[Sequence[Word]]) -> list[list[float]]:
    """For each line of figures the middles of its table's columns: those of
    the neighbouring lines that share a column with it."""
    result: list[list[float]] = []
    start = 0
    for index in range(len(figures)):
        if index + 1 == len(figures) or not _same_table(figures[index], figures[index + 1]):
            run = figures[start : index + 1]
            centres = clusters([word.middle for line in run for word in line])
            result += [centres] * len(run)
            start = index + 1
    return result


def _same_table(above: Sequence[Word], below: Sequence[Word]) -> bool:
    few, many = sorted((above, below), key=len)
    return len(few) * 2 > len(many) and all(
        any(abs(word.middle - other.middle) <= COLUMN_GAP for other in many) for word in few
    )


def _row(
    labels: Sequence[Word], figures: Sequence[Word], centres: Sequence[float], layer: Layer, filled: bool
) -> list[Field]:
    """One row: the label's words in reading order, then a field for each
    figure, or for each column where the columns are known (``filled``)."""
    ordered = [word for line in _group_by_base(labels) for word in line]
    fields: list[Field] = []
    label = "".join(word.text for word in ordered)
    if label and label not in _downwards():
        fields.append(Field(label, 0, _place(ordered[0], layer)))
    standing: dict[int, Field] = {}
    for word in figures:
        nearest = _nearest(centres, word.middle)
        if nearest in standing:
            filled = False
        standing[nearest if nearest not in standing else len(centres) + len(standing)] = Field(
            word.text, nearest + 1, _place(word, layer)
        )
    if filled:
        return fields + [
            standing.get(column, Field("", column + 1, Place(layer.number))) for column in range(len(centres))
        ]
    return fields + list(standing.values())


@cache
def _downwards() -> frozenset[str]:
    """The characters of the headings that stand beside many rows (三、本年度办理结果): printed downwards, each may
    stand beside the figures of a row, which it does not name."""
    tables = (table for form in load_forms().values() for table in form.tables if not table.listing)
    groups = (group for table in tables for group in table.groups)
    return frozenset(
        character for group in groups if group.parent is None for character in group.number + group.label_zh
    )


def _nearest(ascending: Sequence[float], value: float) -> int:
    """The index of the number nearest to ``value``, the first of two; 0 if there is none."""
    after = bisect_left(ascending, value)
    if after == len(ascending) or (after and value - ascending[after - 1] <= ascending[after] - value):
        return max(after - 1, 0)
    return after


def _place(word: Word, layer: Layer) -> Place:
    return layer.place(word.x0, word.top, word.x1, word.bottom)
