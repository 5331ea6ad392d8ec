"""How long judging takes: a whole warehouse of made-up filings at once, and a night of new ones on top of it.

Run as ``python -m tests.bench.judging [--agencies N] [--years N] [--night N] [--each]``.
Prints seconds by the wall and of processor time, and the peak of memory.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from expectations.judge import MEMORY, JudgedFrames, joined, judge
from expectations.rules.catalogue import Rule, catalogue
from expectations.touched import drop_issues, lineages_of
from tests.bench.world import World, create, file, make
from tests.memory import peak_mib

TEXT = re.compile(r"\b(claim|statement|narrative|rule_metric_figure)\b")


def is_about_text(rule: Rule) -> bool:
    """Whether a rule reads the prose."""
    return TEXT.search(re.sub("--.*", "", rule.sql or "")) is not None


@contextmanager
def told(what: str, more: Callable[[], str] = str) -> Iterator[None]:
    """Prints what it took, with ``more`` behind."""
    began, worked = perf_counter(), process_time()
    yield
    seconds, processor = perf_counter() - began, process_time() - worked
    print(f"{what:32} {seconds:7.2f} s {processor:7.2f} s of processors  {more()}", flush=True)


def in_one_go(con: duckdb.DuckDBPyConnection) -> JudgedFrames:
    """Times the rules about figures and those about prose; returns what they found."""
    rules, parts = catalogue().values(), []
    for what, codes in (
        ("arithmetic and years", [rule.code for rule in rules if not is_about_text(rule)]),
        ("prose", [rule.code for rule in rules if is_about_text(rule)]),
    ):
        parts.append(judged(con, what, codes))
    return joined(parts)


def judged(con: duckdb.DuckDBPyConnection, what: str, codes: list[str]) -> JudgedFrames:
    """Times the judging by some rules."""
    found: list[JudgedFrames] = []
    with told(what, lambda: f"{len(found[0].quality_issue)} issues, peak {peak_mib():.0f} MiB"):
        found.append(judge(con, codes))
    return found[0]


def night(con: duckdb.DuckDBPyConnection, world: World, filings: int, last: JudgedFrames) -> None:
    """Times a night of ``filings`` new ones on top of those that were judged."""
    made = make(World(world.agencies, world.years + 1, world.seed))
    for name in ("quality_issue", "issue_cell"):
        con.register("incoming", getattr(last, name))
        con.execute(f"CREATE TABLE {name} AS FROM incoming")
        con.unregister("incoming")
    con.execute("BEGIN")
    known = "SELECT DISTINCT agency_id FROM dim_filing WHERE filing_id NOT IN (FROM filed)"
    con.execute("CREATE TEMP TABLE filed AS SELECT filing_id FROM dim_filing")
    file(con, made, world.years, range(0, world.agencies, world.agencies // filings))
    del made
    con.execute("COMMIT")
    agencies = {agency for (agency,) in con.execute(known).fetchall()}
    with told("night", lambda: f"peak {peak_mib():.0f} MiB"):
        lineages = lineages_of(con, agencies)
        with told("  dropping issues"):
            drop_issues(con, lineages)
        with told("  judging again", lambda: f"{len(lineages)} lineages"):
            judge(con, lineages=lineages)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agencies", type=int, default=40_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--night", type=int, default=500, help="new filings of the night; 0 for none")
    parser.add_argument("--each", action="store_true", help="time every rule by itself")
    parser.add_argument("--file", type=Path, help="keep the warehouse here, or use the one that is here")
    given: Any = parser.parse_args()
    world = World(given.agencies, given.years)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.duckdb"
        if given.file and given.file.exists():
            shutil.copy(given.file, path)
        else:
            _create(path, world)
            if given.file:
                shutil.copy(path, given.file)
        with duckdb.connect(str(path), config={"memory_limit": MEMORY, "threads": 2}) as con:
            con.execute("SET enable_progress_bar = false")
            if given.each:
                for rule in catalogue().values():
                    if rule.computed != "reading":
                        judged(con, rule.code, [rule.code])
            last = in_one_go(con)
            if given.night:
                night(con, world, given.night, last)


def _create(path: Path, world: World) -> None:
    made = make(World(world.agencies, world.years + 1, world.seed))
    with told("making filings"), duckdb.connect(str(path), config={"memory_limit": "4GB", "threads": 2}) as con:
        create(con, world)
        for year in range(world.years):
            file(con, made, year)


if __name__ == "__main__":
    main()
