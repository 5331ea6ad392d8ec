"""Hanweb jpaas: columns whose lists come as HTML within JSON."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import base_of, folder_of, resolve
from extract.crawl.families.answers import count_of, value_of
from extract.crawl.families.base import on_site, parse_html, parse_json
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.links import Around, Entry
from extract.crawl.families.listing import LinkedFamily, around_of, linked, telling
from extract.crawl.model import Ask, Listing, Page
from extract.crawl.site import Site

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
PARAMETERS = ("parseType", "webId", "tplSetId", "pageType", "tagId", "pageId")
ROWS = 15
_USUAL = {"parseType": "bulidstatic", "pageType": "column"}
_NAMES = {"web_id": "webId", "tpl_set_id": "tplSetId", "tag_id": "tagId", "page_id": "pageId", "rows": "rows"}
_NEEDED = ("webId", "pageId")
_LINKED = re.compile(r"""["'(]([^"'()\s]*/page/build/unit)\?([^"'()\s]*)""")
_PARAMETER = re.compile(
    rf"""["']?\b({"|".join((*PARAMETERS, "rows"))})["']?\s*[:=]\s*(?:"([^"<>&]*)"|'([^'<>&]*)'|([\w\-]+))"""
)
_QUOTES = re.compile(r"&quot;|&#0?3[49];")
_DOCUMENT = re.compile(r"/art(?:/\d{4})?(?:/\d{1,2}/\d{1,2})?/art_[\w\-]+\.html?$")
_TOTAL = re.compile(r"""(?:totalRecord|totalCount|count|total)["']?\s*[:=]\s*["']?(\d{1,7})""", re.IGNORECASE)


class Jpaas(LinkedFamily):
    """Hanweb jpaas (临夏 and newer sites).

    Asks for: /col/colN/index.html (or the column's folder), then GET
    /api-gateway/jpaas-publish-server/front/page/build/unit?parseType=bulidstatic
    &webId=&tplSetId=&pageType=column&tagId=&pageId=&rows=15&pageNo=1 with what
    the column's page says of webId, tplSetId, tagId and pageId (an address
    that it links, an object in a script, attributes) or the source's params;
    …/art/YYYY/art_<uuid>.html from the HTML in its answer.
    Paging: pageNo, up to the total that the answer tells (total, totalCount,
    count, totalRecord, in the JSON or its HTML), else page after page until
    one shows less than the rows asked for, or the same as before.
    Promised: that total.
    Params, all optional: web_id, tpl_set_id, tag_id, page_id, rows.
    Seen: the address and its parameters, "JSON with html", art_ addresses.
    Assumed: where the parameters stand in the column's page (only webId and
    pageId must be found), the name of the HTML's key (html), names of totals.
    """

    name: ClassVar[str] = "jpaas"

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link is an entry: its address is an article's, or has a date beside it."""
        return bool(_DOCUMENT.search(entry.url)) or super().is_item(entry, around)

    def listing(self, site: Site, page: Page) -> Listing:
        """The unit that a column's page shows, or the entries in an answer."""
        return self._answer(site, page) if "unit" in page.ask.context else self._column(site, page)

    def _column(self, site: Site, page: Page) -> Listing:
        """A column's page: its own links, and the ask for its unit."""
        tree = parse_html(page.text)
        around = around_of(site, page, tree, self.folder(page))
        found = links.entries(tree, base_of(tree, page.url))
        result = linked(self, site, page, tree, found, around, paging.Paging())
        address, parameters = _unit(site, page)
        if any(not parameters.get(name) for name in _NEEDED):
            if not any(ask.role == "report" and on_site(site, ask.url) for ask in result.asks):
                raise NotAListing(
                    "栏目页既没有年报链接，也没有取列表所需的 webId、pageId",
                    "a column without links to reports and without the webId and pageId to ask for them",
                )
            return result
        url = f"{address}?{urlencode({**parameters, 'pageNo': '1'})}"
        context = {"unit": "1", "page": "1", "rows": parameters["rows"]}
        ask = Ask(url, "listing", page.ask.listing, page.ask.hint, depth=page.ask.depth, context=context)
        ask = telling(ask, around)
        return replace(result, asks=(*result.asks, ask))

    def _answer(self, site: Site, page: Page) -> Listing:
        """The entries in the HTML of an answer."""
        answer = parse_json(page)
        markup = value_of(answer, "html")
        if not isinstance(markup, str):
            raise NotAListing("回答中没有列表（html）", "no list (html) in the answer")
        tree = parse_html(markup)
        context = page.ask.context
        around = around_of(site, page, tree, folder_of(page.ask.listing))
        entries = links.entries(tree, page.ask.listing)
        found = [entry for entry in entries if entry.text and not links.is_furniture(entry.text)]
        total = count_of(answer, "total", "totalCount", "count", "totalRecord")
        told = _TOTAL.search(markup) if total is None else None
        total = int(told[1]) if told else total
        rows = int(context.get("rows", ROWS))
        # The column's own page is one of those that may be fetched.
        place = paging.place_of(page, page.url, site.max_pages - 1)
        further, pages = _further(page, place, total, rows, len(found))
        paged = paging.Paging(further, total, pages, counted=total is not None)
        return linked(self, site, page, tree, found, around, paged)


def _further(
    page: Page, place: paging.Place, total: int | None, rows: int, shown: int
) -> tuple[tuple[tuple[str, int], ...], int | None]:
    """Addresses and numbers of the pages to ask for after an answer, and how many the list has."""
    if total is None:
        number = place.number + 1
        return (((paging.numbered_address(page.ask.url, number), number),) if shown >= rows else ()), None
    numbers, pages = paging.numbered(total, rows, place)
    asked = numbers if place.number == 1 else ()
    return tuple((paging.numbered_address(page.ask.url, number), number) for number in asked), pages


def _unit(site: Site, page: Page) -> tuple[str, dict[str, str]]:
    """Address and parameters of a column's unit: as the source says, as the page does, as usual."""
    text = _QUOTES.sub("'", page.text)
    found = dict(_USUAL)
    for match in _PARAMETER.finditer(text):
        found[match[1]] = next(value for value in match.groups()[1:] if value is not None)
    address = UNIT
    shown = _LINKED.search(text)
    if shown:
        address = shown[1] or UNIT
        found |= {key: value for key, value in parse_qsl(html.unescape(shown[2])) if key in (*PARAMETERS, "rows")}
    found |= {_NAMES[name]: value for name, value in site.params.items() if name in _NAMES}
    rows = found.get("rows", "")
    found["rows"] = rows if rows.isdecimal() and 0 < int(rows) <= 1000 else str(ROWS)
    ordered = {name: found.get(name, "") for name in (*PARAMETERS, "rows")}
    return resolve(page.url, address) or urljoin(page.url, UNIT), ordered
