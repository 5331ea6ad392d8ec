"""What every request and answer passes on its way: the guard, robots.txt, retries, the archive.

Scrapy calls requests' methods from the engine towards the network, answers'
in the other direction; ``settings`` gives the order.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import load_object

from extract.crawl import guard, outcomes, warc
from extract.crawl.ledger import Fetch, Ledger
from extract.crawl.outcomes import Outcome
from extract.crawl.pace import DEAD, PATIENCE, Pace
from extract.crawl.pace import Declined as Declined
from extract.crawl.round import Got, Round, now

ROBOTS_TOKEN = "ogi"
"""The name by which robots.txt may address us."""

# A name in robots.txt ends with its letters (RFC 9309): a version behind ours is not part of it.
_AGENT = re.compile(rf"^([ \t]*user[- ]?agent[ \t]*:[ \t]*{ROBOTS_TOKEN})(?![A-Za-z_-])[^\r\n]*", re.I | re.M)

_FIRST_PAGE = re.compile(r"(?:index|default|home|main)\.\w{2,5}", re.IGNORECASE)

_ROBOTS_BYTES = 500 * 1024  # as much as RFC 9309 demands to be read


class Guard:
    """Lets only those addresses be asked that the source allows, redirects among them."""

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self.round: Round = spider.round
        self.pace: Pace = spider.pace
        self._lists: set[str] = {_place(listing.url) for site in self.round.sites.values() for listing in site.listings}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Declines what may not be asked, and hosts that are given up."""
        # A redirect would else wait in the queue of the host that it came from.
        request.meta["download_slot"] = guard.host_of(request.url)
        self.pace.check(request.url)
        if self.round.is_given_up(request.url):
            raise Declined(Outcome.given_up, guard.host_of(request.url))
        try:
            guard.check(request.meta["site"], request.url)
        except guard.Refused as refused:
            raise Declined(refused.outcome, request.url) from refused
        place = _place(request.url)
        redirected = "redirect_urls" in request.meta
        if request.meta["role"] == "listing" and not redirected:
            self._lists.add(place)  # where a list leads on to may be a page for logging in
        # Dead links are often sent to where one may look further: the first page ("host/"), or the list.
        elif (
            request.meta["role"] in ("report", "attachment")
            and redirected
            and (place in self._lists or place == f"{guard.host_of(request.url)}/")
        ):
            raise Declined(Outcome.gone, f"→ {request.url}")


def _place(url: str) -> str:
    """What of an address says which page it is: "host/" for a site's first one."""
    found = urlsplit(url)
    folder, _, name = found.path.rpartition("/")
    name = "" if _FIRST_PAGE.fullmatch(name) else name
    return f"{guard.host_of(url)}{folder}/{name}{f'?{found.query}' if found.query else ''}"


