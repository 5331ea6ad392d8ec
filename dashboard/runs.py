"""What runs did: their records in the home, which are there even where a night failed or was held back."""

from __future__ import annotations

import json
import re
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import FileResponse
from pydantic import BaseModel

from dashboard.web import SettingsNow, show
from warehouse.home import Home
from warehouse.publish import builds, published

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["runs"])

SHOWN = 200
"""Runs that are listed."""

_RUN = re.compile(r"[0-9A-Za-z]{1,60}")
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
    """The newest run records of a home; one that cannot be read is shown as such."""
    current = published(home.root)
    paths = sorted(home.runs.glob("*.json"), reverse=True)[:most] if home.runs.is_dir() else []
    return [_run(path, current) for path in paths]


def _run(path: File, current: File | None) -> Run:
    try:
        record = json.loads(path.read_bytes())
        if not isinstance(record, dict):
            raise ValueError("no record")
    except (OSError, ValueError) as error:
        record = {"state": "unreadable", "problems": [f"运行记录无法读取 / the record cannot be read: {error}"]}
    build = record.get("build")
    return Run(
        run_id=path.stem,
        started_at=record.get("started_at"),
        finished_at=record.get("finished_at"),
        state=str(record.get("state")),
        build=build,
        is_published=current is not None and build is not None and current.stem == f"warehouse-{build}",
        problems=len(record.get("problems") or []),
        remarks=len(record.get("remarks") or []),
        record=record,
    )


@show(pages, api, "/runs", "runs.html")
def runs(settings: SettingsNow) -> Runs:
    """The runs, the newest first, and the builds that are kept for going back."""
    home = settings.home
    number = sum(1 for _ in home.runs.glob("*.json")) if home.runs.is_dir() else 0
    return Runs(
        runs=runs_of(home),
        more=max(0, number - SHOWN),
        builds=[
            BuildFile(build_id=build.build_id, size=build.size, is_published=build.is_published)
            for build in builds(home.root)
        ],
    )


@show(pages, api, "/runs/{run_id}", "run.html")
def run(run_id: Annotated[str, Path(max_length=60)], settings: SettingsNow) -> Run:
    """All that a run's record says."""
    path = settings.home.runs / f"{run_id}.json"
    if not _RUN.fullmatch(run_id) or not path.is_file():
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
