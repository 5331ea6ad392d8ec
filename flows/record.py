"""The record of one run: kept on disk from its first moment, shown at its end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from warehouse.disk import write_atomically
from warehouse.home import Home

State = Literal["running", "completed", "failed"]


@dataclass
class RunRecord:
    """What a run did. Instants are ISO strings in UTC; counts are documents unless their name says otherwise."""

    run_id: str
    started_at: str
    state: State = "running"
    finished_at: str | None = None
    nothing_new: bool = False
    sources: list[str] = field(default_factory=list)
    seen: int = 0
    new: int = 0
    changed: int = 0
    read: int = 0
    documents: int | None = None  # in the build
    failed: int | None = None  # of these, such as could not be read
    unknown: int = 0  # files of kinds that no reader knows
    judged: int | None = None  # agencies whose issues were found anew; None where all were
    filings: int | None = None
    issues: int | None = None
    crawled: list[dict[str, Any]] = field(default_factory=list)  # source, role, outcome, addresses
    expected: list[dict[str, Any]] = field(default_factory=list)  # source, expected and found filings
    issues_by_rule: list[dict[str, Any]] = field(default_factory=list)  # rule, severity, issues
    stages: dict[str, float] = field(default_factory=dict)  # seconds
    problems: list[str] = field(default_factory=list)  # what failed, in both languages
    remarks: list[str] = field(default_factory=list)  # what was noticed and is no failure
    build: str | None = None  # set before it is published
    base: str | None = None  # the build that it is a changed copy of; None where all was made anew
    copied: int | None = None  # bytes written to copy that build, 0 where both share their blocks; None without one
    bytes: int | None = None  # of the build's file
    bytes_written: int | None = None  # to the disk, while it was made
    comparison: dict[str, float | None] = field(default_factory=dict)  # with the build published before
    rows: list[dict[str, Any]] = field(default_factory=list)  # table, rows before (None: no such table) and now
    docs: str | None = None  # Data Docs, relative to the home

    def save(self, home: Home) -> None:
        """Writes the record to ``runs/<run_id>.json``."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        write_atomically(home.runs / f"{self.run_id}.json", text.encode() + b"\n")

    def finish(self, home: Home) -> None:
        """Closes the record: failed where there are problems, else completed."""
        self.state = "failed" if self.problems else "completed"
        self.finished_at = now()
        self.save(home)


def now() -> str:
    """This instant, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def begin(home: Home) -> RunRecord:
    """A new record, saved. Its identifier is the time to the millisecond, so that identifiers sort by time."""
    moment = datetime.now(UTC)
    record = RunRecord(f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03}Z", now())
    record.save(home)
    return record


def load(home: Home, run_id: str) -> RunRecord:
    """The record of one run."""
    return _read(home.runs / f"{run_id}.json")


def load_all(home: Home) -> list[RunRecord]:
    """The records of all runs, oldest first, but for damaged ones (``damaged``), which must not stop a night."""
    return [record for path in sorted(home.runs.glob("*.json")) if (record := _read_if_sound(path)) is not None]


def damaged(home: Home) -> list[Path]:
    """The records of runs that cannot be read."""
    return [path for path in sorted(home.runs.glob("*.json")) if _read_if_sound(path) is None]


def close_killed(home: Home) -> None:
    """Marks runs that ended without closing their record as failed; the caller holds the home's lock."""
    for record in load_all(home):
        if record.state == "running":
            record.problems.append("运行中途被终止 / the run was killed")
            record.finish(home)


def _read_if_sound(path: Path) -> RunRecord | None:
    """A record; None for one that cannot be read, or in which what everybody needs is of a wrong type."""
    try:
        record = _read(path)
        for instant in filter(None, (record.started_at, record.finished_at)):
            datetime.fromisoformat(instant)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    lists = (record.sources, record.crawled, record.expected, record.issues_by_rule, record.problems, record.remarks)
    sound = all(isinstance(each, list) for each in lists) and isinstance(record.state, str)
    maps = (record.stages, record.comparison)
    return record if sound and all(isinstance(each, dict) for each in maps) else None


def _read(path: Path) -> RunRecord:
    written = json.loads(path.read_bytes())
    # Another version of the program may have kept more, or less.
    return RunRecord(**{field.name: written[field.name] for field in fields(RunRecord) if field.name in written})
