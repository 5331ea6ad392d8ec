"""How long judging takes: a whole warehouse of made-up filings at once, and a night of new ones on top of it.

Run as ``python -m tests.bench.judging [--agencies N] [--years N] [--night N]``.
Every filing has the whole form of 2021, with sums that hold and years that
follow one another; a few percent are then broken.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from expectations.judge import judge
from expectations.rules.catalogue import catalogue
from extract.forms import load_forms
from extract.sketch import HASHES
from warehouse.ddl import ddl_statements

FIRST_YEAR = 2021
DEPARTMENTS = 19
BROKEN = 0.03
COPIED = 0.01
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class World:
    """How many agencies file for how many years; each twentieth is a government, the others its departments."""

    agencies: int
    years: int
    seed: int = 1


def figures(world: World) -> tuple[list[tuple[str, str, str]], Ints]:
    """The cells of the form and, by agency, year and cell, the figures that stand there."""
    rng = np.random.default_rng(world.seed)
    form = load_forms()["2021"]
    keys = list(form.cells())
    at = {key: number for number, key in enumerate(keys)}
    made = np.zeros((world.agencies, world.years, len(keys)), np.int32)
    table = form.table("applications")
    applicants = [column.code for column in table.columns if not column.is_total]
    outcomes = [row.code for row in table.rows if row.item_group == "outcome"]
    weight = rng.dirichlet(np.full(len(outcomes), 0.5))
    size = rng.lognormal(1.0, 1.2, world.agencies)
    over = np.zeros((world.agencies, len(applicants)), np.int32)
    shares = np.array([0.8, 0.1, 0.01, 0.02, 0.05, 0.02])
    for year in range(world.years):
        rate = size[:, None, None] * weight[None, :, None] * shares[None, None, :]
        counts = rng.poisson(rate).astype(np.int32)
        forward = rng.poisson(size[:, None] * shares[None, :] * 0.1).astype(np.int32)
        counts[:, 0, :] += np.maximum(over - counts.sum(1) - forward, 0)
        rows = {code: counts[:, number, :] for number, code in enumerate(outcomes)}
        concluded = counts.sum(1)
        rows |= {
            "received_new": concluded + forward - over, "received_carried_over": over,
            "concluded_total": concluded, "carried_forward": forward,
        }  # fmt: skip
        for row, parts in rows.items():
            for number, applicant in enumerate(applicants):
                made[:, year, at["applications", row, applicant]] = parts[:, number]
            made[:, year, at["applications", row, "total"]] = parts.sum(1)
        over = forward
        for row in ("review", "litigation_direct", "litigation_after_review"):
            results = rng.poisson(size[:, None] * np.array([0.05, 0.02, 0.02, 0.02])[None, :]).astype(np.int32)
            for number, result in enumerate(("upheld", "corrected", "other", "pending")):
                made[:, year, at["review_litigation", row, result]] = results[:, number]
            made[:, year, at["review_litigation", row, "total"]] = results.sum(1)
        issued = rng.poisson(0.5, world.agencies).astype(np.int32)
        before = made[:, year - 1, at["proactive", "normative_documents", "in_force"]] if year else 20
        made[:, year, at["proactive", "normative_documents", "issued"]] = issued
        made[:, year, at["proactive", "normative_documents", "in_force"]] = before + issued
        for row in ("licensing", "penalties", "coercion"):
            made[:, year, at["proactive", row, "decisions"]] = rng.poisson(size * 20)
    broken = np.argwhere(rng.random((world.agencies, world.years)) < BROKEN)
    made[broken[:, 0], broken[:, 1], rng.integers(10, len(keys), len(broken))] += 1
    return keys, made


def sketches(world: World) -> npt.NDArray[np.uint32]:
    """A sketch per agency and year: own wording over wording that its county's agencies share; some copied."""
    rng = np.random.default_rng(world.seed + 1)
    counties = world.agencies // (DEPARTMENTS + 1) + 1
    common = rng.integers(0, 2**32, (counties, HASHES), np.uint32)
    own = rng.integers(0, 2**32, (world.agencies, HASHES), np.uint32)
    made = np.empty((world.agencies, world.years, HASHES), np.uint32)
    county = np.arange(world.agencies) // (DEPARTMENTS + 1)
    for year in range(world.years):
        draw = rng.random((world.agencies, HASHES))
        new = rng.integers(0, 2**32, (world.agencies, HASHES), np.uint32)
        made[:, year] = np.where(draw < 0.3, common[county], np.where(draw < 0.6, own, new))
    copied = np.argwhere(rng.random((world.agencies, world.years)) < COPIED)
    copied = copied[copied[:, 1] > 0]
    source = made[rng.integers(0, world.agencies, len(copied)), copied[:, 1] - 1]
    kept = rng.random((len(copied), HASHES)) < 0.95
    made[copied[:, 0], copied[:, 1]] = np.where(kept, source, made[copied[:, 0], copied[:, 1]])
    return made


