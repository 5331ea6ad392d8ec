"""Who reports, about which year, for whom: what a filing's head says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extract.figures import squeeze
from extract.model import Document

_YEAR = r"(?P<year>20[0-3]\d)年(?:度)?"
_SUBJECT = r"(?:政府信息公开|信息公开|政务公开)(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报)"
_WHO = r"[\u4e00-\u9fffA-Za-z（）()、·\-]{0,48}?"
_TITLES = (
    # 某局2024年(度)政府信息公开工作年度报告; 2024年某局政府信息公开工作年度报告
    re.compile(rf"(?P<before>{_WHO}){_YEAR}(?P<after>{_WHO}){_SUBJECT}"),
    # 某局政府信息公开工作2024年度报告, 某局政府信息公开工作年度报告（2024年）
    re.compile(
        rf"(?P<before>{_WHO})(?P<after>)(?:政府信息公开|信息公开)(?:工作)?(?:{_YEAR})?(?:工作)?(?:年度)?(?:报告|年报)"
        rf"(?:[(（]?(?P<late_year>20[0-3]\d)年?(?:度)?[)）]?)?"
    ),
)
_PERIOD = re.compile(r"(20[0-3]\d)年1月1日.{0,4}?至(?:20[0-3]\d年)?12月31日")
_SENTENCE = re.compile(r"[。；！？]")
_DATE = re.compile(r"(20[0-4]\d)\s*[年\-/.]\s*(1[0-2]|0?[1-9])\s*[月\-/.]\s*(3[01]|[12]\d|0?[1-9])(?=\D|\d{1,2}:|$)")
_DATE_LABELS = re.compile(
    r"(?:发布日期|发布时间|发文日期|公开日期|生成日期|成文日期|公文生成日期|信息日期)\s*[:：]?\s*"
)
_INDEX_NUMBER = re.compile(r"索\s*引\s*号\s*[:：]?\s*([A-Za-z0-9][A-Za-z0-9\-/_.]{5,40})")
_SOURCE_LABEL = re.compile(r"(?:发布机构|发布机关|公开主体|信息来源)[:：]([\u4e00-\u9fff（）()]{3,30})")
_NAME = re.compile(r"[\u4e00-\u9fff（）()]{3,30}")
_CHINESE_DATE = re.compile(
    r"(二[〇○零O0一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_ANY_DATE = re.compile(rf"{_DATE.pattern}日?|{_CHINESE_DATE.pattern}")
_NAVIGATION = re.compile(r"首页|当前位置|[>＞»]")
_REPORT = re.compile(r"(?:年度报告|年报)$")
_PREFACE = re.compile(r"^(?:现将|关于|公布|印发|发布)+")
_LOCAL_GOVERNMENT = re.compile(r"(?:省|市|区|县|旗|州|盟|自治区|地区)人民政府$")
_OFFICE = re.compile(r"(?:人民政府|政府)?(?:办公厅|办公室)$")
_PLACE = re.compile(r"(?:省|市|区|县|旗|州|盟)$")
_ORGANISATION = re.compile(r"(?:政府|局|厅|委员会|委|办|院|部|队|中心|署|司|会|行|社|处|所|站|学校|医院|公司)$")
_HEAD_LINES = 12
_FOOT_LINES = 12


@dataclass(frozen=True, slots=True)
class Masthead:
    """Title, agency, year, scope and dates of a filing; None for what the
    document does not say. ``agency`` is the fullest name that it gives."""

    title: str | None
    agency: str | None
    agency_as_filed: str | None
    report_year: int | None
    scope: str
    published_on: date | None
    index_number: str | None


def read_masthead(document: Document) -> Masthead:
    """Reads the head (and foot) of a document."""
    lines = [squeeze(line) for paragraph in document.paragraphs for line in paragraph.text.split("\n")]
    lines = [line for line in lines if line]
    title, who, year = _title(document, lines)
    text = "".join(lines)
    if year is None and (period := _PERIOD.search(text)):
        year = int(period.group(1))
    as_filed = who or _stated_source(document, lines) or _signature(lines) or _author(lines)
    agency = _full_name(as_filed, text) if as_filed else None
    return Masthead(
        title=title,
        agency=agency,
        agency_as_filed=as_filed or None,
        report_year=year,
        scope=_scope(agency, text),
        published_on=_published_on(document, lines, year),
        index_number=_index_number(text),
    )


def _title(document: Document, lines: Sequence[str]) -> tuple[str | None, str, int | None]:
    """The report's title, the agency in it ("" if none) and its year.

    The title stands in a meta tag or in the first lines, alone or over two or
    three lines.
    """
    candidates = [squeeze(document.meta.get(name, "")) for name in ("articletitle", "title")]
    head = lines[:_HEAD_LINES]
    for width in (1, 2, 3):
        candidates += ["".join(head[i : i + width]) for i in range(len(head) - width + 1)]
    best: tuple[int, str, str, int | None] | None = None
    for candidate in candidates:
        if not candidate or len(candidate) > 90 or _SENTENCE.search(candidate) or _NAVIGATION.search(candidate):
            continue
        parsed = _parse_title(candidate)
        if parsed is None:
            continue
        title, who, year = parsed
        if year is None and not who:
            continue  # the name of a column of the site
        if title.count("(") != title.count(")"):
            continue  # the line breaks within the title
        rank = 4 * (year is not None) + 2 * bool(who) + bool(_REPORT.search(title))
        if best is None or rank > best[0]:
            best = (rank, title, who, year)
    if best is None:
        return None, "", None
    return best[1], best[2], best[3]


def _parse_title(line: str) -> tuple[str, str, int | None] | None:
    for pattern in _TITLES:
        match = pattern.search(line)
        if match is None:
            continue
        groups = match.groupdict()
        year = groups.get("year") or groups.get("late_year")
        who = _clean_name(groups["before"]) or _clean_name(groups["after"])
        return match.group().lstrip("-—、").removeprefix("现将"), who, int(year) if year else None
    return None


def _clean_name(name: str) -> str:
    name = _PREFACE.sub("", name.strip("-—、·()（）"))
    return re.sub(r"(?:关于|的)$", "", name) if len(name) > 2 else ""


def _stated_source(document: Document, lines: Sequence[str]) -> str:
    """The publishing agency that the page's metadata states (ContentSource, 发布机构)."""
    source = squeeze(document.meta.get("contentsource", ""))
    if source:
        return source
    for line in lines:
        match = _SOURCE_LABEL.search(line)
        if match and _is_organisation(match.group(1)):
            return match.group(1)
    return ""


