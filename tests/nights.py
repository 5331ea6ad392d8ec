"""Nights over documents that are read already: the stages behind reading, without Prefect."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from extract.reading import reader_version
from flows import stages, transforming
from flows.record import RunRecord
from flows.store import Capture, Store
from flows.transforming import Build, Made, transform
from tests.factories import register
from transform.frames import ReadingRecord
from warehouse.home import Home


def put(home: Home, records: Sequence[ReadingRecord]) -> None:
    """Makes these documents, with their readings, all that a home knows of. Those of one ``source_name`` (but for
    ``factories.record``'s own) stand at one place, one after another."""
    for folder in (home.captures, home.extracted):
        shutil.rmtree(folder, ignore_errors=True)
    captures = [_capture(record) for record in records]
    if records:
        store = Store(home)
        store.add_captures(captures)
        readings = {capture.key: dict(record.reading) for capture, record in zip(captures, records, strict=True)}
        store.add_readings(reader_version(), list(readings.items()))


def _capture(record: ReadingRecord) -> Capture:
    sidecar = json.dumps({"agency": record.agency, "url": record.url}, ensure_ascii=False, sort_keys=True)
    name = f"{record.sha256}-{record.agency}.html" if record.source_name == "test" else record.source_name
    return Capture("tests", name, record.sha256, record.retrieved_at, sidecar)


def night(home: Home, number: int, *, whole: bool = False) -> tuple[Made, int | None]:
    """Builds and publishes what a home holds; what the build was made from, and how many lineages were judged."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    build = Build(f"20240101T{number:09}Z-{number:012x}", f"run-{number}", at.isoformat())
    with patch.object(transforming, "load_register", register):
        made = transform(home, build, whole=whole)
    draft, _ = stages.load(home, made, build)
    judged = stages.judge(draft, made)
    stages.count(draft, RunRecord("run", build.built_at))
    stages.compare(home, draft, made)
    home.docs.mkdir(parents=True, exist_ok=True)
    stages.publish(home, stages.keep(home, draft, made, build))
    return made, judged


def published(home: Home) -> Path:
    """The file of the published build."""
    return home.published.resolve()


def rows(home: Home, query: str) -> list[dict[str, Any]]:
    """What a query on the published build gives."""
    with duckdb.connect(str(published(home)), read_only=True) as con:
        found: list[dict[str, Any]] = con.sql(query).to_arrow_table().to_pylist()
        return found
