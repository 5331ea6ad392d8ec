"""In which source columns a table's headings stand, and in which order."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, islice, pairwise, takewhile

from rapidfuzz import fuzz

from extract.figures import is_blank
from extract.forms import Column
from extract.labels import variants, words
from extract.matching.result import Evidence
from extract.matching.rows import SourceRow
from extract.model import BBox, Field

_MOST_LINES = 6  # that the headings of a table take
_LONGEST = 20  # characters of a heading, its note about units included
_REACH = 10  # rows within which a row's headings stand, other rows of its block included
_ALIKE = 80.0  # per cent: a heading over several columns, typos allowed
_MOST_LACKING = 2  # headings that may be lacking where the others tell of another order


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of the form in the order in which a table prints them.

    ``columns`` are indices into the form's; ``by`` is the evidence: the
    places of the headings in the source's grid, or only their sequence.
    ``heads`` are the indices of the rows that hold the headings. ``is_forms``
    tells whether it is the form's own order.
    """

    columns: tuple[int, ...]
    by: Evidence
    heads: frozenset[int]
    is_forms: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_forms", self.columns == tuple(range(len(self.columns))))


def heading_columns(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> tuple[int, ...] | None:
    """The source columns of the headings above a row, one for each of the
    form's ``columns`` in order; None unless all are there, in the form's order.

    The nearest lines above it count that hold no figures. Headings may be
    split over several lines ("商业" over "企业").
    """
    found = _places(_lines_above(rows, source), columns)
    _complete(found)
    placed = tuple(place for place in found if place is not None)
    in_order = all(before < after for before, after in pairwise(placed))
    return placed if len(placed) == len(columns) and in_order else None


def printed_order(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> Order | None:
    """The order in which the headings above a row stand: by their places where
    the source has columns, else by their sequence; None unless every heading
    is recognised, and just once."""
    lines = _lines_above(rows, source)
    places = [place for place in _places(lines, columns) if place is not None]
    if len(places) == len(columns) == len(set(places)):
        order = sorted(range(len(columns)), key=places.__getitem__)
        return Order(tuple(order), "place", frozenset(row.index for row in lines))
    return _by_sequence(rows, source, columns) or _by_position(rows, source, columns)


def headed_by(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of the form of which the nearest headings before a row speak, in the form's order."""
    sequence, _ = _headings_before(rows, source, columns)
    stacks, _ = _stacks_by_position(rows, source, None)
    return tuple(
        column for column in columns if set(variants(column)) & set(sequence) or _find(stacks, column) is not None
    )


def is_elsewhere_ordered(
    rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column], figures: Sequence[int]
) -> bool:
    """Whether most of the headings above a row are recognised, though not
    all, and stand over other ones of the source columns ``figures`` than the
    form's order would have it."""
    places = _places(_lines_above(rows, source), columns)
    known = {at: place for at, place in enumerate(places) if place is not None}
    if len(known) < max(len(columns) - _MOST_LACKING, 2) or len(set(known.values())) < len(known):
        return False
    in_order = list(known.values()) == sorted(known.values())
    over = all(place in figures and figures.index(place) == at for at, place in known.items())
    return not in_order or (len(figures) == len(columns) and not over)


def _lines_above(rows: Sequence[SourceRow], source: SourceRow) -> list[SourceRow]:
    """The nearest lines without figures above a row in its grid, the lowest first."""
    heads: list[SourceRow] = []
    start = source.index
    if not (start < len(rows) and rows[start].index == start):  # some rows were left out
        start = bisect_left(rows, start, key=lambda row: row.index)
    for place in range(start - 1, -1, -1):
        row = rows[place]
        if row.grid != source.grid or len(heads) == _MOST_LINES or (heads and row.printed):
            break
        if not row.printed:
            heads.append(row)
    return heads


def _rows_before(rows: Sequence[SourceRow], source: SourceRow) -> list[SourceRow]:
    """The row and those above it, the lowest first: in its grid, and where
    none of these has figures, in the piece before the page break."""
    found: list[SourceRow] = []
    for row in reversed(rows):
        if row.index > source.index or _is_page_number(row.texts):
            continue
        if row.grid < source.grid and (row.printed or row.grid < source.grid - 1 or any(r.printed for r in found[1:])):
            break
        found.append(row)
        if len(found) > _REACH + 2 * _MOST_LINES:
            break
    return found


@lru_cache(maxsize=4096)
def _is_page_number(texts: tuple[str, ...]) -> bool:
    """Whether all that a row of these texts prints is no word; it is asked of most rows several times."""
    printed = [text for text in texts if not is_blank(text)]
    return len(printed) == 1 and not any("\u4e00" <= character <= "\u9fff" for character in printed[0])


def _places(lines: Iterable[SourceRow], columns: Sequence[Column]) -> list[int | None]:
    heads = tuple([
        (field.column, field.text)
        for row in lines for field in row.fields if field.colspan and len(field.text) <= _LONGEST
    ])  # fmt: skip
    return list(_places_under(heads, tuple(columns)))


@lru_cache(maxsize=1024)
def _places_under(heads: tuple[tuple[int, str], ...], columns: tuple[Column, ...]) -> tuple[int | None, ...]:
    """Where headings, given with their source columns, the lowest first, name the form's ``columns``: the rows of a
    block, and the filings of an office, all stand under the same."""
    stacks: dict[int, list[str]] = {}
    for column, text in heads:
        stacks.setdefault(column, []).insert(0, _bare(text))
    return tuple(_find(stacks, column) for column in columns)


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    """The words of a heading without the note in brackets after it."""
    return words(text.split("（")[0].split("(")[0])


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


def _by_sequence(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> Order | None:
    """The order of the headings as they follow each other before a row, those
    under a common heading taken to stand where it stands."""
    sequence, heads = _headings_before(rows, source, columns)
    places = [_only(sequence, variants(column)) for column in columns]
    known = [place for place in places if place is not None]
    if len(known) != len(columns):
        return None
    keys = [(place, 0) for place in known]
    for common in {column.heading_zh for column in columns if column.heading_zh}:
        members = [at for at, column in enumerate(columns) if column.heading_zh == common]
        others = [known[at] for at in range(len(columns)) if at not in members]
        first, last = min(known[at] for at in members), max(known[at] for at in members)
        over = [at for at, label in enumerate(sequence[:first]) if fuzz.ratio(label, words(common)) >= _ALIKE]
        if len(over) == 1:
            if any(first < other < last for other in others):
                return None
            for at in members:
                keys[at] = (over[0], known[at])
        elif len(others) > 1 and others == sorted(known)[: len(others)]:
            return None  # two lines of headings, the common one lost
    order = sorted(range(len(columns)), key=keys.__getitem__)
    return Order(tuple(order), "sequence", heads)


def _by_position(rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]) -> Order | None:
    """The order of headings of which only the positions on the page are known,
    also printed in several lines: by the figures below them."""
    stacks, heads = _stacks_by_position(rows, source, len(columns))
    places = [place for place in (_find(stacks, column) for column in columns) if place is not None]
    if len(places) != len(columns) or len(set(places)) != len(places):
        return None
    order = sorted(range(len(columns)), key=places.__getitem__)
    return Order(tuple(order), "position", heads)


def _stacks_by_position(
    rows: Sequence[SourceRow], source: SourceRow, width: int | None
) -> tuple[dict[int, list[str]], frozenset[int]]:
    """For each figure of a row (or of one below it that has all ``width``) the
    words that stand over it on the page, from the top, and the rows that hold them."""
    below = (row for row in rows if row.grid == source.grid and row.index >= source.index)
    boxes = [_boxes(row.tail) for row in islice(below, _REACH)]
    figures = next((found for found in boxes if len(found) == (width or len(boxes[0]))), [])
    if len(figures) < 2:
        return {}, frozenset()
    middles = [(box[0] + box[2]) / 2 for box in figures]
    half = min(after - before for before, after in pairwise(middles)) / 2
    above = dropwhile(lambda row: row.printed, _rows_before(rows, source)[1:])
    lines = list(takewhile(lambda row: not row.printed, above))
    stacks: dict[int, list[str]] = {}
    for row in lines:
        for field in row.fields:
            if field.colspan or not field.place.bbox or len(field.text) > _LONGEST:
                continue
            here = (field.place.bbox[0] + field.place.bbox[2]) / 2
            for at, middle in enumerate(middles):
                if abs(here - middle) < half:
                    stacks.setdefault(at, []).insert(0, _bare(field.text))
    return stacks, frozenset(row.index for row in lines)


def _boxes(fields: Iterable[Field]) -> list[BBox]:
    return [box for field in fields if (box := field.place.bbox)]


def _headings_before(
    rows: Sequence[SourceRow], source: SourceRow, columns: Sequence[Column]
) -> tuple[list[str], frozenset[int]]:
    """The bare words of the nearest headings before a row, its own leading
    labels among them, in reading order; and the rows that hold them."""
    labels = {label for column in columns for label in variants(column)}
    sequence: list[str] = []
    heads: set[int] = set()
    for row in _rows_before(rows, source):
        own = [_bare(field.text) for field in (row.labels[:-1] if row.printed else row.fields)]
        if (heads and row.printed) or source.index - row.index > _REACH + len(heads):
            break
        if heads or labels & set(own):
            sequence[:0] = own
            heads.add(row.index)
        if len(heads) >= _MOST_LINES:
            break
    return sequence, frozenset(heads)


def _only(sequence: Sequence[str], labels: Sequence[str]) -> int | None:
    found = [place for place, label in enumerate(sequence) if label in labels]
    return found[0] if len(found) == 1 else None
