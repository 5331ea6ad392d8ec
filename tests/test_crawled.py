"""Documents out of what the crawler fetched: content that comes back, and pages whose pictures change."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from extract.crawl import warc
from extract.crawl.ledger import Ledger, Version
from extract.crawl.model import Hint
from flows import sources
from flows.crawled import survey_crawled
from flows.store import Capture, Store, latest
from flows.survey import Survey
from warehouse.home import Home

SITE: dict[str, Any] = {
    "source": "county", "kind": "site", "family": "listing", "name_zh": "某县", "name_en": "a county",
    "listings": ["https://www.example.gov.cn/list.html"],
}  # fmt: skip
PAGE, PICTURE = "https://www.example.gov.cn/1.html", "https://www.example.gov.cn/1.png"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "county.yaml").write_text(yaml.safe_dump(SITE, allow_unicode=True), "utf-8")
    return Home(tmp_path / "home")


def fetch(home: Home, *told: tuple[int, str, bytes]) -> None:
    """Notes in archive and ledger what was fetched: the hour, the address, the body."""
    moments = [f"2024-01-01T{hour:02}:00:00Z" for hour, _, _ in told]
    writer = warc.Writer(home.warc, moments[0][:13].replace(":", ""), "test")
    with closing(Ledger(home.ledger)) as ledger:
        for moment, (_, url, body) in zip(moments, told, strict=True):
            kind = "image/png" if url == PICTURE else "text/html"
            place = writer.write(
                warc.Exchange(url, moment, "GET", [], b"", 200, "", [("Content-Type", kind)], body)
            )  # fmt: skip
            ledger.note_version(
                Version(
                    url, "county", url, "report", PAGE if url == PICTURE else None, Hint(),
                    hashlib.sha256(body).hexdigest(), kind, moment.replace("Z", "+00:00"), place.file, place.offset,
                )
            )  # fmt: skip
        ledger.flush(writer.note)
    writer.close()


def taken(home: Home) -> list[Capture]:
    """Takes in what is new; all captures that count now."""
    store, found = Store(home), Survey()
    survey_crawled(sources.chosen(home.root.parent / "county.yaml"), store, store.captures(), found)
    if found.sightings:
        store.add_captures([sighting.capture for sighting in found.sightings])
    return latest(store.captures())


def test_old_content_that_comes_back_is_a_capture_of_its_own(home: Home) -> None:
    fetch(home, (1, PAGE, b"<p>a"), (2, PAGE, b"<p>b"))
    assert len(taken(home)) == 2
    fetch(home, (3, PAGE, b"<p>a"))
    found = taken(home)
    assert [capture.retrieved_at.hour for capture in found] == [1, 2, 3]
    assert found[0].sha256 == found[2].sha256 != found[1].sha256
    assert taken(home) == found


def test_a_page_is_never_shown_with_pictures_of_the_page_after_it(home: Home) -> None:
    fetch(home, (1, PAGE, b"<img src=1.png>"), (2, PICTURE, b"old"))
    assert len(taken(home)) == 1
    fetch(home, (3, PAGE, b"<p>new</p><img src=1.png>"))
    assert len(taken(home)) == 2
    fetch(home, (4, PICTURE, b"new"))
    found = taken(home)
    assert [capture.retrieved_at.hour for capture in found] == [2, 3, 4]
    shown = [Store(home).archived(capture.sha256).read_bytes() for capture in found]
    assert [b"<p>new" in page for page in shown] == [False, True, True]
    assert taken(home) == found
    fetch(home, (5, PICTURE, b"old"))
    back = taken(home)
    assert [capture.retrieved_at.hour for capture in back] == [2, 3, 4, 5] and back[3].sha256 == back[1].sha256
