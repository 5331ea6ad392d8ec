"""Which field of a row stands in which column of the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

from extract.figures import looks_like_figure, parse_figure, squeeze
from extract.matching.rows import SourceRow
from extract.model import Field

_MAX_SPARE = 5  # more spare fields than this are not tried one by one

Reading = tuple[Field | None, ...]
"""One field, or None for a lost one, for each column of the form."""


@dataclass(slots=True)
class Assignment:
    """The readings of a row that its fields allow, the most literal first.

    ``sure`` means that position alone leaves one. A value, never changed (see ``Field``).
    """

    readings: tuple[Reading, ...]
    sure: bool


def value_columns(rows: Iterable[SourceRow], width: int) -> dict[int, tuple[tuple[int, ...], bool]]:
    """For each grid, the source columns in which most of its rows have their
    figures, and whether all of them agree: rows with figures from the first to
    the last of ``width`` fields."""
    votes: dict[int, Counter[tuple[int, ...]]] = {}
    for row in rows:
        fields = row.tail if row.printed == len(row.tail) else _trim(row.tail)
        if len(fields) == width and 0 not in [field.colspan for field in fields]:
            votes.setdefault(row.grid, Counter())[tuple([field.column for field in fields])] += 1
    return {grid: (counter.most_common(1)[0][0], len(counter) == 1) for grid, counter in votes.items()}


def usual_columns(rows: Iterable[SourceRow], width: int) -> dict[int, tuple[int, ...]]:
    """For each grid, the source columns of most of its rows of just ``width``
    fields, figures or blanks: a weaker sign, as labels leave blank fields too."""
    votes: dict[int, Counter[tuple[int, ...]]] = {}
    for row in rows:
        if row.printed and len(row.tail) == width and all(field.colspan for field in row.tail):
            votes.setdefault(row.grid, Counter())[tuple(field.column for field in row.tail)] += 1
    return {grid: counter.most_common(1)[0][0] for grid, counter in votes.items()}


def assign(row: SourceRow, width: int, columns: tuple[int, ...] | None, agreed: bool = False) -> Assignment:
    """The ways to read ``row`` as ``width`` figures.

    ``columns`` are the source columns in which most of the grid's other rows
    have their figures, where known; ``agreed`` says that all of them do, so
    that the source's columns can be trusted. Blank fields at the ends are fill, figures are
    not: a reading that drops a figure is never sure.
    """
    tail = row.tail
    if row.printed == len(tail) == width:
        return Assignment((tail,), True)
    core = _trim(tail)
    parted = _part(core)
    if len(core) < len(parted) == width:
        return Assignment((parted,), False)
    # A row that ends before its grid's last column of figures may have lost one.
    short = columns is not None and bool(tail) and tail[-1].column < columns[-1] and len(core) < len(tail)
    if len(tail) == width and not short:
        return Assignment((tail,), True)
    if len(core) == width:
        return Assignment((core,), True)
    if columns is not None and (placed := _by_columns(row, columns)) is not None:
        others = [window for window in _windows(tail, core, width) if window != placed] if core else []
        if agreed or not others:
            return Assignment((placed,), True)
        return Assignment((placed, *others), False)
    if not core:
        filled = (tail * width)[:width] if len(tail) < width else tail[-width:]
        return Assignment((filled,), True)
    if len(core) > width:
        return Assignment(_dropping(core, width), False)
    if len(tail) < width:
        return Assignment(_filling(tail, width), False)
    windows = _windows(tail, core, width)
    if short:
        return Assignment((*windows, *_filling(core, width)), False)
    return Assignment(windows, len(windows) == 1)


def _part(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields with numbers that were run together in one cell parted."""
    parted: list[Field] = []
    for field in fields:
        if field.text.isalnum():
            parted.append(field)
            continue
        numbers = field.text.split()
        if len(numbers) > 1 and all(parse_figure(number).status == "reported" for number in numbers):
            parted += [replace(field, text=number) for number in numbers]
        else:
            parted.append(field)
    return tuple(parted)


def _by_columns(row: SourceRow, columns: tuple[int, ...]) -> Reading | None:
    """The fields that cover the given source columns; None where a figure
    stands elsewhere or text spans several of them, or a label spills into them."""
    covering: list[Field] = []
    for column in columns:
        field = next((f for f in row.fields if f.column <= column < f.column + f.colspan), None)
        if field is None:
            return None
        spills = field.column < columns[0] or (covering and covering[-1] is field)
        if squeeze(field.text) and (spills or (field in row.labels and not looks_like_figure(field.text))):
            return None
        covering.append(field)
    chosen = {id(field) for field in covering}
    if any(id(field) not in chosen and squeeze(field.text) for field in row.tail):
        return None
    return tuple(covering)


def _trim(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields without the blank ones at both ends."""
    start, end = 0, len(fields)
    while start < end and not squeeze(fields[start].text):
        start += 1
    while end > start and not squeeze(fields[end - 1].text):
        end -= 1
    return tuple(fields[start:end])


def _windows(tail: Sequence[Field], core: Sequence[Field], width: int) -> tuple[Reading, ...]:
    """Runs of ``width`` fields of the tail that hold all its figures, counted
    from the right first: labels stand, and spill, on the left."""
    first = next(i for i, field in enumerate(tail) if field is core[0])
    last = first + len(core)
    starts = range(min(first, len(tail) - width), max(last - width, 0) - 1, -1)
    return tuple(tuple(tail[start : start + width]) for start in starts)


def _dropping(core: Sequence[Field], width: int) -> tuple[Reading, ...]:
    """Readings that leave out as many fields as there are too many: blank ones
    where there are enough, else any; the first ``width``, as they stand under
    the headings, first."""
    spare = len(core) - width
    if spare > _MAX_SPARE:
        return (tuple(core[:width]),)
    blanks = [i for i, field in enumerate(core) if not squeeze(field.text)]
    candidates = blanks if len(blanks) >= spare else range(len(core))
    readings = []
    for dropped in reversed(list(combinations(candidates, spare))):
        readings.append(tuple(field for i, field in enumerate(core) if i not in dropped))
    return tuple(readings)


def _filling(tail: Sequence[Field], width: int) -> tuple[Reading, ...]:
    """Readings of a row with too few fields: the fields in order, the lost
    ones anywhere; lost at the right end first, as printed."""
    lacking = width - len(tail)
    if lacking > _MAX_SPARE:
        return ((*tail, *[None] * lacking),)
    fields: tuple[Field | None, ...] = (*tail, None)
    return tuple(tuple(map(fields.__getitem__, places)) for places in _places_lost(width, lacking))


@cache
def _places_lost(width: int, lacking: int) -> tuple[tuple[int, ...], ...]:
    """For each choice of ``lacking`` columns which field stands in each; the one past the last in those."""
    found = []
    for lost in sorted(combinations(range(width), lacking), reverse=True):
        present = iter(range(width))
        found.append(tuple(width - lacking if column in lost else next(present) for column in range(width)))
    return tuple(found)
