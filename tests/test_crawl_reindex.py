"""A ledger that is lost is made again from the WARC files alone; what cannot be had again is said."""

from __future__ import annotations

import fcntl
import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastwarc.warc import ArchiveIterator, WarcRecordType

from extract.crawl import journal, warc
from extract.crawl.ledger import LOCK, Ledger, key_of
from extract.crawl.outcomes import Outcome
from extract.crawl.reindex import Rebuilt, reindex
from extract.crawl.round import now
from flows import crawling, sources
from flows.commands.archive import reindex_command
from flows.crawling import prepare
from flows.record import RunRecord, load_all
from flows.reindexing import ensure_ledger
from flows.reindexing import reindex as rebuild
from tests.crawled import tables
from tests.test_crawl_round import FILE, LIST, PAGE, REPORT, ROW, Here, start
from warehouse.errors import OgiError
from warehouse.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def here(home: Home) -> Iterator[Here]:
    made = Here(home.crawl)
    with closing(made.ledger):
        yield made


def crawl(here: Here) -> None:
    """A night, with a file that came, one that did not, and a list that was counted."""
    here.ledger.note_campaigns(["here"])
    (report,) = here.came(start(here), f"<ul>{ROW}</ul>", etag='"l"')
    (file,) = here.came(report, PAGE, etag='"r"')
    here.came(file, b"%PDF-1.4")
    here.round.failed(here.site, start(here), Outcome.timeout, "60 s")
    for count in here.round.list_counts():
        here.ledger.note_list(count)
    here.ledger.flush(here.writer.note)


def lose(here: Here, home: Home) -> dict[str, list[Any]]:
    """Ends the crawl, and its ledger; what that knew."""
    here.writer.close()
    here.ledger.close()
    known = tables(home.ledger)
    for path in home.crawl.glob("ledger*"):
        path.unlink()
    return known


def again(home: Home) -> Rebuilt:
    return reindex(home.warc, home.ledger)


def test_a_lost_ledger_is_made_again(here: Here, home: Home) -> None:
    crawl(here)
    here.ledger.finish(here.campaigns["here"], now())
    here.ledger.note_campaigns(["here"])
    here.ledger.flush(here.writer.note)
    known = lose(here, home)
    assert all(known[table] for table in ("campaign", "address", "page_file", "version", "list", "warc"))
    rebuilt = again(home)
    assert tables(home.ledger) == known
    # The round's own tests note no fetches: of these the archive says that nothing is told.
    assert (rebuilt.files, rebuilt.versions, len(rebuilt.remarks)) == (1, 2, 1)
    again(home)
    assert tables(home.ledger) == known
    assert {path.name for path in home.crawl.iterdir()} == {"ledger.sqlite", "ledger.sqlite.old", "warc"}


def test_another_reader_reads_the_ledgers_records(here: Here, home: Home) -> None:
    crawl(here)
    lose(here, home)
    (path,) = home.warc.iterdir()
    with path.open("rb") as file:
        records = [
            (record.record_type, record.verify_block_digest(), record.headers.get("WARC-Refers-To"), record.record_id)
            for record in ArchiveIterator(file, parse_http=False)
        ]
    notes = [(right, refers) for kind, right, refers, _ in records if kind is WarcRecordType.metadata]
    assert notes == [(True, records[0][3])] * 4
    assert len(list(warc.responses(path))) == 3


def test_what_a_killed_crawl_left_is_cut_off_behind_the_last_note(here: Here, home: Home) -> None:
    crawl(here)
    known = tables(home.ledger)
    here.writer.write(warc.Exchange(f"{REPORT}?2", now(), "GET", [], b"", 200, "", [], b"not told"))
    (path,) = home.warc.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    here.ledger.close()
    home.ledger.unlink()
    rebuilt = again(home)
    assert tables(home.ledger) == known
    assert any("cut off" in remark for remark in rebuilt.remarks)
    (mended,) = home.warc.iterdir()
    assert not mended.name.endswith(warc.OPEN)
    assert mended.stat().st_size == known["warc"][0][1]
    assert len(list(warc.responses(mended))) == 3


