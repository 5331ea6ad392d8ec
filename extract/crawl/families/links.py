"""Links: what stands on a list, and which of it are annual reports on information disclosure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.crawl.families.addresses import path_of, resolve
from extract.crawl.families.vocabulary import is_look_alike, words
from extract.crawl.model import Hint
from extract.crawl.site import FIRST_YEAR, Site
from extract.figures import squeeze
from extract.identity.dates import ANY_DATE, parse_date
from extract.identity.names import is_agency, is_organisation
from extract.identity.titles import Title, parse_title, written_years

_ROW_TAGS = frozenset({"li", "tr", "dd", "dt"})
_LIST_TAGS = frozenset({"ul", "ol", "dl", "table", "tbody", "body", "html", "form"})
_ROW_DEPTH = 4
_LONGEST_ROW = 300
_LONGEST_TEXT = 200
_LONGEST_PLACE = 8
_FRAME_TAGS = frozenset({"nav", "header", "footer", "aside"})
_FRAME = re.compile(
    r"nav|menu|foot|header|crumb|aside|share|search|yqlj|friend|related|recommend|hotnews|copyright|banner|weizhi|dqwz|pagination|pager"
    r"|prevnext|shangxia",
    re.IGNORECASE,
)
_DATED_ENDS = re.compile(
    rf"^[\[(<【]?(?:{ANY_DATE.pattern})(?:\d{{1,2}}:\d\d(?::\d\d)?)?[\])>】]?"
    rf"|[\[(<【]?(?:发布时间:?|发布日期:?)?(?:{ANY_DATE.pattern})(?:\d{{1,2}}:\d\d(?::\d\d)?)?[\])>】]?$"
)
_DATE_SIGN = re.compile(r"\d[-/.月]\d|日")
_BULLET = re.compile(r"^[·•▪■◆●►▶>»\-—*☆★]+|(?:\[?(?:NEW|new|图文|置顶|热)\]?|!)$")
_ELLIPSIS = re.compile(r"\.{2,}$")
_WHOLE = ("政府信息公开工作年度报告", "政府信息公开年度报告")
_SHORTEST_CUT = 3  # characters of the usual end that a cut text must still have
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?=年|\)|]|】|$|[^\d.\-/])")
_ISSUED = re.compile(r".*?关于(?:印发|公布|发布|公开|转发)(.*)的(?:通知|通告|公告|函)")
_VOCABULARY = re.compile(
    r"20[0-3]\d年?度?|政府|信息公开|年度报告|年报|工作|报告|年度|的|[()\[\]【】]|\.(?:pdf|docx?|wps|html?)$"
)

_LIST_NAMES = re.compile(
    r"(?:index|default|list|main|home)(?:[_-]?\d+)?\.\w+|\w*_list(?:_\d+)?\.\w+|list\w*\.\w+", re.I
)
_IDENTIFIED = re.compile(r"[?&](?:\w*(?:id|key|code|no)=\w*\d{3}|\w+=[0-9a-f]{16})", re.IGNORECASE)
_FURTHER_PAGE = re.compile(r"(?:index|default|list)[_-]?\d+\.\w+|\w*_list_\d+\.\w+", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{5}|[0-9a-f]{16}|(?:content|article|detail|show|info|doc|art|post)[_-]\w*\d", re.IGNORECASE)
_FILE_NAME = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)

_YEAR_FOLDER = re.compile(r"(20[0-3]\d)(?:n[a-z]*|nian[a-z]*)(?:_\d+)?", re.IGNORECASE)
_YEAR_BEHIND = re.compile(
    r"[a-z_]*?(?:nb|ndbg|gzbg|nianbao|bg)(20[0-3]\d)(?:n[a-z]*)?(?:_list)?(?:_\d+)?(?:\.\w+)?", re.I
)
_YEAR_PLAIN = re.compile(r"(20[0-3]\d)(?:[a-z]+)?(?:_\d+)?", re.IGNORECASE)
_YEAR_ASKED = re.compile(
    r"(?:^|&)(?:fbtime|year|nd|nf)=(20[0-3]\d)(?=&|$)|/year/[^/]+/(20[0-3]\d)\.html", re.IGNORECASE
)
_PUBLISHED_IN = re.compile(r"/t(20[0-4]\d)\d{4}_|/art/(20[0-4]\d)/|/(20[0-4]\d)(?:0[1-9]|1[0-2])/|/(20[0-4]\d)-\d\d")


@dataclass(frozen=True, slots=True)
class Entry:
    """A link: its canonical address, its text without white space and dates,
    the date beside it; ``framed`` where it stands in the page's frame
    (navigation, foot) rather than in its text."""

    url: str
    text: str
    published_on: str | None = None
    framed: bool = False
    cut: bool = False  # the text ends in dots


@dataclass(frozen=True, slots=True)
class Around:
    """What a list says of all its entries: the folder (host and path) that is
    its own, whose reports and which year they are, whether its heading or
    address speaks of annual reports."""

    folder: str
    agency: str | None = None
    year: int | None = None
    speaks: bool = False


def entries(tree: LexborHTMLParser, base: str) -> list[Entry]:
    """The links of a page that lead to pages, each address once, in their order.

    Where several links lead to one address, the longest text and the first date count.
    """
    found: dict[str, Entry] = {}
    frames: dict[int, bool] = {}
    rows: dict[int, str | None] = {}
    for node in tree.css("a[href]"):
        attributes = node.attributes
        url = resolve(base, attributes.get("href") or "")
        if url is None:
            continue
        framed = stands_in_frame(node, frames)
        raw, text = _text(node, attributes.get("title") or "")
        cut = text.endswith("..")  # as "…" is when squeezed
        text = _ELLIPSIS.sub("", text) if cut else text
        published = _first_date(raw) or (None if framed else _date_beside(node, rows))
        known = found.get(url)
        if known is None:
            found[url] = Entry(url, text, published, framed, cut)
        elif len(text) > len(known.text) or (published and not known.published_on):
            longer = Entry(url, text, None, False, cut) if len(text) > len(known.text) else known
            found[url] = Entry(url, longer.text, known.published_on or published, known.framed and framed, longer.cut)
    return list(found.values())


def _text(node: LexborNode, title: str) -> tuple[str, str]:
    """A link's text without white space, as printed, and without date and bullet or as its title has it in full."""
    raw = squeeze(node.text(deep=True)[:_LONGEST_TEXT])
    if not raw and (picture := node.css_first("img[alt]")) is not None:
        raw = squeeze((picture.attributes.get("alt") or "")[:_LONGEST_TEXT])
    text = clean_text(raw)
    if title and (named := clean_text(squeeze(title[:_LONGEST_TEXT]))) and _is_fuller(named, text):
        text = named
    return raw, text


