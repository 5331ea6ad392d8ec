"""Applying the rules to filings, set by set.

``judge`` runs every rule's query over a DuckDB connection that has the tables
of ``READ`` (whole warehouse or one document
in memory, the shapes are the same) and returns the tables quality_issue and
issue_cell. Only the sentences of issues are made in Python, one per issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.rules.catalogue import Rule, RuleError, catalogue, rule_of
from expectations.rules.messages import Finding, Term, message
from expectations.rules.reference import create_reference
from expectations.superseded import find_superseded
from transform.typed import frame, rows_frame, to_arrow

SQL = Path(__file__).resolve().parent / "rules" / "sql"

READ = {
    "dim_agency": "*",
    "dim_filing": "*",
    "cell": "filing_id, form_table, row_code, column_code, value, status",
    "claim": "*",
    "statement": "*",
    "narrative": "*",
    "reading_issue": "*",
}
"""The tables that the rules read, and what of them."""

_CREATE_FOUND = """
CREATE OR REPLACE TEMP TABLE rule_found (
    rule VARCHAR, filing_id VARCHAR, agency_id VARCHAR, report_year SMALLINT, sha256 VARCHAR,
    severity VARCHAR, origin VARCHAR, place VARCHAR, expected VARCHAR, actual VARCHAR,
    message_zh VARCHAR, message_en VARCHAR, seen_at TIMESTAMP, resolved_at TIMESTAMP, detail MAP(VARCHAR, VARCHAR),
    cells STRUCT(side VARCHAR, filing_id VARCHAR, form_table VARCHAR, row_code VARCHAR, column_code VARCHAR)[])
"""

_TEXT_OF_NUMBER = "rtrim(rtrim(CAST({0} AS DECIMAL(38,4))::VARCHAR, '0'), '.') AS {0}"


@dataclass(frozen=True)
class JudgedFrames:
    """The tables quality_issue and issue_cell, columns as their contracts say."""

    quality_issue: pd.DataFrame
    issue_cell: pd.DataFrame


def connect(frames: Mapping[str, pd.DataFrame]) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the tables that the rules read, from typed frames."""
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    for name, columns in READ.items():
        con.register("loading", to_arrow(frames[name], name))
        con.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM loading")
        con.unregister("loading")
    return con


def judge_frames(frames: Mapping[str, pd.DataFrame], rules: Iterable[str] | None = None) -> JudgedFrames:
    """``judge`` over typed frames (those of ``READ``)."""
    con = connect(frames)
    try:
        return judge(con, rules)
    finally:
        con.close()


def judge(con: duckdb.DuckDBPyConnection, rules: Iterable[str] | None = None) -> JudgedFrames:
    """Judges every revision of every filing by the rules (all of the catalogue by default).

    ``con`` must have the tables of ``READ``; it may be read-only, since only
    temporary tables are made, and these are dropped.
    Raises RuleError for a rule that the catalogue does not know, in ``rules``
    or in reading_issue.
    """
    selected = list(catalogue().values()) if rules is None else [rule_of(code) for code in rules]
    _refuse_unknown_rules(con)
    created = [*create_reference(con), "rule_found", "rule_issue"]
    try:
        con.execute(_CREATE_FOUND)
        for rule in selected:
            _find(con, rule)
        find_superseded(con, selected, _find)
        con.execute((SQL / "issue.sql").read_text("utf-8"))
        return JudgedFrames(_issues(con), _issue_cells(con))
    finally:
        for name in created:
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _refuse_unknown_rules(con: duckdb.DuckDBPyConnection) -> None:
    for (code,) in con.execute("SELECT DISTINCT rule FROM reading_issue").fetchall():
        if code not in catalogue() or catalogue()[code].computed != "reading":
            raise RuleError(f"reading_issue names the rule {code!r}, which is none found while reading")


def _find(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Puts the violations of one rule into rule_found."""
    if rule.sql is None:
        query = f"SELECT $rule AS rule, * FROM ({(SQL / 'reading.sql').read_text('utf-8')})"
    else:
        figures = ", ".join(
            _TEXT_OF_NUMBER.format(side) if rule.figures == "number" else f"{side}::VARCHAR AS {side}"
            for side in ("expected", "actual")
        )
        query = f"SELECT '{rule.code}' AS rule, * REPLACE ({figures}) FROM ({rule.sql})"
    known: dict[str, Any] = {"rule": rule.code, "first_year": rule.first_year, **rule.parameters}
    named = set(re.findall(r"\$(\w+)", query))
    con.execute(
        f"INSERT INTO rule_found BY NAME {query}", {name: value for name, value in known.items() if name in named}
    )


def _issues(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The table quality_issue: what issue.sql made, put into words where it has none yet."""
    order = {code: number for number, code in enumerate(catalogue())}
    found = con.execute("SELECT * EXCLUDE (cells) FROM rule_issue")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    terms = _terms(con)
    for row in rows:
        rule, form, detail = rule_of(row["rule"]), row.pop("form"), row.pop("detail") or {}
        row["severity"] = row["severity"] or rule.severity
        if row["message_zh"] is None:
            involved = terms.get(row["issue_id"], ())
            finding = Finding(rule, form, row["report_year"], row["expected"], row["actual"], involved, detail)
            row["message_zh"], row["message_en"] = message(finding, "zh"), message(finding, "en")
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
