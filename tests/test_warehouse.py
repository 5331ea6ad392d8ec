"""Building, digesting and publishing warehouse files; the views."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import NOON, failed_reading, reading, record, register
from transform.contracts import framed_contracts, load_contracts
from transform.frames import build_frames
from transform.typed import rows_frame
from warehouse import digest as digest_module
from warehouse import verify
from warehouse.build import BuildError, begin, begin_on, build, discard, load, open_draft, remove_leftovers
from warehouse.copying import copy
from warehouse.digest import digest
from warehouse.publish import LINK, PublishError, build_path, builds, folder_of, publish, published, rollback
from warehouse.verify import broken
from warehouse.views import ViewError, load_view, load_views

RECEIVED = ("applications", "received_new", "natural_person")
INFO = {"build_id": "b1", "built_at": NOON}


def made_frames() -> dict[str, pd.DataFrame]:
    own = {
        RECEIVED: 7,
        ("applications", "received_new", "commercial_enterprise"): "blank",
        ("applications", "received_new", "total"): 7,
        ("applications", "refused.state_secret", "natural_person"): 2,
        ("applications", "refused.prohibited_by_law", "natural_person"): 3,
        ("applications", "concluded_total", "total"): "blank",
        ("proactive", "fees", "amount"): 21643.44,
        ("review_litigation", "litigation_direct", "upheld"): 4,
    }
    claim = {"metric": "applications.received_new.total", "value": 7, "sentence": "新收7件", "scope": "own"}
    frames = build_frames(
        [
            record(reading(cells={RECEIVED: 5})),
            record(reading(cells=own, claims=[claim]), retrieved_at=NOON + timedelta(days=1)),
            record(reading(cells={RECEIVED: 90}, scope="area", agency="示例县人民政府")),
            record(reading(year=2020, form="2019", cells={RECEIVED: 1})),
            record(failed_reading()),
        ],
        register(),
        build_info=INFO,
    )
    frames["quality_issue"] = rows_frame(
        "quality_issue",
        [
            issue("1", "new-2024-own-r2", "error", "filing"),
            issue("2", "new-2024-own-r2", "warning", "filing"),
            issue("3", "new-2024-own-r2", "warning", "extraction"),
            issue("4", "new-2024-own-r2", "error", "filing"),
            issue("5", "new-2024-own-r1", "error", "filing"),
            issue("6", None, "warning", "filing", rule="filing_missing", agency_id="new", report_year=2022),
        ],
    )
    frames["review"] = rows_frame(
        "review",
        [
            {"issue_id": f"{4:016x}", "review_no": 1, "decision": "waiting", "decided_at": NOON},
            {"issue_id": f"{4:016x}", "review_no": 2, "decision": "dismissed", "decided_at": NOON},
        ],
    )
    return frames


def issue(number: str, filing_id: str | None, severity: str, origin: str, **more: Any) -> dict[str, Any]:
    return {
        "issue_id": f"{int(number):016x}", "filing_id": filing_id, "rule": "review_sum", "severity": severity,
        "origin": origin, "place": f"place {number}", "message_zh": "一", "message_en": "a",
        "first_seen_at": NOON, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return made_frames()


@pytest.fixture(scope="module")
def built(frames: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "w.duckdb"
    build(frames, path)
    return path


@pytest.fixture
def con(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_every_stored_table_arrives_whole(con: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame]) -> None:
    names = {name for (name,) in rows(con, "SELECT table_name FROM duckdb_tables()")}
    assert names == set(load_contracts())
    for table in load_contracts().keys() & framed_contracts().keys() - {"data_dictionary"}:
        assert rows(con, f"SELECT count(*) FROM {table}") == [(len(frames[table]),)], table


def test_columns_have_their_contracts_types(con: duckdb.DuckDBPyConnection) -> None:
    for contract in load_contracts().values():
        found = rows(con, f"SELECT column_name, data_type, is_nullable FROM duckdb_columns() "
                          f"WHERE table_name = '{contract.table}' ORDER BY column_index")  # fmt: skip
        assert [name for name, _, _ in found] == [column.name for column in contract.columns]
        for (_, kind, nullable), column in zip(found, contract.columns, strict=True):
            assert kind.startswith("ENUM") if column.enum else kind == column.type
            assert nullable == column.nullable


def test_tables_columns_and_views_have_comments_in_both_languages(con: duckdb.DuckDBPyConnection) -> None:
    for source in ("duckdb_tables()", "duckdb_columns()", "duckdb_views()"):
        comments = rows(con, f"SELECT comment FROM {source} WHERE NOT internal")
        assert comments and all(comment and " / " in comment for (comment,) in comments), source


def test_figures_are_exact(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "SELECT value FROM fact_proactive WHERE item = 'fees' AND filing_id = 'new-2024-own-r2'") == [
        (Decimal("21643.4400"),)
    ]
    assert rows(con, "SELECT bbox, page FROM cell LIMIT 1") == [([10.0, 20.0, 30.5, 40.0], 1)]


def test_the_file_stands_alone(built: Path) -> None:
    assert [path.name for path in built.parent.iterdir()] == ["w.duckdb"]


def test_codes_join_to_their_dimensions(con: duckdb.DuckDBPyConnection) -> None:
    for fact, column, dimension, key in [
        ("fact_applications", "item", "dim_item", "item"),
        ("fact_applications", "applicant", "dim_applicant", "code"),
        ("fact_proactive", "measure", "dim_measure", "code"),
        ("fact_reviews", "result", "dim_result", "code"),
    ]:
        joined = rows(con, f"SELECT count(*) FROM {fact} f JOIN {dimension} d ON d.{key} = f.{column}")
        assert joined == rows(con, f"SELECT count(*) FROM {fact}")


def test_the_dictionary_describes_what_is_there(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, """
        SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal
        EXCEPT SELECT table_name, column_name FROM data_dictionary""") == []  # fmt: skip
    assert rows(con, "SELECT count(*) FROM data_dictionary WHERE relation_kind = 'view' AND column_name = ''") == [
        (len(load_views()),)
    ]


def test_view_of_filings(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, """
        SELECT filing_id, agency_name, received_new, concluded, errors, warnings, remarks, extraction_issues
        FROM v_filings ORDER BY filing_id""")  # fmt: skip
    assert found == [
        ("new-2020-own-r1", "示例县商务局", 0, 0, 0, 0, 0, 0),
        # the blank total is no zero; the dismissed issue and the older revision's do not count
        ("new-2024-own-r2", "示例县商务局", 7, None, 1, 1, 0, 1),
        ("xian-2024-area-r1", "示例县人民政府", 0, 0, 0, 0, 0, 0),
    ]


def test_view_of_applications(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, """
        SELECT scope, level, value, status FROM v_applications
        WHERE item = 'received_new' AND applicant IN ('natural_person', 'commercial_enterprise')
          AND report_year = 2024 ORDER BY scope, applicant""")  # fmt: skip
    assert found == [
        ("own", "county", 7, "reported"),
        ("own", "county", None, "blank"),
        ("area", "county", 90, "reported"),
        ("area", "county", 0, "reported"),
    ]


def test_view_of_outcomes_by_applicant(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, """
        SELECT outcome_group, sum(applications)::BIGINT FROM v_applications_by_applicant_outcome
        WHERE scope = 'own' AND report_year = 2024 AND applicant = 'natural_person'
        GROUP BY ALL HAVING sum(applications) > 0""")  # fmt: skip
    assert found == [("refused", 5)]
    groups = rows(con, "SELECT DISTINCT outcome_group FROM v_applications_by_applicant_outcome ORDER BY ALL")
    assert [group for (group,) in groups] == [
        "granted", "not_processed", "other", "partly_granted", "refused", "unavailable",
    ]  # fmt: skip
    types = rows(con, "SELECT DISTINCT typeof(applications) FROM v_applications_by_applicant_outcome")
    assert types == [("BIGINT",)]


def test_view_of_reviews_and_lawsuits(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "SELECT procedure_code, route, result, value FROM v_reviews_litigation WHERE value > 0")
    assert found == [("litigation", "direct", "upheld", 4)]
    assert rows(con, "SELECT count(*) FROM v_reviews_litigation") == [(3 * 12,)]


def test_view_of_agencies_with_issues(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, """
        SELECT agency_id, report_year, errors, warnings, remarks, extraction_issues, rules
        FROM v_agencies_with_issues ORDER BY report_year""")  # fmt: skip
    assert found == [("new", 2022, 0, 1, 0, 0, "filing_missing"), ("new", 2024, 1, 1, 0, 1, "review_sum")]


@pytest.mark.parametrize("text", ["SELECT 1 AS a", "-- 只有中文\nSELECT 1 AS a", "-- 中文 / English\n"])
def test_a_view_without_its_comment_or_query_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "v_x.sql"
    path.write_text(text, "utf-8")
    with pytest.raises(ViewError):
        load_view(path)


def appended(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)], ignore_index=True)


def test_broken_frames_make_no_file(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    target = tmp_path / "w.duckdb"
    cases: dict[str, dict[str, pd.DataFrame]] = {
        "key": {**frames, "cell": appended(frames["cell"])},
        "reference": {**frames, "dim_agency": frames["dim_agency"].query("agency_id != 'xian'")},
        "value_only_where_reported": {**frames, "fact_reviews": frames["fact_reviews"].assign(value=None)},
        "lacking": {name: frame for name, frame in frames.items() if name != "claim"},
    }
    for message, tables in cases.items():
        with pytest.raises(BuildError, match=message):
            build(tables, target)
        assert list(tmp_path.iterdir()) == []
    build(frames, target)
    before = digest(target)
    with pytest.raises(BuildError):
        build(cases["key"], target)
    assert digest(target) == before


def test_build_info_is_given_by_the_builder(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    build(frames, tmp_path / "w.duckdb", {"build_id": "b9", "built_at": "2025-02-01T12:00:00+08:00"})
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as con:
        assert rows(con, "SELECT build_id, built_at::VARCHAR FROM build_info") == [("b9", "2025-02-01 04:00:00")]


# --- digest


def shuffled(frames: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    return {name: frame.sample(frac=1, random_state=seed).reset_index(drop=True) for name, frame in frames.items()}


def test_the_digest_does_not_see_run_and_build_info(
    frames: dict[str, pd.DataFrame], built: Path, tmp_path: Path
) -> None:
    run = rows_frame("run", [{"run_id": "r", "started_at": NOON, "state": "completed"}])
    build({**frames, "run": run}, tmp_path / "w.duckdb", {"build_id": "other", "built_at": NOON})
    assert digest(tmp_path / "w.duckdb") == digest(built)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_the_digest_does_not_see_the_order_of_rows(
    frames: dict[str, pd.DataFrame], built: Path, tmp_path: Path, seed: int
) -> None:
    build(shuffled(frames, seed), tmp_path / "w.duckdb")
    assert digest(tmp_path / "w.duckdb") == digest(built)


def raw_digest(path: Path, *statements: str) -> str:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)
    return digest(path)


def test_the_digest_does_not_see_the_layout_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "d.duckdb"
    plain = raw_digest(path, "CREATE TABLE t (a INT, b VARCHAR)", "INSERT INTO t VALUES (1,'x'),(2,NULL),(1,'x')")
    assert plain == raw_digest(
        path,
        "CREATE TABLE t (b VARCHAR, a BIGINT)",
        "INSERT INTO t VALUES (NULL, 2), ('y', 9), ('x', 1)",
        "CHECKPOINT",
        "DELETE FROM t WHERE a = 9",
        "INSERT INTO t VALUES ('x', 1)",
        "CREATE VIEW v AS SELECT 1 AS c",
        "CREATE TABLE run (c INT)",
    )


@pytest.mark.parametrize(
    "values",
    [
        "(1,'x')",
        "(1,'x'),(1,'x'),(2,NULL)",
        "(1,'x'),(2,'')",
        "(1,'x'),(2,'N')",
        "(1,'x'),(NULL,'2')",
        "(2,'x'),(1,NULL)",
    ],
)
def test_the_digest_sees_every_difference(tmp_path: Path, values: str) -> None:
    table = "CREATE TABLE t (a INT, b VARCHAR)"
    plain = raw_digest(tmp_path / "d.duckdb", table, "INSERT INTO t VALUES (1,'x'),(2,NULL)")
    assert plain != raw_digest(tmp_path / "e.duckdb", table, f"INSERT INTO t VALUES {values}")


def test_the_digest_sees_names_and_lengths(tmp_path: Path) -> None:
    values = "INSERT INTO t VALUES ('xV', 'y')"
    digests = {
        raw_digest(tmp_path / "1", "CREATE TABLE t (a VARCHAR, b VARCHAR)", values),
        raw_digest(tmp_path / "2", "CREATE TABLE t (a VARCHAR, c VARCHAR)", values),
        raw_digest(tmp_path / "3", "CREATE TABLE t (a VARCHAR, b VARCHAR)", "INSERT INTO t VALUES ('x', 'Vy')"),
        raw_digest(tmp_path / "4", "CREATE TABLE t (a VARCHAR, b VARCHAR)", values, "CREATE TABLE u (a INT)"),
    }
    assert len(digests) == 4


def test_a_large_table_read_in_passes_has_the_same_digest(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = digest(built)
    monkeypatch.setattr(digest_module, "ROWS_AT_ONCE", 10)
    assert digest(built) == whole


# --- publishing


def put(home: Path, build_id: str) -> Path:
    path = build_path(home, build_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute(f"CREATE TABLE t AS SELECT '{build_id}' AS build_id")
    return path


def test_publishing_and_going_back(tmp_path: Path) -> None:
    assert published(tmp_path) is None and builds(tmp_path) == []
    with pytest.raises(PublishError, match="nothing"):
        rollback(tmp_path)
    for build_id in ("20250101", "20250102", "20250103"):
        publish(tmp_path, put(tmp_path, build_id))
        assert published(tmp_path) == build_path(tmp_path, build_id).resolve()
    assert [(b.build_id, b.is_published) for b in builds(tmp_path)] == [
        ("20250103", True), ("20250102", False), ("20250101", False),
    ]  # fmt: skip
    assert rollback(tmp_path).build_id == "20250102"
    assert rollback(tmp_path).build_id == "20250101"
    with pytest.raises(PublishError, match="before"):
        rollback(tmp_path)
    assert published(tmp_path) == build_path(tmp_path, "20250101").resolve()
    assert (folder_of(tmp_path) / LINK).is_symlink() and not os.path.isabs(os.readlink(folder_of(tmp_path) / LINK))


def test_the_newest_builds_and_the_published_one_are_kept(tmp_path: Path) -> None:
    for build_id in "abcd":
        publish(tmp_path, put(tmp_path, build_id), keep=4)
    publish(tmp_path, build_path(tmp_path, "a"), keep=2)
    assert [b.build_id for b in builds(tmp_path)] == ["d", "c", "a"]
    with pytest.raises(ValueError):
        publish(tmp_path, build_path(tmp_path, "a"), keep=0)


def test_only_a_closed_build_of_the_home_is_published(tmp_path: Path) -> None:
    good = put(tmp_path, "a")
    elsewhere = tmp_path / "warehouse-b.duckdb"
    elsewhere.write_bytes(good.read_bytes())
    misnamed = good.with_name("other.duckdb")
    misnamed.write_bytes(good.read_bytes())
    for path in (elsewhere, misnamed, build_path(tmp_path, "none")):
        with pytest.raises(PublishError):
            publish(tmp_path, path)
    good.with_name(good.name + ".wal").touch()
    with pytest.raises(PublishError, match="wal"):
        publish(tmp_path, good)
    assert published(tmp_path) is None
    with pytest.raises(ValueError):
        build_path(tmp_path, "../x")


def test_a_reader_keeps_the_build_it_opened(tmp_path: Path) -> None:
    publish(tmp_path, put(tmp_path, "a"))
    old = published(tmp_path)
    assert old is not None
    with duckdb.connect(str(old), read_only=True) as reader:
        publish(tmp_path, put(tmp_path, "b"), keep=1)
        assert not old.exists()
        assert rows(reader, "SELECT * FROM t") == [("a",)]
        new = published(tmp_path)
        with duckdb.connect(str(new), read_only=True) as later:
            assert rows(later, "SELECT * FROM t") == [("b",)]


BUILDER = """
import sys
from pathlib import Path
from tests.test_warehouse import made_frames
from warehouse.build import build
from warehouse.publish import build_path, publish
home, frames = Path(sys.argv[1]), made_frames()
for number in range(1000):
    path = build_path(home, f"{number:04}")
    build(frames, path, {"build_id": path.stem, "built_at": "2025-01-01T00:00:00"})
    publish(home, path, keep=2)
