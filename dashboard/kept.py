"""Finished pages, kept as long as nothing that they show has changed.

A page depends on the published build, on the decisions and run records in the home, on its address, on whether a
reviewer asks, and on the day. These are its name here (and its ETag): another build or another decision gives other
names, and what is no longer asked for is dropped, the oldest first.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.decisions import stamp
from dashboard.settings import Settings
from dashboard.texts import SHANGHAI
from warehouse.home import Home
from warehouse.publish import published

MOST = 32 * 2**20
"""Bytes of pages that are kept."""

_LARGEST = 2**20
_KEPT_TYPES = (b"text/html", b"application/json", b"image/svg+xml")
_NEVER = ("/ask", "/api/ask", "/static/", "/reviewing")
"""Pages that are large in number or do not depend on these things alone."""

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class _Answer:
    headers: Headers
    body: bytes


class KeptPages:
    """Answers GET requests from what it keeps; else passes them on, and keeps what came of them."""

    def __init__(self, app: ASGIApp, settings: Settings, is_reviewer: Callable[[Request, Settings], bool]) -> None:
        self.app = app
        self.settings = settings
        self.is_reviewer = is_reviewer
        self._kept: OrderedDict[str, _Answer] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, as ASGI has it."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        if scope["path"].removeprefix("/en").startswith(_NEVER):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        name = self._name(request)
        answer = self._found(name)
        if answer is None:
            await self._pass_on(request, receive, send, name)
        elif request.headers.get("if-none-match") == f'"{name}"':
            headers = [line for line in answer.headers if line[0] not in (b"content-length", b"content-type")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body})

    def _name(self, request: Request) -> str:
        home = self.settings.home
        parts = (
            published(home.root),
            stamp(home),
            _runs(home),
            datetime.now(SHANGHAI).date(),  # pages tell how many days ago a night was
            request.scope["path"],
            request.scope["query_string"],
            self.is_reviewer(request, self.settings),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    def _found(self, name: str) -> _Answer | None:
        with self._lock:
            answer = self._kept.get(name)
            if answer is not None:
                self._kept.move_to_end(name)
            return answer

    def _keep(self, name: str, answer: _Answer) -> None:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = answer
                self._size += len(answer.body)
            while self._size > MOST:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.body)

    async def _pass_on(self, request: Request, receive: Receive, send: Send, name: str) -> None:
        """Has the request answered, and keeps the answer if it is a whole page of a kind that may be kept, and if
        nothing was published or decided meanwhile (then nobody knows which of them it shows)."""
        start: Message | None = None
        pieces: list[bytes] = []
        size = 0

        async def watched(message: Message) -> None:
            nonlocal start, size
            if message["type"] == "http.response.start":
                if message["status"] == 200 and _is_kept(message["headers"]):
                    message["headers"] = [*message["headers"], (b"etag", f'"{name}"'.encode())]
                    start = message
            elif start is not None and size <= _LARGEST:
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if not message.get("more_body", False) and size <= _LARGEST and self._name(request) == name:
                    self._keep(name, _Answer(list(start["headers"]), b"".join(pieces)))
            await send(message)

        await self.app(request.scope, receive, watched)


def _is_kept(headers: Headers) -> bool:
    given = {name.lower(): value for name, value in headers}
    return given.get(b"content-type", b"").startswith(_KEPT_TYPES) and b"set-cookie" not in given


def _runs(home: Home) -> tuple[int, int]:
    """Changes whenever a run record is written (by a file that takes its place) or removed."""
    try:
        status = home.runs.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_ino)
