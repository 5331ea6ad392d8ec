"""Where a document contradicts itself, an issue says so; where it does not, none does."""

from __future__ import annotations

import pytest

from extract.masthead import Masthead, read_masthead
from extract.model import Document, Paragraph
from extract.reading import read_bytes

TITLE = "赣州市赣县区商务局2023年政府信息公开工作年度报告"


def head(*lines: str, source: str = "", **meta: str) -> Masthead:
    return read_masthead(Document("text/plain", [Paragraph(line) for line in lines], dict(meta)), source)


def told(found: Masthead) -> dict[str, str]:
    assert all((remark.rule, remark.severity) == ("identity_conflict", "warning") for remark in found.remarks)
    return {remark.where: remark.message_zh for remark in found.remarks}


@pytest.mark.parametrize(
    ("where", "lines", "meta"),
    [
        # the year
        ("report_year", [TITLE], {"articletitle": TITLE.replace("2023", "2022")}),
        ("report_year", [TITLE, "统计期限自2022年1月1日起至2022年12月31日止。"], {}),
        ("report_year", [TITLE, "本报告统计期限为202211日至20221231日。"], {}),
        ("report_year", ["赣县区商务局2023年政府信息公开工作年度报告（2022年）"], {}),
        ("report_year", [TITLE, "发布日期：2023-01-20"], {}),
        ("report_year", [TITLE, "一、总体情况", "赣州市赣县区商务局", "2023年1月20日"], {}),
        # the agency
        ("agency", [TITLE], {"articletitle": TITLE.replace("商务局", "教育局")}),
        ("agency", [TITLE], {"articletitle": TITLE.replace("赣县区", "南康区")}),
        ("agency", [TITLE], {"contentsource": "赣县区教育局"}),
        ("agency", [TITLE, "发布机构：赣州市南康区商务局"], {}),
        ("agency", [TITLE, "一、总体情况", "赣州市赣县区民政局", "2024年1月20日"], {}),
        ("agency", [TITLE, "一、总体情况", "赣州市商务局", "2024年1月20日"], {}),
        ("agency", [TITLE, "一、总体情况", "赣州市赣区商务局", "2024年1月20日"], {}),
        # the day
        ("published_on", [TITLE, "发布日期：2024-01-20"], {"pubdate": "2024-01-25 09:00"}),
        # the scope
        ("scope", [TITLE, "全区共收到政府信息公开申请12件。"], {}),
        ("scope", ["赣县区人民政府2023年政府信息公开工作年度报告", "我办共收到政府信息公开申请12件。"], {}),
    ],
)
def test_a_contradiction_is_told(where: str, lines: list[str], meta: dict[str, str]) -> None:
    assert list(told(head(*lines, **meta))) == [where]


@pytest.mark.parametrize(
    ("lines", "meta"),
    [
        ([TITLE, "统计期限自2023年1月1日起至2023年12月31日止。"], {"articletitle": TITLE}),
        ([TITLE], {"contentsource": "赣县区商务局"}),
        ([TITLE], {"contentsource": "赣县区人民政府办公室"}),
        ([TITLE], {"contentsource": "赣县区政务服务和数据管理局"}),
        ([TITLE], {"contentsource": "赣县区人民政府网"}),
        ([TITLE, "一、总体情况", "赣县区商务局", "2024年1月20日"], {}),
        (["丰县人民政府办公室2023年政府信息公开工作年度报告", "一、总体情况", "丰县政府办公室", "2024年1月20日"], {}),
        ([TITLE, "发布日期：2024-01-20", "生成日期：2024-01-18"], {"pubdate": "2024-01-20"}),
        ([TITLE, "全区商务系统稳步推进公开，我局共收到申请2件。"], {}),
        (["2024年发布2023年赣县区商务局政府信息公开工作年度报告"], {}),
        ([TITLE, "相关阅读", TITLE.replace("2023", "2022")], {"articletitle": TITLE}),
        (["赣县区人民政府2023年政府信息公开工作年度报告", "全区共收到申请12件。", "赣县区人民政府办公室"], {}),
        (
            ["赣县区人民政府办公室2023年政府信息公开工作年度报告", "我办共收到申请2件。"],
            {"contentsource": "赣县区人民政府"},
        ),
    ],
)
def test_what_agrees_is_no_contradiction(lines: list[str], meta: dict[str, str]) -> None:
    assert told(head(*lines, **meta)) == {}


def test_the_message_names_what_stands_where_and_what_was_taken() -> None:
    message = told(head(TITLE, "统计期限自2022年1月1日起至2022年12月31日止。"))["report_year"]
    assert "统计期限" in message and "2022年、2023年" in message and "暂以2023年为准" in message


def test_the_address_is_asked_for_its_year() -> None:
    address = "http://www.example.gov.cn/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime="
    assert told(head(TITLE, source=address + "2023")) == {}
    assert "网址" in told(head(TITLE, source=address + "2022"))["report_year"]


def test_a_damaged_day_is_no_day() -> None:
    assert head(TITLE, "一、总体情况", "2024年1月2\ufffd日").published_on is None


def test_the_full_name_comes_from_the_source_the_text_or_the_site() -> None:
    title = "洪泽区人民政府2023年政府信息公开工作年度报告"
    assert head(title).agency == "洪泽区人民政府"
    assert head(title, contentsource="淮安市洪泽区人民政府").agency == "淮安市洪泽区人民政府"
    assert head(title, "请与淮安市洪泽区人民政府办公室联系。").agency == "淮安市洪泽区人民政府"
    assert head(title, "请与扬州市洪泽区人民政府办公室联系。").agency == "洪泽区人民政府"
    title = "区统计局2023年政府信息公开工作年度报告"
    assert head(title, sitename="南京市鼓楼区人民政府").agency == "南京市鼓楼区统计局"
    assert head(title, sitename="南京市人民政府").agency == "区统计局"


@pytest.mark.parametrize(
    ("lines", "meta", "source", "code"),
    [
        ([], {}, "", None),
        (["南京市鼓楼区统计局编制本报告。"], {}, "", "320106"),
        ([], {"sitename": "徐州市鼓楼区人民政府"}, "", "320302"),
        ([], {}, "http://tjj.xuzhou.gov.cn/a.html", "320302"),
        (["本报告通过福州市人民政府网站公布。"], {}, "", "350102"),
        (["南京市和徐州市的做法值得借鉴。"], {}, "", None),
    ],
)
def test_one_of_several_places_needs_evidence(
    lines: list[str], meta: dict[str, str], source: str, code: str | None
) -> None:
    region = head("鼓楼区统计局2023年政府信息公开工作年度报告", *lines, source=source, **meta).region
    assert (region.code if region else None) == code


def test_the_reading_tells_level_function_and_region() -> None:
    text = (
        f"{TITLE}\n一、总体情况\n我局认真贯彻条例，稳步推进公开工作，公开的内容和形式不断完善，群众满意度不断提高。\n"
        "二、主动公开情况\n全年主动公开信息12条，涉及机构职能、政策文件和办事指南。\n三、依申请公开情况\n没有收到申请。\n"
        "四、行政复议和诉讼情况\n没有被申请行政复议，没有被提起诉讼。\n五、存在的主要问题\n公开的深度还不够，下一步将加强培训，充实力量。"
    )
    reading = read_bytes(text.encode(), "x.txt")
    assert reading["error"] is None
    keys = ("level", "sector", "region_code", "province", "prefecture", "county")
    assert tuple(reading[key] for key in keys) == ("county", "commerce", "360704", "江西省", "赣州市", "赣县区")
