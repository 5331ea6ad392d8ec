"""Plain-text tables in which Chinese and Latin text line up."""

from __future__ import annotations

import os
from collections.abc import Sequence

from expectations.wrapping import width


def legible(name: str) -> str:
    """A file name that can be printed and stored. Names that are not UTF-8,
    as archives made on Chinese Windows leave them, are read as GB18030."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] = ()) -> str:
    """Head and rows as aligned columns; ``right`` says which are aligned to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(head))]
    rule = "  ".join("─" * size for size in widths)
    sides = [*right, *[False] * (len(head) - len(right))]
    shown = ["  ".join(map(_pad, line, widths, sides)) for line in lines]
    return "\n".join(line.rstrip() for line in (shown[0], rule, *shown[1:]))


def _pad(text: str, size: int, right: bool) -> str:
    space = " " * (size - width(text))
    return space + text if right else text + space
