"""The stages of a run as plain functions over the store; ``flows.nightly`` puts them in order.

Each leaves a checkpoint on disk (archive and captures, readings, the build),
so that a run that is killed at any moment is continued by the next one.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.contract import validate_tables
from extract.model import ReadError
from extract.paths import ROOT
from extract.reading import reader_version
from flows.corrections import corrections
from flows.crawl_tables import crawled
from flows.documents import Task
from flows.errors import OgiError
from flows.fingerprint import tree_fingerprint
from flows.home import Home
from flows.judging import drop_others, judge_build
from flows.pool import read_all
from flows.progress import Advance
from flows.record import RunRecord, load_all
from flows.reviews import decisions
from flows.store import Capture, Store, latest
from flows.survey import Sighting
from transform.agencies import load_register
from transform.contracts import codes, contracts_version
from transform.frames import ReadingRecord, build_frames, to_arrow
from transform.typed import utc
from warehouse.build import build as build_warehouse
from warehouse.publish import build_path, builds
from warehouse.publish import publish as publish_build
from warehouse.views import load_views

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Build:
    """The name of a build (its run and the fingerprint of its inputs), the run that makes it and when that began."""

    build_id: str
    run_id: str
    built_at: str


def archive(store: Store, sightings: Iterable[Sighting], advance: Advance) -> tuple[list[Capture], list[str]]:
    """Archives documents; returns their captures and what could not be archived.

    The capture names what was copied, should the file have changed since it
    was surveyed.
    """
    captures: list[Capture] = []
    problems: list[str] = []
    for sighting in sightings:
        if sighting.capture.warc_file is not None:
            captures.append(sighting.capture)  # the crawler has archived it
            advance()
            continue
        try:
            sha256 = store.archive(sighting.path, sighting.member)
        except ReadError as error:
            problems.append(f"{sighting.capture.name}: {error.message}")
        except OSError as error:
            problems.append(f"{sighting.capture.name}: 无法归档 / cannot be archived: {error.strerror}")
        else:
            captures.append(replace(sighting.capture, sha256=sha256))
        advance()
    return captures, problems


def unread(store: Store, captures: Iterable[Capture]) -> list[Capture]:
    """The captures whose documents this version of the readers has not read, one per reading."""
    known = store.read_keys(reader_version())
    distinct = {capture.key: capture for capture in captures if capture.key not in known}
    return list(distinct.values())


def read_batch(store: Store, captures: Sequence[Capture], jobs: int, advance: Advance) -> None:
    """Reads documents from the archive and stores their readings as one file."""
    tasks = [_task(store, capture) for capture in captures]
    readings = []
    for capture, reading in zip(captures, read_all(tasks, jobs), strict=True):
        readings.append((capture.key, reading))
        advance()
    store.add_readings(reader_version(), readings)


def _task(store: Store, capture: Capture) -> Task:
    path, offset = store.place(capture)
    return Task(path, capture.source_name, capture.meta, offset=offset)


def records(store: Store, captures: Iterable[Capture], covers: Collection[str] = ()) -> list[ReadingRecord]:
    """Every document with its reading and what its sidecar says. ``covers``
    are the addresses of pages of which a file was fetched."""
    readings = store.readings(reader_version())
    return [_record(capture, readings[capture.key], capture.name in covers) for capture in captures]


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


def transform(home: Home, build: Build) -> Frames:
    """All tables from what the store holds; those that the rules fill are still empty."""
    store, register = Store(home), load_register()
    info = {
        "build_id": build.build_id,
        "built_at": build.built_at,
        "run_id": build.run_id,
        "ogi_version": version("ogi"),
        "reader_version": reader_version(),
        "rules_version": tree_fingerprint(ROOT / "expectations"),
        "register_version": register.version,
        "contract_version": contracts_version(),
        "duckdb_version": version("duckdb"),
    }
    found = crawled(home)
    return build_frames(
        records(store, latest(store.captures()), found.covers),
        register,
        corrections=corrections(),
        captures=_distinct([*found.capture, *_seen(store)]),
        crawl_addresses=found.crawl_address,
        crawl_lists=found.crawl_list,
        expected=json.loads(home.expected.read_bytes()) if home.expected.exists() else (),
        decisions=decisions(home),
        # A build tells of the run that makes it, as far as that has come.
        runs=[
            _run_row(record) for record in load_all(home) if record.state != "running" or record.run_id == build.run_id
        ],
        build_info=info,
    )


def _seen(store: Store) -> list[dict[str, Any]]:
    """The rows of the table ``capture`` for what stood in folders and in others' archives."""
    media = {sha256: reading["media_type"] for (sha256, _), reading in store.readings(reader_version()).items()}
    return [
        {
            "url": (capture.meta or {}).get("url") or f"file:{capture.sha256[:16]}/{capture.name.rpartition('/')[2]}",
            "fetched_at": capture.retrieved_at,
            "sha256": capture.sha256,
            "media_type": media.get(capture.sha256),
            "warc_file": capture.warc_file,
            "warc_offset": capture.warc_offset,
        }
        for capture in latest(store.captures())
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


def judge(home: Home, frames: Frames, build: Build) -> tuple[Frames, int | None]:
    """The tables with the violations of every rule, and how many agencies were judged again (None: all)."""
    return judge_build(home, frames, build.build_id)


def validate(home: Home, frames: Frames, build: Build) -> Path:
    """Holds the tables to their contracts and returns the Data Docs' folder.

    OgiError, naming the failures, where a contract is broken: such tables are
    not published.
    """
    docs = home.docs / build.build_id
    result = validate_tables(frames, docs, residuals=True)
    if not result.ok:
        failures = "\n".join(f"- {failure}" for failure in result.failures)
        page = docs / "index.html"
        raise OgiError(
            f"数据表不符合约定，未发布。详见 {page}。",
            f"The tables break their contracts and were not published. See {page}.\n{failures}",
        )
    return docs


def build_aside(home: Home, frames: Frames, build: Build) -> Path:
    """Builds the warehouse file, which nobody reads yet."""
    target = build_path(home.root, build.build_id)
    build_warehouse(frames, target)
    return target


def publish(home: Home, file: Path) -> None:
    """Makes a build the published one, and drops Data Docs of builds that are kept no more."""
    publish_build(home.root, file)
    kept = {build.build_id for build in builds(home.root)}
    for folder in home.docs.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)
    drop_others(home, kept)


