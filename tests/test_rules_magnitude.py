"""Figures that are powers of ten off, by the agency's own years and by its peers."""

from __future__ import annotations

from typing import Any

import pytest

from extract.forms import CellKey
from tests.rule_agencies import MERGED, OLD, OTHER, SPLIT, beside, department
from tests.test_rules_support import found, one
from transform.agencies import Register
from transform.frames import ReadingRecord

T, R, P = "applications", "review_litigation", "proactive"


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


def test_of_years_alike_the_latest_is_named() -> None:
    (issue,) = found(_series(LICENCES, 131, 131, 120, 131, 120000), "implausible_magnitude")
    assert "2024年度" in issue["message_zh"]
    (low,) = [
        i for i in found(_series(LICENCES, 3000, 30, 3000, 3000), "implausible_magnitude") if i["severity"] == "warning"
    ]
    assert "2024年度" in low["message_zh"]


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
    agencies = [department(number, **head) for number in range(count)] + [department(99, parent="xian")]
    return beside(*agencies), [one({FEES: 10 + number}, agency=f"示例县第{number}局") for number in range(count)]


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
    ("values", "years"),
    [
        ((30, 190), {2022}), ((30, 5), {2022}), ((30, 0), {2022}), ((30, 140), set()), ((19, 190), set()),
        ((30, "blank"), set()), (("blank", 190), set()), ((30, None, 190), set()),
    ],
)  # fmt: skip
def test_jumps_of_main_counts_are_remarks(values: tuple[Any, ...], years: set[int]) -> None:
    for key in (LICENCES, (T, "received_new", "total")):
        raised = found(_series(key, *values), "implausible_magnitude")
        assert {(issue["report_year"], issue["severity"]) for issue in raised} == {(year, "info") for year in years}
    assert found(_series((T, "granted", "total"), *values), "implausible_magnitude") == []
