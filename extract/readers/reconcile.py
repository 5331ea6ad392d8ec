"""What two readings of a page's cells come to together: where they differ, the
figure of which further looks are certain; where both see what no figure can
be, whether the filer put it there."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.figures import squeeze
from extract.model import BBox
from extract.readers import ocr
from extract.readers.glyphs import with_letters, zeros
from extract.readers.inked import Cell, ink_alone, seen_otherwise
from extract.readers.looks import NO_FIGURE, figure_of, figures_seen, texts_seen
from extract.readers.pdf_layer import Char
from extract.readers.raster import UNIT, Page
from extract.readers.ruled import join

_MOST_LOOKS = 60  # cells of a page that are looked at again; where more differ, it is illegible
_ZEROS = 5  # so many of a page tell how wide one is
# What filers put in the place of a figure; what is less plainly no figure may be one with dirt beside it.
_NO_FIGURES = re.compile(r"\*{2,}|\d+[-~]\d+|约\d+|(?:\D?[\u4e01-\u9fff]){2,8}")


def reconcile(page: Page, first: list[Char], second: list[Char], cells: Sequence[Cell]) -> None:
    """Where the first reading of a cell could not make out what the second
    could, or took for something else what by its shape is a slash, the two
    change places; that they differ stays, unless further looks settle it. What
    these see otherwise stands for a reading that is no figure."""
    differing: list[_Differing] = []
    for cell in cells:
        firsts = [char for char in first if holds(cell.box, char)]
        others = [char for char in second if holds(cell.box, char)]
        if firsts and not cell.ink:  # a line of text was found where there is no ink
            others = [one_char(cell, ocr.UNREAD)]
            second += others
        if not (firsts and others):
            continue
        unread = any(char.text == ocr.UNREAD for char in firsts) and ocr.UNREAD not in join(others)
        if unread or join(others) == "/" != join(firsts):
            for chars, old, new in ((first, firsts, others), (second, others, firsts)):
                _put(chars, old, new)
            firsts, others = others, firsts
        if figure_of(join(firsts)) != figure_of(join(others)):
            differing.append(_Differing(cell, firsts, others))
    del differing[_MOST_LOOKS:]
    for case, seen in zip(differing, figures_seen(page, [case.cell for case in differing]), strict=True):
        said = [figure_of(join(case.firsts)), figure_of(join(case.others))]
        if seen is None:
            continue
        if said[0] == figure_of(seen):
            _put(second, case.others, case.firsts)
        elif said[1] == figure_of(seen):
            _put(first, case.firsts, case.others)
        elif said[0] == NO_FIGURE:
            _put(first, case.firsts, [one_char(case.cell, seen)])
        elif said[1] == NO_FIGURE:
            _put(second, case.others, [one_char(case.cell, seen)])


def reconcile_texts(page: Page, first: list[Char], second: list[Char], cells: Sequence[Cell]) -> None:
    """Where the readings see different texts in a cell that are no figures (三
    and 三3, of a label that a page's end cut in two), what all further looks
    and one of the readings see is what both say."""
    differing: list[_Differing] = []
    for cell in cells:
        others = [char for char in second if holds(cell.box, char)]
        if not cell.ink or len(others) != 1 or figure_of(others[0].text) != NO_FIGURE:
            continue  # what was recognised once has as many characters in both
        firsts = [char for char in first if holds(cell.box, char)]
        if figure_of(join(firsts)) == NO_FIGURE and squeeze(join(firsts)) != squeeze(others[0].text):
            differing.append(_Differing(cell, firsts, others))
    del differing[_MOST_LOOKS:]
    for case, seen in zip(differing, texts_seen(page, [case.cell for case in differing]), strict=True):
        if seen == squeeze(join(case.firsts)):
            _put(second, case.others, case.firsts)
        elif seen == squeeze(join(case.others)):
            _put(first, case.firsts, case.others)


@dataclass(frozen=True, slots=True)
class _Differing:
    """A cell and its characters in both readings, which are not the same."""

    cell: Cell
    firsts: list[Char]
    others: list[Char]


def put_letters(page: Page, first: list[Char], second: list[Char], cells: Sequence[Cell]) -> None:
    """Puts O into numbers in which both readings saw a zero that is too wide to
    be one, on a page with zeros enough to tell: what then stands there is no figure."""
    numbers = [(cell, text) for cell in cells if cell.ink and (text := text_in(second, cell)).isdecimal()]
    sizes = [size for cell, text in numbers if "0" in text for size in zeros(text, ink_alone(page, cell))]
    if len(sizes) < _ZEROS:
        return
    zero = statistics.median(wide for wide, _ in sizes), statistics.median(high for _, high in sizes)
    for cell, text in numbers:
        # A zero alone is one whatever it looks like, and what a seal adds to its width is red.
        if len(text) > 1 and "0" in text and text_in(first, cell) == text:
            looks = ink_alone(page, cell), seen_otherwise(page, cell)[1]
            written = {with_letters(text, look, zero) for look in looks}
            if len(written) == 1 and text not in written:
                for chars in (first, second):
                    _put(chars, [char for char in chars if holds(cell.box, char)], [one_char(cell, *written)])


def legible_cells(page: Page, first: Sequence[Char], second: Sequence[Char], cells: Sequence[Cell]) -> frozenset[BBox]:
    """The cells among figures in which both readings and all further looks
    see the same short text that is no figure: the filer put it there."""
    texts = {cell.box: text_in(first, cell) for cell in cells}
    figures = [box for box, text in texts.items() if figure_of(text)[0] == "reported"]
    cases = [cell for cell in cells if cell.ink and _NO_FIGURES.fullmatch(texts[cell.box])]
    cases = [cell for cell in cases if _is_among(cell.box, figures, is_words=ocr.is_words(texts[cell.box]))]
    del cases[_MOST_LOOKS:]
    said = [{squeeze(texts[cell.box]), squeeze(text_in(second, cell))} for cell in cases]
    lines = [_lines(first, cell) for cell in cases]
    seen = iter(texts_seen(page, [line for several in lines for line in several]))
    texts_of = ["".join(next(seen) or ocr.UNREAD for _ in several) for several in lines]
    return frozenset(cell.box for cell, both, text in zip(cases, said, texts_of, strict=True) if both == {text})


def _is_among(box: BBox, figures: Sequence[BBox], *, is_words: bool) -> bool:
    """Whether figures stand in a cell's row or column; of words, either before
    or above them or both beside and below: labels need no further looks."""
    row = [figure for figure in figures if figure[1] == box[1]]
    column = [figure for figure in figures if (figure[0], figure[2]) == (box[0], box[2])]
    if not is_words or (row and column):
        return bool(row or column)
    return any(figure[0] < box[0] for figure in row) or any(figure[1] < box[1] for figure in column)


def _lines(first: Sequence[Char], cell: Cell) -> list[Cell]:
    """The lines of text that the first reading has in a cell, from the top, as cells of their own."""
    x0, top, x1, bottom = cell.ink or cell.inside
    found = sorted({(char.top, char.bottom) for char in first if holds(cell.box, char)})
    if len(found) < 2:
        return [cell]
    spans = [(max(round(upper / UNIT), top), min(round(lower / UNIT), bottom)) for upper, lower in found]
    return [replace(cell, ink=(x0, upper, x1, lower)) for upper, lower in spans if lower > upper]


def one_char(cell: Cell, text: str) -> Char:
    """A text as one character where the ink of a cell is, or in all of the cell."""
    x0, top, x1, bottom = (value * UNIT for value in cell.ink or cell.inside)
    return Char(text, x0, top, x1, bottom, bottom)


def text_in(chars: Sequence[Char], cell: Cell) -> str:
    """What a reading has in a cell."""
    return join([char for char in chars if holds(cell.box, char)])


def _put(chars: list[Char], old: Sequence[Char], new: Sequence[Char]) -> None:
    """Replaces characters by others."""
    chars[:] = [*(char for char in chars if char not in old), *new]


def holds(box: BBox, char: Char) -> bool:
    """Whether the middle of a character lies in a box of the page's points."""
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
