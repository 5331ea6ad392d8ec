"""Who reports and for which year where a page lists other reports, and what is no annual report."""

from __future__ import annotations

import pytest

from extract.claims import ClaimsReading, read_claims
from extract.forms import load_forms
from extract.identity.kinds import kind_despite_tables
from extract.masthead import Masthead, read_masthead
from extract.model import Document, Paragraph

OWN = "青山县农业农村局2023年政府信息公开工作年度报告"
LINKS = [f"红岩县教育局{year}年政府信息公开工作年度报告" for year in (2024, 2022, 2021)]
BODY = ["一、总体情况", "本机关认真贯彻《中华人民共和国政府信息公开条例》。"]


def head(*lines: str, **meta: str) -> Masthead:
    return read_masthead(Document("text/html", [Paragraph(line) for line in lines], meta))


def who(found: Masthead) -> tuple[str | None, int | None]:
    return found.agency_as_filed, found.report_year


def doubts(found: Masthead) -> list[tuple[str, str]]:
    return [(remark.origin, remark.where) for remark in found.remarks if remark.rule == "identity_conflict"]


def test_the_title_next_to_the_body_is_taken_from_a_list_and_said_to_be_unsure() -> None:
    found = head(*LINKS, OWN, *BODY)
    assert who(found) == ("青山县农业农村局", 2023)
    assert ("extraction", "agency") in doubts(found)


@pytest.mark.parametrize("links", [LINKS, [line.replace("红岩县教育局", "青山县农业农村局") for line in LINKS]])
def test_what_the_body_says_decides_among_listed_titles(links: list[str]) -> None:
    period = "2023年，本局认真贯彻条例。本报告统计期限为2023年1月1日至2023年12月31日。"
    found = head(*links, OWN, "一、总体情况", period)
    assert who(found) == ("青山县农业农村局", 2023)
    assert not doubts(found)


def test_a_list_between_the_title_and_the_body_does_not_win_silently() -> None:
    found = head(OWN, *LINKS, *BODY)
    assert who(found) == ("青山县农业农村局", 2023) or ("extraction", "agency") in doubts(found)
    signed = head(OWN, *LINKS, "一、总体情况", "2023年，本局认真贯彻条例。", "青山县农业农村局", "2024年1月20日")
    assert who(signed) == ("青山县农业农村局", 2023)


def test_the_page_heading_is_its_title() -> None:
    found = head(*LINKS, OWN, *BODY, heading=OWN)
    assert who(found) == ("青山县农业农村局", 2023)
    assert not doubts(found)


def test_a_link_of_another_agency_names_nobody() -> None:
    listed = ["红岩县教育局2023年政府信息公开工作年度报告", "红岩县教育局2022年政府信息公开工作年度报告"]
    found = head(*listed, "2023年政府信息公开工作年度报告", *BODY)
    assert found.agency_as_filed is None


def test_a_governments_report_listed_before_its_departments() -> None:
    found = head("青山县2023年政府信息公开工作年度报告", OWN, *BODY)
    assert who(found) == ("青山县农业农村局", 2023)
    assert ("extraction", "agency") in doubts(found)


def test_the_last_and_the_next_report_are_links() -> None:
    found = head(OWN, "上一篇：青山县农业农村局2022年政府信息公开工作年度报告", *BODY)
    assert who(found) == ("青山县农业农村局", 2023)
    assert not doubts(found)


def test_a_title_without_its_year_among_links() -> None:
    found = head(*LINKS, "青山县农业农村局政府信息公开工作年度报告", *BODY)
    assert who(found) == ("青山县农业农村局", None)
    assert ("extraction", "agency") in doubts(found)


def test_a_page_heading_of_another_agency_is_a_conflict() -> None:
    found = head(LINKS[0], *BODY, heading="青山县农业农村局政府信息公开工作年度报告")
    assert ("filing", "agency") in doubts(found)


def test_a_title_on_four_lines() -> None:
    found = head("青山县", "农业农村局", "2023年", "政府信息公开工作年度报告", *BODY)
    assert who(found) == ("青山县农业农村局", 2023)
    assert found.title == "青山县农业农村局2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("青山县农业农村局2023年上半年政府信息公开工作报告", "periodic"),
        ("青山县农业农村局2023年第三季度政府信息公开工作统计表", "periodic"),
        ("关于做好2023年政府信息公开工作年度报告编制发布的通知", "instruction"),
        ("青山县关于做好政府信息公开工作年度报告报送工作的通知", "instruction"),
        ("关于报送青山县农业农村局2023年政府信息公开工作年度报告的函", None),
        ("关于印发青山县2023年政府信息公开工作年度报告的通知", None),
        ("关于公布青山县2023年政府信息公开工作年度报告的通知", None),
        (OWN, None),
    ],
)
def test_other_documents_with_the_tables_of_the_form(line: str, kind: str | None) -> None:
    for found, meta in ((head(line, *BODY), {}), (head("首页", *BODY, title=line), {"title": line})):
        document = Document("text/html", [], meta)
        assert kind_despite_tables(document, found.lines, found.titles) == kind


def test_a_link_to_a_quarter_or_a_notice_refuses_no_report() -> None:
    found = head("2023年第三季度统计表", "关于做好2023年年度报告编制工作的通知", OWN, *BODY)
    assert kind_despite_tables(Document("text/html", []), found.lines, found.titles) is None


def test_an_author_who_is_another_agency() -> None:
    found = head(OWN, "一、总体情况", "根据条例要求，由红岩县教育局编制并公布2023年度报告。")
    assert ("filing", "agency") in doubts(found)
    own = head(OWN, "一、总体情况", "根据条例要求，由青山县农业农村局编制并公布2023年度报告。")
    assert not doubts(own)


def claims(text: str) -> ClaimsReading:
    masthead = Masthead("标题", "青山县农业农村局", "青山县农业农村局", 2023, "own", None, None)
    return read_claims(Document("text/plain", [Paragraph(text)]), load_forms()["2021"], {}, masthead)


@pytest.mark.parametrize(
    ("text", "stated", "open_"),
    [
        ("各乡镇共收到政府信息公开申请30件。", [], [30]),
        ("县教育局新收政府信息公开申请8件，办结7件。", [], [8, 7]),
        ("县教育局新收申请8件，我局新收申请9件。", [9], [8]),
        ("县农业农村局新收政府信息公开申请8件。", [8], []),
        ("青山县农业农村局新收政府信息公开申请8件。", [8], []),
        ("2023年1-6月新收申请3件。", [], [3]),
        ("2023年1月至6月新收申请3件。", [], [3]),
        ("2023年1-12月新收申请3件。", [3], []),
        ("新收申请9件(2022年)、12件(2023年)。", [12], [9]),
        ("新收申请9件（2022年），12件（2023年）。", [12], [9]),
        ("新收申请12件(2023年)、9件(2022年)。", [12], [9]),
        ("新收申请10件，予以公开1,0件。", [10], [10]),
        ("新收申请1,200件。", [1200], []),
    ],
)
def test_figures_that_are_not_the_filers_of_the_year(text: str, stated: list[int], open_: list[int]) -> None:
    reading = claims(text)
    assert [int(claim.value) for claim in reading.claims] == stated
    assert [int(item.value) for item in reading.unresolved] == open_
