"""Fixtures of the whole test suite: the command line, and a home in which a run has been."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from extract.paths import DATA
from flows import stages
from flows.commands.run import run_command
from flows.orchestrator import server
from warehouse.home import Home

SAMPLES = DATA / "samples"
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "OGI_HOME" and not key.startswith("PREFECT_")}
COMMAND = [sys.executable, "-m", "flows.cli"]

Ogi = Callable[..., subprocess.CompletedProcess[str]]
RunHere = Callable[[Path, Path], tuple[int, str]]


@pytest.fixture(scope="session")
def ogi() -> Ogi:
    """Runs the command line in a process of its own."""

    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**ENVIRONMENT, **environment},
            timeout=300,
        )

    return call


@pytest.fixture(scope="session")
def few_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples of three agencies in several media, sidecars included."""
    folder = tmp_path_factory.mktemp("few")
    for agency in ("shili-qu", "shili-xian-shangwu", "shili-diaochadui"):
        shutil.copytree(SAMPLES / agency, folder / agency)
    return folder


@pytest.fixture(scope="session")
def run_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHere]:
    """Runs a night in this process, over one Prefect server for all (many times faster); status and output."""

    def run(sources: Path, home: Path) -> tuple[int, str]:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            status = run_command(sources, home, None)
        return status, output.getvalue()

    with server(Home(tmp_path_factory.mktemp("prefect"))) as await_server:
        await_server()
        yield run


@pytest.fixture
def contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables keep their contracts without being looked at, which takes most of a small night's time: for tests of
    other things, beside one that looks."""

    def held(_: object, docs: Path, **__: object) -> SimpleNamespace:
        docs.mkdir(parents=True)
        return SimpleNamespace(ok=True)

    monkeypatch.setattr(stages, "validate_tables", held)


@pytest.fixture(scope="session")
def published(ogi: Ogi, few_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the few samples have been published (not to be changed)."""
    home = tmp_path_factory.mktemp("published")
    done = ogi("run", "--sources", few_samples, "--home", home)
    assert done.returncode == 0, done.stdout + done.stderr
    return home