def test_what_no_note_tells_of_is_kept_and_said(home: Home) -> None:
    writer = warc.Writer(home.warc, "t", "test")
    writer.write(warc.Exchange(REPORT, now(), "GET", [], b"", 200, "", [], b"not told"))
    writer.sync()
    (path,) = home.warc.iterdir()
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08 torn")
    rebuilt = again(home)
    assert any("tell nothing of 1 answers" in remark for remark in rebuilt.remarks)
    (path,) = home.warc.iterdir()
    assert [found.url for found in warc.responses(path)] == [REPORT]


def test_an_empty_file_is_no_obstacle(home: Home) -> None:
    home.warc.mkdir(parents=True)
    (home.warc / f"t-00001.warc.gz{warc.OPEN}").touch()
    assert again(home) == Rebuilt()
    assert list(home.warc.iterdir()) == []


def damage(home: Home, offset: int) -> None:
    (path,) = home.warc.iterdir()
    data = bytearray(path.read_bytes())
    data[offset + 30 : offset + 40] = bytes(10)
    path.write_bytes(data)


def test_behind_a_damaged_record_the_others_are_found(here: Here, home: Home) -> None:
    crawl(here)
    with closing(Ledger(home.ledger)) as ledger:
        (file,) = [address for address in ledger.addresses() if address.url == FILE]
    assert file.warc_file and file.warc_offset
    here.ledger.note_payload("sha1:LOST", FILE, now(), file.warc_file, file.warc_offset)
    here.ledger.flush(here.writer.note)
    known = lose(here, home)
    damage(home, file.warc_offset)
    rebuilt = again(home)
    assert any(f"the record at {file.warc_offset} is damaged" in remark for remark in rebuilt.remarks)
    assert any("1 addresses" in remark for remark in rebuilt.remarks)
    assert tables(home.ledger)["version"] == known["version"]
    with closing(Ledger(home.ledger)) as ledger:
        (lost,) = [address for address in ledger.addresses() if address.url == FILE]
        assert not lost.has_content and lost.etag is None and lost.sha256 is None
        assert ledger.payload("sha1:LOST") is None  # the same again would else be archived as a mere reference to it


def test_notes_that_are_missing_are_counted(here: Here, home: Home) -> None:
    crawl(here)
    lose(here, home)
    (path,) = home.warc.iterdir()
    with path.open("rb") as file:
        kinds = [(record.record_type, record.stream_pos) for record in ArchiveIterator(file, parse_http=False)]
    second = [at for kind, at in kinds if kind is WarcRecordType.metadata][1]
    damage(home, second)
    assert any("1 notes of the crawler are missing" in remark for remark in again(home).remarks)


def forged(info: str) -> bytes:
    """What a host would have to send to tell the ledger something."""
    row = {
        "source": "here",
        "listing": "forged",
        "campaign": 1,
        "pages": 1,
        "failed_pages": 0,
        "items": 1,
        "reports": 1,
    }
    data = journal.encoded(99, {"list": [row]})
    head = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Refers-To: {info}\r\nContent-Type: {journal.MEDIA_TYPE}\r\n"
    return gzip.compress(head.encode() + f"Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n\r\n")


@pytest.mark.parametrize("knows", [False, True])
def test_a_host_cannot_tell_the_ledger_anything(here: Here, home: Home, knows: bool) -> None:
    """What it sends is packed again, but so that it may stand in the file as it was sent: behind a damaged head it
    would be found, were it not for the identifier that only we know."""
    crawl(here)
    body = forged(here.writer._info if knows else "<urn:uuid:1>")
    place = here.writer.write(warc.Exchange(f"{REPORT}?2", now(), "GET", [], b"", 200, "", [], body))
    here.ledger.flush(here.writer.note)
    lose(here, home)
    (path,) = home.warc.iterdir()
    # zlib leaves as it is only what it cannot pack; here it is seen to.
    data = path.read_bytes()
    path.write_bytes(data[: place.offset] + b"\x1f\x8b\x08 damaged " + body + data[place.offset :])
    again(home)
    lists = {listing for _, listing, *_ in tables(home.ledger)["list"]}
    assert ("forged" in lists) is knows


