"""An original is found in the archive or in a WARC file, and is only given out if it is what it was."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dashboard.original.asking import OriginalUnreadable
from dashboard.original.places import Original, OriginalMissing, Place, find_original
from dashboard.original.shown import original_of
from extract.crawl.warc import Exchange, Location, Writer
from warehouse.home import Home

BODY = "<html><body><p>一二三</p></body></html>".encode()
HASH = hashlib.sha256(BODY).hexdigest()


def nothing(sql: str, given: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    return []


def archived(home: Home, data: bytes = BODY) -> None:
    path = home.archive / HASH[:2] / HASH
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


def crawled(home: Home, *headers: tuple[str, str], body: bytes = BODY, keep_open: bool = False) -> Location:
    writer = Writer(home.warc, "t", "test")
    other = Exchange("http://a.test/0", "2024-01-01T00:00:00Z", "GET", [], b"", 200, "OK", [], b"another")
    writer.write(other)
    location = writer.write(
        Exchange("http://a.test/1", "2024-01-01T00:00:00Z", "GET", [], b"", 200, "OK", list(headers), body)
    )
    if not keep_open:
        writer.close()
    else:
        writer.sync()
    return location


def test_from_the_archive(tmp_path: Path) -> None:
    home = Home(tmp_path)
    archived(home)
    assert original_of(find_original(home, nothing, HASH, "text/html")) == BODY


@pytest.mark.parametrize("keep_open", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_from_a_warc_file(tmp_path: Path, packed: bool, keep_open: bool) -> None:
    home = Home(tmp_path)
    headers = [("Content-Encoding", "gzip")] if packed else []
    location = crawled(home, *headers, body=gzip.compress(BODY) if packed else BODY, keep_open=keep_open)
    asked: list[tuple[str, Sequence[Any]]] = []

    def rows(sql: str, given: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        asked.append((sql, given))
        return [
            {"warc_file": "gone.warc.gz", "warc_offset": 0},
            {"warc_file": location.file, "warc_offset": location.offset},
        ]

    assert original_of(find_original(home, rows, HASH, "text/html")) == BODY
    assert [list(given) for _, given in asked] == [[HASH]]


def test_what_stands_nowhere_is_said_to_be_missing(tmp_path: Path) -> None:
    for sha256 in (HASH, "../../etc/passwd", ""):
        with pytest.raises(OriginalMissing) as missing:
            find_original(Home(tmp_path), nothing, sha256, "text/html")
        assert "找不到原文" in missing.value.zh and "cannot be found" in missing.value.en


def test_what_has_changed_is_not_given_out(tmp_path: Path) -> None:
    home = Home(tmp_path)
    archived(home, BODY + b" ")
    with pytest.raises(OriginalMissing, match="has changed"):
        original_of(find_original(home, nothing, HASH, "text/html"))


def test_the_next_place_stands_in_for_one_that_has_changed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    location = crawled(home)
    changed = tmp_path / "changed"
    changed.write_bytes(b"something else")
    places = (Place(changed), Place(tmp_path / "gone"), Place(home.warc / location.file, location.offset))
    assert original_of(Original(HASH, "text/html", places)) == BODY


def test_a_damaged_warc_file_and_an_offset_amiss(tmp_path: Path) -> None:
    home = Home(tmp_path)
    location = crawled(home)
    path = home.warc / location.file
    for offset in (location.offset + 5, 10**9, 0):
        with pytest.raises(OriginalMissing):
            original_of(Original(HASH, "text/html", (Place(path, offset),)))


def test_a_body_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    endless = gzip.compress(bytes(300 << 20), compresslevel=1)
    location = crawled(Home(tmp_path), ("Content-Encoding", "gzip"), body=endless)
    with pytest.raises(OriginalUnreadable) as refused:
        original_of(Original(HASH, "text/html", (Place(Home(tmp_path).warc / location.file, location.offset),)))
    assert refused.value.code == "too_large"


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(OriginalUnreadable) as refused:
        original_of(Original(HASH, "text/html", (Place(Path("/dev/zero")),)))
    assert refused.value.code == "too_large"
