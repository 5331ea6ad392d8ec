"""Crawls of the test web for tests: what is in the ledger afterwards, beside what the web says."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.crawl.ledger import LISTED, Address, Ledger, ListCount, Version
from flows import crawling, sources
from flows.record import RunRecord
from warehouse.home import Home


@dataclass(frozen=True)
class Night:
    """One crawl, and all that the ledger knows after it."""

    record: RunRecord
    versions: list[Version]
    addresses: dict[str, Address]
    lists: dict[str, ListCount]

    @property
    def contents(self) -> set[str]:
        """SHA-256 of every document that was ever fetched."""
        return {version.sha256 for version in self.versions}


def crawl(home: Home, folder: Path, processes: int = 1) -> Night:
    """Crawls the sources of a folder, as the nightly run does."""
    chosen = [source for source in sources.chosen(folder) if source.site is not None]
    record = RunRecord("test", "2024-01-01T00:00:00+00:00")
    shares = crawling.prepare(home, chosen, processes)
    with crawling.started(home, shares) as running, ThreadPoolExecutor() as pool:
        ended = list(pool.map(lambda each: crawling.follow(each, lambda: None), running))
    crawling.finish(home, record, chosen, ended)
    return look(home, record)


def look(home: Home, record: RunRecord | None = None) -> Night:
    """What the ledger of a home knows."""
    with closing(Ledger(home.ledger)) as ledger:
        return Night(
            record or RunRecord("test", ""),
            [version for _, version in ledger.versions()],
            {
                address.key.removeprefix(LISTED): address
                for address in ledger.addresses(("listing", "report", "attachment"))
            },
            {count.listing: count for count in ledger.lists()},
        )


def tables(ledger: Path) -> dict[str, list[Any]]:
    """All rows of a ledger, by table."""
    with closing(sqlite3.connect(ledger)) as con:
        names = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(con.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def missing(truth: list[dict[str, Any]], night: Night) -> list[dict[str, Any]]:
    """The filings of which a document was not fetched."""
    return [filing for filing in truth if not set(filing["sha256"]) <= night.contents]
