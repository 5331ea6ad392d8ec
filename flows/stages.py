"""The stages of a run as plain functions over the store; ``flows.nightly`` puts them in order.

Each leaves a checkpoint on disk (archive and captures, readings, the build),
so that a run that is killed at any moment is continued by the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.contract import validate_tables
from expectations.judge import judge as apply_rules
from expectations.touched import drop_issues, lineages_of
from extract.model import ReadError
from extract.reading import reader_version
from flows import delta
from flows.documents import Task
from flows.pool import Crew
from flows.progress import Advance
from flows.record import RunRecord
from flows.store import Capture, Store
from flows.survey import Sighting
from flows.transforming import Build, Made
from transform.contracts import codes
from warehouse.build import amend, begin, begin_on, complete, finish, open_draft
from warehouse.build import load as fill
from warehouse.compare import Comparison
from warehouse.compare import compare as compare_builds
from warehouse.copying import Copied
from warehouse.errors import OgiError
from warehouse.history import inherit, note_changes
from warehouse.home import Home
from warehouse.publish import build_path, builds, published
from warehouse.publish import publish as publish_build
from warehouse.remote import AT_ONCE

Frames = dict[str, pd.DataFrame]

FEW = 5
"""Documents of a batch that may be lacking in the archive without its being unreadable."""

READ_BATCH = 500
"""Documents that are read before their readings are kept, as one file: what a kill makes the next run read again."""


def archive(store: Store, sightings: Iterable[Sighting], advance: Advance) -> tuple[list[Capture], list[str]]:
    """Archives documents; returns their captures and what could not be archived.

    The capture names what was copied, should the file have changed since it
    was surveyed.
    """
    captures: list[Capture] = []
    problems: list[str] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # To a store on object storage several are sent at once; a disk is written to one after the other.
        each = map if store.remote is None else pool.map
        for outcome in each(partial(_archive_one, store), sightings):
            if isinstance(outcome, Capture):
                captures.append(outcome)
            else:
                problems.append(outcome)
            advance()
    return captures, problems


def _archive_one(store: Store, sighting: Sighting) -> Capture | str:
    """The capture of one document, or why it could not be archived."""
    if sighting.capture.warc_file is not None:
        return sighting.capture  # the crawler has archived it
    try:
        return replace(sighting.capture, sha256=store.archive(sighting.path, sighting.member))
    except ReadError as error:
        return f"{sighting.capture.name}: {error.message}"
    except OSError as error:
        return f"{sighting.capture.name}: 无法归档 / cannot be archived: {error.strerror}"


def unread(store: Store, captures: Iterable[Capture]) -> list[Capture]:
    """The captures whose documents this version of the readers has not read, one per reading."""
    known = store.read_keys(reader_version())
    distinct = {capture.key: capture for capture in captures if capture.key not in known}
    return list(distinct.values())


def read_batch(store: Store, captures: Sequence[Capture], crew: Crew, advance: Advance) -> None:
    """Has documents of the archive read, and stores their readings as one file."""
    readings = []
    for capture, reading in zip(captures, crew.read_all(tasks(store, captures)), strict=True):
        readings.append((capture.key, reading))
        advance()
    store.add_readings(reader_version(), readings)


def tasks(store: Store, captures: Sequence[Capture]) -> list[Task]:
    """What is to be read for these captures, fetched from a store on object storage where it is only there; OgiError
    where the archive cannot be read."""
    store.fetch(captures)
    tasks = [_task(store, capture) for capture in captures]
    _check_archive(store, tasks)
    return tasks


def _check_archive(store: Store, tasks: Sequence[Task]) -> None:
    """OgiError where the archive cannot be read: what fails for that must not be kept as the documents' own failure.
    A few files that are lacking are their own matter; ``ogi verify`` names them."""
    lost = [task.path for task in tasks if not os.access(task.path, os.R_OK)]
    if len(lost) > max(FEW, len(tasks) // 2):
        raise OgiError(
            f"存档无法读取：{len(tasks)} 份文件中 {len(lost)} 份打不开，如 {lost[0]}。请检查 {store.home.root} 所在的"
            "磁盘，或由备份恢复；没有记下任何读数。",
            f"The archive cannot be read: {len(lost)} of {len(tasks)} documents cannot be opened, such as {lost[0]}. "
            f"See to the disk of {store.home.root}, or restore it from a backup; no reading was kept.",
        )


def order(store: Store, captures: Sequence[Capture]) -> list[Task]:
    """The same for workers elsewhere, which fetch for themselves what they do not see at the same place."""
    return tasks(store, captures) if store.remote is None else [_task(store, capture) for capture in captures]


def _task(store: Store, capture: Capture) -> Task:
    path, offset = store.place(capture)
    return Task(path, capture.source_name, capture.meta, offset=offset)


def load(home: Home, made: Made, build: Build) -> tuple[Path, Copied | None]:
    """Fills the draft of the build, which nobody reads yet: a new file, or a copy of the build that it starts from
    in which what changed is replaced. Returns its place, and how it was copied (None for a new file)."""
    target, copied = build_path(home.root, build.build_id), None
    if made.base is None:
        draft = begin(target)
    else:
        draft, copied = begin_on(target, made.base.path)
    last = published(home.root)
    with open_draft(draft, last) as con:
        if made.change is not None:
            amend(con, made.frames, made.change)
        else:
            fill(con, made.frames)
            for part in made.parts() if made.parts is not None else ():
                fill(con, part)
            if last is not None:
                inherit(con)
        con.execute(_MEDIA_TYPES)
        if last is not None:
            note_changes(con, build.build_id, build.built_at, made.change)
    return draft, copied


_MEDIA_TYPES = """
    UPDATE capture SET media_type = document.media_type FROM document
    WHERE document.sha256 = capture.sha256 AND capture.media_type IS NULL
