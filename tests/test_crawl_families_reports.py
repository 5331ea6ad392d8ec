"""What a report's page says of itself, and the files that belong to it."""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from extract.crawl.families import FAMILIES
from extract.crawl.families.attachments import is_file
from extract.crawl.families.meta import page_hint
from extract.crawl.model import Hint, Report
from tests.crawl_families import HOST, LIST, page, reported, site, text

ADDRESS = f"{LIST}202401/t20240118_1.html"


def read(content: str, family: str = "trs", **more: Any) -> Report:
    return FAMILIES[family].report(site(family, **more), page(reported(ADDRESS), content))


def urls(report: Report) -> list[str]:
    return [ask.url for ask in report.asks]


def test_meta_tags_and_the_block_of_metadata() -> None:
    assert read(text("trs_report.html")).hint == Hint(
        "示例县财政局2023年政府信息公开工作年度报告", "2024-01-18", "示例县财政局", 2023, "11990000000001/2024-00011"
    )


def test_files_in_the_text_and_beside_it_but_not_of_the_frame() -> None:
    found = read(text("trs_report.html"))
    stem = f"{LIST}202401/"
    assert urls(found) == [f"{stem}P020240118345.doc", f"{stem}P020240118346.pdf"]  # the text has tables: no pictures
    assert {(ask.role, ask.listing) for ask in found.asks} == {("attachment", LIST)}
    assert found.asks[1].hint.title == "示例县财政局2023年政府信息公开工作年度报告.pdf"


def test_pictures_of_pages_where_there_are_no_tables() -> None:
    found = read(text("pictures_report.html"), "vsb")
    stem = f"https://{HOST}"
    assert urls(found) == [
        f"{stem}/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=77",
        f"{stem}/__local/A/1.jpg",
        f"{stem}/__local/B/2.jpg",
    ]
    assert found.hint == Hint(
        "示例镇2023年政府信息公开工作年度报告", "2024-01-22", "示例镇", 2023, "XM02100-0101-2019-00001"
    )


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("<td>索引号</td><td>bgs01/2023-00011</td>", Hint(index_number="bgs01/2023-00011")),
        (
            "<td>索 引 号：</td><td>114403006955506492/2021-00426</td>",
            Hint(index_number="114403006955506492/2021-00426"),
        ),
        (
            "<li><b>信息索引号：</b><span>01606072-9-30/2021-0223004</span></li>",
            Hint(index_number="01606072-9-30/2021-0223004"),
        ),
        ("<li>[索 引 号]0142671915/2026-00002</li>", Hint(index_number="0142671915/2026-00002")),
        ("<td>索引号</td><td>/2021-None</td>", Hint()),  # the system had none
        ("<td>索引号</td><td></td><td>文号</td><td>无</td>", Hint()),
        ("<td>发布机构</td><td>示例县财政局</td>", Hint(agency="示例县财政局")),
        ("<td>发布机关：</td><td>示例县教育局</td>", Hint(agency="示例县教育局")),
        ("<li>所属机构：示例镇人民政府</li>", Hint(agency="示例镇人民政府")),
        ("<li>公开主体：示例街道办事处</li>", Hint(agency="示例街道办事处")),
        ("<li>信息来源：本站</li>", Hint()),
        ("<td>发布日期</td><td>2024-01-18</td>", Hint(published_on="2024-01-18")),
        ("<td>生成日期：</td><td>2024年1月8日</td>", Hint(published_on="2024-01-08")),
        ("<li>成文日期：2024/01/08</li><li>发布日期：2024/01/18</li>", Hint(published_on="2024-01-18")),
        ("<li>公文生成日期：二〇二四年一月八日</li>", Hint(published_on="2024-01-08")),
        (
            "<td>名  称：</td><td>示例县2023年政府信息公开工作年度报告</td>",
            Hint("示例县2023年政府信息公开工作年度报告", None, "示例县", 2023),
        ),
        (
            "<li>标   题：示例县2023年政府信息公开工作年度报告</li>",
            Hint("示例县2023年政府信息公开工作年度报告", None, "示例县", 2023),
        ),
    ],
)
def test_labels_of_the_block(block: str, expected: Hint) -> None:
    markup = f"<table><tr>{block}</tr></table>" if block.startswith("<td") else f"<ul>{block}</ul>"
    assert page_hint(LexborHTMLParser(f"<body>{markup}</body>")) == expected


def test_the_title_of_the_page_without_the_site_s_name() -> None:
    found = page_hint(LexborHTMLParser("<title>示例县2022年政府信息公开工作年度报告_示例县人民政府</title>"))
    assert (found.title, found.report_year, found.agency) == ("示例县2022年政府信息公开工作年度报告", 2022, "示例县")


def test_the_text_of_a_report_that_a_comment_bounds() -> None:
    content = (
        '<img src="/1.jpg"><!--ZJEG_RSS.content.begin--><p><img src="2.jpg">'
        '<img src="/module/download/downfile.jsp?classid=0&amp;filename=3.png">'
        '<a href="/module/download/downfile.jsp?classid=0&amp;filename=2401.pdf">下载</a></p>'
        "<!--ZJEG_RSS.content.end-->"
    )
    assert urls(read(content, "jcms")) == [
        f"https://{HOST}/module/download/downfile.jsp?classid=0&filename=2401.pdf",
        f"{LIST}202401/2.jpg",
        f"https://{HOST}/module/download/downfile.jsp?classid=0&filename=3.png",
    ]


def test_files_that_a_viewer_shows() -> None:
    content = (
        '<div id="zoom"><iframe src="/pdfjs/web/viewer.html?file=/doc/2023.pdf"></iframe><embed src="b.pdf"></div>'
    )
    assert urls(read(content)) == [f"https://{HOST}/doc/2023.pdf", f"{LIST}202401/b.pdf"]


def test_files_and_pictures_off_the_site_s_hosts_are_asked_for_so_that_they_are_declined() -> None:
    stem = "https://mirror.example.com"
    content = f'<div id="zoom"><a href="{stem}/a.pdf">a.pdf</a><img src="{stem}/1.jpg"></div>'
    for hosts in ({HOST}, {HOST, "mirror.example.com"}):
        assert urls(read(content, hosts=frozenset(hosts))) == [f"{stem}/a.pdf", f"{stem}/1.jpg"]


def test_files_off_the_site_s_hosts_that_a_platform_names_beside_the_report() -> None:
    context = {"attachment": '[{"url": "https://mirror.example.com/a.pdf", "name": "年报"}]'}
    address = f"https://{HOST}/gkmlpt/content/9/post_1.html"
    found = FAMILIES["gkmlpt"].report(site("gkmlpt"), page(reported(address, **context), "<p>年报</p>"))
    assert urls(found) == ["https://mirror.example.com/a.pdf"]


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        ("a.pdf", "", True),
        ("a.DOCX?v=1", "下载", True),
        ("a.ofd", "", True),
        ("get.jsp?filename=a.xls", "", True),
        ("/attach/123", "附件", True),
        ("x.jsp?id=1", "年报.wps", True),
        ("x.jsp?id=1", "【年报.zip】", True),
        ("a.html", "年报", False),
        ("#a.pdf", "a.pdf", False),
        ("javascript:open('a.pdf')", "a.pdf", False),
        ("", "a.pdf", False),
    ],
)
def test_what_is_a_file(address: str, name: str, expected: bool) -> None:
    assert is_file(address, name) is expected
