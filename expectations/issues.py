"""From violations to the tables quality_issue and issue_cell: identifiers, life, words, hints."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import duckdb
import pandas as pd

from expectations.hints import Hint, hints
from expectations.rules.catalogue import catalogue, rule_of
from expectations.rules.messages import Finding, Term, message
from transform.typed import frame, rows_frame

SQL = Path(__file__).resolve().parent / "rules" / "sql"


def issue_frames(con: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, pd.DataFrame]:
    """quality_issue and issue_cell of the violations in the temporary table ``rule_found``."""
    con.execute((SQL / "issue.sql").read_text("utf-8"))
    try:
        return _issues(con), _issue_cells(con)
    finally:
        con.execute("DROP TABLE rule_issue")


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
        SELECT i.issue_id, u.cell.side, u.cell.form_table, u.cell.row_code, u.cell.column_code,
               CASE WHEN c.status = 'reported'
                    THEN rtrim(rtrim(CAST(c.value AS DECIMAL(38,4))::VARCHAR, '0'), '.') END AS figure,
               u.cell.filing_id <> i.filing_id AS last_year
        FROM rule_issue AS i,
             unnest(list_zip(i.cells, range(1, len(i.cells) + 1))) AS t(pair),
             (SELECT pair[1] AS cell, pair[2] AS position) AS u
        JOIN cell AS c ON c.filing_id = u.cell.filing_id AND c.form_table = u.cell.form_table
                      AND c.row_code = u.cell.row_code AND c.column_code = u.cell.column_code
        WHERE i.message_zh IS NULL
        ORDER BY i.issue_id, u.position
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
        SELECT DISTINCT i.issue_id, c.filing_id, c.form_table::VARCHAR, c.row_code::VARCHAR, c.column_code::VARCHAR,
               k.sort_order
        FROM rule_issue AS i, unnest(i.cells) AS t(involved)
        JOIN cell AS c ON c.filing_id = t.involved.filing_id AND c.form_table = t.involved.form_table
                      AND c.row_code = t.involved.row_code AND c.column_code = t.involved.column_code
        JOIN dim_filing AS f ON f.filing_id = c.filing_id
        LEFT JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                                AND k.row_code = c.row_code AND k.column_code = c.column_code
        ORDER BY i.issue_id, c.filing_id, k.sort_order
        """
    ).fetchall()
    names = ("issue_id", "filing_id", "form_table", "row_code", "column_code")
    return frame("issue_cell", {name: [row[number] for row in rows] for number, name in enumerate(names)})
