"""Figures of the prose against the tables: claims, percentages and lists of parts."""

from __future__ import annotations

from typing import Any

import pytest

from expectations.rules.metrics import alike, bases
from extract.forms import CellKey
from tests.factories import reading, record
from tests.test_rules_support import consistent, found, found_while_reading
from transform.frames import ReadingRecord

T = "applications"
NEW = "applications.received_new.total"
DONE = "applications.concluded_total.total"
ALL = "applications.handled.total"
REFUSED = "applications.refused.total"
OTHER = "applications.other.total"
SUED = "review_litigation.litigation.total"

Found = tuple[str, str, str | None, str | None]


def claim(metric: str, value: float, scope: str = "own", sentence: str | None = None) -> dict[str, Any]:
    return {"metric": metric, "value": value, "sentence": sentence or f"正文写明{value}件。", "scope": scope}


def filing(*claims: dict[str, Any], cells: dict[CellKey, Any] | None = None, **head: Any) -> ReadingRecord:
    return record(reading(cells=cells or {}, claims=list(claims), **head))


def mismatches(*claims: dict[str, Any], cells: dict[CellKey, Any] | None = None, **head: Any) -> set[Found]:
    raised = found([filing(*claims, cells=cells, **head)], "narrative_mismatch")
    return {(issue["severity"], issue["place"], issue["expected"], issue["actual"]) for issue in raised}


def row(code: str, value: Any, column: str = "total") -> dict[CellKey, Any]:
    return {(T, code, column): value}


def test_a_figure_of_the_prose_equals_the_table() -> None:
    cells = row("received_new", 12)
    assert mismatches(claim(NEW, 12), cells=cells) == set()
    assert mismatches(claim(NEW, 15), cells=cells) == {("error", NEW, "12", "15")}
    assert mismatches(claim(NEW, 0), cells=cells) == {("error", NEW, "12", "0")}


@pytest.mark.parametrize(
    ("filed", "said", "severity"),
    [
        ("own", "own", "error"),
        ("area", "area", "error"),
        ("represented", "represented", "error"),
        ("area", "own", "warning"),
        ("own", "area", "warning"),
        ("own", "represented", "warning"),
        ("area", "represented", "warning"),
        ("unknown", "unknown", "warning"),
        ("own", "unknown", "warning"),
        ("unknown", "area", "warning"),
    ],
)
def test_only_a_figure_of_the_same_scope_is_an_error(filed: str, said: str, severity: str) -> None:
    raised = mismatches(claim(NEW, 15, said), cells=row("received_new", 12), scope=filed)
    assert raised == {(severity, NEW, "12", "15")}


def test_a_figure_of_another_scope_is_none_where_the_filings_own_is_right() -> None:
    cells = row("received_new", 95)
    both = [claim(NEW, 17, "represented"), claim(NEW, 95, "area")]
    assert mismatches(*both, cells=cells, scope="area") == set()
    # So is the rest of what is said of that scope, but nothing of a third.
    more = [*both, claim(DONE, 16, "represented")]
    assert mismatches(*more, cells=cells, scope="area") == set()
    assert mismatches(*more, claim(DONE, 8, "own"), cells=cells, scope="area") == {("warning", DONE, "0", "8")}
    # The filing's own figure is wrong as well: then both are told.
    both = [claim(NEW, 17, "represented"), claim(NEW, 96, "area")]
    assert mismatches(*both, cells=cells, scope="area") == {("warning", NEW, "95", "17"), ("error", NEW, "95", "96")}


def test_every_differing_figure_of_a_metric_is_one_issue() -> None:
    claims = [claim(NEW, 15), claim(NEW, 12), claim(NEW, 16), claim(NEW, 15, sentence="另一处也写15件。")]
    cells = row("received_new", 12)
    assert mismatches(*claims, cells=cells) == {("error", NEW, "12", "15"), ("error", NEW, "12", "16")}
    issue = next(i for i in found([filing(*claims, cells=cells)], "narrative_mismatch") if i["actual"] == "15")
    assert "正文写明15件" in issue["message_zh"] and "正文另有一处与表格一致" in issue["message_zh"]
    assert "Elsewhere the prose agrees" in issue["message_en"]


def test_one_figure_said_of_two_scopes_is_as_grave_as_its_own() -> None:
    claims = [claim(NEW, 15, "area"), claim(NEW, 15)]
    assert mismatches(*claims, cells=row("received_new", 12)) == {("error", NEW, "12", "15")}


@pytest.mark.parametrize("status", ["blank", "not_applicable", "missing", "unreadable"])
def test_a_cell_without_a_figure_is_not_judged(status: str) -> None:
    assert mismatches(claim(NEW, 15), cells=row("received_new", status)) == set()


