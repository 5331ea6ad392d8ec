"""The one spider: it asks what the round asks for, and hands back what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from extract.crawl import warc
from extract.crawl.middlewares import Declined, outcome_of
from extract.crawl.model import Ask, Role
from extract.crawl.pace import Pace
from extract.crawl.round import Got, Round
from extract.crawl.site import Site

# Files before pages, pages before lists: so that little waits at any time.
_PRIORITY: dict[Role, int] = {"attachment": 20, "report": 10, "listing": 0}


class Sites(scrapy.Spider):
    """Walks the lists of every source of a round."""

    name = "sites"

    def __init__(
        self,
        crawl: Round,
        writer: warc.Writer,
        tell: Callable[[Round], None],
        beat: Callable[[Round], Coroutine[Any, Any, None]],
    ) -> None:
        super().__init__()
        self.round, self.writer, self.tell, self.beat = crawl, writer, tell, beat
        self.pace = Pace(crawl.sites.values())

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The sources' own lists."""
        self.beating = asyncio.ensure_future(self.beat(self.round))  # kept, or it might be collected
        for site, ask in self.round.start():
            for request in self._requests(site, [ask]):
                yield request

    def came(self, response: Response) -> Iterator[scrapy.Request]:
        """An answer, of whatever status."""
        meta = response.meta
        got: Got = meta["got"]
        follow = self.round.received(meta["site"], meta["ask"], got)
        yield from self._requests(meta["site"], follow)
        self._tell()

    def came_not(self, failure: Failure) -> None:
        """No answer, or one that is of no use."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        meta, error = request.meta, failure.value
        assert error is not None
        detail = error.detail if isinstance(error, Declined) else str(error) or type(error).__name__
        self.round.failed(meta["site"], meta["ask"], outcome_of(error), detail)
        self._tell()

    def _tell(self) -> None:
        self.round.fetched += 1
        self.tell(self.round)

    def _requests(self, site: Site, asks: Iterable[Ask]) -> Iterator[scrapy.Request]:
        """The requests for addresses, and for those that follow from what need not be asked for again."""
        waiting = list(asks)[::-1]
        while waiting:
            ask = waiting.pop()
            if not self.round.admit(site, ask):
                continue
            settled = self.round.settled(site, ask)
            if settled is not None:
                waiting += settled[::-1]
                continue
            yield scrapy.Request(
                ask.url,
                method=ask.method,
                body=ask.body,
                headers={**dict(ask.headers), **self.round.validators(ask)},
                callback=self.came,
                errback=self.came_not,
                priority=_PRIORITY[ask.role],
                dont_filter=True,  # the round sees to it
                meta={"site": site, "ask": ask, "role": ask.role, "was_silent": self.round.was_silent(ask)},
            )
