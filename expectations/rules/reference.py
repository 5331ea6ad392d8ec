"""What the rules' queries know of the forms, as temporary tables.

``rule_edition``: the editions and the report years they are for.
``rule_cell``: every cell of every edition (merged rows too), its kind, order and number.
``rule_term``: the terms of every identity, one row per edition, place and term.
``rule_metric``: the cells of every metric that prose can state, with its name in words.
``rule_base``: what a percentage of a metric may be of where the prose does not say so.
``rule_alike``: totals that prose takes for one another.
``rule_scope``: the scopes in words.
``rule_own_fact``: the cells that follow from no others.
``rule_merger``: the report years in which a division is another than the year before.

Three more hold what the queries of several rules need of the filings:
``rule_previous`` (for every filing last year's of the same agency and scope),
``rule_family`` (for every agency those with which it may share figures and
prose) and ``rule_metric_figure`` (what the tables say of the metrics that a
filing's prose names).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from expectations.rules.metrics import alike, bases, metrics
from extract.forms import Form, Identity, load_forms
from extract.paths import DATA
from transform.contracts import load_enums

HERE = Path(__file__).resolve().parent
MERGERS = DATA / "regions" / "mergers.csv"
LAST_MONTH_OF_REPORTS = 3
NO_LAST_YEAR = 9999
QUERIES = {
    "rule_previous": "previous_filing.sql",
    "rule_family": "agency_family.sql",
    "rule_own_fact": "own_fact.sql",
    "rule_metric_figure": "metric_figure.sql",
}
"""The tables that are made from the filings and agencies at hand."""

CELL_COLUMNS = ["form", "form_table", "row_code", "column_code", "kind", "is_total", "sort_order", "cell_no"]
TERM_COLUMNS = [
    "form", "rule", "per", "place", "side", "form_table", "row_code", "column_code",
    "is_total", "is_result", "weight", "weight_needed", "term_no", "sum_no", "cell_no",
]  # fmt: skip


def create_reference(con: duckdb.DuckDBPyConnection, queries: Iterable[str]) -> list[str]:
    """Creates the temporary tables on a connection that has the tables that
    rules read (``judge.READ``); returns their names for dropping. Of those made
    from filings and agencies only those that ``queries`` name."""
    frames = {
        "rule_edition": editions(),
        "rule_cell": cells(),
        "rule_term": terms(),
        "rule_metric": metric_cells(),
        "rule_base": pd.DataFrame(bases(), columns=["form", "metric", "base"]),
        "rule_alike": pd.DataFrame(alike(), columns=["metric", "other", "preference"]),
        "rule_merger": pd.DataFrame(mergers(), columns=["region_code", "report_year"]),
        "rule_scope": pd.DataFrame(scopes(), columns=["scope", "zh", "en"]),
    }
    types = types_of_codes(con)
    for name, frame in frames.items():
        typed = [f"{column}::{types[column]} AS {column}" for column in frame.columns if column in types]
        con.register("rule_reference", frame)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * REPLACE ({', '.join(typed)}) FROM rule_reference"
            if typed
            else f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rule_reference"
        )
        con.unregister("rule_reference")
    wanted = _named(queries)
    for name, query in wanted.items():
        text = (HERE / "sql" / query).read_text("utf-8")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")
    return [*frames, *wanted]


def _named(queries: Iterable[str]) -> dict[str, str]:
    """The tables of ``QUERIES`` that queries name, and last year's filings, which every judging needs."""
    words = set(re.findall(r"\w+", " ".join(queries)))
    return {name: query for name, query in QUERIES.items() if name in words or name == "rule_previous"}


