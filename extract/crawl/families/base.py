"""What every family of sites has in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families.addresses import canonical, host_of
from extract.crawl.families.attachments import attachments
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.meta import page_hint
from extract.crawl.model import Ask, Hint, Listing, Page, Report
from extract.crawl.site import Site
from extract.model import ReadError
from extract.readers.html import check_markup


class Family(ABC):
    """A CMS, or a module of one: where its sites list their annual reports and how its pages are built.

    A family asks for nothing itself and keeps nothing between two calls. Reports
    and files off the source's hosts are among its asks: the crawler declines
    them, and so they do not vanish without a word.
    """

    name: ClassVar[str]

    def start(self, site: Site) -> Iterator[Ask]:
        """What to ask for first: the source's own lists, unless the family knows better."""
        for listing in site.listings:
            address = canonical(listing.url)
            if address is not None:
                yield Ask(address, "listing", address, Hint(agency=listing.agency))

    @abstractmethod
    def listing(self, site: Site, page: Page) -> Listing:
        """What stands on a page of a list; NotAListing where it is none."""

    def report(self, site: Site, page: Page) -> Report:
        """What a report's page says of itself, and the files that belong to it; nothing for what is no page, or
        too large a one (the reader refuses that as well, and says so)."""
        tree = report_tree(page)
        if tree is None:
            return Report()
        return Report(page_hint(tree), tuple(attachments(page, tree)))


def on_site(site: Site, address: str) -> bool:
    """Whether an address may be asked for: its host is one of the source's."""
    return host_of(address) in site.hosts


def is_html(page: Page) -> bool:
    """Whether a page is one of HTML rather than a file, by its type or, as types are often wrong, its beginning."""
    if "html" in page.media_type or page.media_type in ("", "text/plain", "application/xml", "text/xml"):
        return True
    return page.text[:200].lstrip("\ufeff \r\n\t").lower().startswith(("<!doctype html", "<html"))


def parse_html(text: str) -> LexborHTMLParser:
    """The tree of a page or a piece of one; NotAListing where it has more tags
    or levels than any list, so that to parse it would take long."""
    try:
        check_markup(text)
    except ReadError as error:
        zh, _, en = error.message.partition(" / ")
        raise NotAListing(f"不是列表：{zh}", f"no list: {en}") from error
    return LexborHTMLParser(text.encode("utf-8", "replace").decode("utf-8"))


def report_tree(page: Page) -> LexborHTMLParser | None:
    """The tree of a report's page; None for a file, or a page too large to be parsed."""
    if not is_html(page):
        return None
    try:
        return parse_html(page.text)
    except NotAListing:
        return None


def parse_json(page: Page) -> Any:
    """The value of an answer in JSON (or JSONP); NotAListing where it is something else."""
    text = page.text.strip().lstrip("\ufeff")
    if text.startswith("<"):
        raise NotAListing(
            "应为 JSON，得到的却是网页（可能是防护或验证页面）", "a page in the place of JSON, perhaps a challenge page"
        )
    if text.endswith((")", ");")) and text[:1] not in "[{":
        text = text[text.find("(") + 1 : text.rfind(")")]
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAListing(f"JSON 无法解析：{error}", f"broken JSON: {error}") from error
