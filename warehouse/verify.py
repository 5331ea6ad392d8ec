"""Counting the rows that break a table's contract: keys, references, patterns and assertions.

The database itself enforces none of these (see ``warehouse.ddl``). A large
table is looked at some filings at a time, so that the memory needed stays
bounded.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from transform.contracts import TableContract, load_contracts
from warehouse.ddl import broken_rows

ROWS_AT_ONCE = 20_000_000


def broken(con: duckdb.DuckDBPyConnection, filings: frozenset[str] | None = None) -> list[str]:
    """What is broken, as ``table: what: number of rows``; nothing where all is well.

    With ``filings``, of tables whose key begins with a filing only the rows of these
    are looked at: the others stood in a build that was looked at.
    """
    found = []
    for contract in load_contracts().values():
        counts: dict[str, int] = {}
        for condition in _parts(con, contract, filings):
            for what, sql in broken_rows(contract, condition).items():
                row = con.execute(sql).fetchone()
                counts[what] = counts.get(what, 0) + (row[0] if row else 0)
        found += [f"{contract.table}: {what}: {count}" for what, count in counts.items() if count]
    if filings is not None:
        con.unregister("verified")
    return found


def _parts(con: duckdb.DuckDBPyConnection, contract: TableContract, filings: frozenset[str] | None) -> Iterator[str]:
    """Conditions that together cover the table's rows, each at most about ``ROWS_AT_ONCE`` of them."""
    if contract.key[0] != "filing_id":
        yield "true"
        return
    if filings is not None:
        con.register("verified", pa.table({"key": pa.array(sorted(filings), pa.string())}))
        yield "filing_id IN (FROM verified)"
        return
    row = con.execute(f"SELECT count(*) FROM {contract.table}").fetchone()
    slices = max(1, (row[0] if row else 0) // ROWS_AT_ONCE)
    if slices == 1:
        yield "true"
        return
    bounds = con.execute(
        "SELECT max(filing_id) FROM (SELECT filing_id, ntile($n) OVER (ORDER BY filing_id) AS part FROM dim_filing) "
        "GROUP BY part ORDER BY part",
        {"n": slices},
    ).fetchall()
    last = ""
    for (bound,) in bounds[:-1]:
        yield f"filing_id > '{last}' AND filing_id <= '{bound}'"
        last = bound
    yield f"filing_id > '{last}'"
