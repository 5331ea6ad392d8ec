"""Documents with the statistical table of 2014, in all media:
``python -m tests.corpus.render --form 2014 …``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from extract.forms import CellKey
from tests.corpus import front, html, shapes, spans, statistics, statistics_grid, statistics_mutations, text, variants
from tests.corpus.grid import Block, Box, Grid
from tests.corpus.model import Filing
from tests.corpus.render import MEDIA, Document
from tests.corpus.statistics import TABLE
from tests.corpus.statistics_grid import StatisticsStyle
from tests.corpus.variants import Variants


@dataclass(frozen=True)
class Damage:
    """What happens to the table in any medium: ``stray`` empty columns,
    ``cut`` and ``cut_label`` as in ``shapes.Shape``, ``pages`` a page's number
    between the pieces or as a row; ``lookalike`` last year's table before it."""

    stray: Literal["none", "left", "right", "some"] = "none"
    cut: Literal["none", "blank", "text", "omitted", "heads_again"] = "none"
    cut_label: bool = False
    pages: Literal["none", "between", "row"] = "none"
    lookalike: bool = False


DAMAGES: Variants = {
    "stray": ("left", "right", "some"),
    "cut": ("blank", "text", "omitted", "heads_again"),
    "cut_label": (True,),
    "pages": ("between", "row"),
    "lookalike": (True,),
}
PAGED_DAMAGES: Variants = {
    "stray": ("right",), "cut": ("blank", "text", "heads_again"), "cut_label": (True,), "lookalike": (True,),
}  # fmt: skip
DOUBTFUL = frozenset({"cut=text", "cut_label", "lookalike"}) | statistics_grid.DOUBTFUL


def random_documents(count: int, seed: str, media: Sequence[str]) -> Iterator[Document]:
    """``count`` documents; the media take turns."""
    for index in range(count):
        random = Random(f"{seed}:{index}")
        kind = media[index % len(media)]
        filing = statistics.random_filing(random, f"{seed}:{index}")
        filing = statistics_mutations.some(filing, random)
        filing, named = front.by_chance(filing, random, paper=MEDIA[kind].paper)
        layout = MEDIA[kind].random_layout(random)
        style = variants.vary(random, StatisticsStyle(), statistics_grid.VARIANTS, 3)
        damage = variants.vary(random, Damage(), _damages(kind), 2)
        yield document(filing, kind, layout, style, damage, f"{seed}:{index}", named)


def each_layout(count: int, seed: str, media: Sequence[str]) -> Iterator[Document]:
    """``count`` consistent filings in every single layout, style and damage."""
    for kind in media:
        medium = MEDIA[kind]
        singles: list[tuple[Any, StatisticsStyle, Damage]] = [
            *((layout, StatisticsStyle(), Damage()) for _, layout in variants.each(medium.plain, medium.variants)),
            *(
                (medium.plain, style, Damage())
                for _, style in variants.each(StatisticsStyle(), statistics_grid.VARIANTS)
            ),
            *((medium.plain, StatisticsStyle(), damage) for _, damage in variants.each(Damage(), _damages(kind))),
        ]
        for number, (layout, style, damage) in enumerate(singles):
            for index in range(count):
                key = f"{seed}:{kind}:{number}:{index}"
                yield document(statistics.random_filing(Random(key), key), kind, layout, style, damage, key)


