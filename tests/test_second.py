"""Figures of a picture in which two readings differ: what sums confirm, and what stays in doubt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract import readers
from extract.forms import CellKey
from extract.matching.edition import match_table
from extract.matching.result import TableReading
from extract.matching.rows import rows_of
from extract.matching.second import compare
from extract.model import Block, Document, Field, Grid, Paragraph, Place
from extract.reading import read_bytes
from tests.test_matching import APPLICATIONS, FORM, Lines, applications_lines, proactive_lines

NEW, OLD = "一、", "二、"
PROACTIVE = FORM.table("proactive")


def with_figure(lines: Lines, start: str, column: int, text: str) -> Lines:
    """The lines with another text in one column (from 1) of the row whose label begins so."""
    return [[*line[:column], text, *line[column + 1 :]] if line[0].startswith(start) else line for line in lines]


def grid(lines: Lines, *, recognised: bool = True) -> Grid:
    place = Place(1, (0.0, 0.0, 9.0, 9.0), recognised=recognised)
    return Grid([[Field(text, column, place) for column, text in enumerate(line)] for line in lines])


def reading(lines: Lines, table: str, *, recognised: bool = True) -> TableReading:
    return match_table(rows_of([grid(lines, recognised=recognised)]), FORM, FORM.table(table), None)


def compared(one: Lines, other: Lines, table: str = "applications", *, recognised: bool = True) -> TableReading:
    first = reading(one, table, recognised=recognised)
    rows, others = (rows_of([grid(lines, recognised=recognised)]) for lines in (one, other))
    compare(FORM, [first], rows, others, lambda _: reading(other, table, recognised=recognised))
    return first


def doubted(found: TableReading) -> set[CellKey]:
    return {key for remark in found.remarks if remark.origin == "extraction" for key in remark.cells}


def test_the_reading_that_alone_closes_its_sums_is_confirmed_though_another_sum_breaks() -> None:
    right = with_figure(applications_lines(), OLD, 2, "5")  # the filer's error, in both readings
    was = next(line for line in right if line[0].startswith(NEW))[3]
    wrong = with_figure(right, NEW, 3, "9")
    key = ("applications", "received_new", "research_institution")
    for one, other in ((right, wrong), (wrong, right)):
        found = compared(one, other)
        assert found.cells[key].value == Decimal(was)
        assert not doubted(found)


def test_a_figure_whose_sums_close_in_neither_reading_stays_in_doubt() -> None:
    filed = with_figure(applications_lines(), OLD, 3, "5")  # in the same column as what is misread
    found = compared(with_figure(filed, NEW, 3, "9"), filed)
    assert doubted(found) == {("applications", "received_new", "research_institution")}


def test_figures_of_text_are_not_settled_so() -> None:
    right = with_figure(applications_lines(), OLD, 2, "5")
    assert doubted(compared(with_figure(right, NEW, 3, "9"), right, recognised=False))


def test_a_dash_is_a_dash_however_it_was_recognised() -> None:
    lines = with_figure(proactive_lines(PROACTIVE), "规章", 1, "—")
    found = compared(lines, with_figure(lines, "规章", 1, "-"), "proactive")
    assert not doubted(found)
    assert doubted(compared(lines, with_figure(lines, "规章", 1, "1"), "proactive"))


def test_there_is_nothing_to_confirm_a_figure_that_stands_in_no_sum() -> None:
    found = compared(proactive_lines(PROACTIVE), with_figure(proactive_lines(PROACTIVE), "规章", 1, "9"), "proactive")
    assert doubted(found) == {("proactive", "regulations", PROACTIVE.columns[0].code)}


HEADING = FORM.table("review_litigation").heading_zh


@pytest.mark.parametrize(
    ("after", "origin"),
    [
        ([Paragraph(HEADING, 2), Paragraph("本年度未发生。", 2)], "filing"),
        ([Paragraph("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 2)], "filing"),
        ([Paragraph("本年度未发生。", 2)], "extraction"),
        ([Paragraph(HEADING, 2), grid([["1", "0", "\ufffd", "0", "1"]])], "extraction"),
    ],
)
def test_a_table_of_which_only_the_heading_was_recognised_is_the_filers_loss(
    monkeypatch: pytest.MonkeyPatch, after: list[Block], origin: str
) -> None:
    """Unless there are figures that may be its."""
    title = Paragraph("示例区人民政府2023年政府信息公开工作年度报告", 1)
    blocks = [title, grid(proactive_lines(PROACTIVE)), grid(applications_lines()), *after]
    monkeypatch.setattr(readers, "read", lambda data, media_type: Document(media_type, blocks, positions=[]))
    issues = read_bytes(b"%PDF-1.7", "a.pdf")["issues"]
    assert [(issue["rule"], issue["origin"]) for issue in issues] == [("table_missing", origin)]


def test_lines_are_whole() -> None:
    assert not doubted(compared(applications_lines(), applications_lines()))
    assert len(reading(applications_lines(), "applications").cells) == len(list(APPLICATIONS.cells()))
