"""How fast a host may be asked: the source's delay, robots.txt's, and what the host bears.

Every host has a floor, the longest delay that anyone asked for. Above it
AutoThrottle follows how long the host takes to answer. A host belongs to one
process only (``extract.crawl.shards``), so that its pace holds however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from extract.crawl.guard import host_of
from extract.crawl.site import Site

TOGETHER = 8
"""Requests that a host without any delay gets at a time; with one, it gets one at a time."""


class Pace:
    """The floor of every host, in seconds, kept in Scrapy's downloader."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.floors: dict[str, float] = {}
        self.crawler: Crawler | None = None
        for site in sites:
            for host in site.hosts:
                self.floors[host] = max(self.floors.get(host, 0.0), site.delay)

    def connect(self, crawler: Crawler) -> None:
        """Makes the floors those of the downloader's slots."""
        self.crawler = crawler
        for host in self.floors:
            self._apply(host)

    def ask_for(self, host: str, delay: float) -> None:
        """Raises a host's floor to ``delay`` seconds, if it is lower."""
        if delay > self.floors.get(host, 0.0):
            self.floors[host] = delay
            self._apply(host)

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


class Throttle(AutoThrottle):
    """AutoThrottle above each host's floor; hosts without one are not throttled."""

    def _spider_opened(self, spider: Any) -> None:
        super()._spider_opened(spider)
        self.pace: Pace = spider.pace
        self.pace.connect(self.crawler)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        floor = self.pace.floors.get(host_of(response.url), 0.0)
        if floor:
            super()._adjust_delay(slot, latency, response)
            slot.delay = max(slot.delay, floor)
