"""Titles of several reports before one body: which of them is the document's.

A page of a report often lists others first (links to other years and agencies).
What the body says of the year and the agency decides, then the place: the
title that stands nearest before the body. Where these do not agree, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.identity.functions import infer_level, infer_sector
from extract.identity.titles import Title

_BODY = re.compile(
    r"^(?:[(（]?[一1][)）、.．:：]+|第一部分[:：]?)(?:总体|概述|概况|基本|工作|政府信息|主动公开|组织|信息公开)"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,8}(?:省|市|县|旗|州|盟|(?<!开发)(?<!园)区)")
_YEAR = re.compile(r"(20[0-3]\d)年")
_OPENING = 6  # lines of the body that tell its year
_NEAR = 40  # characters of such a line before the year


@dataclass(frozen=True, slots=True)
class Choice:
    """The titles, the document's own first; ``others`` are those of other
    reports, ``doubted`` what the choice leaves open: "", agency or report_year."""

    titles: list[Title]
    others: tuple[Title, ...] = ()
    doubted: str = ""


def body_start(lines: Sequence[str]) -> int:
    """The line (from 0) of the report's first section heading, the number of lines where there is none."""
    return next((at for at, line in enumerate(lines) if len(line) <= 40 and _BODY.match(line)), len(lines))


def choose(titles: list[Title], lines: Sequence[str], years: Sequence[int], names: Sequence[str]) -> Choice:
    """Puts the document's own title first where the text has titles of several
    reports before its body. ``titles``: best first, ``years`` and ``names``:
    the years and the agencies that the body states (may be empty)."""
    main = titles[0] if titles else None
    if main is None or main.place == "meta" or main.is_about or main.is_loose:
        return Choice(titles)
    whole = [each for each in titles if each.place == "text" and each.year and not (each.is_about or each.is_loose)]
    if len(whole) < 2 or not any(_other(main, each) for each in whole):
        return Choice(titles)
    start = body_start(lines)
    before = [each for each in whole if each.at < start]
    if not any(_other(first, each) for first in before for each in before):
        return Choice(titles)
    # Among links that tell their years the document's own title may be the one that tells none.
    before += [
        each for each in titles if each.place == "text" and each.year is None and each.at < start
        and each.who and not (each.is_about or each.is_loose) and all(_other_agency(each, other) for other in before)
    ]  # fmt: skip
    stated = {*years, *_opening_years(lines[start:])}
    votes = {each: (each.year in stated) + any(_same_name(each.who, name) for name in names) for each in before}
    own = max(before, key=lambda each: (votes[each], each.at, len(each.who)))
    others = tuple(each for each in titles if each.place == "text" and _other(own, each))
    rivals = [each for each in before if _other(own, each)]
    nearest = max(each.at for each in before) == own.at
    sure = all(votes[each] < votes[own] for each in rivals) and (nearest or votes[own] == 2)
    doubted = "" if sure else "agency" if any(_other_agency(own, each) for each in rivals) else "report_year"
    return Choice([own, *(each for each in titles if each is not own)], others, doubted)


def _opening_years(body: Sequence[str]) -> Iterator[int]:
    """The year that the body's first sentences speak of."""
    for line in body[1 : 1 + _OPENING]:
        if found := _YEAR.search(line[:_NEAR]):
            yield int(found[1])
            return


def _other(title: Title, other: Title) -> bool:
    """Whether two titles are of different reports."""
    return bool(title.year and other.year and title.year != other.year) or _other_agency(title, other)


def _other_agency(title: Title, other: Title) -> bool:
    first, second = title.who, other.who
    if not first or not second or first == second:
        return False
    if first not in second and second not in first:
        return True
    # 某县 beside 某县农业农村局 is another body, beside 某县人民政府 it is not.
    functions = {
        "government" if _PLACE.fullmatch(name) else infer_sector(name, infer_level(name)) for name in (first, second)
    }
    return len(functions - {None}) == 2


def _same_name(name: str, stated: str) -> bool:
    return bool(name and stated) and (name in stated or stated in name)
