"""Figures in prose, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from extract.claims import ClaimsReading, read_claims
from extract.forms import CellKey, load_forms
from extract.masthead import Masthead
from extract.matching.result import Cell
from extract.model import Block, Document, Field, Grid, Paragraph, Place

NEW = "applications.received_new.total"
IN = "applications.received_carried_over.total"
HANDLED = "applications.handled.total"
DONE = "applications.concluded_total.total"
OUT = "applications.carried_forward.total"


def masthead(scope: str = "own", agency: str = "示例县商务局", year: int | None = 2024) -> Masthead:
    return Masthead("标题", agency, agency, year, scope, None, None)


def cells(**figures: int) -> dict[CellKey, Cell]:
    """Totals of section three by row code (``__`` for a dot)."""
    keys = {("applications", row.replace("__", "."), "total"): value for row, value in figures.items()}
    return {key: Cell(key, str(value), "reported", Decimal(value), Place()) for key, value in keys.items()}


def read(
    *paragraphs: str,
    form: str = "2021",
    tables: Mapping[CellKey, Cell] | None = None,
    head: Masthead | None = None,
) -> ClaimsReading:
    blocks: list[Block] = [Paragraph(text) for text in paragraphs]
    return read_claims(Document("text/plain", blocks), load_forms()[form], tables or {}, head or masthead())


def stated(reading: ClaimsReading) -> dict[str, int | Decimal]:
    return {claim.metric: claim.value for claim in reading.claims}


def reasons(reading: ClaimsReading) -> dict[int, str]:
    return {int(item.value): item.reason for item in reading.unresolved}


def test_a_claim_carries_the_sentence_as_filed() -> None:
    reading = read("第一句。2024 年，我局共收到政府信息公开\n申请  12 件，均已答复。末句。")
    (claim,) = reading.claims
    assert (claim.metric, int(claim.value), claim.scope) == (NEW, 12, "own")
    assert claim.sentence == "2024 年，我局共收到政府信息公开申请 12 件，均已答复。"


def test_a_page_break_may_split_a_word() -> None:
    reading = read(
        "全年因依申请公开答复被提起行政复议3次,复议结果结果维",
        "- 3 -",
        "持2次；被提起行政诉讼1次，诉讼结果结果维持1次。",
    )
    assert stated(reading) == {
        "review_litigation.review.total": 3,
        "review_litigation.review.upheld": 2,
        "review_litigation.litigation.total": 1,
        "review_litigation.litigation.upheld": 1,
    }


def test_headings_and_tables_are_not_joined_with_prose() -> None:
    lines = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "0", "三、收到和处理政府信息公开申请情况", "7"
    rows = "一、本年新收政府信息公开申请数量 11 0 0 0 0 1 12", "规章 | 0 | 0 | 0", "行政许可424264"
    tables = {("proactive", "licensing", "decisions"): 424264}
    held = {key: Cell(key, str(value), "reported", Decimal(value), Place()) for key, value in tables.items()}
    assert read(*lines, *rows, tables=held) == ClaimsReading()


def test_headings_tell_what_a_section_is_about() -> None:
    reading = read(
        "三、收到和处理政府信息公开申请情况",
        "（一）收到情况",
        "新收12件，上年结转1件。",
        "（二）办理情况",
        "办结11件，结果如下：",
        "1.予以公开7件",
        "2.无法提供4件",
        "五、存在的主要问题及改进情况",
        "（一）办理情况",
        "办结30件。",
        "（二）依申请公开情况：结转2件至下年度，共转下年度2件。",
    )
    assert stated(reading) == {
        NEW: 12, IN: 1, DONE: 11, "applications.granted.total": 7, "applications.unavailable.total": 4, OUT: 2,
    }  # fmt: skip
    assert 30 in reasons(reading)


def test_sentences_in_one_field_rows_are_prose_and_tables_are_not() -> None:
    sentence = "2024年，我局在门户网站设立依申请公开专栏，全年共收到政府信息公开申请12件，均已按时答复。"
    prose = Grid([[Field(sentence, 0, Place())]])
    table = Grid([[Field("收到政府信息公开申请。", 0, Place()), Field("共收到政府信息公开申请31件。", 1, Place())]])
    reading = read_claims(Document("text/html", [prose, table]), load_forms()["2021"], {}, masthead())
    assert stated(reading) == {NEW: 12}


def test_the_same_figure_twice_is_one_claim() -> None:
    reading = read("我局收到政府信息公开申请12件。", "如上所述，我局收到政府信息公开申请12件。")
    assert len(reading.claims) == 1


def test_two_scopes_are_two_claims() -> None:
    reading = read("全县新收政府信息公开申请12件，我局新收12件。")
    assert {(claim.metric, claim.scope) for claim in reading.claims} == {(NEW, "area"), (NEW, "own")}


@pytest.mark.parametrize(
    ("text", "head", "scope"),
    [
        ("收到政府信息公开申请3件。", masthead("unknown"), "unknown"),
        ("我区收到政府信息公开申请3件。", masthead("own", "示例经济技术开发区管理委员会"), "own"),
        ("我区收到政府信息公开申请3件。", masthead("area", "示例区人民政府"), "area"),
        ("区政府办收到政府信息公开申请3件。", masthead("represented", "示例区人民政府办公室"), "represented"),
        ("区政府办收到政府信息公开申请3件。", masthead("area", "示例区人民政府"), "own"),
        ("区政府办代表区政府收到政府信息公开申请3件。", masthead("area", "示例区人民政府"), "represented"),
        ("按照全市政务公开工作要点，收到政府信息公开申请3件。", masthead(), "own"),
        ("全市公安机关收到政府信息公开申请3件。", masthead("own", "示例市公安局"), "area"),
    ],
)
def test_scope(text: str, head: Masthead, scope: str) -> None:
    (claim,) = read(text, head=head).claims
    assert claim.scope == scope


def test_scope_is_kept_within_a_paragraph_only() -> None:
    reading = read("全县收到政府信息公开申请30件。其中予以公开10件。", "办结政府信息公开申请5件。")
    assert [claim.scope for claim in reading.claims] == ["area", "area", "own"]


# What only the sentence or the tables decide.

FIFTEEN = {"received_new": 12, "received_carried_over": 3, "concluded_total": 14}


@pytest.mark.parametrize(
    ("text", "tables", "metrics"),
    [
        ("共办理政府信息公开申请15件，其中新收12件、上年结转3件。", {}, {HANDLED: 15, NEW: 12, IN: 3}),
        ("新收政府信息公开申请12件，上年结转3件，共15件。", {}, {NEW: 12, IN: 3, HANDLED: 15}),
        ("收到政府信息公开申请15件（含上年结转3件）。", {}, {HANDLED: 15, IN: 3}),
        ("共办理政府信息公开申请15件。", {}, {}),
        ("共办理政府信息公开申请15件。", FIFTEEN, {HANDLED: 15}),
        ("共办理政府信息公开申请14件。", FIFTEEN, {DONE: 14}),
        ("共办理政府信息公开申请16件。", FIFTEEN, {}),
        ("收到政府信息公开申请9件，结转2件。", {"received_carried_over": 2, "carried_forward": 1}, {NEW: 9, IN: 2}),
        ("收到政府信息公开申请9件，结转2件。", {"received_carried_over": 2, "carried_forward": 2}, {NEW: 9}),
        ("收到政府信息公开申请9件，办结7件，结转2件。", {}, {NEW: 9, DONE: 7, OUT: 2}),
        ("受理并答复政府信息公开申请9件。", {"received_new": 8, "concluded_total": 9}, {DONE: 9}),
        ("受理并答复政府信息公开申请9件。", {"received_new": 9, "concluded_total": 9}, {}),
    ],
)  # fmt: skip
def test_doubts(text: str, tables: dict[str, int], metrics: dict[str, int]) -> None:
    assert stated(read(text, tables=cells(**tables))) == metrics


def test_a_contradiction_within_a_sentence_is_not_taken_apart() -> None:
    reading = read("县公安局受理政府信息公开申请12件，县教育局受理政府信息公开申请5件。")
    assert not reading.claims
    assert set(reasons(reading)) == {12, 5}


def test_a_wrong_figure_is_still_claimed() -> None:
    assert stated(read("收到政府信息公开申请12件。", tables=cells(received_new=9))) == {NEW: 12}


def test_rows_that_the_edition_lacks_are_no_claims() -> None:
    text = "依申请公开情况。其他处理3件，其中逾期不补正2件。"
    assert stated(read(text)) == {
        "applications.other.total": 3,
        "applications.other.not_corrected_in_time.total": 2,
    }
    assert stated(read(text, form="2019")) == {"applications.other.total": 3}
    assert stated(read("本年废止规范性文件3件。", form="2019")) == {}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("全年收取行政事业性收费52.15万元。", "52.15"),
        ("全年收取行政事业性收费251000元。", "25.1"),
        ("全年收取行政事业性收费1.2亿元。", "12000"),
        ("全年收取行政事业性收费0元。", "0"),
    ],
)
def test_amounts_are_in_ten_thousands(text: str, amount: str) -> None:
    assert stated(read(text)) == {"proactive.fees.amount": Decimal(amount)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("收到网上申请8件、当面申请2件。", "channel"),
        ("收到政府信息公开申请8余件。", "approximate"),
        ("2023年收到政府信息公开申请8件。", "not a figure of the year"),
        ("较上年增加8件。", "compares"),
        ("上半年收到政府信息公开申请8件。", "part of the year"),
        ("近三年共收到政府信息公开申请8件。", "several years"),
        ("法人或其他组织申请8件。", "several columns"),
        ("共办理政府信息公开申请8件。", "at hand or those concluded"),
        ("公开政府信息8条。", "no figure of the form"),
        ("开展培训8次。", "no figure of the form"),
        ("收到群众留言8条。", "no figure of the form"),
        ("未按期答复8件。", "denial"),
        ("行政复议、行政诉讼共8件。", "several figures"),
        ("行政复议被驳回8件。", "result that is no column"),
    ],
)
def test_reasons_are_bilingual(text: str, reason: str) -> None:
    reading = read("依申请公开情况。" + text)
    assert not reading.claims
    found = reasons(reading)[8]
    chinese, _, english = found.partition(" / ")
    assert reason in english
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


@pytest.mark.parametrize(
    "text",
    [
        "予以公开占66.5%，不予公开占5.6%。",
        "国办公开办函〔2021〕30号，电话0517-87222589，邮编223100，2024年1月1日至12月31日，第二十条第（一）项。",
        "坚持“三审三校”“一事一审”，做到五公开，一次性告知，两个清单。",
        "没有出现应公开而不予公开的办件，未对政府信息公开申请收取费用，未发生超期答复。",
        "没有专职行政复议人员，未及时总结行政诉讼经验。",
        "依申请公开→365体育官网",
    ],
)
def test_numbers_and_denials_that_are_no_figures(text: str) -> None:
    assert read("依申请公开情况。" + text) == ClaimsReading()


def test_reviews_that_the_agency_decides_are_not_those_about_disclosure() -> None:
    reading = read("（一）主动公开情况。全年办理行政复议案件120件，其中维持80件。")
    assert not reading.claims and set(reasons(reading)) == {120, 80}


def test_without_a_year_no_other_year_is_known() -> None:
    assert stated(read("2023年收到政府信息公开申请8件。", head=masthead(year=None))) == {NEW: 8}


def test_carrying_over_is_told_by_the_year() -> None:
    reading = read("新收政府信息公开申请9件，2023年结转2件，结转2025年1件。")
    assert stated(reading) == {NEW: 9, IN: 2, OUT: 1}


@pytest.mark.parametrize(
    "text",
    ["", "。", "，、；", "（（（", "）））", "12件", "1" * 5000 + "件", "无", "分别各均共", "《" * 50, "\ud800件12件"],
)
def test_odd_texts_are_read(text: str) -> None:
    read(text)
