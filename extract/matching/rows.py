"""Source rows, split into what names them and what they state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from extract.figures import is_blank, squeeze
from extract.labels import nature, numbering, words
from extract.model import Block, Field, Grid

_LONGEST_CAPTION = 40  # characters; longer paragraphs are prose
_ITEM = re.compile(r"(?<=[\u4e00-\u9fff）)\s])\d{1,2}[.．、](?=\s*[\u4e00-\u9fff])")  # the number of an item
_CAPTION_LINES = 2  # paragraphs before a table that may be its caption
UNSPLIT = -1


class Traits(NamedTuple):
    """What of a source row decides which rows of the form it may be; rows of
    different documents share them."""

    item: str  # the bare words of the last label
    joined: str  # the bare words of all labels, read as one
    number: str  # the numeral before the last label
    fields: int  # of the tail; those of a row whose figures stand in one are counted apart
    printed: int  # fields of the tail that are not blank
    extent: int  # fields of the tail from the first printed one to the last


@dataclass(slots=True, eq=False, init=False)
class SourceRow:
    """A row of a source table; a value, never changed.

    ``index`` numbers the rows of the document, ``grid`` its tables and table
    pieces, from 0. ``split`` is the place of the first field after the row's
    last label, which is found where it is not given. ``caption`` is the text just
    before the table, ``rejoined`` the label's words where the page cut it in two.
    """

    index: int
    grid: int
    fields: tuple[Field, ...]
    split: int = UNSPLIT
    caption: str = ""
    rejoined: str = ""
    texts: tuple[str, ...] = field(init=False)
    """The texts of the fields."""
    labels: tuple[Field, ...] = field(init=False)
    """The fields that name the row, up to the last words before the first figure; blank ones among them."""
    tail: tuple[Field, ...] = field(init=False)
    """The fields after the row's last label."""
    traits: Traits = field(init=False)
    """What decides which rows of the form it may be."""
    item: str = field(init=False)
    """The bare words of the last label."""
    printed: int = field(init=False)
    """How many fields of the tail are not blank."""

    # In one go: one made for it and what would follow it take a third longer, and a document has hundreds of rows.
    def __init__(
        self,
        index: int,
        grid: int,
        fields: tuple[Field, ...],
        split: int = UNSPLIT,
        caption: str = "",
        rejoined: str = "",
    ) -> None:
        self.index, self.grid, self.fields = index, grid, fields
        self.caption, self.rejoined = caption, rejoined
        self.texts = texts = tuple([field.text for field in fields])
        self.split, self.traits = split, traits = _analysed(texts, split, rejoined)
        self.labels, self.tail = fields[:split], fields[split:]
        self.item, self.printed = traits.item, traits.printed

    @property
    def name(self) -> str:
        """The row's label as printed, for messages."""
        return " ".join(" ".join(label.text.split()) for label in self.labels if not is_blank(label.text))

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
            rows.append(SourceRow(len(rows), grid, tuple(fields), UNSPLIT, caption))
        grid += 1
    return rows


@lru_cache(maxsize=8192)
def _last_item(text: str) -> str:
    """A label; of several run together in one field, the last item."""
    return text[max((match.start() for match in _ITEM.finditer(text)), default=0) :]


@lru_cache(maxsize=4096)
def _analysed(texts: tuple[str, ...], split: int, rejoined: str) -> tuple[int, Traits]:
    """Where the tail of a row of these texts begins, and its traits; both readings have most rows in common, and
    documents rows of blanks."""
    if split == UNSPLIT:
        split = _split(texts)
    return split, _traits(texts, split, rejoined)


def _traits(texts: tuple[str, ...], split: int, rejoined: str) -> Traits:
    labels, tail = texts[:split], texts[split:]
    item = _last_item(next((label for label in reversed(labels) if nature(label) != "blank"), ""))
    printed = [position for position, figure in enumerate(tail) if nature(figure) != "blank"]
    return Traits(
        item=rejoined or words(item),
        joined=rejoined or words("".join(labels)),
        number=numbering(item),
        fields=max(len(tail), len(tail[printed[0]].split()) if len(printed) == 1 else 0),
        printed=len(printed),
        extent=printed[-1] - printed[0] + 1 if printed else 0,
    )


def _split(texts: tuple[str, ...]) -> int:
    """The index of the first field after the row's last label."""
    split = 0
    for position, text in enumerate(texts):
        kind = nature(text)
        if kind == "words" or kind == "either":
            split = position + 1
        elif kind == "figure":
            return split
    return split or _lone_character(texts)


def _lone_character(texts: Sequence[str]) -> int:
    """Like ``_split`` for a row whose only text is a single Chinese character:
    the end of a label in two lines, or part of one printed downwards."""
    printed = [position for position, text in enumerate(texts) if nature(text) != "blank"]
    is_lone = len(printed) == 1 and "\u4e00" <= squeeze(texts[printed[0]]) <= "\u9fff"
    return printed[0] + 1 if is_lone else 0
