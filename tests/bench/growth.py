"""A warehouse of a million filings: loading it, judging it, publishing it, a night on top of it, and the cookbook.

Run as ``python -m tests.bench.growth [--filings N] [--night N] [--folder DIR] [--judge]``. Every step is a process of
its own, so that its peak of memory is its own. The made-up filings are kept in ``--folder`` as Parquet; what is there
already is not made again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from expectations.judge import judge
from expectations.touched import drop_issues, lineages_of
from tests.bench.world import Made, World, create, file, make
from tests.cookbook import questions
from tests.memory import peak_mib
from transform.cells import cell_codes
from transform.contracts import framed_contracts, load_contracts
from transform.dimensions import dictionary_frame, form_frames
from transform.frames import empty
from transform.typed import arrow_schema
from warehouse.build import Change, amend, begin, begin_on, complete, finish, load, open_draft
from warehouse.compare import compare
from warehouse.publish import build_path, folder_of, publish

YEARS = 10
CHUNK = 5_000
"""Agencies that are written at once: some ten million cells."""

_OF_FILINGS = ("dim_filing", "document", "cell", "claim", "statement", "narrative", "capture", "fact_applications",
               "fact_reviews", "fact_litigation", "fact_proactive", "fact_reported_totals")  # fmt: skip

_FACTS = {
    "fact_applications": "SELECT filing_id, row_code AS item, column_code AS applicant, value, status FROM cell "
    "ANTI JOIN total USING (form_table, row_code, column_code) WHERE form_table = 'applications'",
    "fact_reviews": "SELECT filing_id, column_code AS result, value, status FROM cell "
    "ANTI JOIN total USING (form_table, row_code, column_code) "
    "WHERE form_table = 'review_litigation' AND row_code = 'review'",
    "fact_litigation": "SELECT filing_id, replace(row_code::VARCHAR, 'litigation_', '') AS route, "
    "column_code AS result, value, status FROM cell ANTI JOIN total USING (form_table, row_code, column_code) "
    "WHERE form_table = 'review_litigation' AND row_code <> 'review'",
    "fact_proactive": "SELECT filing_id, row_code AS item, column_code AS measure, value, status FROM cell "
    "WHERE form_table = 'proactive'",
    "fact_reported_totals": "SELECT filing_id, form_table, row_code, column_code, value, status FROM cell "
    "SEMI JOIN total USING (form_table, row_code, column_code) "
    "WHERE form_table IN ('applications', 'review_litigation')",
    "document": "SELECT sha256, url, agency_id || '/' || report_year || '.html' AS source_name, media_type, "
    "filing_id, 'bench' AS reader, retrieved_at FROM dim_filing",
    "capture": "SELECT url, retrieved_at AS fetched_at, 200 AS http_status, sha256, media_type FROM dim_filing",
}


def write_parquet(folder: Path, filings: int) -> None:
    """Makes the tables of ``filings`` filings as Parquet, sorted by filing, a file per table and ``CHUNK`` agencies."""
    world = World(filings // YEARS, YEARS)
    made = make(World(world.agencies, YEARS + 1, world.seed))
    with duckdb.connect(config={"threads": 2, "memory_limit": "8GB"}) as con:
        prepare(con, world)
        for start in range(0, world.agencies, CHUNK):
            agencies = range(start, min(start + CHUNK, world.agencies))
            for year in range(YEARS):
                file(con, made, year, agencies)
            for name in _OF_FILINGS:
                write(con, name, folder / name / f"{start:08d}.parquet")
                con.execute(f"DELETE FROM {name}")
            print(f"made {agencies.stop:>8} of {world.agencies} agencies", file=sys.stderr, flush=True)
        write(con, "dim_agency", folder / "dim_agency" / "0.parquet")


def prepare(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """The tables with the agencies, and the totals of the form."""
    create(con, world)
    known, names = cell_codes(), list(cell_codes().number)
    totals = [key for key, total in zip(names, known.is_total, strict=True) if total]
    con.register("keys", pa.table(dict(zip(("form_table", "row_code", "column_code"), zip(*totals, strict=True),
                                           strict=True))))  # fmt: skip
    con.execute("CREATE TABLE total AS FROM keys")
    con.execute(
        """UPDATE dim_agency SET province = '示例' || (left(region_code, 4)::INTEGER % 31) || '省',
        prefecture = '示例' || left(region_code, 5) || '市', county = '示例' || region_code || '县'"""
    )


def write(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Writes a table, or the facts that are cut from it, by key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contract = load_contracts()[name]
    source = f"({_FACTS[name]})" if name in _FACTS else name
    lacking = {column.name for column in contract.columns} - {
        row[0] for row in con.execute(f"DESCRIBE FROM {source}").fetchall()
    }
    nothing = "".join(f", NULL AS {column}" for column in sorted(lacking))
    schema = arrow_schema(contract)
    chosen = ", ".join(f"{column.name}{'::VARCHAR' if column.enum else ''} AS {column.name}"
                       for column in contract.columns)  # fmt: skip
    found = con.sql(f"SELECT {chosen} FROM (SELECT *{nothing} FROM {source}) ORDER BY {', '.join(contract.key)}")
    flat = pa.schema([pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in schema])
    with pq.ParquetWriter(path, flat, compression="zstd") as writer:
        for batch in found.to_arrow_reader(1_000_000):
            writer.write_table(pa.Table.from_batches([batch]).cast(flat))


def step(work: Callable[..., dict[str, Any]], *given: str) -> dict[str, Any]:
    """Runs a function of this module in a process of its own; what it tells, with its seconds and peak of memory."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.growth", "--step", work.__name__, *given], stdout=subprocess.PIPE,
        check=True, text=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    numbers = ", ".join(f"{key} {value:,.2f}" if isinstance(value, float) else f"{key} {value:,}"
                        for key, value in told.items())  # fmt: skip
    print(f"{work.__name__:16} {numbers}", flush=True)
    return told


