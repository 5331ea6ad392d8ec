"""The smallest change that would close the sums which a filing breaks.

The identities of a form are linear: changing one figure changes the difference
of every sum that it stands in. So a few wrong figures leave a pattern of
differences from which they can often be told. ``changes`` searches for the
fewest figures whose change closes every broken sum and breaks none that holds;
a figure stays a whole number of zero or more. What it finds is a hint for the
filer and never applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from extract.forms import CellKey

MOST_CHANGES = 3
"""So many figures at most may change: more can explain nearly everything."""

MOST_BROKEN = 12
"""So many broken sums at most are searched: with more, rows or columns are misplaced."""

MOST_ALTERNATIVES = 3
"""So many equally small explanations at most are told: more tell nothing."""


@dataclass(frozen=True)
class Sum:
    """One identity at one place of a filing: ``difference`` is its expected side
    minus its actual side; ``terms`` are its cells, +1 on the expected side, −1 on the actual one."""

    rule: str
    place: str
    difference: int
    terms: dict[CellKey, int]

    @property
    def name(self) -> tuple[str, str]:
        """Rule and place."""
        return self.rule, self.place


@dataclass(frozen=True, order=True)
class Change:
    """A figure that would change, the broken sums (rule, place) that it stands in, and all that it does."""

    cell: CellKey
    before: int
    after: int
    closes: tuple[tuple[str, str], ...]
    stands_in: tuple[tuple[str, str], ...] = ()


Explanation = tuple[Change, ...]


def changes(sums: Sequence[Sum], figures: Mapping[CellKey, int]) -> list[Explanation]:
    """The smallest sets of changes that close every broken sum of a filing.

    ``sums`` are all its identities that can be judged, broken or not;
    ``figures`` the numbers of their cells, blanks as 0. Returns every
    explanation of the smallest size, in order; none where more than
    ``MOST_CHANGES`` figures would have to change or where more than
    ``MOST_BROKEN`` sums are broken.
    """
    broken = {number: entry.difference for number, entry in enumerate(sums) if entry.difference}
    if not broken or len(broken) > MOST_BROKEN:
        return []
    holding: dict[CellKey, list[tuple[int, int]]] = {}
    for number, entry in enumerate(sums):
        for cell, sign in entry.terms.items():
            holding.setdefault(cell, []).append((number, sign))
    for size in range(1, MOST_CHANGES + 1):
        found = {
            tuple(sorted(steps)) for steps in _search(sums, figures, holding, broken, size) if len(dict(steps)) == size
        }
        if found:
            return [_explained(steps, sums, figures, holding) for steps in sorted(found)]
    return []


Steps = tuple[tuple[CellKey, int], ...]
"""Cells and by how much each changes."""


def _search(
    sums: Sequence[Sum],
    figures: Mapping[CellKey, int],
    holding: Mapping[CellKey, Sequence[tuple[int, int]]],
    broken: Mapping[int, int],
    left: int,
) -> Iterator[Steps]:
    """Sets of at most ``left`` changes that close every broken sum.

    Of the sums that two wrong figures break, one at least holds only one of
    them (two cells share at most one sum): that one tells the change.
    """
    if not broken:
        yield ()
        return
    if left == 0:
        return
    for number, difference in broken.items():
        for cell, sign in sums[number].terms.items():
            step = -difference * sign
            if figures[cell] + step < 0:
                continue
            after = dict(broken)
            for other, its_sign in holding[cell]:
                rest = after.pop(other, 0) + its_sign * step
                if rest:
                    after[other] = rest
            if len(after) > _CLOSABLE * (left - 1):
                continue
            for steps in _search(sums, figures, holding, after, left - 1):
                yield ((cell, step), *steps)


_CLOSABLE = 3
"""A cell stands in so many identities at most (办理结果总计: its row, its column, and the balance)."""


def _explained(
    steps: Steps,
    sums: Sequence[Sum],
    figures: Mapping[CellKey, int],
    holding: Mapping[CellKey, Sequence[tuple[int, int]]],
) -> Explanation:
    return tuple(
        Change(
            cell,
            figures[cell],
            figures[cell] + step,
            tuple(sums[number].name for number, _ in holding[cell] if sums[number].difference),
            tuple(sums[number].name for number, _ in holding[cell]),
        )
        for cell, step in steps
    )


def preferred(
    explanations: Sequence[Explanation], stated: Mapping[CellKey, frozenset[int]], blank: Set[CellKey]
) -> tuple[list[Explanation], bool]:
    """The explanations worth telling, and whether the prose supports them.

    ``stated`` holds what the prose says of cells: an explanation of which a new
    figure is stated is supported, and goes before all others; one that changes
    a figure which the prose states as it stands is contradicted. Then one that
    only fills in blanks goes before those that change figures. More than
    ``MOST_ALTERNATIVES`` tell nothing: then there is none.
    """
    tenable = [e for e in explanations if not any(c.before in stated.get(c.cell, frozenset()) for c in e)]
    supported = [e for e in tenable if any(c.after in stated.get(c.cell, frozenset()) for c in e)]
    filled = [e for e in tenable if all(c.cell in blank for c in e)]
    chosen = supported or filled or tenable or list(explanations)
    return (chosen if len(chosen) <= MOST_ALTERNATIVES else []), bool(supported)


def apart(explanation: Explanation) -> list[Explanation]:
    """An explanation in parts that close their sums each by itself: changes
    whose figures stand in a common sum belong together, for one without the
    other would break it."""
    parts: list[list[Change]] = []
    for change in explanation:
        joined = [part for part in parts if any(set(other.stands_in) & set(change.stands_in) for other in part)]
        parts = [part for part in parts if part not in joined]
        parts.append([*(other for part in joined for other in part), change])
    return [tuple(sorted(part)) for part in parts]
