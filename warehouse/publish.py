"""Publishing builds: ``warehouse.duckdb`` is a link to one of them.

A home's ``warehouse`` folder holds ``warehouse-<build>.duckdb`` files, which
are never changed, and the link. The link is replaced in one step, so a reader
finds the old build or the new one. A reader must open the resolved file
(``published``): DuckDB takes one path opened twice for one database.
Builds are ordered by their identifier, which therefore begins with the time.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from warehouse.build import remove_leftovers

LINK = "warehouse.duckdb"

_BUILD = re.compile(r"warehouse-(?P<id>[A-Za-z0-9][A-Za-z0-9._-]*)\.duckdb")


class PublishError(Exception):
    """A build that cannot be published, or none to go back to."""


@dataclass(frozen=True)
class Build:
    """A build in a home; ``size`` in bytes."""

    build_id: str
    path: Path
    size: int
    is_published: bool


def folder_of(home: Path) -> Path:
    """The folder of a home's builds."""
    return home / "warehouse"


def build_path(home: Path, build_id: str) -> Path:
    """Where the build of that identifier stands; ValueError for one that makes no file name."""
    path = folder_of(home) / f"warehouse-{build_id}.duckdb"
    if not _BUILD.fullmatch(path.name):
        raise ValueError(f"no identifier of a build: {build_id!r}")
    return path


def published(home: Path) -> Path | None:
    """The published build's own file, None where nothing is published."""
    link = folder_of(home) / LINK
    return link.resolve() if link.exists() else None


def builds(home: Path) -> list[Build]:
    """The builds of a home, the newest first."""
    folder, current = folder_of(home), published(home)
    found = []
    for path in folder.glob("warehouse-*.duckdb") if folder.is_dir() else ():
        match = _BUILD.fullmatch(path.name)
        if match and path.is_file() and not path.is_symlink():
            found.append(Build(match["id"], path, path.stat().st_size, path.resolve() == current))
    return sorted(found, key=lambda build: build.build_id, reverse=True)


def publish(home: Path, file: Path, *, keep: int = 7) -> None:
    """Makes ``file``, a build in the home's folder, the published one.

    Older builds beyond the newest ``keep`` are removed, the published one
    never. Raises PublishError for a file that is no build of this home or
    that was not closed (a ``.wal`` lies beside it).
    """
    if keep < 1:
        raise ValueError("keep at least one build")
    if file.parent.resolve() != folder_of(home).resolve() or not _BUILD.fullmatch(file.name) or not file.is_file():
        raise PublishError(f"no build of this home: {file}")
    if file.with_name(file.name + ".wal").exists():
        raise PublishError(f"the build was not closed, a .wal lies beside it: {file}")
    _point_to(home, file.name)
    remove_leftovers(folder_of(home))
    for build in builds(home)[keep:]:
        if not build.is_published:
            build.path.unlink(missing_ok=True)


def rollback(home: Path) -> Build:
    """Publishes the build before the published one; raises PublishError where there is none."""
    found = builds(home)
    position = next((i for i, build in enumerate(found) if build.is_published), None)
    if position is None:
        raise PublishError("nothing is published")
    if position + 1 == len(found):
        raise PublishError(f"no build before {found[position].build_id}")
    _point_to(home, found[position + 1].path.name)
    return next(build for build in builds(home) if build.is_published)


def _point_to(home: Path, name: str) -> None:
    folder = folder_of(home)
    aside = folder / f".{LINK}.{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(name)
    aside.replace(folder / LINK)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
