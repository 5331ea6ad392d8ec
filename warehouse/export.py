"""A published warehouse as a folder of Parquet and CSV with a data package."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import duckdb

from transform.contracts import TableContract, load_contracts
from warehouse.data_package import NAME, BuildFacts, data_package, dump, is_export
from warehouse.ddl import quoted
from warehouse.digest import digest
from warehouse.folders import replacing_folder
from warehouse.table_files import ExportError, TableFiles, write_csv, write_parquet

FORMATS = ("parquet", "csv")
MEMORY = "2GB"
"""What DuckDB may use; it streams, and spills beside the export what it must sort."""

_WRITERS = {"parquet": write_parquet, "csv": write_csv}
_VERSIONS = ("ogi_version", "reader_version", "rules_version", "register_version", "contract_version", "duckdb_version")


def chosen_tables(names: Iterable[str]) -> list[TableContract]:
    """The contracts of the tables named, of all where none is; KeyError for a table that there is not."""
    stored = load_contracts()
    return [stored[name] for name in dict.fromkeys(names)] or list(stored.values())


def export(
    warehouse: Path,
    target: Path,
    contracts: Collection[TableContract],
    *,
    formats: Collection[str] = FORMATS,
    fictitious: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> None:
    """Writes the tables ``contracts`` of the build ``warehouse`` into the folder ``target``, whole or not at all.

    ``advance`` is called after each table. An older export in ``target`` is
    replaced. Raises FolderInUse where something else stands there, ExportError
    or OSError where the export fails; ``target`` then is as it was.
    """
    with replacing_folder(target, is_export) as folder:
        write_export(warehouse, folder, contracts, formats, fictitious=fictitious, advance=advance)


def write_export(
    warehouse: Path,
    folder: Path,
    contracts: Collection[TableContract],
    formats: Collection[str],
    *,
    fictitious: bool,
    advance: Callable[[], None],
) -> BuildFacts:
    """Fills the empty ``folder`` with an export and returns what is said of its build."""
    spill = folder / ".spill"
    written: list[TableFiles] = []
    try:
        content = digest(warehouse)
        with open_build(warehouse, spill) as con:
            facts = build_facts(con, content)
            for contract in contracts:
                written += [_WRITERS[kind](con, contract, folder) for kind in FORMATS if kind in formats]
                advance()
    except duckdb.Error as error:
        raise ExportError(str(error)) from error
    if spill.exists():
        spill.rmdir()
    written.sort(key=lambda files: FORMATS[::-1].index(files.format))
    (folder / NAME).write_bytes(dump(data_package(facts, written, fictitious=fictitious)))
    return facts


def open_build(warehouse: Path, spill: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads the build's own file, in bounded memory; ``spill`` is where it may put the rest."""
    con = duckdb.connect(str(warehouse.resolve(strict=True)), read_only=True)
    bound(con, spill)
    return con


def bound(con: duckdb.DuckDBPyConnection, spill: Path) -> None:
    """Bounds a connection's memory, with the folder ``spill`` for the rest; no Python variable is a table to it."""
    con.execute(f"SET memory_limit = {quoted(MEMORY)}")
    con.execute(f"SET temp_directory = {quoted(str(spill))}")
    con.execute("SET python_enable_replacements = false")
    # DuckDB draws its bar on standard output.
    con.execute("SET enable_progress_bar = false")


def build_facts(con: duckdb.DuckDBPyConnection, content: str) -> BuildFacts:
    """What the build says of itself, with its content digest ``content``; ExportError where it says nothing."""
    found = con.execute(f"SELECT build_id, built_at, {', '.join(_VERSIONS)} FROM build_info").fetchall()
    if len(found) != 1:
        raise ExportError(f"build_info: {len(found)} rows instead of one")
    build_id, built_at, *versions = found[0]
    sources = con.execute(
        "SELECT DISTINCT split_part(source_name, '/', 1) AS name FROM document WHERE source_name <> '' ORDER BY name"
    ).fetchall()
    return BuildFacts(
        build_id, built_at, content, dict(zip(_VERSIONS, versions, strict=True)), tuple(s for (s,) in sources)
    )
