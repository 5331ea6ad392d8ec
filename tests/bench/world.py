"""A made-up warehouse as large as is wanted: filings whose sums hold and whose years follow one another.

Governments of counties sum up their departments. A few percent of all are then
broken as real filings are: a figure off, a table or a text copied, a year
left out, a report corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from extract.forms import CellKey, load_forms
from extract.sketch import HASHES
from warehouse.ddl import ddl_statements

FIRST_YEAR = 2021
DEPARTMENTS = 19
BROKEN = 0.03
COPIED = 0.01
TABLES_COPIED = 0.0005
MULTIPLIED = 0.002
Ints = npt.NDArray[np.int32]
Sketches = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class World:
    """How many agencies file for how many years; each twentieth is a government, the others its departments."""

    agencies: int
    years: int
    seed: int = 1


@dataclass(frozen=True)
class Made:
    """The cells of the form; by agency, year and cell the figures; by agency and year the sketches."""

    keys: list[CellKey]
    figures: Ints
    sketches: Sketches


def make(world: World) -> Made:
    """All that the world's agencies file."""
    keys, figures = _figures(world)
    return Made(keys, figures, _sketches(world))


def _figures(world: World) -> tuple[list[CellKey], Ints]:
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
    pending = np.zeros((3, world.agencies), np.int32)
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
        for block, row in enumerate(("review", "litigation_direct", "litigation_after_review")):
            results = rng.poisson(size[:, None] * np.array([0.05, 0.02, 0.02, 0.02])[None, :]).astype(np.int32)
            results[:, 0] += pending[block]
            pending[block] = results[:, 3]
            for number, result in enumerate(("upheld", "corrected", "other", "pending")):
                made[:, year, at["review_litigation", row, result]] = results[:, number]
            made[:, year, at["review_litigation", row, "total"]] = results.sum(1)
        issued = rng.poisson(0.5, world.agencies).astype(np.int32)
        before = made[:, year - 1, at["proactive", "normative_documents", "in_force"]] if year else 20
        made[:, year, at["proactive", "normative_documents", "issued"]] = issued
        made[:, year, at["proactive", "normative_documents", "in_force"]] = before + issued
        for row in ("licensing", "penalties", "coercion"):
            made[:, year, at["proactive", row, "decisions"]] = rng.poisson(size * 20)
    governments = np.arange(0, world.agencies, DEPARTMENTS + 1)
    made[governments] = np.add.reduceat(made, governments, axis=0)
    _break(rng, made, at["proactive", "licensing", "decisions"])
    return keys, made


def _break(rng: np.random.Generator, made: Ints, main: int) -> None:
    """A figure off by one, a main figure a thousandfold, all figures another agency's."""
    filings = made.shape[:2]
    broken = np.argwhere(rng.random(filings) < BROKEN)
    made[broken[:, 0], broken[:, 1], rng.integers(10, made.shape[2], len(broken))] += 1
    many = np.argwhere(rng.random(filings) < MULTIPLIED)
    made[many[:, 0], many[:, 1], main] *= 1000
    copied = np.argwhere(rng.random(filings) < TABLES_COPIED)
    made[copied[:, 0], copied[:, 1]] = made[rng.integers(0, len(made), len(copied)), copied[:, 1]]


def _sketches(world: World) -> Sketches:
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
    """The tables that judging reads, in the warehouse's own types, with the agencies and nothing filed."""
    for statement in ddl_statements():
        con.execute(statement)
    con.execute(
        f"""INSERT INTO dim_agency BY NAME
        SELECT 'a' || lpad(i::VARCHAR, 6, '0') AS agency_id, agency_id || '号机关' AS name, 'county' AS level,
               enum_range(NULL::e_sector)[i % {DEPARTMENTS + 1} + 1] AS sector,
               '99' || lpad((i // {DEPARTMENTS + 1})::VARCHAR, 4, '0') AS region_code,
               CASE WHEN i % {DEPARTMENTS + 1} > 0
                    THEN 'a' || lpad((i - i % {DEPARTMENTS + 1})::VARCHAR, 6, '0') END AS parent_agency_id,
               agency_id AS lineage_id, true AS is_registered
        FROM range({world.agencies}) AS t(i)"""
    )


