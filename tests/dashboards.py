"""A dashboard that runs, and a browser that looks at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import COMMAND, ENVIRONMENT

TOKEN = "a-token-for-tests-only"
CHROMIUM = os.environ.get("OGI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
"""The browser, where there is one."""

needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium fonts-noto-cjk)"
)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``ogi dashboard`` over a home, reviewing switched on: its address and its process, killed at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "dashboard", "--port", str(port), "--home", str(home), "--reviewing", *options]
    with subprocess.Popen(
        command, env={**ENVIRONMENT, "OGI_REVIEW_TOKEN": TOKEN}, stderr=subprocess.DEVNULL, start_new_session=True
    ) as server:
        try:
            _await(port, server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.kill()


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the dashboard did not start")
