"""Which source row is which row of the form: the best monotone alignment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from extract.figures import squeeze
from extract.forms import Group, Row, Table
from extract.labels import similarity, variants, words
from extract.matching.rows import SourceRow, Traits

_FLOOR = 0.6  # below this a label is not recognised
_UNLABELLED = 0.15  # what a row without a label is worth in a free place
_FIGURES = 0.3  # a row that states figures is worth more than a piece of its label
_BLANK = 0.02  # a row without a label and without figures, in a free place
_NUMBER = 0.05
_HEADING = 0.2  # a row that only its group's heading names, in its group
_FRAGMENT = 4  # characters: a piece of a label that a page break left
_CLEAR = 0.85
_WHOLE = 0.95  # a label that is all there
_FAR = 6  # rows within which the rest of a cut label stands, repeated headings included


@dataclass(slots=True)
class Match:
    """A source row read as a row of the form; ``likeness`` is 0 where it has
    no label and only its order speaks. A value, never changed (see ``Field``)."""

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
    matches = _aligned(rows, table, _targets(table))
    replaced = {code for match in matches for code in match.row.replaces}
    if any(match.row.code in replaced for match in matches):
        # Rows that stand for a merged one leave no place for those that it replaces, if no row needs one.
        others = tuple(row for row in _targets(table) if row.code not in replaced)
        apart = _aligned(rows, table, others)
        matches = apart if len(apart) >= len(matches) else matches
    return _without_replaced(matches, table)


def _aligned(rows: Sequence[SourceRow], table: Table, targets: Sequence[Row]) -> list[Match]:
    """The best alignment to ``targets``, all rows of the table or some, in order."""
    # Rows that can be no row of the table would only be left out.
    candidates = [(row, gains) for row in rows if (gains := _gains(row.traits, table))]
    if len(targets) < len(every := _targets(table)):
        places = {place: at for at, place in enumerate(place for place, row in enumerate(every) if row in targets)}
        candidates = [
            (row, {places[place]: gain for place, gain in gains.items() if place in places})
            for row, gains in candidates
        ]
    height, width = len(candidates), len(targets)
    # The most that a row and those after it gain from each target on, negated: so a line ascends, and can be bisected.
    cost = [[0.0] * (width + 1)] * (height + 1)
    for i in range(height - 1, -1, -1):
        below = cost[i + 1]
        line = cost[i] = below.copy()  # the row left out
        for j, gain in candidates[i][1].items():
            value = below[j + 1] - gain
            first = bisect_right(line, value, 0, j + 1)  # it counts here and for all that begins before
            line[first : j + 1] = [value] * (j + 1 - first)
    matches: list[Match] = []
    i = j = 0
    while i < height and j < width:
        row, gains = candidates[i]
        if j in gains and cost[i][j] == cost[i + 1][j + 1] - gains[j]:
            matches.append(Match(row, targets[j], _likeness(row.traits, targets[j])))
            i, j = i + 1, j + 1
        elif cost[i][j] == cost[i + 1][j]:
            i += 1
        else:
            j += 1
    return matches


def out_of_order(rows: Sequence[SourceRow], matches: Sequence[Match], table: Table) -> list[Match]:
    """Source rows of figures that the alignment left out because they stand in
    another order than the form's, matched by their labels, which fit to the
    letter one row that the alignment left out too."""
    used = {match.source.index for match in matches}
    taken = {code for match in matches for code in (match.row.code, *match.row.replaces)}
    free = [row for row in table.rows if row.code not in taken]
    found: list[Match] = []
    if not free:
        return found
    for source in rows:
        if source.index in used or not source.printed or not source.item:
            continue
        named = [row for row in free if _likeness(source.traits, row) == 1.0]
        if len(named) == 1:
            found.append(Match(source, named[0], 1.0))
            free.remove(named[0])
    return found


def without_remarks(rows: Sequence[SourceRow], table: Table) -> list[SourceRow]:
    """The rows, words in a figure's place ("详见说明") taken for what they are:
    those behind a label that is one row's to the letter."""
    return [_without_remark(row, table) if len(row.labels) > 1 else row for row in rows]


