"""The first stage of a run: what stands in the sources, and what of it is new."""

from __future__ import annotations

import os
import time
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

QUIET = 2.0
"""Seconds for which a file must not have been written to: one that is still being copied is left for the next run."""


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
    the others go on. What was written to just now (``QUIET``) is left, with a
    remark, where that goes on.
    """
    last = _Known()
    for capture in known:
        last.add(capture)
    found = Survey()
    documents: list[tuple[Source, Found]] = []
    for source in sources:
        try:
            check_folder(source)
        except OgiError as error:
            found.problems.append(f"{error.zh} / {error.en}")
            continue
        documents += [(source, document) for document in walk(source.path, found.unknown.append)]
    fresh = {document.path: state for _, document in documents if _is_fresh(state := _written(document))}
    if fresh:
        time.sleep(QUIET)
    for source, document in documents:
        if fresh.get(document.path, state := _written(document)) == state:
            _see(document, source, last, found)
        else:
            found.remarks.append(
                f"{document.name}: 正在写入，留待下一次运行 / it is being written, and was left for the next run"
            )
        advance()
    return found


def _is_fresh(written: tuple[int, int]) -> bool:
    return 0 <= time.time() - written[0] / 1e9 < QUIET


def _written(document: Found) -> tuple[int, int]:
    """When a file was written last (nanoseconds), and how long it is; zeros for one that is gone."""
    try:
        status = document.path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


class _Known:
    """By source and name: the last capture, and the last of the content before."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, str], Capture] = {}
        self.other: dict[tuple[str, str], Capture] = {}

    def add(self, capture: Capture) -> None:
        """Takes up the next capture."""
        key = capture.source, capture.name
        before = self.last.get(key)
        if before is not None and before.sha256 != capture.sha256:
            self.other[key] = before
        self.last[key] = capture


def _see(document: Found, source: Source, known: _Known, found: Survey) -> None:
    found.seen += 1
    key = source.source, document.name
    before, other = known.last.get(key), known.other.get(key)
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
        other = before
    elif before.sidecar == capture.sidecar:
        return
    if before is not None and other is not None and capture.retrieved_at <= other.retrieved_at:
        capture, remark = _later(capture, before, other, document)
        found.remarks.append(f"{document.name}: {remark}")
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


def _later(capture: Capture, before: Capture, other: Capture, document: Found) -> tuple[Capture, str]:
    """The capture at an instant after that of the content which it replaced (``other``), which it would equal or
    precede by its sidecar or file; and what is to be said of it. ``before`` is the last capture: that content, or
    what the document still is, of which the sidecar alone has changed."""
    given = (capture.meta or {}).get("retrieved_at")
    is_kept = given == (before.meta or {}).get("retrieved_at") == (other.meta or {}).get("retrieved_at")
    if given is None:
        zh, en = "文件的修改时刻没有晚于前一内容", "the file was not modified after its earlier content"
    elif is_kept:
        zh = f"内容有变而 {SIDECAR} 中的 retrieved_at 未改"
        en = f"changed, but not the retrieved_at of its {SIDECAR}"
    else:
        zh = f"{SIDECAR} 中的 retrieved_at 没有晚于前一内容"
        en = f"the retrieved_at of its {SIDECAR} is not after that of its earlier content"
    modified = datetime.fromtimestamp(document.path.stat().st_mtime, UTC)
    least = other.retrieved_at + timedelta(seconds=1)
    taken_zh, taken_en = (
        ("按文件的修改时刻计", "the file's time of modification was taken")
        if modified >= least
        else ("按前一内容之后一秒计", "one second after that was taken")
    )
    return replace(capture, retrieved_at=max(modified, least)), f"{zh}，{taken_zh} / {en}; {taken_en}"


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
