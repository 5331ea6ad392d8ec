"""What the crawler knows, as rows of the warehouse's tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from extract.crawl.ledger import Address, Ledger
from extract.crawl.outcomes import GOOD
from flows.sources import Source
from warehouse.home import Home

Rows = list[dict[str, Any]]

ANY = "*"
"""In the place of an agency's name: any agency."""


@dataclass
class Crawled:
    """Rows by table, and the addresses of pages of which a file was fetched."""

    capture: Rows = field(default_factory=list)
    crawl_address: Rows = field(default_factory=list)
    crawl_list: Rows = field(default_factory=list)
    covers: set[str] = field(default_factory=set)


def crawled(home: Home) -> Crawled:
    """The ledger of a home as rows; none where nothing was ever crawled."""
    found = Crawled()
    if not home.ledger.exists():
        return found
    with closing(Ledger(home.ledger)) as ledger:
        for _, fetch in ledger.fetches():
            found.capture.append(
                {
                    "url": fetch.url, "fetched_at": fetch.fetched_at, "http_status": fetch.http_status,
                    "sha256": fetch.sha256, "media_type": fetch.media_type, "warc_file": fetch.warc_file,
                    "warc_offset": fetch.warc_offset,
                }
            )  # fmt: skip
        for address in ledger.addresses(("listing", "report", "attachment")):
            found.crawl_address.append(_address(address))
        found.covers = ledger.covers()
        for count in ledger.lists():
            found.crawl_list.append(
                {
                    "source": count.source, "listing": count.listing, "promised": count.promised,
                    "promised_pages": count.promised_pages, "pages": count.pages, "failed_pages": count.failed_pages,
                    "items": count.items, "reports": count.reports, "is_complete": count.is_complete,
                }
            )  # fmt: skip
    return found


def _address(address: Address) -> dict[str, Any]:
    hint = address.hint
    return {
        "source": address.source, "address": address.key, "url": address.url, "role": address.role,
        "listing": address.listing, "parent": address.parent, "title": hint.title, "agency_name": hint.agency,
        "report_year": hint.report_year, "published_on": hint.published_on, "index_number": hint.index_number,
        "outcome": _lasting(address), "detail": address.detail, "http_status": address.http_status,
        "first_seen_at": address.first_seen_at, "checked_at": address.checked_at,
        "changed_at": address.changed_at, "sha256": address.sha256,
    }  # fmt: skip


def _lasting(address: Address) -> str:
    """The outcome as it stands from night to night: that content came anew and
    that it had not changed are both success."""
    return "ok" if address.outcome in GOOD else str(address.outcome)


def expected(sources: Iterable[Source]) -> Rows:
    """The agencies and years that the sources' files name; where a file names
    years only, some report of each year (``ANY`` agency)."""
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for source in sources:
        site = source.site
        if site is None or site.years is None:
            continue
        names = {*site.agencies.values(), *(listing.agency for listing in site.listings if listing.agency)} or {ANY}
        for name in sorted(names):
            for year in range(site.years[0], site.years[1] + 1):
                rows[source.source, name, year] = {
                    "source": source.source, "agency_name": name, "report_year": year,
                }  # fmt: skip
    return list(rows.values())


def state_digest(home: Home) -> str:
    """Changes when an address ends otherwise than before, a report's content does, or a list is otherwise complete;
    "" without a ledger. That a list's page is not byte for byte what it was does not count: many print the day or
    how often they were read; what they list does."""
    if not home.ledger.exists():
        return ""
    digest = hashlib.sha256()
    with closing(Ledger(home.ledger)) as ledger:
        for address in ledger.addresses(("listing", "report", "attachment")):
            content = None if address.role == "listing" else address.sha256
            digest.update(f"{address.key}\0{_lasting(address)}\0{content}\n".encode())
        for count in ledger.lists():
            digest.update(f"{count.listing}\0{count.items}\0{count.pages}\0{count.failed_pages}\n".encode())
    return digest.hexdigest()
