"""Reading one cell's text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.figures import json_number, money_unit, parse_figure


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        (" 12 ", "12"),
        ("1,290", "1290"),
        ("1，290", "1290"),
        ("１２", "12"),
        ("12\xa0", "12"),
        ("22（其中修订16件）", "22"),
        ("55(含自然失效29件)", "55"),
        ("减4", "-4"),
        ("-8", "-8"),
        ("－8", "-8"),
        ("增3", "3"),
        ("+3", "3"),
        ("5件", "5"),
        ("22²", "22"),
        ("22①", "22"),
        ("18.8710", "18.8710"),
    ],
)
def test_printed_numbers(text: str, value: str) -> None:
    figure = parse_figure(text)
    assert (figure.status, figure.value) == ("reported", Decimal(value))


@pytest.mark.parametrize("text", ["9" * 16, "9" * 5000, "9" * 400 + ".5亿元", "0." + "1" * 400, "1" + ",000" * 5])
def test_a_number_that_counts_nothing_is_unreadable(text: str) -> None:
    assert parse_figure(text).status == "unreadable"


@pytest.mark.parametrize("text", ["", "  ", "\xa0", "\u3000", "\u200b", "\n"])
def test_nothing_is_blank_and_no_zero(text: str) -> None:
    assert parse_figure(text).status == "blank"
    assert parse_figure(text).value is None


@pytest.mark.parametrize("text", ["-", "—", "——", "/", "／", "无", " 无 ", "－"])
def test_a_dash_is_not_applicable(text: str) -> None:
    assert parse_figure(text).status == "not_applicable"


@pytest.mark.parametrize("text", ["见附件", "o", "1,29", "1.2.3", "3�", "12 件左右", "（3）", "1/2", "②", "½"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    assert parse_figure(text).status == "unreadable"


@pytest.mark.parametrize(
    ("text", "heading", "value"),
    [
        ("251000元", None, "25.1"),
        ("52.15", None, "52.15"),
        ("52.15万元", "元", "52.15"),
        ("15000000", "元", "1500"),
        ("1.2亿元", None, "12000"),
        ("21643.44", "万元", "21643.44"),
    ],
)
def test_amounts_are_in_ten_thousand_yuan(text: str, heading: str | None, value: str) -> None:
    assert parse_figure(text, "amount", heading).value == Decimal(value)


def test_digits_that_stand_apart_are_noted() -> None:
    assert parse_figure("1 290").spaced
    assert not parse_figure("1290").spaced


def test_money_unit_of_a_heading() -> None:
    assert money_unit("本年收费金额（单位：万元）") == "万元"
    assert money_unit("本年收费金额（单位：元）") == "元"
    assert money_unit("本年收费金额") is None


@given(st.integers(min_value=0, max_value=10**12))
def test_any_count_is_read_as_printed_with_or_without_separators(number: int) -> None:
    for text in (str(number), f"{number:,}", f"　{number} ", f"{number}（含结转）"):
        assert json_number(parse_figure(text).value) == number


@given(st.text(max_size=20))
def test_no_text_raises_and_only_reported_has_a_value(text: str) -> None:
    figure = parse_figure(text)
    assert (figure.value is not None) == (figure.status == "reported")
