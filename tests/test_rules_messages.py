"""What issues say: official labels, both figures, how to mend it, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.rules.labels import cell_label, place_label, row_label
from extract.forms import CellKey
from tests.factories import reading, record
from tests.test_rules_support import found, issues, judged, one

T = "applications"
R = "review_litigation"


def test_a_sum_of_table_four() -> None:
    (issue,) = found([one({(R, "review", "upheld"): 10, (R, "review", "corrected"): 1})], "review_sum")
    assert issue["message_zh"] == (
        "表四“行政复议”一栏：结果维持10＋结果纠正1＋其他结果0＋尚未审结0＝11，但“总计”填的是0。请核对后更正总计或各分项。"
    )
    assert issue["message_en"] == (
        "Table 4, “Administrative review”: Upheld 10 + Corrected 1 + Other result 0 + Pending 0 = 11, "
        "but “Total” says 0. Check and correct the total or its parts."
    )


@pytest.mark.parametrize(
    ("rule", "cells", "parts"),
    [
        ("applications_balance", {(T, "received_new", "commercial_enterprise"): 2},
         ["表三“法人或其他组织·商业企业”一列", "本年新收政府信息公开申请数量2＋",
          "＝2，但（七）总计0＋四、结转下年度继续办理0＝0"]),
        ("applications_outcome_sum", {(T, "refused.state_secret", "total"): 2},
         ["表三“总计”一列", "（三）1.属于国家秘密2＝2（其余各项未填写或为0）", "“（七）总计”填的是0"]),
        ("applications_outcome_sum", {(T, "concluded_total", "total"): 2}, ["各分项均未填写或为0，合计为0"]),
        ("applications_applicant_sum", {(T, "refused.state_secret", "natural_person"): 2},
         ["表三“（三）不予公开·1.属于国家秘密”一行", "自然人2＋商业企业0", "“总计”填的是0"]),
        ("litigation_direct_sum", {(R, "litigation_direct", "total"): 2}, ["表四“行政诉讼·未经复议直接起诉”一栏"]),
        ("total_blank", {(T, "granted", "total"): "blank", (T, "granted", "natural_person"): 2},
         ["表三“（一）予以公开”行“总计”列没有填写总计", "之和为2"]),
        ("total_blank", {(R, "review", "total"): "blank", (R, "review", "upheld"): "unreadable"},
         ["表四“行政复议·总计”没有填写总计，而其分项填有数字"]),
        ("not_a_count", {("proactive", "licensing", "decisions"): 1.5},
         ["表二“行政许可”行“本年处理决定数量”列填的是1.5"]),
    ],
)  # fmt: skip
def test_place_and_figures_are_named(rule: str, cells: dict[CellKey, Any], parts: list[str]) -> None:
    message = found([one(cells)], rule)[0]["message_zh"]
    for part in parts:
        assert part in message


def test_years_and_editions_are_named() -> None:
    last, this = one({(T, "carried_forward", "total"): 3}, year=2023), one({(T, "received_carried_over", "total"): 2})
    message = found([last, this], "carry_over_continuity")[0]["message_zh"]
    assert "2023年度报告“四、结转下年度继续办理”为3" in message and "填的是2" in message
    era = found([record(reading(form="2019", year=2022))], "form_era")[0]
    assert "2022年度报告应使用国办公开办函〔2021〕30号" in era["message_zh"]
    assert "2021 (国办公开办函〔2021〕30号)" in era["message_en"]
    missing = found([record(reading(year=2022)), record(reading())], "filing_missing")[0]
    assert "2022年度和2024年度" in missing["message_zh"] and "未找到2023年度" in missing["message_zh"]


def test_a_blank_is_not_said_to_be_a_figure() -> None:
    last = one({(T, "carried_forward", "natural_person"): 3}, year=2023)
    this = one({(T, "received_carried_over", "natural_person"): "blank"})
    assert "填的是空白（按0计）" in found([last, this], "carry_over_continuity")[0]["message_zh"]


def test_no_message_has_an_unfilled_slot() -> None:
    cells: dict[CellKey, Any] = {
        (T, "granted", "total"): "blank", (T, "granted", "natural_person"): 1.5, (T, "carried_forward", "total"): 1,
        (R, "review", "upheld"): 1, (R, "litigation_direct", "upheld"): 1, (R, "litigation_after_review", "upheld"): 1,
        ("proactive", "regulations", "in_force"): 4,
    }  # fmt: skip
    documents = [one(cells, year=year, published_on=f"{year + 2}-01-01", form="2019" if year == 2019 else "2021")
                 for year in (2021, 2022, 2024)]  # fmt: skip
    documents.append(record(reading(form="2019")))
    raised = issues(judged(documents))
    assert len({issue["rule"] for issue in raised}) >= 11
    for issue in raised:
        for text in (issue["message_zh"], issue["message_en"]):
            assert text and "{" not in text and "None" not in text, (issue["rule"], text)


def test_labels() -> None:
    assert row_label("2021", T, "other.other", "zh") == "（六）其他处理·3.其他"
    assert row_label("2021", T, "partly_granted", "zh", brief=True) == "（二）部分公开"
    assert row_label("2021", T, "refused.state_secret", "en") == "Refused: State secret"
    assert cell_label("2021", (R, "litigation_after_review", "pending"), "zh") == "表四“行政诉讼·复议后起诉·尚未审结”"
    assert cell_label("2021", (T, "granted", "total"), "en") == "Table 3, row “Granted”, column “Total”"


@pytest.mark.parametrize(
    ("place", "label"),
    [
        ("review_litigation", "表四"),
        ("review", "表四“行政复议”"),
        ("natural_person", "表三“自然人”列"),
        ("granted.total", "表三“（一）予以公开”行“总计”列"),
        ("fees.amount", "表二“行政事业性收费”行“本年收费金额”列"),
        ("published_on", None),
    ],
)
def test_a_place_in_words(place: str, label: str | None) -> None:
    assert place_label("2021", place, "zh") == label
