"""The other rules that one filing can be judged by."""

from __future__ import annotations

from typing import Any

import pytest

from extract.forms import CellKey
from tests.factories import reading, record
from tests.test_rules_support import at, found, one
from transform.agencies import Agency, Register

T = "applications"


@pytest.mark.parametrize(
    ("form", "key", "value", "actual"),
    [
        ("2021", ("proactive", "licensing", "decisions"), 1.5, "1.5"),
        ("2021", (T, "received_new", "natural_person"), -1, "-1"),
        ("2021", ("review_litigation", "review", "upheld"), 0.0001, "0.0001"),
        ("2019", ("proactive", "procurement", "projects"), -3, "-3"),
        ("2014", ("statistics", "trainees", "count"), 1.5, "1.5"),
        ("2014", ("statistics", "budget", "amount"), 1.5, None),
        ("2021", ("proactive", "licensing", "decisions"), 120000, None),
        ("2021", ("proactive", "fees", "amount"), 18.871, None),
        ("2021", ("proactive", "fees", "amount"), -2, None),
        ("2019", ("proactive", "licensing", "change"), -4, None),
        ("2019", ("proactive", "procurement", "amount"), 52.15, None),
        ("2021", ("proactive", "licensing", "decisions"), "unreadable", None),
    ],
)
def test_not_a_count(form: str, key: CellKey, value: Any, actual: str | None) -> None:
    raised = found([one({key: value}, form=form, year={"2021": 2024, "2019": 2020, "2014": 2016}[form])], "not_a_count")
    assert [(issue["place"], issue["expected"], issue["actual"]) for issue in raised] == (
        [] if actual is None else [(f"{key[1]}.{key[2]}", None, actual)]
    )


@pytest.mark.parametrize(
    ("form", "year", "expected"),
    [
        ("2019", 2021, "2021"),
        ("2021", 2020, "2019"),
        ("2019", 2019, None),
        ("2021", 2021, None),
        ("2019", 2018, "2014"),
        ("2014", 2018, None),
        ("2014", 2014, None),
        ("2014", 2019, "2019"),
        ("2014", 2013, None),
    ],
)
def test_form_era(form: str, year: int, expected: str | None) -> None:
    raised = found([record(reading(form=form, year=year))], "form_era")
    assert [(issue["place"], issue["expected"], issue["actual"]) for issue in raised] == (
        [] if expected is None else [("form", expected, form)]
    )


def _of(level: str | None, sector: str | None) -> Register:
    return Register([Agency("it", "示例机关", level, sector)])


@pytest.mark.parametrize(
    ("level", "sector", "year", "published_on", "last_day"),
    [
        ("county", "commerce", 2024, "2025-01-31", None),
        ("county", "commerce", 2024, "2025-02-01", "2025-01-31"),
        ("prefecture", "public_security", 2019, "2020-03-01", "2020-01-31"),
        ("central", "commerce", 2024, "2025-02-01", "2025-01-31"),
        ("county", "government", 2024, "2025-03-31", None),
        ("province", "government", 2024, "2025-04-01", "2025-03-31"),
        # Before the law of 2019 everyone had time until 31 March.
        ("county", "commerce", 2018, "2019-03-31", None),
        ("county", "commerce", 2018, "2019-04-01", "2019-03-31"),
        ("county", None, 2018, "2019-04-01", "2019-03-31"),
        # Not judged.
        ("township", "government", 2024, "2025-12-31", None),
        ("zone", "government", 2024, "2025-12-31", None),
        ("vertical", "finance", 2024, "2025-12-31", None),
        (None, "commerce", 2024, "2025-12-31", None),
        ("county", None, 2024, "2025-12-31", None),
        ("county", "commerce", 2024, None, None),
    ],
)
def test_late_publication(
    level: str | None, sector: str | None, year: int, published_on: str | None, last_day: str | None
) -> None:
    form = "2021" if year > 2020 else "2019"
    document = record(reading(agency="示例机关", year=year, form=form, published_on=published_on))
    raised = found([document], "late_publication", _of(level, sector))
    assert [(issue["place"], issue["expected"], issue["actual"]) for issue in raised] == (
        [] if last_day is None else [("published_on", last_day, published_on)]
    )


def test_a_correction_is_not_late_because_it_came_later() -> None:
    first = record(reading(published_on="2025-01-20"), retrieved_at=at(1))
    corrected = record(reading(published_on="2025-05-01", title="更正"), retrieved_at=at(9))
    assert found([first, corrected], "late_publication") == []
    # A later date of the first revision does not make up for it either.
    late = record(reading(published_on="2025-02-20"), retrieved_at=at(1))
    raised = found([late, corrected], "late_publication")
    assert [issue["actual"] for issue in raised] == ["2025-02-20", "2025-02-20"]
