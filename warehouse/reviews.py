"""Reviewers' decisions, in the append-only files under ``reviews/``.

Each file is JSON lines; a line holds columns of the table ``review``:
``issue_id``, ``decision`` (confirmed, dismissed, waiting), ``decided_at`` (ISO
instant), where given ``reason`` and ``role``, and what was decided on as it
then stood, by which a decision is found again when identifiers change.

A line is written in one piece and forced to disk before its writer goes on. A
writer killed in between may leave a torn last line: it is no decision, is
passed over and reported, and the next decision begins a new file.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from transform.contracts import ColumnContract, codes, load_contracts
from warehouse.disk import sync_folder
from warehouse.errors import OgiError
from warehouse.home import Home

# Nobody sees them, and some end a text early elsewhere. Line breaks and tabs are none of them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME = "decisions-{:04}.jsonl"


def decisions(home: Home) -> list[dict[str, Any]]:
    """Every decision, files by name and lines in order, without torn last lines.

    OgiError names another line that is no valid decision.
    """
    return [decision for path in _files(home) for decision in _decisions(path)]


def torn(home: Home) -> list[str]:
    """Files whose last line is torn, each in a sentence."""
    return [
        f"{path}：最后一行不完整（写入时中断），已略过 / its last line is torn and was passed over"
        for path in _files(home)
        if _is_torn(path.read_bytes())
    ]


def append(home: Home, decision: Mapping[str, Any]) -> Path:
    """Adds a decision and returns the file that holds it; it is on disk when this returns.

    Several processes may append at once. OgiError, and nothing is added, where
    the decision is not valid, a dismissal has no reason, a text has control characters, or it cannot be written.
    """
    flaw = _flaw(decision)
    if flaw is None and decision["decision"] == "dismissed" and not (decision.get("reason") or "").strip():
        flaw = "驳回须写明理由 / a dismissal needs a reason"
    if flaw:
        raise OgiError(f"不是有效的复核决定：{flaw}", f"No valid decision: {flaw}", status=2)
    for name, zh in (("reason", "理由"), ("role", "角色")):
        if _CONTROL.search(decision.get(name) or ""):
            raise OgiError(
                f"{zh}中有控制字符，请去掉", f"The {name} contains control characters: remove them", status=2
            )
    line = json.dumps(decision, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        home.reviews.mkdir(parents=True, exist_ok=True)
        with (home.reviews / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            path = _place(home)
            _write(path, line)
        sync_folder(home.reviews)
        sync_folder(home.root)
    except OSError as error:
        raise OgiError(f"无法写入复核决定：{error}", f"The decision could not be written: {error}") from error
    return path


def _files(home: Home) -> list[Path]:
    return sorted(home.reviews.glob("*.jsonl"))


def _decisions(path: Path) -> list[dict[str, Any]]:
    *lines, tail = path.read_bytes().split(b"\n")
    found = []
    for number, line in enumerate(lines, start=1):
        decision = _parsed(line)
        if decision is None:
            place = f"{path}, {number}"
            raise OgiError(f"{place}: 不是有效的复核决定", f"{place}: this line is no valid decision")
        found.append(decision)
    last = _parsed(tail)
    return found if last is None else [*found, last]


def _is_torn(data: bytes) -> bool:
    """Whether the data end in the midst of a line."""
    tail = data.rpartition(b"\n")[2]
    return bool(tail) and _parsed(tail) is None


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The decision of a line; None where the line holds no valid one."""
    try:
        decision = json.loads(line)
    except ValueError:
        return None
    return decision if isinstance(decision, dict) and _flaw(decision) is None else None


def _flaw(decision: Mapping[str, Any]) -> str | None:
    """What of the decision breaks the contract of the table ``review``; None where nothing does."""
    columns = _columns()
    if unknown := sorted(set(decision) - set(columns)):
        return f"未知字段 / unknown fields {', '.join(unknown)}"
    broken = [name for name, column in columns.items() if not _holds(decision.get(name), column)]
    return f"缺少或无效 / lacking or not valid: {', '.join(broken)}" if broken else None


@cache
def _columns() -> dict[str, ColumnContract]:
    """The columns of ``review`` that a line holds; their numbers are given when they are loaded."""
    return {column.name: column for column in load_contracts()["review"].columns if column.name != "review_no"}


def _holds(value: Any, column: ColumnContract) -> bool:
    """Whether the column can hold the value."""
    if value is None:
        return column.nullable
    if column.type == "SMALLINT":
        return isinstance(value, int) and abs(value) < 2**15
    if not isinstance(value, str):
        return False
    if column.type == "TIMESTAMP":
        return _is_instant(value)
    if column.enum:
        return value in codes(column.enum)
    return column.pattern is None or re.fullmatch(column.pattern, value) is not None


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _place(home: Home) -> Path:
    """The file that takes the next line: the newest, or a new one where that ends in a torn line."""
    written = sorted(home.reviews.glob(_NAME.format(0).replace("0000", "[0-9]" * 4)))
    if not written:
        return home.reviews / _NAME.format(1)
    if not _is_torn(written[-1].read_bytes()):
        return written[-1]
    return home.reviews / _NAME.format(int(written[-1].stem.rpartition("-")[2]) + 1)


def _write(path: Path, line: bytes) -> None:
    """Appends the line and forces it to disk; what of it was written is taken back where that fails."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(file).st_size
        # A decision written by hand may lack the end of its line.
        open_line = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        data = (b"\n" if open_line else b"") + line + b"\n"
        try:
            if os.write(file, data) < len(data):
                raise OSError("the disk is full")
            os.fsync(file)
        except OSError:
            os.ftruncate(file, size)
            raise
    finally:
        os.close(file)
