"""What runs did: their records in the home, which are there even where a night failed or was held back."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import FileResponse
from pydantic import BaseModel

from dashboard.run_records import record_of
from dashboard.texts import SHANGHAI, instant
from dashboard.web import SettingsNow, show
from warehouse.home import Home
from warehouse.publish import builds, published

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["runs"])

SHOWN = 200
"""Runs that are listed."""

_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,59}")
_BUILD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,120}")


class Run(BaseModel):
    """A run's record, as it was written; ``record`` holds all of it. Instants are ISO, UTC."""

    run_id: str
    started_at: str | None
    finished_at: str | None
    state: str
    build: str | None
    is_published: bool
    problems: int
    remarks: int
    record: dict[str, Any]

    @property
    def went_well(self) -> bool:
        """Whether it ended, and without a problem."""
        return self.state == "completed" and not self.problems

    @property
    def seconds(self) -> float:
        """The time of its stages together."""
        return float(sum(self.record.get("stages", {}).values()))


class BuildFile(BaseModel):
    """A build that is kept; ``size`` in bytes."""

    build_id: str
    size: int
    is_published: bool


class Runs(BaseModel):
    """The runs, the newest first, and the builds that are kept."""

    runs: list[Run]
    more: int
    builds: list[BuildFile]


def runs_of(home: Home, most: int = SHOWN) -> list[Run]:
    """The newest run records of a home; a damaged one is shown as such."""
    current = published(home.root)
    return [_run(path, current) for path in _paths(home)[:most]]


def run_of_build(home: Home, build: str) -> Run | None:
    """The run that made a build, whatever its age: a build's name begins with its run's."""
    path = home.runs / f"{build.partition('-')[0]}.json"
    found = _run(path, published(home.root)) if path.is_file() else None
    return found if found is not None and found.build == build else None


class Standing(BaseModel):
    """How the nights stand: ``failed`` are the runs since the one that made the published build (all there are, where
    its record is lost) that did not go well and that nothing made good since, the newest first; ``last_good`` is the
    newest run that went well."""

    failed: list[Run]
    last_good: Run | None
    days_ago: int | None


def standing(home: Home, published_by: Run | None) -> Standing:
    """How the nights stand. A run is made good by a later one that went well and took in all of its sources; a run
    that failed before it noted its sources stays until the next build is published."""
    current = published(home.root)
    failed: list[Run] = []
    good: list[set[str]] = []
    last_good: Run | None = None
    for number, path in enumerate(_paths(home)):
        is_since = published_by is None or path.stem > published_by.run_id
        if not is_since and last_good is not None:
            break
        run = _run(path, current)
        sources = set(run.record.get("sources", []))
        if run.went_well:
            last_good = last_good or run
            if sources not in good:
                good.append(sources)
        elif is_since and not (number == 0 and run.state == "running") and not _made_good(sources, good):
            failed.append(run)
    return Standing(failed=failed, last_good=last_good, days_ago=_days_ago(last_good))


def _made_good(sources: set[str], good: list[set[str]]) -> bool:
    return bool(sources) and any(sources <= later for later in good)


def _days_ago(run: Run | None) -> int | None:
    """Days of the calendar in Shanghai since a run ended."""
    told = (run.finished_at or run.started_at) if run else None
    if told is None:
        return None
    ended = date.fromisoformat(instant(told)[:10])
    return (datetime.now(SHANGHAI).date() - ended).days


def _paths(home: Home) -> list[File]:
    """The run records of a home, the newest first."""
    return sorted(home.runs.glob("*.json"), reverse=True) if home.runs.is_dir() else []


def _run(path: File, current: File | None) -> Run:
    record = record_of(path)
    build = record.get("build")
    return Run(
        run_id=path.stem,
        started_at=record.get("started_at"),
        finished_at=record.get("finished_at"),
        state=record["state"],
        build=build,
        is_published=current is not None and build is not None and current.stem == f"warehouse-{build}",
        problems=len(record.get("problems", [])),
        remarks=len(record.get("remarks", [])),
        record=record,
    )


@show(pages, api, "/runs", "runs.html")
def runs(settings: SettingsNow) -> Runs:
    """The runs, the newest first, and the builds that are kept for going back."""
    home = settings.home
    return Runs(
        runs=runs_of(home),
        more=max(0, len(_paths(home)) - SHOWN),
        builds=[
            BuildFile(build_id=build.build_id, size=build.size, is_published=build.is_published)
            for build in builds(home.root)
        ],
    )


@show(pages, api, "/runs/{run_id}", "run.html")
def run(run_id: Annotated[str, Path(max_length=60)], settings: SettingsNow) -> Run:
    """All that a run's record says."""
    path = settings.home.runs / f"{run_id}.json"
    if not _RUN.fullmatch(run_id) or path not in _paths(settings.home):
        raise HTTPException(404, {"zh": f"没有运行 {run_id} 的记录。", "en": f"There is no record of a run {run_id}."})
    return _run(path, published(settings.home.root))


_DOCS = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'",
    "cross-origin-resource-policy": "cross-origin",
}


@pages.get("/data-docs/{build}/{file:path}")
def data_docs(build: str, file: str, settings: SettingsNow) -> FileResponse:
    """A page of the Data Docs of a build, as Great Expectations made it, without script."""
    if not _BUILD.fullmatch(build):
        raise HTTPException(404)
    folder = (settings.home.docs / build).resolve()
    try:
        target = (folder / (file or "index.html")).resolve()
        inside = folder.parent == settings.home.docs.resolve() and target.is_relative_to(folder) and target.is_file()
    except (OSError, ValueError):  # a name that no file can have
        inside = False
    if not inside:
        raise HTTPException(404)
    return FileResponse(target, headers=_DOCS)