def _is_fuller(title: str, text: str) -> bool:
    """Whether the title of a link tells more than its text: the text is cut, lacking, or only part of it."""
    bare = _ELLIPSIS.sub("", text)
    return len(title) <= 120 and (not bare or (len(title) > len(bare) and (bare in title or "报" in title)))


def clean_text(text: str) -> str:
    """A link's text (squeezed) without the date, the bullet and the mark of novelty at its ends."""
    if _DATE_SIGN.search(text):
        text = _DATED_ENDS.sub("", text)
    return _BULLET.sub("", text)


def _first_date(text: str) -> str | None:
    match = ANY_DATE.search(text) if _DATE_SIGN.search(text) else None
    found = parse_date(match.group()) if match else None
    return found.isoformat() if found else None


def _date_beside(node: LexborNode, rows: dict[int, str | None]) -> str | None:
    """The date in the row in which a link stands; None where the row has none
    or several. ``rows``: the dates of rows that were looked at, "" where to look further up."""
    above = node.parent
    for _ in range(_ROW_DEPTH):
        if above is None or above.tag in _LIST_TAGS:
            return None
        key = above.mem_id
        if key not in rows:
            rows[key] = _date_of_row(above)
        if rows[key] != "":
            return rows[key]
        above = above.parent
    return None


def _date_of_row(row: LexborNode) -> str | None:
    """The one date in a row; None where it has several or is too long for one, "" where what is above it may tell."""
    text = " ".join(row.text(deep=True, separator=" ").split())
    if len(text) > _LONGEST_ROW:
        return None
    days = {squeeze(match.group()) for match in ANY_DATE.finditer(text)} if "20" in text or "二" in text else set()
    if days:
        return _first_date(days.pop()) if len(days) == 1 else None
    return None if row.tag in _ROW_TAGS else ""


