"""The identities of the forms, summed over many filings at once.

``create_sums`` makes a temporary table of sums from ``cell``: rule, form,
place, sum_no, filing_id, expected and actual. All identities are summed in one pass,
some filings at a time, so that the memory needed does not grow with them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent / "rules" / "sql"
FILINGS_AT_ONCE = 20_000


def create_sums(con: duckdb.DuckDBPyConnection, table: str, filings: str = "dim_filing", broken: bool = True) -> None:
    """Makes the temporary table ``table`` of the sums of ``filings`` (a relation with
    filing_id and form): those that do not hold, or all that can be judged."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rule_filing AS "
        f"SELECT row_number() OVER ()::INTEGER AS filing_no, filing_id, form FROM {filings}"
    )
    con.execute((SQL / "figures.sql").read_text("utf-8"))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rule_side (sum_no SMALLINT, filing_no INTEGER, expected DECIMAL(38,4), "
        "actual DECIMAL(38,4))"
    )
    (last,) = con.execute("SELECT coalesce(max(filing_no), 0) FROM rule_filing").fetchall()[0]
    query = (SQL / "sums.sql").read_text("utf-8")
    for first in range(1, last + 1, FILINGS_AT_ONCE):
        con.execute(
            f"INSERT INTO rule_side FROM ({query}) {'WHERE expected <> actual' if broken else ''}",
            {"first": first, "last": first + FILINGS_AT_ONCE - 1},
        )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {table} AS
        SELECT t.rule, t.form, t.place, s.sum_no, n.filing_id, s.expected, s.actual
        FROM rule_side AS s
        JOIN rule_filing AS n USING (filing_no)
        JOIN (SELECT DISTINCT sum_no, rule, form, place FROM rule_term) AS t USING (sum_no)"""
    )
    for made in ("rule_side", "rule_figure", "rule_filing"):
        con.execute(f"DROP TABLE {made}")
