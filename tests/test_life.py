"""The life of an issue: what a decision survives, when it lapses, when an issue is resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.judge import judge_frames
from extract.forms import CellKey
from tests.factories import NOON, reading, record, register
from tests.test_rules_support import at, found, issues, judged, one
from transform.agencies import Agency, Register
from transform.frames import ReadingRecord, build_frames
from warehouse.build import build

T = "applications"
R = "review_litigation"
IN, OUT = (T, "received_carried_over", "total"), (T, "carried_forward", "total")
UPHELD: CellKey = (R, "review", "upheld")
SUBJECT = ("agency_id", "report_year", "sha256", "rule", "place", "expected", "actual")

Rows = list[dict[str, Any]]


def view(
    folder: Path, records: Iterable[ReadingRecord], decisions: Iterable[Mapping[str, Any]] = (), agencies: Any = None
) -> Rows:
    """v_issues of a warehouse built from these documents and decisions, without the remarks that figures changed."""
    frames = build_frames(list(records), agencies or register(), decisions=decisions, build_info={
        "build_id": "b", "built_at": NOON,
    })  # fmt: skip
    made = judge_frames(frames)
    path = folder / "w.duckdb"
    build({**frames, "quality_issue": made.quality_issue, "issue_cell": made.issue_cell}, path)
    with duckdb.connect(str(path), read_only=True) as con:
        rows: Rows = (
            con.execute("SELECT * FROM v_issues WHERE rule <> 'filing_changed' ORDER BY first_seen_at, issue_id")
            .to_arrow_table()
            .to_pylist()
        )
        return rows


def decision(issue: Mapping[str, Any], kind: str = "dismissed", *, bare: bool = False, **more: Any) -> dict[str, Any]:
    """A decision on an issue of the view, as ``ogi review`` writes it; ``bare`` without what was decided on."""
    on = {name: issue[name] for name in SUBJECT} | {"scope": issue["scope"]}
    return {
        "issue_id": issue["issue_id"], "decision": kind, "decided_at": at(20).isoformat(), "reason": "核对无误",
        "role": "复核员", **({} if bare else on), **more,
    }  # fmt: skip


def filing(upheld: int = 1, day: int = 1, salt: str = "", **head: Any) -> ReadingRecord:
    return record(reading(cells={UPHELD: upheld}, **head), retrieved_at=at(day), salt=salt)


def test_the_view_tells_of_agency_year_and_scope(tmp_path: Path) -> None:
    (row,) = view(tmp_path, [filing()])
    assert (row["agency_name"], row["report_year"], row["scope"]) == ("示例县商务局", 2024, "own")
    assert (row["state"], row["rule"], row["expected"], row["actual"]) == ("open", "review_sum", "1", "0")
    assert (row["decision"], row["decision_lapsed"], row["province"]) == (None, False, "示例省")


def test_an_issue_without_a_filing_stands_there_and_can_be_decided_on(tmp_path: Path) -> None:
    records = [one({}, year=2022), one({})]
    (row,) = view(tmp_path, records)
    assert (row["rule"], row["filing_id"], row["agency_id"], row["state"]) == ("filing_missing", None, "new", "open")
    for bare in (True, False):
        (row,) = view(tmp_path, records, [decision(row, bare=bare)])
        assert row["decision"] == "dismissed"


@pytest.mark.parametrize("bare", [True, False])
def test_a_decision_survives_a_rerun(tmp_path: Path, bare: bool) -> None:
    (before,) = view(tmp_path, [filing()])
    for _ in range(2):
        (after,) = view(tmp_path, [filing()], [decision(before, bare=bare)])
        assert after["issue_id"] == before["issue_id"]
        assert (after["decision"], after["reason"], after["role"]) == ("dismissed", "核对无误", "复核员")
        assert after["decided_at"] == at(20).replace(tzinfo=None) and not after["decision_lapsed"]


@pytest.mark.parametrize("bare", [True, False])
def test_a_decision_survives_a_new_revision_with_the_same_figures(tmp_path: Path, bare: bool) -> None:
    (before,) = view(tmp_path, [filing()])
    (after,) = view(tmp_path, [filing(), filing(day=5, salt="x")], [decision(before, bare=bare)])
    assert (before["filing_id"], after["filing_id"]) == ("new-2024-own-r1", "new-2024-own-r2")
    assert after["issue_id"] != before["issue_id"]
    assert (after["state"], after["decision"], after["decision_lapsed"]) == ("open", "dismissed", False)
    assert after["first_seen_at"] == before["first_seen_at"]


@pytest.mark.parametrize("bare", [True, False])
def test_a_decision_lapses_when_the_figures_change(tmp_path: Path, bare: bool) -> None:
    (before,) = view(tmp_path, [filing()])
    old, new = view(tmp_path, [filing(), filing(upheld=2, day=5)], [decision(before, bare=bare)])
    assert (old["state"], old["decision"], old["decision_lapsed"]) == ("resolved", "dismissed", False)
    assert (new["state"], new["decision"], new["decision_lapsed"]) == ("open", None, True)
    # What is decided anew is no longer lapsed, and figures that come back have their decision again.
    again = decision(new, "confirmed", bare=bare)
    rows = view(tmp_path, [filing(), filing(upheld=2, day=5)], [decision(before, bare=bare), again])
    assert [(row["decision"], row["decision_lapsed"]) for row in rows] == [("dismissed", False), ("confirmed", False)]
    back = [filing(), filing(upheld=2, day=5), filing(day=7, salt="x")]
    states = {row["expected"]: (row["state"], row["decision"]) for row in view(tmp_path, back, [decision(before)])}
    assert states == {"1": ("open", "dismissed"), "2": ("resolved", None)}


def test_a_decision_lapses_when_our_own_reading_changes(tmp_path: Path) -> None:
    (before,) = view(tmp_path, [filing()])
    (after,) = view(tmp_path, [filing(upheld=2)], [decision(before)])
    assert (after["filing_id"], after["decision"], after["decision_lapsed"]) == (before["filing_id"], None, True)


def test_one_of_two_issues_of_a_place_does_not_lapse_by_the_other(tmp_path: Path) -> None:
    claims: Rows = [
        {"rule": "identity_conflict", "severity": "warning", "origin": "filing", "where": "agency", "expected": "甲",
         "actual": name, "cells": [], "message_zh": "一", "message_en": "a"} for name in ("乙", "丙")
    ]  # fmt: skip
    records = [record(reading(issues=claims))]
    one_of, _ = view(tmp_path, records)
    rows = view(tmp_path, records, [decision(one_of)])
    assert sorted((row["decision"] or "", row["decision_lapsed"]) for row in rows) == [
        ("", False),
        ("dismissed", False),
    ]


def test_the_last_decision_counts_whichever_revision_it_was_made_on(tmp_path: Path) -> None:
    records = [filing(), filing(day=5, salt="x")]
    (first,) = view(tmp_path, records[:1])
    (second,) = view(tmp_path, records)
    early, late = decision(first), decision(second, "confirmed", decided_at=at(21).isoformat())
    assert view(tmp_path, records, [early, late])[0]["decision"] == "confirmed"
    assert view(tmp_path, records, [late, {**early, "decided_at": at(22).isoformat()}])[0]["decision"] == "dismissed"


def test_a_decision_holds_for_its_own_agency_year_scope_and_place(tmp_path: Path) -> None:
    (before,) = view(tmp_path, [filing()])
    others = [filing(year=2023), filing(scope="area"), filing(agency="示例县人民政府")]
    elsewhere = one({(R, "litigation_direct", "upheld"): 1}, year=2022, published_on="2023-01-01")
    rows = view(tmp_path, [*others, elsewhere], [decision(before)])
    assert {row["decision"] for row in rows} == {None}
    assert not any(row["decision_lapsed"] for row in rows)


def test_a_decision_survives_that_the_agency_is_registered(tmp_path: Path) -> None:
    records = [filing(agency="示例县某某局")]
    before = next(row for row in view(tmp_path, records) if row["rule"] == "review_sum")
    known = Register([Agency("some", "示例县某某局", "county", "commerce")])
    (after,) = view(tmp_path, records, [decision(before)], known)
    assert (before["agency_id"] != "some", after["agency_id"], after["decision"]) == (True, "some", "dismissed")


def test_an_issue_is_resolved_by_a_corrected_filing(tmp_path: Path) -> None:
    (row,) = view(tmp_path, [filing(), filing(upheld=0, day=5)])
    assert (row["state"], row["filing_id"]) == ("resolved", "new-2024-own-r1")
    assert row["resolved_at"] == at(5).replace(tzinfo=None)


def carried(forward: int, day: int, salt: str = "") -> ReadingRecord:
    return record(reading(year=2023, cells={OUT: forward, (T, "received_new", "total"): forward}),
                  retrieved_at=at(day), salt=salt)  # fmt: skip


CARRY = "carry_over_continuity"


def test_a_carry_over_issue_is_resolved_when_the_other_year_is_corrected(tmp_path: Path) -> None:
    (row,) = (row for row in view(tmp_path, [carried(3, 1), one_day(2), carried(0, 5)]) if row["rule"] == CARRY)
    assert (row["state"], row["filing_id"], row["expected"], row["actual"]) == ("resolved", "new-2024-own-r1", "3", "0")
    assert row["resolved_at"] == at(5).replace(tzinfo=None)
    assert "3" in row["message_zh"]


def one_day(day: int) -> ReadingRecord:
    return record(reading(), retrieved_at=at(day))


def carry(*records: ReadingRecord) -> list[tuple[Any, ...]]:
    return sorted(
        (i["expected"], i["filing_id"][-2:], i["resolved_at"] and i["resolved_at"].day) for i in found(records, CARRY)
    )


def test_another_years_correction_to_other_wrong_figures_opens_a_new_issue() -> None:
    assert carry(carried(3, 1), one_day(2), carried(4, 5)) == [("3", "r1", 5), ("4", "r1", None)]


def test_a_revision_of_the_other_year_that_leaves_the_figures_changes_nothing() -> None:
    assert carry(carried(3, 1), one_day(2), carried(3, 5, "x")) == [("3", "r1", None)]


def test_each_of_several_corrections_resolves_what_stood_before_it() -> None:
    several = [carried(3, 1), one_day(2), carried(4, 5), carried(5, 6), carried(0, 9)]
    assert carry(*several) == [("3", "r1", 5), ("4", "r1", 6), ("5", "r1", 9)]


def test_figures_that_come_back_are_open_again() -> None:
    assert carry(carried(3, 1), one_day(2), carried(0, 5), carried(3, 6, "x")) == [("3", "r1", None)]


def test_what_was_corrected_before_the_filing_came_was_never_an_issue() -> None:
    assert carry(carried(3, 1), carried(0, 2), one_day(5)) == []


def test_both_years_may_be_corrected() -> None:
    this = record(reading(cells={IN: 3, (T, "concluded_total", "total"): 3}), retrieved_at=at(6))
    assert carry(carried(3, 1), one_day(2), this) == [("3", "r1", 6)]
    both = carry(carried(3, 1), one_day(2), carried(4, 5), this)
    assert both == [("3", "r1", 5), ("4", "r1", 6), ("4", "r2", None)]


def test_the_connection_is_left_as_it_was() -> None:
    from expectations.judge import connect, judge

    con = connect(build_frames([carried(3, 1), one_day(2), carried(0, 5)], register()))
    first = judge(con)
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]
    assert judge(con).quality_issue.equals(first.quality_issue)
    assert len(issues(judged([carried(3, 1), one_day(2)], rules=[CARRY]))) == 1
