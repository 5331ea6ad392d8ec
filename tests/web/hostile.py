"""Hosts that mean harm, each a source of its own: whoever asks them must come to an end by its own limits."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.web import frames
from tests.web.http import Raw, Request, Response, text

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
PIECE = b"<li><a href='/x'>\xe4\xbf\xa1\xe6\x81\xaf</a></li>" * 512
LARGE = 2 * 1024**3
LISTING = "/xxgk/xxgknb/list.shtml"
TRAP = "/trap/"
FORBIDDEN = "127.0.0.1"
"""An address of the loopback network that no source allows; it is listened to, so that a request would show."""
REPORT = "/xxgk/xxgknb/202401/report.html"


async def endless(writer: asyncio.StreamWriter) -> None:
    """A chunked body without end."""
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"%X\r\n%b\r\n" % (len(PIECE), PIECE))
        await writer.drain()


async def large(writer: asyncio.StreamWriter) -> None:
    """A body of two gibibytes, announced as such."""
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % LARGE)
    sent = 0
    while sent < LARGE:
        writer.write(bytes(65536))
        await writer.drain()
        sent += 65536


async def bomb(writer: asyncio.StreamWriter) -> None:
    """A small gzip body that unpacks to gibibytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(b"<html>") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    writer.write(HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + first)
    for _ in range(8 * 1024):
        writer.write(block)
        await writer.drain()


async def header_flood(writer: asyncio.StreamWriter) -> None:
    """Header fields without end."""
    writer.write(HEAD)
    number = 0
    while True:
        writer.write(b"".join(b"X-Flood-%d: %b\r\n" % (number + at, b"a" * 200) for at in range(64)))
        await writer.drain()
        number += 64


async def half(writer: asyncio.StreamWriter) -> None:
    """A body of which half comes before the connection ends."""
    writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (2 * len(PIECE)) + PIECE)
    await writer.drain()


def drip(pause: float) -> Raw:
    """A byte at a time."""

    async def loris(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
        for _ in range(100000):
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(pause)

    return loris


def _raw(raw: Raw) -> Callable[[Request], Response]:
    return lambda _: replace(text(""), raw=raw)


def _to(*targets: str) -> Callable[[Request], Response]:
    """Redirects to the first target that is not the request's own."""

    def answer(request: Request) -> Response:
        target = next(target for target in targets if not target.endswith(request.path))
        return replace(text("", 302), headers=(("Location", target),))

    return answer


@dataclass(frozen=True)
class Hostile:
    """One host: its list is fine and leads to a report's page that ``answer``s; so does a second list of its."""

    source: str
    host: str
    port: int
    answer: Callable[[Request], Response]

    def respond(self, request: Request) -> Response:
        """The answer to a request."""
        if request.path == "/robots.txt":
            return text("Not Found", 404)
        if request.path == LISTING:
            link = (
                f'<li><a href="{REPORT}">示例县人民政府2023年政府信息公开工作年度报告</a><span>2024-01-15</span></li>'
            )
            return text(frames.list_page("信息公开年报", f"<ul>{link}</ul>"))
        return self.answer(request)

    def record(self) -> dict[str, Any]:
        """What the source file and the expectations are made from."""
        base = f"http://{self.host}:{self.port}"
        return {"source": self.source, "host": self.host,
                "file": {"listings": [base + LISTING, base + "/bad/list.shtml"]}}  # fmt: skip


def hosts(names: list[str], port: int, pause: float) -> list[Hostile]:
    """One at each of the addresses, of which there must be as many as KINDS."""
    kinds: dict[str, Callable[[Request], Response]] = {
        "endless": _raw(endless),
        "loop": _to("/a.html", "/b.html"),
        "private": _to("http://10.0.0.1/"),
        "loopback": _to(f"http://{FORBIDDEN}:{port}/"),
        "large": _raw(large),
        "loris": _raw(drip(pause)),
        "bomb": _raw(bomb),
        "headers": _raw(header_flood),
        "half": _raw(half),
        "elsewhere": _to(f"http://127.77.0.1:{port}{TRAP}"),
    }
    if len(names) != len(KINDS) or tuple(kinds) != KINDS:
        raise ValueError(f"{len(names)} addresses for {len(KINDS)} hosts")
    return [
        Hostile(f"web-hostile-{kind}", host, port, answer)
        for host, (kind, answer) in zip(names, kinds.items(), strict=True)
    ]


KINDS = ("endless", "loop", "private", "loopback", "large", "loris", "bomb", "headers", "half", "elsewhere")
