"""The columns that the headings on a page tell, by the positions of their words alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from extract.readers.pdf_layer import Char

COLUMN_GAP = 9.0  # points between the middles of two columns, at least
SAME_LINE = 2.0  # points by which base lines of one line may differ
_PROSE = 24  # characters; a word this long is a line of prose
_NARROW = 80.0  # points; a wider word heads several columns
_WIDTHS = (15, 7)  # columns of 表四 and 表三


@dataclass(slots=True, eq=False)
class Word:
    """Characters that stand together on one line; ``middle`` is theirs from
    left to right; ``chars`` are they, where they are still one word."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    middle: float
    is_figure: bool
    chars: Sequence[Char] = ()


@dataclass(slots=True)
class Heads:
    """The middles of the columns that are in force from a height of the page on."""

    heights: list[float] = field(default_factory=list)
    columns: list[list[float] | None] = field(default_factory=list)

    def at(self, height: float) -> list[float] | None:
        """The columns in force at a height (words of one line may differ a little in it)."""
        index = bisect_right(self.heights, height + SAME_LINE) - 1
        return self.columns[index] if index >= 0 else None


def headed(all_lines: Sequence[Sequence[Word]], carried: list[float] | None) -> tuple[Heads, list[float] | None]:
    """For each line the columns that the headings above it tell; and those in
    force at the page's end.

    Headings are lines without figures that together hold short words in as
    many places as a table of the form has columns; prose ends a table.
    """
    result = Heads()
    current = carried
    heads: list[Word] = []
    for line in all_lines:
        if any(word.is_figure for word in line):
            current = _heading_columns(heads) or current
            heads = []
        elif any(len(word.text) >= _PROSE for word in line):
            current, heads = None, []
        else:
            heads += [word for word in line if word.x1 - word.x0 <= _NARROW]
        result.heights.append(min(word.base for word in line))
        result.columns.append(current)
    return result, _heading_columns(heads) or current


def _heading_columns(words: Sequence[Word]) -> list[float] | None:
    """The middles of the columns under these headings; None if they are no
    headings of a table with many columns. What stands left of them is a corner,
    what spans several of them below it is the heading of these."""
    centres = clusters([word.middle for word in words if not _spans_several(word, words)])
    for width in _WIDTHS:
        if len(centres) >= width:
            return centres[-width:]
    return None


def _spans_several(word: Word, words: Sequence[Word]) -> bool:
    """Whether words in several columns stand below a heading, or close to both its sides and none in its middle."""
    below = [other.middle for other in words if other.base > word.base]
    if not any(abs(middle - word.middle) <= COLUMN_GAP for middle in below):
        beside = [middle for middle in below if word.x0 - COLUMN_GAP <= middle <= word.x1 + COLUMN_GAP]
        return bool(beside) and min(beside) < word.middle < max(beside)
    below = [middle for middle in below if word.x0 <= middle <= word.x1]
    return len(clusters(below)) > 1


def near(word: Word, centres: Sequence[float]) -> bool:
    """Whether a word stands under one of the columns' middles."""
    return any(abs(word.middle - centre) <= COLUMN_GAP for centre in centres)


def clusters(middles: Sequence[float]) -> list[float]:
    """The middles of columns, in points from the left, that middles of words close to each other make."""
    found: list[list[float]] = []
    for middle in sorted(middles):
        if found and middle - found[-1][-1] <= COLUMN_GAP:
            found[-1].append(middle)
        else:
            found.append([middle])
    return [sum(cluster) / len(cluster) for cluster in found]


def one_cell(words: Sequence[Word]) -> Word:
    """The lines of one cell as one word, from the top."""
    lines = sorted(words, key=attrgetter("base"))
    x0, x1 = min(word.x0 for word in lines), max(word.x1 for word in lines)
    return replace(
        lines[0], text="".join(word.text for word in lines), x0=x0, x1=x1, bottom=lines[-1].bottom, middle=(x0 + x1) / 2
    )
