"""What the prose states beside figures: how much is found, how much of it is right, what bounds it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from extract.claims import Statement, read_claims, read_statements
from extract.forms import load_forms
from extract.masthead import Masthead
from extract.model import Document, Paragraph
from extract.paths import DATA
from extract.reading import read_bytes
from tests.corpus.statements import YEAR, patterns, samples, told

SAMPLES = DATA / "samples"
RECALL, PRECISION = 0.95, 0.99


def read(*paragraphs: str, scope: str = "own", agency: str = "示例县商务局") -> list[Statement]:
    document = Document("text/plain", [Paragraph(text) for text in paragraphs])
    head = Masthead("标题", agency, agency, YEAR, scope, None, None)
    claims = read_claims(document, load_forms()["2021"], {}, head)
    return read_statements(claims.said, agency, YEAR)


def kinds(*paragraphs: str) -> list[str]:
    return [statement.kind for statement in read(*paragraphs)]


@pytest.mark.parametrize("held_out", [False, True], ids=["two thirds", "a third"])
def test_recall_and_precision(held_out: bool) -> None:
    found = right = wanted = 0
    for sample in samples(seed=20241231, most=20, held_out=held_out):
        stated = {told(statement) for statement in read(*sample.text.split("¶"))}
        found += len(stated)
        right += len(stated & sample.stated)
        wanted += len(sample.stated)
    assert wanted > 150
    assert right / wanted >= RECALL, f"recall {right / wanted:.3f}"
    assert right / found >= PRECISION, f"precision {right / found:.3f}"


def test_every_kind_has_patterns_and_traps() -> None:
    lines = patterns()
    stated = {line.split("=>")[1].split()[0].rstrip(";") for line in lines if line.split("=>")[1].strip()}
    assert stated == {"all", "upheld", "%", "parts", "period", "nofee", "fee", "form"}
    assert sum(not line.split("=>")[1].strip() for line in lines) >= 40


def test_a_statement_carries_its_sentence_as_filed() -> None:
    (statement,) = read("第一句。2024 年，我局共收到政府信息公开\n申请  12 件，均已按时答复。末句。")
    assert statement == Statement("all_concluded", "2024 年，我局共收到政府信息公开申请 12 件，均已按时答复。", "own")


def test_the_scope_is_that_of_the_figures() -> None:
    text = "2024年，全市共收到政府信息公开申请12件，均已按时答复。"
    assert [statement.scope for statement in read(text, scope="own")] == ["area"]
    text = "2024年，区政府办公室代表区政府办理政府信息公开申请12件，均已按时答复。"
    assert [statement.scope for statement in read(text, scope="area")] == ["represented"]
    assert [statement.scope for statement in read("统计期限为2024年1月1日至12月31日。", scope="unknown")] == ["unknown"]


def test_what_is_said_twice_is_stated_once() -> None:
    assert kinds("全年未收取信息处理费。", "2024年未收取信息处理费。") == ["no_fees"]


def test_days_of_a_period() -> None:
    (period,) = read("所列数据的统计期限自2024年1月1日起至2024年12月31日止。")
    assert (period.first_day, period.last_day) == (date(2024, 1, 1), date(2024, 12, 31))
    (period,) = read("所列数据的统计期限自2024年1月1日起至2024年13月45日止。")
    assert (period.first_day, period.last_day) == (date(2024, 1, 1), None)
    assert read("所列数据的统计期限为1月1日至12月31日。") == []


def test_documents_cited_together_are_all_cited() -> None:
    said = read("本报告依据国办公开办函〔2019〕60号、〔2021〕30号规定的格式编制。")
    assert [statement.metric for statement in said if statement.kind == "form_cited"] == ["2019", "2021"]


def test_fees_are_in_units_of_ten_thousand() -> None:
    (fee,) = read("发出收费通知2件，总金额800元，实际收取320.50元。")
    assert (fee.kind, fee.value) == ("fees_charged", Decimal("0.03205"))
    (fee,) = read("全年发出信息处理费收费通知2件。")
    assert (fee.kind, fee.value) == ("fees_charged", None)


def test_a_number_with_a_point_begins_no_heading() -> None:
    (share,) = read("依申请公开情况。33.9%的申请予以公开。")
    assert (share.metric, share.value) == ("applications.granted.total", Decimal("33.9"))


def test_the_json_leaves_out_what_is_not_stated() -> None:
    file = SAMPLES / "shili-zhen" / "2022.pdf"
    period, fees = read_bytes(file.read_bytes(), file.name)["statements"]
    assert period == {
        "kind": "period",
        "first_day": "2022-01-01",
        "last_day": "2022-12-31",
        "sentence": period["sentence"],
        "scope": "own",
    }
    assert fees == {"kind": "no_fees", "sentence": fees["sentence"], "scope": "own"}


@pytest.mark.parametrize(
    "text",
    [
        "均按时限内" * 100_000 + "答复。",
        "申请" * 200_000 + "均已答复。",
        "统计期限自2024年1月1日起至" * 40_000,
        "未收取" * 100_000 + "信息处理费。",
        "办结9件，其中" + "予以公开1件、" * 60_000 + "。",
        "占12.5%，" * 100_000,
        "办结率" * 100_000 + "100%",
    ],
)
def test_hostile_prose_is_bounded(text: str) -> None:
    begun = process_time()
    read("依申请公开情况。", text)
    assert process_time() - begun < 20
