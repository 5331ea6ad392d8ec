"""Prefect's server, run by us for the time of one nightly run.

Prefect's own temporary server takes longer to start, loses most records of
task runs and outlives a killed run. Ours listens on a loopback port with a
password of its own, keeps its database in the home and ends with its parent.
Where the environment names a server (``PREFECT_API_URL``), that one is used.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

from warehouse.errors import OgiError
from warehouse.home import Home

_START_SECONDS = 180.0

_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # A busy machine makes the server's database slow, which must not fail a night.
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
    "PREFECT_API_REQUEST_TIMEOUT": "120",
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
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
    if os.environ.get("PREFECT_API_URL"):
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
