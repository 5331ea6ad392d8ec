"""Labels of the form with a slip in them, and what filers add to the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from extract.forms import load_forms
from extract.matching.altered import altered_titles, is_slip, without_misread_labels
from extract.matching.result import Remark
from extract.reading import read_bytes
from tests.corpus import html, mutations
from tests.corpus.agencies import AGENCIES
from tests.corpus.build import filing
from tests.corpus.docx import DocxLayout
from tests.corpus.docx import render as render_docx
from tests.corpus.html import HtmlLayout
from tests.corpus.model import Filing
from tests.corpus.pdf import PdfLayout
from tests.corpus.pdf import render as render_pdf

FORM = load_forms()["2021"]
APPLICATIONS = FORM.table("applications")


def made(**labels: str) -> Filing:
    """A filing with labels of 表三 by row code (``__`` for a dot)."""
    plain = filing(AGENCIES["shili-xian-jiaoyu"], 2023, "altered")
    return replace(plain, labels={("applications", row.replace("__", ".")): text for row, text in labels.items()})


def html_of(filed: Filing) -> bytes:
    return html.render(filed, HtmlLayout()).data


def found(data: bytes, name: str = "a.html", rule: str = "label_altered") -> Mapping[str, Any]:
    """What is printed, by place, of the labels that a document's reading remarks on."""
    reading = read_bytes(data, name)
    assert reading["error"] is None
    issues = [issue for issue in reading["issues"] if issue["rule"] == rule]
    assert all((issue["severity"], issue["origin"]) == ("info", "filing") for issue in issues)
    return {issue["where"]: issue["actual"] for issue in issues}


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        ("unavailable.must_be_created", "2.没有现成信息须另行制作"),  # another character
        ("not_processed.excessive", "4.无正当理由大量反反复申请"),  # one too many
        ("refused.administrative_inquiry", "8.属于行政询事项"),  # one too few
        ("carried_forward", "四、结转下年度续继办理"),  # two in the wrong order
        ("refused.prohibited_by_law", "2.其他法律行政止公开"),  # known
    ],
)
def test_slips_are_found(row: str, printed: str) -> None:
    assert found(html_of(made(**{row.replace(".", "__"): printed}))) == {row: printed}


def test_the_forms_words_stand_beside_those_printed() -> None:
    reading = read_bytes(html_of(made(carried_forward="四、结转下年度续继办理")), "a.html")
    (issue,) = [issue for issue in reading["issues"] if issue["rule"] == "label_altered"]
    assert (issue["expected"], issue["actual"]) == ("四、结转下年度继续办理", "四、结转下年度续继办理")
    assert issue["expected"] in issue["message_zh"] and issue["actual"] in issue["message_zh"]


@pytest.mark.parametrize(
    ("row", "printed"),
    [
        ("carried_forward", "四．结转 下年度\n继续办理"),  # blanks, numbering
        ("partly_granted", "(二)部分公开"),  # alias
        ("refused.security_and_stability", "3.危及三安全一稳定"),  # quotation marks
        ("other.other", "3.其它"),  # too short to tell a slip from another word
        ("granted", "（一）予以公开的信息公开申请"),  # other words, no slip
    ],
)
def test_other_ways_of_writing_are_no_slips(row: str, printed: str) -> None:
    assert found(html_of(made(**{row.replace(".", "__"): printed}))) == {}


def test_headings_of_columns_and_tables() -> None:
    page = html_of(made()).decode()
    page = page.replace("法律服务机构", "法律服各机构").replace("结果纠正", "结果纠止", 1)
    page = page.replace("收到和处理政府信息公开申请情况", "收到和处里政府信息公开申请情况")
    assert found(page.encode()) == {
        "legal_service_organisation": "法律服各机构",
        "corrected": "结果纠止",
        "applications": "三、收到和处里政府信息公开申请情况",
    }


def test_titles_in_other_words_are_no_slips() -> None:
    lines = ["二、行政机关主动公开政府信息情况", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"]
    assert list(altered_titles(lines, FORM.tables)) == []
    lines = ["三、收到和处理政府信息公开情况", "三、收到和处理政府信息公开申请情况"]
    assert list(altered_titles(lines, FORM.tables)) == []  # the table's own heading is right


@pytest.mark.parametrize(
    ("render", "name"),
    [(html_of, "a.html"), (lambda filed: render_docx(filed, DocxLayout(split_runs=True)).data, "a.docx"),
     (lambda filed: render_pdf(filed, PdfLayout(cut_rows=True, group_label="cut")).data, "a.pdf")],
)  # fmt: skip
def test_a_filing_in_the_forms_words_is_quiet(render: Callable[[Filing], bytes], name: str) -> None:
    for filed in (made(), mutations.merge_other(made())):
        assert found(render(filed), name) == {}
        assert found(render(filed), name, "form_extended") == {}


def test_what_a_page_cut_is_no_slip() -> None:
    row = FORM.table("applications").row("other.fee_not_paid_in_time")
    label = "申请人逾期未按收费通知要求缴纳费用行政机关不再处理其政府信息公开申请"
    assert is_slip(label[:-1], row, whole=True)
    assert not is_slip(label[:-1], row, whole=False)
    assert not is_slip(label[:20], row, whole=True)
    assert not is_slip(label[:5] + "\ufffd" + label[6:], row, whole=True)


def test_many_slips_are_a_damaged_font() -> None:
    slips = [Remark("label_altered", "info", "filing", str(number), "", "") for number in range(4)]
    other = Remark("cell_missing", "warning", "filing", "x", "", "")
    assert without_misread_labels([*slips, other], laid_out=True) == [other]
    assert without_misread_labels([*slips, other], laid_out=False) == [*slips, other]
    assert without_misread_labels(slips[:3], laid_out=True) == slips[:3]


def _with_row(page: str, cells: str) -> bytes:
    """The page with a further row before （三）不予公开's second reason's row."""
    mark = page.index("<tr", page.index("四、结转下年度继续办理") - 60)
    return (page[:mark] + f"<tr><td colspan='3'>{cells}</td></tr>\n" + page[mark:]).encode()


def test_rows_beside_the_form() -> None:
    page = html_of(made()).decode()
    figures = "</td><td>".join(["协助其他机关办结的征询函", *"1000001"])
    assert list(found(_with_row(page, figures), rule="form_extended")) == ["applications"]
    blanks = "</td><td>".join(["协助其他机关办结的征询函", *[""] * 7])
    assert found(_with_row(page, blanks), rule="form_extended") == {}


def test_a_stray_empty_column_is_no_extension() -> None:
    filed = mutations.extra_column(made())
    assert found(html_of(filed), rule="form_extended") == {}


def test_columns_beside_the_form() -> None:
    page = html_of(made()).decode()
    start = page.rindex("<table", 0, page.index("申请人情况"))
    end = page.index("</table>", start)
    table = page[start:end].replace("申请人情况</td>", "申请人情况</td><td rowspan='3'>征询函件数</td>", 1)
    table = re.sub(r"(<td[^>]*>\d+</td>)</tr>", r"\1<td>2</td></tr>", table)
    reading = read_bytes((page[:start] + table + page[end:]).encode(), "a.html")
    issues = [issue for issue in reading["issues"] if issue["rule"] == "form_extended"]
    assert [issue["where"] for issue in issues] == ["applications"]
    assert "征询函件数" in issues[0]["message_zh"]
