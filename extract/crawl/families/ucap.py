"""UCAP: channels searched in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin

from extract.crawl.families import links, paging
from extract.crawl.families.addresses import canonical, resolve
from extract.crawl.families.answers import count_of, date_of, objects_of, text_of, value_of
from extract.crawl.families.base import Family, parse_json
from extract.crawl.families.errors import NotAListing
from extract.crawl.model import Ask, Hint, Listing, Page
from extract.crawl.site import Site
from extract.figures import squeeze
from extract.identity.names import is_organisation

ROWS = 15
_SEARCH = re.compile(r"(.*/common/search/[^/?]+)(?:\?.*)?$")
_TAGS = re.compile(r"<[^<>]*>")


class Ucap(Family):
    """UCAP (黑龙江, 湖南).

    Asks for: GET /common/search/{channel}?page=1&_pageSize=15&_isAgg=true
    &_isJson=true&_template=index, then the results' url (…/YYYYMM/<32 hex>.shtml).
    Paging: page=N from 1, up to data.total by data.rows (the size of a page).
    Promised: data.total.
    Params: channel (one or several, with commas), unless the listings are
    addresses of the search themselves (…/common/search/<channel>).
    Results carry title, url, a time of publication and domainMetaList (keys
    refno, writedate, pubdate, indexnumber, source …).
    Seen: address, data.total/page/rows/results, the keys of domainMetaList.
    Assumed: names of a result's time (publishedTimeStr, publishedTime,
    display_publish_time …), the shape of domainMetaList (objects with key and
    value at any depth), that pages count from 1.
    """

    name: ClassVar[str] = "ucap"

    def start(self, site: Site) -> Iterator[Ask]:
        """The first page of every channel."""
        channels = [part.strip() for part in site.params.get("channel", "").split(",") if part.strip()]
        for listing in site.listings:
            own = _SEARCH.match(listing.url)
            stems = [own[1]] if own else [urljoin(listing.url, f"/common/search/{channel}") for channel in channels]
            for stem in stems:
                url = canonical(f"{stem}?page=1&_pageSize={ROWS}&_isAgg=true&_isJson=true&_template=index")
                if url is not None:
                    yield Ask(url, "listing", url, Hint(agency=listing.agency), context={"page": "1"})

    def listing(self, site: Site, page: Page) -> Listing:
        """The results of an answer."""
        answer = parse_json(page)
        results = value_of(answer, "results")
        if not isinstance(results, list):
            raise NotAListing("回答中没有 results", "no results in the answer")
        around = links.Around("", page.ask.hint.agency, page.ask.hint.report_year, speaks=True)
        asks: dict[str, Ask] = {}
        items: dict[str, None] = {}
        for result in objects_of(results):
            url = resolve(page.url, text_of(result.get("url")))
            if url is None:
                continue
            items[url] = None
            hint = _hint(site, result, url, around)
            if hint is not None:
                asks[url] = Ask(url, "report", page.ask.listing, hint, depth=page.ask.depth)
        total = count_of(answer, "total")
        paged = paging.by_number(page, site, total, count_of(answer, "rows") or ROWS)
        paging.check_counted(page, tuple(items))
        further = paging.asks_of(page, paged, tuple(items))
        return Listing((*asks.values(), *further), tuple(items), total, paged.promised_pages)


def _hint(site: Site, result: dict[str, Any], url: str, around: links.Around) -> Hint | None:
    """What a result says of a report; None where it is none."""
    said = dict(_metadata(result.get("domainMetaList"), 6))
    times = (
        result.get("publishedTimeStr"), result.get("publishedTime"), result.get("display_publish_time"),
        result.get("pubDate"), said.get("pubdate"), said.get("writedate"),
    )  # fmt: skip
    title = links.clean_text(squeeze(_TAGS.sub("", text_of(result.get("title")))))
    entry = links.Entry(url, title, date_of(times))
    hint = links.report_hint(site, entry, replace(around, agency=None))
    if hint is None:
        return None
    source = squeeze(said.get("source", "") or text_of(result.get("source")))
    agency = hint.agency or (source if is_organisation(source) else None) or around.agency
    return Hint(hint.title, hint.published_on, agency, hint.report_year, squeeze(said.get("indexnumber", "")) or None)


def _metadata(value: Any, levels: int) -> Iterator[tuple[str, str]]:
    """Key and value of every object of a list of metadata, however deep."""
    if levels == 0:
        return
    if isinstance(value, list):
        for held in value:
            yield from _metadata(held, levels - 1)
    elif isinstance(value, dict):
        key, text = value.get("key"), value.get("value")
        if isinstance(key, str) and isinstance(text, str) and text.strip():
            yield key.lower(), text_of(text)
        for held in value.values():
            yield from _metadata(held, levels - 1)
