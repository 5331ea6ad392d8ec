"""Rules that hold a filing against the agency's other filings: pending cases, repeated tables, changes, conflicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extract.forms import CellKey
from tests.factories import reading, record, register
from tests.rule_agencies import BUSY, MERGED, OLD, QUIET, SPLIT, TINY
from tests.test_rules_support import at, consistent, found, one
from transform.agencies import Register
from transform.frames import ReadingRecord

T, R, P = "applications", "review_litigation", "proactive"


def _cases(row: str = "review", **counts: Any) -> dict[CellKey, Any]:
    """A block of 表四; its total is the sum of what is given, unless it is given."""
    total = sum(count for count in counts.values() if isinstance(count, int))
    return {(R, row, column): count for column, count in ({"total": total} | counts).items()}


@pytest.mark.parametrize(
    ("last", "this", "expected"),
    [
        ({"pending": 3}, {"upheld": 2, "pending": 1}, set()),
        ({"pending": 3}, {"upheld": 2}, {("3", "2")}),
        ({"pending": 3}, {}, {("3", "0")}),
        ({"pending": 0}, {}, set()),
        ({"pending": "blank"}, {}, set()),
        ({"pending": "not_applicable"}, {}, set()),
        # What cannot be known is not judged, nor a total that does not stand.
        ({"pending": "unreadable"}, {}, set()),
        ({"pending": 3}, {"corrected": "missing"}, set()),
        ({"pending": 3}, {"corrected": "unreadable"}, set()),
        ({"pending": 3}, {"total": "blank"}, set()),
        ({"pending": 3}, {"total": "not_applicable"}, set()),
        ({"pending": 3}, {"upheld": "blank", "corrected": 2}, {("3", "2")}),
        # A total that is no sum is another matter: the larger counts.
        ({"pending": 3}, {"upheld": 3, "total": 1}, set()),
        ({"pending": 3}, {"upheld": 1, "total": 4}, set()),
    ],
)
def test_pending_continuity(last: dict[str, Any], this: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    raised = found([one(_cases(**last), year=2023), one(_cases(**this))], "pending_continuity")
    assert {(issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {(issue["place"], issue["filing_id"]) for issue in raised} <= {("review", "new-2024-own-r1")}


def test_pending_cases_are_judged_by_block_year_and_scope() -> None:
    last = _cases("litigation_direct", pending=2)
    (issue,) = found([one(last, year=2023), one(_cases("review", upheld=2))], "pending_continuity")
    assert issue["place"] == "litigation_direct"
    assert "2023年度报告“尚未审结”为2" in issue["message_zh"] and "“总计”只有0" in issue["message_zh"]
    assert found([one(last, year=2022), one({})], "pending_continuity") == []
    assert found([one(last, year=2023, scope="area"), one({})], "pending_continuity") == []
    assert len(found([one(last, year=2019, form="2019"), one({}, year=2020, form="2019")], "pending_continuity")) == 1


def test_pending_cases_follow_a_renamed_agency_but_no_merged_one() -> None:
    last = _cases(pending=3)
    assert len(found([one(last, agency=OLD, year=2021), one({}, year=2022)], "pending_continuity")) == 1
    merged = [one(last, agency="示例县甲局", year=2021), one({}, agency="示例县甲乙局", year=2022)]
    assert found(merged, "pending_continuity", MERGED) == []
    rest = [one(last, agency="示例县甲乙局", year=2021), one({}, agency="示例县乙局", year=2022)]
    assert found(rest, "pending_continuity", SPLIT) == []


@pytest.mark.parametrize("row", ["regulations", "normative_documents"])
def test_the_stock_of_both_kinds_of_documents_follows_a_renamed_agency_but_no_merged_one(row: str) -> None:
    last: dict[CellKey, Any] = {(P, row, "in_force"): 4}
    (issue,) = found([one(last, agency=OLD, year=2021), one({}, year=2022)], "normative_document_stock")
    assert (issue["place"], issue["expected"], issue["actual"]) == (row, "4", "0")
    merged = [one(last, agency="示例县甲局", year=2021), one({}, agency="示例县甲乙局", year=2022)]
    assert found(merged, "normative_document_stock", MERGED) == []


# Tables of last year


def _years(last: dict[CellKey, Any], this: dict[CellKey, Any]) -> list[ReadingRecord]:
    return [one(last, year=2023), one(this)]


def test_tables_repeated() -> None:
    (issue,) = found(_years(BUSY, BUSY), "tables_repeated")
    assert (issue["filing_id"], issue["place"]) == ("new-2024-own-r1", "applications")
    assert "2023年度报告完全相同" in issue["message_zh"]
    other = consistent({("granted", "natural_person"): 7})
    assert found(_years(BUSY, other), "tables_repeated") == []
    # Small and empty tables may well be alike; blank and zero are.
    assert found(_years(QUIET, QUIET), "tables_repeated") == []
    assert found(_years(TINY, TINY), "tables_repeated") == []
    assert found(_years({}, {}), "tables_repeated") == []
    blank = {key: value or "blank" for key, value in BUSY.items()}
    assert len(found(_years(BUSY, blank), "tables_repeated")) == 1


def test_one_figure_in_table_four_makes_tables_different() -> None:
    other = BUSY | {(R, "litigation_direct", "pending"): 1, (R, "litigation_direct", "total"): 1}
    assert found(_years(BUSY, other), "tables_repeated") == []
    # 表二 may be as it was or not.
    assert len(found(_years(BUSY, BUSY | {(P, "licensing", "decisions"): 8}), "tables_repeated")) == 1


def test_repeated_tables_need_the_year_before_the_scope_and_the_agency() -> None:
    assert found([one(BUSY, year=2022), one(BUSY)], "tables_repeated") == []
    assert found([one(BUSY, year=2023, scope="area"), one(BUSY)], "tables_repeated") == []
    assert found([one(BUSY, year=2023, agency="示例区商务局"), one(BUSY)], "tables_repeated") == []
    assert len(found([one(BUSY, agency=OLD, year=2021), one(BUSY, year=2022)], "tables_repeated")) == 1
    merged = [one(BUSY, agency="示例县甲局", year=2021), one(BUSY, agency="示例县甲乙局", year=2022)]
    assert found(merged, "tables_repeated", MERGED) == []


# Revisions

HERE, ELSEWHERE = "https://a.example.gov.cn/1.html", "https://b.example.gov.cn/2.html"
CELL = (T, "granted", "total")


def _versions(*versions: tuple[dict[CellKey, Any], str | None], **head: Any) -> list[ReadingRecord]:
    return [
        record(reading(cells=cells, **head), salt=str(number), url=url, retrieved_at=at(number))
        for number, (cells, url) in enumerate(versions, start=1)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (5, 7, {("5", "7")}),
        (5, 5, set()),
        (0, "blank", {("0", None)}),
        ("blank", 3, {(None, "3")}),
        ("blank", "not_applicable", set()),
        # A cell that one of the tables lacks, or that was not read, did not change.
        (5, "missing", set()),
        ("unreadable", 5, set()),
    ],
)
def test_filing_changed(before: Any, after: Any, expected: set[tuple[str | None, str | None]]) -> None:
    raised = found(_versions(({CELL: before}, HERE), ({CELL: after}, HERE)), "filing_changed")
    assert {(issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {(issue["place"], issue["filing_id"]) for issue in raised} <= {("granted.total", "new-2024-own-r2")}


def test_what_changed_is_said_in_words() -> None:
    (issue,) = found(_versions(({CELL: "blank"}, HERE), ({CELL: 3}, HERE)), "filing_changed")
    assert "（2025-02-01取得）相比，表三“（一）予以公开”行“总计”列由未填数字改为3" in issue["message_zh"]
    assert "changed from no figure to 3" in issue["message_en"]


def test_each_revision_is_held_against_the_one_before_at_its_address() -> None:
    versions = _versions(({CELL: 1}, HERE), ({CELL: 2}, ELSEWHERE), ({CELL: 1}, "http" + HERE[5:]), ({CELL: 4}, HERE))
    raised = found(versions, "filing_changed")
    assert [(issue["filing_id"], issue["expected"], issue["actual"]) for issue in raised] == [
        ("new-2024-own-r4", "1", "4")
    ]


def test_files_without_an_address_are_versions_of_one_where_they_are_of_one_kind() -> None:
    assert len(found(_versions(({CELL: 1}, None), ({CELL: 2}, None)), "filing_changed")) == 1
    html, pdf = one({CELL: 1}), one({CELL: 2}, media_type="application/pdf")
    assert found([html, pdf], "filing_changed") == []
    assert len(found([html, pdf], "filings_conflict")) == 1


def test_many_changes_of_a_table_are_one_issue() -> None:
    changed = BUSY | {(R, "review", "upheld"): 2}
    raised = found(_versions(({}, HERE), (changed, HERE)), "filing_changed")
    assert {(issue["place"], issue["expected"], issue["actual"]) for issue in raised} == {
        ("applications", None, "15"), ("review.upheld", "0", "2"), ("review.total", "0", "2"),
        ("litigation_direct.upheld", "0", "6"), ("litigation_direct.total", "0", "6"),
    }  # fmt: skip
    (whole,) = [issue for issue in raised if issue["place"] == "applications"]
    assert "本表共有15处数字改变，其中表三" in whole["message_zh"]


def test_filings_conflict() -> None:
    (issue,) = found(_versions(({CELL: 5}, ELSEWHERE), ({CELL: 7, (T, "granted", "natural_person"): 7}, HERE)),
                     "filings_conflict")  # fmt: skip
    assert (issue["filing_id"], issue["place"], issue["actual"]) == ("new-2024-own-r2", "new-2024-own-r1", "2")
    assert ELSEWHERE in issue["message_zh"] and "有2处数字不同" in issue["message_zh"]
    assert "本份为7，另一份为0" in issue["message_zh"]


def test_equal_figures_corrected_documents_and_other_scopes_do_not_conflict() -> None:
    # A zero here and a blank there contradict nothing; a figure and a blank do.
    for other, count in (("blank", 0), ("not_applicable", 0), (3, 1)):
        pair = _versions(({CELL: 5}, ELSEWHERE), ({CELL: 5, (T, "granted", "natural_person"): other}, HERE))
        assert len(found(pair, "filings_conflict")) == count
    assert len(found(_versions(({CELL: 5}, ELSEWHERE), ({CELL: "blank"}, HERE)), "filings_conflict")) == 1
    for here in (5, "missing", "unreadable"):
        assert found(_versions(({CELL: 5}, ELSEWHERE), ({CELL: here}, HERE)), "filings_conflict") == []
    corrected = _versions(({CELL: 5}, ELSEWHERE), ({CELL: 7}, ELSEWHERE), ({CELL: 7}, HERE))
    assert found(corrected, "filings_conflict") == []
    one_place = _versions(({CELL: 5}, HERE), ({CELL: 7}, HERE))
    assert found(one_place, "filings_conflict") == []
    unknown = _versions(({CELL: 5}, ELSEWHERE), ({CELL: 7}, HERE), scope="unknown")
    assert found(unknown, "filings_conflict") == []
    heads: list[dict[str, Any]] = [{"scope": "area"}, {"year": 2023}, {"agency": "示例区商务局"}]
    for head in heads:
        pair = [*_versions(({CELL: 5}, ELSEWHERE)), *_versions(({CELL: 7}, HERE), **head)]
        assert found(pair, "filings_conflict") == []


def test_revisions_of_a_renamed_or_merged_agency_are_its_own() -> None:
    agencies = [replace(a, valid_from=None, valid_to=None) for a in register().agencies.values()]
    pair = [*_versions(({CELL: 5}, HERE), agency=OLD), *_versions(({CELL: 7}, HERE))]
    assert found(pair, "filing_changed", Register(agencies)) == []
    assert found(pair, "filings_conflict", Register(agencies)) == []
