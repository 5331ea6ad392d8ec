"""Checking documents in memory, and the report that a clerk reads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from expectations.check import check_readings, render_report
from expectations.rules import RuleError
from expectations.wrapping import width, wrapped
from extract.forms import CellKey, load_forms
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
    (checked,) = check(reading(cells={UPHELD: 1}, published_on="2025-06-01", **head))
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
    assert "文件 documents 0" in render_report([])


def joined(report: str) -> str:
    """The report without its line breaks (Chinese words run on; Latin ones need their space)."""
    return re.sub(r"\n\s*", "", report)


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
    assert any("2024" in line and "本机关" in line for line in lines)
    assert any("国办公开办函〔2021〕30号" in line for line in lines)
    order = [
        next(n for n, line in enumerate(lines) if line.startswith(word)) for word in ("错误", "警告", "提示", "小结")
    ]
    assert order == sorted(order)
    assert "结果维持10＋结果纠正0＋其他结果0＋尚未审结0＝10，但“总计”填的是0" in joined(report)
    assert "位置 where：表四“行政复议” Table 4, “Administrative review”（第1页 p. 1）" in joined(report)
    assert "     报告所填 actual：0；应为或对照 expected：10" in lines
    assert "     位置 where：公开日期 date of publication" in lines
    assert "更正方法 to mend：请按现行格式分行填写。" in report
    assert lines[-1].endswith("错误 errors 1，警告 warnings 1，提示 remarks 1")
    assert report.index("表四") < report.index("Table 4")


def test_report_of_clean_unreadable_and_doubtful_documents() -> None:
    doubtful = found_while_reading("cell_missing", "review.upheld", [UPHELD])
    report = render_report(
        check(reading(), failed_reading(), reading(agency=None, year=None, scope="unknown", issues=[doubtful]))
    )
    assert "未发现问题。No issues found." in report
    assert "无法读取 Could not be read（encrypted）：locked" in report
    assert "可能是本系统读取所致" in report and "请按规定格式补上" not in report
    assert "机关 Agency：未识别 unknown" in report
    assert "整份文件 the document" in report
    assert "文件 documents 3，未发现问题 clean 1，无法读取 unreadable 1；" in report
    assert report.splitlines()[-1] == "错误 errors 0，警告 warnings 2，提示 remarks 0"


def test_the_report_fits_eighty_columns() -> None:
    cells: dict[CellKey, Any] = {
        (T, row.code, "natural_person"): 12345
        for row in load_forms()["2021"].table(T).rows
        if row.item_group == "outcome"
    }
    report = render_report(check(reading(cells={**cells, UPHELD: 1}, title="长" * 200)))
    assert max(map(width, report.splitlines())) <= 80
    text = [line.strip() for line in report.splitlines()]
    assert all(line[0] not in "，。、；：）”" for line in text if line)
    assert all(line[-1] not in "（“＋＝" for line in text if line)


def explained(reading: dict[str, Any], *explanations: tuple[str | None, str | None]) -> str:
    """The report where the document's issues have these hints and causes."""
    (checked,) = check(reading)
    for issue, (hint, cause) in zip(checked["issues"], explanations, strict=True):
        issue |= {"hint": hint, "hint_en": hint and f"{hint} in English", "cause_group": cause}
    return render_report([checked])


BROKEN: dict[CellKey, Any] = {
    (T, "granted", "natural_person"): 1,
    UPHELD: 1,
    ("proactive", "licensing", "decisions"): -1,
}


def test_a_hint_is_offered_in_both_languages() -> None:
    report = explained(reading(cells={UPHELD: 1}), ("“总计”0→1", None))
    assert "     可能的改法：“总计”0→1" in report.splitlines()
    assert "     Possible change: “总计”0→1 in English" in report.splitlines()
    assert "同一原因" not in report and "可能的改法" not in explained(reading(cells={UPHELD: 1}), (None, None))


def test_issues_of_one_cause_stand_together_under_it() -> None:
    document = reading(cells=BROKEN, published_on="2025-03-01")
    (checked,) = check(document)
    assert [issue["rule"] for issue in checked["issues"]] == [
        "applications_outcome_sum", "applications_applicant_sum", "review_sum", "not_a_count", "late_publication",
    ]  # fmt: skip
    report = explained(document, ("甲", "g"), ("乙", None), ("丙", None), (None, None), ("甲", "g"))
    lines = report.splitlines()
    together = lines.index("  ◆ 以下2处可能出于同一原因。These 2 may have one cause.")
    assert lines[together + 1] == "    可能的改法：甲" and report.count("可能的改法：甲") == 1
    tags = [line.strip() for line in lines if line.strip().startswith("[")]
    assert tags == [
        "[applications_outcome_sum]", "[late_publication · 警告 Warnings]", "[applications_applicant_sum]",
        "[review_sum]", "[not_a_count]",
    ]  # fmt: skip
    assert "错误 Errors（5）  数字相互矛盾，须更正 contradictions, to be corrected" in lines
    assert lines[-1] == "错误 errors 4，警告 warnings 1，提示 remarks 0"


def test_hints_of_one_cause_that_differ_stand_with_their_issues() -> None:
    report = explained(reading(cells=BROKEN), ("甲", "g"), ("乙", "g"), (None, None), (None, None))
    assert report.count("可能的改法") == 2 and "同一原因" in report


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四五", ["一二三四", "五"]),
        ("一二三四，五", ["一二三", "四，五"]),
        ("一二三（四五）", ["一二三", "（四五）"]),
        ("一二三123", ["一二", "三123"]),
        ("one two three", ["one two", "three"]),
        ("ab一二三四", ["ab一二三", "四"]),
        ("abcdefghijk", ["abcdefgh", "ijk"]),
        ("一＋二＋三四", ["一＋二", "＋三四"]),
        ("", [""]),
    ],
)
def test_lines_break_where_they_may(text: str, lines: list[str]) -> None:
    assert wrapped(text, size=8) == lines


def test_checking_needs_no_great_expectations() -> None:
    code = "import sys, expectations.check; print('great_expectations' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
