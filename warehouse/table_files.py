r"""Writing tables of a warehouse as files, streamed by DuckDB.

Parquet: ``parquet/<table>/data.parquet``, for tables with a report year or a
filing ``parquet/<table>/report_year=<year>/data.parquet`` (Hive's layout; rows
without a year under ``__HIVE_DEFAULT_PARTITION__``; the year is then not a
column of the files). CSV: ``csv/<table>.csv``, gzip above ``GZIP_FROM`` rows.
Decimals are exact in both. What CSV has no types for is written so:

- NULL is ``\N``; where a text of the table reads so, ``\NN``, and so on. Empty
  text is empty.
- Instants are ISO 8601 in UTC (``2025-02-01T04:00:00.000000Z``); lists are
  JSON; truth values are ``true`` and ``false``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transform.contracts import ColumnContract, TableContract
from warehouse.ddl import quoted

GZIP_FROM = 100_000
"""Rows from which on a CSV file is compressed."""

YEAR = "report_year"
NO_YEAR = "__HIVE_DEFAULT_PARTITION__"


class ExportError(Exception):
    """The tables could not be written whole; the message says which and why."""


@dataclass(frozen=True)
class File:
    """A file that was written: ``path`` relative to the export's folder, ``size`` in bytes, ``year`` of a partition."""

    path: str
    rows: int
    size: int
    sha256: str
    year: int | None = None


@dataclass(frozen=True)
class TableFiles:
    """The files of one table in one format. ``null`` is how CSV writes NULL (empty for Parquet)."""

    contract: TableContract
    format: str
    files: tuple[File, ...]
    rows: int
    null: str = ""


def partitioned(contract: TableContract) -> bool:
    """Whether the table's Parquet files are kept apart by report year."""
    return any(column.name in (YEAR, "filing_id") for column in contract.columns)


def write_parquet(con: duckdb.DuckDBPyConnection, contract: TableContract, folder: Path) -> TableFiles:
    """Writes a table as Parquet below ``folder``; raises ExportError where rows got lost."""
    place = f"parquet/{contract.table}"
    (folder / place).mkdir(parents=True)
    files = tuple(_partitions(con, contract, folder, place))
    rows = sum(file.rows for file in files)
    _all_there(con, contract, rows)
    return TableFiles(contract, "parquet", files, rows)


def _partitions(con: duckdb.DuckDBPyConnection, contract: TableContract, folder: Path, place: str) -> Iterator[File]:
    names = [column.name for column in contract.columns]
    if not partitioned(contract):
        yield _copy_parquet(con, contract, folder, f"{place}/data.parquet", names, "true")
        return
    # Year by year, each one ordered as the table is: one file per year, the same bytes for the same rows.
    for year in _years(con, contract):
        name = f"{place}/{YEAR}={NO_YEAR if year is None else year}"
        (folder / name).mkdir()
        kept = [column for column in names if column != YEAR]
        where = _in_year(contract, year)
        yield _copy_parquet(con, contract, folder, f"{name}/data.parquet", kept, where, year)
    if not any((folder / place).iterdir()):
        # A table without rows still has its columns.
        yield _copy_parquet(con, contract, folder, f"{place}/data.parquet", names, "true")


def _years(con: duckdb.DuckDBPyConnection, contract: TableContract) -> list[int | None]:
    """The report years of a table's rows in order, None last where rows have none."""
    if any(column.name == YEAR for column in contract.columns):
        sql = f"SELECT DISTINCT {YEAR} FROM {contract.table}"
    else:
        sql = (
            f"SELECT DISTINCT f.{YEAR} FROM (SELECT DISTINCT filing_id FROM {contract.table}) t "
            "LEFT JOIN dim_filing f USING (filing_id)"
        )
    return [row[0] for row in con.execute(f"FROM ({sql}) ORDER BY {YEAR} NULLS LAST").fetchall()]


