"""The smallest change that closes broken sums, and the causes of issues."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.explain import Change, Sum, changes, preferred
from extract.forms import CellKey, load_forms
from tests.factories import reading, record
from tests.test_rules_support import consistent, issues, judged

FORM = load_forms()["2021"]
T = "applications"
COUNTS = {("granted", "natural_person"): 7, ("granted", "commercial_enterprise"): 3,
          ("partly_granted", "natural_person"): 2, ("refused.state_secret", "natural_person"): 4,
          ("carried_forward", "natural_person"): 1, ("review", "upheld"): 3}  # fmt: skip


def _figures() -> dict[CellKey, int]:
    held = consistent(COUNTS)
    return {key: held.get(key, 0) for key in FORM.cells() if key[0] != "proactive"}


def _sums(figures: dict[CellKey, int]) -> list[Sum]:
    found = []
    for identity in FORM.identities:
        for place in identity.over:
            sides = [[key for key in side if key in figures] for side in identity.cells(place)]
            terms = dict.fromkeys(sides[0], 1) | dict.fromkeys(sides[1], -1)
            difference = sum(sign * figures[key] for key, sign in terms.items())
            found.append(Sum(identity.rule, place, difference, terms))
    return found


def _of_table_three() -> list[CellKey]:
    return [key for key in FORM.cells() if key[0] == T]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(_of_table_three()), st.integers(1, 500))
def test_one_wrong_figure_is_told(key: CellKey, more: int) -> None:
    figures = _figures()
    right = figures[key]
    figures[key] += more
    (explanation,) = changes(_sums(figures), figures)
    (change,) = explanation
    assert (change.cell, change.before, change.after) == (key, right + more, right)
    assert len(change.closes) >= 2


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(_of_table_three()), min_size=2, max_size=3, unique=True), st.randoms())
def test_whatever_is_offered_closes_every_sum(keys: list[CellKey], dice: random.Random) -> None:
    figures = _figures()
    for key in keys:
        figures[key] += dice.choice([1, 2, 10])
    for explanation in changes(_sums(figures), figures):
        assert len(explanation) <= len(keys)
        mended = dict(figures)
        for change in explanation:
            assert mended[change.cell] == change.before and change.after >= 0
            mended[change.cell] = change.after
        assert not any(entry.difference for entry in _sums(mended))


def test_sums_that_hold_need_no_change() -> None:
    figures = _figures()
    assert changes(_sums(figures), figures) == []


def test_a_figure_never_becomes_negative() -> None:
    """10 + 1 + 0 + 0 against a total of 0: only the total can be wrong alone."""
    figures = _figures()
    figures |= {("review_litigation", "review", "upheld"): 10, ("review_litigation", "review", "corrected"): 1,
                ("review_litigation", "review", "total"): 0}  # fmt: skip
    total, name = ("review_litigation", "review", "total"), (("review_sum", "review"),)
    assert changes(_sums(figures), figures) == [(Change(total, 0, 11, name, name),)]


def test_prose_decides_between_equally_small_changes() -> None:
    total = (Change(("review_litigation", "review", "total"), 0, 5, (("review_sum", "review"),)),)
    part = (Change(("review_litigation", "review", "upheld"), 5, 0, (("review_sum", "review"),)),)
    key = ("review_litigation", "review", "total")
    assert preferred([total, part], {key: frozenset({5})}, set()) == ([total], True)
    assert preferred([total, part], {key: frozenset({0})}, set()) == ([part], False)
    assert preferred([total, part], {}, set()) == ([total, part], False)
    assert preferred([total, part], {}, {("review_litigation", "review", "upheld")}) == ([part], False)
    assert preferred([total, part] * 2, {}, set()) == ([], False)


def _issues_of(cells: dict[CellKey, Any], **head: Any) -> list[dict[str, Any]]:
    return issues(judged([record(reading(cells={**consistent(COUNTS), **cells}, **head))]))


def test_issues_of_one_cause_share_hint_and_group() -> None:
    found = [i for i in _issues_of({(T, "granted", "natural_person"): 8}) if i["severity"] == "error"]
    assert {issue["rule"] for issue in found} == {"applications_outcome_sum", "applications_applicant_sum"}
    assert len({issue["cause_group"] for issue in found}) == 1 and found[0]["cause_group"]
    assert {issue["hint"] for issue in found} == {
        "如将表三“（一）予以公开”行“自然人”列由8改为7，2处不相等可同时消除。仅供核对时参考，请以原始台账为准。"
    }
    assert all("from 8 to 7" in issue["hint_en"] for issue in found)


def test_two_causes_are_kept_apart() -> None:
    found = _issues_of({(T, "granted", "natural_person"): 8, (T, "partly_granted", "commercial_enterprise"): 5})
    groups = {issue["cause_group"] for issue in found if issue["severity"] == "error"}
    assert len(groups) == 2 and None not in groups


def test_rows_of_table_four_have_causes_of_their_own() -> None:
    rows = ("review", "total", 0), ("review", "corrected", 1), ("litigation_after_review", "upheld", 5)
    found = _issues_of({("review_litigation", row, column): value for row, column, value in rows})
    hints = {issue["rule"]: (issue["hint"], issue["cause_group"]) for issue in found if issue["severity"] == "error"}
    assert hints["review_sum"][0].startswith("如将表四“行政复议·总计”由0改为4，等式即可成立")
    assert "；或将" in hints["litigation_after_review_sum"][0] and "复议·总计" not in hints["review_sum"][0][20:]
    assert hints["review_sum"][1] != hints["litigation_after_review_sum"][1]


def test_changes_that_need_each_other_are_one_cause() -> None:
    """The total row wrong in a column and in the total column: mending one alone would break their row."""
    found = _issues_of({(T, "concluded_total", "natural_person"): 4, (T, "concluded_total", "total"): 7})
    errors = [issue for issue in found if issue["severity"] == "error"]
    assert len({issue["cause_group"] for issue in errors}) == len({issue["hint"] for issue in errors}) == 1
    assert "由4改为13" in errors[0]["hint"] and "由7改为16" in errors[0]["hint"]


def test_one_stated_figure_supports_a_change_of_two() -> None:
    """自然人 and 总计 of one row off by one: any row could be the one; the prose names it."""
    wrong = {(T, "granted", "natural_person"): 8, (T, "granted", "total"): 11}
    assert all("；或将" in issue["hint"] for issue in _issues_of(wrong) if issue["severity"] == "error")
    claim = {"metric": f"{T}.granted.total", "value": 10, "sentence": "予以公开10件。", "scope": "own"}
    found = [issue for issue in _issues_of(wrong, claims=[claim]) if issue["severity"] == "error"]
    assert {issue["rule"] for issue in found} == {"applications_outcome_sum", "narrative_mismatch"}
    assert len({issue["cause_group"] for issue in found}) == 1 and "且与正文所述一致" in found[0]["hint"]


def test_a_blank_is_called_blank() -> None:
    (issue,) = [
        i for i in _issues_of({("review_litigation", "review", "upheld"): "blank"}) if i["rule"] == "review_sum"
    ]
    assert "由未填改为3" in issue["hint"] and "from no figure to 3" in issue["hint_en"]


def test_what_we_may_have_misread_gets_no_hint() -> None:
    doubt = {"rule": "extraction_uncertain", "severity": "warning", "origin": "extraction",
             "where": "granted.natural_person", "expected": 7, "actual": 8, "cells": [[T, "granted", "natural_person"]],
             "message_zh": "两种读法不同", "message_en": "readings differ"}  # fmt: skip
    found = _issues_of({(T, "granted", "natural_person"): 8}, issues=[doubt])
    assert {issue["origin"] for issue in found} == {"extraction"}
    assert not any(issue["hint"] or issue["cause_group"] for issue in found)


@pytest.mark.parametrize("scope", ["own", "area"])
def test_prose_in_the_filings_scope_supports_a_change(scope: str) -> None:
    claim = {"metric": "review_litigation.review.total", "value": 5, "sentence": "行政复议5件。", "scope": scope}
    cells = {("review_litigation", "review", "upheld"): 5}
    found = [i for i in _issues_of(cells, claims=[claim]) if i["rule"] == "review_sum"]
    assert ("且与正文所述一致" in found[0]["hint"]) == (scope == "own")
    assert ("；或将" in found[0]["hint"]) == (scope != "own")


def test_last_years_figures_have_one_cause() -> None:
    last = record(reading(year=2023, cells=consistent({("carried_forward", "natural_person"): 5})))
    this = record(reading(year=2024, cells=consistent(COUNTS)))
    found = [i for i in issues(judged([last, this])) if i["rule"] == "carry_over_continuity"]
    assert len(found) == 2 and len({issue["cause_group"] for issue in found}) == 1