def document(
    filing: Filing,
    kind: str,
    layout: Any,
    style: StatisticsStyle,
    damage: Damage,
    seed: str,
    named: Sequence[str] = (),
) -> Document:
    """One filing in one layout; ``named`` are departures made before."""
    medium, random = MEDIA[kind], Random(f"damage:{seed}")
    layout, style, damage = _settled(filing, layout, statistics_grid.settled(style), damage)
    previous = None
    if damage.lookalike and filing.year - 1 in statistics.YEARS:
        previous = statistics.filing(filing.agency, filing.year - 1, f"{seed}:before")
    blocks = [_strayed(block, damage.stray, random) for block in
              statistics_grid.compose(filing, layout.labels, style, previous)]  # fmt: skip
    if damage.pages == "row":
        blocks = [_numbered(block, random) for block in blocks]
    between: Literal["none", "between"] = "between" if damage.pages == "between" else "none"
    shape = shapes.Shape(seed, cut=damage.cut, cut_label=damage.cut_label, pages=between)
    shaped = shapes.apply(filing, blocks, shape)
    rendered = medium.render(filing, layout, shaped.blocks)
    ambiguous = rendered.ambiguous | _open(filing, style)
    names = [*variants.names(layout, medium.plain, medium.variants),
             *variants.names(style, StatisticsStyle(), statistics_grid.VARIANTS),
             *shaped.names, *named]  # fmt: skip
    names += [f"stray={damage.stray}"] * (damage.stray != "none") + ["pages=row"] * (damage.pages == "row")
    names += ["lookalike"] * (previous is not None)
    doubtful = bool(
        ambiguous
        or set(names) & (medium.doubtful | DOUBTFUL)
        or set(filing.defects) & statistics_mutations.DOUBTFUL
        or (style.own_row and "rows_lacking" in filing.defects)
    )
    return Document(filing, replace(rendered, ambiguous=frozenset(ambiguous)), kind, tuple(names), doubtful)


def _damages(kind: str) -> Variants:
    return PAGED_DAMAGES if kind == "pdf" else DAMAGES


def _settled(
    filing: Filing, layout: Any, style: StatisticsStyle, damage: Damage
) -> tuple[Any, StatisticsStyle, Damage]:
    """What can stand together and can be told apart by a careful reader."""
    flattened = False
    if isinstance(layout, html.HtmlLayout):
        layout, flattened = html.settled(layout), layout.flat != "none"
    if isinstance(layout, text.TextLayout):
        layout = replace(text.settled(layout), breaks=(), cut="none")
        flattened = layout.table_as == "lines"
    if flattened:
        # Numbers between cells would pass for figures, and several figures in a row for one.
        damage = replace(damage, pages="none" if damage.pages == "row" else damage.pages, lookalike=False)
        style = replace(style, offices="none")
    if style.offices != "none":
        # Empty columns shift figures against the headings over them.
        damage = replace(damage, stray="none", cut="none", cut_label=False)
    return layout, style, damage


def _open(filing: Filing, style: StatisticsStyle) -> set[CellKey]:
    """The cells whose figure the document leaves open: without a label, or in
    no column that is the total's."""
    if style.offices == "without_total":
        return {key for key, cell in filing.cells.items() if cell.status != "missing"}
    unnamed = {row for (_, row), label in filing.labels.items() if not label}
    return {key for key in filing.cells if key[1] in unnamed}


def _is_table(block: Block) -> bool:
    return isinstance(block, Grid) and block.code.startswith(TABLE)


def _strayed(block: Block, stray: str, random: Random) -> Block:
    """The table with an empty column at a side, or in some rows only."""
    if stray == "none" or not isinstance(block, Grid) or not _is_table(block):
        return block
    empty = Box("", "empty")
    lines = []
    for line in block.rows:
        if stray == "left":
            lines.append((empty, *line))
        elif stray == "right" or random.random() < 0.5:
            lines.append((*line, empty))
        else:
            lines.append(line)
    return Grid(block.code, block.width + 1, tuple(lines))


def _numbered(block: Block, random: Random) -> Block:
    """The table with a page's number as one of its lines."""
    if not isinstance(block, Grid) or not _is_table(block):
        return block
    number = random.choice(shapes.PAGE_NUMBERS).format(n=random.randint(2, 5))
    upper, lower = spans.cut(block, random.randint(4, len(block.rows) - 2), "blank")
    line = (Box(number, "empty", columns=block.width),)
    return Grid(block.code, block.width, (*upper.rows, line, *lower.rows))
