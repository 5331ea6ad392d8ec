"""Documents that were made to cost time or memory end with their code, soon and in little memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from extract.paths import ROOT
from flows import pool
from flows.documents import Task
from tests.corpus import hostile

SECONDS = 10.0  # of the processor, so that a busy machine does not count
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


@dataclass(frozen=True)
class Impatient(Task):
    """Allows less processor time than the worker does, so that the test ends sooner."""

    def content(self) -> bytes:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1, hard))
        return super().content()


def test_what_never_ends_is_killed_and_the_next_is_read(tmp_path: Path) -> None:
    """Forms that show each other 2 to the 30 times keep PDFium busy for ever: only the worker's limit ends that."""
    endless, empty = tmp_path / "a.pdf", tmp_path / "b.txt"
    endless.write_bytes(hostile.forms(30))
    empty.write_bytes(b"")
    readings = list(pool.read_all([Impatient(endless, "a.pdf"), Task(empty, "b.txt")], jobs=1))
    assert [reading["error"]["code"] for reading in readings] == ["too_large", "empty"]
