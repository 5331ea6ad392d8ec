"""Figures that are powers of ten off, by the agency's own years and by its peers."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.check import check_readings
from extract.forms import CellKey
from tests.rule_agencies import MERGED, OLD, OTHER, SPLIT, beside, department
from tests.test_rules_support import found, one
from transform.agencies import Agency, Register
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
    assert (
        "而本机关2022年度报告的同一项为13.1，相差约9542倍。本项以万元为单位，125000万元即12.5亿元；"
        in issue["message_zh"]
    )
    assert "如按元填写，125000元应换算为12.5万元填报" in issue["message_zh"]
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
    new = one({FEES: 30000.5}, agency="示例县第99局")
    (issue,) = found([*filed, new], "implausible_magnitude", agencies)
    assert (issue["filing_id"], issue["place"]) == ("d99-2024-own-r1", "fees.amount")
    assert "而同级同类23个机关近年同一项的中位数为21" in issue["message_zh"] and "万元为单位" in issue["message_zh"]
    assert found([*filed, one({FEES: 1700}, agency="示例县第99局")], "implausible_magnitude", agencies) == []
    # Few peers, and those of another sector, year or scope, are no yardstick.
    assert found([*filed[:18], new], "implausible_magnitude", agencies) == []
    assert (
        found([*filed, one({FEES: 30000.5}, agency="示例县第99局", year=2022)], "implausible_magnitude", agencies) == []
    )
    assert (
        found([*filed, one({FEES: 30000.5}, agency="示例县第99局", scope="area")], "implausible_magnitude", agencies)
        == []
    )
    assert found([*filed, one({FEES: 30000.5}, agency=OTHER)], "implausible_magnitude", agencies) == []


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


BUYING = (P, "procurement", "amount")
BY_LEVEL = Register([
    Agency("zhen", "示例镇人民政府", "township", "government"), Agency("ju", "示例县财政局", "county", "finance"),
    Agency("qu", "示例开发区管理委员会", "zone", "government"), Agency("shi", "示例市财政局", "prefecture", "finance"),
    Agency("sheng", "示例省财政厅", "province", "finance"),
])  # fmt: skip
TOWN, BUREAU, ZONE, CITY, PROVINCE = (agency.name for agency in BY_LEVEL.agencies.values())


@pytest.mark.parametrize(
    ("agency", "amount", "scope", "severity"),
    [
        (BUREAU, 288400, "own", "warning"),
        (BUREAU, 288400.57, "own", "warning"),
        (BUREAU, 28840, "own", "warning"),
        (BUREAU, 288400, "area", "warning"),
        (BUREAU, 28840, "area", "info"),
        (TOWN, 288400, "own", "warning"),
        (TOWN, 2884, "own", "warning"),
        (ZONE, 288400, "own", "warning"),
        (CITY, 288400, "own", "warning"),
        (CITY, 5884000.5, "area", "warning"),
        (PROVINCE, 9884000.5, "area", "warning"),
        ("名录外的机关", 9884000.5, "own", "warning"),
        # What such an agency can have, by figures of real reports above all.
        (BUREAU, 28.84, "own", None),
        (BUREAU, 96171.6, "own", None),
        (BUREAU, 9617, "own", None),
        (BUREAU, 96171.6, "area", None),
        (ZONE, 21643.44, "own", None),
        (TOWN, 190, "own", None),
        (CITY, 142390.66, "area", None),
        (PROVINCE, 912044.37, "area", None),
        ("名录外的机关", 288400, "own", None),
    ],
)
def test_an_amount_beyond_what_a_level_can_have(agency: str, amount: float, scope: str, severity: str | None) -> None:
    document = one({FEES: amount}, agency=agency, scope=scope)
    told = [issue["severity"] for issue in found([document], "implausible_magnitude", BY_LEVEL)]
    assert told == ([severity] if severity else [])
    (checked,) = check_readings([document.reading], BY_LEVEL)
    (cell,) = (cell["value"] for cell in checked["cells"] if cell["row"] == "fees")
    assert [i["severity"] for i in checked["issues"] if i["rule"] == "implausible_magnitude"] == told and cell == amount


def test_the_message_says_both_figures_and_both_units() -> None:
    (issue,) = found([one({FEES: 288400}, agency=BUREAU)], "implausible_magnitude", BY_LEVEL)
    assert issue["message_zh"] == (
        "表二“行政事业性收费”行“本年收费金额”列填的是288400，而县级机关一年的数额一般不到100000万元。本项以万元为单位，"
        "288400万元即28.84亿元；如按元填写，288400元应换算为28.84万元填报。请核对数字和单位；如属实，可在报告中说明原因。"
    )
    assert issue["message_en"] == (
        "Table 2, row “Administrative fees”, column “Fees collected this year” says 288400, but an agency of "
        "county level has as a rule less than 100000 万元. The amount is in 万元 (10,000 yuan); if it is 288400 yuan, "
        "write 28.84. "
        "Check the figure and its unit; where it is right, the report may say why."
    )
    assert (issue["expected"], issue["actual"]) == (None, "288400")
    (whole,) = found([one({FEES: 28840}, agency=BUREAU)], "implausible_magnitude", BY_LEVEL)
    assert "县级机关一年的数额，恰为整数万元的，一般不到10000万元。" in whole["message_zh"]
    assert "whose amount is a whole number of 万元 has as a rule less than 10000 万元." in whole["message_en"]


def test_purchases_and_the_amounts_of_the_form_of_2014() -> None:
    head: dict[str, Any] = {"agency": BUREAU, "form": "2019", "year": 2020}
    (issue,) = found([one({BUYING: 15000000}, **head)], "implausible_magnitude", BY_LEVEL)
    assert "15000000元合1500万元，请写明单位" in issue["message_zh"] and "300000万元" in issue["message_zh"]
    assert found([one({BUYING: 120000.5}, **head)], "implausible_magnitude", BY_LEVEL) == []
    head = {"agency": CITY, "form": "2014", "year": 2016}
    for row, amount, usual in (("charges", 3200, 0.32), ("budget", 150000, 15)):
        (issue,) = found([one({("statistics", row, "amount"): amount}, **head)], "implausible_magnitude", BY_LEVEL)
        assert issue["place"] == f"{row}.amount" and f"应换算为{usual}万元填报" in issue["message_zh"]
        assert found([one({("statistics", row, "amount"): usual}, **head)], "implausible_magnitude", BY_LEVEL) == []


def test_a_wrong_unit_is_told_once() -> None:
    """By its own years where there are some, by the prose where it states the other unit, else by the level."""
    years = [
        one({FEES: value}, agency=BUREAU, year=year) for year, value in ((2022, 28.1), (2023, 29.4), (2024, 288400))
    ]
    (issue,) = found(years, "implausible_magnitude", BY_LEVEL)
    assert "本机关2023年度报告" in issue["message_zh"] and "县级机关" not in issue["message_zh"]
    (same,) = found(years[2:], "implausible_magnitude", BY_LEVEL)
    assert same["issue_id"] == issue["issue_id"]  # so that a decision on it stays
    for stated, rules in ((28.84, ["narrative_mismatch"]), (30, ["narrative_mismatch"]),
                          (288400, ["implausible_magnitude"])):  # fmt: skip
        claims = [{"metric": "proactive.fees.amount", "value": stated, "sentence": "收费。", "scope": "own"}]
        (checked,) = check_readings([one({FEES: 288400}, agency=BUREAU, claims=claims).reading], BY_LEVEL)
        assert [i["rule"] for i in checked["issues"]] == rules


def test_an_amount_that_the_agency_files_every_year_in_the_wrong_unit() -> None:
    years = [one({FEES: value}, agency=BUREAU, year=year) for year, value in ((2023, 294000), (2024, 288400))]
    assert {i["report_year"] for i in found(years, "implausible_magnitude", BY_LEVEL)} == {2023, 2024}


def test_checked_filings_are_not_held_against_each_other() -> None:
    documents = [one({FEES: value, LICENCES: count}, agency=BUREAU, year=year).reading
                 for year, value, count in ((2022, 28.1, 30), (2023, 29.4, 31), (2024, 2884.5, 400))]  # fmt: skip
    assert [checked["issues"] for checked in check_readings(documents, BY_LEVEL)] == [[], [], []]


@pytest.mark.parametrize(
    ("form", "key", "raw", "value", "expected"),
    [
        ("2021", FEES, "288400元", 28.84, "288400"),
        ("2021", FEES, "288,400", 28.84, "288400"),
        ("2021", FEES, "２８８４００．５ 元", 28.8401, "288400.5"),
        ("2021", FEES, "0.3亿元", 3000, "0.3"),
        ("2021", FEES, "28.84万元", 28.84, None),
        ("2021", FEES, "28.84（含代收）", 28.84, None),
        ("2021", FEES, "0元", 0, None),
        ("2014", ("statistics", "budget", "amount"), "52000元", 5.2, "52000"),
        ("2019", BUYING, "251000元", 25.1, None),
    ],
)
def test_an_amount_in_another_unit_than_the_forms(
    form: str, key: CellKey, raw: str, value: float, expected: str | None
) -> None:
    document = one({key: value}, form=form, year={"2021": 2024, "2019": 2020, "2014": 2016}[form])
    (cell,) = (c for c in document.reading["cells"] if (c["table"], c["row"], c["column"]) == key)
    cell["raw"] = raw
    raised = found([document], "amount_unit")
    assert [issue["actual"] for issue in raised] == ([expected] if expected else [])
    if raw == "288400元":
        assert "填的是288400（元），换算为28.84万元。本项以万元为单位，请按万元填报" in raised[0]["message_zh"]
        assert "says 288400 in yuan, which is 28.84 万元" in raised[0]["message_en"]
