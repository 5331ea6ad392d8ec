"""Hanweb jcms: columns whose records stand in a data store within the page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import base_of, folder_of, resolve
from extract.crawl.families.base import parse_html
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.links import Around, Entry
from extract.crawl.families.listing import LinkedFamily, around_of, linked, telling
from extract.crawl.model import Ask, Listing, Page
from extract.crawl.site import Site

PROXY = "/module/web/jpage/dataproxy.jsp"
PARAMETERS = (
    "col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype",
)  # fmt: skip
_USUAL = {"col": "1", "appid": "1", "path": "/", "sourceContentType": "1", "permissiontype": "0"}
_GROUP = 3  # pages of which jpage fetches the records at once
_PER_PAGE = 15
_FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),)

_ADDRESS = re.compile(r"""href\s*=\s*["']([^"']+)["']""")
_TOTAL = re.compile(r"totalrecord\s*(?:[:=]\s*['\"]?|>\s*)(\d{1,7})", re.IGNORECASE)
_SIZE = re.compile(r"perpage\s*[:=]\s*['\"]?(\d{1,4})", re.IGNORECASE)
_NAMED_PROXY = re.compile(r"""["']([^"'<>\s]*dataproxy\.jsp)""")
_PARAMETER = re.compile(
    rf"""["']?\b({"|".join(PARAMETERS)})["']?\s*[:=]\s*(?:"([^"<>]*)"|'([^'<>]*)'|([\w.%/\-]+))""", re.IGNORECASE
)
_CALL = re.compile(r"jpage\s*\(|ajaxParam|dataproxy\.jsp")
_COLUMN = re.compile(r"/col/col(\d+)/")
_DOCUMENT = re.compile(r"/art/.*art_[\w\-]+\.html?$")
_NAMES = {name.lower(): name for name in PARAMETERS}


class Jcms(LinkedFamily):
    """Hanweb jcms (浙江 江苏 山东 宝鸡 荆门 大连).

    Asks for: /col/colN/index.html, the groups of records that the page does
    not hold itself, and /art/YYYY/M/D/art_COL_ID.html (a day of publication).
    Records: <datastore> … <record><![CDATA[<li>…]]></record> within the page;
    where it has none, links are read as on any list.
    Paging: totalRecord and perPage in the page's script; the records after
    those in the page from dataproxy.jsp?startrecord=46&endrecord=90&perpage=15,
    three pages at a time, with col, appid, webid, path, columnid,
    sourceContentType, unitid, webname, permissiontype as <nextgroup> gives
    them (columnid and unitid may be encrypted there), else the script. By
    POST (these in the body) unless ``params: {paging: get}`` says to put them
    in the address. A proxy that answers with the first record again takes no
    numbers of records: it is asked for page=2, 3, … (``paging: page``: at once).
    Promised: totalRecord, and the groups it takes.
    Params, all optional: paging (post, get, page); webid, columnid, unitid,
    webname where the page does not tell them.
    Seen: store, proxy, parameters, art_ addresses, 下一页-less paging. Assumed:
    that what <nextgroup> gives counts for all further groups; that page=N
    counts pages as long as the first.
    """

    name: ClassVar[str] = "jcms"

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link is an entry: its address is an article's, or has a date beside it."""
        return bool(_DOCUMENT.search(entry.url)) or super().is_item(entry, around)

    def listing(self, site: Site, page: Page) -> Listing:
        """The records of a column's page, or of an answer of the proxy."""
        answered = "records" in page.ask.context
        if answered and "<datastore" not in page.text and "<recordset" not in page.text:
            raise NotAListing(
                "应为 datastore 数据，得到的是别的内容（可能是防护或验证页面）",
                "no data store in the answer, perhaps a challenge page",
            )
        records = _parts(page.text, "record")
        if not answered and not records and "<datastore" not in page.text and not _CALL.search(page.text):
            return super().listing(site, page)
        tree = parse_html("\n".join(records) if answered else page.text)
        base = page.ask.listing if answered else base_of(tree, page.url)
        shown = tree if answered else parse_html("\n".join(records))
        found = [entry for entry in links.entries(shown, base) if not links.is_furniture(entry.text)]
        around = around_of(site, page, tree, folder_of(page.ask.listing))
        result = linked(_Records(), site, page, tree, found, around, paging.Paging())
        total = _number(_TOTAL, page.text)
        if not answered:  # what the column's heading says counts for the records that come without it
            page = replace(page, ask=telling(page.ask, around))
        asks, pages = _groups(site, page, len(records), total, result.items[:1])
        if total is None and not records and not asks:
            raise NotAListing(
                "栏目页没有数据，也没有取数据所需的 unitid",
                "a column without records and without the unitid to ask for them",
            )
        return Listing((*result.asks, *asks), result.items, total, pages)


class _Records(LinkedFamily):
    """Of records every link is an entry."""

    name: ClassVar[str] = "jcms_records"

    def is_item(self, entry: Entry, around: Around) -> bool:
        return True


def _groups(
    site: Site, page: Page, held: int, total: int | None, first_item: Sequence[str]
) -> tuple[list[Ask], int | None]:
    """The asks for the records after those that the column's page holds, and how many fetches the list takes in all.

    Where the column's page tells no total, its first group does, and the
    others are asked for then. A proxy that answers a later group with the
    first record again knows no groups: then its pages are asked for by number.
    """
    size = max(1, _number(_SIZE, page.text) or int(page.ask.context.get("size", _PER_PAGE)))
    group = _GROUP * size
    context = page.ask.context
    first = "records" not in context
    if not first and first_item and context.get("first") == first_item[0]:
        return _by_page(site, page, dict(parse_qsl(context.get("parameters", ""))), held, total)
    if not first and context.get("total") != "open":
        return [], None
    if not first:  # the first group, asked for without knowing the total
        held = max(held, group)
    parameters = _parameters(site, page) if first else dict(parse_qsl(context.get("parameters", "")))
    if site.params.get("paging") == "page":
        return _by_page(site, page, parameters, held or size, total)
    if total is None:
        if not first or not parameters.get("unitid"):
            return [], None
        window = (held + 1, held + group)
        return [_group_ask(site, page, parameters, window, size, 2, first_item, is_open=True)], None
    starts = range(held + 1, total + 1, group)
    fetched = 1 if first else 2  # the column's page, and the first group where it had to tell the total
    spent = {"spent": str(fetched + len(starts))}
    asks = [
        _group_ask(site, page, parameters, (start, min(start + group - 1, total)), size, number, first_item)
        for number, start in enumerate(starts[: site.max_pages - fetched + 1], start=fetched + 1)
    ]
    return [replace(ask, context={**ask.context, **spent}) for ask in asks], fetched + len(starts)


def _group_ask(
    site: Site,
    page: Page,
    parameters: Mapping[str, str],
    records: tuple[int, int],
    size: int,
    number: int,
    first_item: Sequence[str],
    *,
    is_open: bool = False,
) -> Ask:
    """The ask for the records from the first to the last of ``records`` (from
    1); ``first_item``: the column's first entry, by which an answer is known that heeds no numbers."""
    window = {"startrecord": records[0], "endrecord": records[1], "perpage": size}
    context = {"records": f"{records[0]}-{records[1]}", "size": str(size), "parameters": urlencode(parameters)}
    context |= {"first": first_item[0]} if first_item else {}
    context |= {"total": "open"} if is_open else {"counted": "1"}
    return _proxy_ask(site, page, parameters, window, context, number)


def _proxy_ask(
    site: Site,
    page: Page,
    parameters: Mapping[str, str],
    wanted: Mapping[str, int],
    context: Mapping[str, str],
    number: int,
) -> Ask:
    """An ask to the proxy for what is wanted, by POST or GET."""
    proxy = parameters.get("proxy") or urljoin(page.ask.listing, PROXY)
    sent = urlencode({name: parameters[name] for name in PARAMETERS if name in parameters})
    by_get = site.params.get("paging") == "get"
    told = {"speaks": "1"} if "speaks" in page.ask.context else {}
    return Ask(
        f"{proxy}?{urlencode(wanted)}&{sent}" if by_get else f"{proxy}?{urlencode(wanted)}",
        "listing",
        page.ask.listing,
        page.ask.hint,
        "GET" if by_get else "POST",
        "" if by_get else sent,
        () if by_get else _FORM,
        depth=page.ask.depth,
        context={**told, **context, "page": str(number)},
    )


def _by_page(
    site: Site, page: Page, parameters: Mapping[str, str], size: int, total: int | None
) -> tuple[list[Ask], int | None]:
    """The asks for the pages of a proxy that takes page=N only, each as long as the one that came; and how many.
    The groups that were asked for before that was known count among the pages that may be fetched; where they were
    too many already, no page is asked for."""
    spent = int(page.ask.context.get("spent") or ("2" if "records" in page.ask.context else "1"))
    place = paging.place_of(page, page.url, site.max_pages - spent + 1)
    numbers, pages = paging.numbered(total or 0, size, place)
    asks = [
        _proxy_ask(site, page, parameters, {"page": number}, {"records": f"page {number}", "counted": "1"}, number)
        for number in numbers
    ]
    return asks, pages


def _parameters(site: Site, page: Page) -> dict[str, str]:
    """What the proxy is to be sent: as the source says, as <nextgroup> gives it, as the script does, as usual."""
    found: dict[str, str] = {}
    call = _CALL.search(page.text)
    if call:
        for match in _PARAMETER.finditer(page.text, max(0, call.start() - 2000)):
            found.setdefault(_NAMES[match[1].lower()], next(value for value in match.groups()[1:] if value is not None))
    proxy = _NAMED_PROXY.search(page.text)
    address = proxy[1] if proxy else PROXY
    linked_at = _ADDRESS.search("".join(_parts(page.text, "nextgroup")[:1]))
    if linked_at:
        address, _, query = html.unescape(linked_at[1]).partition("?")
        found |= {_NAMES[key.lower()]: value for key, value in parse_qsl(query) if key.lower() in _NAMES}
    found |= {name: value for name, value in site.params.items() if name in PARAMETERS}
    column = _COLUMN.search(page.ask.listing)
    if column:
        found.setdefault("columnid", column[1])
    for name, value in _USUAL.items():
        found.setdefault(name, value)
    found["proxy"] = resolve(page.url, address) or urljoin(page.ask.listing, PROXY)
    return found


def _parts(text: str, tag: str) -> list[str]:
    """What stands in the elements of a data store that are so named, without the marks of CDATA. A search for whole
    elements would take long where many are begun and none is ended."""
    begun = [part.split(f"</{tag}>", 1) for part in text.split(f"<{tag}>")[1:]]
    whole = [part[0].strip() for part in begun if len(part) == 2]
    return [part.removeprefix("<![CDATA[").removesuffix("]]>") for part in whole]


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match and int(match[1]) <= paging.LARGEST else None
