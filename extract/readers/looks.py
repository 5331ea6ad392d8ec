"""Further looks at what stands in cells, where two readings alone do not tell it for certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from extract.figures import Status, parse_figure, squeeze
from extract.readers import ocr
from extract.readers.glyphs import asterisks, is_dash, is_slash
from extract.readers.inked import Cell, ink_alone, seen_otherwise
from extract.readers.ocr import Text
from extract.readers.raster import Page, Picture, two_tones

_CERTAIN = 0.9  # certainty of a look that may settle what stands in a cell

NO_FIGURE: tuple[Status, Decimal | None] = ("unreadable", None)


def figure_of(text: str) -> tuple[Status, Decimal | None]:
    """Status and value of a cell's text."""
    figure = parse_figure(text)
    return figure.status, figure.value


def by_shape(tones: Picture) -> str:
    """A dash, a slash or asterisks where that is all there is; the recogniser
    takes either stroke for a 1, and asterisks for 大."""
    return "-" if is_dash(tones) else "/" if is_slash(tones) else "*" * asterisks(tones)


def figures_seen(page: Page, cells: Sequence[Cell]) -> list[str | None]:
    """The figure that three further looks at each cell all see for certain, None where they do not."""
    looks = _said(seen_otherwise(page, cell) for cell in cells)
    return [
        three[0] if {figure_of(text) for text in three} <= {figure_of(three[0])} - {NO_FIGURE} else None
        for three in looks
    ]


def texts_seen(page: Page, cells: Sequence[Cell]) -> list[str | None]:
    """The text, without white space, that the second reading's picture of each
    cell and three further looks all show for certain, None where they do not."""
    looks = _said([ink_alone(page, cell), *seen_otherwise(page, cell)] for cell in cells)
    seen = [{squeeze(text) for text in four} for four in looks]
    return [texts.pop() if len(texts) == 1 and ocr.UNREAD not in "".join(texts) else None for texts in seen]


def _said(views: Iterable[list[Picture]]) -> list[list[str]]:
    """What each look at each cell says; U+FFFD where it is not certain."""
    seen = list(views)
    if not seen:
        return []
    texts: Iterator[Text] = iter(ocr.read_lines([view for several in seen for view in several], figures=True))
    return [[_certain(view, next(texts)) for view in several] for several in seen]


def _certain(view: Picture, read: Text) -> str:
    text = read.text if read.certainty >= _CERTAIN else ocr.UNREAD
    shape = by_shape(two_tones(view))
    return text if ocr.is_words(text) and set(shape) == {"*"} else shape or text  # characters are as wide as high, too