def stands_in_frame(node: LexborNode, known: dict[int, bool]) -> bool:
    """Whether a node stands in the page's frame; ``known``: what was found of other nodes."""
    above = node.parent
    passed = []
    result = False
    while above is not None and above.tag not in ("body", "html"):
        key = above.mem_id
        if key in known:
            result = known[key]
            break
        passed.append(key)
        attributes = above.attributes
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if above.tag in _FRAME_TAGS or (len(named) > 1 and _FRAME.search(named)):
            result = True
            break
        above = above.parent
    known.update(dict.fromkeys(passed, result))
    return result


def report_hint(site: Site, entry: Entry, around: Around) -> Hint | None:
    """What is known of the report that a link leads to; None where it leads to none, or to one of a year not asked for.

    The title decides; a year that it does not tell is taken from the address
    or from the list, unless the date of publication speaks against it.
    """
    title = _title(entry)
    if title is None:
        if not _is_entry(site, entry, around):
            return None
    elif title.is_about or _other_report(title, entry.text):
        return None
    year = (title.year if title else text_year(entry.text)) or year_around(entry, around)
    if year is not None and (year < FIRST_YEAR or not site.expects(year)):
        return None
    who = title.who if title else _bare_agency(entry.text)
    return Hint(
        title=None if entry.cut or not entry.text else entry.text,
        published_on=entry.published_on,
        agency=who or around.agency,
        report_year=year,
    )


def _title(entry: Entry) -> Title | None:
    """The report's title that a link's text is; the usual end of one that is cut short is supplied."""
    text = entry.text
    title = _parsed(text)
    if title is None and entry.cut:
        for whole in _WHOLE:
            for length in range(len(whole), _SHORTEST_CUT - 1, -1):
                if text.endswith(whole[:length]):
                    return parse_title(text[: len(text) - length] + whole)
    return title


def is_about_reports(text: str) -> bool:
    """Whether a link's text speaks of reports rather than being one's title (解读, 编制通知)."""
    title = _parsed(text)
    return title is not None and title.is_about


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Title | None:
    return parse_title(text)


def _other_report(title: Title, text: str) -> bool:
    """Whether a title that names information disclosure is another report's all the same."""
    if title.is_weak and "年度" not in text and "年报" not in text:
        return True  # 政务公开工作报告
    issued = _ISSUED.fullmatch(text)
    return title.is_loose and is_look_alike(issued[1] if issued else text, title.who)


def _is_entry(site: Site, entry: Entry, around: Around) -> bool:
    """Whether a link whose text is no report's title leads to one, by where it stands.

    On a list of annual reports only (``every_item``) everything with a year
    does that is no look-alike; on a list, or at an address, that speaks of
    annual reports what calls itself one, a bare year, or an agency's name.
    """
    text = entry.text
    if entry.framed or len(text) < 2 or is_furniture(text):
        return False
    bare = _bare_agency(text)
    if is_look_alike(text, bare):
        return False
    own_year = text_year(text) or address_year(entry.url, entry.published_on)
    placed = own_year is not None or entry.published_on is not None or is_below(entry.url, around.folder)
    if site.every_item:
        return placed and (own_year is not None or around.year is not None or bool(bare))
    if not (around.speaks or words().report_address.search(entry.url.partition("//")[2].partition("/")[2])):
        return False
    year = own_year or around.year
    return placed and year is not None and bool(bare or words().entry_words.search(text))


def is_furniture(text: str) -> bool:
    """Whether a link's text is one of those that stand on every page (首页, 下一页)."""
    return bool(words().furniture.search(text))


def _bare_agency(text: str) -> str:
    """The agency of which alone a text speaks, beside a year and the words of an annual report; "" where of none."""
    title = _parsed(text)
    if title is not None and title.who:
        return title.who
    rest = _VOCABULARY.sub("", written_years(text)) if len(text) <= 60 else ""
    for name in (rest, _without_year(text)):
        if name and (is_organisation(name) or (len(name) <= _LONGEST_PLACE and is_agency(name))):
            return name
    return ""


def _without_year(text: str) -> str:
    return re.sub(r"^20[0-3]\d年?度?|[(\[]?20[0-3]\d年?度?[)\]]?$", "", written_years(text))


def text_year(text: str) -> int | None:
    """The one year that a text without white space names; None where it names none or several."""
    years = {int(year) for year in _YEAR.findall(written_years(text))}
    return years.pop() if len(years) == 1 else None


def year_around(entry: Entry, around: Around) -> int | None:
    """The report year by the entry's address, else by its list; None where they
    tell none or the report would be published before the year was over."""
    year = address_year(entry.url, entry.published_on)
    if year is None and around.year is not None:
        published = publication_year(entry.url, entry.published_on)
        year = around.year if published is None or published > around.year else None
    return year