def test_a_home_without_ledger_gets_it_again_and_says_so(here: Here, home: Home) -> None:
    crawl(here)
    known = lose(here, home)
    record = RunRecord("test", "")
    ensure_ledger(home, record)
    assert tables(home.ledger) == known
    assert "ledger was not there" in record.remarks[0]
    (kept,) = load_all(home)
    assert kept.remarks == record.remarks
    ensure_ledger(home, record)
    assert len(record.remarks) == 2  # nothing was wrong any more


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_a_ledger_that_is_damaged_is_made_again(here: Here, home: Home, content: bytes) -> None:
    crawl(here)
    known = lose(here, home)
    home.ledger.write_bytes(content)
    record = RunRecord("test", "")
    ensure_ledger(home, record)
    assert record.remarks and tables(home.ledger) == known


def test_a_ledger_of_an_earlier_day_is_made_again(here: Here, home: Home) -> None:
    crawl(here)
    here.writer.close()
    here.ledger.con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = home.ledger.read_bytes()
    here.writer = warc.Writer(home.warc, "u", "test")
    crawl(here)
    known = lose(here, home)
    home.ledger.write_bytes(before)
    record = RunRecord("test", "")
    ensure_ledger(home, record)
    assert "older" in record.remarks[0] and tables(home.ledger) == known


def test_others_files_in_the_folder_are_seen_once(here: Here, home: Home) -> None:
    crawl(here)
    writer = warc.Writer(home.warc, "other", "test")
    writer.write(warc.Exchange(REPORT, now(), "GET", [], b"", 200, "", [], b"another's"))
    writer.close()
    here.writer.close()
    here.ledger.close()
    record = RunRecord("test", "")
    ensure_ledger(home, record)
    assert any("tell nothing of" in remark for remark in record.remarks)
    ensure_ledger(home, empty := RunRecord("test", ""))
    assert empty.remarks == []


def test_a_ledger_of_a_time_without_notes_is_told_whole(
    here: Here, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here.writer, "note", lambda _: here.writer.sync())
    crawl(here)
    here.writer.close()
    here.ledger.close()
    with closing(sqlite3.connect(home.ledger)) as con:  # as layout 1 had it
        con.execute("ALTER TABLE warc DROP COLUMN number")
        con.execute("ALTER TABLE fetch DROP COLUMN certificate")
        con.execute("PRAGMA user_version=1")
    ensure_ledger(home, record := RunRecord("test", ""))
    assert record.remarks == []
    described = {
        "source": "here", "kind": "site", "family": "trs", "name_zh": "此处", "name_en": "here", "listings": [LIST],
        "private_networks": ["127.7.0.0/16"],
    }  # fmt: skip
    (tmp_path / "here.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), "utf-8")
    prepare(home, sources.chosen(tmp_path / "here.yaml"), 1)
    known = tables(home.ledger)
    home.ledger.unlink()
    again(home)
    made = tables(home.ledger)
    assert known.pop("warc") and made.pop("warc") and made == known


def test_the_command_says_what_came_of_it(
    here: Here, home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crawl(here)
    lose(here, home)
    with pytest.raises(OgiError, match="no WARC files"):
        reindex_command(tmp_path / "elsewhere")
    assert reindex_command(home.root) == 1  # the round's own tests note no fetches
    assert "made again from 1 WARC files: 4 notes, 2 contents of reports" in capsys.readouterr().out


def test_a_crawl_that_is_under_way_is_left_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawling, "_ENDING", 0.1)
    home.warc.mkdir(parents=True)
    with (home.crawl / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        with pytest.raises(OgiError, match="still at work"):
            rebuild(home)


def test_columns_that_the_ledger_does_not_have_are_no_note(here: Here) -> None:
    with pytest.raises(ValueError, match="unknown columns: odd"):
        journal.apply(here.ledger.con, {"list": [{"odd": 1}]})
    for data in (b"[]", b"{}", b'{"layout": 1, "number": 1, "sqlite_master": []}'):
        with pytest.raises(ValueError):
            journal.decoded(data)


def test_validators_are_known_again(here: Here, home: Home) -> None:
    crawl(here)
    lose(here, home)
    again(home)
    with closing(Ledger(home.ledger)) as ledger:
        known = ledger.address(key_of(start(here)))
    assert known is not None and (known.etag, known.has_content) == ('"l"', True)
