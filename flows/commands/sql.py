"""``ogi sql``: read-only SQL on the published warehouse."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.commands.builds import nothing_published
from flows.text import table
from warehouse import home as homes
from warehouse.disk import replacing, write_atomically
from warehouse.errors import OgiError
from warehouse.publish import published
from warehouse.query import QueryFailed, QueryRefused, run_query

_CLIP = 80
"""Characters of a value that a table shows."""


def sql_command(query: str, output: str, limit: int, file: Path | None, home_option: Path | None) -> int:
    """Prints the rows of a query, or writes them to ``file``; 1 when it was refused or failed."""
    home, samples_by_default = homes.for_reading(home_option)
    path = published(home.root)
    if path is None:
        raise nothing_published(home)
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    if file is not None and not file.parent.is_dir():
        raise OgiError(
            f"没有文件夹 {file.parent}，无法写入 {file.name}。请先建立，或用 --output 另指一处。",
            f"There is no folder {file.parent} to write {file.name} into. Make it, or name another place by --output.",
        )
    try:
        result = run_query(path, query, limit=limit)
    except (QueryRefused, QueryFailed) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        _write(result.table, output, file)
    except OSError as error:
        raise OgiError(f"无法写入：{error}", f"cannot be written: {error}") from error
    if result.truncated:
        print(f"只给出前 {limit} 行（--limit）。 Only the first {limit} rows (--limit).", file=sys.stderr)
    return 0


def _write(rows: pa.Table, output: str, file: Path | None) -> None:
    if output == "parquet" and file is not None:
        with replacing(file) as temporary:
            pq.write_table(rows, temporary)
        return
    text = {"table": _table, "csv": _csv, "json": _json}[output](rows)
    if file is None:
        print(text, end="")
    else:
        write_atomically(file, text.encode())


def _cells(rows: pa.Table) -> list[list[Any]]:
    """The values row by row; numbers that are whole as int, other decimals without trailing zeros."""
    columns = [[_plain(value) for value in column.to_pylist()] for column in rows.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


def _table(rows: pa.Table) -> str:
    cells = [[_clipped(value) for value in row] for row in _cells(rows)]
    number = [pa.types.is_decimal(t) or pa.types.is_integer(t) or pa.types.is_floating(t) for t in rows.schema.types]
    return table(rows.column_names, cells, right=number) + "\n"


def _clipped(value: Any) -> str:
    """A value on one line, cut where it would make the table unreadable (the other formats have it whole)."""
    text = "" if value is None else str(value).replace("\n", " ")
    return text if len(text) <= _CLIP else f"{text[: _CLIP - 1]}…"


def _csv(rows: pa.Table) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(rows.column_names)
    writer.writerows(_cells(rows))
    return file.getvalue()


def _json(rows: pa.Table) -> str:
    names = rows.column_names
    objects = [dict(zip(names, row, strict=True)) for row in _cells(rows)]
    return json.dumps(objects, ensure_ascii=False, default=_json_value) + "\n"


def _json_value(value: Any) -> Any:
    """What JSON has no word for: decimals as numbers, the rest (dates, instants) as text."""
    return float(value) if isinstance(value, Decimal) else str(value)
