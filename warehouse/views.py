"""The views for analysts, one file each under ``warehouse/sql``.

A file begins with comment lines: the first lines up to ``/`` are the view's
comment in Chinese, then in English; ``@column name: 中文 / English`` describes
a column whose name no table of the contracts has. The rest is the view's query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from transform.contracts import load_contracts
from warehouse.ddl import bilingual, quoted

SQL = Path(__file__).resolve().parent / "sql"

_COLUMN = re.compile(r"@column (?P<name>\w+): (?P<zh>.+?) / (?P<en>.+)")


class ViewError(ValueError):
    """A view's file lacks its comment or describes a column that is not there."""


@dataclass(frozen=True)
class View:
    """A view: its query and what it and its columns are."""

    name: str
    query: str
    zh: str
    en: str
    columns: dict[str, tuple[str, str]]


@cache
def load_views() -> tuple[View, ...]:
    """All views by name, those that others read before these; raises ViewError
    where a file has no comment in both languages."""
    views = {path.stem: load_view(path) for path in sorted(SQL.glob("v_*.sql"))}
    read = {name: [other for other in views if re.search(rf"\b{other}\b", view.query)] for name, view in views.items()}
    return tuple(views[name] for name in TopologicalSorter(read).static_order())


def load_view(path: Path) -> View:
    """Reads one view's file."""
    lines = path.read_text("utf-8").splitlines()
    head = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    query = "\n".join(line for line in lines if not line.startswith("--")).strip().rstrip(";")
    columns = {}
    prose = []
    for line in head:
        match = _COLUMN.fullmatch(line)
        if match:
            columns[match["name"]] = match["zh"], match["en"]
        else:
            prose.append(line)
    zh, slash, en = " ".join(prose).partition(" / ")
    if not slash or not query:
        raise ViewError(f"{path.name}: it begins with its comment, 中文 / English, and goes on with its query")
    return View(path.stem, query, zh.strip(), en.strip(), columns)


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """Creates every view with comments, and describes them in ``data_dictionary``.

    Raises ViewError where a column is described nowhere.
    """
    shared = _shared_descriptions()
    for view in load_views():
        con.execute(f"CREATE VIEW {view.name} AS {view.query}")
        con.execute(f"COMMENT ON VIEW {view.name} IS {quoted(bilingual(view.zh, view.en))}")
        _describe(con, view.name, "", 0, None, (view.zh, view.en))
        described = con.execute(f"DESCRIBE {view.name}").fetchall()
        for position, (name, data_type, *_) in enumerate(described, start=1):
            about = view.columns.get(name) or shared.get(name)
            if about is None:
                raise ViewError(f"{view.name}: the column {name} is described nowhere")
            con.execute(f"COMMENT ON COLUMN {view.name}.{name} IS {quoted(bilingual(*about))}")
            _describe(con, view.name, name, position, data_type, about)
        if unknown := set(view.columns) - {row[0] for row in described}:
            raise ViewError(f"{view.name}: it describes {sorted(unknown)}, which it has not")


def _shared_descriptions() -> dict[str, tuple[str, str]]:
    """What a column's name means in the tables; a dimension's description goes before a fact's."""
    contracts = sorted(load_contracts().values(), key=lambda contract: not contract.table.startswith("dim_"))
    shared: dict[str, tuple[str, str]] = {}
    for contract in contracts:
        for column in contract.columns:
            shared.setdefault(column.name, (column.description_zh, column.description_en))
    return shared


def _describe(
    con: duckdb.DuckDBPyConnection,
    view: str,
    column: str,
    position: int,
    data_type: str | None,
    about: tuple[str, str],
) -> None:
    # A closed set spelt out by DESCRIBE is as long as its codes; its labels stand in dim_code.
    kind = "ENUM" if data_type and data_type.startswith("ENUM") else data_type
    con.execute(
        "INSERT INTO data_dictionary VALUES (?, ?, 'view', ?, ?, NULL, NULL, ?, ?)",
        [view, column, position, kind, *about],
    )
