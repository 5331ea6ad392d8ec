"""Whether copied prose is found among many filings, and what it costs.

``python -m tests.bench.narratives --count 200000`` makes sketches as templates
and copies leave them, judges them by ``narrative_copied`` and prints time,
memory, the share of planted copies that were found and the false issues.

A sketch is made value by value: a text that has the share t of a template has
the template's minimum with probability t, else one of its own; two texts of
that template then agree in t². A copy has its original's minimum with
probability s, which is its similarity.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from time import perf_counter

import duckdb
import numpy as np
import pandas as pd

from expectations.judge import judge
from extract.sketch import HASHES
from tests.memory import peak_mib
from transform.agencies import Register
from transform.frames import build_frames, to_arrow

YEARS = 5
SURE = 0.85
"""From this similarity on a planted copy should be found."""


@dataclass(frozen=True)
class Mixture:
    """What a collection consists of, in shares of its filings.

    ``templates`` holds for each kind of template how many texts use one and which
    share of a text it is; ``mass`` are groups that say the same but for a few words.
    """

    copies: float = 0.01
    templated: float = 0.6
    templates: tuple[tuple[int, float], ...] = ((1000, 0.7), (300, 0.78), (5000, 0.55))
    mass: float = 0.02
    mass_size: int = 1000


@dataclass(frozen=True)
class Planted:
    """Sketches, and of the copies: its place, its original's, the share of equal values."""

    sketches: np.ndarray
    copies: np.ndarray
    originals: np.ndarray
    similarity: np.ndarray
    mass: np.ndarray


def plant(count: int, seed: int = 7, mixture: Mixture | None = None) -> Planted:
    """Seeded sketches of ``count`` texts, the copies among them at similarities from 0.8 to 1."""
    mixture = mixture or Mixture()
    random = np.random.default_rng(seed)
    sketches = _own(random, count)
    order = random.permutation(count)
    templated = order[: int(count * mixture.templated)]
    for part, (size, share) in zip(np.array_split(templated, len(mixture.templates)), mixture.templates, strict=True):
        for start in range(0, len(part), size):
            _overlay(random, sketches, part[start : start + size], _own(random, 1), share)
    rest = order[len(templated) :]
    mass = rest[: int(count * mixture.mass)]
    for start in range(0, len(mass), mixture.mass_size):
        _overlay(random, sketches, mass[start : start + mixture.mass_size], _own(random, 1), 0.98)
    pairs = int(count * mixture.copies)
    copies = rest[len(mass) : len(mass) + pairs]
    originals = random.choice(order[: len(templated)], pairs, replace=False)
    for copy, original in zip(copies, originals, strict=True):
        _overlay(random, sketches, np.array([copy]), sketches[original], random.uniform(0.8, 1.0))
    equal = (sketches[copies] == sketches[originals]).mean(axis=1)
    return Planted(sketches, copies, originals, equal, mass)


def _own(random: np.random.Generator, count: int) -> np.ndarray:
    return random.integers(0, 2**32, (count, HASHES), dtype=np.uint32)


def _overlay(
    random: np.random.Generator, sketches: np.ndarray, places: np.ndarray, values: np.ndarray, share: float
) -> None:
    taken = random.random((len(places), HASHES)) < share
    sketches[places] = np.where(taken, values, sketches[places])


def database(planted: Planted) -> duckdb.DuckDBPyConnection:
    """The tables that the rules read, with a filing for each text."""
    con = duckdb.connect()
    con.execute("SET threads = 2; SET memory_limit = '6GiB'; SET enable_progress_bar = false")
    for name, frame in build_frames([], Register([])).items():
        con.register("loading", to_arrow(frame, name))
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM loading")
        con.unregister("loading")
    count = len(planted.sketches)
    con.execute(f"""
        INSERT INTO dim_agency BY NAME
        SELECT 'a' || i AS agency_id, '机关' || i AS name, agency_id AS lineage_id, true AS is_registered
        FROM range({-(-count // YEARS)}) AS t(i);
        INSERT INTO dim_filing BY NAME
        SELECT 'f' || i AS filing_id, 'a' || (i // {YEARS}) AS agency_id, 2020 + i % {YEARS} AS report_year,
               'own' AS scope, '2021' AS form, 'text/html' AS media_type, 'x' AS sha256,
               TIMESTAMP '2025-01-01' AS retrieved_at, 1 AS revision, true AS is_current
        FROM range({count}) AS t(i)
    """)
    _load(con, planted.sketches)
    return con


def _load(con: duckdb.DuckDBPyConnection, sketches: np.ndarray) -> None:
    for start in range(0, len(sketches), 20_000):
        part = pd.DataFrame({"position": range(start, min(start + 20_000, len(sketches)))})
        part["sketch"] = list(sketches[start : start + 20_000])
        con.register("loading", part)
        con.execute(
            "INSERT INTO narrative BY NAME "
            "SELECT 'f' || position AS filing_id, 3000 AS characters, sketch::UINTEGER[] AS sketch FROM loading"
        )
        con.unregister("loading")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    count = parser.parse_args().count
    planted = plant(count)
    con = database(planted)
    before = peak_mib()
    began = perf_counter()
    issues = judge(con, ["narrative_copied"]).quality_issue
    seconds = perf_counter() - began
    report(planted, issues)
    print(f"{count} filings: {seconds:.1f} s; peak {peak_mib():.0f} MiB ({before:.0f} before judging)")


def report(planted: Planted, issues: pd.DataFrame) -> None:
    """Prints which of the planted copies have an issue, by similarity, and how many issues nobody planted."""
    found = {int(name[1:]) for name in issues["filing_id"]}
    pairs = zip(planted.copies.tolist(), planted.originals.tolist(), strict=True)
    hit = np.array([later(*pair) in found for pair in pairs])
    for low, high in ((0.8, SURE), (SURE, 0.9), (0.9, 0.95), (0.95, 1.01), (SURE, 1.01)):
        these = (planted.similarity >= low) & (planted.similarity < high)
        print(f"similarity {low:.2f} to {min(high, 1):.2f}: {hit[these].sum()} of {these.sum()} found")
    mass = set(planted.mass.tolist())
    print(f"texts of mass groups: {len(mass & found)} of {len(mass)} found")
    others = found - mass - set(planted.copies.tolist()) - set(planted.originals.tolist())
    print(f"issues that nobody planted: {len(others)}")


def later(one: int, other: int) -> int:
    """Which of two texts is the later: by report year, then by the filing's name."""
    return max(one, other, key=lambda place: (place % YEARS, f"f{place}"))


if __name__ == "__main__":
    main()