def bare(folder: str, target: str) -> dict[str, Any]:
    """The same Parquet by a bare CREATE TABLE AS into a file of its own."""
    with duckdb.connect(target, config={"threads": 2}) as con:
        rows = 0
        for name in sorted(path.name for path in Path(folder).iterdir() if path.is_dir()):
            con.execute(f"CREATE TABLE {name} AS FROM '{folder}/{name}/*.parquet'")
            rows += _count(con, name)
        con.execute("CHECKPOINT")
    return {"rows": rows}


def loading(folder: str, home: str) -> dict[str, Any]:
    """Our load of the same Parquet: into closed sets and decimals, by way of Arrow."""
    tables: dict[str, Any] = {**{name: empty(name) for name in framed_contracts()}, **form_frames()}
    tables["data_dictionary"] = dictionary_frame()
    for path in Path(folder).iterdir():
        if path.is_dir():
            tables[path.name] = ds.dataset(sorted(path.glob("*.parquet")))
    draft = begin(build_path(Path(home), "1"))
    with open_draft(draft) as con:
        load(con, tables)
        rows = sum(_count(con, name) for name in tables)
    kept = draft.with_name("draft")
    draft.rename(kept)
    return {"rows": rows, "bytes": kept.stat().st_size}


def judging(home: str) -> dict[str, Any]:
    """Every rule over every filing."""
    with open_draft(folder_of(Path(home)) / "draft") as con:
        judged = judge(con)
        load(con, {"quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell})
    return {"issues": len(judged.quality_issue)}


def completing(home: str) -> dict[str, Any]:
    """Derived tables, views and the checks of the contracts."""
    with open_draft(folder_of(Path(home)) / "draft") as con:
        complete(con)
    return {}


def swapping(home: str) -> dict[str, Any]:
    """A complete draft becomes the published build."""
    target = build_path(Path(home), "1")
    finish(folder_of(Path(home)) / "draft", target)
    publish(Path(home), target)
    return {"bytes": target.stat().st_size}


def asking(home: str) -> dict[str, Any]:
    """Every question of the cookbook on an open connection: milliseconds, the middle of three runs."""
    times = {}
    with duckdb.connect(str(build_path(Path(home), "1")), read_only=True, config={"threads": 2}) as con:
        for question in questions():
            taken = []
            for _ in range(3):
                began = perf_counter()
                con.execute(question.sql).fetchall()
                taken.append(1000 * (perf_counter() - began))
            times[question.title] = sorted(taken)[1]
    for title, milliseconds in sorted(times.items(), key=lambda item: -item[1]):
        print(f"{milliseconds:8.1f} ms  {title}", file=sys.stderr)
    return {"queries": len(times), "median_ms": median(times.values()), "slowest_ms": max(times.values())}


def night(home: str, filings: str, agencies: str) -> dict[str, Any]:
    """So many new filings on top: the file is copied, changed, judged, checked, compared and published."""
    seconds: dict[str, Any] = {}
    began = perf_counter()

    def told(what: str) -> None:
        nonlocal began
        seconds[what], began = perf_counter() - began, perf_counter()

    tables, change = new_filings(Path(home), int(filings), int(agencies))
    told("seconds_making")
    base = build_path(Path(home), "1")
    draft, _ = begin_on(build_path(Path(home), "2"), base)
    told("seconds_copy")
    with open_draft(draft, base) as con:
        amend(con, tables, change)
    told("seconds_amend")
    with open_draft(draft) as con:
        lineages = lineages_of(con, change.agencies)
        drop_issues(con, lineages)
        judged = judge(con, lineages=lineages)
        load(con, {"quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell})
    told("seconds_judge")
    with open_draft(draft) as con:
        complete(con, change)
    told("seconds_complete")
    with open_draft(draft, base) as con:
        compare(con, change)
    told("seconds_compare")
    finish(draft, build_path(Path(home), "2"))
    publish(Path(home), build_path(Path(home), "2"))
    told("seconds_publish")
    return {**seconds, "filings": len(change.filings), "bytes": build_path(Path(home), "2").stat().st_size}


def new_filings(home: Path, filings: int, agencies: int) -> tuple[dict[str, Any], Change]:
    """The tables that a night with new reports of ``filings`` agencies brings: all reports of these agencies."""
    world = World(agencies, YEARS)
    base = str(build_path(home, "1"))
    new = range(0, agencies, max(1, agencies // filings))
    made = _last_year(world)
    names = [f"a{number:06d}" for number in new]
    with duckdb.connect(config={"threads": 2, "memory_limit": "6GB"}) as con:
        prepare(con, world)
        file(con, made, YEARS, new)
        con.execute(f"ATTACH '{base}' AS base (READ_ONLY)")
        con.register("going", pa.table({"key": names}))
        known = "SELECT filing_id FROM base.dim_filing WHERE agency_id IN (FROM going)"
        tables: dict[str, Any] = {name: empty(name) for name in framed_contracts()}
        for name in _OF_FILINGS:
            contract = load_contracts()[name]
            columns = ", ".join(column.name for column in contract.columns)
            source = f"({_FACTS[name]})" if name in _FACTS else name
            found = {row[0] for row in con.execute(f"DESCRIBE FROM {source}").fetchall()}
            own = ", ".join(c.name if c.name in found else f"NULL AS {c.name}" for c in contract.columns)
            key = "filing_id" if "filing_id" in columns else None
            old = f"SELECT {columns} FROM base.{name}" + (f" WHERE filing_id IN ({known})" if key else "")
            tables[name] = con.sql(f"SELECT {own} FROM {source} UNION ALL {old}").to_arrow_table()
        tables["dim_agency"] = con.sql("FROM base.dim_agency").to_arrow_table()
        ids = con.execute(f"SELECT filing_id FROM dim_filing UNION {known}").fetchall()
        documents = con.execute(
            f"SELECT sha256 FROM dim_filing UNION SELECT sha256 FROM base.document WHERE filing_id IN ({known})"
        ).fetchall()
    change = Change(frozenset(row[0] for row in ids), frozenset(row[0] for row in documents), frozenset(names))
    return tables, change


def _last_year(world: World) -> Made:
    return make(World(world.agencies, YEARS + 1, world.seed))


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(row[0]) if row else 0


STEPS = {work.__name__: work for work in (bare, loading, judging, completing, swapping, asking, night)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=1_000_000)
    parser.add_argument("--night", type=int, default=500)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", nargs="+")
    given: Any = parser.parse_args()
    if given.step:
        began = perf_counter()
        told = STEPS[given.step[0]](*given.step[1:])
        print(json.dumps({"seconds": perf_counter() - began, **told, "peak_mib": peak_mib()}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        parquet, home = folder / f"parquet-{given.filings}", folder / "home"
        if not (parquet / "dim_agency").exists():
            write_parquet(parquet, given.filings)
        shutil.rmtree(home, ignore_errors=True)
        lone = folder / "bare.duckdb"
        lone.unlink(missing_ok=True)
        plain = step(bare, str(parquet), str(lone))
        lone.unlink()
        ours = step(loading, str(parquet), str(home))
        print(f"rows a second: bare {plain['rows'] / plain['seconds']:,.0f}, "
              f"ours {ours['rows'] / ours['seconds']:,.0f}")  # fmt: skip
        step(judging, str(home))
        step(completing, str(home))
        published = step(swapping, str(home))
        print(f"bytes per filing {published['bytes'] / given.filings:,.0f}")
        step(asking, str(home))
        step(night, str(home), str(given.night), str(given.filings // YEARS))


if __name__ == "__main__":
    main()
