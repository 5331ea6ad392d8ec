"""Rules across an agency's years, and issues across the revisions of a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from extract.forms import CellKey
from tests.factories import reading, record
from tests.test_rules_support import APPLICANTS, at, brief, found, issues, judged, one
from transform.agencies import Agency, Register
from transform.frames import ReadingRecord

T = "applications"
IN, OUT = "received_carried_over", "carried_forward"


def _two_years(last: dict[CellKey, Any], this: dict[CellKey, Any], year: int = 2024) -> list[ReadingRecord]:
    forms = ["2021" if y > 2020 else "2019" for y in (year - 1, year)]
    return [one(last, year=year - 1, form=forms[0]), one(this, year=year, form=forms[1])]


@pytest.mark.parametrize(
    ("forward", "over", "expected"),
    [
        ({"natural_person": 3, "total": 3}, {"natural_person": 3, "total": 3}, set()),
        ({"natural_person": 3, "total": 3}, {"natural_person": 2, "total": 2},
         {("natural_person", "3", "2"), ("total", "3", "2")}),
        ({"natural_person": 3, "total": 3}, {"commercial_enterprise": 3, "total": 3},
         {("natural_person", "3", "0"), ("commercial_enterprise", "0", "3")}),
        # An applicant's blank counts as nothing beside a figure in its row …
        ({"natural_person": 3, "total": 3}, {"natural_person": "blank", "total": 3}, {("natural_person", "3", "0")}),
        ({"natural_person": "not_applicable"}, {"natural_person": "blank"}, set()),
        # … but a row of totals only says nothing of applicants.
        ({"natural_person": 3, "total": 3}, dict.fromkeys(APPLICANTS, "blank") | {"total": 3}, set()),
        ({"natural_person": 3, "total": 3}, dict.fromkeys(APPLICANTS, "blank") | {"total": 4}, {("total", "3", "4")}),
        # A total that does not stand is not judged, nor is what cannot be read.
        ({"total": "blank"}, {"total": 4}, set()),
        ({"total": "not_applicable"}, {"total": 4}, set()),
        ({"total": 5}, {"total": "missing"}, set()),
        ({"natural_person": "unreadable"}, {"natural_person": 4}, set()),
    ],
)  # fmt: skip
def test_carry_over_continuity(
    forward: dict[str, Any], over: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    last = {(T, OUT, column): content for column, content in forward.items()}
    this = {(T, IN, column): content for column, content in over.items()}
    raised = found(_two_years(last, this), "carry_over_continuity")
    assert {(issue["place"], issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {issue["filing_id"] for issue in raised} <= {"new-2024-own-r1"}


@pytest.mark.parametrize(
    ("agency", "years"),
    [
        # Merged in February 2021: the reports for 2020 and 2021 are the new district's.
        ("三明市三元区民政局", {2019, 2022}),
        ("杭州市上城区人民政府", {2019, 2022}),
        # Merged in July 2020; a bureau whose district did not change.
        ("南通市崇川区民政局", {2021, 2022}),
        ("三明市永安市民政局", {2019, 2020, 2021, 2022}),
    ],
)
def test_what_a_district_carried_forward_before_it_took_in_another_is_not_its_own(agency: str, years: set[int]) -> None:
    filed = [one({(T, OUT, "total"): 3}, agency=agency, year=year, form="2021" if year > 2020 else "2019")
             for year in range(2018, 2023)]  # fmt: skip
    raised = {issue["report_year"] for issue in found(filed, "carry_over_continuity")}
    assert raised & {2020, 2021, 2022} == years - {2019}


def test_carry_over_names_the_cells_of_both_years() -> None:
    frames = judged(_two_years({(T, OUT, "total"): 3}, {}), rules=["carry_over_continuity"])
    assert sorted(frames.issue_cell[["filing_id", "row_code"]].itertuples(index=False, name=None)) == [
        ("new-2023-own-r1", OUT), ("new-2024-own-r1", IN),
    ]  # fmt: skip


def test_carry_over_from_report_year_2020_across_editions() -> None:
    last: dict[CellKey, Any] = {(T, OUT, "total"): 3}
    assert len(found(_two_years(last, {}, 2020), "carry_over_continuity")) == 1
    assert len(found(_two_years(last, {}, 2021), "carry_over_continuity")) == 1
    assert found(_two_years(last, {}, 2019), "carry_over_continuity") == []


def test_only_the_year_before_and_the_same_scope_count() -> None:
    last: dict[CellKey, Any] = {(T, OUT, "total"): 3}
    assert found([one(last, year=2022), one({})], "carry_over_continuity") == []
    assert found([one(last, year=2023, scope="area"), one({})], "carry_over_continuity") == []
    assert found([one(last, year=2023, agency="示例区商务局"), one({})], "carry_over_continuity") == []


def test_last_years_current_revision_counts() -> None:
    wrong = record(reading(year=2023, cells={(T, OUT, "total"): 3}), retrieved_at=at(1))
    corrected = record(reading(year=2023), retrieved_at=at(5))
    this = record(reading(), retrieved_at=at(2))
    (open_issue,) = found([wrong, this], "carry_over_continuity")
    assert open_issue["resolved_at"] is None
    (resolved,) = found([wrong, corrected, this], "carry_over_continuity")
    assert resolved["resolved_at"] == at(5).replace(tzinfo=None)


def test_a_renamed_agency_carries_on() -> None:
    old = one({(T, OUT, "total"): 3}, agency="示例县商务和粮食局", year=2021)
    raised = found([old, one({}, year=2022)], "carry_over_continuity")
    assert [(issue["filing_id"], issue["place"]) for issue in raised] == [("new-2022-own-r1", "total")]


def test_merged_agencies_are_not_judged_by_one_of_them() -> None:
    end = date(2021, 12, 31)
    merged = Register([
        Agency("one", "示例甲局", "county", "commerce", valid_to=end, successor="both"),
        Agency("two", "示例乙局", "county", "commerce", valid_to=end, successor="both"),
        Agency("both", "示例甲乙局", "county", "commerce"),
    ])  # fmt: skip
    last = one({(T, OUT, "total"): 3}, agency="示例甲局", year=2021)
    assert found([last, one({}, agency="示例甲乙局", year=2022)], "carry_over_continuity", merged) == []
    absorbed = Register([
        Agency("one", "示例甲局", "county", "commerce", valid_to=end, successor="both"),
        Agency("both", "示例甲乙局", "county", "commerce"),
    ])  # fmt: skip
    own = one({(T, OUT, "total"): 3}, agency="示例甲乙局", year=2021)
    this = one({}, agency="示例甲乙局", year=2022)
    assert found([own, this], "carry_over_continuity", absorbed) == []
    # What a predecessor filed beside the merged agency's own report is part of the whole, too.
    both = [one({(T, OUT, "total"): 3}, agency=a, year=2021) for a in ("示例甲局", "示例甲乙局")]
    assert found([*both, this], "carry_over_continuity", _from_2022(merged)) == []
    assert len(found([both[1], this], "carry_over_continuity", _from_2022(merged))) == 1
    # Two years on, the merger is history.
    later = [one({(T, OUT, "total"): 3}, agency="示例甲乙局", year=2023), one({}, agency="示例甲乙局", year=2024)]
    assert len(found(later, "carry_over_continuity", absorbed)) == 1


def _from_2022(agencies: Register) -> Register:
    """The same register, but the merged agency is known to be new."""
    new = [replace(a, valid_from=date(2022, 1, 1)) if a.id == "both" else a for a in agencies.agencies.values()]
    return Register(new)


P = "proactive"
N = "normative_documents"


@pytest.mark.parametrize(
    ("last", "this", "expected"),
    [
        ({"in_force": 10}, {"issued": 3, "repealed": 1, "in_force": 12}, set()),
        ({"in_force": 10}, {"issued": 3, "repealed": 1, "in_force": 13}, {("12", "13")}),
        ({"in_force": 10}, {"issued": "blank", "repealed": "not_applicable", "in_force": 9}, {("10", "9")}),
        ({"in_force": "not_applicable"}, {"issued": 2, "in_force": 3}, {("2", "3")}),
        ({"in_force": "blank"}, {"issued": 2, "in_force": 3}, set()),
        ({"in_force": "missing"}, {"in_force": 3}, set()),
        ({"in_force": 10}, {"in_force": "blank"}, set()),
        ({"in_force": 10}, {"in_force": "not_applicable"}, set()),
        ({"in_force": 10}, {"issued": "missing", "in_force": 3}, set()),
        ({"in_force": 10}, {"repealed": "unreadable", "in_force": 3}, set()),
    ],
)
def test_normative_document_stock(last: dict[str, Any], this: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    before, now = ({(P, N, column): content for column, content in year.items()} for year in (last, this))
    raised = found(_two_years(before, now), "normative_document_stock")
    assert {(issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {issue["place"] for issue in raised} <= {N}


def test_stock_from_report_year_2022() -> None:
    assert len(found(_two_years({(P, N, "in_force"): 5}, {}, 2022), "normative_document_stock")) == 1
    assert found(_two_years({}, {(P, N, "in_force"): 5}, 2021), "normative_document_stock") == []


def test_stock_message_tells_the_years_apart() -> None:
    last: dict[CellKey, Any] = {(P, N, "in_force"): 10}
    this: dict[CellKey, Any] = {(P, N, "issued"): 3, (P, N, "repealed"): 1, (P, N, "in_force"): 13}
    message = found(_two_years(last, this), "normative_document_stock")[0]["message_zh"]
    assert "上年现行有效件数10＋本年制发件数3－本年废止件数1＝12" in message


@pytest.mark.parametrize(
    ("years", "missing"),
    [((2021, 2023), {"2022"}), ((2021, 2022, 2023), set()), ((2021, 2024), set()), ((2022,), set()),
     ((2021, 2023, 2025), {"2022", "2024"})],
)  # fmt: skip
def test_filing_missing(years: tuple[int, ...], missing: set[str]) -> None:
    raised = found([record(reading(agency="示例县人民政府", year=year)) for year in years], "filing_missing")
    assert {issue["place"] for issue in raised} == missing
    assert all((i["filing_id"], i["agency_id"], i["sha256"]) == (None, "xian", None) for i in raised)
    assert {str(issue["report_year"]) for issue in raised} == missing


def test_filing_missing_looks_at_predecessors_and_any_scope() -> None:
    old = record(reading(agency="示例县商务和粮食局", year=2021))
    assert [i["place"] for i in found([old, record(reading(year=2023))], "filing_missing")] == ["2022"]
    area = record(reading(year=2022, scope="area"))
    assert found([old, area, record(reading(year=2023))], "filing_missing") == []


def test_two_agencies_missing_years_stay_apart() -> None:
    agencies = ("示例县人民政府", "示例区商务局")
    raised = found([record(reading(agency=a, year=y)) for a in agencies for y in (2021, 2023)], "filing_missing")
    assert len({issue["issue_id"] for issue in raised}) == 2


# Revisions

WRONG: dict[CellKey, Any] = {("review_litigation", "review", "upheld"): 10}


def _revisions(*cells: dict[CellKey, Any]) -> list[dict[str, Any]]:
    records = [
        record(reading(cells=content), salt=str(number), retrieved_at=at(number))
        for number, content in enumerate(cells, 1)
    ]
    return [issue for issue in issues(judged(records)) if issue["rule"] == "review_sum"]


def _day(issue: dict[str, Any], column: str) -> int | None:
    moment: datetime | None = issue[column]
    return None if moment is None else moment.day


def test_a_later_revision_without_the_issue_resolves_it() -> None:
    (issue,) = _revisions(WRONG, {}, {})
    assert (issue["filing_id"], _day(issue, "first_seen_at"), _day(issue, "resolved_at")) == ("new-2024-own-r1", 1, 2)


def test_an_earlier_revision_without_the_issue_resolves_nothing() -> None:
    (issue,) = _revisions({}, WRONG)
    assert (issue["filing_id"], _day(issue, "first_seen_at"), _day(issue, "resolved_at")) == (
        "new-2024-own-r2", 2, None,
    )  # fmt: skip


def test_an_issue_that_stays_is_known_from_the_first_revision() -> None:
    first, second = _revisions(WRONG, {**WRONG, ("proactive", "licensing", "decisions"): 7})
    assert (_day(first, "first_seen_at"), _day(first, "resolved_at")) == (1, None)
    assert (_day(second, "first_seen_at"), _day(second, "resolved_at")) == (1, None)
    assert first["issue_id"] != second["issue_id"]


def test_other_figures_are_another_issue() -> None:
    first, second = _revisions(WRONG, {**WRONG, ("review_litigation", "review", "corrected"): 1})
    assert brief([first]) == {("review_sum", "review", "10", "0")} and _day(first, "resolved_at") == 2
    assert brief([second]) == {("review_sum", "review", "11", "0")} and _day(second, "first_seen_at") == 2
