"""Prefect's server, run by us for the time of one nightly run.

Prefect's own temporary server takes longer to start, loses most records of
task runs and outlives a killed run. Ours listens on a loopback port with a
password of its own, keeps its database in the home and ends with its parent.
Where the environment names a server (``PREFECT_API_URL``), that one is used;
where ``ogi serve`` is at work in the home, its server.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.lock import is_held
from warehouse.disk import write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home

_START_SECONDS = 180.0

_ADDRESS = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "NO_PROXY")

_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # On disk, so that a deployment's place is given back even where the server was killed while a night had it.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # A busy machine makes the server's database slow, which must not fail a night.
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
    "PREFECT_API_REQUEST_TIMEOUT": "120",
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
    # A full disk fails for good: to wait for minutes tells the operator nothing more.
    "PREFECT_CLIENT_MAX_RETRIES": "3",
}


@contextlib.contextmanager
def server(home: Home) -> Iterator[Callable[[], bool]]:
    """Sets up Prefect for this process and keeps a server running while the block runs.

    Yields a function that waits until the server answers (OgiError if it does
    not start), so that imports can go on meanwhile, and returns whether the
    server is this home's own. To be entered before Prefect is imported, which
    reads its settings from the environment.
    """
    home.prefect.mkdir(parents=True, exist_ok=True)
    for key, value in {**_SETTINGS, "PREFECT_HOME": str(home.prefect)}.items():
        os.environ.setdefault(key, value)
    if os.environ.get("PREFECT_API_URL") or _join(home):
        yield lambda: False
        return
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        password = f"ogi:{secrets.token_hex(16)}"
        os.environ["PREFECT_SERVER_API_AUTH_STRING"] = os.environ["PREFECT_API_AUTH_STRING"] = password
        os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1")))
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        home.logs.mkdir(parents=True, exist_ok=True)
        with (home.logs / "prefect-server.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "flows.orchestrator", str(listening.fileno()), str(os.getpid())],
                pass_fds=[listening.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C is for us: the server is needed until what we do has ended
            )
    try:
        yield lambda: _await(process, home)
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serving(home: Home) -> Path:
    """The lock that ``ogi serve`` holds in a home."""
    return home.prefect / "serving"


def announce(home: Home) -> None:
    """Writes where this process' server is, for runs by hand beside ``ogi serve``: two servers on one database would
    disturb each other. Its holder's eyes only; worth nothing once the server has ended."""
    address = {key: os.environ[key] for key in _ADDRESS if key in os.environ}
    before = os.umask(0o077)
    try:
        write_atomically(_announced(home), json.dumps(address).encode())
    finally:
        os.umask(before)


def withdraw(home: Home) -> None:
    """Takes back what ``announce`` has said, now or in a process that was killed; the caller holds ``serving``."""
    _announced(home).unlink(missing_ok=True)


def _announced(home: Home) -> Path:
    return home.prefect / "serving.json"


def _join(home: Home) -> bool:
    """Takes the server of ``ogi serve`` for ours, where one is at work in the home."""
    if not is_held(serving(home)):
        return False
    try:
        address = json.loads(_announced(home).read_bytes())
    except (OSError, ValueError):  # it has not got so far yet
        return False
    os.environ.update({key: str(value) for key, value in address.items() if key in _ADDRESS})
    return "PREFECT_API_URL" in address


def _await(process: subprocess.Popen[bytes], home: Home) -> bool:
    import httpx

    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{os.environ['PREFECT_API_URL']}/health", timeout=5, trust_env=False).status_code < 500:
                return True
        time.sleep(0.1)
    log = home.logs / "prefect-server.log"
    raise OgiError(f"Prefect 服务未能启动，见 {log}。", f"Prefect's server did not start; see {log}.")


def _serve(descriptor: int, parent: int) -> None:
    """Serves Prefect's API on an open socket until the parent is gone."""
    import uvicorn

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    app = "prefect.server.api.server:create_app"
    uvicorn.run(app, factory=True, fd=descriptor, log_level="error", lifespan="on")


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
