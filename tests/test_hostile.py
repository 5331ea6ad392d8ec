"""Documents that were made to cost time or memory end with their code, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extract.paths import ROOT
from flows import pool
from flows.documents import Task
from tests.corpus import hostile

SECONDS = 10.0
MEMORY = 1024  # MiB


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    """All cases, read one after the other by one process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.corpus.hostile"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", hostile.CASES)
def test_a_hostile_document_ends_soon_with_its_code(outcomes: dict[str, dict[str, Any]], name: str) -> None:
    outcome = outcomes[name]
    assert outcome["code"] in hostile.CASES[name][2]
    assert outcome["seconds"] < SECONDS


def test_none_of_them_needs_much_memory(outcomes: dict[str, dict[str, Any]]) -> None:
    assert max(outcome["memory"] for outcome in outcomes.values()) < MEMORY


def test_what_never_ends_is_killed_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that show each other 2 to the 40 times keep PDFium busy for ever: only the pool's limit ends that."""
    monkeypatch.setattr(pool, "SECONDS", 5.0)
    endless, empty = tmp_path / "a.pdf", tmp_path / "b.txt"
    endless.write_bytes(hostile.forms(30))
    empty.write_bytes(b"")
    readings = list(pool.read_all([Task(endless, "a.pdf"), Task(empty, "b.txt")], jobs=1))
    assert [reading["error"]["code"] for reading in readings] == ["unreadable", "empty"]
