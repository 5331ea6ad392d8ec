"""Every reader and the whole reading, fuzzed guided by coverage for ten minutes (OGI_FUZZ_SECONDS)."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.hunt import hunt_guided

SECONDS = float(os.environ.get("OGI_FUZZ_SECONDS", "600"))
SEED = os.environ.get("OGI_FUZZ_SEED", "1")


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: pip install '.[fuzz]'")
def test_no_input_that_reaches_new_code_brings_the_reader_down(tmp_path: Path) -> None:
    found = hunt_guided(SECONDS, SEED, tmp_path, rendered=0)
    for medium, counts in found.counts.items():
        print(f"{medium}: {counts['executions']} inputs")
    assert not found.problems, "\n\n".join(found.problems)
    assert all(counts["executions"] > 0 for counts in found.counts.values())
