"""A government and its departments, agencies that stopped filing, whole-area reports that are lacking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.factories import reading, record
from tests.rule_agencies import (
    COUNTY,
    DISTRICT,
    GOVERNMENT,
    MERGED,
    NEW,
    OFFICE,
    OLD,
    SPLIT,
    beside,
    department,
    office,
)
from tests.test_rules_support import at, found, one
from transform.agencies import Agency, Register
from transform.frames import ReadingRecord

T, R, P = "applications", "review_litigation", "proactive"


# Departments and the whole

RECEIVED = (T, "received_new", "total")


def _whole(area: Any, *departments: Any, year: int = 2024) -> list[ReadingRecord]:
    filed = [one({RECEIVED: count}, agency=f"示例县第{n}局", year=year) for n, count in enumerate(departments)]
    return [one({RECEIVED: area}, agency=GOVERNMENT, scope="area", year=year), *filed]


@pytest.mark.parametrize(
    ("area", "departments", "expected"),
    [
        (10, (4, 6), set()),
        (10, (4, 7), {("11", "10")}),
        (10, ("blank", 11), {("11", "10")}),
        ("blank", (4, 7), set()),
        ("missing", (4, 7), set()),
        (10, (), set()),
        (0, (1,), {("1", "0")}),
    ],
)
def test_rollup_mismatch(area: Any, departments: tuple[Any, ...], expected: set[tuple[str, str]]) -> None:
    agencies = beside(*map(department, range(3)))
    raised = found(_whole(area, *departments), "rollup_mismatch", agencies)
    assert {(issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {(issue["place"], issue["filing_id"]) for issue in raised} <= {("received_new.total", "xian-2024-area-r1")}


def test_departments_found_and_missing_are_named() -> None:
    agencies = beside(*map(department, range(9)))
    (issue,) = found(_whole(10, 4, 7), "rollup_mismatch", agencies)
    # 7 departments, and 示例县商务局 of the register; its predecessor is history.
    assert "已收集到的2个所属机关2024年度报告" in issue["message_zh"]
    assert (
        "另有8个所属机关的报告未收集到（示例县第2局、示例县第3局、" in issue["message_zh"]
        and "等）" in issue["message_zh"]
    )
    (case,) = found([one({(R, "review", "total"): 1}, agency="示例县第0局"), *_whole(0)], "rollup_mismatch", agencies)
    assert case["place"] == "review.total"


def test_only_own_reports_of_the_year_and_of_the_government_count() -> None:
    organ = Agency("d2", "示例县第2局", "vertical", "taxation", parent="xian")
    agencies = beside(department(0), department(1, parent=None), organ)
    assert found(_whole(5, 5, 9, 9), "rollup_mismatch", agencies) == []
    late = _whole(5, 9, year=2023)[1]
    assert found([*_whole(5), late], "rollup_mismatch", agencies) == []
    scopes = [one({RECEIVED: 9}, agency="示例县第0局", scope=scope) for scope in ("area", "unknown", "represented")]
    assert found([*_whole(5), *scopes], "rollup_mismatch", agencies) == []
    own = one({RECEIVED: 5}, agency=GOVERNMENT)
    assert found([own, _whole(5, 9)[1]], "rollup_mismatch", agencies) == []
    for first, last, count in ((5, 9, 1), (9, 5, 0)):
        revisions = [record(reading("示例县第0局", cells={RECEIVED: n}), retrieved_at=at(day))
                     for day, n in enumerate((first, last), start=1)]  # fmt: skip
        assert len(found([*_whole(5), *revisions], "rollup_mismatch", agencies)) == count


def test_departments_that_were_renamed_merged_or_split_count_once() -> None:
    under = [replace(a, parent="xian") for a in MERGED.agencies.values()]
    whole = one({RECEIVED: 10}, agency=GOVERNMENT, scope="area", year=2021)
    parts = [one({RECEIVED: 5}, agency=name, year=2021) for name in ("示例县甲局", "示例县乙局")]
    heir = record(reading("both", cells={RECEIVED: 10}, year=2021), agency="both")
    assert found([whole, *parts], "rollup_mismatch", beside(*under)) == []
    assert found([whole, *parts, heir], "rollup_mismatch", beside(*under)) == []
    over = [one({RECEIVED: 6}, agency=name, year=2021) for name in ("示例县甲局", "示例县乙局")]
    assert len(found([whole, *over], "rollup_mismatch", beside(*under))) == 1
    split = [replace(a, parent="xian") for a in SPLIT.agencies.values()]
    before = record(reading("whole", cells={RECEIVED: 10}, year=2022), agency="whole")
    after = [one({RECEIVED: 5}, agency=name, year=2022) for name in ("示例县甲局", "示例县乙局")]
    whole_2022 = one({RECEIVED: 10}, agency=GOVERNMENT, scope="area", year=2022)
    assert found([whole_2022, *after], "rollup_mismatch", beside(*split)) == []
    assert found([whole_2022, before, *after], "rollup_mismatch", beside(*split)) == []


def test_departments_of_a_county_that_became_a_district() -> None:
    agencies = Register([COUNTY, DISTRICT, department(0, parent="xian-old"), department(1, parent="qu-new")])
    filed = [one({RECEIVED: 6}, agency=f"示例县第{n}局", year=2023) for n in (0, 1)]
    whole = one({RECEIVED: 11}, agency="示例新区人民政府", scope="area", year=2023)
    (issue,) = found([whole, *filed], "rollup_mismatch", agencies)
    assert (issue["expected"], issue["actual"]) == ("12", "11")


# Agencies that stopped


def _filed(*plan: tuple[str, range], **head: Any) -> list[ReadingRecord]:
    return [one({}, agency=name, year=year, **head) for name, years in plan for year in years]


STEADY = [(f"示例县第{number}局", range(2021, 2025)) for number in range(3)]


def _stopped(plan: list[tuple[str, range]], agencies: Register | None = None) -> list[tuple[str, str]]:
    agencies = agencies or beside(*(department(number, region_code=f"99013{number}") for number in range(9)))
    raised = found(_filed(*plan), "filing_stopped", agencies)
    assert all(issue["filing_id"] is None and issue["place"] == str(issue["report_year"]) for issue in raised)
    return [(issue["agency_id"], issue["place"]) for issue in raised]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (range(2021, 2025), []),
        (range(2021, 2024), [("d5", "2024")]),
        (range(2020, 2023), [("d5", "2023")]),
        (range(2023, 2024), []),  # one year is no habit
        (range(2021, 2024, 2), []),
    ],
)
def test_filing_stopped(years: range, expected: list[tuple[str, str]]) -> None:
    assert _stopped([*STEADY, ("示例县第5局", years)]) == expected


def test_a_year_is_due_once_half_of_the_kind_has_filed() -> None:
    early = [(name, range(2021, 2024)) for name, _ in STEADY[:2]]
    assert _stopped([STEADY[2], *early]) == []
    assert len(_stopped([STEADY[2], ("示例县第5局", range(2021, 2025)), *early])) == 2
    # Governments file later than departments.
    assert _stopped([*STEADY, (GOVERNMENT, range(2021, 2024))]) == []


def test_a_missing_year_between_is_another_rule() -> None:
    plan = [*STEADY, ("示例县第5局", range(2020, 2023)), ("示例县第5局", range(2024, 2025))]
    assert _stopped(plan) == []
    assert [issue["place"] for issue in found(_filed(*plan), "filing_missing")] == ["2023"]


def test_stopped_was_first_seen_when_half_had_filed() -> None:
    days = {"示例县第0局": 3, "示例县第1局": 5, "示例县第2局": 9}
    filed = [record(reading(name, year), retrieved_at=at(days.get(name, 1) if year == 2024 else 1))
             for name, years in [*STEADY, ("示例县第5局", range(2021, 2024))] for year in years]  # fmt: skip
    agencies = beside(*(department(number, region_code=f"99013{number}") for number in range(9)))
    (issue,) = found(filed, "filing_stopped", agencies)
    assert issue["first_seen_at"].day == 5
    assert "2021年度至2023年度有报告，此后未找到2024年度的报告" in issue["message_zh"]


def test_agencies_that_ended_were_renamed_merged_or_split_have_not_stopped() -> None:
    def plan(*others: tuple[str, range]) -> list[tuple[str, range]]:
        return [(name, range(2019, 2025)) for name, _ in STEADY] + list(others)

    peers = [department(number, region_code=f"99013{number}") for number in range(9)]
    ended = replace(peers[5], valid_to=date(2024, 6, 30))
    assert _stopped(plan(("示例县第5局", range(2020, 2024))), beside(*peers[:5], ended)) == []
    renamed = plan((OLD, range(2019, 2022)), (NEW, range(2022, 2025)))
    assert _stopped(renamed, beside(*peers)) == []
    assert _stopped(plan((OLD, range(2019, 2022))), beside(*peers)) == [("old", "2022")]
    parts = [("示例县甲局", range(2019, 2022)), ("示例县乙局", range(2019, 2022))]
    merged = beside(*MERGED.agencies.values(), *peers)
    assert _stopped(plan(*parts, ("示例县甲乙局", range(2022, 2025))), merged) == []
    assert _stopped(plan(*parts), merged) == []
    split = beside(*SPLIT.agencies.values(), *peers)
    both = [("示例县甲乙局", range(2019, 2022)), ("示例县甲局", range(2022, 2025)), ("示例县乙局", range(2022, 2025))]
    assert _stopped(plan(*both), split) == []


def test_a_new_name_of_the_same_division_and_sector_may_be_the_successor() -> None:
    peers = [department(number, region_code=f"99013{number}") for number in range(9)]
    twin = Agency("twin", "示例县教育和体育局", "county", "education", "990135")
    plan = [*STEADY, ("示例县第5局", range(2021, 2024)), ("示例县教育和体育局", range(2024, 2025))]
    assert _stopped(plan, beside(*peers, twin)) == []
    elsewhere = replace(twin, region_code="990136")
    assert _stopped(plan, beside(*peers, elsewhere)) == [("d5", "2024")]


def test_an_unknown_agency_without_a_division_is_not_said_to_have_stopped() -> None:
    assert _stopped([*STEADY, ("某某促进中心", range(2021, 2024))]) == []


# Whole-area reports


def _scopes(*scopes: tuple[int, str], agency: str = GOVERNMENT) -> list[ReadingRecord]:
    return [one({}, agency=agency, year=year, scope=scope) for year, scope in scopes]


@pytest.mark.parametrize(
    ("scopes", "years"),
    [
        ([(2022, "area"), (2023, "own")], {2023}),
        ([(2023, "own"), (2024, "area")], {2023}),
        ([(2022, "represented"), (2023, "own"), (2024, "own")], {2023}),
        ([(2022, "area"), (2023, "own"), (2023, "area")], set()),
        ([(2022, "area"), (2023, "own"), (2023, "unknown")], set()),
        ([(2022, "own"), (2023, "own")], set()),
        ([(2021, "area"), (2023, "own")], set()),
        ([(2022, "area")], set()),
    ],
)
def test_area_report_missing(scopes: list[tuple[int, str]], years: set[int]) -> None:
    raised = found(_scopes(*scopes), "area_report_missing")
    assert {issue["report_year"] for issue in raised} == years
    assert all((i["place"], i["expected"], i["actual"]) == ("scope", "area", "own") for i in raised)
    # A department, a township has no area of its own to report about.
    assert found(_scopes(*scopes, agency=NEW), "area_report_missing") == []


def test_the_office_may_report_for_its_government() -> None:
    agencies = beside(office(parent="xian"))
    filed = _scopes((2022, "area"), (2023, "own"))
    assert len(found(filed, "area_report_missing", agencies)) == 1
    assert found([*filed, *_scopes((2023, "represented"), agency=OFFICE)], "area_report_missing", agencies) == []
    # An office that always reports about itself does not take its government's place.
    apart = [*_scopes((2022, "area"), (2024, "area")), *_scopes((2022, "own"), (2023, "own"), agency=OFFICE)]
    assert found(apart, "area_report_missing", agencies) == []


def test_a_county_that_became_a_district_is_one_government() -> None:
    agencies = Register([COUNTY, DISTRICT])
    filed = [*_scopes((2021, "area"), agency="示例旧县人民政府"), *_scopes((2022, "area"), agency="示例新区人民政府")]
    assert found(filed, "area_report_missing", agencies) == []
    filed = [*_scopes((2021, "area"), agency="示例旧县人民政府"), *_scopes((2022, "own"), agency="示例新区人民政府")]
    assert [issue["report_year"] for issue in found(filed, "area_report_missing", agencies)] == [2022]
