"""The first stage of a run: what stands in the sources, and what of it is new."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract.model import ReadError
from flows.inbox import SIDECAR, Found, hash_content, read_sidecar, walk
from flows.progress import Advance
from flows.sources import Source, check_folder
from flows.store import CAPTURES, Capture, sidecar_json
from warehouse.disk import replacing
from warehouse.errors import OgiError
from warehouse.home import Home


@dataclass(frozen=True)
class Sighting:
    """New content (or a new sidecar) under a source's name: where it is, and the capture to record."""

    path: Path
    capture: Capture
    member: str | None = None  # what of the archive at ``path``


@dataclass
class Survey:
    """What the sources hold: all documents counted, the new ones listed."""

    sightings: list[Sighting] = field(default_factory=list)
    seen: int = 0
    new: int = 0  # documents under a name not seen before
    changed: int = 0  # other content under a known name
    unknown: list[Path] = field(default_factory=list)  # files of kinds that no reader knows
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def survey(sources: Iterable[Source], known: Sequence[Capture], advance: Advance) -> Survey:
    """Lists and hashes the documents of every source.

    ``known`` are the captures so far. A source whose folder is lacking and a
    document that cannot be read or whose sidecar is invalid are problems;
    the others go on.
    """
    last = {(capture.source, capture.name): capture for capture in known}
    found = Survey()
    for source in sources:
        try:
            check_folder(source)
        except OgiError as error:
            found.problems.append(f"{error.zh} / {error.en}")
            continue
        for document in walk(source.path, found.unknown.append):
            _see(document, source, last, found)
            advance()
    return found


def _see(document: Found, source: Source, last: dict[tuple[str, str], Capture], found: Survey) -> None:
    found.seen += 1
    before = last.get((source.source, document.name))
    try:
        capture = _capture(document, source)
    except OgiError as error:
        found.problems.append(f"{error.zh} / {error.en}")
        return
    except ReadError as error:
        found.problems.append(f"{document.name}: {error.message}")
        return
    except OSError as error:
        found.problems.append(f"{document.name}: 无法读取 / cannot be read: {error.strerror}")
        return
    if before is None:
        found.new += 1
    elif before.sha256 != capture.sha256:
        found.changed += 1
        if capture.retrieved_at <= before.retrieved_at:
            capture = _later(capture, before, document)
            found.remarks.append(
                f"{document.name}: 内容有变而 {SIDECAR} 中的 retrieved_at 未改，按文件的修改时刻计 / "
                f"changed, but not the retrieved_at of its {SIDECAR}; the file's time of modification was taken"
            )
    elif before.sidecar == capture.sidecar:
        return
    found.sightings.append(Sighting(document.path, capture, document.member))


def _capture(document: Found, source: Source) -> Capture:
    sidecar = read_sidecar(document.path)
    given = (sidecar or {}).get("retrieved_at")
    modified = datetime.fromtimestamp(document.path.stat().st_mtime, UTC)
    return Capture(
        source=source.source,
        name=document.name,
        sha256=hash_content(document.path, document.member),
        retrieved_at=datetime.fromisoformat(given) if given else modified,
        sidecar=sidecar_json(sidecar),
    )


def _later(capture: Capture, before: Capture, document: Found) -> Capture:
    """The capture at an instant after the one before, which its sidecar would have it equal or precede."""
    modified = datetime.fromtimestamp(document.path.stat().st_mtime, UTC)
    return replace(capture, retrieved_at=max(modified, before.retrieved_at + timedelta(seconds=1)))


def save(home: Home, sightings: Sequence[Sighting]) -> None:
    """Writes the survey's checkpoint, which the archiving stage works off."""
    rows = [
        {"path": os.fsencode(sighting.path), "member": sighting.member, **vars(sighting.capture)}
        for sighting in sightings
    ]
    with replacing(home.work / "survey.parquet") as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema=_CHECKPOINT), temporary)


def load(home: Home) -> list[Sighting]:
    """The sightings of the survey's checkpoint."""
    rows = pq.read_table(home.work / "survey.parquet").to_pylist()
    return [
        Sighting(path=Path(os.fsdecode(row.pop("path"))), member=row.pop("member"), capture=Capture(**row))
        for row in rows
    ]


_CHECKPOINT = CAPTURES.insert(0, pa.field("path", pa.binary())).insert(1, pa.field("member", pa.string()))
