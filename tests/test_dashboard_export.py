"""The dashboard as files: links that lead somewhere, nothing that needs a server, nothing of others lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from dashboard import charts, drawing
from dashboard.export import MARK, Watched, export_pages, file_of
from dashboard.settings import Settings
from tests.nights import rows
from warehouse.folders import FolderInUse
from warehouse.home import Home
from warehouse.publish import published as build_file
from warehouse.reviews import append


def _quietly(advance: Callable[[], None] = lambda: None) -> Watched:
    return lambda total: nullcontext(advance)


@pytest.fixture(scope="module")
def exported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("导 出") / "页面 1"
    export_pages(Settings(Home(published)), folder, None, None, _quietly())
    return folder


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_every_link_leads_to_a_file_of_the_export(exported: Path) -> None:
    followed = 0
    for page in _pages(exported):
        tree = LexborHTMLParser(page.read_text("utf-8"))
        assert not tree.css("script, form, iframe, button"), page
        for node in tree.css("[href], [src]"):
            link = node.attributes.get("href") or node.attributes.get("src") or ""
            if link.startswith(("http://", "https://")):
                assert node.attributes.get("rel"), link  # a filing's own address alone
                continue
            assert not link.startswith("/") and ":" not in link, f"{page}: {link}"
            parts = urlsplit(link)
            place = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert place.is_file() and place.is_relative_to(exported.resolve()), f"{page}: {link}"
            if parts.fragment:
                found = LexborHTMLParser(place.read_text("utf-8")).css(f'[id="{unquote(parts.fragment)}"]')
                assert found, f"{page}: nothing is at {link}"
            followed += 1
    assert followed > 100


def test_every_flagged_filing_is_there_in_both_languages(exported: Path, published: Path) -> None:
    flagged = rows(Home(published), "SELECT filing_id FROM v_filings WHERE errors + warnings + extraction_issues > 0")
    assert flagged
    for row in flagged:
        for prefix in ("", "en/"):
            assert (exported / prefix / "filings" / f"{row['filing_id']}.html").is_file()
    assert len(list((exported / "filings").iterdir())) == len(flagged)
    assert 'lang="en"' in (exported / "en" / "index.html").read_text("utf-8")


def test_a_page_says_where_its_source_is_and_promises_nothing_that_needs_a_server(
    exported: Path, published: Path
) -> None:
    for row in rows(Home(published), "SELECT filing_id, url FROM v_filings WHERE errors > 0"):
        for prefix, promise in (("", "点数字看原件"), ("en/", "Choose a figure")):
            text = (exported / prefix / "filings" / f"{row['filing_id']}.html").read_text("utf-8")
            aside = LexborHTMLParser(text).css_first("aside")
            assert aside is not None and row["url"] in aside.text()
            assert [link.attributes["href"] for link in aside.css("a")] == [row["url"]]
            assert promise not in text and "target=" not in text


def test_pages_say_which_build_they_are_of_when_they_were_made_and_what_they_are_limited_to(
    exported: Path, published: Path, tmp_path: Path
) -> None:
    file = build_file(published)
    assert file is not None
    for page in _pages(exported):
        footer = LexborHTMLParser(page.read_text("utf-8")).css_first("footer")
        assert footer is not None and file.stem.removeprefix("warehouse-") in footer.text(), page
        assert "只限" not in footer.text() and "limited to" not in footer.text()
    export_pages(Settings(Home(published)), tmp_path / "narrow", "某<b>省", 2022, _quietly())
    for name, words in (("index.html", "只限某<b>省 2022"), ("en/index.html", "limited to 某<b>省 2022")):
        footer = LexborHTMLParser((tmp_path / "narrow" / name).read_text("utf-8")).css_first("footer")
        assert footer is not None and words in footer.text()


def test_an_export_is_of_one_build_whatever_is_published_meanwhile(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = build_file(published)
    assert ours is not None
    other = tmp_path / "warehouse-other.duckdb"
    shutil.copy(ours, other)
    with duckdb.connect(str(other)) as con:
        con.execute("UPDATE mart_filing SET agency_name = 'of another build'")
    now = [ours]
    monkeypatch.setattr("dashboard.reader.published", lambda _: now[0])

    def publishes() -> None:
        now[0] = other

    export_pages(Settings(Home(published)), tmp_path / "pages", None, None, _quietly(publishes))
    pages = _pages(tmp_path / "pages")
    assert len(pages) > 100
    assert not [page for page in pages if "of another build" in page.read_text("utf-8")]


def test_decisions_made_since_the_build_count_and_those_made_meanwhile_do_not(published: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    issues = rows(home, "SELECT issue_id, filing_id FROM v_issues WHERE state = 'open' AND decision IS NULL")
    first, second = list(dict.fromkeys(issue["filing_id"] for issue in issues if issue["filing_id"]))[:2]

    def dismiss(filing: str) -> None:
        for issue in issues:
            if issue["filing_id"] == filing:
                moment = datetime.now(UTC).isoformat(timespec="microseconds")
                line = {"issue_id": issue["issue_id"], "decision": "dismissed", "reason": "对", "decided_at": moment}
                append(home, line)

    dismiss(first)
    before = export_pages(Settings(Home(published)), tmp_path / "before", None, None, _quietly())
    seen = 0

    def meanwhile() -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            dismiss(second)

    assert export_pages(Settings(home), tmp_path / "pages", None, None, _quietly(meanwhile)) == before - 1
    listed = (tmp_path / "pages" / "flagged-1.html").read_text("utf-8")
    for filing, there in ((first, False), (second, True)):
        assert (tmp_path / "pages" / "filings" / f"{filing}.html").exists() is there
        assert (f"filings/{filing}.html" in listed) is there


def test_an_export_takes_the_place_of_an_export_only(published: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("mine")
    with pytest.raises(FolderInUse):
        export_pages(Settings(Home(published)), mine, None, None, _quietly())
    assert (mine / "letter.txt").read_text() == "mine"
    target = tmp_path / "pages"
    assert export_pages(Settings(Home(published)), target, None, None, _quietly()) > 1
    assert export_pages(Settings(Home(published)), target, "没有的省", None, _quietly()) == 0
    assert (target / MARK).exists() and not (target / "filings").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_killed_export_leaves_the_old_one(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "pages"
    export_pages(Settings(Home(published)), target, None, None, _quietly())
    before = sorted(path.name for path in target.rglob("*"))
    seen = 0

    def stops() -> None:
        nonlocal seen
        seen += 1
        if seen == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_pages(Settings(Home(published)), target, None, None, _quietly(stops))
    assert sorted(path.name for path in target.rglob("*")) == before


def test_a_chart_that_is_not_drawn_ends_no_export(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> str:
        raise drawing.ChartFailed("坏了", "broken")

    monkeypatch.setattr(charts, "svg_of", fails)
    assert export_pages(Settings(Home(published)), tmp_path / "pages", None, None, _quietly()) > 1
    assert "坏了" in (tmp_path / "pages" / "charts" / "errors.svg").read_text("utf-8")
    assert "broken" in (tmp_path / "pages" / "en" / "charts" / "errors.svg").read_text("utf-8")


def test_progress_is_out_of_the_pages_that_there_are(published: Path, tmp_path: Path) -> None:
    told: list[int] = []

    @contextmanager
    def watched(total: int) -> Iterator[Callable[[], None]]:
        told.append(total)
        yield lambda: told.append(-1)

    export_pages(Settings(Home(published)), tmp_path / "pages", None, 2022, watched)
    assert told[0] == len(told[1:]) == len(_pages(tmp_path / "pages"))


def test_names_of_files_are_safe() -> None:
    assert file_of("/") == "index.html" and file_of("/en") == "en/index.html" and file_of("/en/") == "en/index.html"
    assert file_of("/flagged?page=2") == "flagged-2.html"
    assert ".." not in file_of("/filings/..%2F..%2Fx") and "/x" not in file_of("/filings/..%2F..%2Fx")
    assert file_of("/filings/某机关-2024-own-r1").isascii()


def test_the_command_exports_and_says_what_is_wrong(ogi: Any, published: Path, tmp_path: Path) -> None:
    done = ogi("dashboard", "--export", tmp_path / "pages", "--home", published, "--year", 2022)
    assert done.returncode == 0, done.stderr
    assert "index.html" in done.stdout
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").write_text("x")
    done = ogi("dashboard", "--export", tmp_path / "other", "--home", published)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert ogi("dashboard", "--year", 2022, "--home", published).returncode == 2
