"""The correction notice that ``ogi check --letter`` writes: a DOCX per filing, for the supervising office to send.

It lists the filing's own errors and warnings, with both figures, how to mend
them and what the rules rest on. What may be our misreading accuses nobody and
is left out. Layout after GB/T 9704 (党政机关公文格式): A4, body 仿宋 三号, title
宋体 二号. The same reading gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from expectations.rules.catalogue import rule_of
from expectations.wording import SCOPES, causes, edition, figure, figure_name, hints, place_zh

TITLE = ("关于核对更正", "政府信息公开工作年度报告的通知")  # as it is broken into lines

_KINDS = {"error": "错误", "warning": "请核实"}
_HEAD = ("序号", "位置", "报告所填", "应为或对照", "说明与更正方法")
_WIDTHS = (12, 32, 22, 24, 66)  # mm; together the width of the text
_SONG, _FANGSONG, _LATIN = "宋体", "仿宋", "Times New Roman"
_BODY, _SMALL, _LARGE = 16, 10.5, 22  # points: 三号, 五号, 二号
_LINE = 28  # points
_SOME_TIME = datetime(2000, 1, 1)  # the notice's own date is filled in by its sender
_NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Issue = Mapping[str, Any]


def accused(reading: Mapping[str, Any]) -> list[Issue]:
    """The issues that a notice is about: the filing's own errors and warnings, those of one cause together."""
    own = [issue for issue in reading["issues"] if issue["origin"] == "filing" and issue["severity"] in _KINDS]
    return [issue for group in causes(own) for issue in group]


def file_name(reading: Mapping[str, Any]) -> str:
    """A name for the notice that every file system takes: agency, year, and the document's first hash digits."""
    agency = re.sub(r"\W+", "_", reading["agency"] or "机关不明")[:40]
    year = f"{reading['report_year']}年" if reading["report_year"] else "年度不明"
    return f"更正通知-{agency}-{year}-{reading['sha256'][:8]}.docx"


