"""The corpus of filings with the statistical table of 2014, and how they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.forms import load_forms
from tests.corpus import judge, render, score, statistics, statistics_render
from tests.corpus.agencies import AGENCIES

MEDIA = tuple(render.MEDIA)
DAMAGED = ("unicode=digits_unknown",)
"""A layout of a PDF in which figures cannot be read; a reading has to say so."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[score.Outcome]:
    """The readings of random documents."""
    folder = tmp_path_factory.mktemp("statistics")
    render.write(statistics_render.random_documents(120, "test", MEDIA), folder)
    return score.score_folder(folder)


def test_every_sum_of_a_plain_filing_holds() -> None:
    for agency in AGENCIES.values():
        for year in statistics.YEARS:
            filing = statistics.filing(agency, year, "sums")
            assert list(filing.cells) == list(load_forms()["2014"].cells())
            assert judge.violations(filing.cells) == []


def test_the_same_seed_gives_the_same_documents() -> None:
    one, other = (list(statistics_render.random_documents(8, "same", MEDIA)) for _ in range(2))
    assert [made.rendered.data for made in one] == [made.rendered.data for made in other]
    assert [made.filing for made in one] == [made.filing for made in other]


def test_a_truth_lists_every_cell_of_the_form(tmp_path: Path) -> None:
    (path,) = render.write(statistics_render.random_documents(1, "truth", ("text",)), tmp_path)
    assert path.with_name(f"{path.name}.truth.json").exists()
    (outcome,) = score.score_folder(tmp_path)
    assert outcome.cells == len(list(load_forms()["2014"].cells()))


@pytest.mark.parametrize("kind", MEDIA)
def test_every_layout_is_read(kind: str, tmp_path: Path) -> None:
    render.write(statistics_render.each_layout(1, "each", (kind,)), tmp_path)
    found = [outcome for outcome in score.score_folder(tmp_path) if not _is_damaged(outcome)]
    assert [outcome.name for outcome in found if not outcome.entire or outcome.error] == []


def test_no_wrong_figure_is_silent(outcomes: list[score.Outcome]) -> None:
    assert [(outcome.name, outcome.differences) for outcome in outcomes if outcome.silent] == []
    assert all(outcome.form and outcome.year for outcome in outcomes)


def test_figures_are_right(outcomes: list[score.Outcome]) -> None:
    whole = [outcome for outcome in outcomes if not _is_damaged(outcome)]
    assert sum(outcome.right for outcome in whole) >= 0.999 * sum(outcome.cells for outcome in whole)
    assert sum(outcome.entire for outcome in whole) >= 0.98 * len(whole)


def _is_damaged(outcome: score.Outcome) -> bool:
    return any(group.endswith(DAMAGED) for group in outcome.groups)
