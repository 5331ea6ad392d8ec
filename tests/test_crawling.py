"""The crawl's processes as a run sees them: one that fails or hangs is named, and the others' night goes on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from extract.crawl.ledger import LISTED, Address, Ledger
from extract.crawl.model import Role
from extract.crawl.outcomes import Outcome
from flows import crawling, sources
from flows.crawl_tables import state_digest
from flows.crawling import Ended, Share
from flows.record import RunRecord
from warehouse.errors import OgiError
from warehouse.home import Home

MOMENT = "2024-01-01T00:00:00+00:00"
SITE: dict[str, Any] = {
    "source": "nowhere", "kind": "site", "family": "listing", "name_zh": "无此站", "name_en": "no such site",
    "listings": ["http://127.89.0.1:9/list.html"], "private_networks": ["127.89.0.0/16"], "delay": 0,
    "years": [2022, 2023],
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def chosen(tmp_path: Path) -> list[sources.Source]:
    (tmp_path / "nowhere.yaml").write_text(yaml.safe_dump(SITE, allow_unicode=True), "utf-8")
    return sources.chosen(tmp_path / "nowhere.yaml")


def followed(home: Home, share: Share) -> Ended:
    with crawling.started(home, [share]) as (running,):
        return crawling.follow(running, lambda: None)


def test_a_process_that_fails_is_a_problem_and_its_campaign_stays_open(
    home: Home, chosen: list[sources.Source]
) -> None:
    (share,) = crawling.prepare(home, chosen, 1)
    broken = Share({**share.job, "sites": [{"source": "nowhere"}]})
    ended = followed(home, broken)
    assert not ended.is_through and ended.problem and "crawl-01.log" in ended.problem
    record = RunRecord("test", "")
    crawling.finish(home, record, chosen, [ended])
    assert ended.problem in record.problems
    (again,) = crawling.prepare(home, chosen, 1)
    assert again.job["campaigns"] == share.job["campaigns"]
    crawling.finish(home, record, chosen, [Ended(("nowhere",), True)])
    (later,) = crawling.prepare(home, chosen, 1)
    assert later.job["campaigns"] != share.job["campaigns"]


def test_a_crawl_of_more_than_a_day_has_brought_something(home: Home, chosen: list[sources.Source]) -> None:
    """A campaign that would be given up by now is still the one of which the crawl tells."""
    with closing(Ledger(home.ledger)) as ledger:
        campaign = ledger.begin("nowhere", MOMENT)
        ledger.note_address(Address("a", "nowhere", "a", "report", "l", Outcome.ok, campaign, MOMENT, MOMENT))
        ledger.flush(lambda _: ("", 0))
    record = RunRecord("test", "")
    crawling.finish(home, record, chosen, [Ended(("nowhere",), True)])
    assert record.problems == []
    assert [row["addresses"] for row in record.crawled] == [1]


def test_a_process_that_is_silent_is_ended(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "_SILENCE", 0.05)  # shorter than it takes to start
    (share,) = crawling.prepare(home, chosen, 1)
    ended = followed(home, share)
    assert ended.problem is not None


def test_time_that_is_over_is_no_failure_and_silence_is_one(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CRAWL_HOURS", "1")
    monkeypatch.setattr(crawling, "_SILENCE", 0.05)  # shorter than it takes to start
    (share,) = crawling.prepare(home, chosen, 1)
    assert followed(home, share).problem is not None
    monkeypatch.setattr(crawling, "_SILENCE", 60)
    monkeypatch.setattr(crawling, "_GRACE", -3600 + 0.05)
    assert followed(home, share) == Ended(("nowhere",), False)


def test_processes_that_nobody_follows_end_with_the_run(home: Home, chosen: list[sources.Source]) -> None:
    (share,) = crawling.prepare(home, chosen, 1)
    with pytest.raises(OgiError), crawling.started(home, [share]) as (running,):
        raise OgiError("服务未能启动", "the server did not start")
    assert running.process.poll() is not None


def test_a_site_that_is_not_there_is_said_to_be(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CRAWL_BACKOFF", "0.05")
    (share,) = crawling.prepare(home, chosen, 1)
    ended = followed(home, share)
    assert ended == Ended(("nowhere",), True)
    record = RunRecord("test", "")
    crawling.finish(home, record, chosen, [ended])
    assert any("nowhere" in problem for problem in record.problems)


def test_settings_that_are_no_numbers_are_named(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CRAWL_HOURS", "abc")
    with pytest.raises(OgiError, match="OGI_CRAWL_HOURS"):
        crawling.prepare(home, chosen, 1)


def test_two_sources_with_one_list_are_refused(chosen: list[sources.Source]) -> None:
    with pytest.raises(OgiError, match="keep one"):
        sources.check_together([chosen[0], replace(chosen[0], source="other")])


def test_years_without_agencies_expect_a_report_of_each(chosen: list[sources.Source]) -> None:
    from flows.crawl_tables import ANY, expected

    assert expected(chosen) == [{"source": "nowhere", "agency_name": ANY, "report_year": year} for year in (2022, 2023)]


@pytest.mark.parametrize(("role", "counts"), [("listing", False), ("report", True)])
def test_a_lists_page_may_print_the_day_without_there_being_anything_new(home: Home, role: Role, counts: bool) -> None:
    key = f"{LISTED if role == 'listing' else ''}http://a.example/"
    states = []
    for content in ("1" * 64, "2" * 64):
        with closing(Ledger(home.ledger)) as ledger:
            ledger.note_address(
                Address(key, "s", "http://a.example/", role, "l", Outcome.ok, 1, MOMENT, MOMENT, sha256=content)
            )
            ledger.flush(lambda _: ("", 0))
        states.append(state_digest(home))
    assert (states[0] != states[1]) is counts
