"""Twenty users at 200,000 filings: every kind of page answers in time, and the processes stay within their memory.

A user reads for a second in the mean (exponential), then asks for an overview, a list or a filing (1:2:2), drawn at
random as ``tests.bench.dashboard`` says. ``OGI_PROVE_HOME`` names a home of that size, else one is made.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.bench.dashboard import Pages, load, memory, serving

SECONDS = float(os.environ.get("OGI_PROVE_SECONDS", "60"))


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] * 1000


def test_twenty_users(tmp_path: Path) -> None:
    given = os.environ.get("OGI_PROVE_HOME")
    home = Path(given) if given else _made(tmp_path)
    pages = Pages(home, 1)
    assert len(pages.filings) == 5000
    with serving(home) as (address, pid):
        found = {}
        for think in (1.0, 0.2, 0.0):
            times = asyncio.run(load(address, pages, 20, SECONDS, think))
            found[think] = {kind: round(_p95(values)) for kind, values in sorted(times.items())}
            rate = sum(map(len, times.values())) / SECONDS
            print(f"\nthinking {think:g} s: {rate:.0f} pages a second, p95 {found[think]} ms")
        held = memory(pid)["VmHWM"]
    print(f"memory at most {held:.0f} MiB in all processes")
    assert set(found[1.0]) == {"filing", "list", "overview"} and max(found[1.0].values()) < 200
    assert held < 1024


def _made(folder: Path) -> Path:
    command = [sys.executable, "-m", "tests.bench.growth", "--filings", "200000", "--folder", str(folder)]
    subprocess.run(command, check=True)
    return folder / "home"
