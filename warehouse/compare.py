"""A new build beside the published one: what came, what went, what is another figure now.

What may be lost or gained stands in ``data/floors.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml

from extract.paths import DATA
from transform.contracts import load_contracts
from warehouse.build import Change, register_keys
from warehouse.history import has_table

FLOORS = DATA / "floors.yaml"
SQL = Path(__file__).resolve().parent / "sql" / "compare.sql"

MINIMUM = 50
"""Shares of fewer than this say nothing: a floor or ceiling on them is not held."""


@dataclass(frozen=True)
class Limit:
    """A floor or a ceiling: ``measure`` and ``base`` are keys of ``Comparison.measures``."""

    measure: str
    bound: float
    base: str
    is_floor: bool
    zh: str
    en: str

    def breach(self, measures: Mapping[str, float | None]) -> str | None:
        """What breaks it, in both languages; None where it holds or too little is there to tell."""
        found, base = measures[self.measure], measures[self.base] or 0
        if found is None or base < MINIMUM:
            return None
        if found >= self.bound if self.is_floor else found <= self.bound:
            return None
        zh, en = ("低于", "is below") if self.is_floor else ("高于", "is above")
        return f"{self.zh}为 {found:.2%}，{zh} {self.bound:.2%} / {self.en}: {found:.2%} {en} {self.bound:.2%}"


@dataclass(frozen=True)
class Comparison:
    """``rows`` of every table before (None where it is new) and now; ``measures`` as ``compare.sql`` gives them;
    the floors and ceilings that are broken, in words."""

    rows: dict[str, tuple[int | None, int]]
    measures: dict[str, float | None]
    broken_floors: tuple[str, ...]
    broken_ceilings: tuple[str, ...]


def limits(path: Path = FLOORS) -> list[Limit]:
    """The floors and ceilings of the file."""
    data = yaml.safe_load(path.read_text("utf-8"))
    return [
        Limit(item["measure"], item[bound], item["base"], bound == "at_least", item["zh"], item["en"])
        for kind, bound in (("floors", "at_least"), ("ceilings", "at_most"))
        for item in data[kind]
    ]


@dataclass(frozen=True)
class Measure:
    """What a measure is, in both languages: a ``number``, a ``share`` of 1, or a ``growth`` by a share."""

    kind: Literal["number", "share", "growth"]
    zh: str
    en: str


@cache
def measures_in_words(path: Path = FLOORS) -> Mapping[str, Measure]:
    """The measures of a comparison by name, in the order in which they are told."""
    data = yaml.safe_load(path.read_text("utf-8"))
    return {name: Measure(**entry) for name, entry in data["measures"].items()}


def compare(con: duckdb.DuckDBPyConnection, change: Change | None) -> Comparison:
    """Compares a draft with the build ``last`` beside which it was opened. With ``change`` only its filings'
    cells are compared: the others are those of ``last``."""
    register_keys(con, "compared", change.filings if change is not None else frozenset())
    given: dict[str, Any] = {"all": change is None, "minimum": MINIMUM}
    (row,) = con.sql(SQL.read_text("utf-8"), params=given).to_arrow_table().to_pylist()
    rows = {
        name: (_count(con, f"last.{name}") if has_table(con, "last", name) else None, _count(con, name))
        for name in load_contracts()
    }
    con.unregister("compared")
    measures = {name: None if value is None else float(value) for name, value in row.items()}
    breaches = [(limit.is_floor, limit.breach(measures)) for limit in limits()]
    return Comparison(
        rows,
        measures,
        tuple(breach for is_floor, breach in breaches if breach and is_floor),
        tuple(breach for is_floor, breach in breaches if breach and not is_floor),
    )


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0
