"""The views and table macros for analysts, one file each under ``warehouse/sql`` and ``warehouse/sql/macros``.

A file begins with comment lines: the first lines up to ``/`` are the view's
comment in Chinese, then in English; ``@column name: 中文 / English`` describes
a column whose name no table of the contracts has; ``@parameters a, b`` names
those of a macro; ``@part name`` takes in ``parts/name.sql``, which several
views share: its comment goes on with theirs, its columns are theirs, its text
stands where the query says ``{name}``. The rest is the query. (The files of
derived tables, ``mart_*.sql``, are of the same style; ``warehouse.derive`` runs them.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from transform.contracts import load_contracts
from transform.typed import rows_frame, to_arrow
from warehouse.ddl import bilingual, quoted

SQL = Path(__file__).resolve().parent / "sql"
MACROS = SQL / "macros"

_COLUMN = re.compile(r"@column (?P<name>\w+): (?P<zh>.+?) / (?P<en>.+)")
_PARAMETERS = re.compile(r"@parameters (?P<names>\w+(, \w+)*)")
_PART = re.compile(r"@part (?P<name>\w+)")
_A_DAY = "DATE '2000-01-01'"


class ViewError(ValueError):
    """A view's file lacks its comment or describes a column that is not there."""


@dataclass(frozen=True)
class View:
    """A view, or a macro where it has ``parameters``: its query and what it and its columns are."""

    name: str
    query: str
    zh: str
    en: str
    columns: dict[str, tuple[str, str]]
    parameters: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``view`` or ``macro``."""
        return "macro" if self.parameters else "view"

    @property
    def example(self) -> str:
        """What stands after FROM: the name, a macro's with days for its parameters."""
        return f"{self.name}({', '.join(_A_DAY for _ in self.parameters)})" if self.parameters else self.name

    def create(self) -> list[str]:
        """The statements that create it, with its comment."""
        about = quoted(bilingual(self.zh, self.en))
        if not self.parameters:
            return [f"CREATE VIEW {self.name} AS {self.query}", f"COMMENT ON VIEW {self.name} IS {about}"]
        return [
            f"CREATE MACRO {self.name}({', '.join(self.parameters)}) AS TABLE {self.query}",
            f"COMMENT ON MACRO TABLE {self.name} IS {about}",
        ]


@cache
def load_macros() -> tuple[View, ...]:
    """All table macros by name, those that others read before these; raises
    ViewError where a file lacks its comment or its parameters."""
    macros = _in_order(MACROS.glob("*.sql"))
    for macro in macros:
        if not macro.parameters:
            raise ViewError(f"{macro.name}: a macro names its parameters")
    return macros


@cache
def load_views() -> tuple[View, ...]:
    """All views by name, those that others read before these; raises ViewError
    where a file has no comment in both languages."""
    return _in_order(SQL.glob("v_*.sql"))


def _in_order(paths: Iterable[Path]) -> tuple[View, ...]:
    views = {path.stem: load_view(path) for path in sorted(paths)}
    read = {name: [other for other in views if re.search(rf"\b{other}\b", view.query)] for name, view in views.items()}
    return tuple(views[name] for name in TopologicalSorter(read).static_order())


def load_view(path: Path) -> View:
    """Reads one view's file, with the parts that it takes in; ViewError where it has no comment in both languages, no
    query, or a part that its query does not use."""
    lines = path.read_text("utf-8").splitlines()
    head = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    query = "\n".join(line for line in lines if not line.startswith("--")).strip().rstrip(";")
    columns = {}
    prose = []
    parameters: tuple[str, ...] = ()
    parts: list[View] = []
    for line in head:
        if match := _COLUMN.fullmatch(line):
            columns[match["name"]] = match["zh"], match["en"]
        elif match := _PARAMETERS.fullmatch(line):
            parameters = tuple(match["names"].split(", "))
        elif match := _PART.fullmatch(line):
            parts.append(load_view(path.parent / "parts" / f"{match['name']}.sql"))
        else:
            prose.append(line)
    zh, slash, en = " ".join(prose).partition(" / ")
    if not slash or not query:
        raise ViewError(f"{path.name}: it begins with its comment, 中文 / English, and goes on with its query")
    view = View(path.stem, query, zh.strip(), en.strip(), columns, parameters)
    for part in parts:
        view = _with(view, part)
    return view


def _with(view: View, part: View) -> View:
    """The view with a part taken in."""
    place = f"{{{part.name}}}"
    if place not in view.query:
        raise ViewError(f"{view.name}: it takes in the part {part.name}, and its query has no {place}")
    return replace(
        view,
        query=view.query.replace(place, part.query),
        zh=f"{view.zh}{part.zh}",
        en=f"{view.en} {part.en}",
        columns=part.columns | view.columns,
    )


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """Creates every view and macro with comments, and describes them in ``data_dictionary``.

    Raises ViewError where a column is described nowhere.
    """
    shared, rows = _shared_descriptions(), []
    for view in (*load_views(), *load_macros()):
        statements = list(view.create())
        con.execute(";\n".join(statements))
        rows.append(_row(view, "", 0, None, (view.zh, view.en)))
        described = con.execute(f"DESCRIBE FROM {view.example}").fetchall()
        comments = []
        for position, (name, data_type, *_) in enumerate(described, start=1):
            about = view.columns.get(name) or shared.get(name)
            if about is None:
                raise ViewError(f"{view.name}: the column {name} is described nowhere")
            comments.append(f"COMMENT ON COLUMN {view.name}.{name} IS {quoted(bilingual(*about))}")
            rows.append(_row(view, name, position, data_type, about))
        if view.kind == "view":
            con.execute(";\n".join(comments))
        if unknown := set(view.columns) - {row[0] for row in described}:
            raise ViewError(f"{view.name}: it describes {sorted(unknown)}, which it has not")
    con.register("described", to_arrow(rows_frame("data_dictionary", rows), "data_dictionary"))
    con.execute("INSERT INTO data_dictionary BY NAME FROM described")
    con.unregister("described")


def _shared_descriptions() -> dict[str, tuple[str, str]]:
    """What a column's name means in the tables; a dimension's description goes before a fact's."""
    contracts = sorted(load_contracts().values(), key=lambda contract: not contract.table.startswith("dim_"))
    shared: dict[str, tuple[str, str]] = {}
    for contract in contracts:
        for column in contract.columns:
            shared.setdefault(column.name, (column.description_zh, column.description_en))
    return shared


def _row(view: View, column: str, position: int, data_type: str | None, about: tuple[str, str]) -> dict[str, Any]:
    # A closed set spelt out by DESCRIBE is as long as its codes; its labels stand in dim_code.
    kind = "ENUM" if data_type and data_type.startswith("ENUM") else data_type
    return {
        "table_name": view.name, "column_name": column, "relation_kind": view.kind, "sort_order": position,
        "data_type": kind, "description_zh": about[0], "description_en": about[1],
    }  # fmt: skip
