"""Eight readers during twenty swaps, and fifty kills at random moments of load and swap."""

from __future__ import annotations

import os
from pathlib import Path

from tests.swaps import killed_often, mixtures, read_through_swaps

KILLS = int(os.environ.get("OGI_PROVE_KILLS", "50"))


def test_eight_readers_during_twenty_swaps(tmp_path: Path) -> None:
    answers, errors = read_through_swaps(tmp_path, readers=8, swaps=20)
    print(f"\nbuilds seen: {len(answers)}, errors: {errors[:3]}, mixtures: {mixtures(answers)}")
    assert not errors and not mixtures(answers) and len(answers) >= 15


def test_fifty_kills(tmp_path: Path) -> None:
    killed_often(tmp_path, KILLS, os.environ.get("OGI_PROVE_SEED", "1"))
