"""Contact persons stay out of the tables: their names, telephone numbers and e-mail addresses are masked.

A filing may print whom to call beside its figures, and a sentence or a cell is
kept as printed. What identifies a person is replaced by a mark in brackets;
figures are kept, for a number is taken for a telephone's only by its shape (a
mobile number; an area code before it) or by the word before it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

TELEPHONE, EMAIL, NAME, IDENTITY = "［电话］", "［邮箱］", "［姓名］", "［证件号］"

_SHORTEST = 4
"""Characters below which no text can hold anything to mask (联系人 and a name are more)."""

_HINT = re.compile(
    r"[0-9０-９]{7}|[@＠]|[0-9０-９][-－—–‐\s)）][0-9０-９]{3}|联系人|联络人|联络员|填报人|填表人|制表人|经办人|审核人|负责人|责任编辑|咨询人"
)
_EMAIL = re.compile(r"[\w.+-]+\s?[@＠]\s?[\w-]+(?:\s?[.．]\s?[A-Za-z][\w-]*)+", re.ASCII)
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])")
_DIGIT = r"[0-9０-９]"
_DASH = r"[-－—–‐]"
# A count is followed by its unit; nobody counts 13,800,138,000 applications, but money may be of that size.
_NO_COUNT = r"(?!\s*(?:件|条|个|次|份|元|万|亿|人次|篇|项|%|％))"
_MOBILE = re.compile(rf"(?<![0-9０-９.])[1１][3-9３-９](?:[\s-]?{_DIGIT}){{9}}(?!{_DIGIT}){_NO_COUNT}")
_LANDLINE = re.compile(
    rf"(?<!{_DIGIT})[（(]?[0０]{_DIGIT}{{2,3}}[)）]?\s?(?:{_DASH}{{1,2}}\s?)?{_DIGIT}{{7,8}}(?:{_DASH}{_DIGIT}{{1,6}})?"
    rf"(?!{_DIGIT}){_NO_COUNT}"
)
# Without an area code only the word before tells; the numbers may be several.
_NAMED_NUMBER = re.compile(
    r"((?:电话|传真|手机|热线|联系方式|座机)(?:号码|号)?\s*(?:[:：为是]|\s)*\s*)"
    rf"({_DIGIT}{{3,4}}[\s-]?{_DIGIT}{{4}}(?:{_DASH}{_DIGIT}{{1,6}})?(?:\s*[、，,/／；;]\s*{_DIGIT}{{7,8}})*)(?!{_DIGIT}){_NO_COUNT}"
)
_ROLE = r"(?:联系人|联络人|联络员|填报人|填表人|制表人|经办人|审核人|负责人|责任编辑|咨询人)(?:员)?(?:姓名)?"
_AFTER = (
    r"(?=$|[\s，。；、,;.（(）)/／|［\[0-9０-９]|先生|女士|同志|联系|电话|手机|传真|邮箱|电子|审核|填报|签发|签字|校对)"
)
_NAMED_PERSON = re.compile(rf"({_ROLE}\s*(?:[:：]|为|是)\s*)([\u4e00-\u9fff·]{{2,4}}?){_AFTER}")
# Without a colon only the surname tells a name from the rest of a sentence (联系人制度).
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚钟姜崔谭陆范汪廖"
    "石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文欧"
)
_PERSON_BESIDE = re.compile(
    rf"((?:联系人|联络人|联络员|填报人|填表人|制表人|经办人)(?:\s+|[（(]\s*)?)([{_SURNAMES}][\u4e00-\u9fff·]{{1,3}}?){_AFTER}"
)


# Each pattern, the mark that replaces what it finds, and which group of it that is. What comes first wins.
_MASKS = (
    (_EMAIL, EMAIL, 0),
    (_IDENTITY, IDENTITY, 0),
    (_LANDLINE, TELEPHONE, 0),
    (_MOBILE, TELEPHONE, 0),
    (_NAMED_NUMBER, TELEPHONE, 2),
    (_NAMED_PERSON, NAME, 2),
    (_PERSON_BESIDE, NAME, 2),
)


def masked(text: str) -> str:
    """The text with telephone numbers, e-mail addresses, numbers of identity
    cards, and names after 联系人 and the like replaced by marks."""
    if len(text) <= _SHORTEST or not _HINT.search(text):
        return text
    for pattern, mark, group in _MASKS:
        text = pattern.sub(rf"\1{mark}" if group else mark, text)
    return text


def masked_spans(text: str) -> list[tuple[int, int, str]]:
    """What ``masked`` replaces: where each piece begins and ends in the text, and its mark; in order."""
    if len(text) <= _SHORTEST or not _HINT.search(text):
        return []
    found: dict[int, tuple[int, int, str]] = {}
    # Later patterns look at the marks of earlier ones: the text is changed as ``masked`` changes it. For each of its
    # characters the place in the text as given is known, for those of a mark that of what it stands for.
    places = [(place, place + 1) for place in range(len(text))]
    for pattern, mark, group in _MASKS:
        parts: list[str] = []
        moved: list[tuple[int, int]] = []
        last = 0
        for match in pattern.finditer(text):
            start, end = match.span(group)
            piece = places[start][0], places[end - 1][1]
            found[piece[0]] = (*piece, mark)
            parts += (text[last:start], mark)
            moved += [*places[last:start], *[piece] * len(mark)]
            last = end
        if parts:
            text, places = "".join(parts) + text[last:], moved + places[last:]
    return sorted(found.values())


def masked_or_none(text: str | None) -> str | None:
    """``masked`` for a text that may be lacking."""
    return None if text is None else masked(text)


def is_contact(value: Any, sentence: str) -> bool:
    """Whether a number of the sentence stands only in what is masked there."""
    digits = format(abs(Decimal(str(value))), "f")
    plain = sentence.translate(_PLAIN)
    return digits in plain and digits not in masked(sentence).translate(_PLAIN)


_PLAIN = {**{ord("０") + n: str(n) for n in range(10)}, ord(","): None, ord("，"): None, ord("-"): None, ord(" "): None}