def _signature(lines: Sequence[str]) -> str:
    """The agency that signs the report: alone on a line before the last date,
    on the same line, or alone on the last line."""
    for position in range(len(lines) - 1, max(len(lines) - _FOOT_LINES, -1), -1):
        rest = _ANY_DATE.sub("", lines[position])
        if rest == lines[position]:
            continue
        for name in (rest, lines[position - 1] if position else ""):
            if _is_organisation(name):
                return name
    return lines[-1] if lines and _is_organisation(lines[-1]) else ""


def _is_organisation(name: str) -> bool:
    """Whether a short text is the name of a public body."""
    return bool(_NAME.fullmatch(name) and _ORGANISATION.search(name))


def _author(lines: Sequence[str]) -> str:
    """The agency that a sentence of the opening names as the author."""
    for line in lines[: 2 * _HEAD_LINES]:
        match = re.search(r"(?:由|，)([\u4e00-\u9fff]{4,30}?)(?:根据|按照|依据|编制)", line)
        if match and _is_organisation(match.group(1)):
            return match.group(1)
    return ""


def _full_name(as_filed: str, text: str) -> str:
    """The name with the place before it that the text gives each time it
    gives one (洪泽区人民政府: 淮安市洪泽区人民政府), else the name as filed."""
    place = re.compile(rf"([\u4e00-\u9fff]{{1,8}}[省市州盟]){re.escape(as_filed)}")
    before = {match.group(1) for match in place.finditer(text)}
    if len(before) < 2:
        return as_filed
    common = _common_suffix(sorted(before))
    return common + as_filed if re.fullmatch(r"[\u4e00-\u9fff]{2,7}[省市州盟]", common) else as_filed


def _common_suffix(texts: Sequence[str]) -> str:
    suffix = texts[0]
    for text in texts[1:]:
        while not text.endswith(suffix):
            suffix = suffix[1:]
    return suffix


def _scope(agency: str | None, text: str) -> str:
    """Whom the figures cover (`scope` of CODES.md), by the kind of agency.

    A government of county level or above reports for its whole area (条例
    第四十九条); its office for itself unless it says that it reports on the
    government's behalf; a department or a township for itself.
    """
    if agency is None:
        return "unknown"
    if _OFFICE.search(agency):
        return "represented" if re.search(r"代表[\u4e00-\u9fff]{0,8}政府", text) else "own"
    if _LOCAL_GOVERNMENT.search(agency) or _PLACE.search(agency):
        return "area"
    return "own"


def _published_on(document: Document, lines: Sequence[str], year: int | None) -> date | None:
    """The publication date that the page states, else the date that signs the
    report. A file's own creation date is no publication date."""
    stated = [document.meta.get("pubdate", "")]
    stated += [match.string[match.end() : match.end() + 20] for line in lines for match in _DATE_LABELS.finditer(line)]
    for text in stated:
        found = _date(text)
        if found is not None:
            return found
    for line in reversed(lines[-_FOOT_LINES:]):
        match = _ANY_DATE.search(line)
        if match and len(line) - len(match.group()) <= 30 and (found := _date(match.group())):
            return found if year is None or found.year > year else None
    return None


def _date(text: str) -> date | None:
    plain = squeeze(text)
    if match := _DATE.match(plain):
        parts = [int(part) for part in match.groups()]
    elif match := _CHINESE_DATE.match(plain):
        parts = [_chinese_year(match[1]), _chinese_number(match[2]), _chinese_number(match[3])]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


_NUMERALS = {"〇": 0, "○": 0, "零": 0, "O": 0, "0": 0} | {n: i for i, n in enumerate("一二三四五六七八九", start=1)}


def _chinese_year(text: str) -> int:
    """二〇二四: 2024."""
    return int("".join(str(_NUMERALS[character]) for character in text))


def _chinese_number(text: str) -> int:
    """十: 10, 二十四: 24; numbers below 100."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS[text] if len(text) == 1 else 0
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)


def _index_number(text: str) -> str | None:
    match = _INDEX_NUMBER.search(text)
    return match.group(1) if match else None