class Robots:
    """Obeys robots.txt (RFC 9309), its Crawl-delay and Request-rate too.

    Where it is not there (4xx), everything may be fetched; where it cannot be
    had (5xx, 429, no answer), nothing. It is asked for once a round and host.
    """

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self.crawler = crawler
        self.pace: Pace = spider.pace
        self._rules: dict[str, asyncio.Future[Protego | Outcome]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Declines what the host's robots.txt forbids."""
        if request.meta["role"] == "robots":
            return
        place = urlsplit(request.url)
        key = f"{place.scheme}://{place.netloc}"
        if key not in self._rules:
            self._rules[key] = asyncio.get_running_loop().create_future()
            self._rules[key].set_result(await self._fetched(key, request))
        rules = await self._rules[key]
        self.pace.check(request.url)  # the host may have been refused meanwhile, even by its robots.txt
        if isinstance(rules, Outcome):
            raise Declined(rules, f"{key}/robots.txt")
        if not rules.can_fetch(request.url, ROBOTS_TOKEN):
            raise Declined(Outcome.robots, request.url)

    async def _fetched(self, key: str, wanted: Request) -> Protego | Outcome:
        request = Request(
            f"{key}/robots.txt",
            priority=1000,
            meta={"site": wanted.meta["site"], "role": "robots", "was_silent": wanted.meta["was_silent"]},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Declined as declined:
            # It leads to a host that we may not ask: as if there were none.
            if declined.outcome is not Outcome.off_site:
                return Outcome.robots_unreachable
            return Protego.parse("")
        except IgnoreRequest:
            return Protego.parse("")  # more than five redirects: as if there were none
        except Exception:  # no answer of any kind
            return Outcome.robots_unreachable
        if response.status >= 500 or response.status == 429:
            return Outcome.robots_unreachable
        body = response.body[:_ROBOTS_BYTES] if response.status == 200 else b""
        rules = Protego.parse(_AGENT.sub(r"\1", body.decode("utf-8-sig", "replace")))
        self.pace.ask_for(guard.host_of(key), _delay(rules))
        return rules


def _delay(rules: Protego) -> float:
    """Seconds between two requests that robots.txt asks for; 0 where it asks for none."""
    rate = rules.request_rate(ROBOTS_TOKEN)
    spaced = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return max(float(rules.crawl_delay(ROBOTS_TOKEN) or 0), spaced)


class Backoff:
    """Asks again what failed in a way that may pass: each time after twice the
    wait of the time before. Where it was the host rather than the page that
    failed, ``Pace`` lets the whole host wait, or gives it up."""

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self.spider = spider
        self.pace: Pace = spider.pace
        self.statuses = {int(status) for status in crawler.settings.getlist("RETRY_HTTP_CODES")}
        self.exceptions = tuple(map(load_object, crawler.settings.getlist("RETRY_EXCEPTIONS")))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Backoff:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request to ask again."""
        if response.status not in self.statuses:
            return response
        again = await self._again(request, str(response.status), waits=response.status not in PATIENCE)
        return again or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request to ask again, None to let the failure stand."""
        if not isinstance(exception, self.exceptions):
            return None
        if request.meta["was_silent"] and outcome_of(exception) is Outcome.timeout:
            return None
        return await self._again(request, exception, waits=outcome_of(exception) not in DEAD)

    async def _again(self, request: Request, reason: str | Exception, *, waits: bool) -> Request | None:
        again = get_retry_request(request, spider=self.spider, reason=reason, give_up_log_level="DEBUG")
        if again is not None and waits:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.pace.stopped.wait(), self.pace.backoff(request))
        try:
            self.pace.check(request.url)
        except Declined:
            return None
        return again


class Archive:
    """Keeps every answer, redirects and errors among them, and unpacks it for those who read it."""

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self.ledger: Ledger = spider.round.ledger
        self.writer: warc.Writer = spider.writer
        self.pace: Pace = spider.pace

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Declines what waited for robots.txt while its host was given up: so it does not join the host's queue."""
        self.pace.check(request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer as it was archived, unpacked; Declined where it cannot be."""
        moment = now()
        # That nothing has changed is a line in the ledger; a record for it every night would outgrow what is kept.
        location = None if response.status == 304 else self._written(request, response, moment)
        encoding = (response.headers.get(b"Content-Encoding") or b"").decode("latin-1")
        try:
            body = unpacked(response.body, encoding) if response.body else b""
        except warc.ArchiveError as error:
            outcome = Outcome.too_large if isinstance(error, warc.TooLargeError) else Outcome.truncated
            self._note(request, response, moment, location, None, outcome)
            raise Declined(outcome, str(error)) from error
        self._note(request, response, moment, location, body, outcomes.of_status(response.status))
        headers = response.headers
        request.meta["got"] = Got(
            url=response.url,
            status=response.status,
            body=body,
            media_type=_media_type(headers.get(b"Content-Type")),
            fetched_at=moment,
            location=location,
            etag=_text(headers.get(b"ETag")),
            last_modified=_text(headers.get(b"Last-Modified")),
        )
        plain = {name: values for name, values in headers.items() if name.lower() != b"content-encoding"}
        opened: Response = response.replace(body=body, headers=plain)
        return opened

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Notes that nothing came."""
        if not isinstance(exception, IgnoreRequest):
            fetch = Fetch(
                source=request.meta["site"].source,
                url=request.url,
                fetched_at=now(),
                role=request.meta["role"],
                outcome=outcome_of(exception),
            )
            self.ledger.note_fetch(fetch)

    def _written(self, request: Request, response: Response, moment: str) -> warc.Location:
        digest = warc.payload_digest(response.body)
        known = self.ledger.payload(digest) if response.body else None
        earlier = warc.Earlier(known[0], known[1]) if known else None
        exchange = warc.Exchange(
            url=request.url,
            fetched_at=moment,
            method=request.method,
            request_headers=_pairs(request.headers),
            request_body=request.body,
            status=response.status,
            reason="",
            headers=_pairs(response.headers),
            body=response.body,
        )
        location: warc.Location = self.writer.write(exchange, earlier)
        if known is not None:
            return warc.Location(known[2], known[3])
        if response.body:
            self.ledger.note_payload(digest, request.url, moment, location.file, location.offset)
        return location

    def _note(
        self,
        request: Request,
        response: Response,
        moment: str,
        location: warc.Location | None,
        body: bytes | None,
        outcome: Outcome,
    ) -> None:
        fetch = Fetch(
            source=request.meta["site"].source,
            url=request.url,
            fetched_at=moment,
            role=request.meta["role"],
            outcome=outcome,
            http_status=response.status,
            sha256=hashlib.sha256(body).hexdigest() if body else None,
            media_type=_media_type(response.headers.get(b"Content-Type")) or None,
            size=len(response.body),
            warc_file=location.file if location else None,
            warc_offset=location.offset if location else None,
            certificate=hashlib.sha256(response.certificate.dump()).hexdigest() if response.certificate else None,
        )
        self.ledger.note_fetch(fetch)


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body without its encoding; what is no file must not become as large as one may."""
    try:
        return warc.unpacked(body, encoding, warc.MAX_PAGE)
    except warc.TooLargeError as error:
        if outcomes.begins_as_page(error.head):
            raise
    return warc.unpacked(body, encoding)


def outcome_of(exception: BaseException) -> Outcome:
    """The word for an exception of Scrapy's downloader."""
    if isinstance(exception, Declined):
        return exception.outcome
    name = type(exception).__name__
    if isinstance(exception, IgnoreRequest):
        return Outcome.redirect_loop  # all others that ignore a request are ours
    if "Timeout" in name:
        return Outcome.timeout
    if "DataLoss" in name or "Decompress" in name:
        return Outcome.truncated
    if "Cancelled" in name:
        return Outcome.too_large
    return Outcome.unreachable


def _media_type(value: bytes | None) -> str:
    return (value or b"").decode("latin-1").split(";")[0].strip().lower()


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None


def _pairs(headers: Any) -> warc.Headers:
    """Headers as pairs of text; a line break in a value, which would forge one, is a space."""
    return [
        (name.decode("latin-1"), " ".join(value.decode("latin-1").splitlines()))
        for name, values in headers.items()
        for value in values
    ]