def _in_year(contract: TableContract, year: int | None) -> str:
    """The condition that a row is of the year."""
    if any(column.name == YEAR for column in contract.columns):
        return f"{YEAR} IS NULL" if year is None else f"{YEAR} = {year}"
    if year is None:
        return "filing_id IS NULL"
    return f"filing_id IN (SELECT filing_id FROM dim_filing WHERE {YEAR} = {year})"


def _copy_parquet(
    con: duckdb.DuckDBPyConnection,
    contract: TableContract,
    folder: Path,
    path: str,
    names: list[str],
    where: str,
    year: int | None = None,
) -> File:
    # A closed set is text outside: the type has no like in Parquet.
    listed = ", ".join(f"{n}::VARCHAR AS {n}" if contract.column(n).enum else n for n in names)
    rows = con.execute(
        f"COPY (SELECT {listed} FROM {contract.table} WHERE {where}) TO {quoted(str(folder / path))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()[0][0]
    return _written(folder, path, rows, year)


def write_csv(con: duckdb.DuckDBPyConnection, contract: TableContract, folder: Path) -> TableFiles:
    """Writes a table as CSV below ``folder``; raises ExportError where rows got lost or a number is none."""
    (folder / "csv").mkdir(exist_ok=True)
    count = _count(con, contract)
    path = f"csv/{contract.table}.csv" + (".gz" if count > GZIP_FROM else "")
    null = _null(con, contract)
    columns = ", ".join(f"{_csv_value(column)} AS {column.name}" for column in contract.columns)
    try:
        rows = con.execute(
            f"COPY (SELECT {columns} FROM {contract.table}) TO {quoted(str(folder / path))} "
            f"(FORMAT csv, HEADER true, NULLSTR {quoted(null)}, COMPRESSION {'gzip' if count > GZIP_FROM else 'none'})"
        ).fetchall()[0][0]
    except duckdb.InvalidInputException as error:
        raise ExportError(f"{contract.table}: {error}") from error
    _all_there(con, contract, rows)
    return TableFiles(contract, "csv", (_written(folder, path, rows),), rows, null)


def _null(con: duckdb.DuckDBPyConnection, contract: TableContract) -> str:
    r"""The shortest of ``\N``, ``\NN`` … that no text of the table is."""
    texts = [column.name for column in contract.columns if column.type == "VARCHAR"]
    taken = set()
    if texts:
        alike = " OR ".join(f"starts_with({name}, '\\N')" for name in texts)
        rows = con.execute(f"SELECT DISTINCT {', '.join(texts)} FROM {contract.table} WHERE {alike}").fetchall()
        taken = {value for row in rows for value in row}
    null = "\\N"
    while null in taken:
        null += "N"
    return null


def _csv_value(column: ColumnContract) -> str:
    """SQL for how CSV writes a column."""
    if column.type == "TIMESTAMP":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if column.type.endswith("[]"):
        # DuckDB's own to_json makes decimals floats. JSON has no infinite numbers.
        value = "to_json(x)::VARCHAR" if column.type.startswith("STRUCT") else "x::VARCHAR"
        if column.type in ("DOUBLE[]", "FLOAT[]"):
            value = f"CASE WHEN isfinite(x) THEN {value} ELSE error('{column.name}: not a finite number') END"
        items = f"list_transform({column.name}, lambda x: CASE WHEN x IS NULL THEN 'null' ELSE {value} END)"
        return f"'[' || array_to_string({items}, ', ') || ']'"
    return column.name


def _count(con: duckdb.DuckDBPyConnection, contract: TableContract) -> int:
    return int(con.execute(f"SELECT count(*) FROM {contract.table}").fetchall()[0][0])


def _all_there(con: duckdb.DuckDBPyConnection, contract: TableContract, rows: int) -> None:
    count = _count(con, contract)
    if rows != count:
        raise ExportError(f"{contract.table}: {rows} rows were written of {count}")


def _written(folder: Path, path: str, rows: int, year: int | None = None) -> File:
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return File(path, int(rows), (folder / path).stat().st_size, digest, year)
