"""Breaking Chinese and Latin text into lines of a terminal or a page.

Chinese breaks between any two characters, but not before closing punctuation
nor after opening punctuation (禁则, GB/T 15834 §5.1); Latin words and numbers
stay whole, and a number stays with what it counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 80

_OPENING = "（《〈“‘【〔([＋－＝"
_CLOSING = "）》〉”’】〕)]，。、；：！？,.;:!?%％…"
_ATOM = re.compile(r"\s+|[^\s\u1100-\U0010ffff“”‘’…]+|.", re.DOTALL)


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal (wide characters take two)."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def wrapped(text: str, first: str = "", rest: str = "", size: int = WIDTH) -> list[str]:
    """The text as lines of at most ``size`` columns; ``first`` begins the first line, ``rest`` the others.

    Only what cannot be broken otherwise (a long path) is broken within.
    """
    lines: list[str] = []
    line, empty = first, True
    for piece in (part for unit in _units(text) for part in _cut(unit, size - width(rest))):
        if not empty and width(line + piece.rstrip()) > size:
            lines.append(line.rstrip())
            line, empty = rest, True
            piece = piece.lstrip()
        line += piece
        empty = empty and not piece.strip()
    return [*lines, line.rstrip()]


def _units(text: str) -> Iterator[str]:
    """Pieces that stay on one line, each with the white space before it."""
    unit = ""
    for atom in _ATOM.findall(text):
        together = (
            not unit.strip()
            or unit[-1] in _OPENING
            or atom[0] in _CLOSING
            or (atom[0].isdigit() and not unit[-1].isspace())
        )
        if not together or (atom.isspace() and unit.strip()):
            yield unit
            unit = ""
        unit += " " if atom.isspace() else atom
    if unit:
        yield unit


def _cut(unit: str, size: int) -> Iterator[str]:
    """The unit in parts of at most ``size`` columns."""
    part = ""
    for char in unit:
        if part and width(part + char) > size:
            yield part
            part = ""
        part += char
    yield part
