"""HTTP as Scrapy speaks it, with a bound on the head of an answer.

Scrapy bounds the body of an answer, but not its header lines: a host that
never ends them would fill the memory until the time-out.
"""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.http import Response
from twisted.web.client import ResponseFailed

HEAD_BYTES = 256 << 10
"""Of an answer's status and header lines, those of provisional answers (1xx) among them."""

HEAD_LINES = 500


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


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https; an answer whose head is too large is cancelled like one whose body is."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory

    async def download_request(self, request: Request) -> Response:
        """The answer. DownloadCancelledError where it is too large."""
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            if isinstance(error.__cause__, ResponseFailed) and any(
                reason.check(HeadTooLargeError) for reason in error.__cause__.reasons
            ):
                raise DownloadCancelledError(f"the header lines of {request.url} do not end") from error
            raise
