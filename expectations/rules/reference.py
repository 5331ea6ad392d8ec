"""What the rules' queries know of the forms, as temporary tables.

``rule_edition``: the editions and the report years they are for.
``rule_cell``: every cell of every edition (merged rows too), its kind and order.
``rule_term``: the terms of every identity, one row per edition, place and term.
``rule_metric``: the cells of every metric that prose can state, with its name in words.
``rule_previous``: for every filing last year's of the same agency and scope.
``rule_family``: for every agency those with which it may share figures and prose.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from expectations.rules.metrics import metrics
from extract.forms import Form, Identity, load_forms

HERE = Path(__file__).resolve().parent
NO_LAST_YEAR = 9999
QUERIES = {"rule_previous": "previous_filing.sql", "rule_family": "agency_family.sql"}
"""The tables that are made from the filings and agencies at hand."""

CELL_COLUMNS = ["form", "form_table", "row_code", "column_code", "kind", "is_total", "sort_order"]
TERM_COLUMNS = [
    "form", "rule", "per", "place", "side", "form_table", "row_code", "column_code",
    "is_total", "is_result", "weight", "weight_needed", "term_no",
]  # fmt: skip


def create_reference(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Creates the temporary tables on a connection that has dim_filing and
    dim_agency; returns their names for dropping."""
    frames = {"rule_edition": editions(), "rule_cell": cells(), "rule_term": terms(), "rule_metric": metric_cells()}
    for name, frame in frames.items():
        con.register("rule_reference", frame)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM rule_reference")
        con.unregister("rule_reference")
    for name, query in QUERIES.items():
        sql = (HERE / "sql" / query).read_text("utf-8")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    return [*frames, *QUERIES]


@cache
def editions() -> pd.DataFrame:
    """form, first_year, last_year (9999 while in force)."""
    rows = [(form.code, form.first_year, form.last_year or NO_LAST_YEAR) for form in load_forms().values()]
    return pd.DataFrame(rows, columns=["form", "first_year", "last_year"])


@cache
def cells() -> pd.DataFrame:
    """Every cell of every edition, merged rows too, in the form's order."""
    rows = [row for form in load_forms().values() for row in _cells(form)]
    return pd.DataFrame(rows, columns=CELL_COLUMNS)


@cache
def terms() -> pd.DataFrame:
    """Every term of every identity.

    ``is_result`` marks the printed total of an identity that has a single one,
    ``is_total`` any cell that is a total of the form. The weights of the terms
    that a filing has must sum to ``weight_needed``: a merged row weighs as much
    as the rows that it stands for.
    """
    rows = [
        row
        for form in load_forms().values()
        for identity in form.identities
        for place in identity.over
        for row in _terms(form, identity, place)
    ]
    return pd.DataFrame(rows, columns=TERM_COLUMNS)


@cache
def metric_cells() -> pd.DataFrame:
    """form, metric, label_zh, label_en and the cells (form_table, row_code, column_code) whose sum it is."""
    rows = [(m.form, m.code, m.label_zh, m.label_en, *cell) for m in metrics() for cell in m.cells]
    names = ["form", "metric", "label_zh", "label_en", "form_table", "row_code", "column_code"]
    return pd.DataFrame(rows, columns=names)


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
