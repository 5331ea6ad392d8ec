"""Figures of the prose that a verb alone would tie to the wrong metric: the tables are right, and the prose is too."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract.claims import ClaimsReading, read_claims
from extract.forms import CellKey, load_forms
from extract.masthead import Masthead
from extract.matching.result import Cell
from extract.model import Document, Paragraph, Place

FIGURES = {"received_new": 20, "received_carried_over": 3, "concluded_total": 21, "carried_forward": 2}
"""Totals of section three that every text here is about."""


def cells(figures: dict[str, int]) -> dict[CellKey, Cell]:
    """Totals of section three by row code."""
    keys = {("applications", row, "total"): value for row, value in figures.items()}
    return {key: Cell(key, str(value), "reported", Decimal(value), Place()) for key, value in keys.items()}


def read(
    text: str, agency: str = "示例县商务局", scope: str = "own", tables: dict[str, int] | None = None
) -> ClaimsReading:
    head = Masthead("标题", agency, agency, 2024, scope, None, None)
    document = Document("text/plain", [Paragraph(text)])
    return read_claims(document, load_forms()["2021"], cells(FIGURES if tables is None else tables), head)


def stated(reading: ClaimsReading) -> dict[str, int]:
    """What is claimed of sections three and four, by row and column."""
    return {claim.metric.partition(".")[2].removesuffix(".total"): int(claim.value) for claim in reading.claims}


CARRIED_IN = {
    "收到政府信息公开申请20件，不含上年结转3件。": {"received_new": 20, "received_carried_over": 3},
    "收到政府信息公开申请20件（不含上年结转）。": {"received_new": 20},
    "收到政府信息公开申请（含上年结转）共23件。": {"handled": 23},
    "我局共收到政府信息公开申请（包括上年度结转申请）合计23件，均已答复。": {"handled": 23},
    "受理政府信息公开申请23件（含上年结转）。": {"handled": 23},
    "共收到政府信息公开申请23件，含上年结转。": {"handled": 23},
    "共收到政府信息公开申请23件，含上年结转3件。": {"handled": 23, "received_carried_over": 3},
    "新收政府信息公开申请23件（含上年结转）。": {},
    "收到政府信息公开申请（含上年结转3件）共23件。": {"handled": 23, "received_carried_over": 3},
    "本年度收到和上年结转政府信息公开申请共23件。": {"handled": 23},
    "办结政府信息公开申请21件（其中本年新收18件，上年结转3件）。": {"concluded_total": 21, "received_carried_over": 3},
    "收到依申请公开20件，办理21件（其中上年结转3件）。": {
        "received_new": 20, "concluded_total": 21, "received_carried_over": 3,
    },
    "共办理政府信息公开申请23件（其中上年结转3件）。": {"handled": 23, "received_carried_over": 3},
}  # fmt: skip

OF_THE_NEW = {
    "本年新收20件，其中18件已办结，2件结转下年度；上年结转3件已全部办结。": 18,
    "本年新收的20件中办结18件。": 18,
    "新收20件申请，除2件未到答复期限外，其余18件均已答复。": 18,
    "新收的20件申请，已答复18件，2件正在办理。": 18,
    "本年新收申请20件，办结18件（不含上年结转3件）。": 18,
    "收到政府信息公开申请20件，其中办结18件，结转下年度2件。": 18,
    "新收政府信息公开申请20件（已办结18件，2件正在办理）。": 18,
    "当年新收20件，当年办结18件；上年结转3件，全部办结。": 18,
    "上年结转3件已办结，本年新收20件，办结18件。": 18,
    "收到政府信息公开申请20件，已办结18件，2件正在办理。": 18,
}

WHOLE = {
    "新收政府信息公开申请20件，上年结转3件，办结21件。": 21,
    "新收政府信息公开申请20件，上年结转3件，办结18件。": 18,
    "新收政府信息公开申请20件，办结19件。": 19,
    "共办理23件，其中新收20件、上年结转3件，已办结19件。": 19,
}


@pytest.mark.parametrize(("text", "claims"), CARRIED_IN.items())
def test_what_was_carried_over_is_counted_in(text: str, claims: dict[str, int]) -> None:
    assert stated(read("依申请公开情况。" + text)) == claims


@pytest.mark.parametrize(("text", "value"), OF_THE_NEW.items())
def test_what_was_concluded_of_the_new_ones_is_not_the_total(text: str, value: int) -> None:
    reading = read("依申请公开情况。" + text)
    assert "concluded_total" not in stated(reading)
    assert value in {item.value for item in reading.unresolved}
    # Where nothing was carried over, the new ones are all.
    told = stated(read("依申请公开情况。" + text, tables={**FIGURES, "received_carried_over": 0}))
    assert "上年结转" in text or told["concluded_total"] == value


@pytest.mark.parametrize(("text", "value"), WHOLE.items())
def test_what_was_concluded_of_all_is_still_claimed(text: str, value: int) -> None:
    assert stated(read("依申请公开情况。" + text))["concluded_total"] == value


@pytest.mark.parametrize("scope", ["own", "area"])
def test_the_office_is_not_the_government_that_files(scope: str) -> None:
    text = "全县共收到政府信息公开申请20件，其中县政府办公室受理8件。"
    reading = read(text, "示例县人民政府", scope)
    assert {(claim.metric, int(claim.value), claim.scope) for claim in reading.claims} == {
        ("applications.received_new.total", 20, "area")
    }
    assert [int(item.value) for item in reading.unresolved] == [8]
    own = read(text, "示例县人民政府办公室", scope)
    assert ("applications.received_new.total", 8) in {(claim.metric, int(claim.value)) for claim in own.claims}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("被提起行政复议2件，其中政府信息公开类1件。", {"review": 1}),
        ("行政复议申请5件，其中政府信息公开类1件。", {"review": 1}),
        ("行政复议5件、行政诉讼3件，其中涉及政府信息公开的行政复议1件。", {"review": 1}),
        ("代理行政诉讼5件、行政复议3件，其中涉及信息公开0件诉讼。", {"litigation": 0}),
        ("行政复议5件、行政诉讼3件，其中政府信息公开类1件。", {}),
        ("行政复议5件（其中政府信息公开类1件），行政诉讼3件。", {"review": 1}),
        ("因政府信息公开被提起行政复议5件，其中申请答复类3件、投诉举报类2件。", {"review": 5}),
        ("协助办理政府信息公开行政复议2件。", {}),
        ("发生行政复议5件，均不涉及政府信息公开。", {}),
        ("县政府受理政府信息公开类行政复议申请4件，维持3件。", {}),
        ("因政府信息公开被申请行政复议5件，其中维持3件。", {"review": 5, "review.upheld": 3}),
        ("县政府作为复议机关审理政府信息公开行政复议案件4件，维持3件，纠正1件。", {}),
        ("作为复议机关审理政府信息公开行政复议4件；因政府信息公开被申请行政复议2件。", {"review": 2}),
    ],
)
def test_reviews_not_of_the_filers_answers(text: str, claims: dict[str, int]) -> None:
    assert stated(read(text)) == claims


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("公开行政处罚决定100条，行政许可决定200条。", {100, 200}),
        ("发布行政许可决定120条。", {120}),
        ("在网站公示行政处罚决定100件。", {100}),
        ("协助县政府办理信息公开申请7件。", {7}),
        ("收到县政府转办的依申请公开3件。", {3}),
        ("县政府转来政府信息公开申请3件，均已办结。", {3}),
        ("下属学校收到政府信息公开申请5件，均已办结。", {5}),
    ],
)
def test_what_was_published_or_done_for_another(text: str, values: set[int]) -> None:
    reading = read(text)
    assert not reading.claims
    assert {int(item.value) for item in reading.unresolved} == values


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("信息公开情况。作出行政处罚决定100件。", "penalties.decisions"),
        ("作出行政许可决定100件并全部公开。", "licensing.decisions"),
        ("我局及下属单位收到政府信息公开申请100件。", "received_new"),
        ("收到政府信息公开申请100件，转办1次。", "received_new"),
    ],
)
def test_what_the_filer_did_is_still_claimed(text: str, metric: str) -> None:
    assert stated(read(text, tables={})) == {metric: 100}
