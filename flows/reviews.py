"""Reviewers' decisions, from the append-only files under ``reviews/``.

Each file is JSON lines: ``issue_id``, ``decision`` (confirmed, dismissed,
waiting), ``decided_at`` (ISO instant), and where given ``reason`` and ``role``.
"""

from __future__ import annotations

import json
from typing import Any

from flows.errors import OgiError
from flows.home import Home

_REQUIRED = {"issue_id", "decision", "decided_at"}
_ALLOWED = _REQUIRED | {"reason", "role"}


def decisions(home: Home) -> list[dict[str, Any]]:
    """Every decision, files by name and lines in order; OgiError names a line that is none."""
    found = []
    for path in sorted(home.reviews.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            try:
                decision = json.loads(line)
                valid = isinstance(decision, dict) and _REQUIRED <= decision.keys() <= _ALLOWED
            except ValueError:
                valid = False
            if not valid:
                place = f"{path}, {number}"
                raise OgiError(f"{place}: 不是有效的复核决定", f"{place}: this line is no valid decision")
            found.append(decision)
    return found
