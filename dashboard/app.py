"""The pages put together as one application."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import agencies, ask, drawing, filing, filings, flagged, overview, reviewing, rules, runs, source
from dashboard.kept import KeptPages
from dashboard.reader import NothingPublished, Reader
from dashboard.refusals import REASONS, Failure, names_of, wrongs_of
from dashboard.render import HERE, environment, language_of, page
from dashboard.settings import Settings

THREADS = 12
"""Requests that are computed at the same time; some of them may wait for a child process or for the warehouse."""

LARGEST_BODY = 2**18
"""Bytes of a request's body: a statement of 20,000 characters, each written as the longest escapes, and more."""

_SECTIONS: tuple[Any, ...] = (overview, filings, flagged, filing, source, agencies, rules, ask, runs, reviewing)
"""Modules with pages: each has a router ``pages`` (HTML, also under /en) and a router ``api``."""

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-cache",
}
"""What every answer says unless its page says otherwise."""


_FAILURES: dict[int | str, dict[str, Any]] = {
    404: {"model": Failure, "description": "没有 / there is no such thing"},
    422: {"model": Failure, "description": "参数无效 / parameters are not valid"},
    503: {"model": Failure, "description": "尚无已发布的数据库，或太忙 / nothing is published, or too busy"},
}


def create_app(settings: Settings) -> FastAPI:
    """The dashboard over a home; opens the published warehouse at the first request."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # More threads than this only take the interpreter from each other.
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        app.state.reader.close()
        drawing.close()

    app = FastAPI(
        title="ogi",
        description="政府信息公开工作年度报告的质量 / Quality of annual reports on government information disclosure",
        version="1",
        servers=[{"url": settings.base_path or "/"}],
        lifespan=lifespan,
        docs_url=None,  # they load their scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.settings = settings
    app.state.reader = Reader(settings.home)
    app.state.templates = environment()
    app.state.templates.globals["figures"] = agencies.FIGURES
    app.state.stamp = _stamp()
    app.state.is_reviewer = reviewing.is_reviewer
    _include(app)
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
    app.add_middleware(KeptPages, settings=settings, is_reviewer=reviewing.is_reviewer)
    app.add_middleware(_Small)
    app.add_middleware(_Headers)
    app.add_middleware(_Under, base_path=settings.base_path)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(NothingPublished, _nothing)
    app.add_exception_handler(drawing.ChartFailed, _not_drawn)
    app.add_exception_handler(Exception, _failed)
    return app


def _include(app: FastAPI) -> None:
    api = APIRouter(prefix="/api", responses=_FAILURES)
    for section in _SECTIONS:
        app.include_router(section.pages)
        app.include_router(section.pages, prefix="/en")
        api.include_router(section.api)
    app.include_router(api)


def _stamp() -> str:
    """A fingerprint of the static files: their addresses change with them."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class _Static(StaticFiles):
    """Styles and the like. Their addresses change with their content; sandboxed frames, which are of no origin,
    load them, too."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        answer = super().file_response(*given, **named)
        answer.headers["cross-origin-resource-policy"] = "cross-origin"
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


class _Under:
    """Takes the base path off addresses, for proxies that leave it there."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self.app = app
        self.base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, as ASGI has it."""
        if scope["type"] == "http" and self.base_path and f"{scope['path']}/".startswith(f"{self.base_path}/"):
            scope = {**scope, "path": scope["path"].removeprefix(self.base_path) or "/"}
        await self.app(scope, receive, send)


class _Small:
    """Takes no request whose body is larger than anything that is asked here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, as ASGI has it."""
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b"")) if message["type"] == "http.request" else 0
            if size > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


class _Headers:
    """Adds the usual headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.lines = {name.encode(): value.encode() for name, value in _HEADERS.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self.lines.items() if h[0] not in there)]
            await send(message)

        await self.app(scope, receive, with_headers)


def _is_api(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith("/api/")


def _answer(request: Request, status: int, zh: str, en: str) -> Response:
    if _is_api(request):
        return JSONResponse({"detail": {"zh": zh, "en": en}}, status)
    return page(request, "error.html", status, zh=zh, en=en, code=status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail: Any = error.detail
    zh, en = (
        (detail["zh"], detail["en"])
        if isinstance(detail, dict)
        else REASONS.get(error.status_code, (f"请求未获接受（{error.status_code}）。", str(detail)))
    )
    answer = _answer(request, error.status_code, zh, en)
    answer.headers.update(error.headers or {})
    return answer


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _is_api(request):
        return JSONResponse({"detail": wrongs_of(error)}, 422)
    zh, en = names_of(error)
    return page(request, "error.html", 422, code=422, zh=zh, en=en)


async def _not_drawn(request: Request, error: Exception) -> Response:
    """In the place of a chart: words. They are not kept, the next request tries again."""
    assert isinstance(error, drawing.ChartFailed)
    if language_of(request) == "zh":
        text = f"图未能画出：{error.zh}。数字见表。"
    else:
        text = f"The chart was not drawn: {error.en}. Its figures stand in the table."
    return Response(drawing.words(text), 503, {"cache-control": "no-store"}, media_type="image/svg+xml")


async def _nothing(request: Request, _: Exception) -> Response:
    return _answer(
        request, 503, "尚无已发布的数据库。请先运行 ogi run。", "Nothing is published yet. Run ogi run first."
    )


async def _failed(request: Request, _: Exception) -> Response:
    """A defect of ours: what it was stands in the server's log, not on the page. The answer is made outside of
    everything else, the base path's and the headers' part too."""
    base_path = request.app.state.settings.base_path
    request.scope["path"] = request.scope["path"].removeprefix(base_path) or "/"
    zh, en = "本页出错了，错误已记入服务日志。", "This page failed; the error stands in the server's log."
    answer = _answer(request, 500, zh, en)
    answer.headers.update(_HEADERS)
    return answer