def file(con: duckdb.DuckDBPyConnection, made: Made, year: int, agencies: Sequence[int] | None = None) -> None:
    """Adds the filings of a year (0 the first), of all agencies but a few or of ``agencies``."""
    some = range(len(made.figures)) if agencies is None else agencies
    con.register("given", pa.table({"i": pa.array(some, pa.int32())}))
    report_year = FIRST_YEAR + year
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE filed AS
        SELECT i, 'a' || lpad(i::VARCHAR, 6, '0') AS agency_id, revision,
               agency_id || '-{report_year}-r' || revision AS filing_id, revision = revisions AS is_current
        FROM (SELECT i, CASE WHEN hash(i, {year}) % 50 = 1 THEN 2 ELSE 1 END AS revisions FROM given
              WHERE hash(i, {year}) % 200 <> 0 OR {agencies is not None}),
             unnest(range(1, revisions + 1)) AS t(revision)"""
    )
    con.execute(
        f"""INSERT INTO dim_filing BY NAME
        SELECT agency_id, {report_year} AS report_year, filing_id, revision, is_current,
               CASE WHEN i % {DEPARTMENTS + 1} = 0 THEN 'area' ELSE 'own' END AS scope,
               '2021' AS form, 'text/html' AS media_type, sha256(filing_id) AS sha256,
               'https://www.example.cn/' || agency_id || '/{report_year}.html' AS url,
               make_date({report_year + 1}, 1, 20) + (hash(filing_id) % 33 = 0)::INTEGER * 40 AS published_on,
               make_timestamp({report_year + 1}, 2 + revision, 5, 0, 0, 0) AS retrieved_at
        FROM filed"""
    )
    _file_tables(con, made, year, list(some))
    _file_prose(con, made, year, list(some))
    con.execute("DROP TABLE filed")
    con.unregister("given")


def _file_tables(con: duckdb.DuckDBPyConnection, made: Made, year: int, agencies: Sequence[int]) -> None:
    """The cells; zeros left blank by one filing in twenty, one figure of a corrected report changed."""
    cells = len(made.keys)
    parts = zip(*made.keys, strict=True)
    names = dict(zip(("form_table", "row_code", "column_code"), map(list, parts), strict=True))
    con.register("names", pa.table({**names, "n": range(cells)}))
    con.register("given", pa.table({
        "i": np.repeat(np.array(agencies, dtype=np.int32), cells),
        "n": np.tile(np.arange(cells, dtype=np.int32), len(agencies)),
        "figure": made.figures[agencies, year].ravel(),
    }))  # fmt: skip
    con.execute(
        f"""INSERT INTO cell BY NAME
        SELECT filing_id, form_table, row_code, column_code, value, coalesce(value::VARCHAR, '') AS raw,
               CASE WHEN value IS NULL THEN 'blank' ELSE 'reported' END AS status, 'grid' AS method
        FROM (SELECT f.filing_id, n, CASE WHEN hash(f.i) % 20 <> 0 OR figure > 0 OR column_code = 'total'
                     THEN figure + (f.revision > 1 AND n = hash(f.i) % {cells})::INTEGER END AS value,
                     form_table, row_code, column_code
              FROM given JOIN names USING (n) JOIN filed AS f USING (i))"""
    )


def _file_prose(con: duckdb.DuckDBPyConnection, made: Made, year: int, agencies: Sequence[int]) -> None:
    con.register("given", pa.table({
        "i": np.array(agencies, dtype=np.int32),
        "sketch": pa.FixedSizeListArray.from_arrays(pa.array(made.sketches[agencies, year].ravel()), HASHES),
    }))  # fmt: skip
    con.execute(
        """INSERT INTO narrative BY NAME
        SELECT filing_id, 3000 AS characters, sketch::UINTEGER[] AS sketch FROM given JOIN filed USING (i)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE total AS
        SELECT filing_id, form_table || '.' || row_code || '.total' AS metric,
               row_code::VARCHAR AS row_code, value, scope
        FROM cell JOIN dim_filing USING (filing_id) SEMI JOIN filed USING (filing_id)
        WHERE column_code = 'total' AND row_code IN ('received_new', 'received_carried_over', 'granted',
            'partly_granted', 'concluded_total', 'carried_forward', 'review', 'litigation_direct')"""
    )
    con.execute(
        """INSERT INTO claim BY NAME
        SELECT filing_id, row_number() OVER (PARTITION BY filing_id ORDER BY row_code) AS claim_no, metric,
               value + (hash(filing_id, row_code) % 100 = 0)::INT AS value, scope,
               '全年共收到和办理政府信息公开申请，其中' || row_code || value::INTEGER
                   || '件，均按规定期限答复。' AS sentence
        FROM total"""
    )
    con.execute(
        """INSERT INTO statement BY NAME
        SELECT filing_id, 1 AS statement_no, 'period' AS kind, make_date(report_year, 1, 1) AS first_day,
               make_date(report_year, 12, 31) - (hash(filing_id) % 100 = 0)::INTEGER AS last_day,
               '本报告所列数据的统计期限。' AS sentence, scope
        FROM dim_filing SEMI JOIN filed USING (filing_id)
        UNION ALL BY NAME
        SELECT filing_id, 2 AS statement_no, 'all_concluded' AS kind, '均已办结。' AS sentence, scope
        FROM dim_filing SEMI JOIN filed USING (filing_id) WHERE hash(filing_id) % 50 = 0
        UNION ALL BY NAME
        SELECT filing_id, 3 AS statement_no, 'form_cited' AS kind,
               CASE WHEN hash(filing_id) % 200 = 1 THEN '2019' ELSE '2021' END AS metric,
               '本报告根据规定的格式编制。' AS sentence, scope
        FROM dim_filing SEMI JOIN filed USING (filing_id)
        UNION ALL BY NAME
        SELECT g.filing_id, 4 AS statement_no, 'percentage' AS kind, g.metric,
               CASE WHEN hash(g.filing_id) % 3 = 0 THEN c.metric END AS base, '占比。' AS sentence, g.scope,
               round(100 * g.value / c.value, 1) + (hash(g.filing_id) % 80 = 0)::INTEGER AS value
        FROM total AS g JOIN total AS c USING (filing_id)
        WHERE g.row_code = 'granted' AND c.row_code = 'concluded_total' AND c.value > 0
          AND hash(g.filing_id) % 4 = 0
        UNION ALL BY NAME
        SELECT filing_id, 5 AS statement_no, 'breakdown' AS kind, metric, value,
               [value // 2, value - value // 2 + (hash(filing_id) % 90 = 0)::INTEGER] AS parts,
               '其中两类。' AS sentence, scope
        FROM total WHERE row_code = 'received_new' AND value > 3"""
    )
    con.execute("DROP TABLE total")
