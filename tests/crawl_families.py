"""Sites and pages of families, made for tests; agencies and hosts are fictitious."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extract.crawl.model import Ask, Hint, Page
from extract.crawl.site import ListingAddress, Site

PAGES = Path(__file__).parent / "crawl_pages"
HOST = "www.example.gov.cn"
LIST = f"https://{HOST}/zwgk/zfxxgknb/"


def site(family: str, listing: str = LIST, **more: Any) -> Site:
    """A site of one list; ``more``: further fields of Site."""
    settings = {"hosts": frozenset({HOST}), "years": (2019, 2025), **more}
    return Site("county", family, "某县", "a county", (ListingAddress(listing),), **settings)


def text(name: str) -> str:
    """A page of tests/crawl_pages."""
    return (PAGES / name).read_text("utf-8")


def page(ask: Ask, content: str, url: str = "", media_type: str = "text/html") -> Page:
    """The page that an ask brought."""
    return Page(ask, url or ask.url, content, media_type)


def listed(url: str = LIST, hint: Hint | None = None, depth: int = 0, **context: str) -> Ask:
    """The ask for a list."""
    return Ask(url, "listing", url, hint or Hint(), depth=depth, context=context)


def reported(url: str, **context: str) -> Ask:
    """The ask for a report."""
    return Ask(url, "report", LIST, context=context)
