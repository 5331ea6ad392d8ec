"""Contact persons stay out of the tables: their names, telephone numbers and e-mail addresses are masked.

A filing may print whom to call beside its figures, and a sentence or a cell is
kept as printed. What identifies a person is replaced by a mark in brackets;
figures are kept, for a number is taken for a telephone's only by its shape (a
mobile number; an area code before it) or by the word before it.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

TELEPHONE, EMAIL, NAME, IDENTITY, ACCOUNT = "［电话］", "［邮箱］", "［姓名］", "［证件号］", "［账号］"

_SHORTEST = 4
"""Characters below which no text can hold anything to mask (联系人 and a name are more)."""


def _spaced(*labels: str) -> str:
    """Any of the labels, also with spaces between its characters (联 系 人)."""
    return "(?:" + "|".join(r"\s{0,4}".join(label) for label in labels) + ")"


_PERSONS = (
    "联系人", "联络人", "联络员", "填报人", "填表人", "制表人", "经办人", "审核人", "负责人", "责任编辑", "咨询人",
    "签发人", "撰稿人", "拟稿人", "核稿人", "校对人", "复核人", "承办人",
)  # fmt: skip
_TASKS = ("签发", "撰稿", "拟稿", "核稿", "校对", "审核", "复核", "制表", "填表", "填报", "承办", "编辑")
_HINT = re.compile(
    r"[0-9０-９]{7}|[@＠]|[0-9０-９][-－—–‐\s)）][0-9０-９]{3}|QQ|qq|微信|"
    rf"{_spaced(*_PERSONS)}|{_spaced(*_TASKS)}\s*[:：]"
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
_CALLED = rf"{_DIGIT}{{3,4}}[\s-]?{_DIGIT}{{4}}(?:{_DASH}{_DIGIT}{{1,6}})?(?:\s*[、，,/／；;]\s*{_DIGIT}{{7,8}})*"
_NAMED_NUMBER = re.compile(
    rf"((?:{_spaced('电话', '传真', '手机', '热线', '座机')}|联系方式)(?:号码|号)?\s*(?:[:：为是]|\s)*\s*"
    rf"|(?<![A-Za-z])(?:[Tt][Ee][Ll]|[Ff][Aa][Xx]|[Pp]hone|[Mm]obile)\s*[.:：]\s*)({_CALLED})(?!{_DIGIT}){_NO_COUNT}"
)
# Beside a name that was masked; the day on which it was written stays.
_BARE_NUMBER = re.compile(
    rf"({NAME}(?:先生|女士|同志)?[\s，,、：:/／（(]*)(?!(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?!{_DIGIT}))"
    rf"({_CALLED})(?!{_DIGIT}){_NO_COUNT}"
)
# Nobody counts ten million messages by QQ, but 12,345 some do: short numbers only where they are said to be one's.
_QQ = re.compile(
    rf"((?:QQ|qq)(?:(?:群号|号码|号)\s*[:：为是]?\s*(?={_DIGIT}{{5}})|群?\s*[:：]\s*(?={_DIGIT}{{7}})))"
    rf"({_DIGIT}{{5,11}})(?!{_DIGIT}){_NO_COUNT}"
)
_WECHAT = re.compile(r"(微信(?:号码?)?\s*[:：]\s*)([A-Za-z][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_@-])")
_ROLE = rf"{_spaced(*_PERSONS)}(?:员)?(?:姓名)?"
_AFTER = (
    r"(?=$|[\s，。；、,;.（(）)/／|［\[0-9０-９]|先生|女士|同志|联系|电话|手机|传真|邮箱|电子|审核|填报|"
    r"签发|签字|校对|撰稿|核稿|拟稿|QQ|微信|Tel|TEL)"
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

# 审核：and the like are followed by a name where a surname begins it; two of one role may stand side by side.
_DOING = re.compile(rf"({_spaced(*_TASKS)}\s*[:：]\s*)([{_SURNAMES}][\u4e00-\u9fff·]{{1,2}}?){_AFTER}")
_NEXT_PERSON = re.compile(rf"({NAME}\s*[、/／]\s*)([{_SURNAMES}][\u4e00-\u9fff·]{{1,2}}?){_AFTER}")


# Each pattern, the mark that replaces what it finds, and which group of it that is. What comes first wins.
_OF_PERSONS = (
    (_NAMED_PERSON, NAME, 2),
    (_PERSON_BESIDE, NAME, 2),
    (_DOING, NAME, 2),
    (_NEXT_PERSON, NAME, 2),
)
_MASKS = (
    (_EMAIL, EMAIL, 0),
    (_IDENTITY, IDENTITY, 0),
    (_LANDLINE, TELEPHONE, 0),
    (_MOBILE, TELEPHONE, 0),
    (_NAMED_NUMBER, TELEPHONE, 2),
    (_QQ, ACCOUNT, 2),
    (_WECHAT, ACCOUNT, 2),
    *_OF_PERSONS,
    (_BARE_NUMBER, TELEPHONE, 2),
)


def masked(text: str) -> str:
    """The text with telephone numbers, e-mail addresses, numbers of identity
    cards, accounts, and names after 联系人 and the like replaced by marks."""
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


def _without_persons(text: str) -> str:
    for pattern, mark, _ in _OF_PERSONS:
        text = pattern.sub(rf"\1{mark}", text)
    return text


def masked_or_none(text: str | None) -> str | None:
    """``masked`` for a text that may be lacking."""
    return None if text is None else masked(text)


_ADDRESS_HINT = re.compile(r"[@＠]|[1１][3-9３-９][0-9０-９]{9}|电话|手机|联系|联络|填报|填表|制表|经办|审核|负责|咨询")
# Of the ends of domains only these are certain: a name may well end in @2x.png or @2023.pdf.
_ADDRESS_EMAIL = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9][\w.+-]*[@＠](?:[A-Za-z0-9-]+\.)+(?:com|cn|net|org)(?![A-Za-z0-9])", re.ASCII
)
_HOST = re.compile(r"(?:[A-Z]+ )?[a-z]+://[^/?#]*")
_CALLED_LANDLINE = re.compile(rf"((?:电话|传真|座机)\s*[:：]?\s*){_LANDLINE.pattern}")
_ADDRESS_MOBILE = re.compile(r"(?<![0-9A-Za-z.])1[3-9][0-9]{9}(?![0-9A-Za-z])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def masked_address(address: str) -> str:
    """An address or name of a file, with what is certainly a contact replaced by marks.

    Numbers in addresses are mostly identifiers: one is taken for a mobile number
    only in a name with Chinese words, or of a local file. A mark carries four
    digits of the whole address's hash: two addresses that differ in it stay
    apart. An address without contacts is returned as it is; else percent
    encoding is undone, for it leads nowhere any more.
    """
    plain = _decoded(address)
    if plain is None or not _ADDRESS_HINT.search(plain):
        return address
    is_local = "://" not in plain
    host = _HOST.match(plain)
    start = host.end() if host else 0
    parts = re.split(r"([/?&=#!])", plain[start:])
    found = plain[:start] + "".join(_masked_name(part, is_local) for part in parts)
    if found == plain:
        return address
    mark = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:4]
    for kind in (TELEPHONE, EMAIL, NAME, IDENTITY, ACCOUNT):
        found = found.replace(kind, f"{kind[:-1]} {mark}{kind[-1]}")
    return found


def _decoded(address: str) -> str | None:
    """The address without percent encoding; None where it encodes no UTF-8."""
    if "%" not in address:
        return address
    try:
        return unquote_to_bytes(address).decode("utf-8")
    except UnicodeError:
        return None


def _masked_name(name: str, is_local: bool) -> str:
    has_words = _CHINESE.search(name) is not None
    name = _ADDRESS_EMAIL.sub(EMAIL, name)
    if is_local or has_words:
        name = _ADDRESS_MOBILE.sub(TELEPHONE, name)
    if not has_words:
        return name
    name = name.replace("_", _GAP)
    name = _NAMED_NUMBER.sub(rf"\1{TELEPHONE}", _CALLED_LANDLINE.sub(rf"\1{TELEPHONE}", name))
    return _BARE_NUMBER.sub(rf"\1{TELEPHONE}", _without_persons(name)).replace(_GAP, "_")


_GAP = "\x1f"
"""In the place of an underscore: a space to regular expressions, and in no name."""


def is_contact(value: Any, sentence: str) -> bool:
    """Whether a number of the sentence stands only in what is masked there."""
    digits = format(abs(Decimal(str(value))), "f")
    plain = sentence.translate(_PLAIN)
    return digits in plain and digits not in masked(sentence).translate(_PLAIN)


_PLAIN = {**{ord("０") + n: str(n) for n in range(10)}, ord(","): None, ord("，"): None, ord("-"): None, ord(" "): None}
