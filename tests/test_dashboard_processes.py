"""Several processes behind one port: each shows at once what was decided in another."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

from tests.bench.dashboard import _descendants
from tests.dashboards import TOKEN, serving


def test_a_decision_shows_in_every_process(published: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(published, home, symlinks=True)
    with serving(home, "--processes", "2") as (address, server):
        assert len(_descendants(server.pid)) >= 1
        listed = json.load(urllib.request.urlopen(f"{address}/api/filings?severity=error"))
        filing = listed["filings"][0]["filing_id"]
        page = f"{address}/api/filings/{filing}"
        issue = json.load(urllib.request.urlopen(page))["issues"][0]["issue_id"]
        for decision in ("confirmed", "waiting"):
            asked = urllib.request.Request(
                f"{address}/api/issues/{issue}/decisions",
                json.dumps({"decision": decision}).encode(),
                {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
            )
            assert urllib.request.urlopen(asked).status == 201
            # Each request is a connection of its own, which either process may get.
            for _ in range(24):
                issues = json.load(urllib.request.urlopen(page))["issues"]
                assert next(i["decision"] for i in issues if i["issue_id"] == issue) == decision