"""


def test_a_killed_build_leaves_the_published_one_readable(tmp_path: Path, built: Path) -> None:
    """kill -9 while a file is being made, several times over."""
    expected = digest(built)
    for round_ in range(3):
        child = subprocess.Popen([sys.executable, "-c", BUILDER, str(tmp_path)], cwd=Path(__file__).parents[1])
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and child.poll() is None:
            if published(tmp_path) is not None and list(folder_of(tmp_path).glob(".*.building")):
                time.sleep(0.02 * round_)
                break
        assert child.poll() is None, "the builder ended by itself"
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        survivor = published(tmp_path)
        assert survivor is not None and digest(survivor) == expected
        for other in builds(tmp_path):
            assert digest(other.path) == expected
    remove_leftovers(folder_of(tmp_path))
    assert not list(folder_of(tmp_path).glob(".*.building*"))


def test_a_running_builds_file_is_no_leftover(tmp_path: Path) -> None:
    running = tmp_path / f".w.duckdb.{os.getppid()}.building"
    gone = tmp_path / ".w.duckdb.999999999.building"
    running.touch()
    gone.touch()
    assert remove_leftovers(tmp_path) == [gone]
    assert running.exists()


def test_a_large_table_looked_at_in_slices_has_the_same_flaws(
    frames: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begin(tmp_path / "w.duckdb")
    with open_draft(draft) as con:
        load(con, frames)
        con.execute("INSERT INTO cell FROM cell LIMIT 3")
        whole = broken(con)
        monkeypatch.setattr(verify, "ROWS_AT_ONCE", 100)
        assert broken(con) == whole == [f"cell: key ({', '.join(load_contracts()['cell'].key)}): 3"]
        filings = [row[0] for row in con.execute("SELECT DISTINCT filing_id FROM cell ORDER BY 1").fetchall()]
        (doubled,) = con.execute("SELECT DISTINCT filing_id FROM (FROM cell LIMIT 3)").fetchall()[0]
        assert broken(con, frozenset({doubled})) == whole
        assert broken(con, frozenset(filings) - {doubled}) == []
    discard(draft)
    assert not list(tmp_path.iterdir())


def test_a_draft_that_was_given_up_changes_nothing_else(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    target = tmp_path / "w.duckdb"
    build(frames, target)
    before = digest(target)
    draft, _ = begin_on(tmp_path / "next.duckdb", target)
    with pytest.raises(RuntimeError, match="half way"), open_draft(draft) as con:
        con.execute("DELETE FROM cell")
        raise RuntimeError("half way")
    assert digest(target) == before and not (tmp_path / "next.duckdb").exists()
    discard(draft)
    assert [path.name for path in tmp_path.iterdir()] == ["w.duckdb"]


def test_a_copy_is_a_file_of_its_own(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"a" * 10_000)
    copied = copy(source, target)
    assert copied.written == (0 if copied.is_shared else 10_000)
    target.write_bytes(b"b")
    assert source.read_bytes() == b"a" * 10_000


def test_a_copy_for_which_there_is_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.copying._share", lambda source, target: False)
    monkeypatch.setattr("shutil.copyfile", full)
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(OSError, match="No space"):
        copy(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "b").exists()
