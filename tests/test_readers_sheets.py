"""Workbooks with a sheet for each year: the latest year's is read."""

from __future__ import annotations

from typing import Any

import pytest

from extract.reading import read_bytes
from tests.corpus.legacy import xls, xlsx
from tests.test_matching import (
    FIGURES,
    FORM,
    applications_lines,
    figures,
    proactive_lines,
    reviews_lines,
    uncertain,
)

TITLE = "示例县商务局{}年政府信息公开工作年度报告"
NAMED = [("2022年", ""), ("2023年", "")]
TITLED = [("上年", TITLE.format(2022)), ("本年", TITLE.format(2023))]


def page(name: str, title: str, factor: int) -> tuple[str, list[Any]]:
    """A sheet with the whole form, every figure ``factor`` times this year's."""
    suits = reviews_lines(["2", "1", "0", "0", "3", *["0"] * 10])
    lines = [[title]] if title else []
    for table in (proactive_lines(FORM.table("proactive")), applications_lines(), suits):
        lines += [[], *table]
    squares = [
        (row, column, 1, 1, str(int(text) * factor) if text.isdigit() else text)
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
        if text
    ]
    return name, squares


def read(names: list[tuple[str, str]], factors: list[int], source: str = "示例.xlsx") -> dict[str, Any]:
    pages = [page(*name, factor) for name, factor in zip(names, factors, strict=True)]
    data = xls(pages) if source.endswith("xls") else xlsx(pages)
    return read_bytes(data, source)


@pytest.mark.parametrize("source", ["示例.xlsx", "示例.xls"])
@pytest.mark.parametrize("names", [NAMED, TITLED])
@pytest.mark.parametrize("last_first", [True, False])
def test_the_latest_years_sheet_is_read(names: list[tuple[str, str]], last_first: bool, source: str) -> None:
    factors = [2, 1] if last_first else [1, 2]
    reading = read(names if last_first else names[::-1], factors, source)
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]
    assert figures(reading, "proactive", "licensing") == [7]
    assert figures(reading, "review_litigation", "review") == [2, 1, 0, 0, 3]
    assert uncertain(reading) == []
    if names is TITLED:
        assert reading["report_year"] == 2023


def test_an_empty_sheet_for_the_year_to_come_hides_nothing() -> None:
    reading = read([("2022年", TITLE.format(2022)), ("2023年", "")], [1, 0])
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]


def test_sheets_of_which_no_year_is_told_are_flagged() -> None:
    assert "applications" in uncertain(read([("甲", TITLE.format(2023)), ("乙", "")], [2, 1]))
