"""What the crawler knows between nights: every fetch, every address, every list.

One SQLite file, written in short transactions (``flush``), each after the
WARC files that it speaks of are on disk, and after its very rows are
(``journal``): a ledger that is lost is made again from them (``reindex``). A
crawl that is killed goes on from the last of them. A *campaign* is one round
over a source; it stays open until it is through, so that the next run
continues it instead of asking again for what came; but not for longer than
``CAMPAIGN_HOURS``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from extract.crawl import journal
from extract.crawl.model import Ask, Hint, Role
from extract.crawl.outcomes import Outcome

LAYOUT = 2

CAMPAIGN_HOURS = 20.0
"""After which a campaign that is not through is given up: what came early in it is old by then."""

_OF_CONTENT = ("etag", "last_modified", "warc_file", "warc_offset", "sha256")
"""What of an address tells of its content in the archive."""

_LATELY = 4096  # addresses

LISTED = "LIST "
"""Before the key of a list."""

LOCK = "lock"
"""A file beside the ledger: every crawling process holds it, shared; who mends what one left waits for it."""

_UPGRADE = """
ALTER TABLE warc ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE fetch ADD COLUMN certificate TEXT;
"""
"""From layout 1 to 2."""

Keep = Callable[[bytes], tuple[str, int]]
"""Puts a record of the ledger's own on disk, in the archive: the WARC file's name, and how long it is then."""

_SCHEMA = """
CREATE TABLE campaign (campaign INTEGER PRIMARY KEY, source TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT);
CREATE TABLE warc (file TEXT PRIMARY KEY, length INTEGER NOT NULL, number INTEGER NOT NULL DEFAULT 0);
CREATE TABLE fetch (
    fetch INTEGER PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL,
    fetched_at TEXT NOT NULL, role TEXT NOT NULL, outcome TEXT NOT NULL, http_status INTEGER, sha256 TEXT,
    media_type TEXT, size INTEGER, warc_file TEXT, warc_offset INTEGER, certificate TEXT
);
CREATE UNIQUE INDEX fetch_moment ON fetch (url, fetched_at);
CREATE TABLE payload (digest TEXT PRIMARY KEY, url TEXT NOT NULL, fetched_at TEXT NOT NULL,
    warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE address (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, role TEXT NOT NULL, listing TEXT NOT NULL,
    parent TEXT, hint TEXT NOT NULL, final_url TEXT, outcome TEXT NOT NULL, detail TEXT, http_status INTEGER,
    campaign INTEGER NOT NULL, checked_at TEXT NOT NULL, first_seen_at TEXT NOT NULL,
    sha256 TEXT, media_type TEXT, warc_file TEXT, warc_offset INTEGER, changed_at TEXT,
    etag TEXT, last_modified TEXT, refetched_at TEXT, reader TEXT
) WITHOUT ROWID;
CREATE TABLE page_file (page TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (page, file)) WITHOUT ROWID;
CREATE TABLE version (
    version INTEGER PRIMARY KEY, key TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL, role TEXT NOT NULL,
    parent TEXT, hint TEXT NOT NULL, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, fetched_at TEXT NOT NULL,
    warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL
);
CREATE TABLE list (
    source TEXT NOT NULL, listing TEXT NOT NULL, campaign INTEGER NOT NULL, promised INTEGER, promised_pages INTEGER,
    pages INTEGER NOT NULL, failed_pages INTEGER NOT NULL, items INTEGER NOT NULL, reports INTEGER NOT NULL,
    PRIMARY KEY (source, listing)
) WITHOUT ROWID;
"""


def key_of(ask: Ask) -> str:
    """What an address is known by: the address itself for reports and their
    files, marked for lists (a page may be both), with method and body where it
    is not simply got."""
    key = ask.url if ask.method == "GET" else f"{ask.method} {ask.url} {ask.body}"
    return f"{LISTED}{key}" if ask.role == "listing" else key


@dataclass(frozen=True, slots=True)
class Fetch:
    """One exchange with a host, or one that came to nothing (``http_status`` None). ``certificate``: the SHA-256 of the
    one that the host showed, which is not verified; None where there was none."""

    source: str
    url: str
    fetched_at: str
    role: str
    outcome: Outcome
    http_status: int | None = None
    sha256: str | None = None
    media_type: str | None = None
    size: int | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of an address that a source led to.

    ``warc_file`` and ``warc_offset`` are where its last good content stands;
    ``etag`` and ``last_modified`` are that content's. ``refetched_at``: when
    content, rather than word that it is unchanged, last came. ``reader``: the
    version of the families that looked for the page's files.
    """

    key: str
    source: str
    url: str
    role: Role
    listing: str
    outcome: Outcome
    campaign: int
    checked_at: str
    first_seen_at: str
    hint: Hint = field(default_factory=Hint)
    parent: str | None = None
    final_url: str | None = None
    detail: str | None = None
    http_status: int | None = None
    sha256: str | None = None
    media_type: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    changed_at: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    refetched_at: str | None = None
    reader: str | None = None

    @property
    def has_content(self) -> bool:
        """Whether good content of it is in the archive."""
        return self.warc_file is not None


@dataclass(frozen=True, slots=True)
class Version:
    """One content of a report's page or file, as it was first fetched."""

    key: str
    source: str
    url: str
    role: Role
    parent: str | None
    hint: Hint
    sha256: str
    media_type: str
    fetched_at: str
    warc_file: str
    warc_offset: int


@dataclass(frozen=True, slots=True)
class ListCount:
    """What a list promised and what was reached in the campaign in which it was last walked."""

    source: str
    listing: str
    campaign: int
    promised: int | None
    promised_pages: int | None
    pages: int
    failed_pages: int
    items: int
    reports: int

    @property
    def is_complete(self) -> bool:
        """Whether all that it promised was reached and none of its pages failed."""
        return (
            self.failed_pages == 0
            and self.pages > 0
            and (self.promised is None or self.items >= self.promised)
            and (self.promised_pages is None or self.pages >= self.promised_pages)
        )


@dataclass
class _Pending:
    fetches: list[Fetch] = field(default_factory=list)
    payloads: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    addresses: dict[str, Address] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    lists: dict[tuple[str, str], ListCount] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    campaigns: set[str] = field(default_factory=set)  # the sources whose campaigns are to be told

    def batch(self) -> journal.Batch:
        """What is to be written, by table."""
        payloads = [dict(zip(_PAYLOAD, payload, strict=True)) for payload in self.payloads]
        files = [{"page": page, "files": files} for page, files in self.files.items()]
        found: journal.Batch = {
            "fetch": _rows(self.fetches), "payload": payloads, "address": _rows(self.addresses.values()),
            "version": _rows(self.versions), "list": _rows(self.lists.values()), "page_file": files,
        }  # fmt: skip
        return {table: rows for table, rows in found.items() if rows}


_PAYLOAD = ("digest", "url", "fetched_at", "warc_file", "warc_offset")


def _rows(records: Iterable[Any]) -> list[journal.Row]:
    """Records as rows, without what is None in them."""
    return [
        {
            each.name: _given(value) if isinstance(value, Hint) else value
            for each in fields(record)
            if (value := getattr(record, each.name)) is not None
        }
        for record in records
    ]


def _given(hint: Hint) -> journal.Row:
    return {each.name: value for each in fields(Hint) if (value := getattr(hint, each.name)) is not None}


class Ledger:
    """The ledger of one home. Writes are kept in memory until ``flush``."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.con = sqlite3.connect(path, timeout=60, isolation_level=None)
        self.con.execute("PRAGMA journal_mode=WAL")
        self.con.execute("PRAGMA synchronous=FULL")
        if self.con.execute("PRAGMA user_version").fetchone()[0] < LAYOUT:
            self._create()
        found = self.con.execute("PRAGMA user_version").fetchone()[0]
        if found != LAYOUT:
            raise ValueError(f"{path}: layout {found}, this version knows {LAYOUT}")
        self._pending = _Pending()
        self._payloads: dict[str, tuple[str, str, str, int]] = {}
        self._read: dict[str, Address | None] = {}  # what was read lately, since each is asked for several times

    def _create(self) -> None:
        with self._transaction():
            found = self.con.execute("PRAGMA user_version").fetchone()[0]
            if found >= LAYOUT:
                return  # another process was first
            for statement in (_UPGRADE if found else _SCHEMA).split(";"):
                self.con.execute(statement)
            self.con.execute(f"PRAGMA user_version={LAYOUT}")

    def _transaction(self) -> _Transaction:
        return _Transaction(self.con)

    def close(self) -> None:
        """Closes the file; what was not flushed is lost."""
        self.con.close()

    # campaigns

    def begin(self, source: str, moment: str) -> int:
        """The source's open campaign, or a new one."""
        row = self.con.execute(
            "SELECT campaign, started_at FROM campaign WHERE source = ? AND finished_at IS NULL", [source]
        ).fetchone()
        if row is not None:
            if datetime.fromisoformat(moment) - datetime.fromisoformat(row[1]) < timedelta(hours=CAMPAIGN_HOURS):
                return int(row[0])
            self.finish(int(row[0]), moment)
        cursor = self.con.execute("INSERT INTO campaign (source, started_at) VALUES (?, ?)", [source, moment])
        return int(cursor.lastrowid or 0)

    def campaign(self, source: str) -> int | None:
        """The source's last campaign, open or not; None where there was none."""
        row = self.con.execute("SELECT max(campaign) FROM campaign WHERE source = ?", [source]).fetchone()
        return None if row[0] is None else int(row[0])

    def finish(self, campaign: int, moment: str) -> None:
        """Ends a campaign: the next run begins a new one."""
        self.con.execute("UPDATE campaign SET finished_at = ? WHERE campaign = ?", [moment, campaign])

    # what is noted while crawling

    def note_fetch(self, fetch: Fetch) -> None:
        """Notes an exchange."""
        self._pending.fetches.append(fetch)

    def note_address(self, address: Address) -> None:
        """Notes what is now known of an address."""
        self._pending.addresses[address.key] = address

    def note_files(self, page: str, files: Iterable[str]) -> None:
        """Notes the files that a page links now, by their keys, in the place of those noted before."""
        self._pending.files[page] = list(files)

    def note_version(self, version: Version) -> None:
        """Notes new content of a report."""
        self._pending.versions.append(version)

    def note_payload(self, digest: str, url: str, fetched_at: str, file: str, offset: int) -> None:
        """Notes where a payload was archived first."""
        self._payloads[digest] = (url, fetched_at, file, offset)
        self._pending.payloads.append((digest, url, fetched_at, file, offset))

    def note_list(self, count: ListCount) -> None:
        """Notes how far a list was walked."""
        self._pending.lists[count.source, count.listing] = count

    def note_campaigns(self, sources: Iterable[str]) -> None:
        """Notes that the archive is to be told of the campaigns of these sources."""
        self._pending.campaigns.update(sources)

    def flush(self, keep: Keep) -> None:
        """Writes what was noted, in one transaction; through ``keep`` it is in the
        archive before. sqlite3.Error or OSError if it cannot be written; nothing
        is forgotten then."""
        with self._transaction():
            batch = self._pending.batch()
            if self._pending.campaigns:
                batch = {"campaign": self._campaigns(self._pending.campaigns), **batch}
            if batch:
                self._keep(batch, keep)
                journal.apply(self.con, batch)
        for key in self._pending.addresses:
            self._read.pop(key, None)
        self._pending = _Pending()
        self._payloads.clear()

    def _keep(self, batch: journal.Batch, keep: Keep) -> None:
        number = self.number() + 1
        file, length = keep(journal.encoded(number, batch))
        if file:
            self.con.execute("INSERT OR REPLACE INTO warc VALUES (?, ?, ?)", [file, length, number])

    def _campaigns(self, sources: Iterable[str]) -> list[journal.Row]:
        """The last campaign of each source, and the one before, which may have been given up only now."""
        rows = []
        for source in sorted(sources):
            cursor = self.con.execute(
                "SELECT * FROM campaign WHERE source = ? ORDER BY campaign DESC LIMIT 2", [source]
            )
            found = [_named(cursor, row) for row in cursor.fetchall()][::-1]
            rows += [{name: value for name, value in row.items() if value is not None} for row in found]
        return rows

    def keep_everything(self, keep: Keep) -> None:
        """Tells the archive all that the ledger holds: for one of a time when it was not told."""
        with self._transaction():
            for batch in journal.everything(self.con):
                self._keep(batch, keep)

    def number(self) -> int:
        """Of the last record by which the archive was told; 0 where it never was."""
        return int(self.con.execute("SELECT coalesce(max(number), 0) FROM warc").fetchone()[0])

    def replay(self, batches: Iterable[tuple[int, journal.Batch, str, int]]) -> None:
        """Takes from the archive what it was told: number, rows, WARC file, and where the record ends in it; in the
        order of the numbers. ValueError for rows that are none of this ledger's."""
        with self._transaction():
            for number, batch, file, length in batches:
                journal.apply(self.con, batch)
                self.con.execute("INSERT OR REPLACE INTO warc VALUES (?, ?, ?)", [file, length, number])

    def note_files_of_archive(self, lengths: Mapping[str, int]) -> None:
        """Notes the WARC files that are there, by which the archive may have been told nothing."""
        with self._transaction():
            self.con.executemany("INSERT OR IGNORE INTO warc VALUES (?, ?, 0)", list(lengths.items()))

    def untold(self, contents: Iterable[tuple[str, int]]) -> int:
        """How many of these responses, by file and offset, no fetch tells of."""
        rows = self.con.execute("SELECT warc_file, warc_offset FROM fetch WHERE warc_file IS NOT NULL")
        return len(set(contents) - {(str(file), int(offset)) for file, offset in rows})

    def forget_lost(self, contents: Collection[tuple[str, int]]) -> int:
        """Forgets of all contents but these, by file and offset, that they are in the archive: so they are fetched
        whole again, and archived again. How many addresses that concerns."""
        with self._transaction():
            rows = self.con.execute("SELECT key, warc_file, warc_offset FROM address WHERE warc_file IS NOT NULL")
            lost = [(key,) for key, file, offset in rows.fetchall() if (file, offset) not in contents]
            nothing = ", ".join(f"{name} = NULL" for name in _OF_CONTENT)
            self.con.executemany(f"UPDATE address SET {nothing} WHERE key = ?", lost)
            rows = self.con.execute("SELECT digest, warc_file, warc_offset FROM payload")
            gone = [(digest,) for digest, file, offset in rows.fetchall() if (file, offset) not in contents]
            self.con.executemany("DELETE FROM payload WHERE digest = ?", gone)
        return len(lost)

    # what is asked while crawling

    def address(self, key: str) -> Address | None:
        """What is known of an address, None where it is new."""
        if key in self._pending.addresses:
            return self._pending.addresses[key]
        if key not in self._read:
            if len(self._read) >= _LATELY:
                self._read.clear()
            cursor = self.con.execute("SELECT * FROM address WHERE key = ?", [key])
            row = cursor.fetchone()
            self._read[key] = None if row is None else _address(_named(cursor, row))
        return self._read[key]

    def files_of(self, key: str) -> list[Address]:
        """The files of a report's page, as the ledger had them at the last flush."""
        cursor = self.con.execute(
            "SELECT address.* FROM page_file JOIN address ON address.key = file WHERE page = ? ORDER BY key", [key]
        )
        return [_address(_named(cursor, row)) for row in cursor.fetchall()]

    def covers(self) -> set[str]:
        """The keys of pages of which a file was fetched."""
        rows = self.con.execute(
            "SELECT DISTINCT page FROM page_file JOIN address ON address.key = file WHERE warc_file IS NOT NULL"
        )
        return {str(page) for (page,) in rows}

    def payload(self, digest: str) -> tuple[str, str, str, int] | None:
        """Address, time, WARC file and offset at which a payload was archived first."""
        if digest in self._payloads:
            return self._payloads[digest]
        row = self.con.execute(
            "SELECT url, fetched_at, warc_file, warc_offset FROM payload WHERE digest = ?", [digest]
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2], row[3])

    # what is asked afterwards

    def warc_lengths(self) -> dict[str, int]:
        """How many bytes of each WARC file count."""
        return dict(self.con.execute("SELECT file, length FROM warc").fetchall())

    def holds_anything(self) -> bool:
        """Whether anything was ever noted."""
        tables = ("warc", "fetch", "address")
        return any(self.con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)

    def versions(self, after: int = 0) -> Iterator[tuple[int, Version]]:
        """Every content of a report, with its number, in the order of fetching."""
        cursor = self.con.execute("SELECT * FROM version WHERE version > ? ORDER BY version", [after])
        for row in cursor:
            found = _named(cursor, row)
            number = int(found.pop("version"))
            yield number, Version(**{**found, "hint": Hint(**json.loads(found["hint"]))})

    def addresses(self, roles: Iterable[Role] = ("report", "attachment")) -> Iterator[Address]:
        """What is known of the addresses of these roles, by key."""
        wanted = ", ".join(f"'{role}'" for role in roles)
        cursor = self.con.execute(f"SELECT * FROM address WHERE role IN ({wanted}) ORDER BY key")
        for row in cursor:
            yield _address(_named(cursor, row))

    def fetches(self, after: int = 0) -> Iterator[tuple[int, Fetch]]:
        """Every fetch with its number, in order."""
        cursor = self.con.execute("SELECT * FROM fetch WHERE fetch > ? ORDER BY fetch", [after])
        for row in cursor:
            found = _named(cursor, row)
            number = int(found.pop("fetch"))
            yield number, Fetch(**{**found, "outcome": Outcome(found["outcome"])})

    def lists(self) -> list[ListCount]:
        """How far each list was walked when it last was."""
        cursor = self.con.execute("SELECT * FROM list ORDER BY source, listing")
        return [ListCount(**_named(cursor, row)) for row in cursor.fetchall()]

    def counts(self, campaigns: Iterable[int]) -> list[tuple[str, str, str, int]]:
        """Source, role, outcome and number of the addresses that these campaigns checked."""
        wanted = ", ".join(str(int(campaign)) for campaign in campaigns)
        rows = self.con.execute(
            f"SELECT source, role, outcome, count(*) FROM address WHERE campaign IN ({wanted})"
            " GROUP BY source, role, outcome ORDER BY source, role, outcome"
        ).fetchall()
        return [(str(a), str(b), str(c), int(d)) for a, b, c, d in rows]


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when something is raised."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self.con = con

    def __enter__(self) -> None:
        self.con.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.con.execute("COMMIT" if kind is None else "ROLLBACK")


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((column[0] for column in cursor.description), row, strict=True))


def _address(row: Mapping[str, Any]) -> Address:
    hint = Hint(**json.loads(row["hint"]))
    return Address(**{**row, "hint": hint, "outcome": Outcome(row["outcome"])})
