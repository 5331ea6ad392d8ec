"""What was fetched is archived as sent, and read back."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.crawl import middlewares, warc
from extract.crawl.warc import ArchiveError, Earlier, Exchange, Location, Writer

URL = "http://www.example.gov.cn/a?b=1"
MOMENT = "2024-02-01T02:03:04.567890Z"


def exchange(body: bytes, *headers: tuple[str, str], status: int = 200, url: str = URL) -> Exchange:
    return Exchange(url, MOMENT, "GET", [("Host", "www.example.gov.cn")], b"", status, "", list(headers), body)


def written(folder: Path, *exchanges: tuple[Exchange, Earlier | None]) -> tuple[Path, list[Location]]:
    writer = Writer(folder, "t", "test")
    places = [writer.write(*one) for one in exchanges]
    writer.close()
    return folder / writer.name, places


@settings(deadline=None)  # it waits for the disk
@given(body=st.binary(max_size=2000), packed=st.sampled_from(["", "gzip", "deflate", "raw"]))
def test_a_body_comes_back(tmp_path_factory: pytest.TempPathFactory, body: bytes, packed: str) -> None:
    packer = zlib.compressobj(wbits=-15)
    sent = {
        "": body,
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw": packer.compress(body) + packer.flush(),
    }[packed]
    encoding = "deflate" if packed == "raw" else packed
    one = exchange(sent, *([("Content-Encoding", encoding)] if encoding else []))
    path, places = written(tmp_path_factory.mktemp("warc"), (one, None), (one, None))
    assert [warc.payload(path, place.offset) for place in places] == [body, body]


def test_another_reader_reads_it_and_finds_its_digests_right(tmp_path: Path) -> None:
    first = exchange(b"<p>1</p>", ("Content-Type", "text/html"))
    path, _ = written(
        tmp_path,
        (first, None),
        (first, Earlier(URL, MOMENT)),
        (exchange("\u4e2d".encode("gb18030"), ("X-Odd", "\xe9")), None),
    )
    with path.open("rb") as file:
        records = [
            (record.record_type, record.verify_block_digest()) for record in ArchiveIterator(file, parse_http=False)
        ]
    kinds = [kind for kind, _ in records]
    assert kinds.count(WarcRecordType.response) == 2
    assert kinds.count(WarcRecordType.revisit) == 1
    assert kinds.count(WarcRecordType.request) == 3
    assert all(right for kind, right in records if kind is not WarcRecordType.warcinfo)
    assert [found.is_revisit for found in warc.responses(path)] == [False, True, False]


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(ArchiveError, match="more than"):
        warc.unpacked(gzip.compress(bytes(5_000_000)), "gzip", limit=1_000_000)


@pytest.mark.parametrize("head", [b"<html>", "<p>报告".encode()])
def test_a_page_is_not_unpacked_as_far_as_a_file(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_PAGE", 1_000_000)
    with pytest.raises(ArchiveError, match="more than"):
        middlewares.unpacked(gzip.compress(head + bytes(5_000_000)), "gzip")
    scan = b"%PDF-1.4" + bytes(5_000_000)
    assert middlewares.unpacked(gzip.compress(scan), "gzip") == scan


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"no gzip", "gzip"), (gzip.compress(b"x" * 99, mtime=0)[:-9], "gzip"), (b"x", "br")],
    ids=["no gzip", "cut", "unknown"],
)
def test_what_is_damaged_is_said_to_be(body: bytes, encoding: str) -> None:
    with pytest.raises(ArchiveError):
        warc.unpacked(body, encoding)


def test_what_a_killed_crawl_left_is_cut_to_what_counts(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "t", "test")
    place = writer.write(exchange(b"kept"))
    name, length = writer.sync()
    writer.write(exchange(b"lost"))
    writer.sync()
    (tmp_path / f"u-00001.warc.gz{warc.OPEN}").write_bytes(b"nothing of it counts")
    assert warc.mend(tmp_path, {name: length}) == [name, "u-00001.warc.gz"]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_size == length
    assert warc.payload(tmp_path / name, place.offset) == b"kept"
    assert len(list(warc.responses(tmp_path / name))) == 1


def test_a_new_file_is_begun_where_one_is_long(tmp_path: Path) -> None:
    writer = Writer(tmp_path, "t", "test", max_file=2000)
    places = [writer.write(exchange(bytes(range(200)) * 3, url=f"{URL}{number}")) for number in range(5)]
    writer.close()
    assert len({place.file for place in places}) > 1
    assert all(len(warc.payload(tmp_path / place.file, place.offset)) == 600 for place in places)


def test_others_archives_with_chunks_are_read(tmp_path: Path) -> None:
    one = exchange(b"4\r\nab\r\n\r\n3\r\ncde\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked"))
    path, places = written(tmp_path, (one, None))
    assert warc.payload(path, places[0].offset) == b"ab\r\ncde"


def test_a_full_disk_leaves_no_torn_record(tmp_path: Path) -> None:
    failures: list[OSError] = []
    writer = Writer(tmp_path, "t", "test", on_failure=failures.append)
    first = writer.write(exchange(b"first"))
    whole = writer._file

    class Full:
        """Takes some bytes, then no more."""

        def __getattr__(self, name: str) -> object:
            return getattr(whole, name)

        def write(self, data: bytes) -> int:
            if len(data) > 100:
                return int(whole.write(data[:100]))
            raise OSError(28, "No space left on device")

    writer._file = Full()
    with pytest.raises(OSError, match="No space"):
        writer.write(exchange(bytes(range(250)) * 40))
    assert len(failures) == 1
    writer._file = whole
    last = writer.write(exchange(b"last"))
    writer.close()
    path = tmp_path / first.file
    assert [warc.payload(path, place.offset) for place in (first, last)] == [b"first", b"last"]
    assert len(list(warc.responses(path))) == 2


def test_a_record_that_is_not_what_its_digest_says_is_damaged(tmp_path: Path) -> None:
    path, (place, _) = written(tmp_path, (exchange(b"one"), None), (exchange(b"two"), None))
    data = gzip.decompress(path.read_bytes()).replace(b"one", b"ono")
    path.write_bytes(gzip.compress(data))
    with pytest.raises(ArchiveError):
        warc.payload(path, place.offset)


def foreign(fields: str, block: bytes, kind: str = "response") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\n{fields}Content-Length: {len(block)}\r\n\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def test_records_of_others_that_lack_something_do_not_hide_the_rest(tmp_path: Path) -> None:
    target, date = f"WARC-Target-URI: {URL}\r\n", f"WARC-Date: {MOMENT}\r\n"
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"
    records = [
        foreign(date, whole), foreign(date, b"", "revisit"), foreign(target + date, b"no head"),
        foreign(target + date, b""), foreign(date, b"dns", "metadata"), foreign(target, b"HTTP/1.1 odd\r\n\r\n"),
        foreign(target + date, whole),
    ]  # fmt: skip
    path = tmp_path / "t.warc.gz"
    path.write_bytes(b"".join(records))
    found = list(warc.responses(path))
    assert [(one.url, one.fetched_at, one.status) for one in found] == [(URL, "", 0), (URL, MOMENT, 200)]
    assert warc.payload(path, found[1].location.offset) == b"<p>"
    assert warc.payload(path, 0) == b"<p>"
    for number in (1, 2, 3, 4):
        with pytest.raises(ArchiveError):
            warc.payload(path, sum(map(len, records[:number])))
    with pytest.raises(ArchiveError):
        list(warc.responses(tmp_path / "none.warc.gz"))
