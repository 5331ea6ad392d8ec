"""Where a document contradicts itself about who reports, for which year, when, for whom.

What is taken all the same is said in the message; nothing is chosen silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from rapidfuzz import fuzz

from extract.identity.functions import infer_level, infer_sector
from extract.identity.regions import Division, is_within, read_place
from extract.identity.titles import Title
from extract.matching.result import Remark

RULE = "identity_conflict"

_LINKS = re.compile(r"人民(?=政府)|[和与及、·]|(?<=街)道(?=办)")
_ALMOST = 80  # likeness (of 100) from which on two names are one with a slip

_VERBS = r"(?:收到|新收|受理|接收|接到|收)[^。；\d]{0,14}?(?:申请)?[^。；\d]{0,6}?\d+"
_AREA = re.compile(rf"全(?:省|市|区|县|州|旗|盟)(?!面)[^。；]{{0,10}}?{_VERBS}")
_OWN = re.compile(
    rf"(?:本机关|本单位|本局|本办|本委|我局|我办|我委|我厅|我单位|本办公室|我办公室)[^。；]{{0,10}}?{_VERBS}"
)
_ANY_AREA = re.compile(
    r"全(?:省|市|区|县|州|旗|盟)|各(?:镇|乡|街道|部门|单位|市|县|区)|本(?:省|市|区|县|州|旗)|我(?:省|市|区|县|州|旗)"
)
# Departments that compile or publish the reports of governments.
_COMPILERS = frozenset({"government", "administrative_approval", "archives"})


@dataclass(frozen=True, slots=True)
class Statements:
    """What a document says of itself and where: titles (best first), the
    publisher of its metadata, the signature, the periods it covers, the days
    of its publication; then what was taken: agency, year, date; ``author``: by whom the text says
    that it was compiled; ``listed``: titles of other reports on the page,
    ``doubted``: on which of agency and report_year these may be the right ones."""

    titles: tuple[Title, ...]
    source: str
    signed: str
    signed_on: date | None
    periods: tuple[int, ...]
    publications: tuple[tuple[str, date], ...]
    agency: str
    year: int | None
    published_on: date | None
    scope: str
    text: str
    address: str
    author: str = ""
    doubted: str = ""
    listed: tuple[Title, ...] = ()


def conflicts(said: Statements) -> Iterator[Remark]:
    """One remark for each of agency, report_year, published_on and scope on which the document disagrees."""
    for where, found in (
        ("agency", _agency(said)),
        ("report_year", _year(said)),
        ("published_on", _date(said)),
        ("scope", _scope(said)),
    ):
        if found:
            zh, en = "；".join(zh for zh, _ in found), "; ".join(en for _, en in found)
            yield Remark(RULE, "warning", "filing", where, zh + "。", en + ".")
    if said.doubted:
        yield _listed(said)


def _listed(said: Statements) -> Remark:
    """The remark that the page has titles of several reports and the body does not tell which is its own."""
    others = list(dict.fromkeys(title.text for title in said.listed))[:3]
    return Remark(
        RULE, "warning", "extraction", said.doubted,
        f"页面列有多份报告的标题（另有“{'”、“'.join(others)}”），正文没有说明是哪一份，暂以“{said.titles[0].text}”为准。",
        f"The page has the titles of several reports ({'; '.join(others)}) and the text does not tell which is its "
        f"own; {said.titles[0].text} was taken.",
    )  # fmt: skip


Words = list[tuple[str, str]]


def _year(said: Statements) -> Words:
    if said.year is None:
        return []
    found: Words = []
    main = said.titles[0] if said.titles else None
    if main is not None and main.year is not None:
        others = {
            title.year for title in said.titles if title.place != main.place and title.year and not title.is_about
        }
        if others and main.year not in others:
            found.append(_years("网页标题与正文标题", "the page's title and the report's", said.year, others))
        if main.other_years:
            found.append(_years("标题同时写有", "the title names several years:", said.year, main.other_years))
    if said.periods and said.year not in said.periods:
        found.append(_years("标题与统计期限", "the title and the period covered", said.year, said.periods))
    asked = _year_asked(said.address)
    if asked is not None and asked != said.year:
        found.append(_years("报告与网址", "the report and its address", said.year, [asked]))
    for place, day in (("公布日期", said.published_on), ("落款日期", said.signed_on)):
        if day is not None and day <= date(said.year, 11, 30):
            found.append(
                (f"{place}{day}早于报告年度{said.year}年结束，标题所写可能是公布的年份",
                 f"it is dated {day}, before the end of {said.year}; the title may name the year of publication")
            )  # fmt: skip
            break
    return found


def _years(zh: str, en: str, taken: int, others: Sequence[int] | set[int]) -> tuple[str, str]:
    listed = sorted({taken, *others})
    return (
        f"{zh}年度不一致（{'、'.join(f'{year}年' for year in listed)}），暂以{taken}年为准",
        f"{en} disagree ({', '.join(map(str, listed))}); {taken} was taken",
    )


def _year_asked(address: str) -> int | None:
    """The report's year that an address asks for (xxgkAnnualReport.jsp?fbtime=2022)."""
    if "fbtime=" not in address:
        return None
    value = parse_qs(urlsplit(address).query).get("fbtime", [""])[0]
    return int(value) if value.isdigit() and len(value) == 4 else None


