"""Tables of which only lines are left: figures parted by spaces, tabs in <pre>, commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from extract import readers
from extract.reading import read_bytes
from tests.test_matching import (
    FIGURES,
    FORM,
    WHOLE,
    ZEROS,
    Lines,
    applications_lines,
    figures,
    proactive_lines,
    uncertain,
)

TITLE = "示例县商务局2023年政府信息公开工作年度报告"
SECTIONS = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、行政复议、行政诉讼情况")
TABLES = (proactive_lines(FORM.table("proactive")), applications_lines(), WHOLE)
Parts = list[tuple[str, Lines]]


def parts() -> Parts:
    return list(zip(SECTIONS, TABLES, strict=True))


def spaced(lines: Lines, space: str) -> list[str]:
    """What an export leaves of the rows: blank cells are gone."""
    return [space.join(cell for cell in line if cell) for line in lines]


def as_text(space: str, gap: str = "\n") -> bytes:
    body = gap.join(line for head, table in parts() for line in (head, *spaced(table, space)))
    return f"{TITLE}{gap}{body}{gap}五、存在的主要问题\n无。\n".encode()


def as_paragraphs(space: str) -> bytes:
    lines = [line for head, table in parts() for line in (head, *spaced(table, space))]
    return f"<html><h1>{TITLE}</h1>{''.join(f'<p>{line}</p>' for line in lines)}</html>".encode()


def as_breaks(space: str) -> bytes:
    body = "".join(f"<p>{head}</p><p>{'<br>'.join(spaced(table, space))}</p>" for head, table in parts())
    return f"<html><h1>{TITLE}</h1>{body}</html>".encode()


def as_pre(space: str) -> bytes:
    tables = [(head, "\n".join(space.join(line) for line in table)) for head, table in parts()]
    body = "".join(f"<p>{head}</p><pre>{table}</pre>" for head, table in tables)
    return f"<html><h1>{TITLE}</h1>{body}</html>".encode()


def as_csv(width: int) -> bytes:
    """``width`` 0: each table as wide as it is, among plain lines; else all records of one width."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([TITLE, *[""] * (width - 1)])
    for head, table in parts():
        writer.writerow([head, *[""] * (width - 1)])
        wide = width or max(map(len, table))
        writer.writerows([*line, *[""] * (wide - len(line))] for line in table)
    return target.getvalue().encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (as_text(" "), "示例.txt"),
        (as_text("   "), "示例.txt"),
        (as_text("\u3000", "\n\n"), "示例.txt"),
        (as_paragraphs(" "), "示例.html"),
        (as_paragraphs("&nbsp;&nbsp;&nbsp;"), "示例.html"),
        (as_breaks("\u3000"), "示例.html"),
        (as_pre("\t"), "示例.html"),
        (as_pre("  "), "示例.html"),
        (as_csv(0), "示例.txt"),
        (as_csv(0), "示例.csv"),
        (as_csv(16), "示例.csv"),
    ],
)
def test_a_table_without_markup_is_read_whole(data: bytes, name: str) -> None:
    reading = read_bytes(data, name)
    assert reading["issues"] == []
    assert [(c["table"], c["row"], c["column"]) for c in reading["cells"]] == list(FORM.cells())
    for row in FORM.table("applications").rows:
        assert figures(reading, "applications", row.code) == FIGURES.get(row.code, ZEROS)
    assert figures(reading, "review_litigation", "litigation_direct") == [5, 6, 7, 8, 9]


def _without_zeros(lines: Lines) -> Lines:
    return [["" if cell == "0" else cell for cell in line] for line in lines]


def _without_one_zero(lines: Lines) -> Lines:
    row = next(i for i, line in enumerate(lines) if line[0].endswith("予以公开"))
    return [*lines[:row], [*lines[row][:2], *lines[row][3:]], *lines[row + 1 :]]


def _run_together(lines: Lines) -> Lines:
    return [["".join(line)] if line[1] != "自然人" else line for line in lines]


@pytest.mark.parametrize("damage", [_without_zeros, _without_one_zero, _run_together])
def test_figures_that_the_export_lost_leave_the_row_in_doubt(damage: Callable[[Lines], Lines]) -> None:
    text = "\n".join([TITLE, *spaced(damage(applications_lines()), " ")])
    reading = read_bytes(text.encode(), "示例.txt")
    assert "applications" in uncertain(reading)
    doubted = {tuple(cell) for issue in reading["issues"] if issue["origin"] == "extraction" for cell in issue["cells"]}
    granted = {("applications", "granted", column.code) for column in FORM.table("applications").columns}
    assert granted <= doubted


def blocks(text: str) -> list[Any]:
    """Paragraphs as text, grids as rows of texts."""
    document = readers.read(text.encode(), "text/plain")
    return [
        block.text if not hasattr(block, "rows") else [[field.text for field in row] for row in block.rows]
        for block in document.blocks
    ]


def test_headings_of_sections_stay_paragraphs() -> None:
    text = "二、甲情况\n规章 1 2 3\n行政许可 4\n三、乙情况\n自然人 其他\n新收 5 6\n结转 7 8\n"
    assert blocks(text) == [
        "二、甲情况",
        [["规章", "1", "2", "3"], ["行政许可", "4"]],
        "三、乙情况",
        [["自然人", "其他"], ["新收", "5", "6"], ["结转", "7", "8"]],
    ]


def test_the_number_of_a_page_is_no_row() -> None:
    assert blocks("新收 5 6\n- 3 -\n结转 7 8\n总 计 9 9\n") == [
        [["新收", "5", "6"]],
        "- 3 -",
        [["结转", "7", "8"], ["总计", "9", "9"]],
    ]


def test_only_the_order_of_spaced_figures_is_known() -> None:
    field = readers.read("新收 5 6\n结转 7 8\n办结 9 9\n".encode(), "text/plain").grids[0].rows[1][2]
    assert (field.text, field.column, field.colspan, field.place.locator) == ("8", 2, 0, "line 2, field 3")


@pytest.mark.parametrize(
    "text",
    [
        "2023年共收到申请 12 件，比上年增加 3 件\n办结 10 件，其中予以公开 4 件\n结转 2 件，全部为自然人 2",
        "目录\n一、总体情况 1\n二、主动公开 2\n三、申请情况 2\n四、复议诉讼 4\n五、存在问题 5\n六、其他 6",
        "联系电话 88888888\n邮政编码 310000",
        "制发规章, 规范性文件, 公告\n行政许可, 行政处罚\n按时办结, 全部答复, 无投诉",
    ],
)
def test_prose_contents_and_addresses_are_no_tables(text: str) -> None:
    assert blocks(text) == text.split("\n")


def test_lines_of_preformatted_prose_stay_one_paragraph() -> None:
    document = readers.read("<pre>本机关共收到\n申请 12 件。</pre>".encode(), "text/html")
    assert [paragraph.text for paragraph in document.paragraphs] == ["本机关共收到 申请 12 件。"]
