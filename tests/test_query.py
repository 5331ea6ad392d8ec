"""Unvetted SQL: what works, what is refused, what ends in time."""

import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from warehouse import query_worker
from warehouse.publish import build_path, publish
from warehouse.query import QueryFailed, QueryRefused, run_query

SECRET = "a line that no query may read"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    path = build_path(folder, "1")
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE cell AS SELECT range AS n, 'x' || range AS name FROM range(50)")
        con.execute("CREATE VIEW v_cell AS SELECT count(*) AS cells FROM cell")
        con.execute(
            "CREATE TABLE kinds AS SELECT unnest(['a', 'b', 'a'])::ENUM('a', 'b') AS kind, 1.5::DECIMAL(18,4) AS value"
        )
    (path.parent / "secret.csv").write_text(SECRET, "utf-8")
    publish(folder, path)
    return folder


@pytest.fixture(scope="module")
def warehouse(home: Path) -> Path:
    return home / "warehouse" / "warehouse.duckdb"


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("SELECT count(*) FROM cell", 1),
        ("select n from cell order by n desc limit 3;", 3),
        ("-- what there is\nFROM cell LIMIT 2", 2),
        ("TABLE v_cell", 1),
        ("VALUES (1), (2)", 2),
        ("WITH x AS (SELECT 1 AS a) SELECT * FROM x UNION ALL SELECT 2", 2),
        ("WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x WHERE a < 5) FROM x", 5),
        ("DESCRIBE cell", 2),
        ("SHOW TABLES", 3),
        ("SUMMARIZE cell", 2),
        ("EXPLAIN SELECT * FROM cell", 1),
        ("EXPLAIN ANALYZE SELECT count(*) FROM cell", 1),
        ("PIVOT kinds ON kind IN ('a', 'b') USING sum(value)", 1),
        ("SELECT * FROM information_schema.tables WHERE table_schema = 'main'", 3),
        ("SELECT column_name FROM duckdb_columns() WHERE table_name = 'cell'", 2),
        ("SELECT list_transform([1, 2], lambda x: x + 1) AS l, {'a': 1} AS s, 'it''s; -- no comment' AS t", 1),
        ("FROM range(4)", 4),
        ("SELECT n FROM cell WHERE name IN (SELECT name FROM cell WHERE n < 3) AND n < (SELECT max(n) FROM cell)", 3),
    ],
)
def test_reading_works(warehouse: Path, sql: str, count: int) -> None:
    result = run_query(warehouse, sql)
    assert result.table.num_rows == count and not result.truncated


def test_values_come_back_typed(warehouse: Path) -> None:
    table = run_query(warehouse, "SELECT kind, sum(value) AS value FROM kinds GROUP BY kind ORDER BY kind").table
    assert [(str(row["kind"]), str(row["value"])) for row in table.to_pylist()] == [("a", "3.0000"), ("b", "1.5000")]


def test_more_rows_than_the_limit_are_cut_and_said_so(warehouse: Path) -> None:
    cut = run_query(warehouse, "SELECT n FROM cell ORDER BY n", limit=10)
    assert cut.truncated and cut.table.column("n").to_pylist() == list(range(10))
    whole = run_query(warehouse, "SELECT n FROM cell", limit=50)
    assert not whole.truncated and whole.table.num_rows == 50


