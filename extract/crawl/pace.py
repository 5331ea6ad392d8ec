"""How fast a host may be asked: the source's delay, robots.txt's, and what the host bears.

Every host has a floor, the longest delay that anyone asked for. Above it
AutoThrottle follows how long the host takes to answer. A host belongs to one
process only (``extract.crawl.shards``), so that its pace holds however many there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call
from twisted.python.failure import Failure

from extract.crawl.guard import host_of
from extract.crawl.outcomes import Outcome
from extract.crawl.round import FAILURES
from extract.crawl.site import Site

LONGEST_DELAY = 300.0
"""Seconds between two requests that robots.txt may ask for; a host that asks for more is not crawled: a night would
not do for its lists."""

TOGETHER = 8
"""Requests that a host without any delay gets at a time; with one, it gets one at a time."""

LONGEST_PAUSE = 600.0
"""Seconds for which a host may ask to be left alone (Retry-After) and still be asked again in this round."""

PATIENCE = frozenset({429, 503})
"""Statuses with which a host asks to be left alone for a while."""

DEAD = frozenset({Outcome.timeout, Outcome.unreachable})
"""What says that a host does not answer, whatever the page."""

_LOOK = 0.5  # seconds between two looks at whether the crawl is to end


class Declined(IgnoreRequest):
    """A request that was not made, or an answer that is of no use, and why."""

    def __init__(self, outcome: Outcome, detail: str | None = None) -> None:
        super().__init__(f"{outcome}: {detail}" if detail else str(outcome))
        self.outcome, self.detail = outcome, detail


class Pace:
    """The floor of every host, in seconds, kept in Scrapy's downloader; and which hosts are not asked any more.

    Scrapy keeps a queue for every host. What waits in one is taken out as soon
    as the host is refused or the crawl is to end, since at a host's pace it
    would take hours to run empty.
    """

    def __init__(self, sites: Iterable[Site]) -> None:
        self.floors: dict[str, float] = {}
        self.crawler: Crawler | None = None
        self.stopped = asyncio.Event()
        self._refusals: dict[str, tuple[Outcome, str | None]] = {}
        self._failed: dict[str, int] = {}  # host → attempts that failed in a row
        for site in sites:
            for host in site.hosts:
                self.floors[host] = max(self.floors.get(host, 0.0), site.delay)

    def connect(self, crawler: Crawler) -> None:
        """Makes the floors those of the downloader's slots."""
        self.crawler = crawler
        for host in self.floors:
            self._apply(host)

    def ask_for(self, host: str, delay: float) -> None:
        """Raises a host's floor to ``delay`` seconds, if it is lower. Refuses the host where that is too long."""
        if delay > max(LONGEST_DELAY, self.floors.get(host, 0.0)):
            self.refuse(host, Outcome.delay_too_long, f"robots.txt: {delay:g} s")
        elif delay > self.floors.get(host, 0.0):
            self.floors[host] = delay
            self._apply(host)

    def check(self, url: str) -> None:
        """Declined where the host of an address is not asked any more."""
        host = host_of(url)
        if self.stopped.is_set():
            raise Declined(Outcome.waiting)
        if host in self._refusals:
            raise Declined(*self._refusals[host])

    def refuse(self, host: str, outcome: Outcome, detail: str | None = None) -> None:
        """From now on nothing is asked of a host in this round; all that waits for it ends with ``outcome``."""
        self._refusals.setdefault(host, (outcome, detail))
        self._drop(host)

    def backoff(self, request: Request) -> float:
        """Seconds to wait after a request failed: twice as many as the time before."""
        assert self.crawler is not None
        return self.crawler.settings.getfloat("OGI_BACKOFF") * 2.0 ** int(request.meta.get("retry_times", 0))

    def came(self, request: Request, response: Response) -> None:
        """Notes that a host answered; one that asks for patience (429, 503) gets it."""
        if response.status not in PATIENCE:
            self._failed.pop(host_of(request.url), None)
            return
        asked = retry_after(response)
        if asked > LONGEST_PAUSE:
            self.refuse(host_of(request.url), Outcome.busy, f"Retry-After: {asked:.0f} s")
        self.failed(request, asked)

    def failed(self, request: Request, asked: float = 0.0) -> None:
        """Notes that a host did not answer, or asked to be left alone for ``asked`` seconds: it is left alone for
        a while, or given up if it was so often in a row, whatever the pages."""
        host = host_of(request.url)
        self._failed[host] = self._failed.get(host, 0) + 1
        if self._failed[host] >= FAILURES:
            self.refuse(host, Outcome.given_up, host)
        self._pause(request, max(self.backoff(request), asked))

    def answered(self, url: str) -> None:
        """Lets a host's floor count from its answer: what was sent late, or reached the host late, would else be
        followed too soon by what was not."""
        host = host_of(url)
        floor = self.floors.get(host, 0.0)
        slot = self.crawler.engine.downloader.slots.get(host) if self.crawler and self.crawler.engine else None
        if floor and slot is not None:
            slot.lastseen = max(slot.lastseen, monotonic() + floor - slot.delay)

    def _pause(self, request: Request, seconds: float) -> None:
        assert self.crawler is not None and self.crawler.engine is not None
        _, slot = self.crawler.engine.downloader._get_slot(request)
        # As if the last request were one of the future: Scrapy looks at it where there is a delay, and keeps the slot.
        slot.delay = max(slot.delay, 0.001)
        slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)

    def stop(self) -> None:
        """Nothing is asked of any host any more: what waits is for the next run."""
        self.stopped.set()
        assert self.crawler is not None and self.crawler.engine is not None
        for host in self.crawler.engine.downloader.slots:
            self._drop(host)

    def _drop(self, host: str) -> None:
        slot = self.crawler.engine.downloader.slots.get(host) if self.crawler and self.crawler.engine else None
        while slot is not None and slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(Declined(*self._refusals.get(host, (Outcome.waiting, None)))))  # type: ignore[no-untyped-call]

    def _apply(self, host: str) -> None:
        if self.crawler is None or self.crawler.engine is None:
            return
        floor = self.floors[host]
        downloader = self.crawler.engine.downloader
        # Slots of idle hosts are dropped and made anew from these settings.
        downloader.per_slot_settings[host] = {"delay": floor, "concurrency": 1 if floor else TOGETHER, "jitter": 0.0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, floor)
            slot.concurrency = 1 if floor else TOGETHER
            slot.jitter = 0.0


