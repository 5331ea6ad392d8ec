"""The prose of a filing as one text, and that text without all that differs
between two filings which say the same: figures, dates, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from extract.claims.prose import Sentence
from extract.forms import load_forms
from extract.masthead import Masthead
from extract.sketch import sketch

MAX_CHARACTERS = 60_000
"""What is longer is cut: no filing's prose is, and it bounds what a document can cost."""

_SENTENCE = re.compile(r"[，,。；;！？!?]")
# Page furniture that has the punctuation of sentences.
_FURNITURE = re.compile(
    r"版权所有|ICP备|公网安备|备案号|建议使用|浏览器|您(?:当前|现在)?的?位置|上一篇|下一篇|打印本页|扫一扫|主办单位|承办单位"
)
_TELEPHONE = re.compile(
    # It begins with a set of characters, for which a text is searched fastest.
    r"[(（\d](?<![\d.].)(?:(?:(?<=[(（])0|(?<=0))\d{2,3}[)）]?[-—－\s]{0,2}\d{7,8}|(?<=1)[3-9]\d{9}"
    r"|(?<=\d)\d{6,7}(?=[^\d.件条元万人次年份%％]|$))(?!\d)"
)
_E_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_MASK = "＊"

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SELF = re.compile(
    r"[本我全各年](?:(?<=年)度?(?:月(?:日)?)?"
    r"|(?<!年)(?:省|市|区|县|州|旗|盟|镇|乡|街道|街|局|委|办|厅|院|署|队|中心|园区|机关|单位|部门|开发区|新区|地区|系统))"
)
_ADMINISTRATIVE = "省市区县州旗盟"
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,7}?(?:自治[区州县]|[省市区县州旗盟])")


def narrative(said: Iterable[Sentence], masthead: Masthead) -> dict[str, Any] | None:
    """The prose of a filing: ``text`` as filed, telephone numbers and e-mail
    addresses masked, ``characters`` and ``sketch`` of it as compared (see
    ``normalised``). None where the document has no prose."""
    text = _masked("\n".join(_paragraphs(said))[:MAX_CHARACTERS])
    if not text:
        return None
    compared = normalised(text, _names(masthead))
    return {"characters": len(compared), "sketch": sketch(compared), "text": text}


def normalised(text: str, names: Iterable[str] = ()) -> str:
    """The Chinese characters of a text without ``names``, the words by which a
    filer names itself, dates and the form's own wording; nothing else differs
    where one text was made from another by filling in."""
    bare = "".join(_HAN.findall(text))
    for name in (*_wording(), *names):
        bare = bare.replace(name, "")
    return _SELF.sub("", bare)


def _paragraphs(said: Iterable[Sentence]) -> Iterator[str]:
    """The paragraphs of the prose; lines without a sentence are headings, labels or navigation."""
    held: list[str] = []
    for sentence in said:
        if sentence.first and held:
            yield "".join(held)
            held = []
        if sentence.prose and _SENTENCE.search(sentence.text) and not _FURNITURE.search(sentence.text):
            held.append(sentence.text)
    if held:
        yield "".join(held)


def _masked(text: str) -> str:
    """The text without what reaches a person: digits of telephone numbers, e-mail addresses."""
    if "@" in text:
        text = _E_MAIL.sub(_MASK * 3, text)
    return _TELEPHONE.sub(_MASK * 3, text)


def _names(masthead: Masthead) -> list[str]:
    """The names of the filer and of its places, long ones first, also without 省, 市, 县."""
    region = masthead.region
    places = [name for name in (region.province, region.prefecture, region.county) if name] if region else []
    agencies = [name for name in (masthead.agency, masthead.agency_as_filed) if name]
    places += [place for agency in agencies for place in _PLACE.findall(agency)]
    names = {*places, *agencies, *(place[:-1] for place in places if len(place) > 2 and place[-1] in _ADMINISTRATIVE)}
    for agency in agencies:
        bare = agency
        for place in places:
            bare = bare.removeprefix(place)
        names.add(bare)
        names.add(bare.lstrip(_ADMINISTRATIVE))
    bare_names = {"".join(_HAN.findall(name)) for name in names}
    return sorted((name for name in bare_names if len(name) > 1), key=lambda name: (-len(name), name))


@cache
def _wording() -> tuple[str, ...]:
    """The form's own words that stand among prose: headings, labels that are
    sentences, and the names that every report cites."""
    words = {"中华人民共和国政府信息公开条例", "政府信息公开工作年度报告"}
    for form in load_forms().values():
        for table in form.tables:
            labels = [row.label_zh for row in table.rows if _SENTENCE.search(row.label_zh)]
            words |= {table.title_zh, table.corner_zh, *labels}
    bare = {"".join(_HAN.findall(word)) for word in words} - {""}
    return tuple(sorted(bare, key=lambda word: (-len(word), word)))
