"""Builds that follow one another while they are read or killed: what readers saw, what a kill left."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from extract.paths import ROOT
from tests.factories import reading, record
from tests.nights import night, published, put
from transform.frames import ReadingRecord
from warehouse.digest import digest
from warehouse.home import Home
from warehouse.publish import folder_of

CELL = ("applications", "received_new", "total")

READER = """
import sys, time
from pathlib import Path
import duckdb
from warehouse.publish import published
home, stop = Path(sys.argv[1]), Path(sys.argv[2])
QUERY = '''SELECT (SELECT run_id FROM build_info), min(c.value)::INTEGER, max(c.value)::INTEGER, min(f.revision),
  (SELECT min(value)::INTEGER FROM fact_reported_totals WHERE row_code = 'received_new' AND column_code = 'total'),
  (SELECT max(received_new)::INTEGER FROM mart_filing WHERE is_current)
  FROM dim_filing f JOIN cell c USING (filing_id) WHERE f.is_current AND c.row_code = 'received_new'
  AND c.column_code = 'total' '''
print("ready", flush=True)
while not stop.exists():
    with duckdb.connect(str(published(home)), read_only=True) as con:
        for _ in range(3):
            (answer,) = con.execute(QUERY).fetchall()
            print(*answer, flush=True)
"""

BUILDER = """
import sys
from pathlib import Path
from warehouse.home import Home
from tests.nights import night, put
from tests.swaps import state
home, first = Home(Path(sys.argv[1])), int(sys.argv[2])
for number in range(first, first + 1000):
    put(home, state(number % 2))
    night(home, number)
"""


def state(number: int, agencies: int = 6) -> list[ReadingRecord]:
    """Reports whose figures all are ``number``: each state replaces the reports of another."""
    return [
        record(reading(f"示例县第{agency}局", 2023, cells={CELL: number}), salt=str(number))
        for agency in range(agencies)
    ]


def read_through_swaps(folder: Path, readers: int, swaps: int) -> tuple[list[str], list[str]]:
    """Publishes ``swaps`` builds while processes read; the distinct answers, and what readers said of errors."""
    home, stop = Home(folder / "home"), folder / "stop"
    put(home, state(1))
    night(home, 1)
    outs = [(folder / f"reader-{number}.out").open("w+") for number in range(readers)]
    started = [
        subprocess.Popen([sys.executable, "-c", READER, str(home.root), str(stop)], cwd=ROOT, stdout=out,
                         stderr=subprocess.STDOUT, text=True)
        for out in outs
    ]  # fmt: skip
    try:
        while any("ready" not in Path(out.name).read_text() for out in outs):
            time.sleep(0.05)
        for number in range(2, swaps + 2):
            put(home, state(number))
            night(home, number)
    finally:
        stop.touch()
        codes = [process.wait(60) for process in started]
    lines = [line for out in outs for line in Path(out.name).read_text().splitlines() if line != "ready"]
    failed = [line for line in lines if len(line.split()) != 6]
    return sorted(set(lines)), [*failed, *(f"exit {code}" for code in codes if code)]


def kill_builder(home: Home, number: int, seconds: float) -> bool:
    """Starts a process that makes night after night and kills it so long after its first draft; whether it ran."""
    child = subprocess.Popen([sys.executable, "-c", BUILDER, str(home.root), str(number)], cwd=ROOT)
    while not list(folder_of(home.root).glob(".*.building")) and child.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    ran = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    return ran


def killed_often(folder: Path, kills: int, seed: str) -> None:
    """Kills at random moments; after each the published file is one of the two builds, and so are all others."""
    chance = random.Random(seed)
    expected = [_alone(folder / f"state-{number}", number) for number in range(2)]
    home = Home(folder / "home")
    put(home, state(0))
    night(home, 1)
    for number in range(kills):
        assert kill_builder(home, 1000 * (number + 1), chance.uniform(0.0, 4.0)), "the builder ended by itself"
        assert digest(published(home)) in expected
        for path in home.warehouse.glob("warehouse-*.duckdb"):
            assert digest(path) in expected and not path.with_name(f"{path.name}.wal").exists()
    put(home, state(1))
    night(home, 1000 * (kills + 1))
    assert digest(published(home)) == expected[1]
    assert not list(home.warehouse.glob(".*building*"))


def _alone(folder: Path, number: int) -> str:
    home = Home(folder)
    put(home, state(number))
    night(home, 1)
    return digest(published(home))


def mixtures(answers: Sequence[str]) -> list[str]:
    """The answers that belong to no build: figures and build that do not go together."""
    return [
        answer for answer in answers
        if not (parts := answer.split()) or len({parts[0].removeprefix("run-"), parts[1], parts[2], parts[4],
                                                 parts[5]}) != 1
    ]  # fmt: skip
