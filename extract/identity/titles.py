"""Titles of reports: which line is one, whom and which year it names.

A title is a run of parts in many orders: 某局2024年度政府信息公开工作年度报告,
2024年某局政府信息公开工作年报, 某局政府信息公开工作2024年度报告,
政府信息公开工作年度报告（2024年度）（某局） …. Its middle is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.figures import squeeze
from extract.identity.names import is_agency, is_organisation
from extract.model import Document

HEAD_LINES = 12
_WIDER = 80  # lines in which the title stands where a page's own furniture comes first
_LONGEST = 90

_NUMERALS = str.maketrans("〇○零ОoO一二三四五六七八九", "000000123456789")
_WRITTEN_YEAR = re.compile(r"二[〇○零ОoO一二三四五六七八九]{3}(?=年)")
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)年?度?")
_CORE = re.compile(
    # Each branch begins with one character: for such a text is searched fastest.
    r"(?:政府政府信息(?:依法)?|政府信息(?:依法)?|政务信息|信息|政务|政府信息和政务)(?:主动)?公开"
    r"(?P<inside>(?:条例》?|实施|执行|工作|情况|统计|和?政务公开|的|年度|年|总结|\(?(?:20[0-3]\d)年?(?:度)?\)?)*)(?P<kind>报告|年报)"
)
_TAIL_YEAR = re.compile(r"^[-—_]?[(（\[〔]?(20[0-3]\d)年?(?:度)?[)）\]〕]?")
_NOTE = re.compile(
    r"^[(（\[【](?:图片|文字|全文|完整|修订|修改|更正|更新|重新?|公开|正式|盖章|定稿|终稿|网络|扫描|简|PDF|pdf|WORD|word|DOCX?"
    r"|docx?|附表|公示|发布|20\d\d年?\d).{0,12}?[)）\]】]"
)
_END = re.compile(
    r"^(?:$|[-—_|·、.。,,]|\.(?:pdf|docx?|wps|html?)|(?:的)?(?:公示|公告|附件|正文|全文)?$)", re.IGNORECASE
)
_ABOUT = re.compile(
    r"^(?:的)?(?:政策)?(?:解读|图解|一图|图文|通知|通报|说明|已|正式|全部|按时|如期|出炉|上线|编制|报送|编报|起草|汇总|汇编|目录|列表|专栏|栏目|格式|模板|样式|填报|培训|工作的|发布会"
    r"|公布情况|发布情况|公开情况|评估|点评|综述|的通|的函|的批|的意见)"
)
_ISSUED = re.compile(r"(?:印发|公布|发布|公开|转发)(?!.*(?:编制|报送))")
_ISSUES = re.compile(r"(.*?)关于(?:印发|公布|发布|公开|转发)(.*)")
_ISSUED_BY = re.compile(r"^的(?:通知|通告|函)")
_ABOUT_BEFORE = re.compile(r"季度|半年|\d月份|解读|图解|读懂|图说|一图|数说|说说|带你看|划重点|关键词|动漫|视频")
_NAMED = re.compile(r"^[(（]([\u4e00-\u9fff]{3,30})[)）]")
_SENTENCE = re.compile(r"[。；;！!？?]")
_NAVIGATION = re.compile(r"首页|[上下]一[篇条]|当前位置|您的位置|[>＞»›]")
_PART = re.compile(r"[:：,，。|《“\"’‘】\]=]")
_PREFACE = re.compile(
    r"^(?:附件?\d{0,2}[.、]?|\d{1,2}[.、]|[(（]?[一二三四五六七八九十]{1,2}[)）、]|现将|关于|公布|发布|公开|印发|编制|转发|上报|报送|的)+"
)
_PUBLISHED = re.compile(r"[(（]?20[0-3]\d年\d{0,2}月?\d{0,2}日?(?:发布|公布|公开(?!工作|年))[)）]?")
PAGE_TITLES = ("articletitle", "title", "heading")
"""Where a page states its title (names in Document.meta), the surest first."""

_PLACE_ALONE = re.compile(r"[\u4e00-\u9fff]{1,8}[省市区县旗州盟]")
_WITH_PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}(?:省|市(?!场|政|容)|区|县|旗|州|盟)")
_WHOSE_ELSE = frozenset({"部门", "单位", "本级", "全年", "政府部门", "机关", "的"})
_BEHIND_NAME = ("关于", "的", "年度", "年", "部门", "单位")
_VERB = re.compile(r"发布|公布|印发|报送|编制|撰写|做好|开展|按照|根据|依据|按时|及时|完成|解读|图解|读懂|通知|收到|已")


@dataclass(frozen=True, slots=True)
class Title:
    """A title: its text, the agency in it ("" if none), its year and any
    other years; ``is_about`` where it speaks of a report rather than being
    one's title (解读, 通知), ``is_loose`` where further words follow it,
    ``is_weak`` where it names 政务公开 only, on which other reports are made
    as well; ``place``: "meta" or "text", ``at``: the line (from 0) on which
    it ends, -1 for those of the page."""

    text: str
    who: str
    year: int | None
    other_years: tuple[int, ...] = ()
    is_about: bool = False
    is_loose: bool = False
    is_weak: bool = False
    place: str = "text"
    at: int = -1

    @property
    def rank(self) -> int:
        """How much it tells: a year most, then an agency, then its usual end; half a sentence least."""
        usual = self.text.endswith(("年度报告", "年报"))
        return (
            16 * (not self.is_about)
            + 8 * (not self.is_loose)
            + 4 * (self.year is not None)
            + 2 * bool(self.who)
            + usual
        )


def read_titles(document: Document, lines: Sequence[str], facts: Sequence[str] = ()) -> list[Title]:
    """All titles of the document's meta tags and first lines; the best first,
    of equally good ones the first. ``lines``: its lines, ``facts``: what its
    page states of it ("label:value"), without white space."""
    found = []
    for candidate, at in _candidates(document, lines, facts):
        title = parse_title(candidate, at)
        if title is not None and (title.year is not None or title.who):  # else a column's name
            found.append(title)
    return sorted(found, key=lambda title: -title.rank)


def _candidates(document: Document, lines: Sequence[str], facts: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The texts that may be a title, with the line on which they end: the
    page's titles (-1), and the first lines, each alone and joined to those
    that follow. A place alone on a line is part of the name on the next."""
    for name in PAGE_TITLES:
        yield squeeze(document.meta.get(name, "")), -1
    yield from ((fact, -1) for fact in facts if "报" in fact)
    for first, last, widths in ((0, HEAD_LINES, (1, 2, 3)), (HEAD_LINES, _WIDER, (1, 2))):
        part = lines[first:last]
        ends = {at for at, line in enumerate(part) if "报" in line}
        for width in widths:
            for start in range(len(part) - width + 1):
                if not ends.isdisjoint(range(start, start + width)):
                    whole = "".join(part[start : start + width])
                    if start and width > 1 and _follows_place(part[start - 1], part[start]):
                        whole = part[start - 1] + whole
                    yield whole, first + start + width - 1


