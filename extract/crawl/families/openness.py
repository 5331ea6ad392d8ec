"""The annual-report module of 安徽 (lonsun): one list per organisation and year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urljoin

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import base_of, canonical, folder_of
from extract.crawl.families.base import Family, is_html, parse_html
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.listing import check_empty
from extract.crawl.families.vocabulary import is_look_alike
from extract.crawl.model import Ask, Hint, Listing, Page
from extract.crawl.site import Site

_MODULE = re.compile(r"(.*?/OpennessAnnualReport)(?:/.*)?$", re.IGNORECASE)
_SHOWN = re.compile(r"/(?:OpennessAnnualReport|XxgkAnnualReport|Xxgknb)/show/\d+\.html$|/public/[^/]+/\d+\.html$", re.I)


class Openness(Family):
    """The annual-report module of 安徽 (铜陵 东至 宣城).

    Asks for: /openness/OpennessAnnualReport/year/<org>/<year>.html for every
    organisation of ``agencies`` and every year of ``years``, each a list of
    its own, and the pages it shows: /OpennessAnnualReport/show/N.html,
    /XxgkAnnualReport/show/N.html, /Xxgknb/show/N.html, /public/<column>/N.html.
    Everything that the module lists is an annual report but for look-alikes.
    Paging: 下一页 where there is one. Promised: 共N条 where the page says so.
    Params: none; ``agencies`` (organisation's number: name) and ``years`` are
    needed. A listing's address may be any of the module's.
    Seen: the addresses. Assumed: that the year in the list's address is the
    report year, and that a list may hold other agencies' reports as well
    (the title decides whose, else the organisation).
    """

    name: ClassVar[str] = "openness"

    def start(self, site: Site) -> Iterator[Ask]:
        """The list of every organisation and year."""
        if site.years is None:
            return
        for listing in site.listings:
            address = canonical(listing.url)
            if address is None:
                continue
            found = _MODULE.match(address)
            module = found[1] if found else urljoin(address, "/openness/OpennessAnnualReport")
            for year in range(site.years[1], site.years[0] - 1, -1):
                for organisation, agency in site.agencies.items():
                    url = canonical(f"{module}/year/{organisation}/{year}.html")
                    if url is not None:
                        yield Ask(url, "listing", url, Hint(agency=agency, report_year=year))

    def listing(self, site: Site, page: Page) -> Listing:
        """The reports that the module shows for one organisation and year."""
        if not is_html(page):
            raise NotAListing(f"应为网页，得到的却是 {page.media_type}", f"{page.media_type} in the place of a page")
        tree = parse_html(page.text)
        base = base_of(tree, page.url)
        found = links.entries(tree, base)
        if not found:
            check_empty(page.text)
        hint = page.ask.hint
        around = links.Around(folder_of(page.url), hint.agency, hint.report_year, speaks=True)
        asks, items = {}, []
        for entry in found:
            if entry.framed or not _SHOWN.search(entry.url):
                continue
            items.append(entry.url)
            shown = links.report_hint(site, entry, around) or _listed(site, entry, around)
            if shown is not None:
                asks[entry.url] = Ask(entry.url, "report", page.ask.listing, shown, depth=page.ask.depth)
        paged = paging.by_links(tree, page.text, paging.place_of(page, base, site.max_pages))
        further = paging.asks_of(page, paged, items)
        return Listing((*asks.values(), *further), tuple(items), paged.promised, paged.promised_pages)


def _listed(site: Site, entry: links.Entry, around: links.Around) -> Hint | None:
    """The hint for what the module lists under a title that does not say that it is a report; None for look-alikes."""
    if is_look_alike(entry.text) or links.is_furniture(entry.text) or links.is_about_reports(entry.text):
        return None
    year = links.text_year(entry.text) or around.year
    if year is not None and not site.expects(year):
        return None
    return Hint(entry.text or None, entry.published_on, around.agency, year)
