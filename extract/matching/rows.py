"""Source rows, split into what names them and what they state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from extract.figures import parse_figure, squeeze
from extract.labels import is_label, numbering, words
from extract.model import Block, Field, Grid

_LONGEST_CAPTION = 40  # characters; longer paragraphs are prose
_ITEM = re.compile(r"(?<=[\u4e00-\u9fff）)\s])\d{1,2}[.．、](?=\s*[\u4e00-\u9fff])")  # the number of an item
_CAPTION_LINES = 2  # paragraphs before a table that may be its caption


class Traits(NamedTuple):
    """What of a source row decides which rows of the form it may be; rows of
    different documents share them."""

    item: str
    joined: str
    number: str
    fields: int  # of the tail
    printed: int
    extent: int


@dataclass(frozen=True)
class SourceRow:
    """A row of a source table.

    ``labels`` are the fields up to the last words before the first figure,
    ``tail`` are the fields after them. ``index`` numbers the rows of the
    document, ``grid`` its tables and table pieces, from 0. ``caption`` is
    the text just before the table, ``rejoined`` the label's words where the
    page cut it in two.
    """

    index: int
    grid: int
    fields: tuple[Field, ...]
    split: int
    caption: str = ""
    rejoined: str = ""

    @cached_property
    def labels(self) -> tuple[Field, ...]:
        """The fields that name the row; blank ones among them."""
        return self.fields[: self.split]

    @cached_property
    def tail(self) -> tuple[Field, ...]:
        """The fields after the row's last label."""
        return self.fields[self.split :]

    @cached_property
    def item(self) -> str:
        """The bare words of the last label."""
        return self.rejoined or words(self._last)

    @cached_property
    def joined(self) -> str:
        """The bare words of all labels, read as one."""
        return self.rejoined or words("".join(field.text for field in self.labels))

    @cached_property
    def number(self) -> str:
        """The numeral before the last label."""
        return numbering(self._last)

    @cached_property
    def _last(self) -> str:
        """The last label; of several run together in one field, the last item."""
        text = next((field.text for field in reversed(self.labels) if squeeze(field.text)), "")
        return text[max((match.start() for match in _ITEM.finditer(text)), default=0) :]

    @cached_property
    def printed(self) -> int:
        """How many fields of the tail are not blank."""
        return sum(1 for field in self.tail if squeeze(field.text))

    @cached_property
    def extent(self) -> int:
        """How many fields lie from the first printed one of the tail to the last."""
        printed = [position for position, field in enumerate(self.tail) if squeeze(field.text)]
        return printed[-1] - printed[0] + 1 if printed else 0

    @cached_property
    def traits(self) -> Traits:
        """What decides which rows of the form it may be."""
        return Traits(self.item, self.joined, self.number, len(self.tail), self.printed, self.extent)

    @property
    def name(self) -> str:
        """The row's label as printed, for messages."""
        return " ".join(" ".join(field.text.split()) for field in self.labels if squeeze(field.text))

    def split_after(self, position: int) -> SourceRow:
        """The same row with the field at ``position`` as its last label."""
        return replace(self, split=position + 1)

    def rejoin(self, label: str) -> SourceRow:
        """The same row under the bare words of its whole label."""
        return replace(self, rejoined=label)


def rows_of(blocks: Sequence[Block]) -> list[SourceRow]:
    """All rows of all grids among the blocks, in reading order."""
    rows: list[SourceRow] = []
    before: list[str] = []
    grid = 0
    for block in blocks:
        if not isinstance(block, Grid):
            before.append(block.text if len(block.text) <= _LONGEST_CAPTION else "")
            continue
        caption = "\n".join(before[-_CAPTION_LINES:])
        before.clear()
        for fields in block.rows:
            rows.append(SourceRow(len(rows), grid, tuple(fields), _split(fields), caption))
        grid += 1
    return rows


def _split(fields: Sequence[Field]) -> int:
    """The index of the first field after the row's last label."""
    split = 0
    for position, field in enumerate(fields):
        if is_label(field.text):
            split = position + 1
        elif parse_figure(field.text).status in ("reported", "not_applicable"):
            return split
    return split or _lone_character(fields)


def _lone_character(fields: Sequence[Field]) -> int:
    """Like ``_split`` for a row whose only text is a single Chinese character:
    the end of a label in two lines, or part of one printed downwards."""
    printed = [position for position, field in enumerate(fields) if squeeze(field.text)]
    is_lone = len(printed) == 1 and "\u4e00" <= squeeze(fields[printed[0]].text) <= "\u9fff"
    return printed[0] + 1 if is_lone else 0
