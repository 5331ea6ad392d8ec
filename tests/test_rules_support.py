"""What the tests of the rules share: judging hand-made readings, and filings whose sums are right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from expectations.judge import JudgedFrames, judge_frames
from extract.forms import CellKey, load_forms
from tests.factories import reading, record, register
from transform.agencies import Register
from transform.frames import ReadingRecord, build_frames

APPLICANTS = [column.code for column in load_forms()["2021"].table("applications").columns if not column.is_total]
RESULTS = ["upheld", "corrected", "other", "pending"]
BLOCKS = ["review", "litigation_direct", "litigation_after_review"]

Brief = tuple[str, str, str | None, str | None]
"""Rule, place, expected, actual."""


def judged(
    records: Iterable[ReadingRecord], agencies: Register | None = None, rules: Iterable[str] | None = None
) -> JudgedFrames:
    """quality_issue and issue_cell of these documents."""
    return judge_frames(build_frames(list(records), agencies or register()), rules)


def issues(frames: JudgedFrames) -> list[dict[str, Any]]:
    """quality_issue as mappings; what is NULL is None."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frames.quality_issue.to_dict("records")
    ]


def found(records: Iterable[ReadingRecord], rule: str, agencies: Register | None = None) -> list[dict[str, Any]]:
    """The issues of one rule."""
    return issues(judged(records, agencies, [rule]))


def brief(found_issues: Iterable[Mapping[str, Any]]) -> set[Brief]:
    """Rule, place, expected and actual of each issue."""
    return {(issue["rule"], issue["place"], issue["expected"], issue["actual"]) for issue in found_issues}


def one(cells: Mapping[CellKey, Any], **head: Any) -> ReadingRecord:
    """A document whose other cells are 0."""
    return record(reading(cells=cells, **head))


def at(day: int) -> datetime:
    """An instant on that day of February 2025."""
    return datetime(2025, 2, day, 8, tzinfo=UTC)


def found_while_reading(rule: str, where: str, cells: Iterable[CellKey] = (), **more: Any) -> dict[str, Any]:
    """An issue as a reader gives it."""
    return {
        "rule": rule, "severity": "warning", "origin": "extraction", "where": where, "expected": None, "actual": None,
        "cells": [list(key) for key in cells], "message_zh": "读取时发现", "message_en": "found while reading", **more,
    }  # fmt: skip


def consistent(
    counts: Mapping[tuple[str, str], int], form: str = "2021", merged: frozenset[str] = frozenset()
) -> dict[CellKey, Any]:
    """A filing's 表三 and 表四 in which every identity holds.

    ``counts`` gives what is not a sum, by row and column; 本年新收 and all
    totals follow from it.
    """
    table = load_forms()[form].table("applications")
    outcomes = [row.code for row in table.rows_in_use(merged) if row.item_group == "outcome"]
    rows = {
        code: {applicant: counts.get((code, applicant), 0) for applicant in APPLICANTS}
        for code in (*outcomes, "carried_forward", "received_carried_over")
    }
    rows["concluded_total"] = {a: sum(rows[code][a] for code in outcomes) for a in APPLICANTS}
    rows["received_new"] = {
        a: rows["concluded_total"][a] + rows["carried_forward"][a] - rows["received_carried_over"][a]
        for a in APPLICANTS
    }
    cells: dict[CellKey, Any] = {}
    for row, figures in rows.items():
        cells |= {("applications", row, applicant): count for applicant, count in figures.items()}
        cells["applications", row, "total"] = sum(figures.values())
    for row in BLOCKS:
        results = {column: counts.get((row, column), 0) for column in RESULTS}
        cells |= {("review_litigation", row, column): count for column, count in results.items()}
        cells["review_litigation", row, "total"] = sum(results.values())
    return cells
