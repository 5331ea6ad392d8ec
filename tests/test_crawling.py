"""The crawl's processes as a run sees them: one that fails or hangs is named, and the others' night goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows import crawling, sources
from flows.crawling import Ended, Share
from flows.errors import OgiError
from flows.home import Home
from flows.record import RunRecord

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


def none() -> None:
    pass


def test_a_process_that_fails_is_a_problem_and_its_campaign_stays_open(
    home: Home, chosen: list[sources.Source]
) -> None:
    (share,) = crawling.prepare(home, chosen, 1)
    broken = Share({**share.job, "sites": [{"source": "nowhere"}]})
    ended = crawling.run_share(home, broken, none)
    assert not ended.is_through and ended.problem and "crawl-01.log" in ended.problem
    record = RunRecord("test", "")
    crawling.finish(home, record, chosen, [ended])
    assert ended.problem in record.problems
    (again,) = crawling.prepare(home, chosen, 1)
    assert again.job["campaigns"] == share.job["campaigns"]
    crawling.finish(home, record, chosen, [Ended(("nowhere",), True)])
    (later,) = crawling.prepare(home, chosen, 1)
    assert later.job["campaigns"] != share.job["campaigns"]


def test_a_process_that_is_silent_is_ended(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "_SILENCE", 0.05)  # shorter than it takes to start
    (share,) = crawling.prepare(home, chosen, 1)
    ended = crawling.run_share(home, share, none)
    assert ended.problem is not None


def test_a_site_that_is_not_there_is_said_to_be(
    home: Home, chosen: list[sources.Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CRAWL_BACKOFF", "0.05")
    (share,) = crawling.prepare(home, chosen, 1)
    ended = crawling.run_share(home, share, none)
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
