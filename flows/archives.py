"""WARC files that somebody else has made, as a source of documents."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from extract.charset import decode
from extract.crawl.guard import host_of
from extract.crawl.outcomes import file_type
from extract.crawl.warc import ArchiveError, payload
from flows.progress import Advance
from flows.sources import Source, check_folder
from flows.store import Capture, Store, sidecar_json
from flows.survey import Sighting, Survey
from warehouse.errors import OgiError

_ENDINGS = (".warc", ".warc.gz")
_PROTOCOLS = ("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2", "HTTP/3")
_REMARKS = 20  # of one archive, by record; of the others their number is told
_REPORT = re.compile(r"信息公开.{0,40}年度?\s*(?:工作)?报告|信息公开.{0,20}年报", re.DOTALL)


def survey_archives(
    sources: Iterable[Source], store: Store, known: Iterable[Capture], found: Survey, advance: Advance
) -> None:
    """Adds to the survey the pages and files of these archives that may be reports.

    A page may be one if it speaks of an annual report on information
    disclosure; a file, if it comes from a host that the source names. Every
    archive is gone through every time, but what of it was taken before is not
    unpacked again. A record that is damaged is a remark, an archive that is, a problem; the others go on.
    """
    taken = {(capture.source, capture.name, capture.retrieved_at) for capture in known}
    for source in sources:
        try:
            check_folder(source)
        except OgiError as error:
            found.problems.append(f"{error.zh} / {error.en}")
            continue
        for path in _files(source.path):
            try:
                _survey_file(path, source, taken, found)
            except ArchiveError as error:
                found.problems.append(f"网页存档损坏 / the archive is damaged: {error}")
            advance()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    yield from sorted(file for file in path.rglob("*") if file.name.lower().endswith(_ENDINGS) and file.is_file())


def _survey_file(path: Path, source: Source, taken: set[tuple[str, str, datetime]], found: Survey) -> None:
    damaged: list[str] = []
    try:
        for record in _responses(path):
            try:
                _survey_record(record, path, source, taken, found)
            except ArchiveError as error:
                damaged.append(f"{path.name}, {record.offset}: 存档记录损坏 / a damaged record: {error}")
    finally:
        found.remarks += damaged[:_REMARKS]
        if len(damaged) > _REMARKS:
            found.remarks.append(f"{path.name}: 损坏的存档记录共 {len(damaged)} 条 / damaged records in all")


@dataclass(frozen=True, slots=True)
class _Response:
    """A response record, as whoever made it made it: "" for what it lacks, None where it has no HTTP head."""

    url: str
    date: str
    status: str | None
    offset: int


def _responses(path: Path) -> Iterator[_Response]:
    """The response records of a WARC file; ArchiveError where the file itself is damaged, or, after all others, where
    a record is shorter than it says.

    HTTP heads are read apart from the records: one that cannot be read must
    not end the way through the others.
    """
    try:
        with path.open("rb") as file:
            records = ArchiveIterator(file, no_record_parse=True)
            cut_off = None
            for record in records:
                url, date = (record.rec_headers.get_header(name) or "" for name in ("WARC-Target-URI", "WARC-Date"))
                status = _status(record) if record.rec_type == "response" else None
                offset = records.get_record_offset()  # reads the record to its end
                if record.length is None or record.raw_stream.limit:
                    cut_off = offset
                elif record.rec_type == "response":
                    yield _Response(url, date, status, offset)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error, EOFError, OSError, ValueError) as error:
        raise ArchiveError(f"{path.name}: {error}") from error
    if cut_off is not None:
        raise ArchiveError(f"{path.name}: 位于 {cut_off} 的记录不完整 / the record at {cut_off} is cut off")


def _survey_record(
    record: _Response, path: Path, source: Source, taken: set[tuple[str, str, datetime]], found: Survey
) -> None:
    """Adds a response to the survey if it may be a report; ArchiveError where it is damaged."""
    url = record.url
    if not url:
        raise ArchiveError("没有 WARC-Target-URI / no WARC-Target-URI")
    if not _is_wanted(url, source):
        return
    if record.status is None:
        raise ArchiveError("没有 HTTP 头 / no HTTP head")
    if record.status != "200":
        return
    moment = _moment(record.date)
    if (source.source, url, moment) in taken:
        found.seen += 1
        return
    body = payload(path, record.offset)
    if _may_be_report(body, source):
        found.seen += 1
        found.new += 1
        capture = Capture(
            source=source.source,
            name=url,
            sha256=hashlib.sha256(body).hexdigest(),
            retrieved_at=moment,
            sidecar=sidecar_json({"url": url, "retrieved_at": moment.isoformat()}),
            warc_file=str(path),
            warc_offset=record.offset,
        )
        found.sightings.append(Sighting(path, capture))


def _status(record: Any) -> str | None:
    """The status of a response as its HTTP head states it; None where it has no such head."""
    try:
        return str(StatusAndHeadersParser(_PROTOCOLS).parse(record.raw_stream).get_statuscode())
    except (StatusAndHeadersParserException, EOFError):
        return None


def _moment(stated: str) -> datetime:
    """The instant that a WARC-Date states, in UTC, which it is by its standard (ISO 28500) where it names no zone."""
    if not stated:
        raise ArchiveError("没有 WARC-Date / no WARC-Date")
    try:
        moment = datetime.fromisoformat(stated.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ArchiveError(f"WARC-Date 无法解析 / not a date: {stated!r}") from error


def _is_wanted(url: str, source: Source) -> bool:
    host = host_of(url)
    return host in source.hosts if source.hosts else host.endswith(".gov.cn")


def _may_be_report(body: bytes, source: Source) -> bool:
    if file_type(body) is not None:
        return bool(source.hosts)
    return bool(_REPORT.search(decode(body)))