REFUSED = [
    "INSERT INTO cell VALUES (1, 'x')",
    "UPDATE cell SET n = 0",
    "DELETE FROM cell",
    "TRUNCATE cell",
    "MERGE INTO cell USING (SELECT 1 AS n) s ON cell.n = s.n WHEN MATCHED THEN DELETE",
    "DROP TABLE cell",
    "DROP VIEW v_cell",
    "ALTER TABLE cell ADD COLUMN z INT",
    "CREATE TABLE z AS SELECT 1 AS a",
    "CREATE TEMP TABLE z AS SELECT 1 AS a",
    "CREATE OR REPLACE VIEW v_cell AS SELECT 1 AS a",
    "CREATE MACRO m() AS 1",
    "COMMENT ON TABLE cell IS 'x'",
    "EXPLAIN ANALYZE DELETE FROM cell",
    "EXPLAIN INSERT INTO cell VALUES (1, 'x')",
    "SELECT 1; DROP TABLE cell",
    "SELECT 1; SELECT 2",
    "",
    "-- nothing",
    ";",
    "ATTACH 'other.duckdb'",
    "ATTACH ':memory:' AS other",
    "DETACH warehouse",
    "USE memory",
    "COPY cell TO 'out.csv'",
    "COPY cell FROM 'secret.csv'",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "EXPORT DATABASE 'out'",
    "IMPORT DATABASE 'out'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "FORCE INSTALL json",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "SET VARIABLE a = 1",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "PRAGMA memory_limit='1TB'",
    "CALL duckdb_settings()",
    "CALL pragma_version()",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN TRANSACTION",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "SELECT * FROM 'secret.csv'",
    'SELECT * FROM "secret.csv"',
    "FROM './secret.csv'",
    "FROM 'https://example.org/a.parquet'",
    "FROM '*.csv'",
    "DESCRIBE 'secret.csv'",
    "SUMMARIZE 'secret.csv'",
    "SELECT * FROM read_csv('secret.csv')",
    "SELECT * FROM read_csv_auto('secret.csv')",
    "SELECT * FROM READ_TEXT('secret.csv')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('x.json')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM parquet_scan('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM sniff_csv('secret.csv')",
    "SELECT * FROM glob('*')",
    "SELECT (SELECT content FROM read_text('secret.csv')) AS a",
    "WITH x AS (FROM read_text('secret.csv')) FROM x",
    "SELECT * FROM cell, LATERAL (SELECT * FROM read_text('secret.csv'))",
    "SELECT n FROM cell WHERE name IN (SELECT content FROM read_text('secret.csv'))",
    "EXPLAIN SELECT * FROM read_text('secret.csv')",
    "SELECT * FROM query('DROP TABLE cell')",
    "FROM query_table('secret.csv')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "SELECT * FROM pandas_scan(1, 2, 3)",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_databases",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM system.main.duckdb_databases",
    "SELECT * FROM pg_catalog.pg_database",
    "SHOW DATABASES",
    "SELECT getenv('HOME')",
    "SELECT GETENV('HOME')",
    "SELECT current_setting('temp_directory')",
    "SELECT list_transform([1], lambda x: getenv('HOME'))",
    "SELECT n FROM cell ORDER BY getenv('HOME')",
    "SELECT pg_sleep(1)",
    "SELECT write_log('x')",
    "PIVOT kinds ON kind USING sum(value)",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_everything_else_is_refused(sql: str) -> None:
    """The look at the query alone, without a process for each."""
    with pytest.raises((query_worker.Refused, duckdb.PermissionException, duckdb.ParserException)) as caught:
        query_worker.refuse(sql)
    # What DuckDB 1.5 has no grammar for is an error; everything else is told in both languages.
    if caught.type is query_worker.Refused:
        message = str(caught.value)
        assert " / " in message and any("\u4e00" <= character <= "\u9fff" for character in message)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE cell",
        "CREATE TEMP TABLE z AS SELECT 1 AS a",
        "SELECT 1; DROP TABLE cell",
        "COPY cell TO 'out.csv'",
        "IMPORT DATABASE '.'",
        "ATTACH 'other.duckdb'",
        "SELECT * FROM 'secret.csv'",
        "SELECT * FROM read_text('secret.csv')",
        "SET enable_external_access = true",
        "SELECT getenv('HOME')",
    ],
)
def test_a_refused_query_leaves_no_trace_and_learns_nothing(warehouse: Path, sql: str) -> None:
    before = warehouse.read_bytes()
    (warehouse.parent / "schema.sql").write_text(SECRET, "utf-8")
    with pytest.raises(QueryRefused) as caught:
        run_query(warehouse, sql)
    message = str(caught.value)
    assert " / " in message and any("\u4e00" <= character <= "\u9fff" for character in message)
    assert SECRET not in message
    assert warehouse.read_bytes() == before
    assert sorted(path.name for path in warehouse.parent.iterdir()) == [
        "schema.sql", "secret.csv", "warehouse-1.duckdb", "warehouse.duckdb",
    ]  # fmt: skip


