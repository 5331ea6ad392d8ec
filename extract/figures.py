"""Reading the text of one cell as a figure.

Only what is printed counts: a blank is not a zero, a dash is no number, and
what cannot be read as one number is `unreadable`, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from extract.forms import Kind

Status = Literal["reported", "blank", "not_applicable", "unreadable", "missing"]

_LONGEST_KEPT = 60  # characters; labels come again and again, sentences do not
_SPACE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u00ad]+")
_BLANK = re.compile(rf"(?:{_SPACE.pattern})?")
_UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")  # what ``_SPACE`` holds beside white space
_WIDE = tuple((wide, unicodedata.normalize("NFKC", wide)) for wide in "，：；（）！？％．\u3000\xa0")
_DASHES = frozenset("-—–―‐‑‒─━−－/／\\＼_~～")
_ABSENT_WORDS = frozenset({"无", "暂无", "不适用", "无此项"})
_NUMBER = re.compile(
    r"(?P<sign>[-−－—–+]|减少?|增加?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?P<fraction>\.\d{1,15})?"  # longer ones count nothing
    r"(?P<unit>[百千]?万元|[百千亿]?元|件|条|个|项|次|份|宗|起)?"
    r"(?P<note>\(.*\))?"
)
_UNIT_IN_10K = {
    "元": Decimal("0.0001"),
    "百元": Decimal("0.01"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿元": Decimal(10000),
}
_MONEY_UNIT = re.compile(r"[百千]?万元|[百千亿]?元")


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell's text read as a figure; ``value`` is None unless ``status`` is
    "reported". ``unit`` is the unit of money that the cell itself states."""

    status: Status
    value: Decimal | None = None
    unit: str | None = None
    spaced: bool = False  # digits stood apart; they were read as one number


def squeeze(text: str) -> str:
    """NFKC form without any white space: full-width digits and brackets become
    plain, compatibility characters (⼆, ⾏) become the usual ones."""
    if text.isascii():
        return text if text.isalnum() else "".join(text.split())
    return _squeezed(text) if len(text) <= _LONGEST_KEPT else _squeezed.__wrapped__(text)


@lru_cache(maxsize=16384)
def _squeezed(text: str) -> str:
    bare = "".join(nfkc(text).split())
    for character in () if bare.isprintable() else _UNSEEN:
        bare = bare.replace(character, "")
    return bare


def nfkc(text: str) -> str:
    """The NFKC form of a text.

    Nearly every Chinese sentence holds some full-width mark, for which the
    library composes all of it anew; without them it sees at once that there is
    nothing to do, in a twentieth of the time.
    """
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    return unicodedata.normalize("NFKC", text)


def is_blank(text: str) -> bool:
    """Whether nothing is left of the text when it is squeezed."""
    return not text.isalnum() and _BLANK.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def parse_figure(text: str, kind: Kind = "count", unit: str | None = None) -> Figure:
    """Reads the printed text of one cell.

    ``unit`` is the unit of money that the column's heading states (元, 万元,
    亿元) or None; amounts are returned in 万元. Where neither the cell nor the
    heading states a unit, the number stands as printed.
    """
    plain = squeeze(_mark_notes(text))
    if not plain:
        return Figure("blank")
    if all(character in _DASHES for character in plain) or plain in _ABSENT_WORDS:
        return Figure("not_applicable")
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return Figure("unreadable")
    value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
    if match["sign"] and match["sign"] not in ("+", "增", "增加"):
        value = -value
    own_unit = match["unit"] if match["unit"] in _UNIT_IN_10K else None
    if kind == "amount":
        factor = _UNIT_IN_10K.get(own_unit or unit or "万元", Decimal(1))
        value = value * factor
    spaced = re.search(r"\d\s+\d", unicodedata.normalize("NFKC", text.strip())) is not None
    return Figure("reported", value, own_unit, spaced)


def _mark_notes(text: str) -> str:
    """Superscripts and circled numbers are marks of notes, not digits, though
    NFKC would make them digits (22² is 22 with a note, not 222)."""
    if text.isascii():
        return text
    return "".join("(*)" if unicodedata.category(character) == "No" else character for character in text)


def money_unit(heading: str) -> str | None:
    """The unit of money that a column heading states, e.g. 收费金额（单位：万元）;
    None where it states none, or several (万元/元)."""
    units = set(_MONEY_UNIT.findall(squeeze(heading)))
    return units.pop() if len(units) == 1 else None


def looks_like_figure(text: str) -> bool:
    """Whether a cell's text can stand in a figure's place: a number, a dash, or nothing."""
    return parse_figure(text).status != "unreadable"


def json_number(value: Decimal | None) -> int | float | None:
    """The number for JSON: whole numbers as int, others as the nearest float."""
    if not value:
        return None if value is None else 0  # most figures are zero
    whole = int(value)
    return whole if whole == value else float(value)
