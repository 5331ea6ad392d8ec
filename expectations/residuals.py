"""What Great Expectations asserts of the rules' residual frames: one frame per rule, one row per violation.

That a frame is empty is expected with the rule's severity; violations are the
filers' or our readings' and stop nothing. That its rows name their subject and
place is expected of us: such a failure is a defect and stops the publish.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pandas as pd

from expectations.rules.catalogue import Rule, catalogue

SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}
"""Our severities in Great Expectations' words."""

COLUMNS = ["issue_id", "filing_id", "agency_id", "report_year", "place", "expected", "actual", "severity", "origin"]
EMPTY = "expect_table_row_count_to_equal"
"""The expectation whose failure is a finding about filings."""


def suite_name(code: str) -> str:
    """The name of a rule's suite, apart from those of tables."""
    return f"rule_{code}"


def residual_frames(issues: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The open violations of every rule of the catalogue (columns ``COLUMNS``), from the table quality_issue."""
    standing = issues[issues["resolved_at"].isna()]
    grouped = {str(code): group for code, group in standing.groupby("rule", observed=True)}
    nothing = standing.iloc[:0]
    return {
        code: grouped.get(code, nothing)[COLUMNS].astype({"report_year": object}).reset_index(drop=True)
        for code in catalogue()
    }


def expectations_of_rule(rule: Rule) -> Iterator[Any]:
    """The expectations of one rule's residual frame."""
    gxe: Any = import_module("great_expectations.expectations")
    holds = f"{rule.holds_zh} {rule.holds_en}"
    yield gxe.ExpectTableRowCountToEqual(value=0, severity=SEVERITIES[rule.severity], notes=holds)
    yield gxe.ExpectTableColumnsToMatchOrderedList(column_list=COLUMNS)
    yield gxe.ExpectColumnValuesToBeUnique(column="issue_id", notes=f"位置 place: {rule.place}")
    yield gxe.ExpectColumnValuesToNotBeNull(column="place")
