"""Nights over a web of mock sites, served over real HTTP: everything is found, once, politely."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from extract.crawl import warc
from extract.crawl.ledger import Ledger
from extract.crawl.outcomes import GOOD, Outcome
from extract.crawl.reindex import reindex
from tests.crawled import Night, crawl, look, missing, tables
from tests.web import Options, Web, serve
from warehouse.home import Home

CHANGES = 9


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OGI_CRAWL_TIMEOUT", "2")
        patch.setenv("OGI_CRAWL_BACKOFF", "0.1")
        yield


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    return Options(tmp_path_factory.mktemp("web"), agencies=40, slow=0.05, crawl_delay=0.5, changes=CHANGES)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("crawl") / "home")


class Nights:
    """Three nights: the first; the same again, with a ledger made from the archive, since it was lost; one with
    changes. Hosts that mean harm are asked in the first only: they take the most time."""

    def __init__(self, options: Options, home: Home) -> None:
        with serve(options) as web:
            self.web: Web = web
            self.truth, self.expect = web.truth, web.expect
            self.first = crawl(home, web.sources)
            self.access_first = web.access()
            web.forget()
            self.before = tables(home.ledger)
            home.ledger.unlink()
            self.rebuilt = reindex(home.warc, home.ledger)
            self.after = tables(home.ledger)
            _leave_harmful(web)
            self.second = crawl(home, web.sources)
            self.access_second = web.access()
        with serve(replace(options, night=3, port=web.port)) as third:
            third.forget()
            self.truth_third = third.truth
            _leave_harmful(third)
            self.third = crawl(home, third.sources, processes=2)
            self.access_third = third.access()


def _leave_harmful(web: Web) -> None:
    for path in web.sources.glob("*hostile*"):
        path.unlink()


@pytest.fixture(scope="module")
def nights(options: Options, home: Home) -> Nights:
    return Nights(options, home)


def documents(night: Night) -> Counter[str]:
    return Counter(version.source for version in night.versions)


def test_the_first_night_finds_every_filing(nights: Nights) -> None:
    assert missing(nights.truth, nights.first) == []


def test_no_look_alike_is_taken(nights: Nights) -> None:
    known = {sha256 for filing in nights.truth for sha256 in filing["sha256"]}
    pages = {filing["page"] for filing in nights.truth}
    others = [version for version in nights.first.versions if version.sha256 not in known and version.url not in pages]
    # What a report's page links under its own name, for files that are not there or are cut off, is no look-alike.
    assert [version.url for version in others if "lookalike" in version.url] == []
    assert len(others) <= 0.05 * len(nights.truth)


def test_nothing_is_fetched_again_where_nothing_changed(nights: Nights) -> None:
    assert documents(nights.second) == documents(nights.first)
    dynamic = {filing["page"] for filing in nights.truth if filing["source"] in ("web-annual",)}
    sent = [
        entry
        for entry in nights.access_second
        if entry["status"] == 200
        and url_of(entry, nights.web) in nights.first.addresses
        and nights.first.addresses[url_of(entry, nights.web)].role != "listing"
        and nights.first.addresses[url_of(entry, nights.web)].outcome is Outcome.ok
        and url_of(entry, nights.web) not in dynamic
    ]
    assert sent == []


def test_a_ledger_that_was_lost_is_made_from_the_archive_alone(nights: Nights, home: Home, tmp_path: Path) -> None:
    assert nights.after == nights.before
    assert nights.rebuilt.remarks == []
    copy = Home(tmp_path)
    shutil.copytree(home.warc, copy.warc)
    assert reindex(copy.warc, copy.ledger).remarks == []
    assert tables(copy.ledger) == tables(home.ledger)  # two processes have written at a time
    assert look(copy) == look(home)


def test_what_was_known_before_is_asked_for_conditionally(nights: Nights) -> None:
    tagged = {url for url, address in nights.first.addresses.items() if address.etag or address.last_modified}
    asked = [entry for entry in nights.access_second if url_of(entry, nights.web) in tagged]
    assert len(asked) > 100
    assert all(entry["conditional"] for entry in asked)


def test_an_address_is_asked_once_a_night(nights: Nights, home: Home) -> None:
    """But for hosts that make trouble, and for what was asked again because no answer came in time."""
    with closing(Ledger(home.ledger)) as ledger:
        failed = {fetch.url for _, fetch in ledger.fetches() if fetch.http_status is None}
    hostile = {host for host in (entry["host"] for entry in nights.access_second) if is_troubled(nights, host)}
    asked = Counter(
        (entry["host"], entry["method"], entry["path"])
        for entry in nights.access_second
        if entry["host"] not in hostile
        and url_of(entry, nights.web) not in failed
        and entry["path"] != "/robots.txt"
        and entry["method"] == "GET"
    )
    assert {address: times for address, times in asked.items() if times > 1} == {}


def test_the_third_night_finds_what_changed_and_nothing_else(nights: Nights) -> None:
    assert missing(nights.truth_third, nights.third) == []
    changed = [filing for filing in nights.truth_third if filing["changed"]]
    assert len(changed) == CHANGES
    new = {version.sha256 for version in nights.third.versions} - nights.second.contents
    told = {sha256 for filing in changed for sha256 in filing["sha256"]}
    pages = {filing["page"] for filing in changed}
    others = [v for v in nights.third.versions if v.sha256 in new - told and v.url not in pages]
    assert others == []
    assert told - nights.second.contents <= new


def test_robots_txt_is_obeyed(nights: Nights) -> None:
    """No path that it forbids is asked for (as its own rules read), nothing of a host whose robots.txt fails, and
    nothing that a link out of the source's hosts or into the machine's own network leads to."""
    for entry in nights.access_first:
        host = nights.expect["hosts"].get(entry["host"], {})
        if host.get("refused"):
            assert entry["path"] == "/robots.txt"
        for rule in host.get("disallow", ()):
            if rule != "/zwgk/":  # a longer rule allows what we come for
                pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$")
                assert not re.match(pattern, entry["path"]), entry
        assert {"host": entry["host"], "path": entry["path"]} not in nights.expect["traps"]
    found = Counter(address.outcome for address in nights.first.addresses.values())
    assert found[Outcome.robots] and found[Outcome.robots_unreachable]


def test_a_host_is_not_asked_faster_than_its_robots_txt_allows(nights: Nights, options: Options) -> None:
    slow = [host for host, facts in nights.expect["hosts"].items() if facts["crawl_delay"]]
    assert slow
    for access in (nights.access_first, nights.access_second, nights.access_third):
        for host in slow:
            moments = [entry["at"] for entry in access if entry["host"] == host]
            gaps = [later - earlier for earlier, later in pairwise(moments[1:])]  # the first is for robots.txt itself
            assert len(gaps) > 1
            # On a busy machine one may arrive late, and the next then seem to come too soon; all together they may not.
            assert sum(gaps) > (options.crawl_delay - 0.05) * len(gaps)


ENDS = {
    "forbidden": Outcome.forbidden, "challenge-412": Outcome.challenge, "challenge-521": Outcome.challenge,
    "challenge-200": Outcome.challenge, "login": Outcome.login, "login-redirect": Outcome.login,
    "error-200": Outcome.error_page, "busy-200": Outcome.error_page, "not-found": Outcome.gone, "empty": Outcome.stub,
    "attachment-not-found": Outcome.ok, "lost-file": Outcome.gone,
}  # fmt: skip


def test_every_address_has_an_end(nights: Nights) -> None:
    for problem in nights.expect["problems"]:
        ended = nights.first.addresses[problem["url"]]
        stub = Outcome.not_a_listing if ended.role == "listing" else Outcome.stub
        assert ended.outcome is ENDS.get(problem["kind"], stub), problem
    assert not any(address.outcome is Outcome.reader_failed for address in nights.first.addresses.values())


HARM = {
    "endless": {Outcome.timeout, Outcome.too_large}, "loop": {Outcome.redirect_loop},
    "private": {Outcome.private_address}, "loopback": {Outcome.private_address}, "large": {Outcome.too_large},
    "loris": {Outcome.timeout}, "bomb": {Outcome.too_large, Outcome.timeout},
    "headers": {Outcome.timeout, Outcome.too_large},
    "half": {Outcome.truncated}, "elsewhere": {Outcome.off_site},
}  # fmt: skip


def test_hosts_that_mean_harm_come_to_their_own_ends(nights: Nights) -> None:
    for source in nights.expect["hostile_hosts"].values():
        mine = [address for address in nights.first.addresses.values() if address.source == source]
        bad = {address.outcome for address in mine if address.outcome not in GOOD}
        assert bad and bad <= HARM[source.removeprefix("web-hostile-")], source


def test_what_was_fetched_reads_back_from_the_archive(nights: Nights, home: Home) -> None:
    for version in nights.third.versions:
        body = warc.payload(warc.locate(home.warc, version.warc_file), version.warc_offset)
        assert hashlib.sha256(body).hexdigest() == version.sha256
    assert not list(home.warc.glob(f"*{warc.OPEN}"))


def test_lists_that_keep_their_promise_are_complete(nights: Nights) -> None:
    promised = [count for count in nights.first.lists.values() if count.promised is not None]
    assert len(promised) >= 5
    troubled = [count for count in promised if not count.is_complete]
    assert len(troubled) <= 2  # the site with stubs beyond its first page, and no other
    assert any(not count.is_complete for count in nights.first.lists.values())
    assert any("列表不完整" in remark for remark in nights.first.record.remarks)


def url_of(entry: dict[str, Any], web: Web) -> str:
    return f"http://{entry['host']}:{web.port}{entry['path']}"


def is_troubled(nights: Nights, host: str) -> bool:
    troubled = ("hostile", "flapping", "broken", "moved", "types", "sessions")
    return any(
        f"//{host}:" in address.url and any(word in address.source for word in troubled)
        for address in nights.first.addresses.values()
    )


def test_the_folder_of_a_crawl_is_all_that_it_wrote(nights: Nights, home: Home) -> None:
    names = {path.name for path in Path(home.crawl).iterdir()}
    assert names <= {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "warc", "expected.json", "lock"}