@lru_cache(maxsize=4096)
def address_year(url: str, published_on: str | None = None) -> int | None:
    """The report year that an address tells (…/2023n/…, …/zfxxgknb/2023/…, fbtime=2023); None where it tells none.

    A year of publication (/art/2024/, t20240118, /202401/) is no report year.
    A bare year counts only behind a folder of annual reports, and only before
    the year of publication where that is known.
    """
    path, _, query = url.partition("//")[2].partition("?")
    asked = _YEAR_ASKED.search(query) or _YEAR_ASKED.search(path)
    if asked:
        return int(asked[1] or asked[2])
    published = publication_year(url, published_on)
    found: int | None = None
    behind = False
    for segment in path.split("/")[1:]:
        sure = _YEAR_FOLDER.fullmatch(segment) or _YEAR_BEHIND.fullmatch(segment)
        plain = _YEAR_PLAIN.fullmatch(segment) if behind and not sure else None
        match = sure or plain
        if match:
            year = int(match[1])
            if published is None or published > year or (sure and published == year):
                found = year
        behind = behind or bool(words().report_address.search(segment))
    return found


def publication_year(url: str, published_on: str | None) -> int | None:
    """The year in which a document was published, by the date beside its link or in its address."""
    if published_on:
        return int(published_on[:4])
    match = _PUBLISHED_IN.search(url)
    return int(next(filter(None, match.groups()))) if match else None


def is_list_address(url: str) -> bool:
    """Whether an address is that of a list by its shape: a folder, an index or list page."""
    if _IDENTIFIED.search(url):
        return False
    last = path_of(url).rpartition("/")[2]
    if not last or _LIST_NAMES.fullmatch(last):
        return True
    return not _FILE_NAME.search(last) and not _NUMBERED.search(last)


def is_further_page(url: str) -> bool:
    """Whether an address is that of a list's second or later page (index_2.html)."""
    return bool(_FURTHER_PAGE.fullmatch(path_of(url).rpartition("/")[2]))


def is_below(url: str, folder: str) -> bool:
    """Whether an address lies in a list's folder (host and path), the folder itself not counted."""
    place = url.partition("//")[2]
    return place.startswith(folder) and place != folder


def sublists(site: Site, found: list[Entry], around: Around) -> Iterator[tuple[str, Hint]]:
    """The lists below a list, with whose reports and which year they hold where that is said.

    A list in the list's own folder is followed where that folder, its address
    or its text speaks of annual reports, or its text names a year or an
    agency; one elsewhere where its text names an agency and annual reports
    (a county's list of its departments' lists). Years not asked for, look-alikes and calendars are passed over.
    """
    reports = bool(words().report_address.search(around.folder.partition("/")[2]))
    for entry in found:
        text, url = entry.text, entry.url
        if not text or is_further_page(url):
            continue
        if not is_below(_without_index(url), around.folder) and not _is_agency_list(entry):
            continue
        if is_calendar(entry) or is_furniture(text):
            continue
        agency = _bare_agency(text)
        year = text_year(text) or address_year(url) or around.year
        title = _parsed(text)
        if is_look_alike(text, agency) or (title is not None and (title.is_about or _other_report(title, text))):
            continue
        if year is not None and not site.expects(year):
            continue
        told = agency or text_year(text)
        if not told and ("?" in url or not (reports or _speaks(entry))):
            continue
        yield url, Hint(agency=agency or around.agency, report_year=year)


def _is_agency_list(entry: Entry) -> bool:
    """Whether a link outside a list's folder leads to an agency's list of
    annual reports: it says both, and does not stand in the page's frame."""
    return not entry.framed and bool(words().report_words.search(entry.text) and _bare_agency(entry.text))


def _speaks(entry: Entry) -> bool:
    """Whether the address or the text of a link to a list speaks of annual reports."""
    return bool(words().report_address.search(path_of(entry.url)) or words().report_words.search(entry.text))


def is_calendar(entry: Entry) -> bool:
    """Whether a link leads into a calendar, which has no end."""
    return bool(words().calendar_text.search(entry.text) or words().calendar_address.search(entry.url))


def _without_index(url: str) -> str:
    folder, _, last = url.rpartition("/")
    return f"{folder}/" if _LIST_NAMES.fullmatch(last) and last.lower().startswith(("index.", "default.")) else url
