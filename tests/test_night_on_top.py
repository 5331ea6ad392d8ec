"""A night on top of the last build: the same content as a build made anew, its issues among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expectations.rules.catalogue import catalogue
from extract.forms import CellKey
from extract.sketch import sketch
from flows import transforming
from tests.factories import failed_reading, reading, record
from tests.nights import night, published, put
from tests.test_rules_support import at, found_while_reading
from transform.frames import ReadingRecord
from warehouse.digest import digest
from warehouse.home import Home

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


def _nights(before: Sequence[ReadingRecord], now: Sequence[ReadingRecord]) -> tuple[Path, Path, int | None]:
    """The builds of a home in which one night follows another, and of one in which all is made anew; how many
    lineages the second night judged. To be called with a folder that lasts."""
    folder = Path(mkdtemp())
    home, anew = Home(folder / "home"), Home(folder / "anew")
    put(home, before)
    night(home, 1)
    put(home, now)
    _, judged = night(home, 2)
    put(anew, now)
    night(anew, 3)
    return published(home), published(anew), judged


@settings(deadline=None, max_examples=4, phases=[Phase.generate])  # a night takes seconds: no shrinking
@given(st.lists(filings, min_size=3, max_size=8), st.lists(filings, max_size=2), st.integers(0, 2), st.booleans())
def test_a_night_on_top_gives_what_a_build_made_anew_does(
    stay: list[ReadingRecord], come: list[ReadingRecord], go: int, fails: bool
) -> None:
    damaged = record(failed_reading())
    on_top, anew, _ = _nights([*stay, damaged], [*stay[go:], *come, *([damaged] if fails else [])])
    assert digest(on_top) == digest(anew)


CONTENTS = (
    record(reading(AGENCIES[0], 2023, cells=_busy(1), narrative=_narrative(0))),
    record(reading(AGENCIES[0], 2023, cells=_busy(2), narrative=_narrative(1),
                   issues=[found_while_reading("extraction_uncertain", "received_new.total")])),
    record(reading(AGENCIES[3], 2023, cells=_busy(1))),
    record(failed_reading()),
)  # fmt: skip
restored = st.lists(
    st.tuples(st.sampled_from("pq"), st.integers(0, 3), st.integers(1, 13)), min_size=3, max_size=8
).map(
    lambda told: [
        replace(CONTENTS[content], source_name=f"{place}.html", retrieved_at=at(day))
        for place, content, day in sorted(told, key=lambda seen: seen[2])
    ]
)
"""Contents that come, go and come back at two addresses."""


@settings(deadline=None, max_examples=3, phases=[Phase.generate])
@given(restored, st.integers(1, 3))
def test_a_night_on_which_documents_come_back_gives_what_a_build_made_anew_does(
    told: list[ReadingRecord], new: int
) -> None:
    others = [record(reading(AGENCIES[2], year)) for year in range(2019, 2024)]
    on_top, anew, _ = _nights([*others, *told[:-new]], [*others, *told])
    assert digest(on_top) == digest(anew)


def test_a_report_that_is_restored_is_known_as_it_was_on_each_day() -> None:
    def shown(amount: int, day: int, place: str = "a.html") -> ReadingRecord:
        cells = {(T, "received_new", "total"): amount}
        return replace(record(reading(AGENCIES[0], 2023, cells=cells)), source_name=place, retrieved_at=at(day))

    others = [record(reading(AGENCIES[2], year)) for year in range(2019, 2024)]
    before = [*others, shown(5, 1), shown(5, 2, "copy.html"), shown(7, 4)]
    on_top, anew, lineages = _nights(before, [*before, shown(5, 8)])
    assert digest(on_top) == digest(anew) and lineages == 1
    with duckdb.connect(str(on_top), read_only=True) as con:
        current = con.execute("SELECT filing_id, received_new::INTEGER FROM mart_filing WHERE is_current AND "
                              "agency_id = 'new'").fetchall()  # fmt: skip
        assert current == [("new-2023-own-r3", 5)]
        history = [
            con.execute(
                "SELECT filing_id, value::INTEGER FROM figures_as_of($day) WHERE agency_id = 'new' AND "
                "row_code = 'received_new' AND column_code = 'total'", {"day": at(day).date()}
            ).fetchall()
            for day in (1, 2, 4, 7, 8, 20)
        ]  # fmt: skip
        assert [found[0] if found else None for found in history] == [
            *[("new-2023-own-r1", 5)] * 2, *[("new-2023-own-r2", 7)] * 2, *[("new-2023-own-r3", 5)] * 2
        ]  # fmt: skip
        changes = con.execute(
            "SELECT filing_id, value_after::INTEGER FROM mart_figure_change WHERE filing_id LIKE 'new-%' ORDER BY 1"
        ).fetchall()
        assert changes == [("new-2023-own-r2", 7), ("new-2023-own-r3", 5)]
    restored = [*before, shown(5, 8)]
    on_top, anew, _ = _nights(restored, [*restored, shown(9, 12)])
    assert digest(on_top) == digest(anew)


def test_a_report_that_corrects_last_years_is_judged_with_the_years_beside_it() -> None:
    def filed(year: int, forward: int, over: int, day: int) -> ReadingRecord:
        cells = {(T, "carried_forward", "total"): forward, (T, "received_carried_over", "total"): over}
        return record(reading(AGENCIES[2], year, cells=cells), retrieved_at=at(day))

    others = [record(reading(AGENCIES[3], year)) for year in (2021, 2022, 2023)]
    stay = [*others, filed(2023, 3, 0, 1), filed(2024, 0, 2, 2)]
    on_top, anew, lineages = _nights(stay, [*stay, filed(2023, 2, 0, 3)])
    assert digest(on_top) == digest(anew) and lineages == 1
    (carried,) = _issues(on_top, "rule = 'carry_over_continuity'")
    assert carried["resolved_at"] is not None


def test_a_new_report_is_judged_with_the_relatives_that_are_not_judged_again() -> None:
    def filed(agency: str, year: int, **more: Any) -> ReadingRecord:
        cells = _busy(1) | {(T, "received_new", "total"): 5}
        return record(reading(agency, year, cells=cells, narrative=_narrative(0), **more), retrieved_at=at(year - 2019))

    stay = [filed(AGENCIES[3], 2022), filed(AGENCIES[2], 2023, scope="area"), filed(AGENCIES[2], 2024)]
    on_top, anew, lineages = _nights(stay, [*stay, filed(AGENCIES[0], 2023)])
    assert digest(on_top) == digest(anew)
    relatives = {rule.code for rule in catalogue().values() if rule.judged_on == "relatives"}
    raised = {issue["rule"] for issue in _issues(on_top)} & relatives
    assert lineages == 1 and {"tables_copied", "narrative_copied", "area_report_missing"} <= raised


def test_nothing_new_is_judged_again_for_nobody() -> None:
    made = [record(reading("示例县商务局", 2023, cells={(T, "received_new", "total"): 1}))]
    on_top, anew, lineages = _nights(made, made)
    assert digest(on_top) == digest(anew)
    assert lineages == 0 and _issues(on_top)


def _issues(path: Path, condition: str = "true") -> list[dict[str, Any]]:
    with duckdb.connect(str(path), read_only=True) as con:
        found: list[dict[str, Any]] = con.sql(f"FROM quality_issue WHERE {condition}").to_arrow_table().to_pylist()
        return found


def test_tables_made_part_by_part_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = record(reading(AGENCIES[0], 2021), salt="seen twice")
    again = replace(agency, agency="示例区商务局", retrieved_at=at(3))
    made = [record(reading(f"示例县第{number}局", year)) for number in range(5) for year in (2021, 2022)]
    made += [
        agency,
        again,
        record(failed_reading()),
        record(reading("示例县商务局", 2021, cells={(T, "received_new", "total"): 9})),
    ]
    whole, parts = Home(tmp_path / "whole"), Home(tmp_path / "parts")
    put(whole, made)
    night(whole, 1)
    monkeypatch.setattr(transforming, "PART", 3)
    put(parts, made)
    assert night(parts, 1)[0].parts is not None
    assert digest(published(parts)) == digest(published(whole))
