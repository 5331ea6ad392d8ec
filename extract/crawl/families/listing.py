"""The generic family: lists of links, whatever CMS makes them."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import base_of, folder_of
from extract.crawl.families.base import Family, is_html, on_site, parse_html
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.links import Around, Entry
from extract.crawl.families.vocabulary import words
from extract.crawl.model import Ask, Listing, Page
from extract.crawl.site import Site
from extract.figures import squeeze
from extract.identity.titles import parse_title

_EMPTY = ("暂无", "没有", "共0条", "<ul", "<ol", "<dl", "<table", "createPage")


class LinkedFamily(Family):
    """Lists that are pages of links; what differs between the families is the
    shape of addresses and the way from page to page."""

    def listing(self, site: Site, page: Page) -> Listing:
        """Reports, lists below and further pages that a page links to."""
        if not is_html(page):
            raise NotAListing(
                f"应为网页，得到的却是 {page.media_type}", f"{page.media_type} in the place of a page of links"
            )
        tree = parse_html(page.text)
        base = base_of(tree, page.url)
        found = links.entries(tree, base)
        if not found:
            check_empty(page.text)
        around = around_of(site, page, tree, self.folder(page))
        place = paging.place_of(page, base, site.max_pages)
        return linked(self, site, page, tree, found, around, self.paging(tree, page, place))

    def folder(self, page: Page) -> str:
        """Host and path of the folder that is a list's own: what lies in it are its entries and the lists below it."""
        return folder_of(page.url)

    def is_list(self, url: str) -> bool:
        """Whether an address has the shape of a list's."""
        return links.is_list_address(url)

    def is_item(self, entry: Entry, around: Around) -> bool:
        """Whether a link to a document is an entry of the list: it has a date beside it or lies below the list."""
        return entry.published_on is not None or links.is_below(entry.url, around.folder)

    def paging(self, tree: LexborHTMLParser, page: Page, place: paging.Place) -> paging.Paging:
        """The list's other pages."""
        counted = paging.created(page.text, place, 1)
        if counted is not None:
            return counted
        linked_to = paging.by_links(tree, page.text, place)
        return linked_to if linked_to.further else paging.scripted(page.text, place) or linked_to


class GenericFamily(LinkedFamily):
    """Any site whose lists are pages of links.

    Asks for: the source's lists; of each its further pages, the lists below
    it (a year's folder 2023n/, an agency's folder, an index page under the
    list's own path) to ``max_depth``, and the links that concern us (see
    ``links.report_hint``): their text speaks of 政府信息公开 and 年度报告 or 年报,
    or they stand on a list or at an address that does and name a year.
    Paging: createPageHTML, 下一页, links to pages' numbers (index_2, ?page=2),
    a script's totalPage (Shanghai: the second page is index_2.html).
    Promised: 共N条, 共N页, n/m where the page says so.
    Params: none. With ``every_item`` whatever has a year and is no look-alike is asked for.
    Seen: the addresses. Assumed: that a list's entries have a date beside them
    or lie below it; the names in a script (totalPage, pageCount, urlPrefix).
    """

    name: ClassVar[str] = "listing"


def linked(
    family: LinkedFamily,
    site: Site,
    page: Page,
    tree: LexborHTMLParser,
    found: list[Entry],
    around: Around,
    paged: paging.Paging,
) -> Listing:
    """A page of links as a listing."""
    asks: dict[str, Ask] = {}
    items: dict[str, None] = {}
    for entry in found:
        concerned = report_ask(family, site, page, entry, around)
        if concerned is not None:
            items[entry.url] = None
            asks[entry.url] = concerned
        elif _is_item(family, entry, around):
            items[entry.url] = None
    paging.check_counted(page, tuple(items))
    if page.ask.depth > 0 and not any(on_site(site, url) for url in asks):
        asks |= itself(site, page, tree, around)
    # Lists that lie too deep are asked for as well: the round refuses them, and so each is named.
    below = [entry for entry in found if entry.url not in items and family.is_list(entry.url)]
    for url, hint in links.sublists(site, below, around):
        if on_site(site, url):
            asks.setdefault(url, Ask(url, "listing", url, hint, depth=page.ask.depth + 1))
    for ask in paging.asks_of(page, paged, tuple(items)):
        if ask.url not in asks or asks[ask.url].role == "listing":  # a page of the list rather than a list below it
            asks[ask.url] = ask
    return Listing(tuple(asks.values()), tuple(items), paged.promised, paged.promised_pages)


