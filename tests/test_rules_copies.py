"""Copied tables and copied prose: what is a copy, of what, and who may share it."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from expectations.rules import rule_of
from extract.sketch import SHORTEST, sketch
from tests.factories import reading, record, register
from tests.rule_agencies import (
    BUSY,
    GOVERNMENT,
    MERGED,
    NEW,
    OFFICE,
    OLD,
    OTHER,
    QUIET,
    SPLIT,
    TINY,
    beside,
    department,
    office,
)
from tests.test_rules_support import at, found, one
from transform.agencies import Register

T, R, P = "applications", "review_litigation", "proactive"


# Tables of another agency


def test_tables_copied() -> None:
    first, copy = one(BUSY, year=2023, agency=OTHER), one(BUSY)
    (issue,) = found([copy, first], "tables_copied")
    assert (issue["filing_id"], issue["place"]) == ("new-2024-own-r1", "applications")
    assert f"与{OTHER}2023年度报告完全相同" in issue["message_zh"]
    assert found([one(QUIET, agency=OTHER), one(QUIET)], "tables_copied") == []
    assert found([one({}, agency=OTHER), one({})], "tables_copied") == []
    assert found([first, one(BUSY | {(P, "licensing", "decisions"): 8})], "tables_copied") == []


def test_two_tiny_offices_alike_by_chance_are_no_copies() -> None:
    assert sum(1 for value in TINY.values() if value) == 12
    assert found([one(TINY, agency=OTHER), one(TINY)], "tables_copied") == []
    # Nor does it help that one figure stands in many cells.
    same = {key: 1 for key, value in BUSY.items() if value}
    assert found([one(same, agency=OTHER), one(same)], "tables_copied") == []


def test_of_one_year_the_table_published_later_is_the_copy() -> None:
    early, late = one(BUSY, agency=NEW, published_on="2025-01-10"), one(BUSY, agency=OTHER, published_on="2025-01-20")
    assert [issue["filing_id"] for issue in found([late, early], "tables_copied")] == ["other-2024-own-r1"]


def test_every_copy_is_named_against_the_original() -> None:
    agencies = Register([department(number, parent=None) for number in range(6)])
    copies = [one(BUSY, agency=f"示例县第{number}局", year=2020 + number) for number in range(6)]
    raised = found(copies, "tables_copied", agencies)
    assert len(raised) == 5 and all("示例县第0局2020年度" in issue["message_zh"] for issue in raised)


def test_a_superseded_revision_is_no_copy() -> None:
    wrong = record(reading(cells=BUSY), retrieved_at=at(2))
    right = record(reading(), retrieved_at=at(3))
    original = one(BUSY, year=2023, agency=OTHER)
    assert len(found([original, wrong], "tables_copied")) == 1
    assert found([original, wrong, right], "tables_copied") == []


@pytest.mark.parametrize("head", [{"parent": "xian"}, {"region_code": "990121"}])
def test_a_government_and_its_office_may_share_tables_and_prose(head: dict[str, Any]) -> None:
    agencies = beside(office(**head))
    pair = [one(BUSY, agency=GOVERNMENT, scope="area", narrative=_prose()),
            one(BUSY, agency=OFFICE, scope="represented", narrative=_prose())]  # fmt: skip
    assert found(pair, "tables_copied", agencies) == found(pair, "narrative_copied", agencies) == []
    assert len(found(pair, "tables_copied", beside(office(region_code="990122")))) == 1
    assert len(found(pair, "narrative_copied", beside(office(region_code="990122")))) == 1


@pytest.mark.parametrize(
    ("agencies", "before", "after"),
    [(register(), OLD, NEW), (MERGED, "示例县甲局", "示例县甲乙局"), (SPLIT, "示例县甲乙局", "示例县甲局")],
)
def test_an_agency_may_share_tables_and_older_prose_with_its_predecessors(
    agencies: Register, before: str, after: str
) -> None:
    pair = [
        one(BUSY, agency=before, year=2020, narrative=_prose()),
        one(BUSY, agency=after, year=2022, narrative=_prose()),
    ]
    assert found(pair, "tables_copied", agencies) == found(pair, "narrative_copied", agencies) == []


# Prose

LEAST, LEAST_OWN = rule_of("narrative_copied").parameters["least"], rule_of("narrative_copied").parameters["least_own"]


def _text(seed: str = "a", length: int = 2000) -> str:
    random = Random(seed)
    return "".join(chr(random.randint(0x4E00, 0x9000)) for _ in range(length))


def _prose(seed: str = "a", own: float = 0.0, length: int = 2000) -> dict[str, Any]:
    """A narrative of which the share ``own`` is its own, the rest that of ``seed``."""
    text = _text(seed, length)
    kept = text[: round(length * (1 - own))] + _text(f"{seed}{own}", round(length * own))
    return {"characters": len(kept), "sketch": sketch(kept), "text": kept}


def test_prose_of_another_agency() -> None:
    first = one({}, year=2022, agency=OTHER, narrative=_prose())
    copy = one({}, narrative=_prose(own=0.05))
    (issue,) = found([copy, first], "narrative_copied")
    assert (issue["filing_id"], issue["place"], issue["expected"]) == ("new-2024-own-r1", "narrative", None)
    assert 0.82 < float(issue["actual"]) < 0.98  # 5 per cent of the text changed: nine tenths of all runs are shared
    assert f"{OTHER}2022年度报告的正文相似度约为{round(float(issue['actual']) * 100)}%" in issue["message_zh"]
    assert found([first, one({}, narrative=_prose(own=0.4))], "narrative_copied") == []
    assert found([first, one({}, narrative=_prose("b"))], "narrative_copied") == []
    assert found([first, one({}, narrative=None)], "narrative_copied") == []


def test_prose_of_last_year() -> None:
    last = one({}, year=2023, narrative=_prose())
    (issue,) = found([last, one({}, narrative=_prose())], "narrative_copied")
    assert (issue["filing_id"], issue["actual"]) == ("new-2024-own-r1", "1")
    assert "与本机关2023年度报告的正文相似度约为100%" in issue["message_zh"]
    # What is less alike goes on from year to year, and an older report is no last year's.
    assert LEAST < 0.85 < LEAST_OWN
    assert found([last, one({}, narrative=_prose(own=0.09))], "narrative_copied") == []
    assert found([one({}, year=2022, narrative=_prose()), one({}, narrative=_prose())], "narrative_copied") == []
    old = one({}, agency=OLD, year=2021, narrative=_prose())
    assert len(found([old, one({}, year=2022, narrative=_prose())], "narrative_copied")) == 1


def test_short_prose_is_not_judged() -> None:
    short = {"narrative": _prose(length=SHORTEST - 1)}
    assert found([one({}, year=2023, agency=OTHER, **short), one({}, year=2023, **short), one({}, **short)],
                 "narrative_copied") == []  # fmt: skip


def test_the_most_similar_is_named() -> None:
    records = [
        one({}, year=2023, narrative=_prose(own=0.04)),
        one({}, year=2022, agency=OTHER, narrative=_prose()),
        one({}, year=2023, agency=GOVERNMENT, narrative=_prose(own=0.06)),
        one({}, narrative=_prose()),
    ]
    raised = {issue["filing_id"]: issue for issue in found(records, "narrative_copied")}
    assert set(raised) == {"new-2023-own-r1", "xian-2023-own-r1", "new-2024-own-r1"}
    assert raised["new-2024-own-r1"]["actual"] == "1" and OTHER in raised["new-2024-own-r1"]["message_zh"]


def test_a_copy_among_many_of_one_template_is_found() -> None:
    agencies = Register([department(number, parent=None) for number in range(150)])
    template = _text("template")[:1200]
    records = []
    for number in range(150):
        own = _text(f"own {number if number != 149 else 75}", 600)
        text = template + own if number != 149 else template + own[:570] + _text("new", 30)
        prose = {"characters": len(text), "sketch": sketch(text), "text": text}
        records.append(one({}, agency=f"示例县第{number}局", year=2023 if number < 149 else 2024, narrative=prose))
    (issue,) = found(records, "narrative_copied", agencies)
    assert issue["filing_id"].startswith("d149-2024") and "示例县第75局" in issue["message_zh"]
