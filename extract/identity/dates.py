"""Dates and periods that a document states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from extract.figures import squeeze
from extract.model import Document

FOOT_LINES = 12

_DATE = re.compile(
    r"(20[0-4]\d)\s*[年\-/.]\s*(1[0-2]|0?[1-9])\s*[月\-/.]\s*(3[01]|[12]\d|0?[1-9])(?=[^\d\ufffd]|\d{1,2}:|$)"
)
_PUBLISHED = r"发布日期|发布时间|公开日期|信息日期"
_MADE = r"发文日期|生成日期|成文日期|公文生成日期|产生日期"
_PUBLISHED_LABELS = re.compile(rf"(?:{_PUBLISHED})\s*[:：]?\s*")
_DATE_LABELS = re.compile(rf"(?:{_PUBLISHED}|{_MADE})\s*[:：]?\s*")
_CHINESE_DATE = re.compile(
    r"(二[〇○零O0一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
ANY_DATE = re.compile(rf"{_DATE.pattern}日?|{_CHINESE_DATE.pattern}")
# A date, whole or with figures that the font does not tell.
SIGNED = re.compile(rf"[\d\ufffd]{{4}}[年\-/.][\d\ufffd]{{1,2}}[月\-/.][\d\ufffd]{{1,2}}日?|{_CHINESE_DATE.pattern}")
# The period that a report says it covers; copies lose characters of it (202111日至20211230日).
_PERIOD = re.compile(
    r"(20[0-3]\d)年?0?1月?0?1日?(?:起)?[^。;；\d]{0,6}?"
    r"(?:至|到|-|—|~)(?:(20[0-3]\d)年?|本年|当年|同年)?12月?3[01]日?"
)
_NUMERALS = {"〇": 0, "○": 0, "零": 0, "O": 0, "0": 0} | {n: i for i, n in enumerate("一二三四五六七八九", start=1)}


def stated_periods(text: str) -> list[int]:
    """The years from 1 January to 31 December that a text without white space
    says it covers, in order; a period over several years is none."""
    return [int(match[1]) for match in _PERIOD.finditer(text) if match[2] in (None, match[1])]


def published_on(document: Document, lines: Sequence[str], year: int | None) -> date | None:
    """The publication date that the page states, else the date that signs the
    report. A file's own creation date is no publication date."""
    stated = [document.meta.get("pubdate", ""), *_labelled(lines, _DATE_LABELS)]
    for text in stated:
        found = parse_date(text)
        if found is not None:
            return found
    for line in reversed(lines[-FOOT_LINES:]):
        match = ANY_DATE.search(line)
        if match and len(line) - len(match.group()) <= 30 and (found := parse_date(match.group())):
            return found if year is None or found.year > year else None
    return None


def signed_on(lines: Sequence[str]) -> date | None:
    """The date that stands alone on one of the last lines."""
    for line in reversed(lines[-FOOT_LINES:]):
        match = ANY_DATE.fullmatch(line)
        if match and (found := parse_date(line)):
            return found
    return None


def stated_publications(document: Document, lines: Sequence[str]) -> list[tuple[str, date]]:
    """Every day that the page calls that of its publication, with where it says so."""
    stated = [("PubDate", document.meta.get("pubdate", ""))]
    stated += [("发布日期", text) for text in _labelled(lines, _PUBLISHED_LABELS)]
    return [(place, found) for place, text in stated if (found := parse_date(text))]


def _labelled(lines: Sequence[str], labels: re.Pattern[str]) -> list[str]:
    labelled = (line for line in lines if "日期" in line or "时间" in line)
    return [line[match.end() : match.end() + 20] for line in labelled for match in labels.finditer(line)]


def parse_date(text: str) -> date | None:
    """A date at the beginning of a text, None where none stands there or no such day exists."""
    plain = squeeze(text)
    if match := _DATE.match(plain):
        parts = [int(part) for part in match.groups()]
    elif match := _CHINESE_DATE.match(plain):
        parts = [_chinese_year(match[1]), _chinese_number(match[2]), _chinese_number(match[3])]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _chinese_year(text: str) -> int:
    """二〇二四: 2024."""
    return int("".join(str(_NUMERALS[character]) for character in text))


def _chinese_number(text: str) -> int:
    """十: 10, 二十四: 24; numbers below 100."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS[text] if len(text) == 1 else 0
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)
