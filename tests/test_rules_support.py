"""Filings made of figures, in the shape that the rules judge.

A small factory for the tests of the rules: a filing is a mapping from cells to
what stands in them (a number, or the name of a status); the tables are those
of the contracts, in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from expectations.judge import JudgedFrames, judge
from extract.forms import CellKey, load_forms
from transform.typed import rows_frame, to_arrow

Content = int | Decimal | str
"""A number, or a status other than `reported`."""

COLUMNS = [column.code for column in load_forms()["2021"].table("applications").columns]
APPLICANTS = COLUMNS[:-1]


@dataclass
class Filed:
    """One revision of a report. Cells that ``cells`` does not name hold 0."""

    cells: Mapping[CellKey, Content] = field(default_factory=dict)
    agency: str = "a"
    year: int = 2023
    scope: str = "own"
    form: str = "2021"
    revision: int = 1
    current: bool = True
    merged: frozenset[str] = frozenset()
    published_on: date | None = None
    retrieved_at: datetime = datetime(2024, 2, 1, 8)
    issues: tuple[Mapping[str, Any], ...] = ()

    @property
    def id(self) -> str:
        """The filing's identifier."""
        return f"{self.agency}-{self.year}-{self.scope}-r{self.revision}"

    @property
    def sha256(self) -> str:
        """A hash that stands for its document."""
        return hashlib.sha256(self.id.encode()).hexdigest()

    def rows(self) -> list[dict[str, Any]]:
        """Its rows of the table ``cell``."""
        keys = list(load_forms()[self.form].cells(self.merged))
        assert set(self.cells) <= set(keys), set(self.cells) - set(keys)
        return [self._row(key) for key in keys]

    def _row(self, key: CellKey) -> dict[str, Any]:
        content = self.cells.get(key, 0)
        status = content if isinstance(content, str) else "reported"
        value = None if isinstance(content, str) else content
        table, row, column = key
        return {
            "filing_id": self.id, "form_table": table, "row_code": row, "column_code": column,
            "raw": "" if value is None else str(value), "value": value, "status": status,
        }  # fmt: skip


@dataclass
class Agency:
    """An agency, by default a department of a county."""

    id: str = "a"
    level: str | None = "county"
    sector: str | None = "commerce"
    valid_to: date | None = None
    successor: str | None = None


def reading_issue(rule: str, place: str, cells: Iterable[CellKey] = (), **more: Any) -> dict[str, Any]:
    """An issue as the reader found it."""
    named = [dict(zip(("form_table", "row_code", "column_code"), key, strict=True)) for key in cells]
    return {
        "rule": rule, "severity": "warning", "origin": "extraction", "place": place, "expected": None,
        "actual": None, "cells": named, "message_zh": "读取说明", "message_en": "as read", **more,
    }  # fmt: skip


def connect(
    filings: Iterable[Filed], agencies: Iterable[Agency] = (), loose_issues: Iterable[Mapping[str, Any]] = ()
) -> duckdb.DuckDBPyConnection:
    """The tables that the rules read, in memory."""
    filings = list(filings)
    known = {agency.id: agency for agency in agencies}
    for filed in filings:
        known.setdefault(filed.agency, Agency(filed.agency))
    tables = {
        "dim_agency": [_agency_row(agency, known) for agency in known.values()],
        "dim_filing": [_filing_row(filed) for filed in filings],
        "cell": [row for filed in filings for row in filed.rows()],
        "reading_issue": [
            *(
                {
                    "filing_id": filed.id, "sha256": filed.sha256, "agency_id": filed.agency,
                    "report_year": filed.year, "retrieved_at": filed.retrieved_at, "issue_no": number, **issue,
                }
                for filed in filings
                for number, issue in enumerate(filed.issues, 1)
            ),
            *loose_issues,
        ],
    }  # fmt: skip
    con = duckdb.connect()
    for name, rows in tables.items():
        con.register("loading", to_arrow(rows_frame(name, rows), name))
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM loading")
        con.unregister("loading")
    return con


def _agency_row(agency: Agency, known: Mapping[str, Agency]) -> dict[str, Any]:
    last = agency
    while last.successor is not None:
        last = known[last.successor]
    return {
        "agency_id": agency.id, "name": f"示例县{agency.id}局", "level": agency.level, "sector": agency.sector,
        "valid_to": agency.valid_to, "successor_id": agency.successor, "lineage_id": last.id, "is_registered": True,
    }  # fmt: skip


def _filing_row(filed: Filed) -> dict[str, Any]:
    return {
        "filing_id": filed.id, "agency_id": filed.agency, "report_year": filed.year, "scope": filed.scope,
        "form": filed.form, "media_type": "text/html", "sha256": filed.sha256, "published_on": filed.published_on,
        "retrieved_at": filed.retrieved_at, "revision": filed.revision, "is_current": filed.current,
    }  # fmt: skip


def judged(
    *filings: Filed, agencies: Iterable[Agency] = (), rules: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """The issues of these filings as mappings, in the table's order."""
    return records(judge(connect(filings, agencies), rules))


def records(frames: JudgedFrames) -> list[dict[str, Any]]:
    """quality_issue as mappings; what is NULL is None."""
    frame = frames.quality_issue
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def brief(issues: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str | None, str | None]]:
    """Rule, place, expected and actual of each issue."""
    return {(issue["rule"], issue["place"], issue["expected"], issue["actual"]) for issue in issues}


def consistent(counts: Mapping[tuple[str, str], int], review: Mapping[tuple[str, str], int]) -> dict[CellKey, Content]:
    """A 2021-form filing in which every identity holds.

    ``counts`` gives outcomes and ``carried_forward`` by row and applicant,
    ``review`` the results of 表四 by row and column; sums and 新收 follow.
    """
    cells: dict[CellKey, Content] = {}
    table = load_forms()["2021"].table("applications")
    outcomes = [row.code for row in table.rows if row.item_group == "outcome"]
    rows: dict[str, dict[str, int]] = {
        code: {applicant: counts.get((code, applicant), 0) for applicant in APPLICANTS}
        for code in (*outcomes, "carried_forward", "received_carried_over")
    }
    concluded = {applicant: sum(rows[code][applicant] for code in outcomes) for applicant in APPLICANTS}
    rows["concluded_total"] = concluded
    rows["received_new"] = {
        applicant: concluded[applicant] + rows["carried_forward"][applicant] - rows["received_carried_over"][applicant]
        for applicant in APPLICANTS
    }
    for row, figures in rows.items():
        for applicant, count in figures.items():
            cells["applications", row, applicant] = count
        cells["applications", row, "total"] = sum(figures.values())
    for row in ("review", "litigation_direct", "litigation_after_review"):
        results = {column: review.get((row, column), 0) for column in ("upheld", "corrected", "other", "pending")}
        for column, count in results.items():
            cells["review_litigation", row, column] = count
        cells["review_litigation", row, "total"] = sum(results.values())
    return cells
