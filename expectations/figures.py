"""The sums of filings and the figures that stand in them, as explaining a broken sum needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import duckdb

from expectations.explain import Sum
from expectations.rules.reference import terms
from expectations.sums import create_sums
from extract.forms import CellKey


@dataclass
class Figures:
    """The figures of a filing's sums (blanks as 0, and which are blank), and the sums."""

    value: dict[CellKey, int] = field(default_factory=dict)
    blank: set[CellKey] = field(default_factory=set)
    sums: list[Sum] = field(default_factory=list)


def sums_of(con: duckdb.DuckDBPyConnection, filings: Sequence[str]) -> dict[str, Figures]:
    """All judged sums of filings; without the filings where a figure is no whole number."""
    if not filings:
        return {}
    hold(con, "rule_asked", filings)
    create_sums(con, "rule_judged", "dim_filing SEMI JOIN rule_asked USING (filing_id)", broken=False)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE rule_asked_cell AS
        SELECT c.filing_id, list(k.cell_no ORDER BY k.cell_no) AS numbers,
               list(c.value::DOUBLE ORDER BY k.cell_no) AS figures
        FROM cell AS c
        SEMI JOIN rule_asked AS a ON a.filing_id = c.filing_id
        JOIN dim_filing AS f ON f.filing_id = c.filing_id
        JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                           AND k.row_code = c.row_code AND k.column_code = c.column_code
        GROUP BY c.filing_id"""
    )
    rows = con.execute(
        """SELECT s.filing_id, list(s.sum_no ORDER BY s.sum_no),
                  list((s.expected - s.actual)::DOUBLE ORDER BY s.sum_no),
                  any_value(c.numbers), any_value(c.figures)
        FROM rule_judged AS s JOIN rule_asked_cell AS c USING (filing_id)
        GROUP BY s.filing_id"""
    )
    layouts: dict[tuple[tuple[int, ...], tuple[int, ...]], _Layout] = {}
    found: dict[str, Figures] = {}
    while batch := rows.fetchmany(1_000):
        for filing, sums, differences, numbers, values in batch:
            known = tuple(sums), tuple(numbers)
            if (layout := layouts.get(known)) is None:
                layout = layouts[known] = _layout(*known)
            figures = {key: values[at] for key, at in layout.places.items()}
            if all(value is None or value == int(value) for value in figures.values()):
                found[filing] = Figures(
                    {key: int(value or 0) for key, value in figures.items()},
                    {key for key, value in figures.items() if value is None},
                    [Sum(*name, int(differences[at]), terms) for name, at, terms in layout.sums],
                )  # fmt: skip
    for made in ("rule_judged", "rule_asked_cell", "rule_asked"):
        con.execute(f"DROP TABLE {made}")
    return found


@dataclass(frozen=True)
class _Layout:
    """What filings with the same sums over the same cells share: by name each sum, its
    place among the filing's sums and its terms; of every cell in them its place among the filing's cells."""

    sums: list[tuple[tuple[str, str], int, dict[CellKey, int]]]
    places: dict[CellKey, int]


def _layout(sums: Sequence[int], numbers: Sequence[int]) -> _Layout:
    """The layout of the sums ``sum_no`` over the cells ``cell_no``; what a filing does not have is no term."""
    at = {number: place for place, number in enumerate(numbers)}
    layout = _Layout([], {})
    for place, number in enumerate(sums):
        name, terms = _terms_by_sum()[number]
        layout.sums.append((name, place, {key: sign for cell, key, sign in terms if cell in at}))
        layout.places.update((key, at[cell]) for cell, key, _ in terms if cell in at)
    layout.sums.sort(key=lambda entry: entry[0])
    return layout


@cache
def _terms_by_sum() -> dict[int, tuple[tuple[str, str], list[tuple[int, CellKey, int]]]]:
    """Of every sum by its number its rule and place, and its terms: cell_no, cell and sign."""
    found: dict[int, tuple[tuple[str, str], list[tuple[int, CellKey, int]]]] = {}
    for row in terms().to_dict("records"):
        key, sign = (row["form_table"], row["row_code"], row["column_code"]), 1 if row["side"] == "expected" else -1
        _, listed = found.setdefault(int(row["sum_no"]), ((row["rule"], row["place"]), []))
        listed.append((int(row["cell_no"]), key, sign))
    return found


def hold(con: duckdb.DuckDBPyConnection, name: str, filings: Sequence[str]) -> None:
    """Makes the temporary table ``name`` of filings (filing_id)."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (filing_id VARCHAR)")
    con.execute(f"INSERT INTO {name} SELECT unnest($1)", [list(filings)])
