"""The dashboard as files: links that lead somewhere, nothing that needs a server, nothing of others lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from dashboard.export import MARK, export_pages, file_of
from dashboard.settings import Settings
from tests.nights import rows
from warehouse.folders import FolderInUse
from warehouse.home import Home


@pytest.fixture(scope="module")
def exported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("导 出") / "页面 1"
    export_pages(Settings(Home(published)), folder, None, None, lambda: None)
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
            if link.startswith("#"):
                continue
            place = (page.parent / unquote(urlsplit(link).path)).resolve()
            assert place.is_file() and place.is_relative_to(exported.resolve()), f"{page}: {link}"
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


def test_an_export_takes_the_place_of_an_export_only(published: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("mine")
    with pytest.raises(FolderInUse):
        export_pages(Settings(Home(published)), mine, None, None, lambda: None)
    assert (mine / "letter.txt").read_text() == "mine"
    target = tmp_path / "pages"
    assert export_pages(Settings(Home(published)), target, None, None, lambda: None) > 1
    assert export_pages(Settings(Home(published)), target, "没有的省", None, lambda: None) == 0
    assert (target / MARK).exists() and not (target / "filings").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_killed_export_leaves_the_old_one(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "pages"
    export_pages(Settings(Home(published)), target, None, None, lambda: None)
    before = sorted(path.name for path in target.rglob("*"))
    seen = 0

    def stops() -> None:
        nonlocal seen
        seen += 1
        if seen == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_pages(Settings(Home(published)), target, None, None, stops)
    assert sorted(path.name for path in target.rglob("*")) == before


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
