"""Readers and kills while builds follow one another; ``make prove`` does the same at length."""

from __future__ import annotations

from pathlib import Path

from tests.swaps import killed_often, mixtures, read_through_swaps


def test_readers_see_one_build_or_another(tmp_path: Path) -> None:
    answers, errors = read_through_swaps(tmp_path, readers=2, swaps=3)
    assert not errors and not mixtures(answers)
    assert len(answers) >= 3


def test_a_kill_leaves_the_old_build_or_the_new_one(tmp_path: Path) -> None:
    killed_often(tmp_path, kills=3, seed="swap")
