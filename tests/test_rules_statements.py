"""What the prose states beside figures: all concluded, all upheld, fees, the period, the form cited."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from extract.forms import CellKey
from tests.factories import reading, record
from tests.test_rules_support import found
from transform.agencies import Agency, Register

T = "applications"
R = "review_litigation"
FORWARD: CellKey = (T, "carried_forward", "total")
OVER: CellKey = (T, "received_carried_over", "total")
UNPAID = "applications.other.fee_not_paid_in_time.total"


def said(kind: str, sentence: str = "原句。", scope: str = "own", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "sentence": sentence, "scope": scope, **more}


def raised(rule: str, *statements: dict[str, Any], **head: Any) -> set[tuple[str, str | None, str | None]]:
    issues = found([record(reading(statements=list(statements), **head))], rule)
    return {(issue["place"], issue["expected"], issue["actual"]) for issue in issues}


def test_all_concluded_although_some_are_carried_forward() -> None:
    def concluded(cells: dict[CellKey, Any], *claims: dict[str, Any], **statement: Any) -> set[Any]:
        return raised("statement_mismatch", said("all_concluded", **statement), cells=cells, claims=list(claims))

    broken = {("applications.carried_forward.total", "2", "0")}
    assert concluded({FORWARD: 2}) == broken
    assert concluded({FORWARD: 0}) == set()
    for status in ("blank", "not_applicable", "missing", "unreadable"):
        assert concluded({FORWARD: status}) == set()
    assert concluded({FORWARD: 2}, scope="unknown") == broken
    assert concluded({FORWARD: 2}, scope="area") == set()
    # The sentence itself says what is carried forward; another sentence does not help it.
    stated = {"metric": "applications.carried_forward.total", "value": 2, "sentence": "原句。", "scope": "own"}
    assert concluded({FORWARD: 2}, stated) == set()
    assert concluded({FORWARD: 2}, {**stated, "sentence": "另一句。"}) == broken
    assert concluded({FORWARD: 2}, {**stated, "value": 0}) == broken


def test_all_that_were_carried_over_or_are_new_were_concluded() -> None:
    def concluded(metric: str, over: Any) -> set[Any]:
        cells = {FORWARD: 2, OVER: over}
        return raised("statement_mismatch", said("all_concluded", metric=f"applications.{metric}.total"), cells=cells)

    broken = {("applications.carried_forward.total", "2", "0")}
    assert concluded("received_carried_over", 2) == set()
    assert concluded("received_new", 2) == set()  # they may be last year's still
    assert concluded("received_new", "blank") == set()
    assert concluded("received_new", 1) == broken
    assert concluded("concluded_total", 2) == broken


@pytest.mark.parametrize("column", ["corrected", "other", "pending"])
def test_all_upheld_although_there_is_another_result(column: str) -> None:
    statement = said("all_upheld", metric="review_litigation.review.total")
    broken = {(f"review_litigation.review.{column}", "1", "0")}
    assert raised("statement_mismatch", statement, cells={(R, "review", column): 1}) == broken
    assert raised("statement_mismatch", statement, cells={(R, "review", column): "blank"}) == set()
    assert raised("statement_mismatch", statement, cells={(R, "review", "upheld"): 3}) == set()
    # Of other blocks nothing was said.
    assert raised("statement_mismatch", statement, cells={(R, "litigation_direct", column): 1}) == set()
    assert raised("statement_mismatch", {**statement, "scope": "area"}, cells={(R, "review", column): 1}) == set()


def test_all_upheld_of_lawsuits_and_of_everything() -> None:
    cells: dict[CellKey, Any] = {(R, "litigation_direct", "other"): 1, (R, "litigation_after_review", "corrected"): 2,
                                 (R, "review", "pending"): 3}  # fmt: skip
    lawsuits = {
        ("review_litigation.litigation_direct.other", "1", "0"),
        ("review_litigation.litigation_after_review.corrected", "2", "0"),
    }
    statement = said("all_upheld", metric="review_litigation.litigation.total")
    assert raised("statement_mismatch", statement, cells=cells) == lawsuits
    direct = said("all_upheld", metric="review_litigation.litigation_direct.total")
    assert raised("statement_mismatch", direct, cells=cells) == {
        ("review_litigation.litigation_direct.other", "1", "0")
    }
    everything = lawsuits | {("review_litigation.review.pending", "3", "0")}
    assert raised("statement_mismatch", said("all_upheld"), cells=cells) == everything


def test_suits_said_to_be_won_are_not_contradicted_by_one_withdrawn() -> None:
    statement = said("all_upheld", "行政诉讼5件，均胜诉。", metric="review_litigation.litigation.total")
    for column, broken in (("corrected", True), ("pending", True), ("other", False)):
        told = found(
            [record(reading(cells={(R, "litigation_direct", column): 1}, statements=[statement]))], "statement_mismatch"
        )
        assert len(told) == broken
        assert all("正文说诉讼均胜诉" in issue["message_zh"] for issue in told)


def test_what_the_sentence_leaves_open_is_not_contradicted() -> None:
    pending: dict[CellKey, Any] = {(R, "litigation_direct", "pending"): 2}
    decided = said("all_upheld", "行政诉讼5件，已审结的均获维持。")
    assert raised("statement_mismatch", decided, cells=pending) == set()
    assert raised("statement_mismatch", decided, cells={(R, "review", "corrected"): 2}) != set()
    open_cases = said("all_upheld", "行政诉讼5件，2件尚未审结，其余均获维持。")
    stated = {
        "metric": "review_litigation.litigation.pending",
        "value": 2,
        "scope": "own",
        "sentence": open_cases["sentence"],
    }
    assert raised("statement_mismatch", open_cases, cells=pending, claims=[stated]) == set()
    assert raised("statement_mismatch", open_cases, cells=pending) != set()


def test_messages_quote_the_statement_and_name_the_cell() -> None:
    statement = said("all_concluded", "全年申请均已按期办结。")
    (issue,) = found([record(reading(cells={FORWARD: 2}, statements=[statement]))], "statement_mismatch")
    assert issue["message_zh"] == (
        "正文说申请已全部办结：“全年申请均已按期办结”，而表三“四、结转下年度继续办理”行“总计”列填的是2。请核对，更正正文或表格。"
    )
    assert issue["severity"] == "warning"


def fees(*statements: dict[str, Any], unpaid: Any = 0, **head: Any) -> set[Any]:
    cells = {(T, "other.fee_not_paid_in_time", "total"): unpaid}
    return raised("fee_statement", *statements, cells=cells, **head)


def test_no_fees_although_some_were_not_paid() -> None:
    none = said("no_fees", "全年未发出收费通知，未收取信息处理费。")
    assert fees(none, unpaid=2) == {(UNPAID, "2", "0")}
    assert fees(none, said("no_fees", "另一句。"), unpaid=2) == {(UNPAID, "2", "0")}
    for figure in (0, "blank", "missing", "unreadable"):
        assert fees(none, unpaid=figure) == set()
    assert fees(unpaid=2) == set()  # the prose is silent
    assert fees(said("fees_charged", value=0.01), unpaid=2) == set()
    assert fees({**none, "scope": "unknown"}, unpaid=2) == {(UNPAID, "2", "0")}
    assert fees({**none, "scope": "own"}, unpaid=2, scope="area") == set()
    # The total is blank, but an applicant's cell is not.
    blank = {
        (T, "other.fee_not_paid_in_time", "total"): "blank",
        (T, "other.fee_not_paid_in_time", "natural_person"): 1,
    }
    assert raised("fee_statement", none, cells=blank) == {(UNPAID, "1", "0")}


def test_a_merged_row_tells_nothing_of_fees() -> None:
    none = said("no_fees", "全年未发出收费通知。")
    assert raised("fee_statement", none, cells={(T, "other", "total"): 3}, merged=frozenset({"other"})) == set()


def test_no_fees_although_fees_were_charged() -> None:
    none = said("no_fees", "全年未收取信息处理费。")
    no_notice = said("no_fees", "全年未发出收费通知。")
    charged = said("fees_charged", "实际收取信息处理费100元。", value=0.01)
    notice = said("fees_charged", "发出收费通知2件。")
    assert fees(none, charged) == {("fees", "0.01", "0")}
    assert fees(none, {**charged, "value": 0}) == set()
    assert fees(none, {**charged, "scope": "area"}) == set()
    assert fees(none, notice) == set()  # asked for and not paid
    assert fees(no_notice, notice) == {("fees", None, None)}
    (issue,) = found([record(reading(statements=[none, charged]))], "fee_statement")
    assert "“全年未收取信息处理费”" in issue["message_zh"] and "实际收取信息处理费100元" in issue["message_zh"]


def period(first: str | None, last: str | None) -> dict[str, Any]:
    return said("period", "统计期限……", first_day=first, last_day=last)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-01-01", "2024-12-31", set()),
        ("2023-01-01", "2023-12-31",
         {("first_day", "2024-01-01", "2023-01-01"), ("last_day", "2024-12-31", "2023-12-31")}),
        ("2024-01-01", "2024-12-21", {("last_day", "2024-12-31", "2024-12-21")}),
        ("2024-01-01", "2023-12-31", {("last_day", "2024-12-31", "2023-12-31")}),
        ("2024-03-01", "2024-12-31", {("first_day", "2024-01-01", "2024-03-01")}),
        (None, "2024-12-31", set()),
        (None, "2024-11-30", {("last_day", "2024-12-31", "2024-11-30")}),
        ("2024-01-01", None, {("last_day", "2024-12-31", None)}),
        (None, None, set()),
    ],
)  # fmt: skip
def test_periods_are_the_year(first: str | None, last: str | None, expected: set[Any]) -> None:
    assert raised("period_mismatch", period(first, last)) == expected


def test_a_period_that_is_right_elsewhere_is_not_judged() -> None:
    assert raised("period_mismatch", period("2024-03-01", "2024-11-30"), period("2024-01-01", "2024-12-31")) == set()


def test_agencies_that_were_founded_or_ended_in_the_year() -> None:
    def of(valid_from: date | None, valid_to: date | None) -> set[str]:
        agencies = Register([Agency("it", "示例机关", "county", "commerce", valid_from=valid_from, valid_to=valid_to)])
        document = record(reading(agency="示例机关", statements=[period("2024-03-01", "2024-11-30")]))
        return {issue["place"] for issue in found([document], "period_mismatch", agencies)}

    assert of(None, None) == {"first_day", "last_day"}
    assert of(date(2024, 3, 1), None) == {"last_day"}
    assert of(date(2020, 1, 1), date(2024, 11, 30)) == {"first_day"}


def test_a_period_that_ends_before_it_begins_is_told() -> None:
    document = record(reading(year=2010, form="2014", statements=[period("2010-01-01", "2009-12-31")]))
    (issue,) = found([document], "period_mismatch")
    assert "截止日早于起始日" in issue["message_zh"] and "ends before it begins" in issue["message_en"]
    (issue,) = found([record(reading(statements=[period("2024-01-01", None)]))], "period_mismatch")
    assert "截止日不是一个存在的日期" in issue["message_zh"] and "{" not in issue["message_en"]


@pytest.mark.parametrize(
    ("year", "cited", "expected"),
    [
        (2024, ["2021"], set()),
        (2024, ["2019"], {("form", "2021", "2019")}),
        (2024, ["2014"], {("form", "2021", "2014")}),
        (2020, ["2019"], set()),
        (2020, ["2021"], {("form", "2019", "2021")}),
        (2016, ["2014"], set()),
        (2024, ["2019", "2021"], set()),
        (2024, [], set()),
        (2012, ["2014"], set()),
    ],
)
def test_the_form_cited_is_the_one_in_force(year: int, cited: list[str], expected: set[Any]) -> None:
    statements = [said("form_cited", f"依据{edition}年格式编制。", metric=edition) for edition in cited]
    form = "2021" if year > 2020 else "2019" if year > 2018 else "2014"
    assert raised("form_citation", *statements, year=year, form=form) == expected


def test_citing_another_form_is_a_remark_that_names_both() -> None:
    (issue,) = found([record(reading(statements=[said("form_cited", "依据60号文。", metric="2019")]))], "form_citation")
    assert issue["severity"] == "info"
    assert "国办公开办函〔2021〕30号" in issue["message_zh"] and "国办公开办函〔2019〕60号" in issue["message_zh"]
