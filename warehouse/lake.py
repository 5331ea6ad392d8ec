"""The published tables in a DuckLake, where every export is a snapshot.

The lake's folder holds ``catalog.sqlite``, which many processes may read and
write, and ``data/`` with Parquet files, unless these lie on object storage. An
export replaces only what changed: the filings (the issues, else the rows by
their key) whose rows differ from the lake's. It is one transaction, so that a
reader finds the earlier build or this one; earlier ones are read ``AT`` their
version. Closed sets are text in the lake, which has no type like them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transform.contracts import ColumnContract, TableContract
from warehouse.data_package import BuildFacts
from warehouse.ddl import bilingual, quoted
from warehouse.digest import digest
from warehouse.export import bound, build_facts
from warehouse.extensions import load_extension, require
from warehouse.folders import FolderInUse, folder_aside
from warehouse.object_store import S3Access, s3_access
from warehouse.table_files import ExportError

CATALOG = "catalog.sqlite"
EXTRA = "ducklake"

_EXTENSIONS = ("sqlite_scanner", "ducklake")
_BY_FIRST = ("filing_id", "issue_id")


@dataclass(frozen=True)
class Snapshot:
    """What an export made of the lake: its ``version``, and the tables that changed (none: no new version)."""

    version: int
    changed: tuple[str, ...]


def export_to_lake(
    warehouse: Path,
    lake: Path,
    contracts: Collection[TableContract],
    *,
    data_path: str | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Snapshot:
    """Makes the tables of a lake those of the build ``warehouse``; the lake comes to be where there is none.

    ``data_path`` (``s3://…``) is where a new lake keeps its files, ``data/`` in
    its folder by default; an existing lake keeps its own. Tables that are not
    among ``contracts`` stay as they are. ``advance`` is called after each
    table. Raises ExtensionLacking, FolderInUse for a folder that is no lake,
    ExportError where another writer was faster or anything else failed; the
    lake then is as it was.
    """
    for name in _EXTENSIONS:
        require(name, EXTRA)
    lake = lake.resolve()
    place = _data_path(lake, data_path)
    content = digest(warehouse)
    try:
        with folder_aside(lake.with_name(f"{lake.name}.spill")) as spill, duckdb.connect() as con:
            bound(con, spill)
            con.execute(f"ATTACH {quoted(str(warehouse.resolve(strict=True)))} AS build (READ_ONLY)")
            con.execute("USE build")
            facts = build_facts(con, content)
            attach(con, lake, place)
            con.execute("BEGIN")
            changed = [contract.table for contract in contracts if _replace_changes(con, contract, advance)]
            if changed:
                about = f"{quoted(facts.build_id)}, extra_info => {quoted(_about(facts))}"
                con.execute(f"CALL lake.set_commit_message('ogi', {about})")
            con.execute("COMMIT")
            version = con.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchall()[0][0]
    except duckdb.Error as error:
        raise ExportError(str(error)) from error
    return Snapshot(version, tuple(changed))


def attach(con: duckdb.DuckDBPyConnection, lake: Path, place: str | None = None, *, read_only: bool = False) -> None:
    """Attaches a lake as ``lake``; ``place`` is where its files lie, by default as its catalogue and folder say."""
    place = place or _data_path(lake.resolve(), None)
    for name in _EXTENSIONS:
        load_extension(con, name, EXTRA)
    if place.startswith("s3://"):
        load_extension(con, "httpfs", "s3")
        con.execute(_secret(s3_access()))
    options = [f"DATA_PATH {quoted(place)}", "OVERRIDE_DATA_PATH true", *(["READ_ONLY"] if read_only else [])]
    catalog = quoted(f"ducklake:sqlite:{lake.resolve() / CATALOG}")
    con.execute(f"ATTACH {catalog} AS lake ({', '.join(options)})")


def _data_path(lake: Path, wanted: str | None) -> str:
    """Where the lake's files lie; makes the folder of a new lake. FolderInUse where something else stands there."""
    catalog = lake / CATALOG
    own = f"{lake / 'data'}/"
    if not catalog.exists() or not catalog.stat().st_size:
        if lake.exists() and (not lake.is_dir() or any(path != catalog for path in lake.iterdir())):
            raise FolderInUse(lake)
        lake.mkdir(parents=True, exist_ok=True)
        return f"{wanted.rstrip('/')}/" if wanted else own
    try:
        with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as con:
            # A kill may have left a catalogue before its first table.
            begun = con.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            sql = "SELECT value FROM ducklake_metadata WHERE key = 'data_path'"
            kept = con.execute(sql).fetchone() if begun else (wanted or own,)
    except sqlite3.Error as error:
        raise FolderInUse(lake) from error
    # A folder may have been moved with its lake; object storage stays where it is.
    place = kept[0] if kept and kept[0].startswith("s3://") else own
    if wanted and f"{wanted.rstrip('/')}/" != place:
        raise ExportError(f"{lake}: 数据已在别处 / its data lies elsewhere: {place}")
    return str(place)


def _secret(access: S3Access) -> str:
    parts = {
        "KEY_ID": access.key,
        "SECRET": access.secret,
        "SESSION_TOKEN": access.token,
        "REGION": access.region,
        "ENDPOINT": access.host,
    }
    given = ", ".join(f"{name} {quoted(value)}" for name, value in parts.items() if value)
    style = ", URL_STYLE 'path'" if access.host else ""
    return f"CREATE OR REPLACE SECRET ogi (TYPE s3, {given}{style}, USE_SSL {str(access.scheme != 'http').lower()})"


def _about(facts: BuildFacts) -> str:
    return json.dumps({"build_id": facts.build_id, "content_digest": facts.digest, **facts.versions})


def _replace_changes(con: duckdb.DuckDBPyConnection, contract: TableContract, advance: Callable[[], None]) -> bool:
    """Makes the lake's table the build's; whether that changed anything. ExportError where they then differ."""
    table = contract.table
    new = _make(con, contract)
    build = f"(SELECT {_columns(contract)} FROM build.main.{table})"
    unit = [contract.key[0]] if contract.key[0] in _BY_FIRST else list(contract.key)
    names = ", ".join(unit)
    # Units whose rows are others, or others in number, told by two sums of 64-bit hashes.
    sums = f"SELECT {names}, count(*) AS n, sum(hash(t)) AS h, bit_xor(hash('x', t)) AS x FROM {{}} t GROUP BY ALL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT {names} FROM ({sums.format(build)}) b "
        f"FULL JOIN ({sums.format(f'(SELECT {_names(contract)} FROM lake.{table})')}) l USING ({names}) "
        "WHERE (b.n, b.h, b.x) IS DISTINCT FROM (l.n, l.h, l.x)"
    )
    count = con.execute("SELECT count(*) FROM changed").fetchall()[0][0]
    if count:
        here = f"({names}) IN (SELECT ({names}) FROM changed)" if len(unit) > 1 else f"{names} IN (FROM changed)"
        con.execute(f"DELETE FROM lake.{table} WHERE {here}")
        con.execute(
            f"INSERT INTO lake.{table} ({_names(contract)}) "
            f"SELECT * FROM {build} WHERE {here} ORDER BY {', '.join(contract.key)}"
        )
        kept, made = (
            con.execute(f"SELECT count(*), sum(hash(t)), bit_xor(hash('x', t)) FROM {relation} t").fetchall()
            for relation in (f"(SELECT {_names(contract)} FROM lake.{table})", build)
        )
        if kept != made:
            raise ExportError(f"{table}: {kept} != {made}")
    advance()
    return bool(count) or new


