"""Tables of which only lines are left: labels and figures parted by white space.

Text exports of a PDF, and pages set with spaces, keep the rows of a table and
the order of its figures, but neither columns nor blank cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby

from extract.figures import squeeze
from extract.model import Block, Field, Grid, Paragraph, Place

_FIGURE = re.compile(r"[-−–+]?\d[\d,]*(?:\.\d+)?(?:万?元)?|[-−–—―─/]{1,4}|无")
_FUSED = re.compile(r"(.*[\u4e00-\u9fff）)”\"])(\d[\d,]*(?:\.\d+)?)")  # 行政许可313
_UNIT = re.compile(r"[件条个项次份宗起人篇元]|人次|万元|亿元")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_ASIDE = re.compile(r"[（(][^（）()]*(?:[）)]|$)|^[^（()]*[）)]")  # in brackets, which a line's end may cut
_NO_END_OF_FIGURE = re.compile(
    r"(?![元无])[\u4e00-\u9fff。；：、！？;:!?)）”》]"
)  # none that a figure ends with when squeezed
_SENTENCE = re.compile(r"[。；，！？;!?]|,(?!\d)")
_SECTION = re.compile(r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章|节))")
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–]+\s*\d{1,3}\s*[-—–]+|第\s*\d{1,3}\s*页.*)\s*")
_LONGEST_LABEL = 60  # characters, what stands in brackets aside; the form's longest has 39
_LONGEST_LINE = 400  # characters: fifteen figures, or two labels of the longest with notes, and room
_LONGEST_GAP = 8  # lines of words between two lines of figures: headings, labels in several lines
_FEWEST_FIGURES = 5  # in a run of lines, or they are no table (a telephone number and a postcode are none)
_FUSED_ROW = 14  # digits in one piece are a row's figures run together, not one figure


@dataclass(slots=True)
class _Line:
    """A value, never changed (see ``Field``)."""

    text: str
    paragraph: int
    number: int
    labels: tuple[str, ...]
    figures: tuple[str, ...]
    is_words: bool  # a label or headings, neither figures nor a sentence

    @property
    def weight(self) -> int:
        """How many figures the line shows for being a row of a table."""
        if not self.labels and len(self.figures) == 1:
            return _FEWEST_FIGURES if re.fullmatch(rf"\d{{{_FUSED_ROW},}}", self.figures[0]) else 0
        return len(self.figures)


def regroup(paragraphs: Sequence[Paragraph], numbers: Sequence[int]) -> list[Block]:
    """The paragraphs, with a grid for every run of their lines that are rows
    of a table; ``numbers`` are the numbers of the paragraphs' first lines.

    A row is a label with figures after it, or figures alone; a line of words
    between two rows is a row too, unless it heads a section. Of the fields
    only the order is known (``colspan`` 0). Places are locators "line L, field
    F", counted from 1.
    """
    if not _may_hold_table(paragraphs):
        return list(paragraphs)
    lines = [
        _line(text, paragraph, numbers[paragraph] + offset)
        for paragraph, block in enumerate(paragraphs)
        for offset, text in enumerate(block.text.split("\n"))
    ]
    in_table = {position for start, end in _runs(lines) for position in range(start, end)}
    if not in_table:
        return list(paragraphs)
    blocks: list[Block] = []
    ordered = enumerate(lines)
    for (is_row, paragraph), members in groupby(ordered, lambda item: _belongs(item[1], item[0] in in_table)):
        group = [line for _, line in members]
        if is_row:
            blocks.append(Grid([_fields(line) for line in group]))
        else:
            blocks.append(Paragraph("\n".join(line.text for line in group), paragraphs[paragraph].page))
    return blocks


def regroup_all(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with every run of paragraphs regrouped, their lines counted from 1."""
    found: list[Block] = []
    number = 1
    for _, members in groupby(blocks, lambda block: isinstance(block, Paragraph)):
        run = list(members)
        paragraphs = [block for block in run if isinstance(block, Paragraph)]
        starts = list(accumulate((block.text.count("\n") + 1 for block in paragraphs), initial=number))
        number = starts[-1]
        found += regroup(paragraphs, starts) if paragraphs else run
    return found


