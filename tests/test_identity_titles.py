"""Titles as real filings word them: the agency and the year in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.identity.titles import parse_title
from extract.masthead import read_masthead
from extract.model import Document, Paragraph

CASES = Path(__file__).parent / "identity_cases"
TITLES = [line.split("\t") for line in (CASES / "titles.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("head", "agency", "year"), TITLES)
def test_title(head: str, agency: str, year: str) -> None:
    lines, meta = [], {}
    for line in head.split("/"):
        if line.startswith("meta:"):
            name, _, value = line.removeprefix("meta:").partition("=")
            meta[name] = value
        else:
            lines.append(line)
    body = ["一、总体情况", "本单位认真贯彻《中华人民共和国政府信息公开条例》，稳步推进政府信息公开工作。"]
    found = read_masthead(Document("text/plain", [Paragraph(line) for line in [*lines, *body]], meta))
    assert (found.agency_as_filed or "-", str(found.report_year or "-")) == (agency, year)


@pytest.mark.parametrize(
    "line",
    [
        "一图读懂某县2023年政府信息公开工作年度报告",
        "某县2023年政府信息公开工作年度报告解读",
        "关于做好2023年政府信息公开工作年度报告编制工作的通知",
        "某县2023年政府信息公开工作年度报告的政策解读",
    ],
)
def test_a_line_about_a_report_is_not_its_title(line: str) -> None:
    title = parse_title(line)
    assert title is not None and title.is_about


@pytest.mark.parametrize(
    "line",
    ["政府网站工作年度报表（2023年度）", "2023年法治政府建设年度报告", "首页>政府信息公开年报", "政务公开工作要点"],
)
def test_other_lines_are_no_title(line: str) -> None:
    assert parse_title(line) is None
