"""The runbook on restoring, carried out: from what it says to keep alone, the same warehouse again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from extract.paths import ROOT
from tests.conftest import RunHere
from tests.nights import rows
from warehouse.digest import digest
from warehouse.home import Home

RUNBOOK = ROOT / "docs" / "runbooks" / "restore.md"


def test_what_the_runbook_keeps_is_enough(
    published: Path, few_samples: Path, tmp_path: Path, run_here: RunHere, contracts_hold: None
) -> None:
    lost = Home(tmp_path / "lost")
    shutil.copytree(published, lost.root, symlinks=True)
    (issue, *_) = rows(lost, "SELECT issue_id FROM v_issues WHERE state = 'open' AND severity = 'error' ORDER BY 1")
    lost.reviews.mkdir(exist_ok=True)
    decision = '{"issue_id": "%s", "decision": "dismissed", "reason": "对", "decided_at": "2026-01-02T03:04:05Z"}\n'
    (lost.reviews / "decisions-0001.jsonl").write_text(decision % issue["issue_id"], "utf-8")
    assert run_here(few_samples, lost.root)[0] == 0
    restored = Home(tmp_path / "restored")
    for name in _kept():
        if (lost.root / name).exists():
            shutil.copytree(lost.root / name, restored.root / name)
    (tmp_path / "nothing").mkdir()
    status, output = run_here(tmp_path / "nothing", restored.root)
    assert status == 0, output
    assert digest(restored.published.resolve()) == digest(lost.published.resolve())
    assert rows(restored, "SELECT count(*) AS n FROM review") == [{"n": 1}]


def _kept() -> list[str]:
    """The folders that the runbook's command copies."""
    (command,) = re.findall(r"^tar -C \S+ -czf \S+ (.*)$", RUNBOOK.read_text("utf-8"), re.MULTILINE)
    names: list[str] = command.split()
    assert {"archive", "captures", "crawl", "reviews"} == set(names)
    return names
