"""The official tables arranged otherwise than the form prints them: columns in
another order, rows for columns, a table in two halves, an empty form before
the one that is filled in. No figure is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from tests.corpus.grid import Block, Box, Grid, Paragraph

_LEGAL = slice(1, 6)  # the columns under 法人或其他组织
_RESULTS = 5  # columns of one row of 表四
_FIRST_HALF = 3  # columns of 表三 up to 科研机构


def arrange(blocks: Sequence[Block], arrangement: str, random: Random) -> list[Block]:
    """The blocks with every table that ``arrangement`` concerns arranged so; KeyError for an unknown one."""
    code, change = ARRANGEMENTS[arrangement]
    result: list[Block] = []
    for block in blocks:
        if isinstance(block, Grid) and block.code == code:
            result += change(block, random)
        else:
            result.append(block)
    return result


def _parted(grid: Grid) -> tuple[list[list[Box]], list[list[Box]], list[str]]:
    """Of 表三: what stands before each row's figures, the figures, the columns' heads."""
    lead, figures = [], []
    for line in grid.rows[3:]:
        keyed = [place for place, box in enumerate(line) if box.key is not None]
        lead.append(list(line[: keyed[0]]))
        figures.append([line[place] for place in keyed])
    nested = len(grid.rows[2]) == 6
    legal = [box.text for box in grid.rows[2][:5]]
    total = grid.rows[2][5].text if nested else grid.rows[1][2].text
    return lead, figures, [grid.rows[1][0].text, *legal, total]


def _ordered(order: Sequence[int], *, flat: bool) -> Callable[[Grid, Random], list[Block]]:
    """表三 with its columns in ``order``, on one line of heads or as the form has them."""

    def change(grid: Grid, _: Random) -> list[Block]:
        lead, figures, heads = _parted(grid)
        corner, over = grid.rows[0][0], grid.rows[0][1]
        if flat:
            top = [(replace(corner, rows=1), *(Box(heads[place], "head") for place in order))]
        else:
            legal = [place for place in order if place in range(7)[_LEGAL]]
            group = Box("法人或其他组织", "head", columns=5)
            second: list[Box] = []
            for place in order:
                if place == legal[0]:
                    second.append(group)
                elif place not in legal:
                    second.append(Box(heads[place], "head", rows=2))
            third = tuple(Box(heads[place], "head") for place in legal)
            top = [(corner, over), tuple(second), third]
        lines = [(*before, *(row[place] for place in order)) for before, row in zip(lead, figures, strict=True)]
        return [Grid(grid.code, 10, (*top, *lines))]

    return change


def _transposed(grid: Grid, _: Random) -> list[Block]:
    """表三 with a row for each kind of applicant."""
    lead, figures, heads = _parted(grid)
    depth = 3
    top: list[list[Box]] = [[Box("申请人情况", "head", rows=depth, columns=2)], [], []]
    for before in lead:
        level = depth - sum(box.columns for box in before)
        for box in before:
            across = box.rows if box.kind == "group" else 1
            down = 1 if box.kind == "group" else depth - level
            top[level].append(Box(box.text, "head", rows=down, columns=across))
            level += down
    lines: list[tuple[Box, ...]] = [tuple(line) for line in top]
    for place, head in enumerate(heads):
        names = [Box(head, "label", columns=2)]
        if place in range(7)[_LEGAL]:
            names = [Box(head, "label")]
            if place == 1:
                names.insert(0, Box("法人或其他组织", "group", rows=5))
        lines.append((*names, *(row[place] for row in figures)))
    return [Grid(grid.code, 2 + len(figures), tuple(lines))]


def _halved(grid: Grid, _: Random) -> list[Block]:
    """表三 as two tables, the one below with the columns after 科研机构."""
    lead, figures, heads = _parted(grid)
    halves: list[Block] = []
    for part in (slice(0, _FIRST_HALF), slice(_FIRST_HALF, 7)):
        top = (replace(grid.rows[0][0], rows=1), *(Box(head, "head") for head in heads[part]))
        lines = [(*before, *row[part]) for before, row in zip(lead, figures, strict=True)]
        halves.append(Grid(grid.code, 3 + len(heads[part]), (top, *lines)))
    return [halves[0], Paragraph("（续表）"), halves[1]]


def _review_parts(grid: Grid) -> tuple[list[str], list[str], list[list[Box]]]:
    names = [grid.rows[0][0].text, *(box.text for box in grid.rows[1][_RESULTS:])]
    heads = [box.text for box in grid.rows[1][:_RESULTS]]
    line = grid.rows[3]
    return names, heads, [list(line[start : start + _RESULTS]) for start in range(0, 15, _RESULTS)]


def _review_rows(grid: Grid, _: Random) -> list[Block]:
    """表四 with a row for each kind of case."""
    names, heads, figures = _review_parts(grid)
    lines = [
        (Box("", "head", columns=2), *(Box(head, "head") for head in heads)),
        (Box(names[0], "label", columns=2), *figures[0]),
        (Box("行政诉讼", "group", rows=2), Box(names[1], "label"), *figures[1]),
        (Box(names[2], "label"), *figures[2]),
    ]
    return [Grid(grid.code, 7, tuple(lines))]


def _review_results(grid: Grid, _: Random) -> list[Block]:
    """表四 with a row for each result and a column for each kind of case."""
    names, heads, figures = _review_parts(grid)
    lines: list[tuple[Box, ...]] = [
        (Box("结果", "head", rows=2), Box(names[0], "head", rows=2), Box("行政诉讼", "head", columns=2)),
        (Box(names[1], "head"), Box(names[2], "head")),
    ]
    lines += [(Box(head, "label"), *(row[place] for row in figures)) for place, head in enumerate(heads)]
    return [Grid(grid.code, 4, tuple(lines))]


def _review_ordered(results: Sequence[int], blocks: Sequence[int]) -> Callable[[Grid, Random], list[Block]]:
    """表四 with its kinds of case and the results under each in another order."""

    def change(grid: Grid, _: Random) -> list[Block]:
        names, heads, figures = _review_parts(grid)
        ordered = [Box(heads[place], "head") for place in results]
        review = Box(names[0], "head", columns=5)
        suits = [Box(names[place], "head", columns=5) for place in blocks if place]
        tall = [replace(box, rows=2) for box in ordered]
        top = (Box("行政诉讼", "head", columns=10),)
        first = (review, *top) if blocks[0] == 0 else (*top, review)
        second = (*tall, *suits) if blocks[0] == 0 else (*suits, *tall)
        line = tuple(figures[block][place] for block in blocks for place in results)
        return [Grid(grid.code, 15, (first, tuple(second), (*ordered, *ordered), line))]

    return change


def _blocks_reversed(grid: Grid, _: Random) -> list[Block]:
    """表二 with the columns of each block from right to left."""
    lines = []
    for line in grid.rows:
        keyed = [box for box in line if box.kind in ("head", "figure")]
        name, columns = (line[:1], keyed[1:]) if keyed and keyed[0].kind == "head" else (line[:1], keyed)
        rest = line[1 + len(columns) :]
        lines.append((*name, *reversed(columns), *rest) if columns else line)
    return [Grid(grid.code, grid.width, tuple(lines))]


def _specimen(text: str) -> Callable[[Grid, Random], list[Block]]:
    """表三 after the same table with ``text`` in every cell."""

    def change(grid: Grid, _: Random) -> list[Block]:
        empty = [
            tuple(replace(box, text=text if box.key else box.text, key=None) for box in line) for line in grid.rows
        ]
        return [replace(grid, rows=tuple(empty)), Paragraph("本机关填报情况如下："), grid]

    return change


ARRANGEMENTS: Mapping[str, tuple[str, Callable[[Grid, Random], list[Block]]]] = {
    "total_first": ("applications", _ordered((6, 0, 1, 2, 3, 4, 5), flat=False)),
    "persons_last": ("applications", _ordered((1, 2, 3, 4, 5, 0, 6), flat=False)),
    "legal_inner": ("applications", _ordered((0, 2, 1, 4, 3, 5, 6), flat=False)),
    "flat_order": ("applications", _ordered((6, 0, 2, 1, 3, 4, 5), flat=True)),
    "transposed": ("applications", _transposed),
    "halved": ("applications", _halved),
    "blank_before": ("applications", _specimen("")),
    "zeros_before": ("applications", _specimen("0")),
    "review_rows": ("review_litigation", _review_rows),
    "review_results": ("review_litigation", _review_results),
    "review_total_first": ("review_litigation", _review_ordered((4, 0, 1, 2, 3), (0, 1, 2))),
    "review_suits_first": ("review_litigation", _review_ordered((0, 1, 2, 3, 4), (1, 2, 0))),
    "review_suits_swapped": ("review_litigation", _review_ordered((0, 1, 2, 3, 4), (0, 2, 1))),
    "blocks_reversed": ("proactive", _blocks_reversed),
}
"""For each arrangement the table that it concerns, and what is done to it."""
