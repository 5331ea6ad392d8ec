"""A filing as a page of a content management system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from random import Random
from typing import Literal

from tests.corpus import flat
from tests.corpus.grid import Block, Grid, GridStyle, Heading, Paragraph, Title, compose
from tests.corpus.html_page import page
from tests.corpus.html_table import WORD_SPAN, TableMarkup, flattened, table
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered
from tests.corpus.variants import Variants, vary

FLAT_WITHOUT_BLANKS = ("paragraphs", "divisions", "breaks")


@dataclass(frozen=True)
class HtmlLayout:
    """How the page is made.

    ``markup`` "plain" has clean cells, "paragraphs" a ``p`` in each, "word"
    the markup that pasting from a word processor leaves, "heavy" the same at
    its worst. ``empty`` is what an empty cell holds. ``head_cells`` prints
    heads as ``th``, ``row_heads`` the labels of rows; ``oversized_rowspan``
    gives the group labels one row too many; ``spans`` are otherwise wrong.
    ``sections`` are thead, tbody and tfoot. ``nested`` puts the page, or each
    table, into a table of layout; ``flat`` prints tables without markup.
    ``declared`` is what the page says of its encoding. ``chrome`` is what
    stands around the report: a whole page, or nothing; ``neighbours`` adds
    tables of links, or a calendar, beside the report.
    """

    family: Literal["trs", "hanweb", "boda", "lonsun"] = "trs"
    markup: Literal["plain", "paragraphs", "word", "heavy"] = "plain"
    encoding: Literal["utf-8", "gbk", "gb18030"] = "utf-8"
    empty: Literal["", "&nbsp;", "<br/>"] = "&nbsp;"
    head_cells: bool = False
    vertical_label: bool = False
    oversized_rowspan: bool = False
    row_heads: bool = False
    spans: Literal["right", "group_small", "label_wide", "figure_wide", "missing"] = "right"
    sections: Literal["one", "head", "foot_first", "bodies", "none"] = "one"
    breaks_in_cells: bool = False
    nested: Literal["none", "page", "tables"] = "none"
    flat: Literal["none", "paragraphs", "divisions", "breaks", "pipes", "pipe_lines"] = "none"
    declared: Literal["right", "wrong", "none"] = "right"
    chrome: Literal["full", "bare"] = "full"
    neighbours: Literal["none", "links", "calendar"] = "none"
    labels: LabelStyle = field(default_factory=LabelStyle)
    grid: GridStyle = field(default_factory=GridStyle)

    @property
    def tables(self) -> TableMarkup:
        """What concerns the tables."""
        return TableMarkup(
            self.markup,
            self.empty,
            self.head_cells,
            self.row_heads,
            self.vertical_label,
            "group_large" if self.oversized_rowspan else self.spans,
            self.sections,
            self.breaks_in_cells,
        )


VARIANTS: Variants = {
    "markup": ("paragraphs", "word", "heavy"),
    "encoding": ("gbk", "gb18030"),
    "head_cells": (True,),
    "vertical_label": (True,),
    "oversized_rowspan": (True,),
    "row_heads": (True,),
    "spans": ("group_small", "label_wide", "figure_wide", "missing"),
    "sections": ("head", "foot_first", "bodies", "none"),
    "breaks_in_cells": (True,),
    "nested": ("page", "tables"),
    "flat": ("paragraphs", "divisions", "breaks", "pipes", "pipe_lines"),
    "declared": ("wrong", "none"),
    "chrome": ("bare",),
    "neighbours": ("links", "calendar"),
}
DOUBTFUL = frozenset(f"flat={how}" for how in FLAT_WITHOUT_BLANKS)


def random_layout(random: Random) -> HtmlLayout:
    """A layout by chance."""
    plain = HtmlLayout(
        family=random.choice(("trs", "hanweb", "boda", "lonsun")),
        markup=random.choice(("plain", "paragraphs", "word")),
        encoding=random.choice(("utf-8", "utf-8", "gbk")),
        empty=random.choice(("", "&nbsp;", "<br/>")),
        labels=LabelStyle.by_chance(random),
        grid=GridStyle.by_chance(random),
    )
    return vary(random, plain, VARIANTS, 3)


def settled(layout: HtmlLayout) -> HtmlLayout:
    """The layout without what flattened tables cannot show."""
    if layout.flat == "none":
        return layout
    plain = HtmlLayout()
    gone = ("head_cells", "row_heads", "vertical_label", "oversized_rowspan", "spans", "sections", "breaks_in_cells")
    nested = "none" if layout.nested == "tables" else layout.nested
    return replace(layout, **{name: getattr(plain, name) for name in gone}, nested=nested)


def render(filing: Filing, layout: HtmlLayout, blocks: Sequence[Block] | None = None) -> Rendered:
    """The page as bytes in the layout's encoding; ``blocks`` default to the
    filing's own."""
    shown = compose(filing, layout.labels, layout.grid) if blocks is None else blocks
    body = "\n".join(_block(block, layout) for block in shown if not isinstance(block, Title))
    charset = {"utf-8": "utf-8", "gbk": "gb2312", "gb18030": "gb18030"}[layout.encoding]
    if layout.declared == "wrong":
        charset = "gb2312" if layout.encoding == "utf-8" else "utf-8"
    text = page(filing, body, layout.family, charset if layout.declared != "none" else None, layout.chrome,
                layout.neighbours, layout.nested == "page")  # fmt: skip
    ambiguous = set()
    if layout.flat in FLAT_WITHOUT_BLANKS:
        ambiguous = {key for block in shown if isinstance(block, Grid) for key in flat.open_cells(block)}
    return Rendered(text.encode(layout.encoding), "html", ambiguous=frozenset(ambiguous))


def _block(block: Block, layout: HtmlLayout) -> str:
    if isinstance(block, Grid):
        if layout.flat != "none":
            return flattened(block, layout.flat)
        element = table(block, layout.tables)
        if layout.nested == "tables":
            return f'<table width="98%"><tr><td align="center">{element}</td></tr></table>'
        return element
    word = layout.markup in ("word", "heavy")
    if isinstance(block, Heading):
        if word:
            return f'<p class="MsoNormal"><b><span style="{WORD_SPAN}">{escape(block.text)}<o:p></o:p></span></b></p>'
        return f'<p style="text-indent: 2em"><strong>{escape(block.text)}</strong></p>'
    if isinstance(block, Paragraph):
        if word:
            return (
                '<p class="MsoNormal" style="text-indent:32.0pt;line-height:28.0pt">'
                f'<span style="{WORD_SPAN}">{escape(block.text)}</span><span lang="EN-US"><o:p></o:p></span></p>'
            )
        return f'<p style="text-indent: 2em">{escape(block.text)}</p>'
    raise TypeError(f"no markup for {block!r}")
