"""The correction notice: what it says, whom it accuses of what, and that it is the same every time."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from expectations.check import check_readings
from expectations.letter import accused, file_name, notice
from expectations.report import render_report
from expectations.rules import catalogue, rule_of
from extract.forms import CellKey, load_forms
from flows.commands.letters import write_letters
from tests.conftest import SAMPLES, Ogi
from tests.factories import failed_reading, reading, register
from tests.test_rules_support import found_while_reading
from transform.corrections import Corrections
from warehouse.errors import OgiError

R = "review_litigation"
UPHELD: CellKey = (R, "review", "upheld")
FAULTY: dict[CellKey, Any] = {UPHELD: 10, (R, "litigation_direct", "upheld"): 4}
SHA = "0123456789abcdef" * 4


def checked(sha256: str = SHA, **head: Any) -> dict[str, Any]:
    document = {**reading(**{"cells": FAULTY, **head}), "sha256": sha256}
    return check_readings([document], register(), Corrections())[0]


def opened(content: bytes | None) -> Any:
    assert content is not None
    return Document(io.BytesIO(content))


def paragraphs(content: bytes | None) -> list[str]:
    return [paragraph.text for paragraph in opened(content).paragraphs if paragraph.text]


def rows(content: bytes | None) -> list[list[str]]:
    (table,) = opened(content).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_notice_names_the_agency_the_report_and_every_problem() -> None:
    content = notice(checked(source="/machine/inbox/a.pdf"))
    text = paragraphs(content)
    assert text[:2] == ["关于核对更正\n政府信息公开工作年度报告的通知", "示例县商务局："]
    assert "《示例县商务局2024年政府信息公开工作年度报告》有2处数字或内容相互矛盾" in text[2]
    assert "报告年度：2024；统计口径：本机关；所用格式：2021年，国办公开办函〔2021〕30号" in text[3]
    assert "a.pdf（SHA-256前16位：0123456789abcdef）" in text[3] and "machine" not in "".join(text)
    head, first, second = rows(content)
    assert head == ["序号", "位置", "报告所填", "应为或对照", "说明与更正方法"]
    assert first[:4] == ["1", "表四“行政复议”（第1页）", "0", "10"]
    assert "〔错误〕表四“行政复议”一栏：结果维持10" in first[4] and "请核对后更正" in first[4]
    assert second[:4] == ["2", "表四“行政诉讼·未经复议直接起诉”（第1页）", "0", "4"]


def test_it_cites_each_source_once_with_the_items_that_rest_on_it() -> None:
    cells = {**FAULTY, ("applications", "granted", "natural_person"): 3}
    text = paragraphs(notice(checked(cells=cells, published_on="2025-03-01")))
    basis = text[text.index("核对依据：") + 1 :]
    assert [line.partition("：")[0] for line in basis[:4]] == ["第1项", "第2项", "第3、4项", "第5项"]
    assert "第四十九条" in basis[3]


def test_office_and_date_are_left_to_be_filled_in() -> None:
    assert paragraphs(notice(checked()))[-2:] == ["督办单位（盖章）：＿＿＿＿＿＿＿＿", "＿＿＿＿年＿＿月＿＿日"]


def test_what_the_document_does_not_say_is_left_to_be_filled_in() -> None:
    text = paragraphs(notice(checked(agency=None, year=None, title=None)))
    assert text[1] == "＿＿＿＿＿＿＿＿＿＿＿＿：" and "报告年度：＿＿＿＿" in text[3]
    assert "《政府信息公开工作年度报告》" in text[2]


def test_our_own_doubts_and_remarks_accuse_nobody() -> None:
    ours = found_while_reading("extraction_uncertain", "review.upheld", [UPHELD])
    remark = found_while_reading("form_rows_merged", "other", severity="info", origin="filing")
    document = checked(issues=[ours, remark])
    assert [issue["where"] for issue in accused(document)] == ["litigation_direct"]
    assert len(rows(notice(document))) == 2
    assert notice(checked(cells={}, issues=[ours, remark])) is None
    assert notice(failed_reading()) is None


def test_warnings_are_to_be_verified_and_say_how_to_mend() -> None:
    lacking = found_while_reading("cell_missing", "review.upheld", [UPHELD], origin="filing", message_zh="缺少一格。")
    content = notice(checked(cells={}, issues=[lacking]))
    assert rows(content)[1][2:] == ["–", "–", "〔请核实〕缺少一格。请按规定格式补上缺少的格并填写。"]
    assert "有1处可能有误、须核实" in paragraphs(content)[2]


def test_hints_are_offered_as_such_and_issues_of_one_cause_stand_together() -> None:
    document = checked(published_on="2025-03-01")
    for issue in document["issues"]:
        issue |= {"hint": None, "hint_en": None, "cause_group": None}
    plain = notice(document)
    first, _, late = document["issues"]
    first |= {"hint": "“总计”0→10", "hint_en": "x", "cause_group": "g"}
    late["cause_group"] = "g"
    content = notice(document)
    assert [row[1][:6] for row in rows(content)[1:]] == ["表四“行政复", "公开日期", "表四“行政诉"]
    assert rows(content)[1][4].endswith("\n可能的改法：“总计”0→10")
    assert any("仅供参考" in text for text in paragraphs(content))
    assert not any("仅供参考" in text for text in paragraphs(plain))


def test_the_same_reading_gives_the_same_bytes_without_traces() -> None:
    content = notice(checked())
    time.sleep(2.1)  # the resolution of a ZIP file's times
    assert notice(checked()) == content and content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "python-docx" not in core and core.count("2000-01-01T00:00:00Z") == 2
    properties = opened(content).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")


def test_every_run_has_a_chinese_font_and_the_table_fits_the_page() -> None:
    document = opened(notice(checked()))
    fonts = [element.get(qn("w:eastAsia")) for element in document.element.body.iter(qn("w:rFonts"))]
    assert set(fonts) == {"宋体", "仿宋"} and fonts[0] == "宋体"
    section = document.sections[0]
    widths = sum(column.width for column in document.tables[0].columns)
    assert widths <= section.page_width - section.left_margin - section.right_margin


def test_characters_that_no_document_can_hold_do_no_harm() -> None:
    assert any("\ufffd" in text for text in paragraphs(notice({**checked(), "title": "报\x00告\ud800"})))


@pytest.mark.parametrize("agency", ["../../etc/passwd", "甲/乙\\丙:*?", "长" * 300, None, "a\x00b"])
def test_file_names_are_safe(agency: str | None, tmp_path: Path) -> None:
    name = file_name({**checked(), "agency": agency})
    assert (tmp_path / name).parent == tmp_path and len(name.encode()) < 255
    (tmp_path / name).write_bytes(b"")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_one_file_per_document_and_a_line_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = found_while_reading("extraction_uncertain", "review.other", [(R, "review", "other")])
    other = checked("f" * 64, issues=[ours], source="other.pdf")
    write_letters([checked(), checked(), other, checked(cells={}), failed_reading()], tmp_path / "new")
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    stem = "更正通知-示例县商务局-2024年-"
    assert names == [f"{stem}01234567-2.docx", f"{stem}01234567.docx", f"{stem}ffffffff.docx"]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    assert "other.pdf" in lines[2] and "未列入" in lines[2] and "未列入" not in lines[0]
    assert "no notice" in lines[3] and "could not be read" in lines[4]


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OgiError, match="notice"):
        write_letters([checked()], tmp_path / "file")


def test_the_option_changes_neither_output_nor_status(ogi: Ogi, tmp_path: Path) -> None:
    for sample, status in (("shili-bu/2021.html", 1), ("shili-qu/2023.html", 0)):
        plain = ogi("check", SAMPLES / sample)
        done = ogi("check", SAMPLES / sample, "--letter", tmp_path / "letters")
        assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout) == (status, plain.stdout)
        assert len(done.stderr.splitlines()) == 1
    (letter,) = (tmp_path / "letters").iterdir()
    assert "更正通知-示例部-2021年-" in letter.name


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_an_office_program_renders_it(tmp_path: Path) -> None:
    content = notice(checked())
    assert content is not None
    (tmp_path / "n.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    file = tmp_path / "n.docx"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdf = pypdfium2.PdfDocument(tmp_path / "n.pdf")
    text = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pdf)
    last = "".join(pdf[len(pdf) - 1].get_textpage().get_text_bounded().split())
    assert last.index("督办单位") > 20  # the signature does not stand alone, whatever fonts there are
    assert "示例县商务局：" in text and "说明与更正方法" in text and "督办单位" in text
    pdf.close()


def stating(claims: list[dict[str, Any]]) -> dict[str, Any]:
    return checked(cells={UPHELD: 21, (R, "review", "total"): 21}, claims=claims)


CLAIM = {"metric": "review_litigation.review.upheld", "value": 18, "sentence": "维持18件。", "scope": "own"}


def test_a_figure_of_the_prose_is_not_given_out_for_the_tables() -> None:
    document = stating([CLAIM])
    (row,) = rows(notice(document))[1:]
    assert row[1].startswith("正文，对照表四") and row[1].endswith("（第1页）")
    assert row[2:4] == ["正文所述：18", "表格所填：21"]
    text = render_report([document])
    assert "正文所述 the prose：18；表格所填 the tables：21" in text and "报告所填" not in text
    assert "位置 where：正文，对照表四" in text


def test_a_sum_within_the_prose_stands_there() -> None:
    stated = {"kind": "breakdown", "sentence": "原句。", "scope": "own", "value": 3, "parts": [1, 1]}
    (row,) = rows(notice(checked(cells={}, statements=[stated])))[1:]
    assert row[1:4] == ["正文", "写明的总数：3", "各分项之和：2"]


def test_every_rule_that_compares_two_places_names_both_figures() -> None:
    named = {code for code, rule in catalogue().items() if rule.expected_zh != "应为或对照"}
    assert named >= {
        "narrative_mismatch", "percentage_mismatch", "narrative_breakdown", "statement_mismatch", "fee_statement",
        "carry_over_continuity", "pending_continuity", "normative_document_stock", "rollup_mismatch",
    }  # fmt: skip


def test_a_notice_cites_the_edition_that_binds_the_filing() -> None:
    for year, form, own, others in (
        (2023, "2021", "〔2021〕30号", ("〔2019〕60号", "〔2014〕32号")),
        (2020, "2019", "〔2019〕60号", ("〔2021〕30号", "〔2014〕32号")),
        (2023, "2019", "〔2021〕30号", ("〔2019〕60号", "〔2014〕32号")),
    ):
        text = paragraphs(notice(checked(year=year, form=form, claims=[CLAIM])))
        basis = "".join(text[text.index("核对依据：") + 1 :])
        assert own in basis and not any(other in basis for other in others), (year, form)


@pytest.mark.parametrize("form", load_forms())
def test_no_rule_cites_an_edition_of_other_years(form: str) -> None:
    others = [other.document[-8:] for other in load_forms().values() if other.code != form]
    for rule in catalogue().values():
        if form in rule.forms:
            cited = rule.cited(load_forms()[form].first_year, form)
            assert not any(other in cited for other in others), (rule.code, cited)


def test_what_was_not_in_force_is_not_cited() -> None:
    rule = rule_of("fee_statement")
    for year, form, cited in ((2016, "2014", "第492号）第三十二条"), (2020, "2019", "第711号）第四十二条"),
                              (2021, "2021", "〔2020〕109号"), (2024, "2021", "〔2020〕109号")):  # fmt: skip
        assert cited in rule.cited(year, form)
        assert ("〔2020〕109号" in rule.cited(year, form)) == (year > 2020)
    assert "〔2019〕60号" in rule.cited(2019, "2019") and "{" not in rule.cited(2016, "2014")


def test_without_a_year_or_beyond_the_rule_the_form_used_is_cited() -> None:
    assert "〔2014〕32号" in rule_of("statistics_staff_sum").cited(2023, "2014")
    assert "〔2019〕60号" in rule_of("review_sum").cited(None, "2019")
    assert rule_of("late_publication").cited(2023, "2021") == rule_of("late_publication").source_zh
