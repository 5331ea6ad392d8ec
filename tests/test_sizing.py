"""The page on sizing is what its rates give."""

from __future__ import annotations

import pytest

from extract.paths import ROOT
from tests.bench import sizing


def test_the_page_is_made_of_the_rates() -> None:
    assert (ROOT / "docs" / "sizing.md").read_text("utf-8") == sizing.page(), "make sizing"


def test_every_rate_says_how_it_was_measured() -> None:
    rates = sizing.load()
    assert rates["measured"].keys() == rates["sources"].keys()
    assert sum(kind["share"] for kind in rates["media"].values()) == pytest.approx(1)


def test_costs_grow_with_the_documents() -> None:
    rates = sizing.load()
    none, some, more = (sizing.cost(rates, documents, 1000) for documents in (0, 1000, 2000))
    assert none.reading == none.building == none.archive == 0 and none.requests == 1000
    assert more.reading == pytest.approx(2 * some.reading) and more.archive == pytest.approx(2 * some.archive)
    assert some.processor == pytest.approx(some.reading + some.building + some.crawling)


@pytest.mark.parametrize(("amount", "words"), [
    (3.4, "3 天 d"), (1.0, "24 小时 h"), (0.05, "72 分 min"),
])  # fmt: skip
def test_spans_are_in_the_unit_that_suits_them(amount: float, words: str) -> None:
    assert sizing._span(amount) == words
