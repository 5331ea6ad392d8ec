"""Documents in every layout of the corpus tool, read and scored.

A small instance of what ``python -m tests.corpus.score`` measures: one
document in each single layout, and random combinations.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

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
    """All but digits that the font does not tell, which no text layer gives back."""
    known = [outcome for outcome in single if "pdf unicode=digits_unknown" not in outcome.groups]
    wrong = [(outcome.name, outcome.cells - outcome.right) for outcome in known if outcome.right < outcome.cells]
    assert share(len(known) - len(wrong), len(known)) >= 0.98, wrong
    assert share(sum(o.right for o in known), sum(o.cells for o in known)) >= 0.999


def test_combined_damage_is_mostly_read_right(mixed: Sequence[Outcome]) -> None:
    assert share(sum(o.right for o in mixed), sum(o.cells for o in mixed)) >= 0.98
    assert share(sum(o.non_zero_right for o in mixed), sum(o.non_zero for o in mixed)) >= 0.97
