"""One round over the sources: what to ask for, and what came of it.

Knows families, ledger and archive, but not how pages are fetched: Scrapy's
part (``spider``, ``middlewares``) hands over what came, and asks what next.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from extract.charset import decode
from extract.crawl import guard, outcomes, warc
from extract.crawl.families import FAMILIES, NotAListing
from extract.crawl.ledger import Address, Ledger, ListCount, Version, key_of
from extract.crawl.model import Ask, Page
from extract.crawl.outcomes import GOOD, Outcome
from extract.crawl.site import Site
from extract.paths import DATA

FAILURES = 6
"""Failures of a host in a row after which it is left alone for this round."""

_HOPS = "ogi.hops"  # in an ask's context: pages that led on by a script or meta tag
_MAX_HOPS = 3
_HOST_FAILURES = frozenset({Outcome.timeout, Outcome.unreachable, Outcome.truncated, Outcome.too_large})
_DUMB = frozenset({Outcome.timeout, Outcome.robots_unreachable, Outcome.given_up})
_RETRIED = frozenset({Outcome.waiting, Outcome.server_error, Outcome.busy, Outcome.given_up, *_HOST_FAILURES})


@cache
def families_version() -> str:
    """16 hexadecimal digits over what decides where a page leads: the families, and what they take for a report."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).with_name("families"), DATA / "crawl"):
        for path in sorted(folder.glob("*.*")):
            if path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def now() -> str:
    """The instant, ISO in UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Got:
    """What came for an address: ``url`` after redirects, ``body`` unpacked."""

    url: str
    status: int
    body: bytes
    media_type: str
    fetched_at: str
    location: warc.Location | None  # None where nothing was sent (304)
    etag: str | None = None
    last_modified: str | None = None


@dataclass
class _List:
    """A list while it is walked."""

    pages: int = 0
    failed: int = 0
    asked: int = 0
    promised: int | None = None
    promised_pages: int | None = None
    items: set[bytes] = field(default_factory=set)
    reports: int = 0


class Round:
    """One campaign's work in this process, over the sources that it was given."""

    def __init__(self, sites: Iterable[Site], ledger: Ledger, folder: Path, campaigns: Mapping[str, int]) -> None:
        self.campaigns = campaigns  # by source
        self.sites = {site.source: site for site in sites}
        self.ledger = ledger
        self.folder = folder
        self.reader = families_version()
        self.failures: dict[str, int] = {}
        self.fetched = 0
        self._seen: set[bytes] = set()
        self._refused: set[bytes] = set()
        self._lists: dict[tuple[str, str], _List] = {}
        self._touched: set[tuple[str, str]] = set()

    # what to ask

    def start(self) -> Iterator[tuple[Site, Ask]]:
        """What every source asks for first."""
        for site in self.sites.values():
            for ask in FAMILIES[site.family].start(site):
                yield site, ask

    def admit(self, site: Site, ask: Ask) -> bool:
        """Whether an address is to be looked at: it was not yet, and its list is not too long or too deep."""
        digest = hashlib.blake2b(key_of(ask).encode(), digest_size=8).digest()
        if digest in self._seen:
            return False
        if ask.role == "listing":
            walked = self._list(site, ask)
            if ask.depth > site.max_depth or walked.asked >= site.max_pages:
                if digest not in self._refused:
                    self._refused.add(digest)
                    self.failed(site, ask, Outcome.beyond_limits)
                return False
            if digest in self._refused:  # it lies less deep on another way
                self._refused.remove(digest)
                walked.failed -= 1
            walked.asked += 1
        self._seen.add(digest)
        return True

    def validators(self, ask: Ask) -> dict[str, str]:
        """The headers of a conditional request; none where nothing good is in the archive."""
        known = self.ledger.address(key_of(ask))
        if known is None or not known.has_content:
            return {}
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def was_silent(self, ask: Ask) -> bool:
        """Whether an address, or its host, did not answer in time when it was last asked for, retries and all: once is
        enough then, or hosts that never answer would make every night as long as their retries."""
        known = self.ledger.address(key_of(ask))
        return known is not None and known.outcome in _DUMB

    def settled(self, site: Site, ask: Ask) -> list[Ask] | None:
        """What follows from an address that need not be asked again; None where it must be.

        It need not where it was asked in this round already (before the crawl
        was interrupted), or where it is a document that is not due.
        """
        known = self.ledger.address(key_of(ask))
        if known is None:
            return None
        if known.campaign == self.campaigns[site.source]:
            if known.outcome in _RETRIED:
                return None  # it was interrupted for a reason: another try does no harm
        elif ask.role == "listing" or known.outcome not in GOOD or not known.has_content or self._is_due(site, known):
            return None
        else:
            known = replace(known, campaign=self.campaigns[site.source])
            self.ledger.note_address(known)
        if known.outcome in GOOD and not known.has_content and known.final_url:
            return [self._onward(ask, known.final_url)]  # it leads on; whether that came is another question
        if known.outcome not in GOOD or not known.has_content:
            self._count_failure(site, ask)
            return []
        if self._is_read(known):
            return self._files(known)
        try:
            return self._follow(site, ask, known.final_url or known.url, self.content(known), known.media_type or "")
        except warc.ArchiveError:
            return None  # the archive is damaged there: it is asked for anew

    def _is_due(self, site: Site, known: Address) -> bool:
        """Documents that can be asked for conditionally are, every ``recheck_days``;
        the others are fetched whole again, so more rarely."""
        conditional = known.etag or known.last_modified
        days = site.recheck_days if conditional else site.refetch_days
        since = datetime.now(UTC) - datetime.fromisoformat(
            known.checked_at if conditional else known.refetched_at or known.checked_at
        )
        return since.total_seconds() >= days * 86400

    def content(self, known: Address) -> bytes:
        """The last good content of an address, out of the archive."""
        assert known.warc_file is not None and known.warc_offset is not None
        return warc.payload(warc.locate(self.folder, known.warc_file), known.warc_offset)

    # what came

    def received(self, site: Site, ask: Ask, got: Got) -> list[Ask]:
        """Notes what came for an address; returns what to ask for next."""
        known = self.ledger.address(key_of(ask))
        outcome = outcomes.of_status(got.status)
        if outcome is Outcome.unchanged and (known is None or not known.has_content):
            outcome = Outcome.other_status  # a 304 to what was no conditional request
        kind = outcomes.file_type(got.body)
        text = None if kind or outcome is not Outcome.ok else decode(got.body)
        if outcome is Outcome.ok:
            outcome = outcomes.of_content(ask.role, got.body, text)
        elif outcome is not Outcome.unchanged and outcomes.is_challenge(got.body):
            outcome = Outcome.challenge  # gate-keepers answer with statuses of their own: 403, 412, 503, 521
        self._mark_host(got.url, outcome)
        if outcome is Outcome.ok and text and (target := outcomes.redirect_target(text)):
            return self._led_on(site, ask, got, target)
        media_type = kind or _text_type(got.media_type, text)
        follow: list[Ask] = []
        detail = None
        if outcome is Outcome.unchanged and known is not None and self._is_read(known):
            follow = self._files(known)
            self._note(site, ask, known, got, outcome, media_type, detail)
            return follow
        if outcome in GOOD:
            kept_type = (known.media_type if known else None) or ""
            try:
                body = got.body if outcome is Outcome.ok or known is None else self.content(known)
                follow = self._follow(site, ask, got.url, body, media_type if outcome is Outcome.ok else kept_type)
            except NotAListing as error:
                outcome, detail = Outcome.not_a_listing, str(error)
            except warc.ArchiveError as error:  # it is unchanged, but we have lost it: it is fetched whole next time
                outcome, detail = Outcome.truncated, str(error)
                known = known and replace(
                    known, etag=None, last_modified=None, warc_file=None, warc_offset=None, sha256=None
                )
            except Exception as error:  # our fault: the page is named, the round goes on
                logging.getLogger("ogi.crawl").exception("%s", got.url)
                outcome, detail = Outcome.reader_failed, repr(error)
        if outcome not in GOOD:
            self._count_failure(site, ask)
        self._note(site, ask, known, got, outcome, media_type, detail)
        return follow

    def failed(
        self, site: Site, ask: Ask, outcome: Outcome, detail: str | None = None, status: int | None = None
    ) -> None:
        """Notes an address for which nothing came."""
        known = self.ledger.address(key_of(ask))
        if outcome in _HOST_FAILURES:
            host = guard.host_of(ask.url)
            self.failures[host] = self.failures.get(host, 0) + 1
        self._count_failure(site, ask)
        self.ledger.note_address(
            replace(self._known_or_new(site, ask, known), outcome=outcome, detail=detail, http_status=status)
        )

    def is_given_up(self, url: str) -> bool:
        """Whether a host has failed so often in a row that it is left alone."""
        return self.failures.get(guard.host_of(url), 0) >= FAILURES

    # what is noted

    def _mark_host(self, url: str, outcome: Outcome) -> None:
        if outcome not in _HOST_FAILURES:
            self.failures[guard.host_of(url)] = 0

    def _led_on(self, site: Site, ask: Ask, got: Got, target: str) -> list[Ask]:
        """The address to which a page leads by a script or a meta tag, asked for in its place."""
        url = urljoin(got.url, target)
        onward = self._onward(ask, url)
        known = self._known_or_new(site, ask, self.ledger.address(key_of(ask)))
        try:
            guard.check(site, url)
            outcome = Outcome.ok if int(onward.context[_HOPS]) <= _MAX_HOPS else Outcome.redirect_loop
        except guard.Refused as refused:
            outcome = refused.outcome
        self.ledger.note_address(
            replace(known, outcome=outcome, detail=f"→ {url}", http_status=got.status, final_url=url)
        )
        if outcome is not Outcome.ok:
            self._count_failure(site, ask)
            return []
        return [onward]

    def _onward(self, ask: Ask, url: str) -> Ask:
        return replace(ask, url=url, context={**ask.context, _HOPS: str(int(ask.context.get(_HOPS, "0")) + 1)})

    def _known_or_new(self, site: Site, ask: Ask, known: Address | None) -> Address:
        moment = now()
        if known is not None:
            return replace(
                known, source=site.source, role=ask.role, listing=ask.listing, hint=ask.hint.over(known.hint),
                campaign=self.campaigns[site.source], checked_at=moment, detail=None,
            )  # fmt: skip
        return Address(
            key=key_of(ask), source=site.source, url=ask.url, role=ask.role, listing=ask.listing, hint=ask.hint,
            parent=ask.context.get("parent"), outcome=Outcome.ok, campaign=self.campaigns[site.source],
            checked_at=moment, first_seen_at=moment,
        )  # fmt: skip

    def _is_read(self, known: Address) -> bool:
        """Whether the files of an unchanged page are known, since these very families have looked for them."""
        return known.role != "listing" and known.reader == self.reader

    def _files(self, known: Address) -> list[Ask]:
        return [
            Ask(file.url, file.role, file.listing, file.hint, context={"parent": known.key})
            for file in self.ledger.files_of(known.key)
        ]

    def _note(
        self, site: Site, ask: Ask, known: Address | None, got: Got, outcome: Outcome, media_type: str,
        detail: str | None,
    ) -> None:  # fmt: skip
        address = self._known_or_new(site, ask, known)
        address = replace(
            address,
            outcome=outcome,
            detail=detail,
            http_status=got.status,
            checked_at=got.fetched_at,
            final_url=got.url,
        )
        if outcome is Outcome.ok and got.location is not None:
            sha256 = hashlib.sha256(got.body).hexdigest()
            is_new = sha256 != address.sha256
            address = replace(
                address,
                outcome=Outcome.ok if is_new else Outcome.unchanged,
                etag=got.etag,
                last_modified=got.last_modified,
                refetched_at=got.fetched_at,
            )
            if is_new:
                address = replace(
                    address, sha256=sha256, media_type=media_type, changed_at=got.fetched_at,
                    warc_file=got.location.file, warc_offset=got.location.offset,
                )  # fmt: skip
                if ask.role != "listing":
                    self.ledger.note_version(
                        Version(
                            key=address.key,
                            source=site.source,
                            url=address.url,
                            role=ask.role,
                            parent=address.parent,
                            hint=address.hint,
                            sha256=sha256,
                            media_type=media_type,
                            fetched_at=got.fetched_at,
                            warc_file=got.location.file,
                            warc_offset=got.location.offset,
                        )
                    )
        if outcome in GOOD:
            address = replace(address, reader=self.reader)
        self.ledger.note_address(address)

    # what follows

    def _follow(self, site: Site, ask: Ask, url: str, body: bytes, media_type: str) -> list[Ask]:
        """What a page leads to. NotAListing where a list is none."""
        if outcomes.file_type(body):
            return []
        page = Page(ask, url, decode(body), media_type)
        family = FAMILIES[site.family]
        if ask.role == "listing":
            listing = family.listing(site, page)
            walked = self._list(site, ask)
            walked.pages += 1
            walked.items.update(hashlib.blake2b(item.encode(), digest_size=8).digest() for item in listing.items)
            walked.reports += sum(found.role == "report" for found in listing.asks)
            # Every page says so again; the last word counts, as the list may grow while it is walked.
            walked.promised = walked.promised if listing.promised is None else listing.promised
            walked.promised_pages = walked.promised_pages if listing.promised_pages is None else listing.promised_pages
            return list(listing.asks)
        if ask.role == "report":
            report = family.report(site, page)
            hint = ask.hint.over(report.hint)
            files = [
                replace(found, hint=found.hint.over(hint), context={**found.context, "parent": key_of(ask)})
                for found in report.asks
            ]
            self._note_files(site, ask, files)
            return files
        return []

    def _note_files(self, site: Site, ask: Ask, files: list[Ask]) -> None:
        """Notes the files of a page before they are fetched, together with the
        page: so an interrupted crawl knows of them. Those that the page links no
        more are its files no more."""
        self.ledger.note_files(key_of(ask), map(key_of, files))
        for file in files:
            if self.ledger.address(key_of(file)) is None:
                self.ledger.note_address(replace(self._known_or_new(site, file, None), outcome=Outcome.waiting))

    # lists

    def _list(self, site: Site, ask: Ask) -> _List:
        self._touched.add((site.source, ask.listing))
        return self._lists.setdefault((site.source, ask.listing), _List())

    def _count_failure(self, site: Site, ask: Ask) -> None:
        if ask.role == "listing":
            self._list(site, ask).failed += 1

    def list_counts(self) -> Iterator[ListCount]:
        """How far each list has been walked that was looked into since this was asked last."""
        touched, self._touched = self._touched, set()
        for source, listing in touched:
            walked = self._lists[source, listing]
            yield ListCount(
                source=source, listing=listing, campaign=self.campaigns[source], promised=walked.promised,
                promised_pages=walked.promised_pages, pages=walked.pages, failed_pages=walked.failed,
                items=len(walked.items), reports=walked.reports,
            )  # fmt: skip


def _text_type(declared: str, text: str | None) -> str:
    """The media type of a text: the declared one where that is a text's."""
    if declared.startswith("text/") or declared.endswith(("json", "xml")):
        return declared
    return "text/html" if text and "<" in text[:2000] else "text/plain"
