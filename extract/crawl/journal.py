"""What the ledger is told, as records of the archive: the ledger can be made again from the WARC files alone.

Every time the ledger is written, the very rows stand in a WARC record of type
``metadata`` first (JSON; ``MEDIA_TYPE``). It refers to the ``warcinfo`` record
at the beginning of its file, whose random identifier no host can know: what
looks like such a record within what a host has sent is none. Records are
numbered through over all files, in the order in which the ledger took them.

Rows have the ledger's tables and columns; what is null is left out. A row of
``page_file`` has all ``files`` of a page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MEDIA_TYPE = "application/vnd.ogi.ledger+json"

Row = dict[str, Any]
Batch = dict[str, list[Row]]
"""Rows by table."""

LAYOUT = 1

_KEPT = {
    "campaign": "OR REPLACE", "fetch": "OR IGNORE", "payload": "OR IGNORE", "address": "OR REPLACE", "version": "",
    "list": "OR REPLACE", "page_file": "",
}  # fmt: skip
"""The tables that are kept, and what counts where a row is there already."""

_NUMBERED = ("fetch", "version")
"""The tables whose first column, named like them, is a number that the ledger gives by itself."""

_ROWS = 5000  # of a record, where a whole ledger is told


def encoded(number: int, batch: Batch) -> bytes:
    """A batch as it stands in the archive."""
    told = {"layout": LAYOUT, "number": number, **batch}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def decoded(data: bytes) -> tuple[int, Batch]:
    """Number and rows of a batch; ValueError where it is none that this version knows."""
    told = json.loads(data)
    if not isinstance(told, dict) or told.pop("layout", None) != LAYOUT:
        raise ValueError("a note of another layout")
    number = told.pop("number", None)
    if not isinstance(number, int) or not all(table in _KEPT and isinstance(told[table], list) for table in told):
        raise ValueError("a note of other tables")
    return number, told


def apply(con: sqlite3.Connection, batch: Mapping[str, Iterable[Row]]) -> None:
    """Writes a batch into the ledger's tables, within the caller's transaction. ValueError for columns that they
    do not have."""
    for table, rows in batch.items():
        if table == "page_file":
            _apply_files(con, rows)
            continue
        names = _columns(con, table)
        marks = ", ".join("?" * len(names))
        con.executemany(
            f"INSERT {_KEPT[table]} INTO {table} ({', '.join(names)}) VALUES ({marks})",
            [_values(row, names) for row in rows],
        )


def _apply_files(con: sqlite3.Connection, rows: Iterable[Row]) -> None:
    for row in rows:
        con.execute("DELETE FROM page_file WHERE page = ?", [row["page"]])
        con.executemany("INSERT OR IGNORE INTO page_file VALUES (?, ?)", [(row["page"], file) for file in row["files"]])


def _columns(con: sqlite3.Connection, table: str) -> list[str]:
    """The table's columns; without the numbers that the ledger gives by itself."""
    names = [name for name, *_ in con.execute(f"SELECT * FROM {table} LIMIT 0").description]
    return names[1:] if table in _NUMBERED else names


def _values(row: Row, names: list[str]) -> list[Any]:
    if not row.keys() <= set(names):
        raise ValueError(f"unknown columns: {', '.join(sorted(row.keys() - set(names)))}")
    return [
        json.dumps(value, ensure_ascii=False) if isinstance(value := row.get(name), dict) else value for name in names
    ]


def everything(con: sqlite3.Connection) -> Iterator[Batch]:
    """All that a ledger holds, in batches."""
    for table in _KEPT:
        if table == "page_file":
            continue
        names = _columns(con, table)
        order = table if table in _NUMBERED else "1"
        cursor = con.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        while found := cursor.fetchmany(_ROWS):
            yield {table: [_row(names, values) for values in found]}
    files: dict[str, list[str]] = {}
    for page, file in con.execute("SELECT page, file FROM page_file ORDER BY page, file"):
        files.setdefault(page, []).append(file)
    if files:
        yield {"page_file": [{"page": page, "files": found} for page, found in files.items()]}


def _row(names: list[str], values: tuple[Any, ...]) -> Row:
    found = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return {**found, "hint": json.loads(found["hint"])} if "hint" in found else found
