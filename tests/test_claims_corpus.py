"""The labelled phrasings as a whole: how much is found, how much of it is right, how fast."""

from __future__ import annotations

from random import Random
from time import process_time

import pytest

from extract.claims import ClaimsReading, read_claims
from extract.claims.vocabulary import load_vocabulary
from extract.forms import load_forms
from extract.masthead import Masthead
from extract.model import Document, Paragraph
from tests.corpus.claims import Expected, Sample, samples, templates

RECALL, PRECISION = 0.95, 0.98


def read(text: str, scope: str = "own", form: str = "2021", sample: Sample | None = None) -> ClaimsReading:
    document = Document("text/plain", [Paragraph(part) for part in text.split("¶") if part])
    head = Masthead("标题", "示例县商务局", "示例县商务局", 2024, scope, None, None)
    return read_claims(document, load_forms()[form], sample.cells if sample else {}, head)


def test_the_phrasings_are_many_and_distinct() -> None:
    assert len(set(templates())) == len(templates()) >= 150
    assert len(templates(held_out=True)) >= len(templates()) // 4


@pytest.mark.parametrize("held_out", [False, True], ids=["developed on", "kept apart"])
def test_recall_and_precision(held_out: bool) -> None:
    found = right = wanted = 0
    for sample in samples(seed=20240131, rounds=2, held_out=held_out):
        reading = read(sample.text, sample.scope, sample.form, sample)
        claims = {Expected(claim.metric, claim.value, claim.scope) for claim in reading.claims}
        assert len(claims) == len(reading.claims), "a claim is listed twice"
        found += len(claims)
        right += len(claims & sample.claims)
        wanted += len(sample.claims)
    assert right / wanted >= RECALL, f"recall {right / wanted:.3f}"
    assert right / found >= PRECISION, f"precision {right / found:.3f}"


def test_what_is_no_figure_of_the_form_is_reported_as_such() -> None:
    unreported, claimed, traps = [], [], 0
    for sample in samples(seed=7, rounds=1):
        reading = read(sample.text, sample.scope, sample.form, sample)
        traps += len(sample.not_claims)
        claimed += [(sample.template, claim) for claim in reading.claims if claim.value in sample.not_claims]
        reported = {item.value for item in reading.unresolved}
        unreported += [(sample.template, value) for value in sample.unresolved - reported]
    assert traps > 150
    assert len(claimed) <= traps * (1 - PRECISION), claimed
    assert len(unreported) <= traps * (1 - RECALL), unreported


def test_any_text_is_read() -> None:
    """Words of the vocabulary, numbers and punctuation in any order."""
    random = Random(11)
    words = [*load_vocabulary().words, "（", "）", "《", "》", "①", "²", "２０", "\u3000", "\n", "¶", "%", "."]
    pieces = ["12件", "3件", "0件", "2023年", "两件", "为零", "，", "、", "；", "：", "。"]
    for _ in range(600):
        read("".join(random.choice(random.choice((words, pieces))) for _ in range(random.randint(1, 60))))


@pytest.mark.parametrize(
    "piece",
    ["3件", "各1件", "分别", "共3件、", "无，", "（含3件）", "（", "《", "1,111", "1 ", "1\n", "复议、", "公开，",
     "啊！", "2024年", "收到申请1件，", "政府信息公开申请", "无行政复议，", "共3件，", "予以公开、", "十",
     "结转至2025年", "1.", "因"],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = process_time()
        read(text)
        return process_time() - start

    seconds(1000)
    short = min(seconds(8_000) for _ in range(2))
    assert seconds(64_000) < 8 * short * 4 + 0.3


def test_a_filing_takes_little_time() -> None:
    about = "二是依法做好依申请公开工作，进一步规范受理、登记、审查、答复各环节，切实保障群众知情权。"
    figures = (
        next(samples(3, 1)).text + "办结11件，其中予以公开7件、部分公开2件、不予公开1件、无法提供1件，结转下年度1件。"
    )
    text = "¶".join([about * 30, figures, "开展培训3次，发布信息1200条。" * 10, figures, about * 30])
    assert 2500 < len(text) < 3500
    read(text)
    best = min(_seconds(text) for _ in range(20))
    assert best < 0.005, f"{best * 1000:.2f} ms; about 1 ms on an idle core"


def _seconds(text: str) -> float:
    start = process_time()
    read(text)
    return process_time() - start
