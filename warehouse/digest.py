"""The content digest: the same content has the same digest, however it is stored.

Algorithm (version 1), over every table of the schema ``main`` by name, but
those whose contract excludes them (``run``, ``build_info``):

1. A row's text is, for each column by name, ``N`` for NULL, else ``V``, the
   length of the value's text in bytes, ``:`` and that text, so that no two rows
   share a text. Its hash is the SHA-256 of the text.
2. The row hashes are sorted. For sorting in bounded memory they are put into
   4096 buckets by their first three digits; a bucket's hash is the SHA-256 of
   its sorted hashes one after the other. (A large table is read several times,
   a range of buckets each; that changes nothing but the memory needed.)
3. The digest is the SHA-256 over, for each table, its name, its columns' names,
   its number of rows and its buckets' hashes in order.

Equal rows count as often as they stand there. Types are not part of it, values are.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from transform.contracts import load_contracts

VERSION = b"ogi-digest-1"
ROWS_AT_ONCE = 20_000_000


def digest(path: Path) -> str:
    """The content digest of a warehouse file, 64 hex digits."""
    excluded = {contract.table for contract in load_contracts().values() if not contract.digest}
    total = hashlib.sha256(VERSION)
    with duckdb.connect(str(path.resolve()), read_only=True) as con:
        con.execute("SET python_enable_replacements = false")
        for table in _tables(con):
            if table not in excluded:
                total.update(_table_digest(con, table))
    return total.hexdigest()


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main' "
        "AND NOT temporary ORDER BY table_name"
    ).fetchall()
    return [row[0] for row in rows]


def _table_digest(con: duckdb.DuckDBPyConnection, table: str) -> bytes:
    columns = [
        row[0]
        for row in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() "
            "AND schema_name = 'main' AND table_name = ? ORDER BY column_name",
            [table],
        ).fetchall()
    ]
    text = " || ".join(
        f"coalesce('V' || strlen({c}::VARCHAR) || ':' || {c}::VARCHAR, 'N')" for c in map(_name, columns)
    )
    count = con.execute(f"SELECT count(*) FROM {_name(table)}").fetchall()[0][0]
    content = hashlib.sha256()
    for part in (table, *columns, str(count)):
        content.update(part.encode() + b"\0")
    # With one hexadecimal digit fixed, sixteen passes see every bucket, in order.
    for first in [""] if count <= ROWS_AT_ONCE else list("0123456789abcdef"):
        buckets = con.execute(
            f"SELECT left(h, 3) AS bucket, sha256(string_agg(h, '' ORDER BY h)) "
            f"FROM (SELECT sha256({text}) AS h FROM {_name(table)}) WHERE starts_with(h, '{first}') "
            "GROUP BY bucket ORDER BY bucket"
        ).fetchall()
        for _, bucket_hash in buckets:
            content.update(bucket_hash.encode() + b"\0")
    return content.digest()


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