def report_ask(family: LinkedFamily, site: Site, page: Page, entry: Entry, around: Around) -> Ask | None:
    """The ask for the report to which an entry leads; None where it leads to
    none. What has a list's address is a report only if its title names agency and year."""
    hint = links.report_hint(site, entry, around)
    if hint is None or links.is_calendar(entry):
        return None
    if family.is_list(entry.url) or links.is_further_page(entry.url):
        title = parse_title(entry.text)
        if title is None or not title.who or title.year is None or entry.url == page.ask.listing:
            return None
    return Ask(entry.url, "report", page.ask.listing, hint, depth=page.ask.depth)


def _is_item(family: LinkedFamily, entry: Entry, around: Around) -> bool:
    if entry.framed or len(entry.text) < 2 or family.is_list(entry.url) or links.is_further_page(entry.url):
        return False
    if links.is_furniture(entry.text) or links.is_calendar(entry):
        return False
    return family.is_item(entry, around)


def itself(site: Site, page: Page, tree: LexborHTMLParser, around: Around) -> dict[str, Ask]:
    """The ask for the page itself where what was linked to as a list is a report: its title is one's."""
    for text in headings(tree):
        title = parse_title(text)
        if title is not None and not title.is_about and title.year is not None and tree.css_first("table") is not None:
            entry = Entry(page.url, text)
            hint = links.report_hint(site, entry, around)
            return {page.url: Ask(page.url, "report", page.ask.listing, hint, depth=page.ask.depth)} if hint else {}
    return {}


def around_of(site: Site, page: Page, tree: LexborHTMLParser, folder: str) -> Around:
    """What a list says of all its entries."""
    texts = headings(tree)
    speaks = (
        "speaks" in page.ask.context
        or bool(words().report_address.search(page.url.partition("//")[2].partition("/")[2]))
        or any(words().report_words.search(text) for text in texts)
    )
    year = page.ask.hint.report_year or links.address_year(page.ask.listing) or links.address_year(page.url)
    if year is None and (speaks or site.every_item):
        year = next(filter(None, map(links.text_year, texts)), None)
    return Around(folder, page.ask.hint.agency, year, speaks)


def telling(ask: Ask, around: Around) -> Ask:
    """An ask that carries what its list's heading says, for answers that come without heading."""
    context = {**ask.context, "speaks": "1"} if around.speaks else ask.context
    return replace(ask, hint=replace(ask.hint, report_year=around.year), context=context)


def headings(tree: LexborHTMLParser) -> list[str]:
    """The headings of a page without white space: the column's name, the first headings, the title."""
    found = [
        squeeze(node.attributes.get("content") or "")
        for node in tree.css("meta[name][content]")
        if (node.attributes.get("name") or "").lower() in ("columnname", "articletitle")
    ]
    found += [squeeze(node.text(deep=True)) for node in tree.css("h1, h2")[:4]]
    found += [squeeze(node.text(deep=True)) for node in tree.css("title")[:1]]
    return [text[:200] for text in found if text]


def check_empty(text: str) -> None:
    """NotAListing for a page without any link that does not say that its list is empty."""
    if not any(sign in text for sign in _EMPTY):
        raise NotAListing(
            f"页面没有任何链接（{len(text)}字），不是列表",
            f"a page of {len(text)} characters without a link is no list",
        )
