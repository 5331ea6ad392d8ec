"""Building a warehouse file: whole from tables, or as a copy of a build in which a night's changes are made.

The file is made aside under a name of its own, checked, closed and synced
before it gets its place, so that a reader never sees one that is half made and
a kill leaves only a leftover (``.…building``), which the next build removes.
``open_draft`` opens such a file as often as the stages of a run want it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from transform.contracts import TableContract, framed_contracts
from transform.typed import rows_frame, to_arrow, utc
from warehouse.copying import Copied, copy
from warehouse.ddl import ddl_statements, quoted
from warehouse.derive import derive
from warehouse.processes import is_running
from warehouse.verify import broken
from warehouse.views import create_views

MEMORY = "6GB"
"""What DuckDB may hold while building; beyond it intermediate results are spilled beside the file."""

_COMPATIBILITY = "v1.5.0"  # what today's other clients can read; DuckDB 2 writes newer files by default

_ROWS_OF = {"filing": ("filing_id", "filings"), "document": ("sha256", "documents")}


class BuildError(Exception):
    """The tables make no sound warehouse; the message names every table and what is broken."""


@dataclass(frozen=True)
class Change:
    """What a night replaces in a copy of the last build: every row of these
    filings, documents and agencies goes, and the tables that come hold all that
    takes their place. Filings and agencies are those before and after."""

    filings: frozenset[str]
    documents: frozenset[str]
    agencies: frozenset[str]


Data: TypeAlias = pd.DataFrame | pa.Table | ds.Dataset


def build(tables: Mapping[str, Data], target: Path, build_info: Mapping[str, Any] | None = None) -> None:
    """Builds the file ``target`` from the data of every table; derived tables are filled here.

    ``build_info``, where given, is the row of that table and takes the place
    of its frame. Raises BuildError where a table is lacking or its rows break
    the contract; ``target`` then does not come to be, an older file of its name
    stays.
    """
    given = dict(tables)
    if build_info is not None:
        given["build_info"] = rows_frame("build_info", [{**build_info, "built_at": utc(build_info["built_at"])}])
    if lacking := framed_contracts().keys() - given.keys():
        raise BuildError(f"frames are lacking: {sorted(lacking)}")
    draft = begin(target)
    try:
        with open_draft(draft) as con:
            load(con, given)
            complete(con)
        finish(draft, target)
    finally:
        discard(draft)


def begin(target: Path) -> Path:
    """Begins the draft of ``target``, with empty tables, and returns its place."""
    draft = _place(target)
    with open_draft(draft) as con, _at_once(con):
        con.execute(";\n".join(ddl_statements()))
    return draft


def begin_on(target: Path, base: Path) -> tuple[Path, Copied]:
    """Begins the draft of ``target`` as a copy of the build ``base``; returns its place, and how it was copied."""
    draft = _place(target)
    return draft, copy(base, draft)


def _place(target: Path) -> Path:
    """Where a draft is made; what killed builds left there is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(target.parent)
    return target.parent / f".{target.name}.{os.getpid()}.building"


@contextmanager
def _at_once(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction around many small statements, each of which would wait for the disk otherwise."""
    con.execute("BEGIN")
    yield
    con.execute("COMMIT")


@contextmanager
def open_draft(draft: Path, last: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a draft; what was changed is in the file when the block ends well, else the draft is of no
    more use. Another build, ``last``, can be read as the database of that name.

    There is no transaction around it all: nobody else reads a draft, and tables
    that are not committed are queried without statistics, many times slower.
    """
    spill = draft.with_name(f"{draft.name}.spill")
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": _COMPATIBILITY,
        "memory_limit": MEMORY,
        "temp_directory": str(spill),
    }
    with duckdb.connect(str(draft), config=config) as con:
        # Frames are handed over by register; a table's name must never find a Python variable.
        con.execute("SET python_enable_replacements = false")
        con.execute("SET enable_progress_bar = false")
        if last is not None:
            con.execute(f"ATTACH {quoted(str(last))} AS last (READ_ONLY)")
        con.execute("SET checkpoint_threshold = '1GB'")
        yield con
        con.execute("CHECKPOINT")


def load(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Data]) -> None:
    """Adds rows to tables. A frame is sorted by the table's key (in most tables: by
    filing), for compression and for pruning; an Arrow table or dataset, which may be
    larger than memory, comes as it is sorted."""
    with _at_once(con):
        for name, contract in framed_contracts().items():
            if name in tables:
                _insert(con, contract, tables[name])


def _insert(con: duckdb.DuckDBPyConnection, contract: TableContract, data: Data) -> None:
    names = ", ".join(column.name for column in contract.columns)
    is_frame = isinstance(data, pd.DataFrame)
    order = f" ORDER BY {', '.join(contract.key)}" if is_frame else ""
    con.register("incoming", to_arrow(data, contract.table) if isinstance(data, pd.DataFrame) else data)
    con.execute(f"INSERT INTO {contract.table} ({names}) SELECT {names} FROM incoming{order}")
    con.unregister("incoming")


def amend(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Data], change: Change) -> None:
    """Makes a night's change in a copy of the last build, of the same contracts and
    code: rows of what changed are replaced, tables of the night are made anew, those
    of the form, of judging and of history stay as they are."""
    with _at_once(con):
        _amend(con, tables, change)


def _amend(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Data], change: Change) -> None:
    for contract in framed_contracts().values():
        if contract.changes_with in _ROWS_OF:
            column, what = _ROWS_OF[contract.changes_with]
            register_keys(con, "going", getattr(change, what))
            con.execute(f"DELETE FROM {contract.table} WHERE {column} IN (FROM going)")
            con.unregister("going")
        elif contract.changes_with == "agency":
            register_keys(con, "going", change.agencies)
            con.execute(f"DELETE FROM {contract.table} WHERE is_registered OR agency_id IN (FROM going)")
            con.unregister("going")
        elif contract.changes_with == "night":
            con.execute(f"DELETE FROM {contract.table}")
        else:
            continue
        _insert(con, contract, tables[contract.table])


def register_keys(con: duckdb.DuckDBPyConnection, name: str, keys: frozenset[str]) -> None:
    """Makes keys a relation of one text column, ``key``."""
    con.register(name, pa.table({"key": pa.array(sorted(keys), pa.string())}))


def complete(con: duckdb.DuckDBPyConnection, change: Change | None = None) -> None:
    """Fills the derived tables, makes the views of a new file, and raises BuildError
    where rows break a contract; of a changed copy only rows that changed are
    looked at where the others cannot have become wrong."""
    if change is None:
        derive(con)
        with _at_once(con):
            create_views(con)
    else:
        register_keys(con, "changed", change.filings)
        con.execute("CREATE OR REPLACE TEMP TABLE changed_filing AS SELECT key AS filing_id FROM changed")
        con.unregister("changed")
        derive(con, "changed_filing")
        con.execute("DROP TABLE changed_filing")
    if found := broken(con, None if change is None else change.filings):
        raise BuildError("; ".join(found))


def finish(draft: Path, target: Path) -> None:
    """Gives a complete draft its place, whole and on disk."""
    if draft.with_name(f"{draft.name}.wal").exists():
        raise BuildError(f"the draft was not closed: {draft}")
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def discard(draft: Path) -> None:
    """Removes a draft, if it is there, and what DuckDB left beside it."""
    for path in draft.parent.glob(f"{draft.name}*"):
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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
        if process.isdigit() and int(process) != os.getpid() and is_running(int(process)):
            continue
        _remove(path)
        removed.append(path)
    return removed
