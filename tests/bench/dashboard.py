"""How fast the dashboard answers under load: percentiles by kind of page, and the server's memory.

Run as ``python -m tests.bench.dashboard HOME [--users 20] [--seconds 30] [--think 0]``. The server is a process of
its own; the users ask one page after the other, chosen at random (seeded): the overview, the list of filings with
one or two filters, sorted anyhow, turned by some pages, and single filings. ``--think`` is the mean of the seconds
(exponential) that a user reads before asking again; with 0 twenty requests are under way all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import aiohttp
import duckdb

from warehouse.publish import published

_DISTINCT = "SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL"
_CODES = {
    "sort": ["errors", "warnings", "doubts", "year", "agency", "published", "received"],
    "direction": ["asc", "desc"],
}


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[str, int]]:
    """A dashboard over the home: its address and the number of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "dashboard", "--port", str(port), "--home", str(home), *options],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(10)


def memory(pid: int) -> dict[str, float]:
    """Memory of a process and all that it started, at most and now, in MiB. What processes share counts for each."""
    total = {"VmHWM": 0.0, "VmRSS": 0.0}
    for each in (pid, *_descendants(pid)):
        text = Path(f"/proc/{each}/status").read_text()
        for name in total:
            total[name] += int(re.findall(rf"{name}:\s+(\d+)", text)[0]) / 1024
    return total


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [*children, *(other for child in children for other in _descendants(child))]


class Pages:
    """Addresses to ask for, drawn from what the warehouse holds."""

    def __init__(self, home: Path, seed: int) -> None:
        self.random = random.Random(seed)
        path = published(home)
        assert path is not None
        with duckdb.connect(str(path), read_only=True) as con:
            self.filings = [r[0] for r in con.execute("SELECT filing_id FROM mart_filing USING SAMPLE 5000").fetchall()]
            self.filters = {
                name: [row[0] for row in con.execute(_DISTINCT.format(column, table)).fetchall()]
                for name, column, table in (
                    *((name, name, "mart_filing") for name in ("province", "prefecture", "level", "sector", "scope")),
                    *((name, name, "mart_issue") for name in ("rule", "severity", "origin")),
                    ("year", "report_year", "mart_filing"),
                )
            }
            self.filters["q"] = ["局", "人民政府", "教育", "公安", "00012", "县"]
            self.filters["review"] = ["none", "confirmed", "dismissed"]
        self.filters = {name: values for name, values in self.filters.items() if values}

    def one(self) -> tuple[str, str]:
        """Kind and address of the next page."""
        kind = self.random.choices(["overview", "list", "filing"], [1, 2, 2])[0]
        if kind == "overview":
            return kind, "/"
        if kind == "filing":
            return kind, "/filings/" + quote(self.random.choice(self.filings))
        given = {name: self.random.choice(values) for name, values in _CODES.items()}
        for name in self.random.sample(sorted(self.filters), self.random.choice([0, 1, 2])):
            given[name] = self.random.choice(self.filters[name])
        if self.random.random() < 0.3:
            given["after"] = self.random.choice(self.filings)
        return kind, "/filings?" + urlencode(given)


async def _user(
    session: aiohttp.ClientSession,
    address: str,
    pages: Pages,
    until: float,
    think: float,
    times: dict[str, list[float]],
) -> None:
    while time.perf_counter() < until:
        if think:
            await asyncio.sleep(pages.random.expovariate(1 / think))
        kind, path = pages.one()
        begun = time.perf_counter()
        async with session.get(address + path) as answer:
            await answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status} {path}")
        times.setdefault(kind, []).append(time.perf_counter() - begun)


async def load(address: str, pages: Pages, users: int, seconds: float, think: float) -> dict[str, list[float]]:
    """The time that each request took, by kind of page."""
    times: dict[str, list[float]] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for path in ("/", "/filings", "/filings/" + quote(pages.filings[0])):
            async with session.get(address + path) as answer:
                await answer.read()
        until = time.perf_counter() + seconds
        await asyncio.gather(*(_user(session, address, pages, until, think, times) for _ in range(users)))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--think", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    pages = Pages(given.home, given.seed)
    with serving(given.home) as (address, pid):
        times = asyncio.run(load(address, pages, given.users, given.seconds, given.think))
        held = memory(pid)
    everything = [value for values in times.values() for value in values]
    print(f"{len(everything) / given.seconds:.0f} pages a second, {given.users} users, thinking {given.think:g} s")
    for kind, values in [*sorted(times.items()), ("all", everything)]:
        values.sort()
        p95, p99 = (values[min(len(values) - 1, int(len(values) * share))] * 1000 for share in (0.95, 0.99))
        print(f"{kind:10} {len(values):6} median {median(values) * 1000:7.1f} ms, p95 {p95:7.1f}, p99 {p99:7.1f}")
    print(f"memory {held['VmRSS']:.0f} MiB, at most {held['VmHWM']:.0f}")


if __name__ == "__main__":
    main()
