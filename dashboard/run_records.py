"""Run records as files: read and checked, so that a damaged one is shown as damaged and hides no other."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from dashboard.texts import instant

DEEPEST = 20
"""Levels of lists and objects in a record."""


class _Part(BaseModel):
    """Strict: a text is no number. Another version of the program may have kept more, or less."""

    model_config = ConfigDict(strict=True, extra="allow")


class _OfRule(_Part):
    rule: str
    severity: str
    origin: str
    issues: int


class _Record(_Part):
    state: str
    run_id: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    nothing_new: bool = False
    sources: list[str] = []
    seen: int = 0
    new: int = 0
    changed: int = 0
    read: int = 0
    documents: int | None = None
    failed: int | None = None
    unknown: int = 0
    judged: int | None = None
    filings: int | None = None
    issues: int | None = None
    crawled: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    issues_by_rule: list[_OfRule] = []
    stages: dict[str, float] = {}
    problems: list[str] = []
    remarks: list[str] = []
    build: str | None = None
    base: str | None = None
    bytes: int | None = None
    bytes_written: int | None = None
    comparison: dict[str, float | None] = {}
    docs: str | None = None


def record_of(path: File) -> dict[str, Any]:
    """A run's record; of a damaged one, state ``unreadable`` and a problem that names the file and the remedy."""
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size, status.st_ino)
    except OSError as error:
        return _damaged(path, error.strerror or type(error).__name__)


@lru_cache(maxsize=5000)
def _read(path: File, *_: int) -> dict[str, Any]:
    """Read once as long as the file is the same: there is a record for every night of years."""
    try:
        record = json.loads(path.read_bytes())
        _check(record)
        _Record.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        return _damaged(path, f"{'.'.join(map(str, first['loc'])) or 'JSON'}: {first['msg']}")
    except (ValueError, OverflowError, RecursionError) as error:
        return _damaged(path, str(error))
    return dict(record)


def _check(record: Any) -> None:
    """What types alone do not tell: instants that are none, and what no page and no JSON can print."""
    if isinstance(record, dict):
        for name in ("started_at", "finished_at"):
            if isinstance(record.get(name), str):
                instant(record[name])
    _check_value(record, 0)


def _check_value(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"more than {DEEPEST} levels")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number that is none")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a number that is too large")
    elif isinstance(value, dict):
        for name, held in value.items():
            name.encode()
            _check_value(held, depth + 1)
    elif isinstance(value, list):
        for held in value:
            _check_value(held, depth + 1)


def _damaged(path: File, why: str) -> dict[str, Any]:
    why = why.encode("utf-8", "replace").decode()[:200]
    name = f"runs/{path.name}".encode("utf-8", "replace").decode()
    return {
        "state": "unreadable",
        "problems": [
            f"运行记录 {name} 已损坏（{why}）；请从备份恢复该文件，或将其移出 runs 文件夹 / the run record {name} is "
            f"damaged ({why}); restore the file from a backup, or move it out of the folder runs"
        ],
    }
