"""What a round asks for and what it notes, without a network."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from extract.crawl import round as rounds
from extract.crawl import warc
from extract.crawl.families import FAMILIES
from extract.crawl.ledger import Ledger, key_of
from extract.crawl.model import Ask
from extract.crawl.outcomes import Outcome
from extract.crawl.round import FAILURES, Got, Round
from extract.crawl.site import Site, site_from_mapping

HOME = "http://127.7.0.1"
LIST = f"{HOME}/xxgk/xxgknb/index.html"
REPORT = f"{HOME}/xxgk/xxgknb/202401/t20240115_1.html"
FILE = f"{HOME}/xxgk/xxgknb/202401/P020240115.pdf"
TITLE = "示例县教育局2023年政府信息公开工作年度报告"
ROW = f'<li><a href="202401/t20240115_1.html">{TITLE}</a><span>2024-01-15</span></li>'
PAGE = f'<html><head><title>{TITLE}</title></head><body><div id="zoom">{"<p>报告</p>" * 90}' \
       f'<a href="P020240115.pdf">{TITLE}.pdf</a></div></body></html>'  # fmt: skip


class Here:
    """A round over one site in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.site: Site = site_from_mapping(
            {
                "source": "here", "kind": "site", "family": "trs", "name_zh": "此处", "name_en": "here",
                "listings": [LIST], "private_networks": ["127.7.0.0/16"],
            }
        )  # fmt: skip
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.writer = warc.Writer(folder / "warc", "t", "test")
        self.folder = folder / "warc"
        self.begin()

    def begin(self) -> None:
        self.campaigns = {"here": self.ledger.begin("here", rounds.now())}
        self.round = Round([self.site], self.ledger, self.folder, self.campaigns)

    def came(self, ask: Ask, body: str | bytes, status: int = 200, **named: str) -> list[Ask]:
        data = body.encode() if isinstance(body, str) else body
        moment = rounds.now()
        exchange = warc.Exchange(ask.url, moment, "GET", [], b"", status, "", [], data)
        place = None if status == 304 else self.writer.write(exchange)
        follow = self.round.received(self.site, ask, Got(ask.url, status, data, "text/html", moment, place, **named))
        self.ledger.flush(self.writer.note)
        return follow

    def finish(self) -> None:
        self.ledger.finish(self.campaigns["here"], rounds.now())
        self.begin()

    def outcome(self, ask: Ask) -> Outcome:
        known = self.ledger.address(key_of(ask))
        assert known is not None
        return known.outcome


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    made = Here(tmp_path)
    with closing(made.ledger):
        yield made


def start(here: Here) -> Ask:
    ((_, ask),) = here.round.start()
    return ask


def test_from_the_list_to_the_file_and_the_next_night(here: Here) -> None:
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>", etag='"l"')
    assert (report.url, report.role, report.hint.report_year) == (REPORT, "report", 2023)
    (file,) = here.came(report, PAGE, etag='"r"')
    assert (file.url, file.role, file.context["parent"]) == (FILE, "attachment", REPORT)
    assert here.outcome(file) is Outcome.waiting
    assert here.came(file, b"%PDF-1.4", last_modified="Mon, 15 Jan 2024 00:00:00 GMT") == []
    assert [version.url for _, version in here.ledger.versions()] == [REPORT, FILE]

    here.finish()
    assert here.round.validators(start(here)) == {"If-None-Match": '"l"'}
    assert here.round.settled(here.site, start(here)) is None
    assert here.came(start(here), b"", 304) == [report]
    assert here.came(report, b"", 304) == [replace(file, hint=file.hint)]
    assert here.outcome(report) is Outcome.unchanged
    assert here.round.validators(file) == {"If-Modified-Since": "Mon, 15 Jan 2024 00:00:00 GMT"}
    here.came(file, b"%PDF-1.4 corrected")
    assert [version.url for _, version in here.ledger.versions()] == [REPORT, FILE, FILE]


def test_what_came_before_an_interruption_is_not_asked_again(here: Here) -> None:
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>")
    (file,) = here.came(report, PAGE)
    assert here.ledger.begin("here", rounds.now()) == here.campaigns["here"]  # the crawl was killed: it is still open
    again = Round([here.site], here.ledger, here.folder, here.campaigns)
    assert again.settled(here.site, start(here)) == [report]
    assert [ask.url for ask in again.settled(here.site, report) or ()] == [FILE]
    assert again.settled(here.site, file) is None


def test_a_page_that_links_a_file_no_more(here: Here) -> None:
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>")
    (file,) = here.came(report, PAGE)
    here.came(file, b"%PDF-1.4")
    here.finish()
    assert here.came(report, PAGE.replace("P020240115.pdf", "").replace(".pdf", "")) == []
    here.finish()
    assert here.came(report, b"", 304) == []


def test_a_page_that_is_list_and_report_is_both(here: Here) -> None:
    listed = replace(start(here), url=REPORT)
    report = replace(listed, role="report")
    assert here.round.admit(here.site, listed) and here.round.admit(here.site, report)
    assert not here.round.admit(here.site, report)
    here.came(listed, f"<ul>{ROW}</ul>")
    assert here.round.settled(here.site, report) is None


def test_documents_without_validators_are_fetched_again_seldom(here: Here) -> None:
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>")
    here.came(report, PAGE)
    here.finish()
    assert here.round.settled(here.site, report) is not None  # not due for a week
    here.finish()
    eager = Round([replace(here.site, refetch_days=0.0)], here.ledger, here.folder, here.campaigns)
    assert eager.settled(eager.sites["here"], report) is None


