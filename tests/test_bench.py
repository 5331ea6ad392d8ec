"""The bench measures what there is: its peers and the stages of our reader."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from extract.paths import DATA, ROOT
from tests.bench.peers import OURS, PEERS, Reader
from tests.bench.stages import STAGES, WHOLE

SAMPLES = DATA / "samples"


@pytest.fixture
def page() -> str:
    return str(min(SAMPLES.rglob("*.html")))


def run(module: str, page: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, input=page, capture_output=True, text=True, check=True, cwd=ROOT)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@pytest.mark.parametrize("function", [name for group in STAGES.values() for names in group.values() for name in names])
def test_every_stage_is_a_function_of_the_reader(function: str) -> None:
    module, _, name = function.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_stages_make_up_the_whole(page: str) -> None:
    times = run("tests.bench.stages", page)
    assert set(STAGES[""]) <= set(times)
    parts = sum(times[stage] for stage in STAGES[""] if stage != WHOLE)
    assert 0.5 * times[WHOLE] < parts <= times[WHOLE]


def test_a_reader_is_measured(page: str) -> None:
    figures = run("tests.bench.measure", page, OURS.name)
    assert figures["failed"] == 0
    assert 0 < figures["seconds"] < 5
    assert 10 < figures["peak_mib"] < 1000


def test_a_document_that_is_no_filing_counts_as_failed(tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text("<html><body><p>没有表格</p></body></html>", "utf-8")
    assert run("tests.bench.measure", str(other), OURS.name)["failed"] == 1


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer.is_installed], ids=lambda peer: peer.name)
def test_peers_find_tables(peer: Reader) -> None:
    document = min(SAMPLES.rglob(f"*.{peer.media[0]}"))
    assert peer.read(document.read_bytes(), document.name)


def test_an_absent_peer_is_known_as_such() -> None:
    assert not replace(OURS, package="no_such_package").is_installed
