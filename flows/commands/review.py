"""``ogi review``: a reviewer's decision on an issue of the published warehouse."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.commands.builds import nothing_published
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.publish import published
from warehouse.query import run_query
from warehouse.reviews import append

_ISSUE = """
    SELECT coalesce(f.agency_id, q.agency_id) AS agency_id, a.name,
           coalesce(f.report_year, q.report_year) AS report_year, f.scope::VARCHAR AS scope,
           q.sha256, q.rule, q.severity::VARCHAR AS severity, q.place, q.expected, q.actual,
           q.message_zh, q.message_en, q.resolved_at IS NOT NULL AS resolved
    FROM quality_issue AS q
    LEFT JOIN dim_filing AS f ON f.filing_id = q.filing_id
    LEFT JOIN dim_agency AS a ON a.agency_id = coalesce(f.agency_id, q.agency_id)
    WHERE q.issue_id = '{}'
"""
_KEPT = ("agency_id", "report_year", "scope", "sha256", "rule", "place", "expected", "actual")


def review_command(issue_id: str, decision: str, reason: str | None, role: str | None, home_option: Path | None) -> int:
    """Records the decision and prints what it was decided on.

    OgiError for an issue that the published warehouse does not have.
    """
    home, samples_by_default = homes.for_reading(home_option)
    path = published(home.root)
    if path is None:
        raise nothing_published(home)
    found = run_query(path, _ISSUE.format(issue_id)).table.to_pylist() if re.fullmatch("[0-9a-f]{16}", issue_id) else []
    if not found:
        raise OgiError(
            f"已发布的数据库中没有编号为 {issue_id} 的问题（编号见 v_issues）。",
            f"The published warehouse has no issue {issue_id} (v_issues has their identifiers).",
        )
    (issue,) = found
    given = {"reason": reason, "role": role}
    file = append(
        home,
        {
            "issue_id": issue_id,
            "decision": decision,
            **{name: text.strip() for name, text in given.items() if text and text.strip()},
            "decided_at": datetime.now(UTC).isoformat(timespec="microseconds"),
            **{name: issue[name] for name in _KEPT if issue[name] is not None},
        },
    )
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    print("\n".join(_described(issue_id, issue, decision, reason)))
    print(f"已记入 {file}，下一次 ogi run 起生效。 Recorded; it counts from the next ogi run.", file=sys.stderr)
    return 0


def _described(issue_id: str, issue: dict[str, Any], decision: str, reason: str | None) -> list[str]:
    who = " ".join(str(part) for part in (issue["name"], issue["report_year"], issue["scope"]) if part is not None)
    state = "（已解决 resolved）" if issue["resolved"] else ""
    figures = [
        f"{label}：{issue[key]}"
        for key, label in (("expected", "应为 expected"), ("actual", "实为 actual"))
        if issue[key] is not None
    ]
    return [
        f"{issue_id} {issue['rule']} · {issue['severity']}{state}",
        *([who] if who else []),
        issue["message_zh"],
        issue["message_en"],
        "；".join([f"位置 where：{issue['place']}", *figures]),
        f"决定 decision：{decision}" + (f"（{reason}）" if reason else ""),
    ]