def test_a_list_is_walked_no_further_than_allowed(here: Here) -> None:
    site = replace(here.site, max_pages=2, max_depth=1)
    first = start(here)
    assert here.round.admit(site, first)
    assert here.round.admit(site, replace(first, url=f"{LIST}?2"))
    assert not here.round.admit(site, replace(first, url=f"{LIST}?3"))
    deep = replace(first, url=f"{HOME}/deep/", listing=f"{HOME}/deep/", depth=2)
    assert not here.round.admit(site, deep)
    counts = {count.listing: count for count in here.round.list_counts()}
    assert all(count.failed_pages == 1 and not count.is_complete for count in counts.values())
    assert here.outcome(deep) is here.outcome(replace(first, url=f"{LIST}?3")) is Outcome.beyond_limits


def test_a_list_that_lies_too_deep_on_one_way_only_is_walked(here: Here) -> None:
    site = replace(here.site, max_depth=1)
    deep = replace(start(here), url=f"{HOME}/deep/", listing=f"{HOME}/deep/", depth=2)
    assert not here.round.admit(site, deep)
    assert not here.round.admit(site, deep)
    assert here.round.admit(site, replace(deep, depth=1))
    here.came(replace(deep, depth=1), f"<ul>{ROW}</ul>")
    (count,) = here.round.list_counts()
    assert count.failed_pages == 0 and count.is_complete


def test_promises_are_held_against_what_was_reached(here: Here) -> None:
    here.came(start(here), f'<ul>{ROW}</ul><script>createPageHTML(2, 0, "index", "html");</script>共2条')
    (count,) = here.round.list_counts()
    assert (count.promised_pages, count.pages, count.is_complete) == (2, 1, False)
    second = replace(start(here), url=f"{HOME}/xxgk/xxgknb/index_1.html")
    here.came(second, f"<ul>{ROW.replace('_1.html', '_2.html')}</ul>")
    (count,) = here.round.list_counts()
    assert (count.items, count.pages, count.is_complete) == (2, 2, True)


def test_a_page_that_leads_on_is_followed_but_not_for_ever(here: Here) -> None:
    ask = start(here)
    for _ in range(3):
        (ask,) = here.came(ask, '<meta http-equiv="refresh" content="0;url=next/">')
    assert here.came(ask, '<meta http-equiv="refresh" content="0;url=next/">') == []
    assert here.outcome(ask) is Outcome.redirect_loop
    away = replace(start(here), url=f"{HOME}/away.html")
    assert here.came(away, '<script>location.href="http://10.0.0.1/"</script>') == []
    assert here.outcome(away) is Outcome.private_address


def test_a_host_that_keeps_failing_is_left_alone(here: Here) -> None:
    asks = [replace(start(here), url=f"{LIST}?{number}") for number in range(FAILURES)]
    for ask in asks:
        assert not here.round.is_given_up(ask.url)
        here.round.failed(here.site, ask, Outcome.timeout)
    assert here.round.is_given_up(LIST)


def test_a_fault_of_our_own_is_named_and_the_round_goes_on(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(type(FAMILIES["trs"]), "listing", broken)
    assert here.came(start(here), f"<ul>{ROW}</ul>") == []
    assert here.outcome(start(here)) is Outcome.reader_failed


def test_a_file_that_is_linked_again_is_asked_for_again(here: Here) -> None:
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>")
    (file,) = here.came(report, PAGE)
    here.came(file, b"%PDF-1.4")
    for page in (PAGE.replace("P020240115.pdf", "").replace(".pdf", ""), PAGE):
        here.finish()
        here.came(report, page)
    here.finish()
    assert [ask.url for ask in here.came(report, b"", 304)] == [FILE]
    assert here.ledger.covers() == {REPORT}


def test_what_leads_on_leads_on_after_an_interruption(here: Here) -> None:
    first = start(here)
    (onward,) = here.came(first, '<meta http-equiv="refresh" content="0;url=next/">')
    again = Round([here.site], here.ledger, here.folder, here.campaigns)
    assert again.settled(here.site, first) == [onward]
    assert again.settled(here.site, onward) is None


def test_an_unchanged_list_that_the_archive_has_lost_is_fetched_whole(here: Here) -> None:
    here.came(start(here), f"<ul>{ROW}</ul>", etag='"l"')
    here.finish()
    here.writer.close()
    for path in here.folder.iterdir():
        path.write_bytes(b"")
    here.writer = warc.Writer(here.folder, "u", "test")
    assert here.came(start(here), b"", 304) == []
    assert here.outcome(start(here)) is Outcome.truncated
    here.finish()
    assert here.round.validators(start(here)) == {}


def test_an_open_campaign_is_given_up_when_it_is_old(here: Here) -> None:
    old = here.ledger.begin("other", "2024-02-01T00:00:00Z")
    assert here.ledger.begin("other", "2024-02-01T10:00:00Z") == old
    assert here.ledger.begin("other", "2024-02-02T10:00:00Z") != old


def test_what_could_not_be_written_is_not_forgotten(here: Here, tmp_path: Path) -> None:
    ask = start(here)
    here.round.failed(here.site, ask, Outcome.timeout)
    here.ledger.con.execute("PRAGMA query_only = 1")
    with pytest.raises(sqlite3.Error):
        here.ledger.flush(lambda _: ("", 0))
    here.ledger.con.execute("PRAGMA query_only = 0")
    here.ledger.flush(lambda _: ("", 0))
    with closing(Ledger(tmp_path / "ledger.sqlite")) as other:
        assert other.address(key_of(ask)) is not None


def test_what_was_read_before_it_was_noted_is_read_anew(here: Here) -> None:
    ask = start(here)
    assert here.ledger.address(key_of(ask)) is None
    assert not here.round.was_silent(ask)
    here.round.failed(here.site, ask, Outcome.timeout)
    here.ledger.flush(here.writer.note)
    assert here.outcome(ask) is Outcome.timeout
    assert here.round.was_silent(ask)
