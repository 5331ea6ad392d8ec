"""Building a warehouse file from frames.

The file is made aside, checked, closed and synced before it gets its name, so
that a reader never sees one that is half made and a kill leaves only a
leftover (``.…building``), which the next build removes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from transform.contracts import TableContract, derived_contracts, stored_contracts
from transform.typed import rows_frame, to_arrow, utc
from warehouse.ddl import broken_rows, ddl_statements
from warehouse.derive import derive
from warehouse.views import create_views

_COMPATIBILITY = "v1.5.0"  # what today's other clients can read; DuckDB 2 writes newer files by default


class BuildError(Exception):
    """The frames make no sound warehouse; the message names every table and what is broken."""


def build(frames: Mapping[str, pd.DataFrame], target: Path, build_info: Mapping[str, Any] | None = None) -> None:
    """Builds the file ``target`` from one frame per table; derived tables are filled here.

    ``build_info``, where given, is the row of that table and takes the place
    of its frame. Frames of tables that are not stored are passed over. Raises
    BuildError where a table is lacking or its rows break the contract;
    ``target`` then does not come to be, an older file of its name stays.
    """
    tables = dict(frames)
    if build_info is not None:
        tables["build_info"] = rows_frame("build_info", [{**build_info, "built_at": utc(build_info["built_at"])}])
    if lacking := stored_contracts().keys() - derived_contracts().keys() - tables.keys():
        raise BuildError(f"frames are lacking: {sorted(lacking)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(target.parent)
    aside = target.parent / f".{target.name}.{os.getpid()}.building"
    try:
        _fill(tables, aside)
        _sync(aside)
        aside.replace(target)
        _sync(target.parent)
    finally:
        for path in (aside, aside.with_name(aside.name + ".wal")):
            path.unlink(missing_ok=True)


def _fill(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    with duckdb.connect(str(path), config={"storage_compatibility_version": _COMPATIBILITY}) as con:
        # Frames are handed over by register; a table's name must never find a Python variable.
        con.execute("SET python_enable_replacements = false")
        con.execute("BEGIN")
        for statement in ddl_statements():
            con.execute(statement)
        for contract in stored_contracts().values():
            if not contract.derived:
                _load(con, contract, tables[contract.table])
        derive(con)
        create_views(con)
        con.execute("COMMIT")
        _verify(con)
        con.execute("CHECKPOINT")


def _load(con: duckdb.DuckDBPyConnection, contract: TableContract, frame: pd.DataFrame) -> None:
    names = ", ".join(column.name for column in contract.columns)
    con.register("incoming", to_arrow(frame, contract.table))
    # Sorted by key (in most tables: by filing), for compression and for min-max pruning. The
    # remaining columns only make the order of a broken table's rows definite.
    con.execute(
        f"INSERT INTO {contract.table} ({names}) SELECT {names} FROM incoming ORDER BY {', '.join(contract.key)}"
    )
    con.unregister("incoming")


def _verify(con: duckdb.DuckDBPyConnection) -> None:
    broken = []
    for contract in stored_contracts().values():
        for what, sql in broken_rows(contract).items():
            row = con.execute(sql).fetchone()
            if row and row[0]:
                broken.append(f"{contract.table}: {what}: {row[0]}")
    if broken:
        raise BuildError("; ".join(broken))


def _sync(path: Path) -> None:
    """Forces a file or a folder's entries to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(folder: Path) -> list[Path]:
    """Removes what builds left that were killed; a build still running is left alone."""
    removed = []
    for path in sorted(folder.glob(".*.building*")):
        process = path.name.partition(".building")[0].rpartition(".")[2]
        if process.isdigit() and int(process) != os.getpid() and _runs(int(process)):
            continue
        path.unlink(missing_ok=True)
        removed.append(path)
    return removed


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