def _may_hold_table(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether so many lines may end with figures that there may be a table
    among them; most lines are prose, which their last character tells at once."""
    weight = 0
    for paragraph in paragraphs:
        for text in paragraph.text.split("\n"):
            if text and _may_end_figure(text[-1]):
                weight += _line(text, 0, 0).weight
                if weight >= _FEWEST_FIGURES:
                    return True
    return False


@lru_cache(maxsize=4096)
def _may_end_figure(character: str) -> bool:
    """Whether a figure may end with it; it is asked of the end of every line."""
    return _NO_END_OF_FIGURE.match(character) is None


def _belongs(line: _Line, in_table: bool) -> tuple[bool, int]:
    """Whether a line is a row, and the paragraph that it stays in if it is none."""
    is_row = in_table and not _parts_tables(line)
    return is_row, -1 if is_row else line.paragraph


def _runs(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """The runs of lines that are tables, from their headings to their last row of figures."""
    runs: list[list[int]] = []
    for position, line in enumerate(lines):
        if not line.weight:
            continue
        between = lines[runs[-1][1] : position] if runs else []
        if runs and len(between) <= _LONGEST_GAP and all(one.is_words for one in between):
            runs[-1][1] = position + 1
            runs[-1][2] += line.weight
        else:
            runs.append([position, position + 1, line.weight])
    return [
        (_top(lines, start), end)
        for start, end, figures in runs
        if figures >= _FEWEST_FIGURES and not _is_contents(lines[start:end])
    ]


def _is_contents(lines: Sequence[_Line]) -> bool:
    """Whether lines are a table of contents: one figure each, the pages in order."""
    rows = [line.figures for line in lines if line.figures]
    if any(len(figures) != 1 or not figures[0].isdecimal() or len(figures[0]) > 3 for figures in rows):
        return False
    pages = [int(figures[0]) for figures in rows]
    return 0 < pages[0] < pages[-1] and pages == sorted(pages)


def _top(lines: Sequence[_Line], start: int) -> int:
    """The first of the lines of column headings above a table's first row."""
    top = start
    while top > 0 and len(lines[top - 1].labels) > 1 and not _parts_tables(lines[top - 1]):
        if not lines[top - 1].is_words or re.search(r"\d", lines[top - 1].text):
            break
        top -= 1
    return top


def _parts_tables(line: _Line) -> bool:
    """Whether a line stands between tables or their pieces: a section's
    heading, or the number of a page."""
    if line.figures and not _PAGE_NUMBER.fullmatch(line.text):
        return False
    return _PAGE_NUMBER.fullmatch(line.text) is not None or _SECTION.match(line.text) is not None


def _line(text: str, paragraph: int, number: int) -> _Line:
    parts = _parts(text) if len(text) <= _LONGEST_LINE else ((), (), False)
    return _Line(text, paragraph, number, *parts)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """A line's labels, its figures, and whether it is words alone. Every line is looked at twice, and a table that
    lost its lines has the same figures on many of them."""
    if _PAGE_NUMBER.fullmatch(text):
        return (), (), True
    tokens = text.split()
    first = len(tokens)
    while first and _FIGURE.fullmatch(squeeze(tokens[first - 1])):
        first -= 1
    labels, figures = tokens[:first], tokens[first:]
    if labels and (fused := _FUSED.fullmatch(labels[-1])) and len(_CJK.findall(fused[1])) > 1:
        labels[-1:], figures = [fused[1]], [fused[2], *figures]
    if any(_FIGURE.fullmatch(squeeze(label)) for label in labels) or _is_sentence(" ".join(labels)):
        return tuple(labels), (), False
    names = _names(labels)
    if names and not _CJK.search("".join(names)):
        return names, (), False
    return names, tuple(figures), bool(names) and not figures


def _is_sentence(text: str) -> bool:
    bare = _ASIDE.sub("", text)
    return len(bare) > _LONGEST_LABEL or _SENTENCE.search(bare) is not None


def _names(tokens: Sequence[str]) -> tuple[str, ...]:
    """The labels that the tokens are: a number stands with its item, and
    characters set apart (总　计) are one label; a unit of count stays apart."""
    names: list[str] = []
    for position, token in enumerate(tokens):
        is_end = position == len(tokens) - 1 and _is_short(token) and not _UNIT.fullmatch(token)
        if names and (is_end or (_is_short(names[-1]) and not _UNIT.fullmatch(names[-1]))):
            names[-1] += token
        else:
            names.append(token)
    return tuple(names)


def _is_short(text: str) -> bool:
    return len(_CJK.findall(text)) < 2


def _fields(line: _Line) -> list[Field]:
    return [
        Field(text, column, Place(locator=f"line {line.number}, field {column + 1}"), colspan=0)
        for column, text in enumerate((*line.labels, *line.figures))
    ]
