"""Serving the dashboard with several processes at one port.

The process that was started serves, and so does each of its helpers: every one has a socket of its own at the same
port, among which the system shares connections out. What they show is read from the home, so they need not know of
each other. A helper that dies is started again; helpers end when the first process does, however it ends.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import uvicorn

from dashboard.app import create_app
from dashboard.settings import Settings

_GRACE = 10
"""Seconds that a helper has to answer what it has begun, and between two starts of one that dies."""

_log = logging.getLogger("uvicorn.error")


def serve(settings: Settings, host: str, port: int, processes: int) -> None:
    """Serves until it is interrupted. OSError where the port cannot be had."""
    first, *others = _sockets(host, port, processes)
    for sock in others:
        threading.Thread(target=_keep, args=(settings, sock), daemon=True).start()
    _serve(settings, first)


def _sockets(host: str, port: int, number: int) -> list[socket.socket]:
    """Sockets bound to the same port. The first is bound alone, which fails where anybody has the port already: with
    the option to share it, a second dashboard would silently take half of the requests."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind((host, port))
        port = alone.getsockname()[1]
    bound = []
    for _ in range(number):
        sock = socket.socket(family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((host, port))
        bound.append(sock)
    return bound


def _serve(settings: Settings, sock: socket.socket) -> None:
    config = uvicorn.Config(
        create_app(settings), log_level="warning", server_header=False,
        proxy_headers=False, timeout_keep_alive=30, limit_concurrency=512,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[sock])


def _keep(settings: Settings, sock: socket.socket) -> None:
    """Has a helper running as long as this process does."""
    context = multiprocessing.get_context("spawn")
    while True:
        helper = context.Process(target=_help, args=(settings, sock), daemon=True)
        helper.start()
        helper.join()
        _log.warning("服务进程中止，将重新启动。 A serving process ended and is started again.")
        threading.Event().wait(_GRACE)


def _help(settings: Settings, sock: socket.socket) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        _serve(settings, sock)


def _end_with(parent: BaseProcess) -> None:
    """Ends this process after the one that started it, however that ended."""
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE)
    os._exit(1)