def _follows_place(line: str, name: str) -> bool:
    """Whether a line is a place alone and the next a body's name without one: 青山县, 农业农村局."""
    return bool(_PLACE_ALONE.fullmatch(line) and not _WITH_PLACE.match(name) and is_organisation(name))


def parse_title(line: str, at: int = 0) -> Title | None:
    """The title that a line without white space holds, None where it is none;
    ``at``: its place among the lines, -1 where the page states it."""
    if "公开" not in line or len(line) > _LONGEST or ("报告" not in line and "年报" not in line):
        return None
    if _SENTENCE.search(line) or _NAVIGATION.search(line):
        return None
    line = written_years(line)
    core = _CORE.search(line)
    if core is None:
        return None
    before = line[: core.start()]
    named = before.rstrip('《“"')  # 某局2009年《政府信息公开条例》实施情况年度报告
    *parts, head = _PART.split(named)
    end = _read_end(line[core.end() :])
    text = head + before[len(named) :] + core.group() + end.printed
    if text.count("(") != text.count(")"):
        return None  # the line breaks within the title
    who, years = _read_head(head)
    within = [int(year) for year in re.findall(r"20[0-3]\d", core["inside"])]
    own = [*years[-1:], *within, *end.years, *years[:-1]]
    issued = bool(_ISSUED.search(before) and _ISSUED_BY.match(end.rest))
    about = not issued and bool(_ABOUT.match(end.rest) or _ABOUT_BEFORE.search(before) or _VERB.search(who))
    return Title(
        text=_PREFACE_OF_TEXT.sub("", text.lstrip("-—、·")),
        who="" if _VERB.search(who) else who or end.who or next(filter(is_organisation, map(_clean, parts)), ""),
        year=own[0] if own else None,
        other_years=tuple(sorted(set(own[1:]) - {own[0]})) if own else (),
        is_about=about,
        is_loose=not about and not _END.match(end.rest),
        is_weak="信息" not in core.group(),
        place="meta" if at < 0 else "text",
        at=at,
    )


