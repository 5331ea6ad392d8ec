"""Rules about what an agency can do, when a report can be published, and how 表三 is filled in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from extract.forms import CellKey, load_forms
from tests.factories import reading, record
from tests.test_rules_support import APPLICANTS, brief, found, issues, judged
from transform.agencies import Agency, Register

T = "applications"


def of(level: str | None, sector: str | None, **more: Any) -> Register:
    return Register([Agency("it", "示例机关", level, sector, **more)])


def regulations(
    agencies: Register, column: str = "in_force", value: Any = 3, **head: Any
) -> list[tuple[str, str, str | None]]:
    cells: dict[CellKey, Any] = {("proactive", "regulations", column): value}
    document = record(reading(head.pop("agency", "示例机关"), cells=cells, **head))
    return [(i["severity"], i["place"], i["actual"]) for i in found([document], "regulation_power", agencies)]


@pytest.mark.parametrize(
    ("level", "sector", "flagged"),
    [
        ("central", "commerce", False),
        ("central", "government", False),
        ("province", "government", False),
        ("prefecture", "government", False),
        ("province", "commerce", True),
        ("prefecture", "justice", True),
        ("county", "government", True),
        ("county", "commerce", True),
        ("county", None, True),
        ("township", "government", True),
        ("zone", "government", True),
        # Not judged.
        ("province", None, False),
        ("prefecture", None, False),
        (None, "commerce", False),
        (None, None, False),
    ],
)
def test_who_can_make_rules(level: str | None, sector: str | None, flagged: bool) -> None:
    expected = [("warning", "regulations.in_force", "3")] if flagged else []
    assert regulations(of(level, sector)) == expected
    for scope in ("area", "represented"):
        assert regulations(of(level, sector), scope=scope) == expected


def test_local_bodies_of_vertical_organs_cannot_make_rules() -> None:
    assert regulations(of("vertical", "taxation", province="示例省")) != []
    assert regulations(of("vertical", "taxation")) == []  # it may be the head


@pytest.mark.parametrize(
    ("name", "flagged"),
    [
        ("示例地区行政公署", True),
        ("示例盟行政公署", True),
        ("示例自治州人民政府", False),
        ("示例市人民政府办公室", False),
    ],
)
def test_leagues_and_districts_are_no_governments(name: str, flagged: bool) -> None:
    agencies = Register([Agency("it", name, "prefecture", "government")])
    assert bool(regulations(agencies, agency=name)) == flagged


@pytest.mark.parametrize("value", [0, "blank", "not_applicable", "missing", "unreadable"])
def test_no_rules_are_no_violation(value: Any) -> None:
    assert regulations(of("county", "commerce"), value=value) == []


@pytest.mark.parametrize(
    ("form", "year", "column", "severity"),
    [
        ("2021", 2024, "issued", "warning"),
        ("2021", 2024, "repealed", "warning"),
        ("2019", 2020, "newly_made", "warning"),
        ("2019", 2020, "newly_disclosed", "info"),
        ("2019", 2020, "total_disclosed", "info"),
    ],
)
def test_columns_of_rules(form: str, year: int, column: str, severity: str) -> None:
    raised = regulations(of("county", "commerce"), column, form=form, year=year)
    assert raised == [(severity, f"regulations.{column}", "3")]


def test_normative_documents_are_made_by_everyone() -> None:
    cells: dict[CellKey, Any] = {("proactive", "normative_documents", "in_force"): 3}
    document = record(reading(agency="示例机关", cells=cells))
    assert found([document], "regulation_power", of("county", "commerce")) == []


@pytest.mark.parametrize(
    ("year", "published_on", "retrieved_at", "expected"),
    [
        (2024, "2025-01-31", "2025-02-01T04:00", None),
        (2024, "2024-12-31", "2025-02-01T04:00", None),
        (2024, "2024-12-30", "2025-02-01T04:00", "2024-12-31"),
        (2024, "1970-01-01", "2025-02-01T04:00", "2024-12-31"),
        (2024, None, "2025-02-01T04:00", None),
        # Retrieved at four in the afternoon of the first, Beijing time; then on the second.
        (2024, "2025-02-02", "2025-02-01T08:00", "2025-02-01"),
        (2024, "2025-02-02", "2025-02-01T16:30", None),
        (2024, "2026-01-20", "2025-02-01T04:00", "2025-02-01"),
        (2024, "2026-01-20", "2026-02-01T04:00", None),
    ],
)
def test_dates_of_publication_are_possible(
    year: int, published_on: str | None, retrieved_at: str, expected: str | None
) -> None:
    document = record(reading(year=year, published_on=published_on), retrieved_at=datetime.fromisoformat(retrieved_at))
    raised = found([document], "publication_date_impossible")
    assert [(i["place"], i["expected"], i["actual"]) for i in raised] == (
        [] if expected is None else [("published_on", expected, published_on)]
    )
    assert all("{" not in i["message_zh"] + i["message_en"] for i in raised)


ROWS = [row.code for row in load_forms()["2021"].table(T).rows]


def split(status: Any, **totals: int) -> dict[CellKey, Any]:
    """表三 whose applicants' cells are ``status``."""
    cells: dict[CellKey, Any] = {(T, row, applicant): status for row in ROWS for applicant in APPLICANTS}
    return cells | {(T, row, "total"): count for row, count in totals.items()}


def test_totals_alone_are_a_remark() -> None:
    cells = split("blank", received_new=3, granted=3, concluded_total=3)
    everything = judged([record(reading(cells=cells))])
    raised = [issue for issue in issues(everything) if issue["rule"] == "applicant_split_missing"]
    assert brief(raised) == {("applicant_split_missing", T, None, None)}
    assert raised[0]["severity"] == "info" and raised[0]["message_zh"].startswith("表三只填了“总计”一列")
    # What CODES.md says of the rows' sums stays.
    assert ("applications_applicant_sum", "granted", "0", "3") in brief(issues(everything))


@pytest.mark.parametrize(
    "cells",
    [
        split("blank"),  # no applications
        split(0, received_new=3, granted=3, concluded_total=3),  # zeros: a broken sum
        split("blank", received_new=3) | {(T, "granted", "natural_person"): 0},
        split("blank", received_new=3) | {(T, "granted", "natural_person"): "missing"},
        split("blank", received_new=3) | {(T, "granted", "natural_person"): "unreadable"},
        split("missing", received_new=3),
    ],
)
def test_what_is_no_lacking_split(cells: dict[CellKey, Any]) -> None:
    assert found([record(reading(cells=cells))], "applicant_split_missing") == []


def test_dashes_are_no_split_either() -> None:
    cells = split("not_applicable", received_new=3)
    assert len(found([record(reading(cells=cells))], "applicant_split_missing")) == 1
