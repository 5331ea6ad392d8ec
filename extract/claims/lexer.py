"""A sentence as words that tell something, numbers and punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from extract.claims.vocabulary import load_vocabulary
from extract.figures import nfkc

NUMBER = "number"
YEAR = "year"
STOP = ";"
"""Kind of what ends a train of thought: a semicolon, an enumerator (1. （二） 一是)."""
COMMA = ","
"""Kind of what ends a clause: a comma, a colon."""
LIST = "、"
OPEN, CLOSE = "(", ")"

_DROPPED = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u00ad“”‘’\"'「」『』]+")
_MARKS = re.compile(r"[\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u24ff\u2776-\u2793]")
_BOOK = re.compile(r"《[^《》]{0,120}》|<[^<>]{0,120}>")
_UNIT_NOTE = re.compile(r"(?<=[件起次宗条份])\([件起次宗条份]\)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_MAX_DIGITS = 12
_WHOLE_YEAR = re.compile(r"(?:^|年)0?1月?(?:1日)?(?:份)?起?[-—~至到](?:20\d\d年)?12月(?!\d)(?!(?:[12]?\d|30)日)")


@dataclass(slots=True)
class Token:
    """A piece of a sentence. ``start`` and ``end`` are its place in the
    normalised text; ``value`` and ``unit`` are set for numbers."""

    kind: str
    code: str
    start: int
    end: int
    value: Decimal = Decimal(0)
    unit: str = ""
    near: bool = False  # 余, 多, 左右: an approximate number

    def moved(self, place: int) -> Token:
        """A copy that stands, without any width, at ``place``."""
        return Token(self.kind, self.code, place, place, self.value, self.unit, self.near)


@lru_cache(maxsize=64)
def normalise(text: str) -> str:
    """The text without white space, quotation marks and book titles, in NFKC
    form but for the full-width comma, which never stands inside a number.

    Its figures and its statements are read from a sentence one after the other: few results are kept, no document's.
    """
    if _MARKS.search(text):
        text = _MARKS.sub(lambda mark: ";" if mark.group() >= "\u2460" else "", text)
    text = nfkc(text.replace("，", "\ue000"))
    text = _DROPPED.sub("", text).replace("\ue000", "，")
    if "《" in text or "<" in text:
        text = _BOOK.sub("□", text)
    return _UNIT_NOTE.sub("", text)


def tokenise(text: str, year: int | None) -> list[Token]:
    """The tokens of a normalised sentence of a report about ``year``."""
    vocabulary = load_vocabulary()
    words, longest = vocabulary.words, vocabulary.longest
    search = _pattern().search
    tokens: list[Token] = []
    place = 0
    while (match := search(text, place)) is not None:
        start, place = match.span()
        group = match.lastgroup
        if group == "word":
            end = longest(text, start)
            if end == start:
                place = start + 1
            else:
                kind, code = words[text[start:end]]
                tokens.append(Token(kind, code, start, end))
                place = end
        elif group == "delimiter":
            character = text[start]
            tokens.append(Token(COMMA if character in "，:" else character, character, start, place))
        elif group == "number" or group == "chinese":
            token = _number(match)
            if token is not None:
                tokens.append(token)
        elif group == "year":
            tokens.append(Token(YEAR, match["year"][:4], start, place))
        elif group == "months":
            if not _WHOLE_YEAR.search(match.group()):
                tokens.append(Token("time", "part", start, place))
        elif group == "enumerator":
            tokens.append(Token(STOP, "", start, place))
        elif group != "date":
            tokens.append(Token("carry", _carry(match, year), start, place))
    return tokens


def counts(text: str) -> list[Decimal]:
    """The numbers with a unit that a sentence, as filed, states in digits."""
    return [Decimal(match["digits"].replace(",", "") + (match["fraction"] or "")) for match in _count().finditer(text)]


def _carry(match: re.Match[str], year: int | None) -> str:
    """2022年结转, 结转2022年 → in and 结转2024年 → out, in a report about 2023."""
    if year is None:
        return "either"
    digits = re.search(r"\d{4}", match.group())
    stated = int(digits.group()) if digits else year
    if stated == year:
        return "either" if match["from_year"] else "in"
    return "in" if stated < year else "out"


def _number(match: re.Match[str]) -> Token | None:
    """A number with its unit; None for numbers that count nothing (a document's
    number, a share, an article of a law)."""
    start, end = match.span()
    if match["chinese"]:
        if match["zero"]:
            return Token(NUMBER, "", start, end)
        return Token(NUMBER, "chinese", start, end, _chinese(match["numeral"]), match["chinese_unit"])
    before = match.string[start - 1] if start else ""
    if before and (before == "第" or (before.isascii() and (before.isalnum() or before in "-/.@_"))):
        return None
    unit = match["unit"] or ""
    if not unit and match.string[end : end + 1] in _NO_COUNT:
        return None
    digits = match["digits"].replace(",", "")
    if len(digits) > _MAX_DIGITS:
        return None
    malformed = "," in match["digits"] and not _GROUPED.fullmatch(match["digits"])
    value = Decimal(digits + (match["fraction"] or ""))
    return Token(
        NUMBER, "malformed" if malformed else "", start, end, value, unit, near=bool(match["more"] or match["around"])
    )


_NO_COUNT = frozenset("%‰年月日号时分天小路幢楼室层级类度届代万亿千百倍-/:@_后周岁版")


def _chinese(numeral: str) -> Decimal:
    """十二 → 12, 一百零五 → 105, 二〇二四 → 2024."""
    if not any(character in _POWERS for character in numeral):
        return Decimal("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _POWERS:
            total += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return Decimal(total + digit)


def _units() -> str:
    """A pattern for units, the longest first; not where they begin another word."""
    vocabulary = load_vocabulary()
    units = sorted({*vocabulary.count_units, *vocabulary.other_units, *vocabulary.money_units}, key=len, reverse=True)
    unlike = vocabulary.unlike
    return "|".join(re.escape(unit) + (f"(?!{unlike[unit]})" if unit in unlike else "") for unit in units)


@cache
def _count() -> re.Pattern[str]:
    return re.compile(
        # It begins with a digit, for which a text is searched fastest.
        rf"(?P<digits>\d(?<![\d第A-Za-z\-/.@_]\d)(?:\d{{0,2}}(?:,\d{{3}})+|\d{{0,{_MAX_DIGITS - 1}}})(?!\d))"
        rf"(?P<fraction>\.\d{{1,9}})?\s?[余多几]?\s?(?:{_units()})"
    )


@cache
def _pattern() -> re.Pattern[str]:
    """What tokens begin with."""
    vocabulary = load_vocabulary()
    unit = _units()
    numeral = "零〇一二两三四五六七八九十百千"
    first = "".join(sorted({re.escape(word[0]) for word in vocabulary.words}))
    return re.compile(
        rf"(?=[{first}{numeral}\d,，;:()、])(?:(?P<to_year>(?:结转|转结|顺延|延续|延期|转|延)(?:至|到|入)?20\d\d年度?)"
        rf"|(?P<from_year>20\d\d年度?(?:末|底)?(?:结转|转结|转入|接转|遗留|未办结|尚未办结))"
        rf"|(?P<months>(?:20\d\d年)?(?<!\d)\d{{1,2}}月?份?[-—~至到](?:20\d\d年)?\d{{1,2}}月(?:份|底|末)?(?!\d))"
        rf"|(?P<date>(?:20\d\d年)?\d{{1,2}}月(?:\d{{1,2}}日|份)?|20\d\d[-./]\d{{1,2}}[-./]\d{{1,2}})"
        rf"|(?P<year>20\d\d年度?)"
        rf"|(?P<enumerator>(?<![^,，;:()、])\d{{1,2}}[.、](?!\d)|\((?:\d{{1,2}}|[{numeral}]{{1,3}})\)|[{numeral}]是)"
        rf"|(?P<number>(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?![\d,])|\d{{1,3}}(?:,\d{{1,3}})+(?=[件条份例起宗次])|\d+)(?P<fraction>\.\d+)?(?P<more>[余多几])?"
        rf"(?P<unit>{unit})?(?P<around>左右|以上|以内|以下|余|多)?)"
        rf"|(?P<chinese>(?<![第每逐同另上下这某任单{numeral}])(?P<numeral>[{numeral}]{{1,9}})"
        rf"(?P<chinese_unit>[件条份例起宗次封项])(?!性|事(?!项)|例|诉|目)|(?P<zero>(?<=[为是])零(?![\u4e00-\u9fff])))"
        rf"|(?P<word>{vocabulary.starts})"
        rf"|(?P<delimiter>[,，;:()、]))"
    )