"""


def judge(draft: Path, made: Made) -> int | None:
    """Fills in the violations of every rule; how many lineages of agencies were judged (None: all)."""
    with open_draft(draft) as con:
        lineages = None
        if made.change is not None:
            lineages = lineages_of(con, made.change.agencies)
            drop_issues(con, lineages)
        judged = apply_rules(con, lineages=lineages)
        fill(con, {"quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell})
        complete(con, made.change)
    return None if lineages is None else len(lineages)


def validate(home: Home, draft: Path, made: Made, build: Build) -> Path:
    """Holds the tables to their contracts and returns the Data Docs' folder.

    OgiError, naming the failures, where a contract is broken: such tables are
    not published.
    """
    docs = home.docs / build.build_id
    with duckdb.connect(str(draft), read_only=True) as con:
        result = validate_tables(con, docs, filings=None if made.change is None else made.change.filings)
    if not result.ok:
        failures = "\n".join(f"- {failure}" for failure in result.failures)
        page = docs / "index.html"
        raise OgiError(
            f"数据表不符合约定，未发布。详见 {page}。",
            f"The tables break their contracts and were not published. See {page}.\n{failures}",
        )
    return docs


def compare(home: Home, draft: Path, made: Made) -> Comparison | None:
    """The draft beside the published build; None where nothing is published yet."""
    last = published(home.root)
    if last is None:
        return None
    with open_draft(draft, last) as con:
        return compare_builds(con, made.change)


def rows_told(comparison: Comparison) -> list[dict[str, Any]]:
    """Rows of every table in the published build (None where it has no such table) and in the new one."""
    return [{"table": table, "before": before, "now": now} for table, (before, now) in comparison.rows.items()]


def keep(home: Home, draft: Path, made: Made, build: Build) -> Path:
    """Gives the draft its place among the builds; it is not the published one yet."""
    target = build_path(home.root, build.build_id)
    delta.write_inputs(home, build.build_id, made.inputs)
    finish(draft, target)
    return target


def publish(home: Home, file: Path) -> None:
    """Makes a build the published one, and drops what belongs to builds that are kept no more."""
    publish_build(home.root, file)
    kept = {build.build_id for build in builds(home.root)}
    for folder in home.docs.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)
    delta.drop_others(home, kept)


def count(draft: Path, record: RunRecord) -> None:
    """Notes in the run's record what the build holds: current filings, and open issues by rule and severity."""
    with duckdb.connect(str(draft), read_only=True) as con:
        record.filings, record.documents, record.failed = con.execute(_COUNTS).fetchall()[0]
        record.issues_by_rule = _rows(con, _ISSUES)
        record.expected = _rows(con, _COVERAGE)
    order = codes("severity")
    record.issues_by_rule.sort(key=lambda row: (order.index(row["severity"]), -row["issues"], row["rule"]))
    record.issues = sum(row["issues"] for row in record.issues_by_rule)


def flagged(file: Path) -> list[dict[str, Any]]:
    """Current filings with open issues of severity ``error``, the most first: filing, agency, year, errors."""
    with duckdb.connect(str(file), read_only=True) as con:
        return _rows(con, _FLAGGED)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = con.sql(query).to_arrow_table().to_pylist()
    return rows


_COUNTS = """
    SELECT (SELECT count(*) FROM dim_filing WHERE is_current), (SELECT count(*) FROM document),
           (SELECT count(*) FROM document WHERE error_code IS NOT NULL)
"""

_ISSUES = """
    SELECT severity::VARCHAR AS severity, rule, origin::VARCHAR AS origin, count(*) AS issues
    FROM quality_issue WHERE resolved_at IS NULL GROUP BY ALL ORDER BY ALL
"""

_COVERAGE = """
    SELECT source, count(*) AS expected, count(*) FILTER (is_found) AS found FROM v_coverage GROUP BY 1 ORDER BY 1
"""

_FLAGGED = """
    SELECT f.filing_id AS filing, a.name AS agency, f.report_year AS year, count(*) AS errors,
           string_agg(DISTINCT i.rule, ', ' ORDER BY i.rule) AS rules
    FROM quality_issue i JOIN dim_filing f USING (filing_id) JOIN dim_agency a ON a.agency_id = f.agency_id
    WHERE i.severity = 'error' AND i.resolved_at IS NULL AND f.is_current
    GROUP BY ALL ORDER BY errors DESC, filing LIMIT 1000
"""
