"""What became of figures whose document did not change: the table ``figure_change``, handed on from build to build.

Both functions take a draft that was opened beside the build ``last``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from transform.typed import utc
from warehouse.build import Change, register_keys

SQL = Path(__file__).resolve().parent / "sql"


def inherit(con: duckdb.DuckDBPyConnection) -> None:
    """Takes over the changes that the build ``last`` knows; one of before there was such a table knows none."""
    if has_table(con, "last", "figure_change"):
        con.execute("INSERT INTO figure_change BY NAME FROM last.figure_change")


def note_changes(con: duckdb.DuckDBPyConnection, build_id: str, built_at: str, change: Change | None) -> None:
    """Adds the cells of the same revisions of the same documents that are read otherwise than in the build
    ``last``; with ``change`` only its filings are compared."""
    register_keys(con, "compared", change.filings if change is not None else frozenset())
    given: dict[str, Any] = {"build_id": build_id, "changed_at": utc(built_at), "all": change is None}
    con.execute((SQL / "note_figure_changes.sql").read_text("utf-8"), given)
    con.unregister("compared")


def has_table(con: duckdb.DuckDBPyConnection, database: str, table: str) -> bool:
    """Whether an attached database has a table of that name."""
    row = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = $database AND table_name = $table",
        {"database": database, "table": table},
    ).fetchone()
    return bool(row and row[0])
