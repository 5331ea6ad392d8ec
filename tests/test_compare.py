"""A build beside the published one: what was lost or changed, and what of it keeps it from being published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from extract.forms import load_forms
from flows import stages
from flows.transforming import Build, transform
from tests.factories import NOON, reading, record
from tests.nights import night, published, put, rows
from transform.frames import ReadingRecord
from warehouse import compare as comparing
from warehouse.compare import Limit, limits, measures_in_words
from warehouse.home import Home

T = "applications"
CELL = (T, "received_new", "total")


def filed(number: int, year: int = 2023, received: Any = 3) -> ReadingRecord:
    return record(reading(f"示例县第{number}局", year, cells={CELL: received}), salt=f"{number}-{year}")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    put(home, [filed(number) for number in range(60)])
    night(home, 1)
    return home


def compared(home: Home, records: list[ReadingRecord]) -> comparing.Comparison:
    put(home, records)
    build = Build("20240101T000000002Z-000000000002", "run-2", "2024-01-01T00:02:00+00:00")
    made = transform(home, build)
    draft, _ = stages.load(home, made, build)
    stages.judge(draft, made)
    found = stages.compare(home, draft, made)
    assert found is not None
    stages.keep(home, draft, made, build)
    return found


def test_the_same_again_breaks_nothing(home: Home) -> None:
    found = compared(home, [filed(number) for number in range(60)])
    assert not found.broken_floors and not found.broken_ceilings
    assert found.measures["filings_kept"] == found.measures["documents_kept"] == 1
    assert found.rows["dim_filing"] == (60, 60) and found.measures["cells_changed"] == 0


def test_lost_filings_break_the_floors(home: Home) -> None:
    found = compared(home, [filed(number) for number in range(55)])
    assert found.measures["filings_kept"] == pytest.approx(55 / 60)
    assert len(found.broken_floors) == 4 and "91.67%" in found.broken_floors[0]


def test_new_revisions_that_lost_their_figures_break_a_floor(home: Home) -> None:
    emptied = [
        record(reading(f"示例县第{number}局", 2023, cells=dict.fromkeys(load_forms()["2021"].cells(), "missing")),
               salt="cut", retrieved_at=NOON + timedelta(days=1))
        for number in range(6)
    ]  # fmt: skip
    found = compared(home, [*(filed(number) for number in range(60)), *emptied])
    assert found.measures["filings_kept"] == 1 and found.measures["current_figures_kept"] == pytest.approx(0.9)
    (broken,) = found.broken_floors
    assert "90.00%" in broken
    told = {name: found.measures[f"issues_{name}"] or 0 for name in ("before", "now", "new", "gone")}
    assert told["new"] > 0 and told["now"] == told["before"] + told["new"] - told["gone"]


def test_figures_that_changed_without_their_document_break_a_ceiling_and_are_noted(home: Home) -> None:
    before = filed(0)
    other = reading("示例县第0局", 2023, cells={CELL: 4})
    changed = ReadingRecord({**other, "sha256": before.sha256}, before.sha256, "test", "http://a.example/",
                            before.retrieved_at)  # fmt: skip
    found = compared(home, [changed, *(filed(number) for number in range(1, 60))])
    assert found.measures["cells_changed"] == 1 and not found.broken_floors
    night(home, 3)
    (noted,) = rows(home, "FROM figure_change")
    assert (noted["value_before"], noted["value_after"], noted["column_code"]) == (3, 4, "total")
    as_of = "SELECT value FROM figures_as_of(DATE '{}') WHERE filing_id = '{}' AND row_code = 'received_new' "
    for day, value in (("2024-01-01", None), ("2025-06-01", 3), ("2026-06-01", 4)):
        found_then = rows(home, as_of.format(day, noted["filing_id"]) + "AND column_code = 'total'")
        assert [row["value"] for row in found_then] == ([] if value is None else [value])
    put(home, [changed, *(filed(number) for number in range(1, 61))])
    night(home, 4, whole=True)
    assert rows(home, "FROM figure_change") == [noted]


def test_a_limit_says_nothing_of_few() -> None:
    limit = Limit("kept", 0.99, "before", True, "保留", "kept")
    assert limit.breach({"kept": 0.5, "before": comparing.MINIMUM - 1}) is None
    assert limit.breach({"kept": None, "before": 1000}) is None
    assert "50.00%" in str(limit.breach({"kept": 0.5, "before": 1000}))
    assert Limit("grown", 0.25, "before", False, "增", "grown").breach({"grown": 0.3, "before": 1000})


def test_floors_speak_of_what_is_measured(home: Home) -> None:
    found = compared(home, [filed(number) for number in range(60)])
    assert {limit.measure for limit in limits()} | {limit.base for limit in limits()} <= set(found.measures)
    assert list(measures_in_words()) == list(found.measures)


def test_a_build_is_kept_beside_the_published_one(home: Home) -> None:
    before = published(home)
    compared(home, [filed(number) for number in range(30)])
    assert published(home) == before
    assert (home.warehouse / "warehouse-20240101T000000002Z-000000000002.duckdb").is_file()