def count(frames: Frames, record: RunRecord) -> None:
    """Notes in the run's record what the build holds: current filings, and open issues by rule and severity."""
    issues = frames["quality_issue"]
    standing = issues[issues["resolved_at"].isna()]
    record.filings = int(frames["dim_filing"]["is_current"].sum())
    record.issues = len(standing)
    columns = standing[["severity", "rule", "origin"]].astype(str)
    counted = Counter(columns.itertuples(index=False, name=None))
    order = codes("severity")
    record.issues_by_rule = [
        {"severity": severity, "rule": rule, "origin": origin, "issues": number}
        for (severity, rule, origin), number in sorted(
            counted.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0])
        )
    ]
    record.expected = _coverage(frames)
    record.documents = len(frames["document"])
    record.failed = int(frames["document"]["error_code"].notna().sum())


def _coverage(frames: Frames) -> list[dict[str, Any]]:
    """By source: how many filings it should have by its file, and how many of them were found."""
    if frames["expected_filing"].empty:
        return []
    view = next(view for view in load_views() if view.name == "v_coverage")
    with duckdb.connect() as con:
        for name in ("expected_filing", "dim_filing", "dim_agency", "crawl_address", "document"):
            con.register(name, to_arrow(frames[name], name))
        query = (
            f"SELECT source, count(*) AS expected, count(*) FILTER (is_found) AS found FROM ({view.query}) GROUP BY 1"
        )
        rows: list[dict[str, Any]] = con.sql(f"{query} ORDER BY 1").to_arrow_table().to_pylist()
        return rows


def flagged(frames: Frames) -> list[dict[str, Any]]:
    """Current filings with open issues of severity ``error``, the most first: filing, agency, year, errors."""
    with duckdb.connect() as con:
        for name in ("quality_issue", "dim_filing", "dim_agency"):
            con.register(name, to_arrow(frames[name], name))
        rows: list[dict[str, Any]] = con.sql(_FLAGGED).to_arrow_table().to_pylist()
        return rows


_FLAGGED = """
    SELECT f.filing_id AS filing, a.name AS agency, f.report_year AS year, count(*) AS errors,
           string_agg(DISTINCT i.rule, ', ' ORDER BY i.rule) AS rules
    FROM quality_issue i JOIN dim_filing f USING (filing_id) JOIN dim_agency a ON a.agency_id = f.agency_id
    WHERE i.severity = 'error' AND i.resolved_at IS NULL AND f.is_current
    GROUP BY ALL ORDER BY errors DESC, filing
"""