def test_a_group_is_the_sum_of_its_rows() -> None:
    cells = {**row("refused.state_secret", 2), **row("refused.process_information", 3)}
    assert mismatches(claim(REFUSED, 5), cells=cells) == set()
    assert mismatches(claim(REFUSED, 4), cells=cells) == {("error", REFUSED, "5", "4")}
    arrived = {**row("received_new", 12), **row("received_carried_over", 3)}
    assert mismatches(claim(ALL, 15), cells=arrived) == set()
    assert mismatches(claim(ALL, 12), cells=arrived) == {("error", ALL, "15", "12")}
    sued: dict[CellKey, Any] = {
        ("review_litigation", f"litigation_{how}", "total"): 2 for how in ("direct", "after_review")
    }
    assert mismatches(claim(SUED, 4), cells=sued) == set()
    assert mismatches(claim(SUED, 2), cells=sued) == {("error", SUED, "4", "2")}


def test_blanks_beside_figures_count_as_nothing_but_are_not_sure() -> None:
    blanks: dict[CellKey, Any] = {
        (T, f"refused.{reason}", "total"): "blank"
        for reason in ("prohibited_by_law", "security_and_stability", "third_party_rights", "internal_affairs",
                       "process_information", "enforcement_case_file", "administrative_inquiry")
    }  # fmt: skip
    cells = {**blanks, **row("refused.state_secret", 2)}
    assert mismatches(claim(REFUSED, 2), cells=cells) == set()
    assert mismatches(claim(REFUSED, 3), cells=cells) == {("warning", REFUSED, "2", "3")}
    # A dash says that there is none; a sum of blanks alone says nothing.
    dashes = dict.fromkeys(blanks, "not_applicable") | row("refused.state_secret", 2)
    assert mismatches(claim(REFUSED, 3), cells=dashes) == {("error", REFUSED, "2", "3")}
    assert mismatches(claim(REFUSED, 3), cells={**blanks, **row("refused.state_secret", "blank")}) == set()


@pytest.mark.parametrize("status", ["missing", "unreadable"])
def test_a_sum_with_an_unknown_part_is_not_judged(status: str) -> None:
    cells = {**row("refused.state_secret", 2), **row("refused.process_information", status)}
    assert mismatches(claim(REFUSED, 3), cells=cells) == set()


def test_a_blank_total_over_a_filled_row_makes_a_sum_unknown() -> None:
    cells = {
        **row("refused.state_secret", 2),
        **row("refused.process_information", "blank"),
        **row("refused.process_information", 1, "natural_person"),
    }
    assert mismatches(claim(REFUSED, 3), cells=cells) == set()


def test_rows_apart_and_the_row_that_merges_them_are_never_counted_twice() -> None:
    apart = {**row("other.other", 4), **row("other.not_corrected_in_time", 1)}
    assert mismatches(claim(OTHER, 5), cells=apart) == set()
    assert mismatches(claim(OTHER, 6), cells=apart) == {("error", OTHER, "5", "6")}
    merged = frozenset({"other"})
    one_row = row("other", 5)
    assert mismatches(claim(OTHER, 5), cells=one_row, merged=merged) == set()
    assert mismatches(claim(OTHER, 6), cells=one_row, merged=merged) == {("error", OTHER, "5", "6")}
    # A row of those that are not in the filing is not judged.
    assert mismatches(claim("applications.other.other.total", 6), cells=one_row, merged=merged) == set()
    assert mismatches(claim(OTHER, 6), cells=one_row, form="2019", year=2020) == {("error", OTHER, "5", "6")}


def test_the_statistics_of_2014_are_judged_as_well() -> None:
    cells: dict[CellKey, Any] = {("statistics", "received", "count"): 30}
    raised = mismatches(claim("statistics.received.count", 31), cells=cells, form="2014", year=2016)
    assert raised == {("error", "statistics.received.count", "30", "31")}


FEES = "proactive.fees.amount"


@pytest.mark.parametrize(
    ("table", "prose", "differs"),
    [
        (18.871, 18.87, False), (18.871, 18.9, False), (18.871, 19, False), (18.871, 18, False),
        (18.871, 18.8, False), (18.871, 18.88, True), (18.871, 20, True), (18.871, 17, True),
        (18.9, 18.8711, False), (19, 18.6, False), (25.1, 25.2, True), (25.1, 25, False), (25.9, 27, True),
        (0, 0.012, False), (0.012, 0, False), (0, 0.4, True), (0.4, 0, True), (0, 0, False), (-2, 2, True),
    ],
)  # fmt: skip
def test_amounts_are_compared_as_precisely_as_they_are_stated(table: float, prose: float, differs: bool) -> None:
    assert bool(mismatches(claim(FEES, prose), cells={("proactive", "fees", "amount"): table})) == differs


