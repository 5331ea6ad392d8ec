"""Processes and a database that tests of schedules start, and what Prefect's API says of them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from extract.paths import ROOT
from tests.conftest import COMMAND, ENVIRONMENT

PATIENCE = 110.0
"""Seconds for anything that is waited for: schedules fire within one minute, and the machine may be busy."""

EVERY = "* * * * * */10"
"""A schedule that fires soon; the sixth field is of seconds."""

PROMPT = {
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_API_REQUEST_TIMEOUT": "120",
    "DO_NOT_TRACK": "1",
    "PYTHONPATH": str(ROOT),
}


def until(what: str, true: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
    """Waits until ``true()`` is, and returns it."""
    deadline = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.25)
    return found


@contextlib.contextmanager
def process(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the project's folder that is stopped at the end, by force if it must be."""
    with log.open("ab") as file:
        started = subprocess.Popen(
            command, cwd=ROOT, env={**ENVIRONMENT, **PROMPT, **environment}, stdout=file, stderr=file
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(timeout=40)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def serving(home: Path, sources: Path, cron: str = EVERY) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """``ogi serve`` with a night every ten seconds."""
    command = [*COMMAND, "serve", "--home", str(home), "--sources", str(sources), "--cron", cron]
    return process(command, home.parent / "serve.log")


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def prefect(*arguments: str, **environment: str) -> str:
    """Prefect's own command line, in the project's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT,
        env={**ENVIRONMENT, **PROMPT, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def answers(api: Mapping[str, str]) -> bool:
    """Whether the server is up."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{api['PREFECT_API_URL']}/health", timeout=10, trust_env=False).status_code == 200
    return False


def ask(api: Mapping[str, str], path: str, **wanted: Any) -> list[dict[str, Any]]:
    """What a filter of Prefect's API finds; nothing while the server is busy."""
    user, _, password = api.get("PREFECT_API_AUTH_STRING", "").partition(":")
    with contextlib.suppress(httpx.HTTPError):
        answer = httpx.post(
            f"{api['PREFECT_API_URL']}/{path}/filter",
            json=wanted,
            auth=(user, password) if user else None,
            timeout=30,
            trust_env=False,
        )
        if answer.status_code == 200:
            found: list[dict[str, Any]] = answer.json()
            return found
    return []


def ended(api: Mapping[str, str]) -> list[dict[str, Any]]:
    """Runs of nights that a schedule made and that have ended, but for such as were cancelled beside another."""
    kinds = ["COMPLETED", "FAILED", "CRASHED"]
    runs = ask(
        api,
        "flow_runs",
        flows={"name": {"any_": ["ogi-run"]}},
        flow_runs={"state": {"type": {"any_": kinds}}},
        sort="EXPECTED_START_TIME_ASC",
    )
    return [run for run in runs if run["auto_scheduled"]]


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database on a PostgreSQL of our own; skips where that cannot be."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(folders[-1]) if folders else None)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    user = None
    if os.getuid() == 0:  # it refuses to be run by root
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL cannot be run by root, and there is no user postgres")
    binaries, port = Path(found).resolve().parent, free_port()
    folder = Path(tempfile.mkdtemp(prefix="ogi-postgresql-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        run_as: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "ogi", "--auth=trust", "--no-sync", "--encoding=UTF8"],
            check=True, capture_output=True, cwd=folder, **run_as,
        )  # fmt: skip
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), *options],
                stdout=log, stderr=log, cwd=folder, **run_as,
            )  # fmt: skip
        try:
            ready: list[str | Path] = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-U", "ogi"]
            until("PostgreSQL", lambda: subprocess.run(ready, capture_output=True).returncode == 0)
            yield f"postgresql+asyncpg://ogi@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # at once, but in order
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
