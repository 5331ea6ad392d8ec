"""Filling the derived tables: SQL out of other tables of the same file.

``warehouse/sql/<table>.sql`` is the query of a derived table, in the style of
the views' files; it gives the contract's columns. A table whose key begins
with ``filing_id`` depends, filing by filing, on the rows of that filing and of
the other revisions of the same report alone. It is therefore filled in slices,
in bounded memory, and after a change only the filings concerned are done
again. Where something else can make a filing's row stale (its agency's name),
``<table>.stale.sql`` finds such filings. ``mart_group_figure``, which sums up
every cell, keeps after a change the groups of which nothing changed: before
anything is derived ``mart_group.same.sql`` finds them, and
``mart_group_figure.kept.sql`` gives their rows. The other tables are made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import zip_longest

import duckdb

from transform.contracts import TableContract, derived_contracts, load_contracts
from warehouse.views import SQL, View, load_view

SLICE = 100_000
"""Filings that are derived at once; a slice needs about half a gigabyte."""

_TOUCHED = "derive_touched"
_GROUPED = "mart_group_figure"
_SAME = "derive_same"  # groups of which nothing changed, by the numbers that they had
_KEPT = "derive_kept"  # their rows, by the numbers that they have now
# The identifier of a filing without its revision.
_SERIES = r"regexp_replace(filing_id, '-r\d+$', '')"


class DeriveError(ValueError):
    """A derived table's query does not give the columns of its contract."""


def derive(con: duckdb.DuckDBPyConnection, touched: str | None = None) -> None:
    """Fills every derived table of ``con``, which holds all tables.

    ``touched`` names a table in ``con`` with one column ``filing_id``: the
    filings that came, changed or went since the derived tables were filled.
    The tables whose key begins with filing_id then keep the rows of all other
    filings, and sums those of other groups; the result is the same as without. Raises DeriveError where a
    query does not fit its contract.
    """
    if touched is not None:
        same = load_view(SQL / "mart_group.same.sql").query.format(touched=touched)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {_SAME} AS {same}")
    for contract in _in_order():
        _check(con, contract)
        if contract.table == _GROUPED and touched is not None:
            _redo_groups(con, contract)
        elif contract.key[0] != "filing_id":
            _empty(con, contract)
            con.execute(_insert(contract, ""))
        elif touched is None:
            _empty(con, contract)
            for condition in _slices(con):
                con.execute(_insert(contract, condition))
        else:
            _redo(con, contract, touched)


@cache
def derived_queries() -> dict[str, View]:
    """The queries of the derived tables by name; raises FileNotFoundError where one is lacking."""
    return {name: load_view(SQL / f"{name}.sql") for name in derived_contracts()}


def _in_order() -> list[TableContract]:
    """The derived tables, those that others read before these."""
    queries = derived_queries()
    reads = {name: [other for other in queries if _mentions(query.query, other)] for name, query in queries.items()}
    return [derived_contracts()[name] for name in TopologicalSorter(reads).static_order()]


def _mentions(query: str, table: str) -> bool:
    return re.search(rf"\b{table}\b", query) is not None


def _check(con: duckdb.DuckDBPyConnection, contract: TableContract) -> None:
    found = {row[0] for row in con.execute(f"DESCRIBE {derived_queries()[contract.table].query}").fetchall()}
    if differing := found ^ {column.name for column in contract.columns}:
        raise DeriveError(f"{contract.table}: query and contract differ in {sorted(differing)}")


def _empty(con: duckdb.DuckDBPyConnection, contract: TableContract) -> None:
    con.execute(f"DELETE FROM {contract.table}")


def _insert(contract: TableContract, condition: str) -> str:
    """The statement that inserts the rows of the filings that fulfil the condition, sorted by key."""
    query = derived_queries()[contract.table].query
    names = ", ".join(column.name for column in contract.columns)
    narrowed = f"{_narrowed(query, condition)} " if condition else ""
    return (
        f"INSERT INTO {contract.table} ({names}) {narrowed}SELECT {names} FROM ({query}) "
        f"ORDER BY {', '.join(contract.key)}"
    )


def _narrowed(query: str, condition: str) -> str:
    """A WITH clause under which the query's tables hold only the filings that fulfil the condition.

    A condition around the query would not reach into its sums: all filings would be summed up first.
    """
    tables = [
        name
        for name, contract in load_contracts().items()
        if _mentions(query, name) and any(column.name == "filing_id" for column in contract.columns)
    ]
    return "WITH " + ", ".join(f"{name} AS (SELECT * FROM main.{name} WHERE {condition})" for name in tables)


def _slices(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Conditions that part the filings by identifier; the revisions of a report stay together."""
    starts = con.execute(
        f"SELECT {_SERIES} FROM (SELECT filing_id, row_number() OVER (ORDER BY filing_id) AS position FROM dim_filing) "
        "WHERE position % ? = 1 ORDER BY 1",
        [SLICE],
    ).fetchall()
    bounds = list(dict.fromkeys(row[0].replace("'", "''") for row in starts))
    for low, high in zip_longest(bounds, bounds[1:]):
        yield f"filing_id >= '{low}'" + (f" AND filing_id < '{high}'" if high else "")


def _redo_groups(con: duckdb.DuckDBPyConnection, contract: TableContract) -> None:
    """Makes the sums of the groups anew of which something changed; the others are kept, under their new numbers."""
    table, names = contract.table, ", ".join(column.name for column in contract.columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_KEPT} AS {load_view(SQL / f'{table}.kept.sql').query}")
    con.execute(f"DROP TABLE {_SAME}")
    _empty(con, contract)
    changed = f"SELECT * FROM main.mart_group WHERE group_no NOT IN (SELECT group_no FROM {_KEPT})"
    con.execute(
        f"INSERT INTO {table} ({names}) WITH mart_group AS ({changed}) SELECT {names} FROM ("
        f"SELECT {names} FROM {_KEPT} UNION ALL SELECT {names} FROM ({derived_queries()[table].query})"
        f") ORDER BY {', '.join(contract.key)}"
    )
    con.execute(f"DROP TABLE {_KEPT}")


def _redo(con: duckdb.DuckDBPyConnection, contract: TableContract, touched: str) -> None:
    """Makes the rows of touched and stale filings, and of their other revisions, anew."""
    stale = SQL / f"{contract.table}.stale.sql"
    also = f" UNION ({load_view(stale).query})" if stale.exists() else ""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {_TOUCHED} AS SELECT filing_id FROM {touched}{also}")
    con.execute(
        f"INSERT INTO {_TOUCHED} SELECT filing_id FROM dim_filing "
        f"WHERE {_SERIES} IN (SELECT {_SERIES} FROM {_TOUCHED}) EXCEPT SELECT filing_id FROM {_TOUCHED}"
    )
    condition = f"filing_id IN (SELECT filing_id FROM {_TOUCHED})"
    con.execute(f"DELETE FROM {contract.table} WHERE {condition}")
    con.execute(_insert(contract, condition))
    con.execute(f"DROP TABLE {_TOUCHED}")
