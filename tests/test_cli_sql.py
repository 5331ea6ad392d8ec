"""Read-only SQL from the command line, in every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import Ogi

QUERY = "SELECT name, sum(value) AS received, NULL AS nothing FROM fact_applications JOIN dim_filing USING (filing_id) JOIN dim_agency USING (agency_id) WHERE item = 'received_new' AND value IS NOT NULL GROUP BY name ORDER BY name"  # noqa: E501


def test_the_formats_agree(ogi: Ogi, published: Path, tmp_path: Path) -> None:
    def run(output: str, *more: object) -> str:
        done = ogi("sql", QUERY, "--format", output, "--home", published, *more)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    rows = json.loads(run("json"))
    assert len(rows) == 3 and all(isinstance(row["received"], int) and row["nothing"] is None for row in rows)
    as_csv = list(csv.DictReader(io.StringIO(run("csv"))))
    assert as_csv == [{"name": row["name"], "received": str(row["received"]), "nothing": ""} for row in rows]
    shown = run("table")
    assert all(row["name"] in shown and str(row["received"]) in shown for row in rows)
    file = tmp_path / "rows.parquet"
    assert run("parquet", "--output", file) == ""
    assert [row["name"] for row in pq.read_table(file).to_pylist()] == [row["name"] for row in rows]
    written = tmp_path / "rows.csv"
    assert run("csv", "--output", written) == "" and written.read_text("utf-8") == run("csv")


def test_a_table_cuts_what_is_too_long_and_says_so(ogi: Ogi, published: Path) -> None:
    query = "SELECT repeat('长', 200) AS long"
    assert ogi("sql", query, "--home", published).stdout.splitlines()[-1] == "长" * 79 + "…"
    assert ogi("sql", query, "--home", published, "--format", "csv").stdout == f"long\n{'长' * 200}\n"


def test_more_rows_than_the_limit_are_said_to_be_more(ogi: Ogi, published: Path) -> None:
    done = ogi("sql", "FROM cell", "--limit", 5, "--format", "csv", "--home", published)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 6
    assert "5" in done.stderr and "--limit" in done.stderr
    assert ogi("sql", "FROM cell LIMIT 5", "--limit", 5, "--home", published).stderr == ""


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM dim_filing",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY cell TO 'cell.csv'",
        "SELECT nonsense FROM dim_filing",
        "",
    ],
)
def test_a_query_that_is_refused_or_fails_ends_with_1(ogi: Ogi, published: Path, query: str) -> None:
    done = ogi("sql", query, "--home", published)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr and "Traceback" not in done.stderr


def test_the_home_may_come_from_the_environment(ogi: Ogi, published: Path) -> None:
    done = ogi("sql", "SELECT 40 + 2 AS answer", "--format", "csv", OGI_HOME=str(published))
    assert done.stdout == "answer\n42\n"


def test_digest_and_list_without_a_warehouse_say_what_to_do(ogi: Ogi, tmp_path: Path) -> None:
    for command in ("list", "digest", "rollback"):
        done = ogi("warehouse", command, "--home", tmp_path)
        assert (done.returncode, done.stdout) == (1, "") and "ogi run" in done.stderr
