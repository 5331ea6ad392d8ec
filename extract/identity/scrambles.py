"""Copies that are spoilt: advertising in place of words, letters put between
characters, the traditional script mixed in, characters left out of dates.

Such copies of reports stand on many sites that are no government's; what
they spoil in words they may spoil in figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from extract.matching.result import Remark
from extract.model import ReadError
from extract.paths import DATA

SCRAMBLES = DATA / "scrambles.yaml"
RULE = "text_damaged"

_LETTER = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_LETTERS = re.compile(
    # It begins with a set of characters, for which a text is searched fastest.
    rf"[({_LETTER}](?<=[\u4e00-\u9fff].)(?:(?<=[(])[{_LETTER}]{{1,6}}|(?<![(])[{_LETTER}]{{0,5}})[)]?(?=[\u4e00-\u9fff])"
)
_CUT_DATE = re.compile(r"20[0-3]\d{1,3}日[至到](?:20[0-3])?\d{2,5}日|20[0-3]\d年?1月1日?[至到]20[0-3]\d1231日?")


def damage(text: str) -> list[Remark]:
    """A remark where a text (without white space) is spoilt. Raises
    ReadError("not_a_filing") where it is spoilt so much that nothing in it can be relied on."""
    rules = _rules()
    advertises = _any_of(tuple(rules["advertising"])).search(text)
    words = {word: text.count(word) for word in rules["advertising"] if word in text} if advertises else {}
    letters = _LETTERS.findall(text)
    advertised, inserted = sum(words.values()), len(letters)
    dense = inserted >= rules["refused_letters"] and inserted * rules["refused_share"] >= len(text)
    if advertised >= rules["refused_advertising"] or dense:
        raise ReadError(
            "not_a_filing",
            "文字被篡改的镜像副本（" + _examples([*words, *letters]) + "），数字不可信，请读政府网站的原文 / "
            "a spoilt copy of a page; its figures cannot be relied on, read the original on the government's site",
        )
    found = list(_found(text, words, letters, rules))
    if not found:
        return []
    zh, en = "；".join(zh for zh, _ in found), "; ".join(en for _, en in found)
    return [
        Remark(
            RULE, "warning", "extraction", "text",
            f"文字有被改动或缺损的痕迹：{zh}。数字可能同样受损，请与原文核对。",
            f"The text bears marks of tampering or loss: {en}. Figures may be damaged as well; compare the original.",
        )
    ]  # fmt: skip


def _found(
    text: str, words: dict[str, int], letters: list[str], rules: dict[str, Any]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    if words:
        yield f"夹有广告词“{_examples(list(words))}”", f"words of advertising ({_examples(list(words))})"
    if len(letters) > rules["tolerated_letters"]:
        yield f"汉字间夹有字母“{_examples(letters)}”", f"letters between characters ({_examples(letters)})"
    strange = [character for character in rules["traditional"] if character in text]
    if sum(map(text.count, strange)) > rules["tolerated_traditional"]:
        yield f"夹有繁体字“{_examples(strange)}”", f"traditional characters ({_examples(strange)})"
    broken = _broken(rules["broken_phrases"]).findall(text)
    if len(broken) > rules["tolerated_broken"]:
        yield f"固定用语缺字“{_examples(broken)}”", f"set phrases that lost characters ({_examples(broken)})"
    if cut := _CUT_DATE.search(text):
        yield f"日期缺字“{cut.group()}”", f"a date that lost characters ({cut.group()})"


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


@cache
def _broken(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _examples(found: list[str]) -> str:
    return "、".join(list(dict.fromkeys(found))[:3])


@cache
def _rules() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(SCRAMBLES.read_text("utf-8"), Loader=loader))
