"""Rules that hold a filing against other agencies' filings: copies, magnitudes, sums of departments, stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from random import Random
from typing import Any

import pytest

from expectations.rules import rule_of
from extract.forms import CellKey
from extract.sketch import SHORTEST, sketch
from tests.factories import reading, record, register
from tests.test_rules_across import BUSY, MERGED, QUIET, SPLIT
from tests.test_rules_support import at, found, one
from transform.agencies import Agency, Register
from transform.frames import ReadingRecord

T, R, P = "applications", "review_litigation", "proactive"
GOVERNMENT, OFFICE = "示例县人民政府", "示例县人民政府办公室"
OLD, NEW, OTHER = "示例县商务和粮食局", "示例县商务局", "示例区商务局"


def _with(*others: Agency) -> Register:
    return Register([*register().agencies.values(), *others])


def _department(number: int, **head: Any) -> Agency:
    return Agency(f"d{number}", f"示例县第{number}局", "county", "education", **{"parent": "xian", **head})


# Tables of another agency


def test_tables_copied() -> None:
    first, copy = one(BUSY, year=2023, agency=OTHER), one(BUSY)
    (issue,) = found([copy, first], "tables_copied")
    assert (issue["filing_id"], issue["place"]) == ("new-2024-own-r1", "applications")
    assert f"与{OTHER}2023年度报告完全相同" in issue["message_zh"]
    assert found([one(QUIET, agency=OTHER), one(QUIET)], "tables_copied") == []
    assert found([one({}, agency=OTHER), one({})], "tables_copied") == []
    assert found([first, one(BUSY | {(P, "licensing", "decisions"): 8})], "tables_copied") == []


def test_of_one_year_the_table_published_later_is_the_copy() -> None:
    early, late = one(BUSY, agency=NEW, published_on="2025-01-10"), one(BUSY, agency=OTHER, published_on="2025-01-20")
    assert [issue["filing_id"] for issue in found([late, early], "tables_copied")] == ["other-2024-own-r1"]


def test_every_copy_is_named_against_the_original() -> None:
    agencies = Register([_department(number, parent=None) for number in range(6)])
    copies = [one(BUSY, agency=f"示例县第{number}局", year=2020 + number) for number in range(6)]
    raised = found(copies, "tables_copied", agencies)
    assert len(raised) == 5 and all("示例县第0局2020年度" in issue["message_zh"] for issue in raised)


def test_a_superseded_revision_is_no_copy() -> None:
    wrong = record(reading(cells=BUSY), retrieved_at=at(2))
    right = record(reading(), retrieved_at=at(3))
    original = one(BUSY, year=2023, agency=OTHER)
    assert len(found([original, wrong], "tables_copied")) == 1
    assert found([original, wrong, right], "tables_copied") == []


def _office(**head: Any) -> Agency:
    return Agency("office", OFFICE, "county", "government", **head)


@pytest.mark.parametrize("head", [{"parent": "xian"}, {"region_code": "990121"}])
def test_a_government_and_its_office_may_share_tables_and_prose(head: dict[str, Any]) -> None:
    agencies = _with(_office(**head))
    pair = [one(BUSY, agency=GOVERNMENT, scope="area", narrative=_prose()),
            one(BUSY, agency=OFFICE, scope="represented", narrative=_prose())]  # fmt: skip
    assert found(pair, "tables_copied", agencies) == found(pair, "narrative_copied", agencies) == []
    assert len(found(pair, "tables_copied", _with(_office(region_code="990122")))) == 1
    assert len(found(pair, "narrative_copied", _with(_office(region_code="990122")))) == 1


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
    agencies = Register([_department(number, parent=None) for number in range(150)])
    template = _text("template")[:1200]
    records = []
    for number in range(150):
        own = _text(f"own {number if number != 149 else 75}", 600)
        text = template + own if number != 149 else template + own[:570] + _text("new", 30)
        prose = {"characters": len(text), "sketch": sketch(text), "text": text}
        records.append(one({}, agency=f"示例县第{number}局", year=2023 if number < 149 else 2024, narrative=prose))
    (issue,) = found(records, "narrative_copied", agencies)
    assert issue["filing_id"].startswith("d149-2024") and "示例县第75局" in issue["message_zh"]


# Magnitudes

LICENCES, FEES = (P, "licensing", "decisions"), (P, "fees", "amount")


def _series(key: CellKey, *values: Any, first: int = 2021, **head: Any) -> list[ReadingRecord]:
    return [one({key: value}, year=first + number, **head) for number, value in enumerate(values) if value is not None]


@pytest.mark.parametrize(
    ("key", "values", "flagged"),
    [
        (LICENCES, (120, 131, 118, 125), {}),
        (LICENCES, (120, 131, 11800, 125), {"2023": "11800"}),
        (LICENCES, (120, 131, 118, 12500), {"2024": "12500"}),
        (LICENCES, (12500, 131, 118, 125), {"2021": "12500"}),
        (LICENCES, (3000, 3100, 30, 3200), {"2023": "30"}),
        (FEES, (12.5, 13.1, 125000, 12), {"2023": "125000"}),
        (FEES, (12.5, 125000), {"2022": "125000"}),
        # What rose or fell for good, and small counts that multiply, are none; nor is a first year.
        (LICENCES, (3000, 3100, 3200, 30), {}),
        (LICENCES, (12500, 131), {}),
        (LICENCES, (1, 2, 90, 1), {}),
        (LICENCES, (120, 11800, 12100, 11900), {}),
        (LICENCES, (0, 0, 500, 0), {}),
        (LICENCES, ("blank", "blank", 500, "unreadable"), {}),
        (LICENCES, (12500,), {}),
    ],
)
def test_magnitude_of_its_own_years(key: CellKey, values: tuple[Any, ...], flagged: dict[str, str]) -> None:
    raised = [i for i in found(_series(key, *values), "implausible_magnitude") if i["severity"] == "warning"]
    assert {str(issue["report_year"]): issue["actual"] for issue in raised} == flagged
    assert {issue["place"] for issue in raised} <= {f"{key[1]}.{key[2]}"}
    assert all(issue["expected"] is None for issue in raised)


def test_the_message_names_the_figure_compared_and_the_unit() -> None:
    (issue,) = found(_series(FEES, 12.5, 13.1, 125000), "implausible_magnitude")
    assert "而本机关2022年度报告的同一项为13.1，相差约9542倍。本项以万元为单位，如按元填写" in issue["message_zh"]
    (count,) = found(_series(LICENCES, 12, 13, 120000), "implausible_magnitude")
    assert "万元" not in count["message_zh"]


def test_magnitudes_are_compared_within_scope_and_lineage() -> None:
    area = [*_series(LICENCES, 12000, 12500, scope="area"), *_series(LICENCES, 120, 131)]
    assert found(area, "implausible_magnitude") == []
    renamed = [one({LICENCES: 120}, agency=OLD, year=2020), one({LICENCES: 130}, agency=OLD, year=2021),
               one({LICENCES: 13000}, year=2022)]  # fmt: skip
    assert [i["report_year"] for i in found(renamed, "implausible_magnitude")] == [2022]
    # A small agency that a large one takes in, or leaves, is not off by itself.
    filed = [one({LICENCES: 10}, agency="示例县甲局", year=year) for year in (2020, 2021)]
    filed += [one({LICENCES: 9000}, agency="示例县乙局", year=year) for year in (2020, 2021)]
    filed += [one({LICENCES: 9010}, agency="示例县甲乙局", year=year) for year in (2022, 2023)]
    assert found(filed, "implausible_magnitude", MERGED) == []
    split = [one({LICENCES: 9000}, agency="示例县甲乙局", year=year) for year in (2020, 2021)]
    split += [one({LICENCES: 10}, agency=name, year=2022) for name in ("示例县甲局", "示例县乙局")]
    assert [i for i in found(split, "implausible_magnitude", SPLIT) if i["severity"] == "warning"] == []


def _peers(count: int, **head: Any) -> tuple[Register, list[ReadingRecord]]:
    agencies = [_department(number, **head) for number in range(count)] + [_department(99, parent="xian")]
    return _with(*agencies), [one({FEES: 10 + number}, agency=f"示例县第{number}局") for number in range(count)]


def test_magnitude_of_a_first_filing_is_that_of_its_peers() -> None:
    agencies, filed = _peers(22)
    new = one({FEES: 170000}, agency="示例县第99局")
    (issue,) = found([*filed, new], "implausible_magnitude", agencies)
    assert (issue["filing_id"], issue["place"]) == ("d99-2024-own-r1", "fees.amount")
    assert "而同级同类23个机关近年同一项的中位数为21" in issue["message_zh"] and "万元为单位" in issue["message_zh"]
    assert found([*filed, one({FEES: 1700}, agency="示例县第99局")], "implausible_magnitude", agencies) == []
    # Few peers, and those of another sector, year or scope, are no yardstick.
    assert found([*filed[:18], new], "implausible_magnitude", agencies) == []
    assert (
        found([*filed, one({FEES: 170000}, agency="示例县第99局", year=2022)], "implausible_magnitude", agencies) == []
    )
    assert (
        found([*filed, one({FEES: 170000}, agency="示例县第99局", scope="area")], "implausible_magnitude", agencies)
        == []
    )
    assert found([*filed, one({FEES: 170000}, agency=OTHER)], "implausible_magnitude", agencies) == []


@pytest.mark.parametrize(
    ("values", "years"), [((30, 190), {2022}), ((30, 5), {2022}), ((30, 0), {2022}), ((30, 140), set()), ((19, 190), set()),
                          ((30, "blank"), set()), (("blank", 190), set()), ((30, None, 190), set())],
)  # fmt: skip
def test_jumps_of_main_counts_are_remarks(values: tuple[Any, ...], years: set[int]) -> None:
    for key in (LICENCES, (T, "received_new", "total")):
        raised = found(_series(key, *values), "implausible_magnitude")
        assert {(issue["report_year"], issue["severity"]) for issue in raised} == {(year, "info") for year in years}
    assert found(_series((T, "granted", "total"), *values), "implausible_magnitude") == []


# Departments and the whole

RECEIVED = (T, "received_new", "total")


def _whole(area: Any, *departments: Any, year: int = 2024) -> list[ReadingRecord]:
    filed = [one({RECEIVED: count}, agency=f"示例县第{n}局", year=year) for n, count in enumerate(departments)]
    return [one({RECEIVED: area}, agency=GOVERNMENT, scope="area", year=year), *filed]


@pytest.mark.parametrize(
    ("area", "departments", "expected"),
    [
        (10, (4, 6), set()),
        (10, (4, 7), {("11", "10")}),
        (10, ("blank", 11), {("11", "10")}),
        ("blank", (4, 7), set()),
        ("missing", (4, 7), set()),
        (10, (), set()),
        (0, (1,), {("1", "0")}),
    ],
)
def test_rollup_mismatch(area: Any, departments: tuple[Any, ...], expected: set[tuple[str, str]]) -> None:
    agencies = _with(*map(_department, range(3)))
    raised = found(_whole(area, *departments), "rollup_mismatch", agencies)
    assert {(issue["expected"], issue["actual"]) for issue in raised} == expected
    assert {(issue["place"], issue["filing_id"]) for issue in raised} <= {("received_new.total", "xian-2024-area-r1")}


def test_departments_found_and_missing_are_named() -> None:
    agencies = _with(*map(_department, range(9)))
    (issue,) = found(_whole(10, 4, 7), "rollup_mismatch", agencies)
    # 7 departments, and 示例县商务局 of the register; its predecessor is history.
    assert "已收集到的2个所属机关2024年度报告" in issue["message_zh"]
    assert (
        "另有8个所属机关的报告未收集到（示例县第2局、示例县第3局、" in issue["message_zh"]
        and "等）" in issue["message_zh"]
    )
    (case,) = found([one({(R, "review", "total"): 1}, agency="示例县第0局"), *_whole(0)], "rollup_mismatch", agencies)
    assert case["place"] == "review.total"


def test_only_own_reports_of_the_year_and_of_the_government_count() -> None:
    organ = Agency("d2", "示例县第2局", "vertical", "taxation", parent="xian")
    agencies = _with(_department(0), _department(1, parent=None), organ)
    assert found(_whole(5, 5, 9, 9), "rollup_mismatch", agencies) == []
    late = _whole(5, 9, year=2023)[1]
    assert found([*_whole(5), late], "rollup_mismatch", agencies) == []
    scopes = [one({RECEIVED: 9}, agency="示例县第0局", scope=scope) for scope in ("area", "unknown", "represented")]
    assert found([*_whole(5), *scopes], "rollup_mismatch", agencies) == []
    own = one({RECEIVED: 5}, agency=GOVERNMENT)
    assert found([own, _whole(5, 9)[1]], "rollup_mismatch", agencies) == []
    for first, last, count in ((5, 9, 1), (9, 5, 0)):
        revisions = [record(reading("示例县第0局", cells={RECEIVED: n}), retrieved_at=at(day))
                     for day, n in enumerate((first, last), start=1)]  # fmt: skip
        assert len(found([*_whole(5), *revisions], "rollup_mismatch", agencies)) == count


def test_departments_that_were_renamed_merged_or_split_count_once() -> None:
    under = [replace(a, parent="xian") for a in MERGED.agencies.values()]
    whole = one({RECEIVED: 10}, agency=GOVERNMENT, scope="area", year=2021)
    parts = [one({RECEIVED: 5}, agency=name, year=2021) for name in ("示例县甲局", "示例县乙局")]
    heir = record(reading("both", cells={RECEIVED: 10}, year=2021), agency="both")
    assert found([whole, *parts], "rollup_mismatch", _with(*under)) == []
    assert found([whole, *parts, heir], "rollup_mismatch", _with(*under)) == []
    over = [one({RECEIVED: 6}, agency=name, year=2021) for name in ("示例县甲局", "示例县乙局")]
    assert len(found([whole, *over], "rollup_mismatch", _with(*under))) == 1
    split = [replace(a, parent="xian") for a in SPLIT.agencies.values()]
    before = record(reading("whole", cells={RECEIVED: 10}, year=2022), agency="whole")
    after = [one({RECEIVED: 5}, agency=name, year=2022) for name in ("示例县甲局", "示例县乙局")]
    whole_2022 = one({RECEIVED: 10}, agency=GOVERNMENT, scope="area", year=2022)
    assert found([whole_2022, *after], "rollup_mismatch", _with(*split)) == []
    assert found([whole_2022, before, *after], "rollup_mismatch", _with(*split)) == []


def test_departments_of_a_county_that_became_a_district() -> None:
    county = Agency("xian-old", "示例旧县人民政府", "county", "government", "990131", valid_to=date(2021, 12, 31),
                    successor="qu-new")  # fmt: skip
    district = Agency("qu-new", "示例新区人民政府", "county", "government", "990105", valid_from=date(2022, 1, 1))
    agencies = Register([county, district, _department(0, parent="xian-old"), _department(1, parent="qu-new")])
    filed = [one({RECEIVED: 6}, agency=f"示例县第{n}局", year=2023) for n in (0, 1)]
    whole = one({RECEIVED: 11}, agency="示例新区人民政府", scope="area", year=2023)
    (issue,) = found([whole, *filed], "rollup_mismatch", agencies)
    assert (issue["expected"], issue["actual"]) == ("12", "11")


# Agencies that stopped


def _filed(*plan: tuple[str, range], **head: Any) -> list[ReadingRecord]:
    return [one({}, agency=name, year=year, **head) for name, years in plan for year in years]


STEADY = [(f"示例县第{number}局", range(2021, 2025)) for number in range(3)]


def _stopped(plan: list[tuple[str, range]], agencies: Register | None = None) -> list[tuple[str, str]]:
    agencies = agencies or _with(*(_department(number, region_code=f"99013{number}") for number in range(9)))
    raised = found(_filed(*plan), "filing_stopped", agencies)
    assert all(issue["filing_id"] is None and issue["place"] == str(issue["report_year"]) for issue in raised)
    return [(issue["agency_id"], issue["place"]) for issue in raised]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (range(2021, 2025), []),
        (range(2021, 2024), [("d5", "2024")]),
        (range(2020, 2023), [("d5", "2023")]),
        (range(2023, 2024), []),  # one year is no habit
        (range(2021, 2024, 2), []),
    ],
)
def test_filing_stopped(years: range, expected: list[tuple[str, str]]) -> None:
    assert _stopped([*STEADY, ("示例县第5局", years)]) == expected


def test_a_year_is_due_once_half_of_the_kind_has_filed() -> None:
    early = [(name, range(2021, 2024)) for name, _ in STEADY[:2]]
    assert _stopped([STEADY[2], *early]) == []
    assert len(_stopped([STEADY[2], ("示例县第5局", range(2021, 2025)), *early])) == 2
    # Governments file later than departments.
    assert _stopped([*STEADY, (GOVERNMENT, range(2021, 2024))]) == []


def test_a_missing_year_between_is_another_rule() -> None:
    plan = [*STEADY, ("示例县第5局", range(2020, 2023)), ("示例县第5局", range(2024, 2025))]
    assert _stopped(plan) == []
    assert [issue["place"] for issue in found(_filed(*plan), "filing_missing")] == ["2023"]


def test_stopped_was_first_seen_when_half_had_filed() -> None:
    days = {"示例县第0局": 3, "示例县第1局": 5, "示例县第2局": 9}
    filed = [record(reading(name, year), retrieved_at=at(days.get(name, 1) if year == 2024 else 1))
             for name, years in [*STEADY, ("示例县第5局", range(2021, 2024))] for year in years]  # fmt: skip
    agencies = _with(*(_department(number, region_code=f"99013{number}") for number in range(9)))
    (issue,) = found(filed, "filing_stopped", agencies)
    assert issue["first_seen_at"].day == 5
    assert "2021年度至2023年度有报告，此后未找到2024年度的报告" in issue["message_zh"]


def test_agencies_that_ended_were_renamed_merged_or_split_have_not_stopped() -> None:
    def plan(*others: tuple[str, range]) -> list[tuple[str, range]]:
        return [(name, range(2019, 2025)) for name, _ in STEADY] + list(others)

    peers = [_department(number, region_code=f"99013{number}") for number in range(9)]
    ended = replace(peers[5], valid_to=date(2024, 6, 30))
    assert _stopped(plan(("示例县第5局", range(2020, 2024))), _with(*peers[:5], ended)) == []
    renamed = plan((OLD, range(2019, 2022)), (NEW, range(2022, 2025)))
    assert _stopped(renamed, _with(*peers)) == []
    assert _stopped(plan((OLD, range(2019, 2022))), _with(*peers)) == [("old", "2022")]
    parts = [("示例县甲局", range(2019, 2022)), ("示例县乙局", range(2019, 2022))]
    merged = _with(*MERGED.agencies.values(), *peers)
    assert _stopped(plan(*parts, ("示例县甲乙局", range(2022, 2025))), merged) == []
    assert _stopped(plan(*parts), merged) == []
    split = _with(*SPLIT.agencies.values(), *peers)
    both = [("示例县甲乙局", range(2019, 2022)), ("示例县甲局", range(2022, 2025)), ("示例县乙局", range(2022, 2025))]
    assert _stopped(plan(*both), split) == []


def test_a_new_name_of_the_same_division_and_sector_may_be_the_successor() -> None:
    peers = [_department(number, region_code=f"99013{number}") for number in range(9)]
    twin = Agency("twin", "示例县教育和体育局", "county", "education", "990135")
    plan = [*STEADY, ("示例县第5局", range(2021, 2024)), ("示例县教育和体育局", range(2024, 2025))]
    assert _stopped(plan, _with(*peers, twin)) == []
    elsewhere = replace(twin, region_code="990136")
    assert _stopped(plan, _with(*peers, elsewhere)) == [("d5", "2024")]


def test_an_unknown_agency_without_a_division_is_not_said_to_have_stopped() -> None:
    assert _stopped([*STEADY, ("某某促进中心", range(2021, 2024))]) == []


# Whole-area reports


def _scopes(*scopes: tuple[int, str], agency: str = GOVERNMENT) -> list[ReadingRecord]:
    return [one({}, agency=agency, year=year, scope=scope) for year, scope in scopes]


@pytest.mark.parametrize(
    ("scopes", "years"),
    [
        ([(2022, "area"), (2023, "own")], {2023}),
        ([(2023, "own"), (2024, "area")], {2023}),
        ([(2022, "represented"), (2023, "own"), (2024, "own")], {2023}),
        ([(2022, "area"), (2023, "own"), (2023, "area")], set()),
        ([(2022, "area"), (2023, "own"), (2023, "unknown")], set()),
        ([(2022, "own"), (2023, "own")], set()),
        ([(2021, "area"), (2023, "own")], set()),
        ([(2022, "area")], set()),
    ],
)
def test_area_report_missing(scopes: list[tuple[int, str]], years: set[int]) -> None:
    raised = found(_scopes(*scopes), "area_report_missing")
    assert {issue["report_year"] for issue in raised} == years
    assert all((i["place"], i["expected"], i["actual"]) == ("scope", "area", "own") for i in raised)
    # A department, a township has no area of its own to report about.
    assert found(_scopes(*scopes, agency=NEW), "area_report_missing") == []


def test_the_office_may_report_for_its_government() -> None:
    agencies = _with(_office(parent="xian"))
    filed = _scopes((2022, "area"), (2023, "own"))
    assert len(found(filed, "area_report_missing", agencies)) == 1
    assert found([*filed, *_scopes((2023, "represented"), agency=OFFICE)], "area_report_missing", agencies) == []
    # An office that always reports about itself does not take its government's place.
    beside = [*_scopes((2022, "area"), (2024, "area")), *_scopes((2022, "own"), (2023, "own"), agency=OFFICE)]
    assert found(beside, "area_report_missing", agencies) == []


def test_a_county_that_became_a_district_is_one_government() -> None:
    county = Agency("xian-old", "示例旧县人民政府", "county", "government", "990131", valid_to=date(2021, 12, 31),
                    successor="qu-new")  # fmt: skip
    district = Agency("qu-new", "示例新区人民政府", "county", "government", "990105", valid_from=date(2022, 1, 1))
    agencies = Register([county, district])
    filed = [*_scopes((2021, "area"), agency="示例旧县人民政府"), *_scopes((2022, "area"), agency="示例新区人民政府")]
    assert found(filed, "area_report_missing", agencies) == []
    filed = [*_scopes((2021, "area"), agency="示例旧县人民政府"), *_scopes((2022, "own"), agency="示例新区人民政府")]
    assert [issue["report_year"] for issue in found(filed, "area_report_missing", agencies)] == [2022]
