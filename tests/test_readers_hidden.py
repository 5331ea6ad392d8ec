"""What stands in a file but is not shown, and what is shown but stands elsewhere than in the text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from extract import readers
from extract.charset import decode
from extract.figures import parse_figure
from extract.reading import read_bytes

REAL = Path(__file__).parents[2] / "shared" / "real" / "shanghai-office-2019.html"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def cell(html: str) -> str:
    page = f"<table><tr><td>甲</td><td>{html}</td></tr><tr><td>乙</td><td>3</td></tr></table>"
    return readers.read(page.encode(), "text/html").grids[0].rows[0][1].text


@pytest.mark.parametrize(
    "html",
    [
        "<del>12</del>15",
        "<s>12</s><ins>15</ins>",
        "<strike>1</strike>15",
        '<span style="text-decoration: line-through">12</span>15',
        '<span style="DISPLAY: none">12</span>15',
        '<font style="visibility:hidden">12</font>15',
        '<span style="font-size:0">12</span>15',
        '<span style="font-size:0"><span style="font-size:14px">15</span></span>',
        "<b hidden>12</b>15",
        "15<script>12</script>",
        "15<noscript>12</noscript>",
        "15<template>12</template>",
        "<ruby>15<rp>(</rp><rt>2</rt><rp>)</rp></ruby>",
        "<select><option>12<option selected>15</select>",
        "<select><option>15<option>12</select>",
        '<input value="15">',
        '<input type="text" value="15"><input type="hidden" value="3">',
        '<img src="a.png" alt="15">',
        '15<img src="a.png" alt="2">',
        "<del><s>1</s>2</del>15",
    ],
)
def test_a_cell_holds_what_is_shown(html: str) -> None:
    assert cell(html) == "15"


@pytest.mark.parametrize(
    "html",
    [
        "12<sup>1</sup>",
        "12<sup>[1]</sup>",
        "<p><span>12</span><sup><a href='#1'>1</a></sup></p>",
        '12<a href="#_ftn1"><span>[1]</span></a>',
        '12<span style="vertical-align:super">2</span>',
        "12<sub>1</sub>",
    ],
)
def test_a_raised_digit_marks_a_note(html: str) -> None:
    assert parse_figure(cell(html)).value == 12


def test_a_struck_figure_of_the_prose_is_none_on_a_page_without_hidden_text_too() -> None:
    page = f"<p>收到申请<del>3</del>4件。</p>{TABLE.format('', '1')}"
    assert [block.text for block in readers.read(page.encode(), "text/html").paragraphs] == ["收到申请4件。"]


def test_a_raised_figure_alone_is_the_figure() -> None:
    assert cell("<sup>12</sup>") == "12"


TABLE = "<table{}><tr><td>甲</td><td>{}</td></tr><tr><td>乙</td><td>2</td></tr></table>"


def figures(page: str) -> list[str]:
    document = readers.read(page.encode(), "text/html")
    return [row[-1].text for grid in document.grids for row in grid.rows]


def test_hidden_tables_and_rows_are_no_tables_and_rows() -> None:
    shown = TABLE.format("", 1)
    hidden = TABLE.format(' style="display:none"', 9)
    assert figures(hidden + shown) == ["1", "2"]
    assert figures(f"<div style='display: none'>{TABLE.format('', 9)}</div>{shown}") == ["1", "2"]
    assert figures(shown.replace("</table>", "<tr hidden><td>丙</td><td>3</td></tr></table>")) == ["1", "2"]


def test_hidden_tables_count_where_there_are_no_others() -> None:
    assert figures(TABLE.format(" hidden", 9)) == ["9", "2"]
    navigation = "<table><tr><td>首页</td><td>信息</td></tr></table>"
    assert "9" in figures(f"{navigation}<div style='display:none'>{TABLE.format('', 9)}</div>")


def test_an_invisible_cell_keeps_its_place() -> None:
    page = TABLE.format("", 1).replace("<td>甲", "<td style='visibility:hidden'>甲")
    rows = readers.read(page.encode(), "text/html").grids[0].rows
    assert [field.text for field in rows[0]] == ["", "1"]


def docx(runs: str) -> str:
    body = f'<w:document xmlns:w="{W}"><w:body><w:p>{runs}</w:p></w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", body)
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return readers.read(file.getvalue(), media).paragraphs[0].text


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_word_runs_struck_out_or_raised() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    assert docx(run("12", "<w:strike/>") + run("15")) == "15"
    assert docx(run("12", "<w:dstrike/>") + run("15", '<w:strike w:val="0"/>')) == "15"
    assert docx(run("12") + run("1", raised)) == "12(1)"
    assert docx(run("12") + f"<w:hyperlink>{run('[1]', raised)}</w:hyperlink>") == "12(1)"
    assert docx(run("12", raised)) == "12"


def test_a_formula_without_its_result_is_not_blank() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["甲", 1, "=B1+1"], ["乙", 2, None], ["丙", 3, 4], ["=A1"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    rows = readers.read(file.getvalue(), media).grids[0].rows
    assert [[field.text for field in row] for row in rows] == [
        ["甲", "1", "=…"],
        ["乙", "2", ""],
        ["丙", "3", "4"],
        ["=…", "", ""],
    ]
    assert parse_figure("=…").status == "unreadable"


@pytest.mark.parametrize("name", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_a_western_declaration_is_not_believed_of_chinese_text(name: str) -> None:
    page = f'<meta charset="{name}">政府信息公开'
    assert decode(page.encode("gb18030")) == page
    assert "政府信息" in decode(page.encode("gb18030") + b"\xff")
    french = f'<meta charset="{name}">déjà été'
    assert name == "us-ascii" or decode(french.encode("latin-1")) == french


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["<html>政府信息公开", "　　政府信息公开第一\r\n统一、一一，12件\r\n" * 300, "1\t2\r\n"]
)
def test_utf_16_needs_no_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_what_was_cut_off_is_not_blamed_on_the_filer() -> None:
    data = REAL.read_bytes()
    assert not readers.read(data, "text/html").truncated
    places = [data.rindex(b"<table") + 1500, data.rindex(b"<table") - 20]
    for place in places:
        reading = read_bytes(data[:place], "a.html")
        blamed = [i for i in reading["issues"] if i["rule"] in ("table_missing", "cell_missing")]
        assert blamed
        assert {issue["origin"] for issue in blamed} == {"extraction"}


def test_a_figure_that_was_cut_is_unreadable() -> None:
    data = "<html><body><table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>12"
    document = readers.read(data.encode(), "text/html")
    assert document.truncated
    assert re.search("\ufffd", document.grids[0].rows[1][1].text)
