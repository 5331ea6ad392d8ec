"""Ten runs killed at random moments, each made up for by the next run."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.conftest import Ogi
from tests.kills import assert_clean, killed_run

KILLS = 10


@pytest.fixture(scope="module")
def duration(ogi: Ogi, few_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that an undisturbed run takes."""
    began = time.monotonic()
    ogi("run", "--sources", few_samples, "--home", tmp_path_factory.mktemp("timed"))
    return time.monotonic() - began


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_run_killed_at_a_random_moment(
    ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path, duration: float, seed: int
) -> None:
    home = tmp_path / "home"
    moment = random.Random(seed).uniform(0.2, duration)
    last = killed_run(few_samples, home, seconds=moment)
    print(f"killed after {moment:.1f} of {duration:.1f} s, last: {last}")
    done = ogi("run", "--sources", few_samples, "--home", home)
    assert done.returncode == 0, done.stdout
    digests = [ogi("warehouse", "digest", "--home", place).stdout for place in (home, published)]
    assert digests[0] == digests[1] != ""
    if last is not None:
        assert_clean(home)