def test_counts_are_compared_exactly() -> None:
    assert mismatches(claim(NEW, 12), cells=row("received_new", 12.4)) == {("error", NEW, "12.4", "12")}


def test_yuan_taken_for_ten_thousand_yuan_are_told() -> None:
    for table, prose in ((12.5, 125000), (125000, 12.5), (128400, 12.8)):
        (issue,) = found(
            [filing(claim(FEES, prose), cells={("proactive", "fees", "amount"): table})], "narrative_mismatch"
        )
        assert "“元”和“万元”" in issue["message_zh"] and "元 and 万元" in issue["message_en"]
    assert "表格按万元计为128400万元，正文合12.8万元（128000元）" in issue["message_zh"]
    assert "如以正文为准，表格应填12.8；如以表格为准，正文应写128400万元。" in issue["message_zh"]
    assert "the table has 128400 万元, the prose 12.8 万元 (128000 yuan)" in issue["message_en"]
    (issue,) = found([filing(claim(FEES, 12), cells={("proactive", "fees", "amount"): 25})], "narrative_mismatch")
    assert "万元”混用" not in issue["message_zh"]


def test_an_amount_without_a_unit_is_only_a_warning() -> None:
    key = ("proactive", "procurement", "amount")
    stated = claim(".".join(key), 25)
    head: dict[str, Any] = {"cells": {key: 250000}, "form": "2019", "year": 2020}
    unit = found_while_reading("unit_unstated", "procurement.amount", [key])
    assert mismatches(stated, **head) == {("error", ".".join(key), "250000", "25")}
    assert mismatches(stated, **head, issues=[unit]) == {("warning", ".".join(key), "250000", "25")}
    elsewhere = found_while_reading("unit_unstated", "fees.amount")
    assert mismatches(stated, **head, issues=[elsewhere]) == {("error", ".".join(key), "250000", "25")}


def test_the_total_that_the_figure_equals_instead_is_told() -> None:
    cells = consistent({("received_carried_over", "natural_person"): 3, ("granted", "natural_person"): 14,
                        ("carried_forward", "natural_person"): 1})  # fmt: skip
    (issue,) = found([filing(claim(NEW, 15), cells=cells)], "narrative_mismatch")
    assert (issue["severity"], issue["expected"], issue["actual"]) == ("error", "12", "15")
    assert "恰与表三“新收和上年结转的申请”各项“总计”之和相等" in issue["message_zh"]
    (issue,) = found([filing(claim(ALL, 14), cells=cells)], "narrative_mismatch")
    assert "恰与表三“（七）总计”行“总计”列相等" in issue["message_zh"]
    assert "新收政府信息公开申请数量12＋二、上年结转政府信息公开申请数量3" in issue["message_zh"]
    (issue,) = found([filing(claim(NEW, 99), cells=cells)], "narrative_mismatch")
    assert "恰与" not in issue["message_zh"]


def test_messages_name_both_figures_and_quote_the_sentence() -> None:
    long = "一、" + "前面的话，" * 30 + "共收到申请1577件，" + "后面的话，" * 30
    issue = found([filing(claim(NEW, 1577, "area", long), cells=row("received_new", 12))], "narrative_mismatch")[0]
    assert issue["message_zh"].startswith("表三“一、本年新收政府信息公开申请数量”行“总计”列为12，而正文写的是1577：“……")
    assert "共收到申请1577件" in issue["message_zh"] and len(issue["message_zh"]) < 300
    assert "这句话说的是全地区汇总，而本报告的口径是本机关" in issue["message_zh"]
    assert "is about the whole area, the report about the agency itself" in issue["message_en"]


def test_plausible_bases_are_metrics_of_the_edition() -> None:
    found_bases: dict[tuple[str, str], set[str]] = {}
    for form, metric, base in bases():
        found_bases.setdefault((form, metric), set()).add(base)
    totals = {NEW, ALL, DONE}
    assert found_bases["2021", "applications.granted.total"] == totals | {"applications.granted_or_partly.total"}
    assert found_bases["2021", "applications.refused.state_secret.total"] == totals | {REFUSED}
    assert found_bases["2021", "applications.received_new.natural_person"] == {
        NEW,
        "applications.handled.natural_person",
    }
    assert found_bases["2021", "review_litigation.review.upheld"] == {"review_litigation.review.total"}
    assert found_bases["2021", "review_litigation.litigation_direct.upheld"] == {
        "review_litigation.litigation_direct.total", "review_litigation.litigation.upheld",
    }  # fmt: skip
    assert "statistics.replied.count" in found_bases["2014", "statistics.replied.granted.count"]
    assert (NEW, ALL) in {(metric, other) for metric, other, _ in alike()}


