"""Words for pages: languages, labels of codes, figures as they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer

from extract.forms import CellKey, load_forms
from transform.contracts import load_enums
from transform.typed import number_text
from warehouse.compare import measures_in_words

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Number = Annotated[
    Decimal,
    PlainSerializer(
        lambda value: int(value) if value == value.to_integral_value() else float(value), int | float, when_used="json"
    ),
]
"""A figure, exact as the warehouse has it (DECIMAL); in JSON a number."""

SHANGHAI = timezone(timedelta(hours=8))
"""China has one time zone and no summer time."""

NONE = "–"
"""What is printed where there is no figure."""

# Control characters, marks that turn the direction of writing, and what has no meaning alone.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u3164\ufff9-\ufffb\U000e0000-\U000e007f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """The text with each control character as a sign, so that it neither hides nor turns what stands beside it."""
    return _INVISIBLE.sub(lambda found: chr(0x2400 + ord(found[0])) if ord(found[0]) < 0x20 else "\ufffd", text)


@cache
def labels(enum: str) -> Mapping[str, tuple[str, str]]:
    """Chinese and English label of each code of a closed set; KeyError for a set that is none."""
    return {value.code: (value.label_zh, value.label_en) for value in load_enums()[enum]}


def label(enum: str, code: str | None, language: Language) -> str:
    """A code in words; a dash for none, the code itself where the set does not have it."""
    if code is None:
        return NONE
    pair = labels(enum).get(code)
    return code if pair is None else pair[LANGUAGES.index(language)]


def number(value: Any) -> str:
    """A figure with thousands separators and without trailing zeros; a dash for none."""
    if value is None:
        return NONE
    if isinstance(value, Decimal) and value == (count := int(value)):
        return f"{count:,}"
    whole, dot, rest = number_text(Decimal(str(value))).partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdigit() else whole + dot + rest


def percent(part: Any, whole: Any) -> str:
    """A share in per cent with one decimal; a dash where there is nothing to share."""
    if part is None or not whole:
        return NONE
    return f"{100 * float(part) / float(whole):.1f}%"


def instant(value: datetime | str | None) -> str:
    """An instant (UTC in the warehouse) in Shanghai's time, to the minute."""
    if value is None:
        return NONE
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def measured(name: str, value: float | None, language: Language) -> tuple[str, str]:
    """A measure of the comparison of two builds and its value, in words; one that is not known by its name."""
    known = measures_in_words().get(name)
    if known is None:
        return name, number(value)
    words = known.zh if language == "zh" else known.en
    if value is None or known.kind == "number":
        return words, number(value)
    return words, _share(value, "+" if known.kind == "growth" else "")


def _share(value: float, sign: str) -> str:
    """A share in per cent, with as many decimals as it takes to tell nearly all from all and nearly none from none."""
    for digits in range(2, 9):
        shown = f"{value:{sign}.{digits}%}"
        if abs(value) in (0, 1) or abs(float(shown.rstrip("%"))) not in (0, 100):
            break
    return shown


def day(value: date | None) -> str:
    """A date; a dash for none."""
    return NONE if value is None else value.isoformat()


def size(value: int) -> str:
    """A number of bytes, in KiB or MiB."""
    return f"{value / 2**20:,.1f} MiB" if value >= 2**20 else f"{value / 2**10:,.1f} KiB"


@cache
def cell_label(form: str, key: CellKey, language: Language) -> str:
    """A cell of the form in words: row, then column."""
    table = load_forms()[form].table(key[0])
    row, column = table.row(key[1]), table.column(key[2])
    return f"{row.label_zh}·{column.label_zh}" if language == "zh" else f"{row.label_en} · {column.label_en}"
