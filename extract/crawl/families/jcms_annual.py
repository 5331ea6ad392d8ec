"""Hanweb's module of annual reports: one address per agency and year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote, urljoin

from extract.crawl.families import links
from extract.crawl.families.addresses import base_of, canonical
from extract.crawl.families.base import Family, parse_html
from extract.crawl.model import Ask, Hint, Listing, Page
from extract.crawl.site import Site

MODULE = "/module/xxgk/xxgkAnnualReport.jsp"
_AREA = re.compile(r"[?&]area=([^&]+)")


class JcmsAnnual(Family):
    """Hanweb's annual-report module (浙江 山东 大连).

    Asks for: /module/xxgk/xxgkAnnualReport.jsp?area=<org code>&fbtime=<year> for
    every agency of ``agencies`` and every year of ``years``, as reports; the
    source's listings give the hosts (and another path of the module, if they
    end in .jsp). fbtime is the report's year. Nothing is fetched as a list.
    Paging: none. Promised: nothing; agencies × years is what is expected.
    Params: none; ``agencies`` (area code: name) and ``years`` are needed.
    Seen: the address and both parameters in either order. Assumed: that what
    the module shows for an agency without a report of that year is no report.
    """

    name: ClassVar[str] = "jcms_annual"

    def start(self, site: Site) -> Iterator[Ask]:
        """Every agency's report of every year."""
        if site.years is None:
            return
        for listing in site.listings:
            module = listing.url.partition("?")[0]
            address = canonical(module if module.endswith(".jsp") else urljoin(module, MODULE))
            if address is None:
                continue
            for year in range(site.years[1], site.years[0] - 1, -1):
                for area, agency in site.agencies.items():
                    url = f"{address}?area={quote(area)}&fbtime={year}"
                    yield Ask(url, "report", address, Hint(agency=agency, report_year=year))

    def listing(self, site: Site, page: Page) -> Listing:
        """The module's links on a page that shows the agencies; it is not asked for, but may be read."""
        tree = parse_html(page.text)
        asks, items = {}, []
        for entry in links.entries(tree, base_of(tree, page.url)):
            area, year = _AREA.search(entry.url), links.address_year(entry.url)
            if area is None or year is None or "xxgkAnnualReport" not in entry.url:
                continue
            items.append(entry.url)
            if site.expects(year):
                hint = Hint(agency=site.agencies.get(area[1]), report_year=year)
                asks[entry.url] = Ask(entry.url, "report", page.ask.listing, hint, depth=page.ask.depth)
        return Listing(tuple(asks.values()), tuple(items))
