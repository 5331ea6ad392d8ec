"""Title, agency, year, scope and date from a filing's head."""

from __future__ import annotations

from datetime import date

import pytest

from extract.masthead import Masthead, read_masthead
from extract.model import Document, Field, Grid, Paragraph, Place


def head(*lines: str, **meta: str) -> Masthead:
    return read_masthead(Document("text/plain", [Paragraph(line) for line in lines], dict(meta)))


@pytest.mark.parametrize(
    ("lines", "agency", "year"),
    [
        (["示例县商务局2024年政府信息公开工作年度报告"], "示例县商务局", 2024),
        (["示例县商务局 2024 年度政府信息公开 工作年度报告"], "示例县商务局", 2024),
        (["2019年示例市人民政府办公厅政府信息公开工作年度报告"], "示例市人民政府办公厅", 2019),
        (["示例区人民政府", "2023 年政府信息公开工作年度报告"], "示例区人民政府", 2023),
        (["示例市公安局", "关于2021年度政府信息公开工作的年度报告"], "示例市公安局", 2021),
        (["示例镇2022年政府信息公开年度报告"], "示例镇", 2022),
        (["示例县审计局2020年政府信息公开工作年报"], "示例县审计局", 2020),
        (["示例县税务局政府信息公开工作2021年度报告"], "示例县税务局", 2021),
        (["示例县统计局政府信息公开工作年度报告（2022年）"], "示例县统计局", 2022),
        (["首页 > 政府信息公开", "示例市2023年政府信息公开工作年度报告", "发布日期：2024-03-01"], "示例市", 2023),
    ],
)
def test_titles(lines: list[str], agency: str, year: int) -> None:
    found = head(*lines, "一、总体情况")
    assert (found.agency, found.report_year) == (agency, year)


def test_the_meta_title_serves_where_the_text_has_none() -> None:
    found = head("一、总体情况", articletitle="示例县林业局2022年政府信息公开工作年度报告")
    assert (found.agency, found.report_year) == ("示例县林业局", 2022)


def test_the_source_names_the_agency_where_the_title_does_not() -> None:
    found = head("2022年政府信息公开工作年度报告", contentsource="示例县林业局")
    assert (found.agency, found.report_year) == ("示例县林业局", 2022)


def test_the_year_of_the_period_serves_where_the_title_has_none() -> None:
    found = head("示例县林业局政府信息公开工作年度报告", "本报告统计期限自2023年1月1日起至2023年12月31日止。")
    assert found.report_year == 2023


def test_the_full_name_needs_two_agreeing_places() -> None:
    lines = ("示例区人民政府2023年政府信息公开工作年度报告", "本报告由样本市示例区人民政府编制。")
    assert head(*lines).agency == "示例区人民政府"
    assert head(*lines, "请与样本市示例区人民政府联系。").agency == "样本市示例区人民政府"


@pytest.mark.parametrize(
    ("agency", "text", "scope"),
    [
        ("示例县商务局", "我局收到申请2件。", "own"),
        ("示例县人民政府", "全县收到申请2件。", "area"),
        ("示例镇人民政府", "本镇收到申请2件。", "own"),
        ("示例市人民政府办公室", "本机关收到申请2件。", "own"),
        ("示例市人民政府办公室", "市政府办公室代表市政府办理申请2件。", "represented"),
        ("示例县人民政府办公室", "以示例县人民政府及其办公室名义公开。", "represented"),
        ("示例县政府机关", "收到申请2件。", "represented"),
        ("示例县政府", "全县收到申请2件。", "area"),
        ("大兴安岭地区行政公署", "全区收到申请2件。", "area"),
        ("示例经济开发区管理委员会", "本委收到申请2件。", "own"),
    ],
)
def test_scope(agency: str, text: str, scope: str) -> None:
    assert head(f"{agency}2023年政府信息公开工作年度报告", text).scope == scope


def test_the_table_about_a_document_is_read() -> None:
    cells = [
        ["索 引 号：", "114403006955506492/2021-00426", "分类", ""],
        ["发布机构", "示例县林业局", "发布日期：", "2022-01-20"],
        ["名 称", "2021年政府信息公开工作年度报告", "文号", ""],
    ]
    rows = [[Field(text, at, Place()) for at, text in enumerate(row)] for row in cells]
    found = read_masthead(Document("text/html", [Grid(rows), Paragraph("一、总体情况")]))
    assert (found.index_number, found.agency) == ("114403006955506492/2021-00426", "示例县林业局")
    assert (found.report_year, found.published_on) == (2021, date(2022, 1, 20))


def test_the_table_of_other_documents_is_not_about_this_one() -> None:
    rows = [["序号", "名称", "发布日期"], ["1", "示例县林业局2020年政府信息公开工作年度报告", "2021-01-20"]]
    grid = Grid([[Field(text, at, Place()) for at, text in enumerate(row)] for row in rows])
    title = Paragraph("示例县林业局2021年政府信息公开工作年度报告")
    found = read_masthead(Document("text/html", [title, grid]))
    assert (found.report_year, found.published_on, found.remarks) == (2021, None, ())


def test_dates() -> None:
    title = "示例县商务局2023年政府信息公开工作年度报告"
    assert head(title, "发布日期：2024-01-20 10:11").published_on == date(2024, 1, 20)
    assert head(title, "正文。", "2024年1月24日").published_on == date(2024, 1, 24)
    assert head(title, "正文。", pubdate="2024-01-22 08:00:00").published_on == date(2024, 1, 22)
    assert head(title, "正文。", "2024年13月45日").published_on is None
    assert head(title, "统计期限至2023年12月31日。").published_on is None
