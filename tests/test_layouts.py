"""Documents in every layout of the corpus tool, read and scored.

A small instance of what ``python -m tests.corpus.score`` measures: one
document in each single layout, and random combinations.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.corpus.attribution import attribute
from tests.corpus.render import each_layout, random_documents, write
from tests.corpus.score import Outcome, score_folder

MEDIA = ("text", "html", "pdf", "docx")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folder = tmp_path_factory.mktemp("single")
    write(each_layout(1, "test-layouts", MEDIA), folder)
    return score_folder(folder)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    folder = tmp_path_factory.mktemp("mixed")
    write(random_documents(80, "test-mixed", MEDIA), folder)
    return score_folder(folder)


def share(part: int, whole: int) -> float:
    return part / whole


def test_no_wrong_figure_goes_unsaid(single: Sequence[Outcome], mixed: Sequence[Outcome]) -> None:
    silent = [(outcome.name, outcome.silent) for outcome in (*single, *mixed) if outcome.silent]
    assert silent == []


def test_every_single_layout_is_read_right(single: Sequence[Outcome]) -> None:
    wrong = [(outcome.name, outcome.cells - outcome.right) for outcome in single if not outcome.entire]
    assert share(len(single) - len(wrong), len(single)) >= 0.99, wrong
    assert share(sum(o.right for o in single), sum(o.cells for o in single)) >= 0.999
    assert share(sum(o.false_alarm for o in single), len(single)) <= 0.02


def test_combined_damage_is_mostly_read_right(mixed: Sequence[Outcome]) -> None:
    assert share(sum(o.right for o in mixed), sum(o.cells for o in mixed)) >= 0.995
    assert share(sum(o.non_zero_right for o in mixed), sum(o.non_zero for o in mixed)) >= 0.99
    assert share(sum(o.entire for o in mixed), len(mixed)) >= 0.95


def test_the_head_and_the_prose_are_read_right(single: Sequence[Outcome], mixed: Sequence[Outcome]) -> None:
    both = (*single, *mixed)
    for fact in ("agency", "year", "form"):
        assert share(sum(getattr(outcome, fact) for outcome in both), len(both)) >= 0.995, fact
    stated, found, right = (sum(outcome.claims[place] for outcome in both) for place in range(3))
    assert share(right, stated) >= 0.95
    assert share(right, found) >= 0.98


def test_broken_sums_are_said_to_be_the_filers_or_ours(tmp_path: Path) -> None:
    write(random_documents(60, "test-attribution", MEDIA), tmp_path)
    found = attribute(tmp_path, jobs=1)
    assert len(found) >= 20
    assert share(sum(verdict.right for verdict in found), len(found)) >= 0.95