def notice(reading: Mapping[str, Any]) -> bytes | None:
    """The notice as DOCX, from a reading that ``check_readings`` completed; None
    where there is nothing to correct or the document could not be read."""
    issues = [] if reading.get("error") else accused(reading)
    if not issues:
        return None
    document = _blank()
    _paragraph(
        document, "\n".join(TITLE), size=_LARGE, font=_SONG, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False
    )
    _paragraph(document, "")
    _paragraph(document, f"{reading['agency'] or '＿' * 12}：", indent=False)
    for text in _opening(reading, issues):
        _paragraph(document, text)
    document.paragraphs[-1].paragraph_format.space_after = Pt(_SMALL)
    _fill(_table(document, len(issues)), issues, reading)
    _paragraph(document, "核对依据：", bold=True)
    document.paragraphs[-1].paragraph_format.space_before = Pt(_SMALL)
    for text in _basis(issues, reading):
        _paragraph(document, text)
    if any(map(hints, issues)):
        _paragraph(document, "表中“可能的改法”由各项勾稽关系推算，仅供参考，以原始登记为准。")
    _paragraph(document, "")
    for text in ("督办单位（盖章）：＿＿＿＿＿＿＿＿", "＿＿＿＿年＿＿月＿＿日"):
        _paragraph(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
    for paragraph in document.paragraphs[-4:-1]:
        paragraph.paragraph_format.keep_with_next = True  # no page holds the signature alone
    return _saved(document)


def _opening(reading: Mapping[str, Any], issues: Sequence[Issue]) -> list[str]:
    year = reading["report_year"]
    title = reading["title"] or f"{year or ''}{'年' if year else ''}政府信息公开工作年度报告"
    errors = sum(issue["severity"] == "error" for issue in issues)
    counts = [
        f"{number}处{text}"
        for number, text in ((errors, "数字或内容相互矛盾"), (len(issues) - errors, "可能有误、须核实"))
        if number
    ]
    scope = SCOPES.get(reading["scope"], ("未说明", ""))[0]
    source = PurePosixPath(str(reading["source"]).replace("\\", "/")).name
    return [
        f"经核对，你单位的《{title.strip('《》')}》有{'，'.join(counts)}，列表如下。请对照原始登记逐项核实：确有错误的，"
        "更正报告后重新公开；核实无误的，说明理由。核实结果请书面反馈。",
        f"报告年度：{year or '＿＿＿＿'}；统计口径：{scope}；所用格式：{edition(reading['form'])}；"
        f"核对所用文件：{source}（SHA-256前16位：{reading['sha256'][:16]}）。",
    ]


def _basis(issues: Sequence[Issue], reading: Mapping[str, Any]) -> list[str]:
    """The rules' sources as far as they bind this filing, each with the items that rest on it."""
    items: dict[str, list[int]] = {}
    for number, issue in enumerate(issues, start=1):
        cited = rule_of(issue["rule"]).cited(reading["report_year"], str(reading["form"]))
        items.setdefault(cited, []).append(number)
    return [f"第{_ranges(numbers)}项：{source}。" for source, numbers in items.items()]


def _ranges(numbers: Sequence[int]) -> str:
    """1、3至5 for 1, 3, 4, 5; 1、2 for 1, 2."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)


def _fill(table: Table, issues: Sequence[Issue], reading: Mapping[str, Any]) -> None:
    for number, (issue, row) in enumerate(zip(issues, table.rows[1:], strict=True), start=1):
        rule = rule_of(issue["rule"])
        said = [f"〔{_KINDS[issue['severity']]}〕{issue['message_zh']}{rule.mend_zh or ''}"]
        said += [f"可能的改法：{hint}" for hint in hints(issue)[:1]]
        texts = (str(number), place_zh(issue, reading), _figure(issue, "actual"), _figure(issue, "expected"), said)
        for cell, content in zip(row.cells, texts, strict=True):
            _write(cell, [content] if isinstance(content, str) else content)


def _figure(issue: Issue, side: str) -> str:
    """The figure, behind the name that its rule gives it where that is not the column's own."""
    text, name = figure(issue, side), figure_name(issue, side, "zh")
    return text if name in _HEAD or issue[side] is None else f"{name}：{text}"


def _blank() -> Docx:
    """An empty A4 document without anything of the template's origin."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"].element.get_or_add_rPr(), _FANGSONG)
    core = document.core_properties
    core.title, core.language, core.revision = "".join(TITLE), "zh-CN", 1
    core.author = core.last_modified_by = core.comments = core.keywords = core.subject = ""
    core.created = core.modified = _SOME_TIME
    return document


def _table(document: Docx, issues: int) -> Table:
    table: Table = document.add_table(issues + 1, len(_HEAD), style="Table Grid")
    table.autofit = False
    for column, millimetres in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(millimetres)
        for cell in column.cells:
            cell.width = Mm(millimetres)
    for cell, text in zip(table.rows[0].cells, _HEAD, strict=True):
        _write(cell, [text], bold=True)
    # The head is repeated on every page, and no row is broken over two.
    _mark(table.rows[0], "w:tblHeader")
    for row in table.rows:
        _mark(row, "w:cantSplit")
    return table


def _mark(row: _Row, name: str) -> None:
    properties: Any = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))


def _write(cell: _Cell, texts: Iterable[str], *, bold: bool = False) -> None:
    for number, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _run(paragraph, text, _SMALL, _FANGSONG, bold)
        paragraph.paragraph_format.space_after = Pt(0)
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _paragraph(
    document: Docx,
    text: str,
    *,
    size: float = _BODY,
    font: str = _FANGSONG,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = True,
) -> None:
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_after, layout.line_spacing_rule, layout.line_spacing = Pt(0), WD_LINE_SPACING.EXACTLY, Pt(_LINE)
    if indent and align is None:
        layout.first_line_indent = Pt(2 * size)
    if align is not None:
        paragraph.alignment = align
    _run(paragraph, text, size, font, bold)


def _run(paragraph: Paragraph, text: str, size: float, font: str, bold: bool) -> Run:
    run = paragraph.add_run(_NO_XML.sub("\ufffd", text))
    run.font.size, run.font.bold = Pt(size), bold
    _font(run._element.get_or_add_rPr(), font)
    return run


def _font(properties: Any, name: str) -> None:
    """Sets the Chinese font and the Latin one beside it."""
    fonts = properties.get_or_add_rFonts()
    for attribute, value in (("eastAsia", name), ("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN)):
        fonts.set(qn(f"w:{attribute}"), value)
    # Marks that Latin and Chinese share (“”…) are Chinese here.
    fonts.set(qn("w:hint"), "eastAsia")


def _saved(document: Docx) -> bytes:
    """The document's bytes, without the time of saving that a ZIP file notes for each member."""
    made, fixed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as given, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            target.writestr(zipfile.ZipInfo(name), given.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
