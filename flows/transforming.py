"""From what the store holds to tables: of all documents, of what changed, or part by part."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from extract.paths import ROOT
from extract.reading import reader_version
from flows import delta
from flows.corrections import corrections
from flows.crawl_tables import crawled
from flows.delta import Base
from flows.fingerprint import tree_fingerprint
from flows.record import RunRecord, load_all
from flows.store import READINGS, Capture, Store, latest
from transform.agencies import Register, load_register
from transform.contracts import contracts_version, load_contracts
from transform.corrections import Corrections
from transform.frames import ReadingRecord, build_frames
from transform.identify import identify
from transform.typed import utc
from warehouse.build import Change
from warehouse.disk import scratch
from warehouse.home import Home
from warehouse.reviews import decisions

Frames = dict[str, pd.DataFrame]

PART = 20_000
"""Documents whose tables are made at once; of more, part by part, so that memory does not grow with them."""


@dataclass(frozen=True)
class Build:
    """The name of a build (its run and the fingerprint of its inputs), the run that makes it and when that began."""

    build_id: str
    run_id: str
    built_at: str


@dataclass(frozen=True)
class Made:
    """The tables of a build, or of what changed since the build ``base``; ``inputs`` are all its documents'.
    Where they are many, ``frames`` holds what no document goes with, and ``parts`` gives the rest bit by bit."""

    frames: Frames
    inputs: dict[str, str]
    base: Base | None = None
    change: Change | None = None
    parts: Callable[[], Iterator[Frames]] | None = None


def transform(home: Home, build: Build, *, whole: bool = False) -> Made:
    """The tables from what the store holds, those that the rules fill still empty: of all documents, or, where
    the published build can be started from and not ``whole``, of the agencies whose documents changed."""
    store, register, mended = Store(home), load_register(), corrections()
    found, captures = crawled(home), latest(store.captures())
    now = delta.inputs(captures, found.covers, mended)
    base = None if whole else delta.base_of(home)
    touched = None if base is None else delta.changed(base, now)

    def made(read: list[ReadingRecord]) -> Frames:
        return build_frames(
            read,
            register,
            corrections=mended,
            captures=_distinct([*found.capture, *_seen(captures)]),
            crawl_addresses=found.crawl_address,
            crawl_lists=found.crawl_list,
            expected=json.loads(home.expected.read_bytes()) if home.expected.exists() else (),
            decisions=decisions(home),
            runs=_runs(home, build),
            build_info=_info(build, register.version),
        )

    if base is None or touched is None:
        if len(now) <= PART:
            return Made(made(records(store, captures, found.covers)), now)
        known = _Known(store, captures, found.covers, register, mended)
        return Made(made([]), now, parts=lambda: _parts(known, -(-len(now) // PART)))
    read = identify(records(store, captures, found.covers, touched), register, mended)
    agencies = delta.agencies_of(base, touched) | {document.owner.id for document in read if document.owner}
    documents, filings = delta.reports_of(base, agencies)
    frames = made(records(store, captures, found.covers, touched | documents))
    filings |= set(frames["dim_filing"]["filing_id"])
    change = Change(frozenset(filings), frozenset(touched | documents), frozenset(agencies))
    return Made(frames, now, base, change)


@dataclass(frozen=True)
class _Known:
    """What is known of all documents, beside their readings."""

    store: Store
    captures: list[Capture]
    covers: Collection[str]
    register: Register
    mended: Corrections


def _parts(known: _Known, count: int) -> Iterator[Frames]:
    """The tables whose rows go with filings, documents and agencies in ``count`` parts, by agency: every filing, and
    every provisional agency, is in one of them."""
    of_key: dict[tuple[str, str], list[Capture]] = defaultdict(list)
    for capture in known.captures:
        of_key[capture.key].append(capture)
    kept = [name for name, c in load_contracts().items() if c.changes_with in ("filing", "document", "agency")]
    with scratch(known.store.home.work) as folder:
        paths = _dealt(known, of_key, folder, count)
        for path in paths:
            rows = pq.read_table(path).to_pylist()
            read = [
                _record(capture, json.loads(row["reading"]), capture.name in known.covers)
                for row in rows
                for capture in of_key[row["sha256"], row["context"]]
            ]
            frames = build_frames(read, known.register, corrections=known.mended, captures=())
            agencies = frames["dim_agency"]
            frames["dim_agency"] = agencies[~agencies["is_registered"]].reset_index(drop=True)
            yield {name: frames[name] for name in kept}


def _dealt(known: _Known, of_key: Mapping[tuple[str, str], list[Capture]], folder: Path, count: int) -> list[Path]:
    """Deals all readings out to ``count`` files by the agency that filed them, documents without one by themselves.

    A document that was read more than once, since its sidecars differ, waits for all its readings.
    """
    contexts: dict[str, int] = defaultdict(int)
    for sha256, _ in of_key:
        contexts[sha256] += 1
    waiting: dict[str, list[dict[str, str]]] = defaultdict(list)
    paths = [folder / f"{number:05d}.parquet" for number in range(count)]
    with ExitStack() as stack:
        writers = [stack.enter_context(pq.ParquetWriter(path, READINGS, compression="zstd")) for path in paths]
        for table in known.store.reading_tables(reader_version()):
            dealt: dict[int, list[dict[str, str]]] = defaultdict(list)
            for row in table.to_pylist():
                if (row["sha256"], row["context"]) not in of_key:
                    continue
                waiting[row["sha256"]].append(row)
                if len(waiting[row["sha256"]]) == contexts[row["sha256"]]:
                    rows = waiting.pop(row["sha256"])
                    dealt[_part(known, of_key, rows, count)] += rows
            for number, rows in dealt.items():
                writers[number].write_table(pa.Table.from_pylist(rows, schema=READINGS))
    return paths


def _part(
    known: _Known, of_key: Mapping[tuple[str, str], list[Capture]], rows: list[dict[str, str]], count: int
) -> int:
    """The part to which a document goes, with all of its readings."""
    read = [
        _record(capture, json.loads(row["reading"]), capture.name in known.covers)
        for row in rows
        for capture in of_key[row["sha256"], row["context"]]
    ]
    (document,) = identify(read, known.register, known.mended)
    return zlib.crc32((document.owner.id if document.owner else document.sha256).encode()) % count


def records(
    store: Store, captures: Iterable[Capture], covers: Collection[str] = (), documents: Collection[str] | None = None
) -> list[ReadingRecord]:
    """Every document (or those of these SHA-256) with its reading and what its sidecar says. ``covers``
    are the addresses of pages of which a file was fetched."""
    chosen = [capture for capture in captures if documents is None or capture.sha256 in documents]
    wanted = None if documents is None else {capture.key for capture in chosen}
    readings = store.readings(reader_version(), wanted)
    return [_record(capture, readings[capture.key], capture.name in covers) for capture in chosen]


def _record(capture: Capture, reading: dict[str, Any], is_cover: bool) -> ReadingRecord:
    meta = capture.meta or {}
    return ReadingRecord(
        reading={**reading, "source": capture.source_name},
        sha256=capture.sha256,
        source_name=capture.source_name,
        url=meta.get("url"),
        retrieved_at=capture.retrieved_at,
        published_on=meta.get("published_on"),
        agency=meta.get("agency"),
        is_cover=is_cover,
    )


def _info(build: Build, register_version: str) -> dict[str, Any]:
    return {
        "build_id": build.build_id,
        "built_at": build.built_at,
        "run_id": build.run_id,
        "ogi_version": version("ogi"),
        "reader_version": reader_version(),
        "rules_version": tree_fingerprint(ROOT / "expectations"),
        "register_version": register_version,
        "contract_version": contracts_version(),
        "duckdb_version": version("duckdb"),
    }


def _runs(home: Home, build: Build) -> list[dict[str, Any]]:
    """The rows of the table ``run``: a build tells of the run that makes it, as far as that has come."""
    ended = [record for record in load_all(home) if record.state != "running" or record.run_id == build.run_id]
    return [_run_row(record) for record in ended]


def _seen(captures: Iterable[Capture]) -> list[dict[str, Any]]:
    """The rows of the table ``capture`` for what stood in folders and in others' archives; the media types
    are those of their documents (``load``)."""
    return [
        {
            "url": (capture.meta or {}).get("url") or f"file:{capture.sha256[:16]}/{capture.name.rpartition('/')[2]}",
            "fetched_at": capture.retrieved_at,
            "sha256": capture.sha256,
            "warc_file": capture.warc_file,
            "warc_offset": capture.warc_offset,
        }
        for capture in captures
    ]


def _distinct(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, one per address and instant: what the crawler fetched stands before what was made of it."""
    first: dict[tuple[str, datetime], dict[str, Any]] = {}
    for row in rows:
        first.setdefault((row["url"], utc(row["fetched_at"])), row)
    return list(first.values())


def _run_row(record: RunRecord) -> dict[str, Any]:
    return {
        "run_id": record.run_id,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "state": record.state,
        "documents_seen": record.seen,
        "documents_new": record.new + record.changed,
        "documents_failed": record.failed,
        "filings": record.filings,
        "issues": record.issues,
        "message": "; ".join(record.problems) or None,
        "detail": json.dumps({"sources": record.sources, "stages": record.stages}, ensure_ascii=False),
    }
