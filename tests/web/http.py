"""A small HTTP/1.1 server: a host to each loopback address, every request logged with its time of arrival."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit

from tests.web.store import Content, Made

HEAD_LIMIT = 64 * 1024


@dataclass(slots=True)
class Request:
    """A request; ``fields`` are those of the query and, over them, of a form in the body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    host: str
    at: float

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The fields of the query."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The fields of the body."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def conditional(self) -> bool:
        """Whether it asks only for what has changed."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


Raw = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Response:
    """An answer, ``tagged`` with an entity tag and ``modified`` at a time, or not. ``raw`` writes it by itself and ends
    the connection; ``wait`` is how many seconds it takes."""

    content: Content = field(default_factory=lambda: Made(lambda: b""))
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    tagged: bool = False
    modified: float | None = None
    headers: tuple[tuple[str, str], ...] = ()
    zips: str = "accepted"  # accepted, always, never
    wait: float = 0.0
    raw: Raw | None = None

    @property
    def etag(self) -> str | None:
        """The entity tag."""
        return f'"{self.content.sha256[:20]}"' if self.tagged else None

    def unchanged(self, request: Request) -> bool:
        """Whether the client has it already: an entity tag counts before a date."""
        if self.status != 200 or request.method not in ("GET", "HEAD"):
            return False
        tags = request.headers.get("if-none-match")
        if tags is not None:
            return self.etag is not None and self.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        since = request.headers.get("if-modified-since")
        if since is None or self.modified is None:
            return False
        with contextlib.suppress(ValueError):
            return self.modified <= parsedate_to_datetime(since).timestamp()
        return False


Answer = Callable[[Request], Response]


def text(body: str, status: int = 200, media_type: str = "text/html; charset=utf-8") -> Response:
    """An answer of text, without validators."""
    return Response(Made(lambda: body.encode()), media_type, status)


class Server:
    """Listens on one port at every address of ``hosts``; ``log`` gets a line of JSON per request."""

    def __init__(self, hosts: Mapping[str, Answer], log: TextIO) -> None:
        self.hosts, self._log = hosts, log
        self._servers: list[asyncio.Server] = []

    async def listen(self, port: int) -> int:
        """Opens the port, any where ``port`` is 0; returns it. OSError where it is taken."""
        for host in self.hosts:
            server = await asyncio.start_server(self._serve, host, port, limit=HEAD_LIMIT, backlog=512)
            port = server.sockets[0].getsockname()[1]
            self._servers.append(server)
        return port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while await self._one(reader, writer, host):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> bool:
        """One request and its answer; whether another may follow."""
        head = await reader.readuntil(b"\r\n\r\n")
        at = time.time()
        first, *lines = head.decode("latin-1").split("\r\n")
        parts = first.split(" ")
        if len(parts) != 3:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length") or 0))
        target = parts[1]
        if target.startswith("http://"):
            target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
        request = Request(parts[0], target, headers, body, host, at)
        try:
            response = self.hosts[host](request)
        except ValueError:  # numbers that are none
            response = text("HTTP Status 500", 500)
        if response.wait:
            await asyncio.sleep(response.wait)
        if response.raw is not None:
            self._record(request, response.status, 0)
            await response.raw(writer)
            return False
        status, answer, sent = self._answer(request, response)
        # Logged before it is sent, so that whoever has an answer finds it in the log.
        self._record(request, status, sent)
        writer.write(answer)
        await writer.drain()
        return headers.get("connection", "").lower() != "close" and parts[2] == "HTTP/1.1"

    def _answer(self, request: Request, response: Response) -> tuple[int, bytes, int]:
        """Status, the bytes to send, and how many of them are the body's."""
        lines = []
        if response.etag is not None:
            lines.append(f"ETag: {response.etag}")
        if response.modified is not None:
            lines.append(f"Last-Modified: {formatdate(response.modified, usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in response.headers]
        status, data = response.status, b""
        if response.unchanged(request):
            status = 304
        else:
            accepted = "gzip" in request.headers.get("accept-encoding", "")
            if _is_text(response.media_type) and (
                response.zips == "always" or (response.zips == "accepted" and accepted)
            ):
                data = response.content.zipped
                lines += ["Content-Encoding: gzip", "Vary: Accept-Encoding"]
            else:
                data = response.content.data
            lines += [f"Content-Type: {response.media_type}", f"Content-Length: {len(data)}"]
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
        head = f"HTTP/1.1 {status} {phrase}\r\nServer: nginx\r\nDate: {formatdate(usegmt=True)}\r\n"
        if request.method == "HEAD":
            data = b""
        answer = head.encode() + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data
        return status, answer, len(data)

    def _record(self, request: Request, status: int, sent: int) -> None:
        self._log.write(
            json.dumps(
                {
                    "at": request.at,
                    "host": request.host,
                    "method": request.method,
                    "path": request.target,
                    "status": status,
                    "bytes": sent,
                    "conditional": request.conditional,
                    "range": request.headers.get("range"),
                    "agent": request.headers.get("user-agent"),
                }
            )
            + "\n"
        )
        self._log.flush()


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "application/json", "application/xml", "application/javascript"))
