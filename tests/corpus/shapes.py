"""Damage to the tables that any medium can show: cut, shifted, stray, fused.

A shape turns the blocks of a filing into the blocks that are printed, and
says what the truth loses by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from extract.forms import CellKey
from tests.corpus import spans
from tests.corpus.arranged import arrange
from tests.corpus.decide import COLUMNS, decide
from tests.corpus.grid import Block, Box, Grid, Heading, Paragraph, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import MISSING, Filing, TrueCell, reported
from tests.corpus.variants import Variants

SPURIOUS = reported(0)
PAGE_NUMBERS = ("- {n} -", "{n}", "第 {n} 页", "—{n}—")


@dataclass(frozen=True)
class Shape:
    """How the tables are damaged.

    ``heads`` prints the heads of 表三 and 表四 over two rows of cells each
    (商业/企业); ``group`` fuses the head of 三、本年度办理结果 with the first
    row's label; ``stray`` adds an empty column at the left, the right, or in
    some rows only. ``cut`` cuts one table into several at any row, and says
    what a cell that spans the cut leaves below it: a blank, the rest of its
    text, nothing at all, or the heads printed again; ``cut_label`` cuts the
    label above in two as well. ``pages`` prints page numbers between the
    pieces, or as a row of the table. ``review`` is what happened to 表四:
    "shifted" copies the span of 行政复议 down, so that the sub-heads and the
    figures begin with five empty cells and the last five figures are lost;
    "shifted_whole" loses none; "short" lost the last cells, without evidence.
    ``figures`` damages rows of 表三: an "extra" zero, a "lost" figure, the
    row's or two cells' figures run together in one cell, or the last column
    lost from some row on. ``lookalike`` adds a table that is not the form's.
    ``arrangement`` is one of ``arranged.ARRANGEMENTS``, or the form's.
    """

    seed: str = ""
    heads: Literal["whole", "split"] = "whole"
    group: Literal["whole", "fused"] = "whole"
    stray: Literal["none", "left", "right", "some"] = "none"
    cut: Literal["none", "blank", "text", "omitted", "heads_again"] = "none"
    cut_label: bool = False
    pages: Literal["none", "between", "row"] = "none"
    review: Literal["whole", "shifted", "shifted_whole", "short"] = "whole"
    figures: Literal["whole", "extra", "lost", "joined_row", "joined_pair", "joined_digits", "lost_column"] = "whole"
    lookalike: Literal["none", "last_year", "comparison"] = "none"
    arrangement: str = "form"


VARIANTS: Variants = {
    "heads": ("split",),
    "group": ("fused",),
    "stray": ("left", "right", "some"),
    "cut": ("blank", "text", "omitted", "heads_again"),
    "cut_label": (True,),
    "pages": ("between", "row"),
    "review": ("shifted", "shifted_whole", "short"),
    "figures": ("extra", "lost", "joined_row", "joined_pair", "joined_digits", "lost_column"),
    "lookalike": ("last_year", "comparison"),
}
# On paper cells have their places; what exporters do to them cannot happen there.
PAGED_VARIANTS: Variants = {
    "heads": ("split",),
    "group": ("fused",),
    "stray": ("right",),
    "cut": ("blank", "text", "heads_again"),
    "cut_label": (True,),
    "lookalike": ("last_year", "comparison"),
}
# A reading may say that it is in doubt where one of these occurs.
DOUBTFUL = frozenset(
    {
        "cut=text",
        "cut_label",
        "review=shifted",
        "review=shifted_whole",
        "review=short",
        "lookalike=last_year",
        *(f"figures={value}" for value in VARIANTS["figures"]),
    }
)


@dataclass
class Shaped:
    """The blocks as printed, what was done, and what the truth lost by it."""

    blocks: list[Block]
    names: list[str] = field(default_factory=list)
    changes: dict[CellKey, TrueCell] = field(default_factory=dict)
    ambiguous: set[CellKey] = field(default_factory=set)


def apply(filing: Filing, blocks: Sequence[Block], shape: Shape, previous: Filing | None = None) -> Shaped:
    """The blocks of ``filing`` in ``shape``. ``previous`` is the filing of the
    year before, for a table that looks like this year's. What cannot be done
    to this filing (a table is absent, a figure blank) is left out of ``names``."""
    shaped = Shaped(list(blocks))
    random = Random(f"shape:{shape.seed}")
    if shape.arrangement != "form":
        shaped.blocks = arrange(shaped.blocks, shape.arrangement, random)
        shaped.names.append(f"arrangement={shape.arrangement}")
    if shape.figures != "whole":
        _each_grid(shaped, "applications", lambda grid: _damage_figures(filing, grid, shape, shaped, random))
    if shape.review != "whole":
        _each_grid(shaped, "review_litigation", lambda grid: _review(grid, shape, shaped, random))
    if shape.group == "fused":
        _each_grid(shaped, "applications", lambda grid: _fuse_group(grid, shaped))
    if shape.heads == "split":
        for code in ("applications", "review_litigation"):
            _each_grid(shaped, code, lambda grid: _split_heads(grid, shaped))
    if shape.stray != "none":
        for code in ("proactive", "applications"):
            _each_grid(shaped, code, lambda grid: _stray(grid, shape, shaped, random))
    if shape.pages == "row":
        _each_grid(shaped, "applications", lambda grid: _number_row(grid, shaped, random))
    if shape.cut != "none" or shape.cut_label or shape.pages == "between":
        _cut_all(shaped, shape, random)
    if shape.lookalike != "none":
        _add_lookalike(filing, shaped, shape, random, previous)
    shaped.names = sorted(set(shaped.names))
    return shaped


def _each_grid(shaped: Shaped, code: str, change: Callable[[Grid], Grid]) -> None:
    shaped.blocks = [
        change(block) if isinstance(block, Grid) and block.code == code else block for block in shaped.blocks
    ]


def figure_boxes(line: Sequence[Box]) -> list[Box]:
    """The boxes of a line that hold cells of the form."""
    return [box for box in line if box.key is not None]


def _whole_rows(grid: Grid) -> list[int]:
    """The lines whose seven figures are all printed."""
    return [
        at
        for at, line in enumerate(grid.rows)
        if len(figure_boxes(line)) == len(COLUMNS) and all(box.text.isdigit() for box in figure_boxes(line))
    ]


def _damage_figures(filing: Filing, grid: Grid, shape: Shape, shaped: Shaped, random: Random) -> Grid:
    candidates = _whole_rows(grid)
    if not candidates:
        return grid
    lines = list(grid.rows)
    if shape.figures == "lost_column":
        start = random.choice(candidates)
        chosen = [at for at in range(start, len(lines)) if figure_boxes(lines[at])]
    else:
        chosen = sorted(random.sample(candidates, min(len(candidates), random.randint(1, 3))))
    shaped.names.append(f"figures={shape.figures}")
    width = grid.width
    if shape.figures in ("extra", "lost"):
        _miscount(filing, lines, chosen, shape, shaped, random)
        width += shape.figures == "extra"
    for at in chosen if shape.figures not in ("extra", "lost") else ():
        lead, figures, rest = _parted(lines[at])
        if shape.figures == "lost_column":
            _doubt(figures, shaped)
            figures = figures[:-1]
        elif shape.figures == "joined_row":
            figures = [replace(figures[0], text=" ".join(box.text for box in figures))]
        else:
            place = random.randrange(len(figures) - 1)
            glue = " " if shape.figures == "joined_pair" else ""
            joined = replace(figures[place], text=glue.join(box.text for box in figures[place : place + 2]))
            if not glue:
                _doubt(figures, shaped)
            figures = [*figures[:place], joined, *figures[place + 2 :]]
        lines[at] = (*lead, *figures, *rest)
    return Grid(grid.code, width, tuple(lines))


def _miscount(
    filing: Filing, lines: list[tuple[Box, ...]], chosen: list[int], shape: Shape, shaped: Shaped, random: Random
) -> None:
    """Adds a zero to each chosen line, or takes a figure away."""
    printed = {}
    for at in chosen:
        lead, figures, rest = _parted(lines[at])
        row = figures[0].key[1] if figures[0].key else ""
        cells = [filing.cells["applications", row, column] for column in COLUMNS]
        place = random.randrange(len(COLUMNS))
        if shape.figures == "extra":
            cells.insert(place, SPURIOUS)
            figures.insert(place, Box(SPURIOUS.raw, "figure"))
        else:
            del cells[place], figures[place]
        printed[row] = cells
        lines[at] = (*lead, *figures, *rest)
    decided = decide(filing.cells, printed)
    for row, cells in printed.items():
        keys = [("applications", row, column) for column in COLUMNS]
        if decided is not None:
            shaped.changes.update(zip(keys, decided[row], strict=True))
        elif any(cell.number for cell in cells) or shape.figures == "lost":
            shaped.ambiguous |= set(keys)


def _parted(line: Sequence[Box]) -> tuple[list[Box], list[Box], list[Box]]:
    """What stands before the figures of a line, the figures, what stands after."""
    figures = figure_boxes(line)
    start = line.index(figures[0])
    return [*line[:start]], figures, [*line[start + len(figures) :]]


def _doubt(boxes: Sequence[Box], shaped: Shaped) -> None:
    shaped.ambiguous |= {box.key for box in boxes if box.key is not None}


def _review(grid: Grid, shape: Shape, shaped: Shaped, random: Random) -> Grid:
    top, heads, subheads, figures = grid.rows
    if not all(box.text for box in figures):
        return grid  # nothing would show what happened to a line of blanks
    shaped.names.append(f"review={shape.review}")
    if shape.review == "short":
        short = random.randint(1, 6)
        _doubt(figures, shaped)
        return replace(grid, rows=(top, heads, subheads, figures[:-short]))
    empty = tuple(Box("", "empty") for _ in range(5))
    if shape.review == "shifted":
        shaped.changes.update((box.key, MISSING) for box in figures[-5:] if box.key is not None)
        figures = figures[:-5]
    flat = tuple(replace(box, rows=1) for box in heads)
    width = 20 if shape.review == "shifted_whole" else 15
    return Grid(grid.code, width, (top, flat, (*empty, *subheads), (*empty, *figures)))


def _fuse_group(grid: Grid, shaped: Shaped) -> Grid:
    for at, line in enumerate(grid.rows[:-1]):
        if len(line) > 2 and line[0].kind == "group" and line[0].vertical and line[1].kind == "label":
            group, label, *rest = line
            if not label.text or group.rows < 2:
                return grid
            shaped.names.append("group=fused")
            fused = Box(f"{group.text[:3]} {label.text}", "label", columns=group.columns + label.columns)
            below = replace(group, text=f"{group.text[3:6]} {group.text[6:]}", rows=group.rows - 1, vertical=False)
            lines = [*grid.rows]
            lines[at], lines[at + 1] = (fused, *rest), (below, *lines[at + 1])
            return replace(grid, rows=tuple(lines))
    return grid


def _split_heads(grid: Grid, shaped: Shaped) -> Grid:
    """The heads of the last line of heads, and those that end there, over two lines."""
    last = max(at for at, line in enumerate(grid.rows) if line and any(box.kind == "head" for box in line))
    shaped.names.append("heads=split")
    lines: list[tuple[Box, ...]] = []
    second: list[Box] = []
    for at, line in enumerate(grid.rows):
        boxes = []
        for box in line:
            if box.kind == "head" and at + box.rows - 1 == last:
                if at == last and len(box.text.replace(" ", "")) >= 4:
                    text = box.text.replace(" ", "")
                    box, rest = replace(box, text=text[:2]), replace(box, text=text[2:])
                    second.append(rest)
                else:
                    box = replace(box, rows=box.rows + 1)
            boxes.append(box)
        lines.append(tuple(boxes))
        if at == last:
            lines.append(tuple(second))
    return replace(grid, rows=tuple(lines))


def _stray(grid: Grid, shape: Shape, shaped: Shaped, random: Random) -> Grid:
    shaped.names.append(f"stray={shape.stray}")
    empty = Box("", "empty")
    lines = []
    for line in grid.rows:
        if shape.stray == "left":
            lines.append((empty, *line))
        elif shape.stray == "right" or (figure_boxes(line) and random.random() < 0.5):
            lines.append((*line, empty))
        else:
            lines.append(line)
    return Grid(grid.code, grid.width + 1, tuple(lines))


def _number_row(grid: Grid, shaped: Shaped, random: Random) -> Grid:
    """The page's number as a line of the table; a group's cell that spans it
    is one line longer."""
    shaped.names.append("pages=row")
    at = random.randint(4, len(grid.rows) - 2)
    number = Box(random.choice(PAGE_NUMBERS).format(n=random.randint(2, 5)), "empty", columns=grid.width)
    upper, lower = spans.cut(grid, at, "blank")
    return Grid(grid.code, grid.width, (*upper.rows, (number,), *lower.rows))


def _cut_all(shaped: Shaped, shape: Shape, random: Random) -> None:
    page = random.randint(1, 3)
    blocks: list[Block] = []
    for block in shaped.blocks:
        if not isinstance(block, Grid) or len(block.rows) < 4 or random.random() < 0.2:
            blocks.append(block)
            continue
        first = sum(1 for line in block.rows if not figure_boxes(line) and line and line[0].kind in ("head", "block"))
        least = 1 if random.random() < 0.15 else min(first + 1, len(block.rows) - 1)
        count = random.randint(1, 2) if block.code == "applications" else 1
        places = sorted(random.sample(range(least, len(block.rows)), min(count, len(block.rows) - least)), reverse=True)
        pieces: list[Grid] = []
        rest = block
        carry = "blank" if shape.cut == "none" else shape.cut
        if carry == "heads_again" and block.code != "applications":
            carry = "blank"  # the heads of 表二 belong to its first block only
        for at in places:
            label = shape.cut_label and spans.can_cut_label(rest, at)
            rest, lower = spans.cut(rest, at, carry, label=label)
            pieces.insert(0, lower)
            if label:
                shaped.names.append("cut_label")
        shaped.names.append(f"cut={carry}")
        blocks.append(rest)
        for piece in pieces:
            if shape.pages == "between":
                shaped.names.append("pages=between")
                blocks.append(Paragraph(PAGE_NUMBERS[random.choice((0, 0, 3))].format(n=page)))
            page += 1
            blocks.append(piece)
    shaped.blocks = blocks


def _add_lookalike(filing: Filing, shaped: Shaped, shape: Shape, random: Random, previous: Filing | None) -> None:
    if previous is None:
        return
    if shape.lookalike == "last_year":
        other = compose(previous, LabelStyle(), spans.PLAIN)
        tables = [block for block in other if isinstance(block, Grid) and block.code == "applications"]
        caption = f"附：{previous.year}年度收到和处理政府信息公开申请情况（上年数据，供参考）"
        added: list[Block] = [Paragraph(caption), *(spans.without_keys(table) for table in tables)]
    else:
        added = [Paragraph("近两年依申请公开情况对比"), _comparison(filing, previous)]
    shaped.names.append(f"lookalike={shape.lookalike}")
    at = len(shaped.blocks)
    if random.random() < 0.5:
        at = next(i for i, block in enumerate(shaped.blocks) if isinstance(block, Heading) and block.text[0] == "二")
    shaped.blocks[at:at] = added


def _comparison(this: Filing, last: Filing) -> Grid:
    head = tuple(Box(text, "head") for text in ("项目", f"{last.year}年", f"{this.year}年"))
    lines = [head]
    for row, label in (
        ("received_new", "本年新收政府信息公开申请数量"),
        ("granted", "予以公开"),
        ("carried_forward", "结转下年度继续办理"),
    ):
        texts = [filing.cells["applications", row, "total"].raw for filing in (last, this)]
        lines.append((Box(label, "label"), *(Box(text, "figure") for text in texts)))
    return Grid("comparison", 3, tuple(lines))
