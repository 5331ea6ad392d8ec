"""Whole nights over mock sites: crawled, read, judged, published; and again out of the archive alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.commands.run import run_command
from flows.crawled import survey_crawled
from flows.sources import chosen
from flows.store import Store
from flows.survey import Survey
from tests.conftest import RunHere
from tests.crawled import crawl
from tests.web import Options, Web, serve
from warehouse.digest import digest
from warehouse.home import Home
from warehouse.publish import published
from warehouse.query import run_query

SITES = ("web-annual", "web-gkmlpt", "web-trs-years")
PICTURES = "web-shaanxi"  # has a filing in pictures of its pages


class Night:
    """A home after a night, and the web that was crawled."""

    def __init__(self, web: Web, home: Path) -> None:
        self.web, self.home = web, home
        self.truth = [filing for filing in web.truth if filing["source"] in SITES]

    def sql(self, query: str, home: Path | None = None) -> list[dict[str, Any]]:
        path = published(home or self.home)
        assert path is not None
        rows: list[dict[str, Any]] = run_query(path, query).table.to_pylist()
        return rows

    def digest(self) -> str:
        path = published(self.home)
        assert path is not None
        return digest(path)

    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(max((self.home / "runs").iterdir()).read_bytes())
        return record


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serve(Options(tmp_path_factory.mktemp("web"), agencies=48, only=(*SITES, PICTURES))) as served:
        yield served


@pytest.fixture(scope="module")
def sources(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    for name in SITES:
        shutil.copy(web.sources / f"{name}.yaml", folder)
    return folder


@pytest.fixture(scope="module")
def night(web: Web, sources: Path, tmp_path_factory: pytest.TempPathFactory, run_here: RunHere) -> Night:
    home = tmp_path_factory.mktemp("night") / "home"
    status, output = run_here(sources, home)
    assert status == 0, output
    return Night(web, home)


FILED = """
SELECT a.name, f.report_year FROM dim_filing AS f JOIN dim_agency AS a USING (agency_id)
WHERE f.is_current ORDER BY ALL
"""


def test_every_filing_of_the_sites_is_in_the_warehouse(night: Night) -> None:
    told = sorted((filing["agency"], filing["report_year"]) for filing in night.truth)
    assert [(row["name"], row["report_year"]) for row in night.sql(FILED)] == told


def test_every_document_stands_in_a_warc_file_at_its_place(night: Night) -> None:
    rows = night.sql("SELECT url, sha256, warc_file, warc_offset FROM capture WHERE http_status = 200")
    places = {row["sha256"] for row in rows if row["warc_file"] and row["warc_offset"] is not None}
    assert {sha256 for filing in night.truth for sha256 in filing["sha256"] if filing["medium"] != "zip"} <= places
    assert all((night.home / "crawl" / "warc" / row["warc_file"]).is_file() for row in rows)


def test_a_page_whose_report_is_a_file_is_no_issue(night: Night) -> None:
    pages = {filing["page"] for filing in night.truth if filing["page"] not in filing["documents"]}
    assert pages
    unread = night.sql(
        "SELECT d.url FROM quality_issue AS i JOIN document AS d ON left(d.sha256, 16) = i.place "
        "WHERE i.rule = 'document_unreadable'"
    )
    assert not pages & {row["url"] for row in unread}


def test_what_was_expected_is_held_against_what_was_found(night: Night) -> None:
    rows = night.sql(
        "SELECT is_found, count(*)::INTEGER AS filings FROM v_coverage WHERE source = 'web-annual' GROUP BY ALL"
    )
    told = sum(filing["source"] == "web-annual" for filing in night.truth)
    assert {row["is_found"]: row["filings"] for row in rows} == {True: told}
    assert [row for row in night.record()["expected"] if row["source"] == "web-annual"] == [
        {"source": "web-annual", "expected": told, "found": told}
    ]
    lists = night.sql("SELECT source, is_complete FROM crawl_list WHERE source = 'web-gkmlpt'")
    assert lists and all(row["is_complete"] for row in lists)


def test_a_second_night_finds_nothing_new_and_the_archive_makes_the_same_again(
    night: Night, sources: Path, run_here: RunHere, capsys: pytest.CaptureFixture[str], contracts_hold: None
) -> None:
    """The ledger is lost before it, and after it again: the WARC files are all that is needed."""
    crawl = night.home / "crawl"
    (crawl / "ledger.sqlite").unlink()
    assert run_here(sources, night.home)[0] == 0
    record = night.record()
    assert record["nothing_new"]
    assert any("ledger was not there" in remark for remark in record["remarks"])
    assert {row["outcome"] for row in record["crawled"] if row["source"] != "web-annual"} == {"unchanged"}
    night.web.forget()
    digests = []
    for lost in ((), (crawl / "ledger.sqlite", crawl / "expected.json", night.home / "captures")):
        for path in (*lost, night.home / "warehouse", night.home / "inputs"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        assert run_command(sources, night.home, None, from_archive=True) == 0
        digests.append(night.digest())
    capsys.readouterr()
    assert night.web.access() == []  # nobody was asked
    assert digests[0] == digests[1] != ""
    rebuilt = night.sql(FILED)
    assert [(row["name"], row["report_year"]) for row in rebuilt] == sorted(
        (filing["agency"], filing["report_year"]) for filing in night.truth
    )
    captures = "SELECT count(*) AS n FROM capture WHERE http_status = 304"
    assert night.sql(captures)[0]["n"] > 0  # the second night's questions are known, and nothing else is new


def test_anothers_archive_is_a_source(night: Night, tmp_path: Path, run_here: RunHere, contracts_hold: None) -> None:
    source = {
        "source": "others", "kind": "warc", "path": str(night.home / "crawl" / "warc"), "name_zh": "存档",
        "name_en": "archive", "hosts": sorted({filing["page"].split("/")[2].split(":")[0] for filing in night.truth}),
    }  # fmt: skip
    (tmp_path / "others.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), "utf-8")
    status, output = run_here(tmp_path / "others.yaml", tmp_path / "home")
    assert status == 0, output
    plain = [filing for filing in night.truth if filing["medium"] != "zip"]
    rows = {(row["name"], row["report_year"]) for row in night.sql(FILED, tmp_path / "home")}
    assert {(filing["agency"], filing["report_year"]) for filing in plain} <= rows


def test_pictures_of_pages_become_one_document_with_their_page(web: Web, tmp_path: Path) -> None:
    filing = next(filing for filing in web.truth if filing["medium"] == "images")
    assert filing["source"] == PICTURES
    home, folder = Home(tmp_path / "home"), tmp_path / "sources"
    folder.mkdir()
    shutil.copy(web.sources / f"{filing['source']}.yaml", folder)
    crawl(home, folder)
    found = Survey()
    store = Store(home)
    survey_crawled(chosen(folder), store, [], found)
    names = [sighting.capture.name for sighting in found.sightings]
    assert not set(names) & set(filing["documents"])
    page = next(sighting for sighting in found.sightings if sighting.capture.name == filing["page"])
    shown = page.path.read_bytes()
    assert shown.count(b'src="data:image/png;base64,') == len(filing["documents"])
    again = Survey()
    survey_crawled(chosen(folder), store, [sighting.capture for sighting in found.sightings], again)
    assert again.sightings == []


def test_public_sites_are_not_crawled_without_a_contact(
    tmp_path: Path, run_here: RunHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CONTACT", "")
    source = {
        "source": "county", "kind": "site", "family": "listing", "name_zh": "某县", "name_en": "a county",
        "listings": ["https://www.example.gov.cn/xxgknb/"],
    }  # fmt: skip
    (tmp_path / "county.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), "utf-8")
    status, output = run_here(tmp_path / "county.yaml", tmp_path / "home")
    assert status == 1
    assert "OGI_CONTACT" in output
