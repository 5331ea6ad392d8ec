"""What a night changes: the documents that came, went or are known otherwise since the published build.

Beside every build stands a fingerprint of what each of its documents was made
from (``inputs/<build>.parquet``) and the version of the program. Where the
published build was made by this very program, a night starts from a copy of it
and makes anew only the agencies whose documents changed; else all is made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.fingerprint import program_version, when_read_again
from flows.store import Capture
from transform.corrections import Corrections
from warehouse.build import register_keys
from warehouse.disk import replacing
from warehouse.home import Home
from warehouse.publish import builds

_PROGRAM = b"ogi.program"

LARGE = 0.5
"""Where more than this share of the documents changed, making all anew costs no more."""


@dataclass(frozen=True)
class Base:
    """A build to start from; ``inputs`` are its documents' fingerprints by SHA-256."""

    build_id: str
    path: Path
    inputs: Mapping[str, str]


def inputs(captures: Iterable[Capture], covers: Collection[str], corrections: Corrections) -> dict[str, str]:
    """By SHA-256: 16 hexadecimal digits over where the document was seen and what is said of it."""
    seen: dict[str, list[str]] = {}
    for capture in captures:
        known = [capture.source_name, capture.context, capture.retrieved_at.isoformat(), capture.sidecar]
        seen.setdefault(capture.sha256, []).append(json.dumps([*known, capture.name in covers]))
    made = {}
    for sha256, places in seen.items():
        digest = hashlib.sha256("\n".join(sorted(places)).encode())
        digest.update(repr(corrections.of(sha256)).encode())
        made[sha256] = digest.hexdigest()[:16]
    return made


def base_of(home: Home) -> Base | None:
    """The published build, if it can be started from: it was made by this very program from known inputs."""
    published = next((build for build in builds(home.root) if build.is_published), None)
    if published is None or not (path := _path(home, published.build_id)).exists():
        return None
    table = pq.read_table(path)
    if (table.schema.metadata or {}).get(_PROGRAM) != _made_by(home):
        return None
    known = dict(zip(table["sha256"].to_pylist(), table["fingerprint"].to_pylist(), strict=True))
    return Base(published.build_id, published.path, known)


def changed(base: Base, now: Mapping[str, str]) -> set[str] | None:
    """SHA-256 of the documents that came, went or are known otherwise; None where they are so many that
    all is to be made anew."""
    found = {sha256 for sha256 in base.inputs.keys() | now.keys() if base.inputs.get(sha256) != now.get(sha256)}
    return None if len(found) > LARGE * len(now) else found


def agencies_of(base: Base, documents: Collection[str]) -> set[str]:
    """The agencies whose reports these documents were in the build."""
    with duckdb.connect(str(base.path), read_only=True) as con:
        register_keys(con, "wanted", frozenset(documents))
        rows = con.execute("SELECT DISTINCT agency_id FROM dim_filing WHERE sha256 IN (FROM wanted)").fetchall()
    return {row[0] for row in rows}


def reports_of(base: Base, agencies: Collection[str]) -> tuple[set[str], set[str]]:
    """SHA-256 of all documents that were reports of these agencies in the build, and the filings they were."""
    with duckdb.connect(str(base.path), read_only=True) as con:
        register_keys(con, "wanted", frozenset(agencies))
        rows = con.execute("SELECT sha256, filing_id FROM dim_filing WHERE agency_id IN (FROM wanted)").fetchall()
    return {row[0] for row in rows}, {row[1] for row in rows}


def write_inputs(home: Home, build_id: str, now: Mapping[str, str]) -> None:
    """Keeps what a build's documents were made from; written before the build is published."""
    table = pa.table({"sha256": list(now.keys()), "fingerprint": list(now.values())})
    with replacing(_path(home, build_id)) as aside:
        pq.write_table(table.replace_schema_metadata({_PROGRAM: _made_by(home)}), aside)


def drop_others(home: Home, build_ids: set[str]) -> None:
    """Removes the fingerprints of builds that are kept no more."""
    for path in home.inputs.glob("*.parquet") if home.inputs.is_dir() else ():
        if path.stem not in build_ids:
            path.unlink()


def _made_by(home: Home) -> bytes:
    return program_version().encode() + when_read_again(home)


def _path(home: Home, build_id: str) -> Path:
    return home.inputs / f"{build_id}.parquet"
