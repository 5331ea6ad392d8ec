"""Runs that are killed, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.conftest import COMMAND, ENVIRONMENT
from warehouse.home import Home


def killed_run(sources: Path, home: Path, *, after: str = "", seconds: float, **environment: str) -> str | None:
    """Starts a run and kills it (SIGKILL, the run's process alone) ``seconds`` after the line
    that ends the stage ``after``; returns the last stage that ended, None if the run ended first."""
    command = [*COMMAND, "run", "--sources", str(sources), "--home", str(home)]
    log = home.parent / f"{home.name}.stderr"
    with log.open("wb") as errors:
        run = subprocess.Popen(command, env={**ENVIRONMENT, **environment}, stdout=subprocess.DEVNULL, stderr=errors)
    while after not in log.read_text("utf-8") and run.poll() is None:
        time.sleep(0.02)
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        run.wait()
        return (log.read_text("utf-8").splitlines() or ["start"])[-1]
    return None


def processes_of(home: Path) -> list[int]:
    """Processes that a run in ``home`` started and that still live (Linux; elsewhere none are seen)."""
    mark = f"PREFECT_HOME={home / 'prefect'}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) != os.getpid() and mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def assert_clean(home: Path) -> None:
    """Nothing half-made lies in the home, and of all runs only the last one was not killed."""
    leftovers = [path for path in home.rglob(".*") if path.name.startswith(".tmp-") or ".building" in path.name]
    assert leftovers == []
    builds = [path for path in Home(home).warehouse.iterdir() if not path.is_symlink()]
    assert Home(home).published.resolve() in builds
    assert not [path for path in builds if path.suffix == ".wal"]
    records = [json.loads(path.read_bytes()) for path in sorted(Home(home).runs.iterdir())]
    assert [record["state"] for record in records] == ["failed"] * (len(records) - 1) + ["completed"]
    assert all("killed" in record["problems"][0] for record in records[:-1])
