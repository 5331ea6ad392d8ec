"""Ten runs killed at random moments of random stages, each made up for by the next run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import Ogi
from tests.kills import assert_clean, killed_run

KILLS = 10
STAGES = {
    "": 1.5,
    "survey": 12.0,  # Prefect's server starts
    "archive": 2.0,
    "extract": 0.4,
    "transform": 0.4,
    "judge": 8.0,  # the contracts are held
    "contract": 0.5,
    "load": 0.2,
}
"""Stages, and the seconds after each within which the kill falls."""


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_run_killed_at_a_random_moment(
    ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path, seed: int
) -> None:
    home = tmp_path / "home"
    random_moment = random.Random(seed)
    stage = random_moment.choice(list(STAGES))
    seconds = random_moment.uniform(0, STAGES[stage])
    last = killed_run(few_samples, home, after=stage, seconds=seconds)
    print(f"killed {seconds:.2f} s after {stage or 'the start'}; last stage ended: {last}")
    done = ogi("run", "--sources", few_samples, "--home", home)
    assert done.returncode == 0, done.stdout
    digests = [ogi("warehouse", "digest", "--home", place).stdout for place in (home, published)]
    assert digests[0] == digests[1] != ""
    if last is not None:
        assert_clean(home)
