"""The overview and the flagged filings as files, for offices that only host files.

The pages are those that the dashboard serves; their links are made relative, and what needs a server (forms, the
source's frame, pages that are not among the files) is taken out.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from fastapi import FastAPI
from lxml import html

from dashboard.app import create_app
from dashboard.decisions import refresh
from dashboard.flagged import PAGE, flagged_ids
from dashboard.render import HERE
from dashboard.settings import Settings
from dashboard.texts import instant
from expectations.rules.catalogue import catalogue
from warehouse.folders import replacing_folder

MARK = ".ogi-dashboard"
"""A file that marks an export; a folder that has one may be replaced."""

_SAFE = re.compile(r"[A-Za-z0-9._-]{1,120}")
_EXTERNAL = ("http://", "https://")


Watched = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Begins a stage of so many pages and gives what is to be called after each."""


class ExportError(Exception):
    """A page that could not be made; the message names it."""


def export_pages(settings: Settings, target: Path, province: str | None, year: int | None, watched: Watched) -> int:
    """Writes the overview, the flagged filings (of a province and year, where given) and the rules as files, and
    returns how many filings there are. FolderInUse where ``target`` holds something else."""
    app = create_app(replace(settings, base_path="", token=None, prefect_url=None, exported=True))
    narrowed = {name: str(value) for name, value in (("province", province), ("year", year)) if value}
    # Many pages take many minutes: a night's run or a reviewer may come in between.
    with closing(app.state.reader), app.state.reader.held() as build:
        refresh(build, settings.home)
        build.held = True
        with app.state.reader.asking() as asked:
            filings = flagged_ids(asked, province, year)
        with replacing_folder(target, lambda folder: (folder / MARK).exists()) as folder:
            writer = _Writer(app, folder, list(_paths(filings, narrowed)), build.build_id, narrowed)
            with watched(2 * len(writer.paths)) as advance:
                asyncio.run(writer.write(advance))
            for file in sorted((HERE / "static").iterdir()):
                (folder / "static").mkdir(exist_ok=True)
                (folder / "static" / file.name).write_bytes(file.read_bytes())
            (folder / MARK).write_text(f"{build.build_id}\n", encoding="utf-8")
    return len(filings)


def _paths(filings: list[str], narrowed: dict[str, str]) -> Iterator[str]:
    """The addresses of the pages that are exported, without language."""
    yield "/"
    yield "/rules"
    yield from (f"/rules/{code}" for code in catalogue())
    for page in range(1, max(1, -(-len(filings) // PAGE)) + 1):
        yield f"/flagged?{urlencode(narrowed | {'page': str(page)})}"
    yield from (f"/filings/{quote(filing)}" for filing in filings)


def file_of(path: str) -> str:
    """The file, relative to the export, that a page becomes."""
    parts = urlsplit(path)
    names = [unquote(name) for name in parts.path.split("/") if name]
    names = [name if _SAFE.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()[:24] for name in names]
    if names[-1:] == ["flagged"]:
        names[-1] += f"-{dict(parse_qsl(parts.query)).get('page', '1')}"
    if not names or names == ["en"]:
        return "/".join([*names, "index.html"])
    return "/".join(names) if names[-1].endswith(".svg") else "/".join(names) + ".html"


class _Writer:
    """Asks the application for pages and writes them with their links made relative."""

    def __init__(self, app: FastAPI, folder: Path, paths: list[str], build: str, narrowed: dict[str, str]) -> None:
        self.app = app
        self.folder = folder
        self.paths = paths
        self.made = {prefix: _made_of(prefix, build, narrowed) for prefix in ("", "/en")}
        self.files = {file_of(f"{prefix}{path}") for path in paths for prefix in ("", "/en")}

    async def write(self, advance: Callable[[], None]) -> None:
        """All pages in both languages, and their charts."""
        for prefix in ("", "/en"):
            for path in self.paths:
                self._put(file_of(prefix + path), self._made(prefix, path, await _get(self.app, prefix + path)))
                advance()
            chart = f"{prefix}/charts/errors.svg"
            # One that was not drawn is a picture that says so; its figures stand in a table beside it.
            self._put(file_of(chart), await _get(self.app, chart))

    def _put(self, name: str, data: bytes) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def _made(self, prefix: str, path: str, data: bytes) -> bytes:
        here = file_of(prefix + path)
        page = html.document_fromstring(data.decode("utf-8"))
        for element in page.xpath("//form|//iframe|//script"):
            element.drop_tree()
        for element in page.xpath("//*[@href or @src]"):
            self._relink(element, here, prefix)
        for footer in page.xpath("//footer"):
            line = html.Element("p")
            line.text = self.made[prefix]
            footer.append(line)
        return b"<!doctype html>\n" + html.tostring(page, encoding="utf-8")

    def _relink(self, element: Any, here: str, prefix: str) -> None:
        """Makes a link relative; takes it away where it leads to what is not exported."""
        name = "href" if element.get("href") is not None else "src"
        link = str(element.get(name))
        if link.startswith((*_EXTERNAL, "#")):
            return
        parts = urlsplit(link)
        if parts.path.startswith("/static/"):
            wanted: str | None = parts.path.lstrip("/")
        elif parts.path.endswith("/charts/errors.svg"):
            wanted = file_of(parts.path)
        elif parts.path == f"{prefix}/filings" and element.tag == "a" and not parts.query:
            wanted = file_of(f"{prefix}/flagged?page=1")
        else:
            found = file_of(f"{parts.path}?{parts.query}")
            wanted = found if found in self.files and (not parts.query or "/flagged" in parts.path) else None
        if wanted is None:
            if element.tag == "a":
                del element.attrib["href"]
            else:
                element.drop_tree()
            return
        relative = os.path.relpath(wanted, os.path.dirname(here) or ".")
        element.set(name, quote(relative) + (f"#{parts.fragment}" if parts.fragment else ""))


def _made_of(prefix: str, build: str, narrowed: dict[str, str]) -> str:
    """The line at the foot of every page: what was exported, and when."""
    now, limits = instant(datetime.now(UTC)), " ".join(narrowed.values())
    if prefix:
        limited = f" Filings are limited to {limits}; the overview and the rules are of all filings." if limits else ""
        return f"Static export of {now}, build {build}.{limited}"
    limited = f"报告页只限{limits}；概览和规则为全部报告。" if limits else ""
    return f"静态导出：{now}；构建：{build}。{limited}"


async def _get(app: FastAPI, path: str) -> bytes:
    """The body of a page of the application, or the words in the place of a chart; ExportError for anything else."""
    parts = urlsplit(path)
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body += message.get("body", b"")

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(parts.path), "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "headers": [(b"host", b"localhost")], "client": ("localhost", 0), "server": ("localhost", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    if status != 200 and not body.startswith(b"<svg"):
        raise ExportError(f"{path}: {status}")
    return body