def types_of_codes(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The types of the codes in ``cell`` and ``dim_filing``: as text, joining closed sets takes three times as long."""
    described = con.execute("SELECT form_table, row_code, column_code, form FROM cell, dim_filing LIMIT 0").description
    return {name: str(kind) for name, kind, *_ in described if str(kind).startswith("ENUM")}


@cache
def editions() -> pd.DataFrame:
    """form, first_year, last_year (9999 while in force)."""
    rows = [(form.code, form.first_year, form.last_year or NO_LAST_YEAR) for form in load_forms().values()]
    return pd.DataFrame(rows, columns=["form", "first_year", "last_year"])


@cache
def cells() -> pd.DataFrame:
    """Every cell of every edition, merged rows too, in the form's order; ``cell_no`` numbers those of all editions."""
    rows = [(*row, number) for number, row in enumerate(row for form in load_forms().values() for row in _cells(form))]
    return pd.DataFrame(rows, columns=CELL_COLUMNS).astype({"cell_no": "int16"})


@cache
def terms() -> pd.DataFrame:
    """Every term of every identity.

    ``sum_no`` numbers the sums (edition, rule and place).
    ``is_result`` marks the printed total of an identity that has a single one,
    ``is_total`` any cell that is a total of the form. The weights of the terms
    that a filing has must sum to ``weight_needed``: a merged row weighs as much
    as the rows that it stands for.
    """
    places = [
        (form, identity, place)
        for form in load_forms().values()
        for identity in form.identities
        for place in identity.over
    ]
    known = {row[:4]: row[-1] for row in cells().itertuples(index=False, name=None)}
    rows = [
        (*row, number, known[row[0], *row[5:8]])
        for number, (form, identity, place) in enumerate(places)
        for row in _terms(form, identity, place)
    ]
    return pd.DataFrame(rows, columns=TERM_COLUMNS).astype({"sum_no": "int16", "cell_no": "int16"})


@cache
def metric_cells() -> pd.DataFrame:
    """form, metric, label_zh, label_en and the cells (form_table, row_code, column_code) whose sum it is."""
    rows = [(m.form, m.code, m.label_zh, m.label_en, *cell) for m in metrics() for cell in m.cells]
    names = ["form", "metric", "label_zh", "label_en", "form_table", "row_code", "column_code"]
    return pd.DataFrame(rows, columns=names)


def scopes() -> list[tuple[str, str, str]]:
    """The scopes, in Chinese and English."""
    return [(scope.code, scope.label_zh, scope.label_en) for scope in load_enums()["scope"]]


@cache
def mergers() -> list[tuple[str, int]]:
    """Division and report year in which it is made of others (``data/regions/mergers.csv``): that of the change and,
    for one by March, the year before, whose report the new agencies may have written."""
    found: list[tuple[str, int]] = []
    for line in MERGERS.read_text("utf-8").splitlines()[1:]:
        code, _, month, *_ = line.split(",")
        year, number = int(month[:4]), int(month[4:])
        found += [(code, year), *([(code, year - 1)] if number <= LAST_MONTH_OF_REPORTS else [])]
    return found


def _cells(form: Form) -> Iterator[tuple[object, ...]]:
    order = 0
    for table in form.tables:
        for row in (*table.rows, *table.merged_rows):
            for column in table.columns_of(row):
                order += 1
                total = row.is_total or column.is_total
                yield form.code, table.code, row.code, column.code, column.kind, total, order


def _terms(form: Form, identity: Identity, place: str) -> Iterator[tuple[object, ...]]:
    table = form.table(identity.table)
    expected, actual = identity.cells(place)
    keys = [("expected", key) for key in expected] + [("actual", key) for key in actual]
    needed = sum(1 for _, key in keys if identity.per == "row" or not table.row(key[1]).replaces)
    for number, (side, key) in enumerate(keys):
        row, column = table.row(key[1]), table.column(key[2])
        weight = len(row.replaces) if identity.per == "column" and row.replaces else 1
        yield (
            form.code, identity.rule, identity.per, place, side, *key,
            row.is_total or column.is_total, side == "actual" and len(actual) == 1,
            weight, needed, number,
        )  # fmt: skip
