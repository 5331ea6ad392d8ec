"""Checking documents in memory, and the report that a clerk reads."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from expectations.check import check_readings, render_report
from expectations.rules import RuleError
from extract.forms import CellKey
from tests.factories import failed_reading, reading, register
from tests.test_rules_support import found_while_reading

T = "applications"
R = "review_litigation"
UPHELD: CellKey = (R, "review", "upheld")


def check(*readings: dict[str, Any]) -> list[dict[str, Any]]:
    return check_readings(readings, register())


def rules(checked: dict[str, Any]) -> list[str]:
    return [issue["rule"] for issue in checked["issues"]]


def test_issues_have_the_shape_of_the_contract() -> None:
    (checked,) = check(reading(cells={UPHELD: 10, (R, "review", "corrected"): 1}))
    (issue,) = checked["issues"]
    assert set(issue) == {
        "rule", "severity", "origin", "where", "expected", "actual", "cells", "message_zh", "message_en",
        "hint", "hint_en", "cause_group",
    }  # fmt: skip
    assert (issue["where"], issue["expected"], issue["actual"]) == ("review", 11, 0)
    assert issue["cells"] == [[R, "review", column] for column in ("upheld", "corrected", "other", "pending", "total")]
    json.dumps(checked)


def test_figures_are_numbers_and_dates_text() -> None:
    cells: dict[CellKey, Any] = {("proactive", "licensing", "decisions"): 1.5}
    (checked,) = check(reading(cells=cells, published_on="2025-03-01"))
    figures = {issue["rule"]: (issue["expected"], issue["actual"]) for issue in checked["issues"]}
    assert figures == {"not_a_count": (None, 1.5), "late_publication": ("2025-01-31", "2025-03-01")}


def test_a_readers_issues_stay_as_they_are_and_come_first() -> None:
    own = found_while_reading("extraction_uncertain", "review.upheld", [UPHELD], expected="甲", actual=3)
    (checked,) = check(reading(cells={UPHELD: 1}, issues=[own]))
    assert checked["issues"][0] == {**own, "hint": None, "hint_en": None, "cause_group": None}
    assert rules(checked) == ["extraction_uncertain", "review_sum"]
    assert checked["issues"][1]["origin"] == "extraction"


def test_the_given_readings_are_not_changed() -> None:
    given = reading(cells={UPHELD: 1})
    check(given)
    assert given["issues"] == []


def test_issues_come_in_the_order_of_rules_and_form() -> None:
    cells: dict[CellKey, Any] = {
        (T, row, "total"): 1 for row in ("refused.state_secret", "granted", "not_processed.repeated")
    }
    (checked,) = check(reading(cells={**cells, UPHELD: 1}))
    assert [issue["where"] for issue in checked["issues"]] == [
        "total", "granted", "refused.state_secret", "not_processed.repeated", "review",
    ]  # fmt: skip


@pytest.mark.parametrize("head", [{"agency": None}, {"year": None}, {"agency": None, "year": None}])
def test_a_document_that_does_not_name_itself_is_judged_all_the_same(head: dict[str, Any]) -> None:
    (checked,) = check(reading(cells={UPHELD: 1}, published_on="2030-01-01", **head))
    assert rules(checked) == ["review_sum", "identity_unknown"]
    assert checked["agency"] == head.get("agency", "示例县商务局")
    assert checked["issues"][1]["where"] == "document"


def test_the_edition_is_judged_without_an_agency() -> None:
    (checked,) = check(reading(agency=None, form="2019"))
    assert rules(checked) == ["form_era", "identity_unknown"]


def test_rules_across_years_and_about_the_register_are_left_out() -> None:
    last, this = check(reading(year=2023, cells={(T, "carried_forward", "total"): 0}), reading(year=2025))
    assert rules(last) == rules(this) == []
    (unregistered,) = check(reading(agency="示例县不在名录局"))
    assert rules(unregistered) == []
    broken, after = check(reading(year=2023, cells={(T, "carried_forward", "total"): 3}), reading())
    assert "carry_over_continuity" not in rules(after) and rules(broken)


def test_the_same_document_twice_is_judged_twice() -> None:
    document = reading(cells={UPHELD: 1})
    assert [rules(checked) for checked in check(document, document)] == [["review_sum"], ["review_sum"]]


def test_a_document_that_could_not_be_read_stays_as_it_is() -> None:
    document = failed_reading()
    assert check(document) == [document]


def test_an_unknown_rule_of_a_reader_is_refused() -> None:
    with pytest.raises(RuleError, match="no_such_rule"):
        check(reading(issues=[found_while_reading("no_such_rule", "review.upheld")]))


def test_no_documents() -> None:
    assert check() == []
    assert "共 0 份文件" in render_report([])


def test_report_of_a_faulty_filing() -> None:
    merged = found_while_reading(
        "form_rows_merged", "other", severity="info", origin="filing", message_zh="合并为一行", message_en="one row"
    )
    report = render_report(
        check(reading(source="a.pdf", cells={UPHELD: 10}, published_on="2025-05-01", issues=[merged]))
    )
    lines = report.splitlines()
    assert "文件 Document：a.pdf" in lines
    assert "机关 Agency：示例县商务局" in lines
    assert any("2024" in line and "国办公开办函〔2021〕30号" in line and "本机关" in line for line in lines)
    order = [
        next(n for n, line in enumerate(lines) if line.startswith(word)) for word in ("错误", "警告", "提示", "小结")
    ]
    assert order == sorted(order)
    assert "结果维持10＋结果纠正0＋其他结果0＋尚未审结0＝10，但“总计”填的是0" in report
    assert "表四“行政复议” Table 4, “Administrative review”（第1页 p. 1）；应为 expected：10；实为 actual：0" in report
    assert "公开日期 date of publication" in report
    assert lines[-1].endswith("错误 errors 1，警告 warnings 1，提示 remarks 1")
    assert report.index("表四") < report.index("Table 4")


def test_report_of_clean_unreadable_and_doubtful_documents() -> None:
    doubtful = found_while_reading("extraction_uncertain", "review.upheld", [UPHELD], expected=1, actual=7)
    report = render_report(
        check(reading(), failed_reading(), reading(agency=None, year=None, scope="unknown", issues=[doubtful]))
    )
    assert "未发现问题。No issues found." in report
    assert "无法读取 Could not be read（encrypted）：locked" in report
    assert "可能是本系统读取所致" in report
    assert "机关 Agency：未识别 unknown" in report
    assert "整份文件 the document" in report
    assert "共 3 份文件 documents；未发现问题 clean 1；无法读取 unreadable 1；错误 errors 0，警告 warnings 2" in report


def test_checking_needs_no_great_expectations() -> None:
    code = "import sys, expectations.check; print('great_expectations' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
