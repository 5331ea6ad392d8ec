"""Who reports, about which year, for whom: what a filing's head says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extract.figures import squeeze
from extract.identity.conflicts import Statements, conflicts
from extract.identity.dates import FOOT_LINES, SIGNED, published_on, signed_on, stated_periods, stated_publications
from extract.identity.facts import stated_facts
from extract.identity.functions import infer_level, infer_sector
from extract.identity.listed import Choice, choose
from extract.identity.names import common_suffix, is_organisation, mentions_before
from extract.identity.places import locate, nameless_place
from extract.identity.regions import Region
from extract.identity.titles import HEAD_LINES, Title, read_titles
from extract.matching.result import Remark
from extract.model import Document

_INDEX_NUMBER = re.compile(r"(?:索引号|信息索引|索取号)[:：]?([A-Za-z0-9][A-Za-z0-9\-/_.]{5,40})")
_SOURCE_LABEL = re.compile(
    r"(?:发布机构|发布机关|公开主体|信息来源|所属机构|发布单位|公开机构)[:：]([\u4e00-\u9fff（）()]{3,30})"
)
_AUTHOR = re.compile(r"(?:由|，)([\u4e00-\u9fff]{4,30}?)(?:根据|按照|依据|编制)")
_COMPILED_BY = re.compile(
    r"由([\u4e00-\u9fff]{3,30}?)(?:(?:负责|组织|牵头|汇总)*编制|(?:根据|按照|依据)[^。；]{0,120}?编制)"
)
_LOCAL_GOVERNMENT = re.compile(r"(?:省|市|区|县|旗|州|盟|自治区|地区)(?:人民)?政府$|行政公署$")
_OFFICE = re.compile(r"(?:人民政府|政府)?(?:办公厅|办公室)$")
_PLACE = re.compile(r"(?:省|市|区|县|旗|州|盟)$")
_BEHALF = re.compile(r"代表[\u4e00-\u9fff]{0,8}政府|以[\u4e00-\u9fff]{2,14}政府及其办公[室厅](?:的)?名义")
_GOVERNMENT_BODY = re.compile(r"政府机关$")


@dataclass(frozen=True, slots=True)
class Masthead:
    """Title, agency, year, scope and dates of a filing; None for what the
    document does not say. ``agency`` is the fullest name that it gives.

    ``region`` is where the agency sits, None where its name fits several
    places and nothing decides; ``remarks`` where the document, or the address
    that it came from, contradicts itself about any of this. ``titles`` are all
    that were found, ``lines`` the document's lines without white space.
    """

    title: str | None
    agency: str | None
    agency_as_filed: str | None
    report_year: int | None
    scope: str
    published_on: date | None
    index_number: str | None
    level: str | None = None
    sector: str | None = None
    region: Region | None = None
    remarks: tuple[Remark, ...] = ()
    titles: tuple[Title, ...] = ()
    lines: tuple[str, ...] = ()


def read_masthead(document: Document, source: str = "") -> Masthead:
    """Reads the head (and foot) of a document; ``source``: its path or address."""
    lines = [squeeze(line) for paragraph in document.paragraphs for line in paragraph.text.split("\n")]
    lines = [line for line in lines if line]
    facts = stated_facts(document)
    text = "".join(lines)
    periods = stated_periods(text)
    stated, signed = _stated_source(document, [*facts, *lines]), _signature(lines)
    author = _named_author(lines)
    choice = choose(read_titles(document, lines, facts), lines, periods, (stated, signed, author))
    titles = choice.titles
    title = titles[0] if titles else None
    year = title.year if title else None
    if year is None and periods:
        year = periods[0]
    named = (
        other.who
        for other in titles
        if other.who
        and not other.is_about
        and other.year == year
        and (title is None or _may_name(title, other, choice))
    )
    as_filed = (title.who if title else "") or next(named, "") or stated or signed or _author(lines)
    region = _region(as_filed, document, text, year, source) if as_filed else None
    agency = _full_name(as_filed, region, document, text) if as_filed else None
    level = infer_level(agency, region) if agency else None
    scope = _scope(agency, text)
    published = published_on(document, [*facts, *lines], year)
    said = Statements(
        titles=tuple(titles), source=stated, signed=signed, signed_on=signed_on(lines), periods=tuple(periods),
        publications=tuple(stated_publications(document, [*facts, *lines])), agency=agency or "", year=year,
        published_on=published, scope=scope, text=text, address=source, author=author, doubted=choice.doubted,
        listed=choice.others,
    )  # fmt: skip
    return Masthead(
        title=title.text if title else None,
        agency=agency,
        agency_as_filed=as_filed or None,
        report_year=year,
        scope=scope,
        published_on=published,
        index_number=_index_number(facts) or _index_number([text]),
        level=level,
        sector=infer_sector(agency, level) if agency else None,
        region=region,
        remarks=tuple(conflicts(said)),
        titles=tuple(titles),
        lines=tuple(lines),
    )


def _may_name(title: Title, other: Title, choice: Choice) -> bool:
    """Whether another title may give the agency that the document's does not:
    not where the page lists other reports, but for the line that ends with it."""
    return not choice.others or other.place == "meta" or (other.at == title.at and not other.is_loose)


def _named_author(lines: Sequence[str]) -> str:
    """The agency by which the opening says that the report was compiled (由…编制); "" where it does not."""
    for line in lines[: 2 * HEAD_LINES]:
        match = _COMPILED_BY.search(line) if "编制" in line else None
        if match and is_organisation(match.group(1)):
            return match.group(1)
    return ""


def _stated_source(document: Document, lines: Sequence[str]) -> str:
    """The publishing agency that the page's metadata states (ContentSource, 发布机构)."""
    source = squeeze(document.meta.get("contentsource", ""))
    if source and is_organisation(source):
        return source
    for line in lines:
        match = _SOURCE_LABEL.search(line) if ":" in line or "：" in line else None
        if match and is_organisation(match.group(1)):
            return match.group(1)
    return ""