def retry_after(response: Response) -> float:
    """Seconds that a host asks to be left alone, by its own clock where it gives a date; 0 where it asks for none."""
    value = _header(response, b"Retry-After")
    if value.isascii() and value.isdigit():
        return float(value)
    until = _moment(value)
    if until is None:
        return 0.0
    return max(0.0, (until - (_moment(_header(response, b"Date")) or datetime.now(UTC))).total_seconds())


def _header(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Throttle(AutoThrottle):
    """AutoThrottle above each host's floor; hosts without one are not throttled.
    Sees to it that what waits is let go when the crawl is to end."""

    def _spider_opened(self, spider: Any) -> None:
        super()._spider_opened(spider)
        self.pace: Pace = spider.pace
        self.pace.connect(self.crawler)
        self._watch = create_looping_call(self._look)
        self._watch.start(_LOOK, now=False)

    def _look(self) -> None:
        # Scrapy tells nobody that it begins to close; it then waits until every request has ended.
        slot = self.crawler.engine._slot if self.crawler.engine else None
        if slot is None or slot.closing is not None:
            self._watch.stop()
            if slot is not None:
                self.pace.stop()

    def _response_downloaded(self, response: Response, request: Request, spider: Any) -> None:
        super()._response_downloaded(response, request, spider)
        self.pace.answered(request.url)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        floor = self.pace.floors.get(host_of(response.url), 0.0)
        if floor:
            super()._adjust_delay(slot, latency, response)
            slot.delay = max(slot.delay, floor)
