"""Several processes behind one port: each shows at once what was decided in another."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from pathlib import Path

from tests.dashboards import TOKEN, serving


def test_a_decision_shows_in_every_process(published: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(published, home, symlinks=True)
    with serving(home, "--processes", "2") as (address, _):
        _await_listeners(address, 2)
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


def _await_listeners(address: str, number: int) -> None:
    """Waits until so many sockets listen at the port: one for each process."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        if sum(line[1].endswith(port) and line[3] == "0A" for line in lines) >= number:
            return
        time.sleep(0.1)
    raise AssertionError(f"{number} processes do not listen at {address}")
