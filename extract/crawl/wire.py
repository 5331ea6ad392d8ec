"""HTTP as Scrapy speaks it, with closer bounds.

Scrapy bounds the body of an answer, but not its header lines: a host that
never ends them would fill the memory until the time-out. And its one bound
for bodies must leave room for scans, which a page without end need not fill.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadFailedError, StopDownload
from scrapy.http import Response
from twisted.web.client import ResponseFailed
from twisted.web.iweb import UNKNOWN_LENGTH

from extract.crawl import outcomes
from extract.crawl.guard import host_of
from extract.crawl.middlewares import outcome_of
from extract.crawl.outcomes import Outcome
from extract.crawl.pace import DEAD, TOGETHER, Declined
from extract.crawl.settings import MAX_PAGE_BYTES

HEAD_BYTES = 256 << 10
"""Of an answer's status and header lines, those of provisional answers (1xx) among them."""

HEAD_LINES = 500

_HEAD_OF_BODY = 64 << 10  # bytes by which a file is told from a page
_COMING = "coming"


class HeadTooLargeError(Exception):
    """An answer's header lines do not end."""


class _Parser(_LenientHTTPClientParser):
    # Counted on the class's zeros: Scrapy makes a parser and changes its class afterwards.
    _lines = 0
    _bytes = 0

    def lineReceived(self, line: bytes) -> None:
        self._lines += 1
        self._bytes += len(line)
        if self._lines > HEAD_LINES or self._bytes > HEAD_BYTES:
            raise HeadTooLargeError
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        raise HeadTooLargeError


class _Protocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _Parser
        return answer


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Coming:
    """What has come of an answer. ``is_judged``: whether Scrapy's bound is the right one for it."""

    is_judged: bool
    head: bytearray = field(default_factory=bytearray)
    length: int = 0


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; an answer whose head is too large is cancelled like one whose body is.

    How a host answered is noted here, since Scrapy takes the next request
    from the host's queue before any middleware hears of it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
        # Scrapy keeps as many connections open as its own setting allows a host; here hosts without a delay get more.
        self._pool.maxPersistentPerHost = TOGETHER
        self._spider: Any = crawler.spider
        crawler.signals.connect(self._begins, signals.headers_received)
        crawler.signals.connect(self._goes_on, signals.bytes_received)

    def _begins(self, request: Request, body_length: object) -> None:
        request.meta[_COMING] = _Coming(is_judged=body_length is not UNKNOWN_LENGTH)

    def _goes_on(self, request: Request, data: bytes) -> None:
        coming: _Coming = request.meta[_COMING]
        if coming.is_judged:
            return
        coming.length += len(data)
        if len(coming.head) < _HEAD_OF_BODY:
            coming.head += data[:_HEAD_OF_BODY]
        if coming.length > MAX_PAGE_BYTES:
            if outcomes.begins_as_page(bytes(coming.head)):
                raise StopDownload(fail=True)
            coming.is_judged = True

    async def download_request(self, request: Request) -> Response:
        """The answer. DownloadCancelledError where it is too large; Declined where the host's name leads
        into a private network."""
        try:
            response = await self._downloaded(request)
        except Exception as error:
            if outcome_of(error) in DEAD:
                self._spider.pace.failed(request)
            raise
        self._spider.pace.came(request, response)
        return response

    async def _downloaded(self, request: Request) -> Response:
        try:
            response = await super().download_request(request)
            request.meta.pop(_COMING, None)
            return response
        except CannotResolveHostError as error:
            from twisted.internet import reactor  # only here: Scrapy has yet to choose which one

            host = host_of(request.url)
            refused = getattr(reactor, "nameResolver").refused.get(host)  # noqa: B009  # not in the reactor's interface
            if refused:
                detail = f"{host} = {', '.join(sorted(refused))}: private_networks?"
                self._spider.pace.refuse(host, Outcome.private_address, detail)
                raise Declined(Outcome.private_address, detail) from error
            raise
        except StopDownload as error:
            raise DownloadCancelledError(f"{request.url}: a page that goes on after {MAX_PAGE_BYTES} bytes") from error
        except DownloadFailedError as error:
            if isinstance(error.__cause__, ResponseFailed) and any(
                reason.check(HeadTooLargeError) for reason in error.__cause__.reasons
            ):
                raise DownloadCancelledError(f"the header lines of {request.url} do not end") from error
            raise
