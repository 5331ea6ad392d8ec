"""Reviewers' decisions: those that the published build does not know yet, and new ones.

A decision is a line in the home's append-only files, which every run loads (``warehouse.reviews``).
What was decided since the build was made stands in ``live.decided`` of the build that is open, so that
pages show it at once; it is read again whenever the files have changed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.reader import Asked, Build, statement
from warehouse.home import Home
from warehouse.reviews import append, decisions

_lock = threading.Lock()


def refresh(build: Build, home: Home) -> None:
    """Brings ``live.decided`` of a build up to date with the home's files, where they have changed and the build is
    not held."""
    if build.held:
        return
    now = stamp(home)
    if build.kept.get("decided") == now:
        return
    with _lock:
        if build.kept.get("decided") == now:
            return
        with build.cursor() as cursor:
            known = set(cursor.execute("SELECT issue_id, decided_at FROM review").fetchall())
            last: dict[str, tuple[Any, ...]] = {}
            for line in decisions(home):
                moment = _moment(line["decided_at"])
                if (line["issue_id"], moment) not in known:
                    row = (line["issue_id"], line["decision"], line.get("reason"), line.get("role"), moment)
                    if line["issue_id"] not in last or last[line["issue_id"]][-1] <= moment:
                        last[line["issue_id"]] = row
            cursor.execute("BEGIN")
            cursor.execute("DELETE FROM live.decided")
            if last:
                cursor.executemany("INSERT INTO live.decided VALUES (?, ?, ?, ?, ?)", list(last.values()))
            cursor.execute(statement("live_shift"))
            cursor.execute("COMMIT")
        build.kept["any_decided"] = bool(last)
        build.kept["decided"] = now
        build.kept.pop("counts", None)


def decide(asked: Asked, home: Home, issue_id: str, decision: str, reason: str | None, role: str | None) -> None:
    """Records a decision on an issue of the open build; it is on disk when this returns.

    KeyError where the build has no such issue, OgiError where the decision is not valid or cannot be written.
    """
    issue = asked.row(statement("issue_decided_on"), {"issue_id": issue_id})
    if issue is None:
        raise KeyError(issue_id)
    given: dict[str, Any] = {
        "issue_id": issue_id,
        "decision": decision,
        "decided_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        **{name: value for name, value in (("reason", reason), ("role", role)) if value},
    }
    append(home, {**given, **_decided_on(issue)})
    refresh(asked.build, home)


def _decided_on(issue: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in issue.items() if value is not None}


def stamp(home: Home) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a decision is added."""
    found = []
    for path in sorted(home.reviews.glob("*.jsonl")):
        status = path.stat()
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
