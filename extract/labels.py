"""Comparing a printed label with a label of the form."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz import fuzz

from extract.figures import is_blank, parse_figure, squeeze
from extract.forms import Column, Group, Row

Nature = Literal["blank", "words", "either", "figure", "other"]

_NUMBERING = re.compile(r"^[/\\]?(?:\((?:[一二三四五六七八九十]|\d)\)|[一二三四五六七八九十][、.]|\d{1,2}[、.．])")
_PUNCTUATION = re.compile(r"[、，,。.．;；:：()\[\]【】“”\"'‘’〝〞＂《》<>/\\|·…—\-_*#]")
_CJK = re.compile(r"[\u4e00-\u9fff]")

LISTING_NAMES = frozenset({"统计指标", "指标名称", "指标", "项目"})
"""Headings, as bare words, of the column of a listing's labels."""

NO_FIGURES = LISTING_NAMES | {"序号", "代码", "单位", "计量单位", "备注", "说明"}
"""Headings of a listing's columns that hold no figures."""


@lru_cache(maxsize=8192)
def words(text: str) -> str:
    """A label without white space, punctuation and leading numbering."""
    plain = squeeze(text)
    stripped = _NUMBERING.sub("", plain)
    return _PUNCTUATION.sub("", stripped)


@lru_cache(maxsize=8192)
def numbering(text: str) -> str:
    """The leading number of a label as the bare numeral (三, 1), or ""."""
    match = _NUMBERING.match(squeeze(text))
    return re.sub(r"[^一二三四五六七八九十\d]", "", match.group()) if match else ""


@lru_cache(maxsize=8192)
def is_label(text: str) -> bool:
    """Whether a cell's text is words rather than a figure: at least two Chinese
    characters, and no number at its head that a note follows."""
    plain = squeeze(text)
    return (
        len(_CJK.findall(plain)) >= 2
        and re.match(r"[-+减增]?[\d,]+(\.\d+)?([百千]?万元|[百千亿]?元|[件条个项次份宗起])?(\(|$)", plain) is None
    )


@lru_cache(maxsize=8192)
def nature(text: str) -> Nature:
    """What a cell's text is: nothing; words; words that can stand in a
    figure's place too (暂无); a figure or what stands for one; or something else."""
    if is_blank(text):
        return "blank"
    status = parse_figure(text).status
    if is_label(text):
        return "words" if status == "unreadable" else "either"
    return "figure" if status in ("reported", "not_applicable") else "other"


@cache
def variants(item: Row | Column | Group) -> tuple[str, ...]:
    """The bare words of a form item's label and aliases."""
    aliases = () if isinstance(item, Group) else item.aliases
    return tuple(dict.fromkeys(words(label) for label in (item.label_zh, *aliases)))


@lru_cache(maxsize=32768)
def similarity(printed: str, item: Row | Column | Group) -> float:
    """How well the bare words of a printed label fit an item of the form, 0 to 1.

    A typo costs its share of characters. A fragment (a label cut by a page
    break) counts nearly as the whole when it is a sizeable head or tail of
    the label; so does a label with a fragment of a heading fused to its front.
    """
    if not printed:
        return 0.0
    return max(_similarity(printed, label) for label in variants(item))


def _similarity(printed: str, label: str) -> float:
    if printed == label:
        return 1.0
    if "\ufffd" in printed and len(printed) == len(label):
        known = [(one, other) for one, other in zip(printed, label, strict=True) if one != "\ufffd"]
        if 2 * len(known) > len(label) and all(one == other for one, other in known):
            return 0.97  # but for characters that the font does not tell
    best = fuzz.ratio(printed, label) / 100
    if len(printed) >= 5 and len(label) > len(printed) and (label.startswith(printed) or label.endswith(printed)):
        best = max(best, 0.9)
    if len(label) >= 4 and len(printed) > len(label) and (printed.endswith(label) or printed.startswith(label)):
        best = max(best, 0.88)
    return best