def create(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """The tables that judging reads, in the warehouse's own types."""
    for statement in ddl_statements():
        con.execute(statement)
    con.execute(
        """CREATE TABLE reading_issue (sha256 VARCHAR, issue_no INTEGER, filing_id VARCHAR, agency_id VARCHAR,
           report_year SMALLINT, retrieved_at TIMESTAMP, rule VARCHAR, severity e_severity, origin e_origin,
           place VARCHAR, expected VARCHAR, actual VARCHAR,
           cells STRUCT(form_table VARCHAR, row_code VARCHAR, column_code VARCHAR)[],
           message_zh VARCHAR, message_en VARCHAR)"""
    )
    con.execute(
        f"""INSERT INTO dim_agency BY NAME
        SELECT 'a' || lpad(i::VARCHAR, 6, '0') AS agency_id, agency_id || '号机关' AS name, 'county' AS level,
               CASE WHEN i % {DEPARTMENTS + 1} = 0 THEN 'government' ELSE 'commerce' END AS sector,
               '990000' AS region_code,
               CASE WHEN i % {DEPARTMENTS + 1} > 0
                    THEN 'a' || lpad((i - i % {DEPARTMENTS + 1})::VARCHAR, 6, '0') END AS parent_agency_id,
               agency_id AS lineage_id, true AS is_registered
        FROM range({world.agencies}) AS t(i)"""
    )
    con.execute(
        f"""INSERT INTO dim_filing BY NAME
        SELECT 'a' || lpad(i::VARCHAR, 6, '0') AS agency_id, {FIRST_YEAR} + y AS report_year,
               CASE WHEN i % {DEPARTMENTS + 1} = 0 THEN 'area' ELSE 'own' END AS scope,
               agency_id || '-' || report_year || '-r1' AS filing_id,
               '2021' AS form, 'text/html' AS media_type, sha256(filing_id) AS sha256,
               make_date(report_year + 1, 1, 20) AS published_on,
               make_timestamp(report_year + 1, 2, 1, 0, 0, 0) AS retrieved_at, 1 AS revision, true AS is_current
        FROM range({world.years}) AS u(y), range({world.agencies}) AS t(i) ORDER BY y, i"""
    )
    keys, made = figures(world)
    names = pa.table({name: [key[part] for key in keys] for part, name in
                      enumerate(("form_table", "row_code", "column_code"))} | {"n": range(len(keys))})  # fmt: skip
    con.register("names", names)
    sketch = sketches(world)
    for year in range(world.years):
        con.register("given", pa.table({
            "i": np.repeat(np.arange(world.agencies, dtype=np.int32), len(keys)),
            "n": np.tile(np.arange(len(keys), dtype=np.int32), world.agencies),
            "value": made[:, year].ravel(),
        }))  # fmt: skip
        con.execute(
            f"""INSERT INTO cell BY NAME
            SELECT 'a' || lpad(i::VARCHAR, 6, '0') || '-{FIRST_YEAR + year}-r1' AS filing_id, form_table, row_code,
                   column_code, value::VARCHAR AS raw, value, 'reported' AS status, 'grid' AS method
            FROM given JOIN names USING (n)"""
        )
        con.register("given", pa.table({
            "i": np.arange(world.agencies, dtype=np.int32),
            "sketch": pa.FixedSizeListArray.from_arrays(pa.array(sketch[:, year].ravel()), HASHES),
        }))  # fmt: skip
        con.execute(
            f"""INSERT INTO narrative BY NAME
            SELECT 'a' || lpad(i::VARCHAR, 6, '0') || '-{FIRST_YEAR + year}-r1' AS filing_id, 3000 AS characters,
                   sketch::UINTEGER[] AS sketch FROM given"""
        )
    con.execute(
        """INSERT INTO claim BY NAME
        SELECT filing_id, row_number() OVER (PARTITION BY filing_id) AS claim_no,
               'applications.' || row_code || '.total' AS metric,
               value + (hash(filing_id, row_code) % 100 = 0)::INT AS value, '正文一句。' AS sentence, scope
        FROM cell JOIN dim_filing USING (filing_id)
        WHERE form_table = 'applications' AND column_code = 'total'
          AND row_code IN ('received_new', 'received_carried_over', 'granted', 'concluded_total', 'carried_forward')"""
    )
    con.execute(
        """INSERT INTO statement BY NAME
        SELECT filing_id, 1 AS statement_no, 'period' AS kind, make_date(report_year, 1, 1) AS first_day,
               make_date(report_year, 12, 31) AS last_day, '统计期限。' AS sentence, scope FROM dim_filing
        UNION ALL BY NAME
        SELECT filing_id, 2 AS statement_no, 'all_concluded' AS kind, '均已办结。' AS sentence, scope
        FROM dim_filing WHERE hash(filing_id) % 50 = 0"""
    )


def timed(con: duckdb.DuckDBPyConnection) -> list[tuple[str, float, int]]:
    """Seconds and issues of every rule by itself."""
    lines = []
    for rule in catalogue().values():
        if rule.computed == "reading":
            continue
        began = perf_counter()
        found = len(judge(con, [rule.code]).quality_issue)
        lines.append((rule.code, perf_counter() - began, found))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agencies", type=int, default=40_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--each", action="store_true", help="time every rule by itself")
    parser.add_argument("--file", type=Path, help="keep the warehouse here, or use the one that is here")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.file or Path(folder) / "made.duckdb"
        fresh = not path.exists()
        with duckdb.connect(str(path), config={"memory_limit": "6GB", "threads": 2}) as con:
            if fresh:
                began = perf_counter()
                create(con, World(given.agencies, given.years))
                print(f"made in {perf_counter() - began:.1f} s")
            if given.each:
                for code, seconds, found in timed(con):
                    print(f"{code:32} {seconds:7.2f} s {found:8} issues", flush=True)
            began = perf_counter()
            issues = judge(con).quality_issue
            print(f"all rules at once: {perf_counter() - began:.1f} s, {len(issues)} issues")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
