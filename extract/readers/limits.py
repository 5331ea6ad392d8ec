"""How much of a document is read: far more than any report holds, and little
enough that reading and matching end within seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from extract.model import Block, Grid, ReadError

MAX_CELLS = 30_000
"""A report has 300, a collection of a city's reports 20,000."""

MAX_PARAGRAPHS = 200_000
MAX_CHARACTERS = 4_000_000
"""Of paragraphs, or of a text file."""

MAX_TAGS = 1_000_000
"""Of an HTML page or an XML part; a report has 20,000 at most."""

MAX_WRITING = 250_000
"""Pixels of width of all lines on one picture of a page, each made as high as
the recogniser sees it; both readings together. The densest page of a report
has 80,000, which take eight seconds."""


OUT_OF_MEMORY = "内存不足以读取 / there is not enough memory to read the file"

recognition_watchers: list[Callable[[], None]] = []
"""Called before each page that is recognised, which takes seconds of its own:
whoever limits the time that a document may take allows for them here."""


def check(blocks: Iterable[Block]) -> None:
    """ReadError("too_large") if the blocks hold more than the limits."""
    cells = paragraphs = characters = 0
    for block in blocks:
        if isinstance(block, Grid):
            cells += sum(map(len, block.rows))
        else:
            paragraphs += 1
            characters += len(block.text)
    check_count(cells, MAX_CELLS, "格", "cells")
    check_count(paragraphs, MAX_PARAGRAPHS, "段", "paragraphs")
    check_count(characters, MAX_CHARACTERS, "字", "characters")


def check_count(count: int, limit: int, zh: str, en: str) -> None:
    """ReadError("too_large") if there is more of something than its limit."""
    if count > limit:
        raise ReadError("too_large", f"文件过大：超过 {limit} {zh} / too large: more than {limit} {en}")
