"""What passes between a site's family, which knows its pages, and the crawler, which fetches them.

A family never fetches. It says what to ask for first, and reads each page
that came into what stands on it: the further pages to ask for, and what the
page promises. So it can be tested without a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["listing", "report", "attachment"]
"""Why an address is fetched: it lists reports (or lists of them), it should be a
report's page, or it is a file that belongs to a report's page."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said of a document where it is linked or on its page; None where nothing is."""

    title: str | None = None
    published_on: str | None = None  # ISO date
    agency: str | None = None
    report_year: int | None = None
    index_number: str | None = None  # 索引号

    def over(self, other: Hint) -> Hint:
        """This hint, what it leaves open filled from ``other``."""
        return Hint(
            self.title or other.title,
            self.published_on or other.published_on,
            self.agency or other.agency,
            self.report_year or other.report_year,
            self.index_number or other.index_number,
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """An address to fetch, and why.

    ``listing`` names the list that it was found in (the address of its first
    page): what lists promise is counted by it. ``context`` is the family's
    own (page numbers, codes), handed back with the page.
    """

    url: str
    role: Role
    listing: str
    hint: Hint = Hint()
    method: Literal["GET", "POST"] = "GET"
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    depth: int = 0  # lists between this and the source's own addresses
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that came: ``text`` is decoded, ``url`` the address after redirects."""

    ask: Ask
    url: str
    text: str
    media_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands on a page of a list.

    ``asks``: reports and further lists (its other pages among them).
    ``items``: the address of every entry on this page, whether it concerns us
    or not. ``promised``: how many entries the whole list says it has;
    ``promised_pages``: how many pages; None where it does not say.
    """

    asks: tuple[Ask, ...] = ()
    items: tuple[str, ...] = ()
    promised: int | None = None
    promised_pages: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a report's page says of itself, and the files (or pictures of pages) that belong to it."""

    hint: Hint = Hint()
    asks: tuple[Ask, ...] = ()
