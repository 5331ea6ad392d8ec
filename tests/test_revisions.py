"""Revisions of a report whose content comes back, is copied, or follows elsewhere; frames and nights of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from tests.factories import NOON, reading, record, register
from transform.frames import ReadingRecord, build_frames
from transform.revisions import Sighting, revisions
from transform.typed import to_arrow

RECEIVED = ("applications", "received_new", "natural_person")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Pa", "a"),
        ("Pa Pb", "ab"),
        ("Pa Pb Pa", "aba"),  # restored
        ("Pa Pb Pa Pb Pa", "ababa"),
        ("Pa Pb Pc Pa", "abca"),
        ("Pa Qa Pb", "ab"),  # a copy still shows the old
        ("Pa Qa Pb Qb", "ab"),  # and follows
        ("Pa Qa Pb Pa", "aba"),  # restored, while a copy showed it all the time
        ("Pa Qa Pb Qb Pa", "aba"),  # restored at one address, not yet at the other
        ("Pa Qa Pb Qb Pa Qa", "aba"),
        ("Pa Pb Qa", "ab"),  # an old copy that is found only now
        ("Pa Qa Pb Pc Qb", "abc"),  # a copy that lags behind
        ("Pa Qb", "ab"),  # two documents for one report
        ("Pa Qb Pc Pa", "abca"),
        ("Pa Qb Qa", "aba"),  # what was current stands nowhere any more
        ("Pa Qb Pb", "ab"),
        ("Pa Qb Pa", "ab"),  # nothing has changed there
    ],
)
def test_what_begins_a_revision(told: str, expected: str) -> None:
    """Places P, Q show contents a, b, c one after another."""
    steps = enumerate(told.split())
    seen = [Sighting(NOON + timedelta(days=day), step[1], step[0]) for day, step in steps]
    assert "".join(sighting.sha256 for sighting in revisions(reversed(seen))) == expected


def shown(amount: int, day: int, place: str = "site/a.html", **more: Any) -> ReadingRecord:
    """A report of which one figure is the amount, as a place shows it on a day."""
    known: dict[str, Any] = {"source_name": place, "retrieved_at": NOON + timedelta(days=day), **more}
    return record(reading(cells={RECEIVED: amount}, issues=[doubt()]), **known)


def doubt() -> dict[str, Any]:
    return {
        "rule": "extraction_uncertain", "severity": "warning", "origin": "extraction", "where": "received_new",
        "expected": None, "actual": None, "cells": [list(RECEIVED)], "message_zh": "一", "message_en": "a",
    }  # fmt: skip


def build(*records: ReadingRecord) -> dict[str, pd.DataFrame]:
    return build_frames(records, register())


RESTORED = (shown(1, 0, url="https://a.example/"), shown(2, 1), shown(1, 5, url="https://b.example/"))


def test_content_that_comes_back_is_a_revision_of_its_own() -> None:
    frames = build(*RESTORED)
    filings = frames["dim_filing"]
    assert list(filings["filing_id"]) == [f"new-2024-own-r{number}" for number in (1, 2, 3)]
    assert list(filings["sha256"]) == [seen.sha256 for seen in RESTORED]
    assert list(filings["is_current"]) == [False, False, True]
    assert list(filings["retrieved_at"]) == [pd.Timestamp(NOON).tz_convert(None) + timedelta(days=d) for d in (0, 1, 5)]
    assert list(filings["url"].astype(object).where(filings["url"].notna(), None)) == [
        "https://a.example/", None, "https://b.example/"
    ]  # fmt: skip
    cells = frames["cell"]
    values = cells[(cells["row_code"] == RECEIVED[1]) & (cells["column_code"] == RECEIVED[2])]
    assert dict(zip(values["filing_id"].str[-2:], values["value"], strict=True)) == {"r1": 1, "r2": 2, "r3": 1}


def test_earlier_revisions_are_what_they_were_before_it_came_back() -> None:
    before, after = build(*RESTORED[:2])["dim_filing"], build(*RESTORED)["dim_filing"]
    columns = [name for name in before.columns if name != "is_current"]
    pd.testing.assert_frame_equal(before[columns], after[columns].head(2))


def test_the_issues_of_a_document_are_those_of_each_of_its_revisions() -> None:
    frames = build(*RESTORED)
    found = to_arrow(frames["reading_issue"], "reading_issue").to_pylist()
    assert sorted(row["filing_id"][-2:] for row in found) == ["r1", "r2", "r3"]
    assert len({(row["sha256"], row["issue_no"]) for row in found}) == 3
    documents = dict(zip(frames["document"]["sha256"], frames["document"]["filing_id"], strict=True))
    assert documents == {RESTORED[0].sha256: "new-2024-own-r3", RESTORED[1].sha256: "new-2024-own-r2"}


def test_a_report_that_was_another_years_in_between_is_not_restored() -> None:
    """An address at which each year's report stands in turn."""
    other = record(reading(year=2023), source_name="site/a.html", retrieved_at=NOON + timedelta(days=2))
    filings = build(shown(1, 0), other, shown(1, 5))["dim_filing"]
    assert list(filings["filing_id"]) == ["new-2023-own-r1", "new-2024-own-r1"]


def test_frames_with_restored_content_do_not_depend_on_the_order() -> None:
    plain, turned = build(*RESTORED), build(*reversed(RESTORED))
    for table, data in plain.items():
        pd.testing.assert_frame_equal(data, turned[table])