def share(
    value: float, metric: str = "applications.granted.total", base: str | None = None, scope: str = "own"
) -> dict[str, Any]:
    return {"kind": "percentage", "metric": metric, "base": base, "value": value, "scope": scope,
            "sentence": f"予以公开占{value}%。"}  # fmt: skip


# New 250, carried over 10, concluded 256: 80 granted are 32 %, 30.77 % and 31.25 %.
COUNTED = consistent({
    ("received_carried_over", "natural_person"): 10, ("granted", "natural_person"): 80,
    ("refused.state_secret", "commercial_enterprise"): 176, ("carried_forward", "natural_person"): 4,
})  # fmt: skip


def shares(
    statement: dict[str, Any], cells: dict[CellKey, Any] | None = None, **head: Any
) -> set[tuple[str, str | None, str | None]]:
    document = record(reading(cells=COUNTED if cells is None else cells, statements=[statement], **head))
    return {(issue["place"], issue["expected"], issue["actual"]) for issue in found([document], "percentage_mismatch")}


GRANTED = "applications.granted.total"


@pytest.mark.parametrize(
    ("stated", "base", "expected"),
    [
        (32, None, None), (30.8, None, None), (30.77, None, None), (31.2, None, None), (31.3, None, None),
        (31, None, None), (33.9, None, "32"), (35, None, "32"), (3.2, None, "30.77"), (100, None, None),
        (32, NEW, None), (32.1, NEW, None), (32.2, NEW, "32"), (30.8, NEW, "32"), (32, ALL, "30.77"), (31, ALL, None),
        (31.25, DONE, None), (31.4, DONE, None), (31.5, DONE, "31.25"),
    ],
)  # fmt: skip
def test_percentages_are_the_tables_ratio(stated: float, base: str | None, expected: str | None) -> None:
    # 100 %: all that were granted or partly granted were granted.
    assert shares(share(stated, base=base)) == (set() if expected is None else {(GRANTED, expected, f"{stated:g}")})


def test_percentages_of_another_scope_or_of_unknown_figures_are_not_judged() -> None:
    assert shares(share(50, scope="area")) == set()
    assert shares(share(50, scope="unknown")) == shares(share(50)) == {(GRANTED, "32", "50")}
    assert shares(share(50), {**COUNTED, **row("granted", "missing")}) == set()
    assert shares(share(50), {**COUNTED, **row("received_new", "blank")}) == set()
    assert shares(share(50), {**COUNTED, **row("concluded_total", "unreadable")}) == set()
    assert shares(share(50, base=NEW), {**COUNTED, **row("concluded_total", "unreadable")}) == {(GRANTED, "32", "50")}
    assert shares(share(50, base="applications.nothing.total")) == set()
    assert shares(share(50), {}) == set()  # no applications: of nothing there is no share
    assert shares(share(50, "applications.received_new.natural_person")) == {
        ("applications.received_new.natural_person", "29.6", "50")
    }


def test_a_percentage_names_the_figures_that_it_should_be_of() -> None:
    (issue,) = found([record(reading(cells=COUNTED, statements=[share(33.9)]))], "percentage_mismatch")
    assert "80÷250（表三“一、本年新收政府信息公开申请数量”行“总计”列）＝32%" in issue["message_zh"]
    assert issue["severity"] == "warning"


def parts(value: float, *listed: float, metric: str | None = DONE) -> dict[str, Any]:
    return {"kind": "breakdown", "metric": metric, "value": value, "parts": list(listed), "scope": "own",
            "sentence": "办结9件，其中予以公开5件、不予公开5件。"}  # fmt: skip


def test_listed_parts_make_their_sum() -> None:
    def raised(*statements: dict[str, Any]) -> set[tuple[str, str, str]]:
        issues = found([record(reading(statements=list(statements)))], "narrative_breakdown")
        return {(issue["place"], issue["expected"], issue["actual"]) for issue in issues}

    assert raised(parts(10, 5, 5)) == set()
    assert raised(parts(9, 5, 5), parts(9, 5, 5)) == {(DONE, "10", "9")}
    assert raised(parts(12, 5, 5.5, metric=None)) == {("narrative", "10.5", "12")}
    assert raised(parts(9, 5)) == set()  # one part is no list
    assert raised({**parts(9, 5, 5), "value": None}, {**parts(9), "parts": None}) == set()
    (issue,) = found([record(reading(statements=[parts(9, 5, 5)]))], "narrative_breakdown")
    assert "5＋5＝10" in issue["message_zh"] and "5 + 5 = 10" in issue["message_en"]