def _agency(said: Statements) -> Words:
    if not said.agency:
        return []
    main = said.titles[0] if said.titles else None
    found: Words = []
    for title in said.titles:
        same_year = main is not None and (title.year == main.year or (title.year is None and title.place == "meta"))
        if main is not None and title.place != main.place and title.who and same_year and not title.is_about:
            if _differ(said.agency, title.who, strict=True):
                found.append(_names("网页标题与正文标题", "the page's title and the report's", said.agency, title.who))
            break
    if said.source and _differ(said.agency, said.source, strict=False):
        found.append(_names("报告与发布机构", "the report and its publisher", said.agency, said.source))
    if said.signed and _differ(said.agency, said.signed, strict=True):
        found.append(_names("标题与落款", "the title and the signature", said.agency, said.signed))
    if said.author and _differ(said.agency, said.author, strict=False):
        found.append(_names("报告与正文所写编制机关", "the report and its text", said.agency, said.author))
    return found


def _names(zh: str, en: str, taken: str, other: str) -> tuple[str, str]:
    return (
        f"{zh}机关不一致（“{taken}”、“{other}”），暂以“{taken}”为准",
        f"{en} name {taken} and {other}; {taken} was taken",
    )


def _differ(name: str, other: str, *, strict: bool) -> bool:
    """Whether two names cannot be of one agency: their places exclude each
    other or their functions differ. Where not ``strict`` a government, its
    office or a department that compiles reports may stand for any agency of
    its area."""
    if name in other or other in name:
        return False
    bare, other_bare = (_LINKS.sub("", each) for each in (name, other))
    if strict and fuzz.ratio(bare, other_bare) >= _ALMOST:
        return bare not in other_bare and other_bare not in bare  # a character lost or mistyped
    mine, theirs = read_place(name), read_place(other)
    if mine.candidates and theirs.candidates and not _may_meet(mine.candidates, theirs.candidates):
        return True
    first, second = (infer_sector(each, infer_level(each)) for each in (name, other))
    if first is None or second is None:
        return False
    if first == second:
        return strict and bool(mine.candidates and theirs.candidates) and not _share(mine.candidates, theirs.candidates)
    return second not in _COMPILERS if not strict else not {first, second} & (_COMPILERS - {"government"})


def _may_meet(some: Sequence[Division], others: Sequence[Division]) -> bool:
    return _share(some, others) or any(is_within(a, b) or is_within(b, a) for a in some for b in others)


def _share(some: Sequence[Division], others: Sequence[Division]) -> bool:
    """Whether both may be one division, under whatever name or code it had."""
    stems = {(division.parent, division.name[:2]) for division in some}
    return any((division.parent, division.name[:2]) in stems for division in others)


def _date(said: Statements) -> Words:
    days = {day for _, day in said.publications}
    if len(days) < 2 or said.published_on is None:
        return []
    places = "、".join(f"{place} {day}" for place, day in dict.fromkeys(said.publications))
    return [(
        f"网页所载公布日期不一致（{places}），暂以{said.published_on}为准",
        f"the page states several days of publication ({places}); {said.published_on} was taken",
    )]  # fmt: skip


def _scope(said: Statements) -> Words:
    if said.scope == "own" and (area := _AREA.search(said.text)) and not _OWN.search(said.text):
        return [(
            f"“{said.agency}”的报告一般只计本机关，正文却写“{area.group()}”，口径可能是全地区",
            f"{said.agency} reports on itself as a rule, but the text gives its area's figures: {area.group()}",
        )]  # fmt: skip
    if said.scope == "area" and (own := _OWN.search(said.text)) and not _ANY_AREA.search(said.text):
        return [(
            f"“{said.agency}”的报告一般汇总全地区，正文却写“{own.group()}”，口径可能只是本机关",
            f"{said.agency} reports on its area as a rule, but the text gives one body's figures: {own.group()}",
        )]  # fmt: skip
    return []