@dataclass(frozen=True, slots=True)
class _End:
    """What follows a title's middle: a year, printed so, and an agency, both in brackets, then the rest."""

    printed: str
    years: tuple[int, ...]
    who: str
    rest: str


def _read_end(tail: str) -> _End:
    tail = tail.lstrip('》”"')
    printed, years, who = "", tuple[int, ...](), ""
    if late := _TAIL_YEAR.match(tail):
        printed, years, tail = late.group().strip("-—_"), (int(late[1]),), tail[late.end() :]
    if (named := _NAMED.match(tail)) and is_organisation(named[1]):
        who, tail = named[1], tail[named.end() :]
    while note := _NOTE.match(tail):
        tail = tail[note.end() :]
    return _End(printed, years, who, tail)


def _read_head(head: str) -> tuple[str, list[int]]:
    """The agency and the years before a title's middle; who issues a report may stand before whose it is."""
    issues = _ISSUES.match(head)
    issuer, rest = issues.groups() if issues else ("", head)
    rest = _PUBLISHED.sub("", rest)
    years = list(_YEAR.finditer(rest))
    return _who(rest, years) or _clean(issuer), [int(year[1]) for year in years]


_PREFACE_OF_TEXT = re.compile(
    r"^(?:附件?\d{0,2}[.、]?|\d{1,2}[.、](?!\d)|[(（][一二三四五六七八九十]{1,2}[)）]|现将|公布|发布)+"
)


def written_years(line: str) -> str:
    """Years in Chinese numerals as figures: 二〇二四年 becomes 2024年."""
    if "二" not in line:
        return line
    return _WRITTEN_YEAR.sub(lambda year: year.group().translate(_NUMERALS).replace("二", "2"), line)


def _who(head: str, years: Sequence[re.Match[str]]) -> str:
    """The agency before or after the year, "" where there is none."""
    if not years:
        return _clean(head)
    before, after = _clean(head[: years[0].start()]), _clean(head[years[-1].end() :])
    if after in _WHOSE_ELSE:
        after = ""
    if before and after and not is_organisation(before) and is_organisation(after) and before not in after:
        return before + after  # 赣县区2024年商务局
    return before or after


def _clean(name: str) -> str:
    name = _PREFACE.sub("", _trim(name))
    name = _trim(name.removesuffix(next(filter(name.endswith, _BEHIND_NAME), "")))
    if name.endswith("人民"):
        name += "政府"  # 某区人民政府信息公开: the word stands once for twice
    return name if is_agency(name) else ""


def _trim(name: str) -> str:
    """Without what parts a name from its neighbours, and without a bracket that has no other."""
    name = name.strip("-—、·.[]〔〕【】_ ")
    if name.count("(") != name.count(")"):
        return name.strip("()")
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name
