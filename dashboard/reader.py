"""Asking the published warehouse.

The build that is published is opened read-only, every door of DuckDB to the machine shut. When another
build is published, the next request opens that one; requests under way end with the one they began with.
So each page belongs to one build.

Beside the build stand a few tables in memory (``sql/live.sql``): the decisions that reviewers made since it was
built (``dashboard.decisions``), which is what makes a decision show at once, and the columns by which filings are
listed, which are read there in a fifth of the time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.home import Home
from warehouse.publish import published

_SQL = Path(__file__).with_name("sql")
_MEMORY = 256 * 10**6
"""Bytes that DuckDB may take, beside ``_A_FILING`` for each filing."""

_A_FILING = 900
"""Bytes of its rows in ``live`` with their index, about 600, and some to sort them."""

_AT_ONCE = 4
"""Queries that run at the same time. Each runs on one core; more than a few at once only wait for each other."""


class NothingPublished(Exception):
    """There is no published warehouse yet."""


@cache
def statement(name: str) -> str:
    """The text of ``sql/<name>.sql``."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


class Build:
    """One build that is open. ``kept`` holds what pages computed from it once and for all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept: dict[Any, Any] = {}
        self.held = False
        """Whether its answers stay as they are, whatever is decided (``Reader.held``)."""
        self._readers = 0
        self._retired = False
        self._lock = threading.Lock()
        self.con = duckdb.connect(
            ":memory:", config={"threads": 1, "memory_limit": f"{_MEMORY}B", "temp_directory": ""}
        )
        quoted = str(path).replace("'", "''")
        self.con.execute(f"ATTACH '{quoted}' AS built (READ_ONLY)")
        filings = self.con.execute("SELECT count(*) FROM built.mart_filing").fetchone()
        self.con.execute(f"SET memory_limit = '{_MEMORY + _A_FILING * (filings[0] if filings else 0)}B'")
        self.con.execute("ATTACH ':memory:' AS live")
        self.con.execute("USE built")
        self.con.execute(statement("live"))
        for setting in (
            "autoload_known_extensions=false",
            "autoinstall_known_extensions=false",
            "python_enable_replacements=false",
            "enable_external_access=false",
        ):
            self.con.execute(f"SET {setting}")

    @property
    def build_id(self) -> str:
        """The build's identifier."""
        return self.path.stem.removeprefix("warehouse-")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the build; the caller closes it."""
        cursor = self.con.cursor()
        cursor.execute("USE built")
        return cursor

    def enter(self) -> bool:
        """Whether a request may use it; False once it was closed."""
        with self._lock:
            if self._retired and self._readers == 0:
                return False
            self._readers += 1
            return True

    def leave(self) -> None:
        """A request has ended; the last one of a retired build closes it."""
        with self._lock:
            self._readers -= 1
            if self._retired and self._readers == 0:
                self.con.close()

    def retire(self) -> None:
        """No new request will use it."""
        with self._lock:
            self._retired = True
            if self._readers == 0:
                self.con.close()


class Asked:
    """A request's view of one build."""

    def __init__(self, build: Build, gate: threading.Semaphore) -> None:
        self.build = build
        self._gate = gate
        self._cursor = build.cursor()

    def rows(self, sql: str, given: Mapping[str, Any] | Sequence[Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query of ours, by column; what comes from outside is given as parameters alone."""
        with self._gate:
            self._cursor.execute(sql, given)
            names = [column[0] for column in self._cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]

    def row(self, sql: str, given: Mapping[str, Any] | Sequence[Any] | None = None) -> dict[str, Any] | None:
        """The first row, None where there is none."""
        found = self.rows(sql, given)
        return found[0] if found else None

    def pieces(self, sql: str, given: Mapping[str, Any] | None = None) -> Iterator[tuple[list[str], list[Any]]]:
        """Column names and rows, a thousand at a time, for answers that may be long."""
        with self._gate:
            self._cursor.execute(sql, given)
            names = [column[0] for column in self._cursor.description or ()]
        while True:
            with self._gate:
                rows = self._cursor.fetchmany(1000)
            if not rows:
                return
            yield names, rows

    def close(self) -> None:
        """Ends the request's cursor."""
        self._cursor.close()


class Reader:
    """The home's published build, whichever it is at the moment."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._build: Build | None = None
        self._held: Build | None = None
        self._lock = threading.Lock()
        self._gate = threading.BoundedSemaphore(_AT_ONCE)

    def _current(self) -> Build:
        """The published build (or the one that is held), entered; NothingPublished where there is none."""
        if self._held is not None and self._held.enter():
            return self._held
        path = published(self.home.root)
        if path is None:
            raise NothingPublished
        with self._lock:
            if self._build is None or self._build.path != path:
                opened = Build(path)
                if self._build is not None:
                    self._build.retire()
                self._build = opened
            build = self._build
            build.enter()
            return build

    @contextmanager
    def held(self) -> Iterator[Build]:
        """While the block runs, every request is answered from the build of its beginning, whatever is published
        meanwhile: pages that are made one after the other belong together. Who sets the build's ``held`` stops
        decisions, too."""
        build = self._current()
        self._held = build
        try:
            yield build
        finally:
            self._held = None
            build.held = False
            build.leave()

    @contextmanager
    def asking(self) -> Iterator[Asked]:
        """For the length of a request: the build that is published at its beginning."""
        build = self._current()
        asked = Asked(build, self._gate)
        try:
            yield asked
        finally:
            asked.close()
            build.leave()

    def close(self) -> None:
        """Closes what is open."""
        with self._lock:
            if self._build is not None:
                self._build.retire()
                self._build = None
