"""Archives that somebody else has made, with records that nobody should have made."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.archives import survey_archives
from flows.sources import Source
from flows.store import Capture, Store
from flows.survey import Survey
from warehouse.home import Home

URL = "http://www.example.gov.cn/1.html"
DATE = "2024-02-01T02:03:04Z"
BODY = "<title>示例县2023年政府信息公开工作年度报告</title>".encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def record(
    url: str | None = URL, date: str | None = DATE, block: bytes = ANSWER + BODY, kind: str = "response"
) -> bytes:
    """A record of a WARC file; None where it lacks a field."""
    fields = [f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:1>", "Content-Type: application/http; msgtype=response"]
    fields += [f"WARC-Target-URI: {url}"] if url is not None else []
    fields += [f"WARC-Date: {date}"] if date is not None else []
    head = "\r\n".join(["WARC/1.0", *fields, f"Content-Length: {len(block)}", "", ""])
    return head.encode() + block + b"\r\n\r\n"


def look(folder: Path, known: tuple[Capture, ...] = ()) -> Survey:
    """The survey of the archives in a folder."""
    found = Survey()
    source = Source("others", folder, "存档", "archive", kind="warc")
    survey_archives([source], Store(Home(folder / "home")), known, found, lambda: None)
    return found


def names(found: Survey) -> list[str]:
    return [sighting.capture.name.rpartition("/")[2] for sighting in found.sightings]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (record(date=None), "no WARC-Date"),
        (record(date=""), "no WARC-Date"),
        (record(date="last Tuesday"), "not a date: 'last Tuesday'"),
        (record(date="2024-02-30T00:00:00Z"), "not a date"),
        (record(date="0001-01-01T00:00:00+14:00"), "not a date"),
        (record(url=None), "no WARC-Target-URI"),
        (record(block=b""), "no HTTP head"),
        (record(block=BODY), "no HTTP head"),
        (record(block=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip"), "the packed body is damaged"),
    ],
)
def test_a_damaged_record_is_a_remark_and_the_others_go_on(
    tmp_path: Path, damaged: bytes, said: str, packed: bool
) -> None:
    good = [record(URL.replace("1", "2")), record(URL.replace("1", "3"))]
    pieces = [good[0], damaged, good[1]]
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(map(gzip.compress, pieces) if packed else pieces))
    found = look(tmp_path)
    assert names(found) == ["2.html", "3.html"] and not found.problems
    (remark,) = found.remarks
    offset = len(gzip.compress(good[0]) if packed else good[0])
    assert remark.startswith(f"{path.name}, {offset}: ") and said in remark


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3"])
def test_answers_of_every_protocol_are_taken(tmp_path: Path, protocol: str) -> None:
    (tmp_path / "a.warc").write_bytes(record(block=ANSWER.replace(b"HTTP/1.1", protocol.encode()) + BODY))
    (sighting,) = look(tmp_path).sightings
    assert sighting.capture.sha256 == hashlib.sha256(BODY).hexdigest()


def test_what_is_not_wanted_is_no_remark_however_it_is_made(tmp_path: Path) -> None:
    others = [
        record("http://www.example.com/", date=None),
        record("dns:www.example.gov.cn", block=b"20240201020304\nwww.example.gov.cn. 60 IN A 192.0.2.1"),
        record(block=b"HTTP/1.1 404 Not Found\r\n\r\n", date="x"),
        record(url=None, kind="metadata", date=None),
        record(kind="request", block=b"GET / HTTP/1.1\r\n\r\n", date=None),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join([*others, record()]))
    found = look(tmp_path)
    assert (names(found), found.remarks, found.problems) == (["1.html"], [], [])


def test_a_damaged_archive_is_a_problem_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record(date=None) + record() + b"no record\r\n\r\n")
    (tmp_path / "b.warc").mkdir()
    (tmp_path / "c.warc").write_bytes(record(URL.replace("1", "3")))
    found = look(tmp_path)
    assert names(found) == ["1.html", "3.html"]
    (problem,) = found.problems
    assert "the archive is damaged: a.warc: " in problem and len(found.remarks) == 1


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("lost", [8, 30, 150])
def test_the_record_at_which_an_archive_is_cut_off_is_not_taken_for_whole(
    tmp_path: Path, packed: bool, lost: int
) -> None:
    last = record(URL.replace("1", "2"), block=ANSWER + BODY + bytes(range(256)) * 2)
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    pieces = [gzip.compress(piece) if packed else piece for piece in (record(), last)]
    path.write_bytes(b"".join(pieces)[: -(lost + 10 if packed else lost)])
    found = look(tmp_path)
    assert names(found) == ["1.html"]
    assert f"the record at {len(pieces[0])} is cut off" in found.problems[0]


def test_an_archive_of_nothing_but_damaged_records_does_not_drown_the_other_remarks(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record(date=None) * 500)
    found = look(tmp_path)
    assert len(found.remarks) == 21 and "500" in found.remarks[-1]


@pytest.mark.parametrize("date", [DATE, "2024-02-01T10:03:04+08:00", "2024-02-01T02:03:04"])
def test_dates_are_instants_in_utc(tmp_path: Path, date: str) -> None:
    (tmp_path / "a.warc").write_bytes(record(date=date))
    (sighting,) = look(tmp_path).sightings
    assert sighting.capture.retrieved_at == datetime(2024, 2, 1, 2, 3, 4, tzinfo=UTC)
    again = look(tmp_path, (sighting.capture,))
    assert (again.sightings, again.seen, again.new) == ([], 1, 0)


def test_an_archive_of_the_same_name_and_size_is_gone_through_again(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record())
    (sighting,) = look(tmp_path).sightings
    path.write_bytes(record(URL.replace("1", "2")))
    assert names(look(tmp_path, (sighting.capture,))) == ["2.html"]
