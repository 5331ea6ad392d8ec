"""WARC files that somebody else has made, as a source of documents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from extract.charset import decode
from extract.crawl.guard import host_of
from extract.crawl.outcomes import file_type
from extract.crawl.warc import Archived, ArchiveError, payload, responses
from flows.errors import OgiError
from flows.progress import Advance
from flows.sources import Source, check_folder
from flows.store import Capture, Store, sidecar_json
from flows.survey import Sighting, Survey

_ENDINGS = (".warc", ".warc.gz")
_REPORT = re.compile(r"信息公开.{0,40}年度?\s*(?:工作)?报告|信息公开.{0,20}年报", re.DOTALL)


def survey_archives(
    sources: Iterable[Source], store: Store, known: Iterable[Capture], found: Survey, advance: Advance
) -> None:
    """Adds to the survey the pages and files of these archives that may be reports.

    A page may be one if it speaks of an annual report on information
    disclosure; a file, if it comes from a host that the source names. What is
    not read again is not looked into either: an archive is taken for unchanged
    while its name and size are.
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
    for record in responses(path):
        if record.is_revisit or record.status != 200 or not _is_wanted(record.url, source):
            continue
        moment = datetime.fromisoformat(record.fetched_at)
        if (source.source, record.url, moment) in taken:
            found.seen += 1
            continue
        try:
            body = payload(path, record.location.offset)
        except ArchiveError as error:
            found.remarks.append(f"{record.url}: 存档记录损坏 / its record is damaged: {error}")
            continue
        if _may_be_report(body, record, source):
            found.seen += 1
            found.new += 1
            capture = Capture(
                source=source.source,
                name=record.url,
                sha256=hashlib.sha256(body).hexdigest(),
                retrieved_at=moment,
                sidecar=sidecar_json({"url": record.url, "retrieved_at": moment.isoformat()}),
                warc_file=str(path),
                warc_offset=record.location.offset,
            )
            found.sightings.append(Sighting(path, capture))


def _is_wanted(url: str, source: Source) -> bool:
    host = host_of(url)
    return host in source.hosts if source.hosts else host.endswith(".gov.cn")


def _may_be_report(body: bytes, record: Archived, source: Source) -> bool:
    if file_type(body) is not None:
        return bool(source.hosts)
    return bool(_REPORT.search(decode(body)))
