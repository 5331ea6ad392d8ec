"""The sums that must hold within a filing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.forms import CellKey, load_forms
from tests.factories import reading, record
from tests.test_rules_support import (
    APPLICANTS,
    BLOCKS,
    RESULTS,
    Brief,
    brief,
    consistent,
    issues,
    judged,
    one,
)
from transform.frames import ReadingRecord

T = "applications"
R = "review_litigation"
IDENTITIES = [identity.rule for identity in load_forms()["2021"].identities]


def violations(record: ReadingRecord) -> set[Brief]:
    return brief(issues(judged([record], rules=[*IDENTITIES, "total_blank"])))


GRANTED = {(T, "granted", a): n for a, n in zip(APPLICANTS, (3, 1, 0, 0, 0, 2), strict=True)}
BASE = consistent({("granted", key[2]): n for key, n in GRANTED.items()} | {("carried_forward", "natural_person"): 1})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({(T, "received_new", "natural_person"): 5, (T, "received_new", "total"): 8},
         {("applications_balance", "natural_person", "5", "4"), ("applications_balance", "total", "8", "7")}),
        ({(T, "refused.state_secret", "total"): 1},
         {("applications_outcome_sum", "total", "7", "6"),
          ("applications_applicant_sum", "refused.state_secret", "0", "1")}),
        ({(R, "review", "upheld"): 10, (R, "review", "corrected"): 1}, {("review_sum", "review", "11", "0")}),
        ({(R, "litigation_direct", "total"): 2}, {("litigation_direct_sum", "litigation_direct", "0", "2")}),
        ({(R, "litigation_after_review", "other"): 5},
         {("litigation_after_review_sum", "litigation_after_review", "5", "0")}),
        # Blank and not-applicable addends count as nothing.
        ({(T, "granted", "research_institution"): "blank", (T, "granted", "social_welfare_organisation"):
          "not_applicable", (R, "review", "upheld"): "blank"}, set()),
        ({(T, "granted", "natural_person"): "blank"},
         {("applications_outcome_sum", "natural_person", "0", "3"),
          ("applications_applicant_sum", "granted", "3", "6")}),
        # Only the total is filled in: its parts count as nothing.
        ({(R, "review", column): "blank" for column in RESULTS} | {(R, "review", "total"): 0}, set()),
        ({(R, "review", column): "blank" for column in RESULTS} | {(R, "review", "total"): 4},
         {("review_sum", "review", "0", "4")}),
        # A printed total that is blank or a dash: not judged.
        ({(R, "review", column): "blank" for column in (*RESULTS, "total")}, set()),
        ({(R, "review", "total"): "not_applicable"}, set()),
        # An addend that is a total and blank: what contains it is not judged.
        ({(T, "granted", "total"): "blank"}, {("total_blank", "granted.total", "6", None)}),
        ({(T, "received_new", "total"): "blank", (T, "carried_forward", "total"): 9},
         {("total_blank", "received_new.total", "7", None),
          ("applications_applicant_sum", "carried_forward", "1", "9")}),
        ({(T, "concluded_total", "natural_person"): "blank", (T, "received_new", "natural_person"): 4},
         {("total_blank", "concluded_total.natural_person", "3", None)}),
        # A dash counts as nothing where it is an addend, a total too.
        ({(T, "refused.state_secret", "total"): "not_applicable"}, set()),
        # Missing and unreadable cells keep what contains them from being judged.
        ({(R, "review", "pending"): "missing", (R, "review", "upheld"): 3}, set()),
        ({(T, "granted", "natural_person"): "unreadable", (T, "granted", "total"): 9},
         {("applications_outcome_sum", "total", "9", "6")}),
        # Decimals are compared exactly.
        ({(R, "review", "upheld"): 0.1, (R, "review", "corrected"): 0.2, (R, "review", "total"): 0.3}, set()),
        ({(R, "review", "upheld"): 0.1, (R, "review", "corrected"): 0.2, (R, "review", "total"): 0.3001},
         {("review_sum", "review", "0.3", "0.3001")}),
    ],
)  # fmt: skip
def test_sums(change: dict[CellKey, Any], expected: set[Brief]) -> None:
    assert violations(one({**BASE, **change})) == expected


def test_merged_row_stands_for_those_it_replaces() -> None:
    merged = frozenset({"other"})
    cells = consistent({("other", "natural_person"): 2}, merged=merged)
    assert violations(one(cells, merged=merged)) == set()
    broken = {**cells, (T, "other", "natural_person"): 1}
    assert violations(one(broken, merged=merged)) == {
        ("applications_outcome_sum", "natural_person", "1", "2"),
        ("applications_applicant_sum", "other", "1", "2"),
    }


def test_a_lacking_row_keeps_the_sum_from_being_judged() -> None:
    document = reading(cells={**BASE, (T, "concluded_total", "natural_person"): 99})
    document["cells"] = [cell for cell in document["cells"] if cell["row"] != "granted"]
    found = {issue["rule"] for issue in issues(judged([record(document)], rules=["applications_outcome_sum"]))}
    assert found == set()


def test_every_cell_of_a_sum_is_named() -> None:
    frames = judged([one({(R, "review", "upheld"): 1})])
    assert list(frames.quality_issue["rule"]) == ["review_sum"]
    assert list(frames.issue_cell["column_code"]) == [*RESULTS, "total"]
    assert set(frames.issue_cell["row_code"]) == {"review"}
    assert set(frames.issue_cell["issue_id"]) == set(frames.quality_issue["issue_id"])


# total_blank


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # A blank total over parts that are all zero is still a blank total.
        ({(R, "review", "total"): "blank"}, {("review.total", "0")}),
        ({(R, "review", column): "blank" for column in (*RESULTS, "total")}, set()),
        # A dash over nothing says nothing; over figures it hides their sum.
        ({(R, "review", "total"): "not_applicable"}, set()),
        ({(R, "review", "total"): "not_applicable", (R, "review", "upheld"): 2}, {("review.total", "2")}),
        # The total of a row and of a column: one issue, the row's sum.
        ({(T, "concluded_total", "total"): "blank", (T, "granted", "total"): 8},
         {("concluded_total.total", "6")}),
        # The row's sum cannot be known, the column's can.
        ({(T, "concluded_total", "total"): "blank", (T, "concluded_total", "natural_person"): "missing"},
         {("concluded_total.total", "6")}),
        # No sum can be known.
        ({(R, "review", "total"): "blank", (R, "review", "upheld"): "unreadable"}, {("review.total", None)}),
        # A missing total is cell_missing, not total_blank.
        ({(R, "review", "total"): "missing", (R, "review", "upheld"): 2}, set()),
    ],
)  # fmt: skip
def test_total_blank(change: dict[CellKey, Any], expected: set[tuple[str, str | None]]) -> None:
    frames = judged([one({**BASE, **change})], rules=["total_blank"])
    assert {(issue["place"], issue["expected"]) for issue in issues(frames)} == expected
    assert len(frames.quality_issue) == len(expected)


# Filings by chance

_ROWS = [row.code for row in load_forms()["2021"].table(T).rows if row.item_group in ("outcome", "carried_forward")]
_APPLICATION = st.tuples(st.sampled_from(_ROWS), st.sampled_from(APPLICANTS))
_RESULT = st.tuples(st.sampled_from(BLOCKS), st.sampled_from(RESULTS))
_COUNTS = st.dictionaries(_APPLICATION | _RESULT, st.integers(0, 5000), max_size=30)
_EDITION = st.sampled_from([("2021", frozenset[str]()), ("2021", frozenset({"other"})), ("2019", frozenset[str]())])


@st.composite
def filings(draw: st.DrawFn) -> tuple[str, frozenset[str], dict[CellKey, Any]]:
    """A filing whose sums are right: edition, merged rows, cells."""
    form, merged = draw(_EDITION)
    rows = {row.code for row in load_forms()[form].table(T).rows_in_use(merged)} | set(BLOCKS)
    counts = {key: n for key, n in draw(_COUNTS).items() if key[0] in rows}
    return form, merged, consistent(counts, form, merged)


@settings(max_examples=10, deadline=None)
@given(st.lists(filings(), min_size=1, max_size=6))
def test_right_sums_raise_nothing(drawn: list[tuple[str, frozenset[str], dict[CellKey, Any]]]) -> None:
    records = [
        one(cells, form=form, merged=merged, agency=f"示例县第{number}局")
        for number, (form, merged, cells) in enumerate(drawn)
    ]
    assert issues(judged(records, rules=[*IDENTITIES, "total_blank", "not_a_count"])) == []


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(filings(), st.integers(1, 100), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_one_wrong_figure_breaks_exactly_the_sums_that_contain_it(
    drawn: list[tuple[tuple[str, frozenset[str], dict[CellKey, Any]], int, int]],
) -> None:
    records, expected = [], set()
    for number, ((form, merged, cells), difference, choice) in enumerate(drawn):
        key = sorted(cells)[choice % len(cells)]
        wrong = {**cells, key: cells[key] + difference}
        records.append(one(wrong, form=form, merged=merged, agency=f"示例县第{number}局"))
        for identity in load_forms()[form].identities:
            for place in identity.over:
                if key in {*identity.cells(place)[0], *identity.cells(place)[1]}:
                    expected.add((records[-1].sha256, identity.rule, place))
    raised = issues(judged(records, rules=IDENTITIES))
    assert {(issue["sha256"], issue["rule"], issue["place"]) for issue in raised} == expected
    assert len(raised) == len(expected)
