"""A run that is killed is made up for by the next one (many more kills: ``make prove``)."""

from __future__ import annotations

import time
from pathlib import Path

from tests.conftest import Ogi
from tests.kills import assert_clean, killed_run, processes_of


def test_kills_while_reading_and_while_loading_leave_no_trace(
    ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert killed_run(few_samples, home, after="archive", seconds=0.2) is not None
    deadline = time.monotonic() + 20
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(home) == []
    refused = ogi("sql", "SELECT 1", "--home", home)
    assert refused.returncode == 1 and "ogi run" in refused.stderr
    assert killed_run(few_samples, home, after="contract", seconds=0.1) is not None
    done = ogi("run", "--sources", few_samples, "--home", home)
    assert done.returncode == 0, done.stdout
    digests = [ogi("warehouse", "digest", "--home", place).stdout for place in (home, published)]
    assert digests[0] == digests[1] != ""
    assert_clean(home)