def test_a_writing_cte_does_not_get_through(warehouse: Path) -> None:
    # A syntax error in DuckDB 1.5, a refusal in 2.0.
    with pytest.raises((QueryRefused, QueryFailed)):
        run_query(warehouse, "WITH x AS (DELETE FROM cell RETURNING *) SELECT * FROM x")
    assert run_query(warehouse, "SELECT count(*) AS n FROM cell").table.column("n").to_pylist() == [50]


def test_duckdbs_own_doors_are_shut_without_the_look_at_the_query(warehouse: Path) -> None:
    """The lock-down holds for itself, should the syntax check let something through."""
    script = (
        "import sys, json; sys.path.insert(0, 'warehouse'); import query_worker as w\n"
        "request = dict(path=sys.argv[1], limit=5, threads=1, memory_mb=256)\n"
        "w.limit_process(10, 256, 1)\n"
        "for sql in json.loads(sys.argv[2]):\n"
        "    try:\n        print('DONE', sql, w.run({**request, 'sql': sql})[0].to_pylist())\n"
        "    except Exception as error:\n        print(type(error).__name__)\n"
    )
    attacks = [
        "SELECT * FROM read_text('secret.csv')",
        "SELECT * FROM 'secret.csv'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM request",
        "COPY cell TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "INSERT INTO cell VALUES (1, 'x')",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "LOAD httpfs",
        "INSTALL httpfs",
    ]
    out = subprocess.run(
        [sys.executable, "-c", script, str(warehouse.resolve()), json.dumps(attacks)],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert len(out) == len(attacks)
    assert not [line for line in out if line.startswith("DONE")], out


@pytest.mark.parametrize("sql", ["SELECT * FROM nothing", "SELEC 1", "SELECT error('x')", "SELECT 1 / 'x'", "SELECT ?"])
def test_an_error_in_the_query_is_told(warehouse: Path, sql: str) -> None:
    with pytest.raises(QueryFailed, match="查询出错 / The query has an error"):
        run_query(warehouse, sql)


def test_a_query_without_end_is_stopped_in_time(warehouse: Path) -> None:
    start = time.monotonic()
    with pytest.raises(QueryFailed, match="2 秒"):
        run_query(warehouse, "SELECT count(*) FROM range(1000000000000) a, range(1000000) b", timeout_s=2)
    assert time.monotonic() - start < 6


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT md5(repeat('x', 4000000000))",
        "SELECT list(range) FROM range(3000000000)",
        "SELECT repeat('x', 100000000) FROM range(100)",
    ],
)
def test_a_query_that_wants_too_much_memory_fails(warehouse: Path, sql: str) -> None:
    with pytest.raises(QueryFailed):
        run_query(warehouse, sql, memory_mb=256, timeout_s=20)


def test_a_result_too_large_to_hand_over_is_refused(warehouse: Path) -> None:
    with pytest.raises(QueryRefused, match="MB"):
        run_query(warehouse, "SELECT repeat('x', 10000000) FROM range(30)", memory_mb=1024)


def test_the_published_build_is_the_one_that_is_read(home: Path) -> None:
    newer = build_path(home, "2")
    with duckdb.connect(str(newer)) as con:
        con.execute("CREATE TABLE only_here AS SELECT 1 AS a")
    link = home / "warehouse" / "warehouse.duckdb"
    publish(home, newer)
    assert run_query(link, "FROM only_here").table.num_rows == 1
    publish(home, build_path(home, "1"))
    newer.unlink()
    with pytest.raises(QueryFailed):
        run_query(link, "FROM only_here")


def test_a_warehouse_that_is_not_there_and_senseless_limits(tmp_path: Path, warehouse: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_query(tmp_path / "none.duckdb", "SELECT 1")
    for wrong in ({"limit": 0}, {"timeout_s": 0}, {"memory_mb": 1}, {"threads": 0}):
        with pytest.raises(ValueError):
            run_query(warehouse, "SELECT 1", **wrong)
