"""Cutting a grid at a row, with what becomes of the cells that span the cut."""

from __future__ import annotations

from dataclasses import replace

from tests.corpus.grid import Box, Grid, GridStyle

PLAIN = GridStyle()
LONG = 8  # characters of a label that takes more than one line


def can_cut_label(grid: Grid, at: int) -> bool:
    """Whether the label of the line above the cut is long enough to be cut."""
    return any(box.kind == "label" and len(box.text) >= LONG for box in grid.rows[at - 1])


def cut(grid: Grid, at: int, carry: str, *, label: bool = False) -> tuple[Grid, Grid]:
    """The lines above ``at`` and those below.

    A box that spans the cut leaves below it a blank ("blank", "heads_again"),
    the rest of its text ("text"), or nothing ("omitted"; heads always leave a
    blank). With ``label`` the label of the last line above is cut as well:
    its rest stands on a line of its own below, beside blanks.
    """
    upper: list[list[Box]] = [[] for _ in range(at)]
    lower: list[list[tuple[int, Box]]] = [[] for _ in range(at, len(grid.rows))]
    for top, left, box in grid.placed():
        if top >= at:
            lower[top - at].append((left, box))
        elif top + box.rows <= at:
            upper[top].append(box)
        else:
            text, rest = _texts(box, carry)
            upper[top].append(replace(box, rows=at - top, text=text))
            if carry != "omitted" or box.kind == "head":
                lower[0].append((left, replace(box, rows=top + box.rows - at, text=rest)))
    below = [tuple(box for _, box in sorted(line, key=lambda pair: pair[0])) for line in lower]
    if label:
        below = _cut_label(upper, below)
    if carry == "heads_again":
        heads = _heads(grid, at)
        below = [*heads, *below]
    return (
        Grid(grid.code, grid.width, tuple(tuple(line) for line in upper)),
        Grid(grid.code, grid.width, tuple(below)),
    )


def without_keys(grid: Grid) -> Grid:
    """The grid as one that is none of the form's."""
    return replace(grid, rows=tuple(tuple(replace(box, key=None) for box in line) for line in grid.rows))


def _texts(box: Box, carry: str) -> tuple[str, str]:
    if carry != "text" or len(box.text) < 4:
        return box.text, ""
    middle = len(box.text) // 2
    return box.text[:middle], box.text[middle:]


def _cut_label(upper: list[list[Box]], below: list[tuple[Box, ...]]) -> list[tuple[Box, ...]]:
    """Cuts the label of the last line of ``upper``, in place; ``below`` with
    the line that takes the rest."""
    line = upper[-1]
    place = next(i for i, box in enumerate(line) if box.kind == "label" and len(box.text) >= LONG)
    box = line[place]
    middle = len(box.text) * 3 // 5
    line[place] = replace(box, text=box.text[:middle])
    rest: list[Box] = []
    if below and below[0] and below[0][0].kind == "group" and not below[0][0].text:
        # What spans the cut begins one line earlier now.
        spanning = [item for item in below[0] if item.kind == "group" and not item.text]
        rest += [replace(item, rows=item.rows + 1) for item in spanning]
        below = [tuple(item for item in below[0] if item not in spanning), *below[1:]]
        lead = sum(item.columns for item in line[:place])
        taken = sum(item.columns for item in spanning)
        columns = max(1, box.columns + lead - taken)
    else:
        columns = sum(item.columns for item in line[: place + 1])
    rest.append(Box(box.text[middle:], "label", columns=columns))
    rest += [replace(item, text="", key=None, kind="empty") for item in line[place + 1 :]]
    return [tuple(rest), *below]


def _heads(grid: Grid, at: int) -> list[tuple[Box, ...]]:
    """The lines of heads at the top of the grid, if they all stand above ``at``."""
    heads = []
    for line in grid.rows[:at]:
        if any(box.kind not in ("head", "block", "empty") for box in line):
            break
        heads.append(line)
    if not heads or (len(heads) == at and any(box.rows > 1 for line in heads for box in line)):
        return []
    return heads