def _make(con: duckdb.DuckDBPyConnection, contract: TableContract) -> bool:
    """Creates the lake's table where it is lacking or has other columns; whether it did."""
    there = con.execute(
        "SELECT column_name, data_type, NOT is_nullable FROM duckdb_columns() "
        "WHERE database_name = 'lake' AND schema_name = 'main' AND table_name = ? ORDER BY column_index",
        [contract.table],
    ).fetchall()
    if there == [(column.name, _type(column), not column.nullable) for column in contract.columns]:
        return False
    columns = ", ".join(f"{c.name} {_type(c)}{'' if c.nullable else ' NOT NULL'}" for c in contract.columns)
    con.execute(f"CREATE OR REPLACE TABLE lake.{contract.table} ({columns})")
    about = quoted(bilingual(contract.description_zh, contract.description_en))
    con.execute(f"COMMENT ON TABLE lake.{contract.table} IS {about}")
    for column in contract.columns:
        about = quoted(bilingual(column.description_zh, column.description_en))
        con.execute(f"COMMENT ON COLUMN lake.{contract.table}.{column.name} IS {about}")
    return True


def _type(column: ColumnContract) -> str:
    return "VARCHAR" if column.enum else column.type


def _names(contract: TableContract) -> str:
    return ", ".join(column.name for column in contract.columns)


def _columns(contract: TableContract) -> str:
    return ", ".join(f"{c.name}::VARCHAR AS {c.name}" if c.enum else c.name for c in contract.columns)