def _without_remark(row: SourceRow, table: Table) -> SourceRow:
    place = _before_remark(row.texts[: row.split], table)
    return row if place is None else row.split_after(place)


@lru_cache(maxsize=4096)
def _before_remark(labels: tuple[str, ...], table: Table) -> int | None:
    """The place of a row's label with only remarks after it; None where there are none."""
    for place, label in enumerate(labels[:-1]):
        if likest(words(label), table) >= _WHOLE and all(_is_strange(later, table) for later in labels[place + 1 :]):
            return place
    return None


@lru_cache(maxsize=8192)
def _is_strange(text: str, table: Table) -> bool:
    """Whether words name neither a row nor a column nor a group."""
    bare = words(text)
    return not any(similarity(bare, item) >= _FLOOR for item in (*_targets(table), *table.columns, *table.groups))


def rejoin_labels(rows: Sequence[SourceRow], table: Table) -> list[SourceRow]:
    """The rows with labels that a page break cut in two made whole.

    A row of figures whose own words fit no row of the form well is tried
    together with the words just before or after it that have no figures; one
    that only its group's heading names, with those around it.
    """
    result = list(rows)
    place = 0
    while place < len(result):
        traits = result[place].traits
        # Most labels are whole, or have no figures, or stand between rows of figures.
        is_whole = (
            not traits.printed
            or not traits.item
            or (place > 0 and result[place - 1].printed and place + 1 < len(result) and result[place + 1].printed)
            or likest(traits.item, table) >= _WHOLE
        )
        found = None if is_whole else _made_whole(result, place, table)
        if found is None:
            place += 1
            continue
        result[place], gone = found
        start = max(0, place - _FAR)
        result[start : place + _FAR + 1] = [r for r in result[start : place + _FAR + 1] if r.index not in gone]
        place = max(0, start - _FAR - 1)  # from where what has changed is near
    return result


def _made_whole(rows: Sequence[SourceRow], place: int, table: Table) -> tuple[SourceRow, set[int]] | None:
    """The row of figures at ``place``, whose words are no whole label, under its whole label, and the rows that it
    took its words from; None if it was not cut."""
    row = rows[place]
    before = _words_beside(reversed(rows[max(0, place - _FAR) : place]), table)
    after = _words_beside(rows[place + 1 : place + 1 + _FAR], table)
    if before is None and after is None:
        return None
    joined = [(before.item + row.item, [before])] if before else []
    joined += [(row.item + after.item, [after])] if after else []
    if before and after and (_group(row.item, table) or _is_strange(row.item, table)):
        # A heading printed beside the middle line of a label in two lines.
        joined.append((before.item + after.item, [before, after]))
    first = next((words(field.text) for field in after.labels if squeeze(field.text)), "") if after else ""
    if after and first and likest(first, table) >= _WHOLE and _is_of_heading(row.item, table):
        # A page break took the words of the label from the figures; a further label behind them is the next row's.
        return row.rejoin(first), {after.index} if first == after.item else set()
    for label, others in joined:
        if likest(label, table) >= _WHOLE and all(likest(other.item, table) < _WHOLE for other in others):
            return row.rejoin(label), {other.index for other in others}
    return None


def _words_beside(rows: Iterable[SourceRow], table: Table) -> SourceRow | None:
    """The nearest row, column headings that a page repeats left out, if it has
    words and no figures."""
    for row in rows:
        if row.traits.printed:
            return None
        if row.traits.item and not is_heading(row, table):
            return row
    return None


def is_heading(row: SourceRow, table: Table) -> bool:
    """Whether a row without figures belongs to the table's headings."""
    return not row.traits.printed and any(_heads(words(field.text), table) for field in row.labels)


@lru_cache(maxsize=8192)
def _heads(label: str, table: Table) -> bool:
    """Whether bare words are a heading of the table's columns, or a piece of what stands in its corner."""
    headings = {words(heading) for column in table.columns if (heading := column.heading_zh)}
    return (
        label in headings
        or any(similarity(label, column) >= _CLEAR for column in table.columns)
        or (len(label) > _FRAGMENT and label in words(table.corner_zh))
    )


@lru_cache(maxsize=8192)
def likest(label: str, table: Table) -> float:
    """How well bare words fit the row of the table that they fit best, 0 to 1."""
    return max(similarity(label, row) for row in _targets(table))


