"""Judging again only what changed: the same issues as judging everything."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.judge import JudgedFrames, connect, joined, judge
from expectations.rules.catalogue import catalogue
from expectations.touched import fingerprints, kept, touched
from extract.forms import CellKey
from extract.sketch import sketch
from tests.factories import failed_reading, reading, record, register
from tests.test_rules_support import at, found_while_reading
from transform.frames import ReadingRecord, build_frames

AGENCIES = ("示例县商务局", "示例县商务和粮食局", "示例县人民政府", "示例区商务局")
T = "applications"

WORDS = Random(7)
PARTS = ["".join(chr(0x4E00 + WORDS.randrange(3000)) for _ in range(400)) for _ in range(3)]
"""Texts that filings are made of: those of one text are copies."""


def _narrative(part: int | None) -> dict[str, Any] | None:
    """A text; the third is the first but for a few words, so that the two are alike."""
    if part is None:
        return None
    text = PARTS[0] + PARTS[2][:25] if part == 2 else PARTS[part]
    return {"characters": len(text), "sketch": sketch(text), "text": text}


def _busy(amount: int) -> dict[CellKey, int]:
    """Figures enough to tell a copy of the tables, and one a thousand times those of another amount."""
    if not amount:
        return {}
    rows = (
        "granted", "partly_granted", "refused.state_secret", "refused.prohibited_by_law", "unavailable.not_held",
        "unavailable.must_be_created", "unavailable.still_unclear", "concluded_total",
    )  # fmt: skip
    cells = {(T, row, column): number + 2 for number, row in enumerate(rows) for column in ("natural_person", "total")}
    return cells | {("proactive", "licensing", "decisions"): 40 * 1000 ** (amount - 1)}


filings = st.builds(
    lambda agency, year, received, forward, over, doubt, day, text, amount, scope: record(
        reading(
            agency, year, scope=scope, narrative=_narrative(text), form="2021" if year > 2020 else "2019",
            published_on=f"{year + 1}-02-1{day}",
            cells={(T, "received_new", "total"): received, (T, "carried_forward", "total"): forward,
                   (T, "received_carried_over", "total"): over, **_busy(amount)},
            issues=[found_while_reading("extraction_uncertain", "received_new.total", [(T, "received_new", "total")])]
            if doubt else [],
        ),
        retrieved_at=at(day + 1),
    ),
    st.sampled_from(AGENCIES), st.integers(2019, 2023), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2),
    st.booleans(), st.integers(0, 4), st.sampled_from([None, 0, 1, 2]), st.integers(0, 2),
    st.sampled_from(["own", "own", "area"]),
)  # fmt: skip


def _same(one: JudgedFrames, other: JudgedFrames) -> None:
    pd.testing.assert_frame_equal(one.quality_issue, other.quality_issue)
    pd.testing.assert_frame_equal(one.issue_cell, other.issue_cell)


def _again(before: Sequence[ReadingRecord], now: Sequence[ReadingRecord]) -> tuple[JudgedFrames, JudgedFrames, int]:
    """Judged in full, judged on top of what was judged before, and how many lineages were."""
    old, new = build_frames(before, register()), build_frames(now, register())
    with connect(old) as con:
        last, prints = judge(con), fingerprints(con)
    with connect(new) as con:
        lineages = touched(prints, fingerprints(con))
        fresh = judge(con, lineages=lineages)
        in_full = judge(con)
    lineage_of = dict(zip(old["dim_agency"]["agency_id"], old["dim_agency"]["lineage_id"], strict=True))
    return in_full, joined([kept(last, lineage_of, lineages), fresh]), len(lineages)


@settings(deadline=None, max_examples=25)
@given(st.lists(filings, max_size=6), st.lists(filings, max_size=2), st.integers(0, 2))
def test_judging_what_changed_gives_the_issues_of_judging_all(
    stay: list[ReadingRecord], come: list[ReadingRecord], go: int
) -> None:
    damaged = record(failed_reading())
    in_full, again, _ = _again([*stay, damaged], [*stay[go:], *come, damaged])
    _same(again, in_full)


def test_a_report_that_corrects_last_years_is_judged_with_the_years_beside_it() -> None:
    def filed(year: int, forward: int, over: int, day: int) -> ReadingRecord:
        cells = {(T, "carried_forward", "total"): forward, (T, "received_carried_over", "total"): over}
        return record(reading(AGENCIES[2], year, cells=cells), retrieved_at=at(day))

    stay = [filed(2023, 3, 0, 1), filed(2024, 0, 2, 2)]
    in_full, again, _ = _again(stay, [*stay, filed(2023, 2, 0, 3)])
    _same(again, in_full)
    carried = in_full.quality_issue[in_full.quality_issue["rule"] == "carry_over_continuity"]
    assert carried["resolved_at"].notna().all() and len(carried) == 1


def test_a_new_report_is_judged_with_the_relatives_that_are_not_judged_again() -> None:
    def filed(agency: str, year: int, **more: Any) -> ReadingRecord:
        cells = _busy(1) | {(T, "received_new", "total"): 5}
        return record(reading(agency, year, cells=cells, narrative=_narrative(0), **more), retrieved_at=at(year - 2019))

    stay = [filed(AGENCIES[3], 2022), filed(AGENCIES[2], 2023, scope="area"), filed(AGENCIES[2], 2024)]
    in_full, again, lineages = _again(stay, [*stay, filed(AGENCIES[0], 2023)])
    _same(again, in_full)
    relatives = {rule.code for rule in catalogue().values() if rule.judged_on == "relatives"}
    raised = set(in_full.quality_issue["rule"]) & relatives
    assert lineages == 1 and {"tables_copied", "narrative_copied", "area_report_missing"} <= raised


def test_nothing_new_is_judged_again_for_nobody() -> None:
    made = [record(reading("示例县商务局", 2023, cells={(T, "received_new", "total"): 1}))]
    in_full, again, lineages = _again(made, made)
    _same(again, in_full)
    assert lineages == 0 and len(again.quality_issue) > 0


def test_a_new_year_concerns_its_agency_alone() -> None:
    stay = [record(reading(name, 2023)) for name in AGENCIES[2:]]
    _, _, lineages = _again(stay, [*stay, record(reading(AGENCIES[2], 2024))])
    assert lineages == 1