def _signature(lines: Sequence[str]) -> str:
    """The agency that signs the report: alone on a line before the last date,
    on the same line, or alone on the last line."""
    for position in range(len(lines) - 1, max(len(lines) - FOOT_LINES, -1), -1):
        rest = SIGNED.sub("", lines[position])
        if rest == lines[position]:
            continue
        for name in (rest, lines[position - 1] if position else ""):
            if is_organisation(name):
                return name
    return lines[-1] if lines and is_organisation(lines[-1]) else ""


def _author(lines: Sequence[str]) -> str:
    """The agency that a sentence of the opening names as the author."""
    for line in lines[: 2 * HEAD_LINES]:
        match = _AUTHOR.search(line)
        if match and is_organisation(match.group(1)):
            return match.group(1)
    return ""


def _region(as_filed: str, document: Document, text: str, year: int | None, source: str) -> Region | None:
    site, stated = (squeeze(document.meta.get(name, "")) for name in ("sitename", "contentsource"))
    return locate(as_filed, year, site, (stated, text), source)


def _full_name(as_filed: str, region: Region | None, document: Document, text: str) -> str:
    """The name with the place before it that the document gives, else as filed.

    洪泽区人民政府 is 淮安市洪泽区人民政府 where the text or the source says so and
    the place is one that the region has, or where the text says so each time
    that it gives a place; 区统计局 on the site of 鼓楼区 is that district's.
    """
    source = squeeze(document.meta.get("contentsource", ""))
    if region is not None:
        for above in (region.prefecture, region.province):
            if above and not as_filed.startswith(above) and (source == above + as_filed or above + as_filed in text):
                return above + as_filed
        if (word := nameless_place(as_filed)) and region.name.endswith(word):
            return region.usual_name + as_filed[1:]
    before = mentions_before(as_filed, text)
    if len(before) < 2:
        return as_filed
    common = common_suffix(sorted(before))
    return common + as_filed if re.fullmatch(r"[\u4e00-\u9fff]{2,7}[省市州盟]", common) else as_filed


def _scope(agency: str | None, text: str) -> str:
    """Whom the figures cover (`scope` of CODES.md), by the kind of agency.

    A government of county level or above reports for its whole area (条例
    第四十九条); its office for itself unless it says that it reports on the
    government's behalf or in both their names, as 某县政府机关 does; a
    department or a township for itself.
    """
    if agency is None:
        return "unknown"
    if _GOVERNMENT_BODY.search(agency):
        return "represented"
    if _OFFICE.search(agency):
        return "represented" if _BEHALF.search(text) else "own"
    if _LOCAL_GOVERNMENT.search(agency) or _PLACE.search(agency):
        return "area"
    return "own"


def _index_number(texts: Sequence[str]) -> str | None:
    return next((match[1] for text in texts if (match := _INDEX_NUMBER.search(text))), None)
