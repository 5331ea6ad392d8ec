"""What the crawler brought as documents: report pages, their files, and pages that show pictures.

A report that is published as pictures on a page becomes one document: the
page with its pictures in it, made from what is archived.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from extract.charset import decode
from extract.crawl.ledger import Ledger, Version
from extract.crawl.warc import ArchiveError, locate, payload
from extract.model import ReadError
from extract.readers import archive
from extract.readers.signatures import ZIP
from flows.inbox import Sidecar
from flows.sources import Source
from flows.store import Capture, Store, sidecar_json
from flows.survey import Sighting, Survey


def survey_crawled(sources: Iterable[Source], store: Store, known: Iterable[Capture], found: Survey) -> None:
    """Adds to the survey what the crawler fetched of these sources and no run has taken in yet."""
    sites = {source.source: source for source in sources if source.site is not None}
    if not sites or not store.home.ledger.exists():
        return
    taken = {(capture.source, capture.name, capture.retrieved_at) for capture in known}
    last = {(capture.source, capture.name): capture for capture in known}
    ledger = Ledger(store.home.ledger)
    try:
        versions = [version for _, version in ledger.versions() if version.source in sites]
    finally:
        ledger.close()
    shown, replaced = _pictures(versions), _replaced(versions)
    for number, version in enumerate(versions):
        found.seen += 1
        if version.media_type.startswith("image/") and version.parent is not None:
            continue  # it is shown on its page
        pictures = _newest(shown.get(version.key, ()), replaced.get(number))
        for sighting in _sightings(version, pictures, sites[version.source], store):
            capture = sighting.capture
            if (capture.source, capture.name, capture.retrieved_at) in taken:
                continue
            before = last.get((capture.source, capture.name))
            found.new += before is None
            found.changed += before is not None and before.sha256 != capture.sha256
            found.sightings.append(sighting)
            last[capture.source, capture.name] = capture


def _pictures(versions: Iterable[Version]) -> dict[str, list[Version]]:
    """By the page's key: the pictures on it, in the order of fetching."""
    shown: dict[str, list[Version]] = {}
    for version in versions:
        if version.media_type.startswith("image/") and version.parent is not None:
            shown.setdefault(version.parent, []).append(version)
    return shown


def _replaced(versions: Sequence[Version]) -> dict[int, datetime]:
    """By its position: when a content was replaced by the next one at its address."""
    replaced: dict[int, datetime] = {}
    last: dict[str, int] = {}
    for number, version in enumerate(versions):
        if version.key in last:
            replaced[last[version.key]] = datetime.fromisoformat(version.fetched_at)
        last[version.key] = number
    return replaced


def _newest(pictures: Iterable[Version], before: datetime | None) -> dict[str, Version]:
    """By address: the newest content of each picture, of those that were fetched before an instant, if one is given:
    a page was never seen with the pictures of the page that replaced it."""
    return {
        picture.url: picture
        for picture in pictures
        if before is None or datetime.fromisoformat(picture.fetched_at) < before
    }


def _sightings(version: Version, pictures: Mapping[str, Version], source: Source, store: Store) -> Iterator[Sighting]:
    """The document, or those in it if it is an archive."""
    moment = datetime.fromisoformat(version.fetched_at)
    sidecar = sidecar_json(_sidecar(version, source))
    place = locate(store.home.warc, version.warc_file)
    capture = Capture(
        version.source, name_of(version), version.sha256, moment, sidecar, version.warc_file, version.warc_offset
    )
    try:
        if pictures:
            data = with_pictures(version, pictures, store)
            moment = max(moment, *(datetime.fromisoformat(picture.fetched_at) for picture in pictures.values()))
            sha256 = store.archive_bytes(data)
            yield Sighting(store.archived(sha256), Capture(version.source, capture.name, sha256, moment, sidecar))
        elif version.media_type == ZIP:
            data = payload(place, version.warc_offset)
            path = store.archived(store.archive_bytes(data))
            for member in archive.names(data):
                name = f"{capture.name}{archive.MARK}{member}"
                yield Sighting(path, Capture(version.source, name, "", moment, sidecar), member)
        else:
            yield Sighting(place, capture)
    except (ArchiveError, ReadError):
        yield Sighting(place, capture)  # reading it says what is wrong with it


def name_of(version: Version) -> str:
    """The name by which a document goes: its address, ending in what it is
    where the address does not say so (``…/downfile.jsp?id=1``)."""
    ending = _ENDINGS.get(version.media_type)
    path = PurePosixPath(urlsplit(version.url).path)
    if ending is None or path.suffix.lower() in ending or version.url.lower().endswith(ending):
        return version.key
    return f"{version.key}#{ending[0]}"


_ENDINGS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    "application/ofd": (".ofd",),
}


def _sidecar(version: Version, source: Source) -> Sidecar:
    """What the site says of a document: address, date, and the agency if the source maps it to one."""
    assert source.site is not None
    mapped = {*source.site.agencies.values(), *(listing.agency for listing in source.site.listings)}
    sidecar: Sidecar = {"url": version.url, "retrieved_at": version.fetched_at}
    if version.hint.agency in mapped and version.hint.agency:
        sidecar["agency"] = version.hint.agency
    if version.hint.published_on:
        sidecar["published_on"] = version.hint.published_on
    return sidecar


def with_pictures(page: Version, pictures: Mapping[str, Version], store: Store) -> bytes:
    """The page as UTF-8, its pictures in it (as data: addresses) where they were fetched."""
    text = decode(payload(locate(store.home.warc, page.warc_file), page.warc_offset))
    tree = LexborHTMLParser(text)
    for meta in tree.css("meta[charset], meta[http-equiv]"):
        meta.decompose()  # the text is UTF-8 now
    for image in tree.css("img"):
        for name in ("src", "data-src", "data-original"):
            shown = pictures.get(urljoin(page.url, image.attributes.get(name) or ""))
            if shown is not None:
                data = payload(locate(store.home.warc, shown.warc_file), shown.warc_offset)
                image.attrs["src"] = f"data:{shown.media_type};base64,{base64.b64encode(data).decode()}"
                break
    return ('<meta charset="utf-8">' + (tree.html or "")).encode()