@cache
def _targets(table: Table) -> tuple[Row, ...]:
    """The form's rows with each merged row before the rows that it replaces."""
    targets: list[Row] = []
    for row in table.rows:
        targets += [merged for merged in table.merged_rows if merged.replaces[0] == row.code]
        targets.append(row)
    return tuple(targets)


@lru_cache(maxsize=8192)
def _gains(source: Traits, table: Table) -> dict[int, float]:
    """What matching a source row adds with each target that it can be matched with, by its place, the last first."""
    if not source.fields:
        return {}
    heading = _heading(source, table)
    # A label that is one row's to the letter is no other row's.
    exact = any(_likeness(source, row) == 1.0 for row in _targets(table))
    gains = {
        place: _gain(source, row, heading, table)
        for place, row in reversed(list(enumerate(_targets(table))))
        if not exact or _likeness(source, row) == 1.0
    }
    return {place: gain for place, gain in gains.items() if gain > 0}


def _gain(source: Traits, row: Row, heading: str | None, table: Table) -> float:
    width = len(table.columns_of(row))
    likeness = _likeness(source, row)
    if row.replaces and source.fields < width:
        return 0.0  # a group's heading line, not the group printed as one row
    if likeness >= _FLOOR:
        gain = likeness * likeness
        if source.printed:
            gain += _FIGURES
        elif likeness < 1.0:
            gain *= 0.5  # more likely the rest of a label than a blank row
        if row.number and source.number and source.number in row.number:
            gain += _NUMBER
        return gain
    if source.item and heading is None and not _is_fragment(source.item, row, table):
        return 0.0
    # A row without words of its own can only stand for a row of just that width.
    if row.replaces or width == 1 or source.fields < width or source.extent > width:
        return 0.0
    if not source.printed:
        return _BLANK if heading is not None or not source.item else 0.0
    return _UNLABELLED + (_HEADING if heading is not None and heading == row.group else 0.0)


def _is_fragment(label: str, row: Row, table: Table) -> bool:
    """Whether words are a piece of the row's label, or of the headings before
    it, too short to be known by."""
    bare = label.rstrip("一二三四五六七八九十")  # half of the number that follows a heading
    wholes = [*variants(row), *(variants(group)[0] for group in _headings(row, table))]
    return len(bare) <= _FRAGMENT and any(bare in whole for whole in wholes)


def _is_of_heading(label: str, table: Table) -> bool:
    """Whether words are a small piece of a heading of rows, not a whole one."""
    bare = label.rstrip("一二三四五六七八九十")
    headings = [variants(group)[0] for group in table.groups]
    return len(bare) <= _FRAGMENT and bare not in headings and any(bare in heading for heading in headings)


def _headings(row: Row, table: Table) -> list[Group]:
    """The groups that the row belongs to, the innermost first."""
    found: list[Group] = []
    code = row.group
    while code is not None:
        found.append(table.group(code))
        code = found[-1].parent
    return found


def _likeness(source: Traits, row: Row) -> float:
    """Likeness of the item, or of item and headings run together."""
    if not source.item:
        return 0.0
    best = similarity(source.item, row)
    if best < 1.0 and source.joined != source.item and not row.replaces:
        best = max(best, 0.97 * similarity(source.joined, row))
    return best if best >= _FLOOR else 0.0


def _heading(source: Traits, table: Table) -> str | None:
    """The group whose heading is all that names the row, the item being lost."""
    return _group(source.item, table) if source.item else None


def _group(label: str, table: Table) -> str | None:
    return next((group.code for group in table.groups if similarity(label, group) >= _CLEAR), None)


def _without_replaced(matches: list[Match], table: Table) -> list[Match]:
    """Where a merged row and rows that it replaces both matched, the rows that
    the form keeps apart stand; the other was their heading, or the first of
    them if that is lacking and figures stand there."""
    found = {match.row.code for match in matches}
    kept: list[Match] = []
    for match in matches:
        if not found & set(match.row.replaces):
            kept.append(match)
        elif match.source.printed and match.row.replaces[0] not in found:
            kept.append(Match(match.source, table.row(match.row.replaces[0]), 0.0))
    return kept
