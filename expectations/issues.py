"""From violations to the tables quality_issue and issue_cell: identifiers, life, words, hints."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import duckdb
import pandas as pd

from expectations.hints import Hint, hints
from expectations.rules.catalogue import catalogue, rule_of
from expectations.rules.messages import Finding, Term, message
from expectations.rules.reference import types_of_codes
from transform.typed import frame, rows_frame

SQL = Path(__file__).resolve().parent / "rules" / "sql"


def issue_frames(con: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """quality_issue and issue_cell of the violations in the temporary table ``rule_found``."""
    con.execute((SQL / "issue.sql").read_text("utf-8"))
    try:
        _involve(con)
        return _issues(con), _issue_cells(con)
    finally:
        con.execute("DROP TABLE rule_issue")
        con.execute("DROP TABLE IF EXISTS rule_involved")


def _involve(con: duckdb.DuckDBPyConnection) -> None:
    """Creates ``rule_involved``: the cells of every issue that are in ``cell``, with what stands there.

    The issues' codes are cast to the types of ``cell``, not those of ``cell`` to text: it is many times larger.
    """
    types = types_of_codes(con)
    codes = ", ".join(
        f"TRY_CAST(cell.{name} AS {types.get(name, 'VARCHAR')}) AS {name}"
        for name in ("form_table", "row_code", "column_code")
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rule_involved AS
        SELECT i.issue_id, i.side, i.position, i.is_elsewhere, i.needs_words,
               c.filing_id, c.form_table, c.row_code, c.column_code, c.value, c.status
        FROM (SELECT issue_id, position, needs_words, cell.side, cell.filing_id,
                     cell.filing_id <> own_id AS is_elsewhere, {codes}
              FROM (SELECT issue_id, filing_id AS own_id, message_zh IS NULL AS needs_words,
                           unnest(cells) AS cell, unnest(range(1, len(cells) + 1)) AS position
                    FROM rule_issue)) AS i
        JOIN cell AS c ON c.filing_id = i.filing_id AND c.form_table = i.form_table
                      AND c.row_code = i.row_code AND c.column_code = i.column_code
        """
    )


def _issues(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The table quality_issue: what issue.sql made, put into words where it has none yet."""
    order = {code: number for number, code in enumerate(catalogue())}
    found = con.execute("SELECT * EXCLUDE (cells) FROM rule_issue")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    terms, explained = _terms(con), hints(con)
    for row in rows:
        rule, form, detail = rule_of(row["rule"]), row.pop("form"), row.pop("detail") or {}
        row["severity"] = row["severity"] or rule.severity
        if row["message_zh"] is None:
            involved = terms.get(row["issue_id"], ())
            finding = Finding(rule, form, row["report_year"], row["expected"], row["actual"], involved, detail)
            row["message_zh"], row["message_en"] = message(finding, "zh"), message(finding, "en")
        hint = explained.get(row["issue_id"], Hint())
        row |= {"hint": hint.zh, "hint_en": hint.en, "cause_group": hint.cause_group}
    rows.sort(key=lambda row: (row["filing_id"] or "", order[row["rule"]], row["place"], row["issue_id"]))
    return rows_frame("quality_issue", rows)


def _terms(con: duckdb.DuckDBPyConnection) -> dict[str, list[Term]]:
    """The cells of each issue that needs words, in the order of its rule."""
    rows = con.execute(
        """
        SELECT issue_id, side, form_table::VARCHAR, row_code::VARCHAR, column_code::VARCHAR,
               CASE WHEN status = 'reported'
                    THEN rtrim(rtrim(CAST(value AS DECIMAL(38,4))::VARCHAR, '0'), '.') END AS figure,
               is_elsewhere
        FROM rule_involved
        WHERE needs_words
        ORDER BY issue_id, position
        """
    ).fetchall()
    return {
        issue_id: [
            Term(side, (table, row, column), figure, last_year)
            for _, side, table, row, column, figure, last_year in group
        ]
        for issue_id, group in groupby(rows, key=lambda row: row[0])
    }


def _issue_cells(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The table issue_cell: the cells of every issue, each once, that are in ``cell``."""
    rows = con.execute(
        """
        SELECT DISTINCT i.issue_id, i.filing_id, i.form_table::VARCHAR, i.row_code::VARCHAR, i.column_code::VARCHAR,
               k.sort_order
        FROM rule_involved AS i
        JOIN dim_filing AS f ON f.filing_id = i.filing_id
        LEFT JOIN rule_cell AS k ON k.form = f.form AND k.form_table = i.form_table
                                AND k.row_code = i.row_code AND k.column_code = i.column_code
        ORDER BY i.issue_id, i.filing_id, k.sort_order
        """
    ).fetchall()
    names = ("issue_id", "filing_id", "form_table", "row_code", "column_code")
    return frame("issue_cell", {name: [row[number] for row in rows] for number, name in enumerate(names)})
