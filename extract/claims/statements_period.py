"""The period that a report's figures cover, as it states it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from extract.claims.model import Said, Statement
from extract.claims.statements_words import load_words

_NUMERAL = "〇○零一二三四五六七八九十"
_RELATIVE = "(?:本年度?|当年|同年|今年)"


def _day_pattern(side: str) -> str:
    """A day as printed, with whatever a slip of the pen may have made of it."""
    number = rf"\d{{1,3}}|[{_NUMERAL}]{{1,3}}"
    return (
        rf"(?:(?:(?P<{side}year>\d{{2,7}}|[{_NUMERAL}]{{4}})[年./-]|{_RELATIVE}))?"
        rf"(?P<{side}month>{number})(?:月(?:(?P<{side}day>{number})[日号]{{0,2}})?|[./-](?P<{side}day_>{number})日?)"
    )


_TO = r"(?:零时|\d{1,2}时|\d{1,2}:\d\d|起|开始|止|,|，){0,3}(?:截至到|截止到|截至|截止|至|到|-{1,2}|—{1,2}|–|~|～|_)"
_DAMAGED = r"20\d{4,9}日?"  # 202111日: characters were lost
_SPAN = re.compile(rf"(?:{_day_pattern('first_')}|{_DAMAGED}){_TO}(?:{_day_pattern('last_')}|{_DAMAGED})")
# What stands between two days, before the second: to look for it first spares most sentences the long pattern.
_JOINT = re.compile(rf"[至到止\-—–~～_][\d{_NUMERAL}本当同今]")
_UNTIL = re.compile(rf"(?:截至|截止(?:日期|时间)(?:为|是|:)|截止到?|止于){_day_pattern('last_')}")
_WHOLE = re.compile(r"(?P<year>20\d\d)年?(?:度)?(?:全年|整年|自然年)")
_REACH = 40  # characters between the cue and the dates
_UNTIL_CUE = re.compile(r"统计|所列数据|数据|年度报告|本报告")
_STATISTICS = re.compile(r"统计(?:期|时)")
_ENDS = re.compile(r"止|。|;|\)")
_NAMED_AFTER = re.compile(r"期限|统计|政府信息公开工作年度报告")
_CHINESE = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}


def periods(said: Said, text: str) -> Iterator[Statement]:
    """The period that a normalised sentence states; None for a day that is not
    stated or does not exist (202020年12月31日, 2月30日)."""
    span = _SPAN.search(text) if _JOINT.search(text) else None
    until, whole = _UNTIL.search(text), _WHOLE.search(text)
    if span is not None:
        year = _year(span, "first_")
        if _is_about(text, span.start(), span.end()) and (year or span["first_year"] or not span["first_month"]):
            yield _period(said, _day(span, "first_", None), _day(span, "last_", year))
    elif until is not None and until["last_year"]:
        told = _UNTIL_CUE.search(text, max(0, until.start() - 12), until.start())
        if told and not load_words().period_foreign.search(text, max(0, until.start() - _REACH), until.end() + 12):
            yield _period(said, None, _day(until, "last_", None))
    elif whole is not None and _STATISTICS.search(text, 0, whole.start()):
        year = int(whole["year"])
        yield _period(said, date(year, 1, 1), date(year, 12, 31))


def _period(said: Said, first: date | None, last: date | None) -> Statement:
    return Statement("period", said.text, said.scope, first_day=first, last_day=last)


def _is_about(text: str, start: int, end: int) -> bool:
    """Whether a span of days is the report's, not something else's."""
    words = load_words()
    before, after = text[max(0, start - _REACH) : start], text[end : end + 12]
    if words.period_foreign.search(before):
        return False
    if words.period_foreign.search(after) and not _ENDS.match(after):
        return False
    return words.period_cue.search(before) is not None or _NAMED_AFTER.search(after) is not None


def _year(match: re.Match[str], side: str) -> int | None:
    """The year of one side; None where none is printed, or none that can be."""
    printed = match[f"{side}year"]
    if printed is None:
        return None
    if printed[0] in _CHINESE:
        digits = [_CHINESE.get(character) for character in printed]
        return None if None in digits else int("".join(map(str, digits)))
    return int(printed) if printed.isdecimal() and len(printed) == 4 else None


def _day(match: re.Match[str], side: str, year: int | None) -> date | None:
    """The day of one side; ``year``: that of a side without a year of its own."""
    if match[f"{side}month"] is None:
        return None
    if match[f"{side}year"] is not None:
        year = _year(match, side)
    if year is None:
        return None
    month, printed = _number(match[f"{side}month"]), match[f"{side}day"] or match[f"{side}day_"]
    day = _number(printed) if printed else 1 if side == "first_" else _last_of(year, month)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_of(year: int, month: int) -> int:
    """The last day of a month; 0 for a month that does not exist."""
    if not 1 <= month <= 12:
        return 0
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1).day


def _number(text: str) -> int:
    """12 and 十二: 12; 0 for what is no number below 100."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _CHINESE.get(text, 0) if len(text) == 1 else 0
    return 10 * (_CHINESE.get(tens, 0) if tens else 1) + (_CHINESE.get(ones, 0) if ones else 0)
