"""Applying the rules to filings, set by set.

``judge`` runs every rule's query over a DuckDB connection that has the tables
of ``READ`` (whole warehouse or one document
in memory, the shapes are the same) and returns the tables quality_issue and
issue_cell. Only the sentences of issues are made in Python, one per issue.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.issues import SQL, issue_frames
from expectations.rules.catalogue import Rule, RuleError, catalogue, rule_of
from expectations.rules.reference import cells, create_reference
from expectations.sums import create_sums
from expectations.superseded import find_superseded
from transform.typed import to_arrow

READ = {
    "dim_agency": "*",
    "dim_filing": "*",
    "cell": "filing_id, form_table, row_code, column_code, CASE WHEN column_code = 'amount' THEN raw END AS raw, "
    "value, status",
    "claim": "*",
    "statement": "*",
    "narrative": "*",
    "reading_issue": "*",
}
"""The tables that the rules read, and what of them."""

MEMORY = "4GB"
"""What DuckDB may hold of tables that stand in a file; beyond it intermediate results are spilled beside it."""

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


SLICE = 500_000
"""Rows of a frame that are handed over at a time."""

FILINGS_AT_ONCE = 100_000
"""Filings that are judged at once by rules that need no other agency's: memory does not grow with the warehouse."""


def connect(frames: Mapping[str, pd.DataFrame], folder: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database with the tables that the rules read, from typed frames: in
    memory, or in ``folder``, so that of a whole warehouse only what is being
    judged is in memory, within ``MEMORY``."""
    if folder is None:
        con = duckdb.connect()
    else:
        spilled = str(folder / "spilled")
        con = duckdb.connect(str(folder / "judging.duckdb"), config={"memory_limit": MEMORY, "temp_directory": spilled})
    con.execute("SET enable_progress_bar = false")
    for name, columns in READ.items():
        for start in range(0, max(len(frames[name]), 1), SLICE):
            con.register("loading", to_arrow(frames[name].iloc[start : start + SLICE], name))
            made = f"INSERT INTO {name}" if start else f"CREATE TABLE {name} AS"
            con.execute(f"{made} SELECT {columns} FROM loading")
            con.unregister("loading")
    return con


def judge_frames(
    frames: Mapping[str, pd.DataFrame], rules: Iterable[str] | None = None, alone: bool = False
) -> JudgedFrames:
    """``judge`` over typed frames (those of ``READ``)."""
    con = connect(frames)
    try:
        return judge(con, rules, alone=alone)
    finally:
        con.close()


def judge(
    con: duckdb.DuckDBPyConnection,
    rules: Iterable[str] | None = None,
    lineages: Collection[str] | None = None,
    alone: bool = False,
) -> JudgedFrames:
    """Judges every revision of every filing by the rules (all of the catalogue by default).

    ``con`` must have the tables of ``READ``; it may be read-only, since only
    temporary tables are made, and these are dropped. With ``lineages``
    (lineage_id of dim_agency) only their agencies' filings are judged by the
    rules that need no other agency's, and documents without an agency; rules
    about relatives are judged on the whole all the same. With ``alone`` rules
    that ask for it say only what each filing by itself tells (``Rule.is_alone``).
    Raises RuleError for a rule that the catalogue does not know, in ``rules``
    or in reading_issue.
    """
    selected = list(catalogue().values()) if rules is None else [rule_of(code) for code in rules]
    _refuse_unknown_rules(con)
    own = [rule for rule in selected if rule.judged_on != "relatives"]
    judged = []
    for part, others in _parts(con) if lineages is None else [(lineages, True)]:
        with _restricted(con, part, others):
            judged.append(_judge(con, own, alone))
    if len(own) < len(selected):
        judged.append(_judge(con, [rule for rule in selected if rule.judged_on == "relatives"], alone))
    return joined(judged) if len(judged) > 1 else judged[0]


def _parts(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Collection[str] | None, bool]]:
    """Lineages that together are all, some ``FILINGS_AT_ONCE`` filings each, and whether documents without an
    agency go with them; None where all can be judged at once."""
    rows = con.execute(
        """SELECT lineage_id, (sum(count(*)) OVER (ORDER BY lineage_id) // $size)::INTEGER AS part
        FROM dim_filing JOIN dim_agency USING (agency_id) GROUP BY lineage_id ORDER BY lineage_id""",
        {"size": FILINGS_AT_ONCE},
    ).fetchall()
    if not rows or rows[-1][1] == 0:
        yield None, True
        return
    for number, part in groupby(rows, key=lambda row: row[1]):
        yield [lineage for lineage, _ in part], number == rows[0][1]


def joined(parts: Sequence[JudgedFrames]) -> JudgedFrames:
    """The issues of several judgings, none of which has an issue of another, in one order."""
    order = {code: number for number, code in enumerate(catalogue())}
    issues = pd.concat([part.quality_issue for part in parts], ignore_index=True)
    involved = pd.concat([part.issue_cell for part in parts], ignore_index=True)
    keys = pd.DataFrame(
        {
            "filing": issues["filing_id"].astype(object).fillna(""), "rule": issues["rule"].map(order),
            "place": issues["place"].astype(object), "issue": issues["issue_id"].astype(object),
        }
    )  # fmt: skip
    issues = issues.iloc[keys.sort_values(list(keys.columns), kind="stable").index]
    involved = involved.iloc[_places(involved).sort_values(["issue", "filing", "place"]).index]
    return JudgedFrames(issues.reset_index(drop=True), involved.reset_index(drop=True))


def _places(issue_cells: pd.DataFrame) -> pd.DataFrame:
    """Issue, filing and the place in the form of each row of issue_cell."""
    known = cells().drop_duplicates(["form_table", "row_code", "column_code"])
    order = dict(zip(_keys(known), range(len(known)), strict=True))
    return pd.DataFrame(
        {"issue": issue_cells["issue_id"].astype(object), "filing": issue_cells["filing_id"].astype(object),
         "place": [order[key] for key in _keys(issue_cells)]}
    )  # fmt: skip


def _keys(frame: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    return zip(*(frame[name].astype(object) for name in ("form_table", "row_code", "column_code")), strict=True)


def _judge(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], alone: bool) -> JudgedFrames:
    created = [*create_reference(con, [rule.sql or "" for rule in rules]), "rule_sum", "rule_found"]
    try:
        con.execute(_CREATE_FOUND)
        if any(rule.computed == "identity" for rule in rules):
            create_sums(con, "rule_sum")
        find = partial(_find, alone=alone)
        for rule in rules:
            find(con, rule)
        find_superseded(con, rules, find)
        return JudgedFrames(*issue_frames(con))
    finally:
        for name in created:
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")


@contextmanager
def _restricted(con: duckdb.DuckDBPyConnection, lineages: Collection[str] | None, others: bool) -> Iterator[None]:
    """While it lasts, the tables hold only filings of these lineages, with ``others`` what is found of documents
    without one, too: temporary tables stand before the others."""
    if lineages is None:
        yield
        return
    (catalog,) = con.execute("SELECT current_database()").fetchall()[0]
    con.execute("CREATE OR REPLACE TEMP TABLE rule_lineage (lineage_id VARCHAR)")
    con.execute("INSERT INTO rule_lineage SELECT unnest($1)", [sorted(lineages)])
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE dim_filing AS
        SELECT f.* FROM "{catalog}".main.dim_filing AS f
        SEMI JOIN (FROM dim_agency SEMI JOIN rule_lineage USING (lineage_id)) AS a ON a.agency_id = f.agency_id"""
    )
    of_filings = [name for name in READ if name not in ("dim_agency", "dim_filing")]
    try:
        for name in of_filings:
            nobody = "OR filing_id IS NULL" if name == "reading_issue" and others else ""
            con.execute(
                f"""CREATE OR REPLACE TEMP TABLE {name} AS FROM "{catalog}".main.{name}
                WHERE filing_id IN (SELECT filing_id FROM temp.main.dim_filing) {nobody}"""
            )
        yield
    finally:
        for name in ("dim_filing", "rule_lineage", *of_filings):
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _refuse_unknown_rules(con: duckdb.DuckDBPyConnection) -> None:
    for (code,) in con.execute("SELECT DISTINCT rule FROM reading_issue").fetchall():
        if code not in catalogue() or catalogue()[code].computed != "reading":
            raise RuleError(f"reading_issue names the rule {code!r}, which is none found while reading")


def _find(con: duckdb.DuckDBPyConnection, rule: Rule, alone: bool) -> None:
    """Puts the violations of one rule into rule_found."""
    if rule.sql is None:
        query = f"SELECT $rule AS rule, * FROM ({(SQL / 'reading.sql').read_text('utf-8')})"
    else:
        figures = ", ".join(
            _TEXT_OF_NUMBER.format(side) if rule.figures == "number" else f"{side}::VARCHAR AS {side}"
            for side in ("expected", "actual")
        )
        query = f"SELECT '{rule.code}' AS rule, * REPLACE ({figures}) FROM ({rule.sql})"
    known: dict[str, Any] = {"rule": rule.code, "first_year": rule.first_year, "alone": alone, **rule.parameters}
    named = set(re.findall(r"\$(\w+)", query))
    con.execute(
        f"INSERT INTO rule_found BY NAME {query}", {name: value for name, value in known.items() if name in named}
    )
