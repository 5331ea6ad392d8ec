"""What shows that a document is a filing: its title, its tables, its headings and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.identity.titles import Title

# The parts that every edition of the report has, under the headings of all editions (条例第五十条).
_PARTS = (
    re.compile(r"总体情况|概述|基本情况|概况|总体状况|工作开展情况"),
    re.compile(r"主动公开"),
    re.compile(r"依申请公开|(?:收到|受理|处理).{0,6}申请"),
    re.compile(r"复议|诉讼|申诉"),
    re.compile(r"(?:问题|困难|不足).{0,12}|改进"),
    re.compile(r"其他(?:需要)?(?:报告|说明)?(?:的)?(?:事项|情况)|需要说明"),
    re.compile(r"收费|费用"),
    re.compile(r"附表|统计表"),
)
_NUMBERED = re.compile(r"^(?:[(（]?[一二三四五六七八九十]{1,2}[)）、.．:：]|第[一二三四五六七八]部分|\d{1,2}[、.．])")
_REPORTS = re.compile(
    r"(?:共|全年|本年|累计|主动|我|本)[^。；]{0,30}(?:公开|发布)(?:各类)?(?:政府)?信息[^。；]{0,12}\d+|(?:收到|受理|接到|答复|办结|办理)[^。；]{0,30}申请"
    r"|申请[^。；]{0,16}(?:\d+|零|无)(?:件|条|份|宗|次)|(?:行政)?(?:复议|诉讼)[^。；]{0,12}(?:\d+|零|无|没有)|(?:未|没有|无)[^。；]{0,16}(?:申请|复议|诉讼)"
)
_HEADING = 40
_ENOUGH_ROWS = 3.0  # rows of the form that show a table of it
_MANY_ROWS = 6.0  # rows that show it without a title


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much of a report a document has: ``rows`` of the form found (a
    score), ``figures`` read in them, ``parts`` of the report that it has
    headings for, ``sentences`` that report figures of it, ``length`` of its text."""

    rows: float
    figures: int
    parts: int
    sentences: int
    length: int


def gather(lines: Sequence[str], rows: float, figures: int) -> Evidence:
    """The evidence of a document's lines (without white space) and tables."""
    headings = [line for line in lines if len(line) <= _HEADING and _NUMBERED.match(line)]
    parts = sum(any(part.search(line) for line in headings) for part in _PARTS)
    text = "".join(lines)
    return Evidence(rows, figures, parts, len(_REPORTS.findall(text)), len(text))


def is_filing(found: Evidence, titles: Sequence[Title], year: int | None, kind: str | None) -> bool:
    """Whether a document is a report: with figures in the form's tables, or,
    without tables, with a report's title and its parts or sentences.

    A filing may have lost its title, its tables or its headings, not all of
    them; a page about a report has its title at most. ``kind``: what else the
    page's title says it is. Returns on other work have a few rows of the form
    (行政许可, 行政处罚, 行政强制).
    """
    own = [title for title in titles if not title.is_about]
    if found.rows >= _ENOUGH_ROWS and found.figures:
        return bool(own) or (kind is None and (found.rows >= _MANY_ROWS or found.parts >= 3))
    if found.rows >= _MANY_ROWS and own and year is not None:
        return kind is None  # the form with every cell left blank
    if not own:
        return kind is None and year is not None and found.parts >= 5 and found.sentences >= 2
    if own[0].is_weak:
        return kind is None and found.parts >= 5 and found.sentences >= 2
    if found.parts >= 3:
        return found.length >= 150
    return found.sentences >= 1 and found.length >= 120 and (found.parts >= 2 or not own[0].is_loose)
