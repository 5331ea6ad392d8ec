"""The judging stage: what changed since the published build is judged, the other issues are taken from it.

Beside every build stands what its issues were made from: a fingerprint per
lineage of agencies (``judged/<build>.parquet``), and the version of all that
judges. Where the published build has none, or another version made it,
everything is judged.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.judge import JudgedFrames, connect, joined, judge
from expectations.touched import fingerprints, kept, touched
from extract.paths import DATA, ROOT
from flows.disk import replacing, scratch
from flows.fingerprint import tree_fingerprint
from flows.home import Home
from transform.typed import frame
from warehouse.publish import builds

Frames = dict[str, pd.DataFrame]

_VERSION = b"ogi.judging"


@dataclass(frozen=True)
class Last:
    """What the published build was judged as: its issues, its fingerprints, and the lineage of each of its agencies."""

    judged: JudgedFrames
    fingerprints: pd.DataFrame
    lineage_of: dict[str, str]


def judging_version() -> str:
    """16 hexadecimal digits over all but the filings that issues depend on: rules, forms, contracts, DuckDB's hash."""
    digest = hashlib.sha256(version("duckdb").encode())
    for folder in (ROOT / "expectations", DATA / "forms", DATA / "prose", DATA / "tables", DATA / "regions"):
        digest.update(tree_fingerprint(folder).encode())
    return digest.hexdigest()[:16]


def judge_build(home: Home, frames: Frames, build_id: str) -> tuple[Frames, int | None]:
    """The tables with their issues, and how many lineages were judged again (None: all).

    The rules read tables in a file of their own, which is gone afterwards, and
    take into memory what they judge. Writes the fingerprints that the next
    build compares with.
    """
    last = last_judged(home)
    with scratch(home.work) as folder, connect(frames, folder) as con:
        now = fingerprints(con)
        lineages = None if last is None else touched(last.fingerprints, now)
        judged = judge(con, lineages=lineages)
    if last is not None and lineages is not None:
        judged = joined([kept(last.judged, last.lineage_of, lineages), judged])
    _write(home, now, build_id)
    tables = {**frames, "quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell}
    return tables, None if lineages is None else len(lineages)


def last_judged(home: Home) -> Last | None:
    """The judging of the published build; None where it cannot be built upon."""
    published = next((build for build in builds(home.root) if build.is_published), None)
    if published is None or not (path := _path(home, published.build_id)).exists():
        return None
    known = pq.read_table(path)
    if (known.schema.metadata or {}).get(_VERSION) != judging_version().encode():
        return None
    with duckdb.connect(str(published.path), read_only=True) as con:
        tables = [_table(con, name) for name in ("quality_issue", "issue_cell")]
        lineages = con.execute("SELECT agency_id, lineage_id FROM dim_agency").fetchall()
    return Last(JudgedFrames(*tables), known.to_pandas(), dict(lineages))


def drop_others(home: Home, build_ids: set[str]) -> None:
    """Removes the fingerprints of builds that are kept no more."""
    for path in home.judged.glob("*.parquet") if home.judged.is_dir() else ():
        if path.stem not in build_ids:
            path.unlink()


def _table(con: duckdb.DuckDBPyConnection, name: str) -> pd.DataFrame:
    read = con.execute(f"FROM {name}").to_arrow_table().combine_chunks()
    return frame(name, {column: read[column].combine_chunks() for column in read.column_names})


def _write(home: Home, now: pd.DataFrame, build_id: str) -> None:
    table = pa.Table.from_pandas(now, preserve_index=False)
    with replacing(_path(home, build_id)) as aside:
        pq.write_table(table.replace_schema_metadata({_VERSION: judging_version().encode()}), aside)


def _path(home: Home, build_id: str) -> Path:
    return home.judged / f"{build_id}.parquet"
