"""In which source columns the rows of a labelled table have their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extract.forms import Table
from extract.matching.align import Match
from extract.matching.assign import usual_columns, value_columns
from extract.matching.headings import heading_columns
from extract.matching.rows import SourceRow


def source_columns(
    rows: Sequence[SourceRow], matches: Sequence[Match], table: Table
) -> list[tuple[tuple[int, ...], bool] | None]:
    """For each match the source columns of its figures, and whether they can
    be trusted: where most rows of its grid have them, else under the headings,
    else (a piece that was cut off) as in the piece before."""
    result: list[tuple[tuple[int, ...], bool] | None] = []
    if table.blocks:
        for match in matches:
            own = heading_columns(rows, match.source, table.columns_of(match.row))
            result.append((own, True) if own else None)
        return result
    voted = value_columns([match.source for match in matches], len(table.columns))
    if all(match.source.grid in voted for match in matches):
        return [voted[match.source.grid] for match in matches]
    headed: dict[int, tuple[int, ...]] = {}
    usually = usual_columns([match.source for match in matches], len(table.columns))
    tails = _tails(matches)
    whole = _whole_rows(matches, len(table.columns))
    for match in matches:
        grid = match.source.grid
        if grid not in voted and grid not in headed:
            own = heading_columns(rows, match.source, table.columns)
            if own is None and grid in whole:
                result.append(None)
                continue
            before = headed.get(grid - 1) or (voted[grid - 1][0] if grid - 1 in voted else None)
            if own is None and before:
                own = _moved(before, tails.get(grid - 1), tails.get(grid))
            if own:
                headed[grid] = own
        usual = usually.get(grid)
        result.append(
            voted.get(grid) or ((headed[grid], True) if grid in headed else None) or ((usual, False) if usual else None)
        )
    return result


def _whole_rows(matches: Sequence[Match], width: int) -> set[int]:
    """The grids of which every row has just ``width`` fields after its label, but not all in the same columns: labels
    that span rows of a piece before are lost, so that the rows begin in different columns; none has lost a figure."""
    grids = {match.source.grid for match in matches}
    starts: dict[int, set[int]] = {grid: set() for grid in grids}
    for match in matches:
        tail = match.source.tail
        if len(tail) != width or not all(field.colspan for field in tail):
            grids.discard(match.source.grid)
        else:
            starts[match.source.grid].add(tail[0].column)
    return {grid for grid in grids if len(starts[grid]) > 1}


def _tails(matches: Sequence[Match]) -> dict[int, tuple[int, int]]:
    """For each grid, in which source columns its rows' figures begin and end, mostly."""
    found: dict[int, Counter[tuple[int, int]]] = {}
    for match in matches:
        if tail := match.source.tail:
            found.setdefault(match.source.grid, Counter())[tail[0].column, tail[-1].column] += 1
    return {grid: counter.most_common(1)[0][0] for grid, counter in found.items()}


def _moved(
    columns: tuple[int, ...], before: tuple[int, int] | None, here: tuple[int, int] | None
) -> tuple[int, ...] | None:
    """The columns of the piece before as this piece counts them, whose figures
    begin and end elsewhere; None where it is another number of columns."""
    if before is None or here is None:
        return None
    if before[1] == here[1]:
        return columns
    shift = here[0] - before[0]
    return tuple(column + shift for column in columns) if shift == here[1] - before[1] else None
