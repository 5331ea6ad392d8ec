"""A DuckLake of the published tables: snapshots, small changes, many readers and writers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import Ogi
from tests.exported import make, rows_of
from transform.contracts import load_contracts
from warehouse import extensions, lake
from warehouse.digest import digest
from warehouse.export import chosen_tables
from warehouse.extensions import ExtensionLacking, extension_file
from warehouse.folders import FolderInUse
from warehouse.lake import Snapshot, attach
from warehouse.publish import build_path, publish
from warehouse.table_files import ExportError

ROOT = Path(__file__).parents[1]
if extension_file("ducklake") is None or extension_file("sqlite_scanner") is None:
    pytest.skip("the extra `ducklake` is not installed for this version of DuckDB", allow_module_level=True)

CHANGED = "new-2024-own-r2"
TOUCHED = ("build_info", "cell", "claim", "dim_filing", "fact_reviews", "quality_issue")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("builds") / "b1.duckdb"
    make(path)
    return path


@pytest.fixture(scope="module")
def second(first: Path) -> Path:
    """The same warehouse a night later: a cell corrected, a filing gone, a filing come, an issue changed."""
    path = first.with_name("b2.duckdb")
    shutil.copy(first, path)
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE build_info SET build_id = 'b2'")
        con.execute(f"UPDATE cell SET raw = '8' WHERE filing_id = '{CHANGED}' AND row_code = 'received_new'")
        con.execute("DELETE FROM claim WHERE claim_no = 3")
        con.execute("UPDATE quality_issue SET resolved_at = first_seen_at WHERE issue_id = '1111111111111111'")
        con.execute("INSERT INTO dim_filing SELECT * REPLACE ('n' AS filing_id, 7 AS revision) FROM dim_filing LIMIT 1")
        con.execute("CREATE TEMP TABLE n AS SELECT * REPLACE ('n' AS filing_id) FROM fact_reviews")
        con.execute("INSERT INTO fact_reviews SELECT DISTINCT ON (result) * FROM n")
    return path


def export(build: Path, folder: Path, tables: tuple[str, ...] = (), **more: Any) -> Snapshot:
    return lake.export_to_lake(build, folder, chosen_tables(tables), **more)


def equal(folder: Path, build: Path, at: str = "", tables: Sequence[str] = ()) -> None:
    with duckdb.connect() as con:
        attach(con, folder, read_only=True)
        con.execute(f"ATTACH '{build}' AS w (READ_ONLY)")
        for table in tables or load_contracts():
            kept = rows_of(con, f"(FROM lake.{table} {at})", table)
            assert kept == rows_of(con, f"w.{table}", table), table


def test_two_exports_are_two_versions_and_the_first_can_be_read_again(
    ogi: Ogi, first: Path, second: Path, tmp_path: Path
) -> None:
    for build in (first, second):
        path = build_path(tmp_path, build.stem)
        path.parent.mkdir(exist_ok=True)
        shutil.copy(build, path)
        publish(tmp_path, path)
        done = ogi("export", f"ducklake:{tmp_path / 'lake'}", "--home", tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "版本 version 2: build_info, cell, claim, dim_filing, fact_reviews, quality_issue\n" in done.stderr
    equal(tmp_path / "lake", second)
    equal(tmp_path / "lake", first, "AT (VERSION => 1)")
    equal(tmp_path / "lake", second, "AT (VERSION => 2)", TOUCHED)
    # Nothing new: no version.
    assert "unchanged: 2" in ogi("export", f"ducklake:{tmp_path / 'lake'}", "--home", tmp_path).stderr
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake", read_only=True)
        snapshots = con.execute(
            "SELECT snapshot_id, commit_message, commit_extra_info FROM lake.snapshots()"
        ).fetchall()
        assert [(row[0], row[1]) for row in snapshots] == [(0, None), (1, "b1"), (2, "b2")]
        assert json.loads(snapshots[2][2])["content_digest"] == digest(second)
        # Only what changed was touched.
        for table, key in (("cell", "filing_id"), ("quality_issue", "issue_id"), ("fact_reviews", "filing_id")):
            changes = f"lake.table_changes('{table}', 2, 2)"
            (touched,) = con.execute(f"SELECT list(DISTINCT {key}) FROM {changes}").fetchall()[0]
            assert touched == {"cell": [CHANGED], "quality_issue": ["1" * 16], "fact_reviews": ["n"]}[table]
        with pytest.raises(duckdb.Error):
            con.execute("DELETE FROM lake.cell")
    # A lake may be moved with its folder.
    shutil.move(tmp_path / "lake", tmp_path / "moved")
    equal(tmp_path / "moved", first, "AT (VERSION => 1)", TOUCHED)
    assert export(first, tmp_path / "moved").version == 3
    equal(tmp_path / "moved", first, tables=TOUCHED)


def test_tables_and_columns_are_described(first: Path, tmp_path: Path) -> None:
    export(first, tmp_path / "lake", ("dim_item",))
    contract = load_contracts()["dim_item"]
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake")
        about = con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'dim_item'").fetchall()[0][0]
        assert contract.description_zh in about and contract.description_en in about
        columns = con.execute(
            "SELECT column_name, NOT is_nullable FROM duckdb_columns() "
            "WHERE table_name = 'dim_item' ORDER BY column_index"
        ).fetchall()
    assert columns == [(column.name, not column.nullable) for column in contract.columns]


READER = """
import sys
from pathlib import Path
import duckdb
from warehouse.lake import attach
with duckdb.connect() as con:
    attach(con, Path(sys.argv[1]), read_only=True)
    # One statement, one version: the parts of a build fit together.
    sql = ("SELECT b.build_id, (SELECT count(*) FROM lake.dim_filing), (SELECT count(*) FROM lake.claim) "
           "FROM lake.build_info b")
    seen, stop = set(con.execute(sql).fetchall()), Path(sys.argv[2])
    print("ready", flush=True)
    last = False
    while not last:
        last = stop.exists()
        seen.update(con.execute(sql).fetchall())
print(sorted(seen))
"""


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )


def test_two_readers_see_one_build_or_the_other_while_it_is_written(first: Path, second: Path, tmp_path: Path) -> None:
    tables = ("build_info", "dim_filing", "claim")
    export(first, tmp_path / "lake", tables)
    counts = {}
    for build in (first, second):
        with duckdb.connect(str(build), read_only=True) as con:
            counts[build.stem] = tuple(con.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in tables[1:])
    readers = [python(READER, tmp_path / "lake", tmp_path / "stop") for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
    for build in (second, first, second):
        export(build, tmp_path / "lake", tables)
    (tmp_path / "stop").touch()
    for reader in readers:
        out, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        seen = set(eval(out))
        assert seen <= {(name, *number) for name, number in counts.items()} and len(seen) == 2


WRITER = """
import sys
from pathlib import Path
from warehouse.export import chosen_tables
from warehouse.lake import export_to_lake
from warehouse.table_files import ExportError
tables = chosen_tables(sys.argv[3:])
try:
    export_to_lake(Path(sys.argv[1]), Path(sys.argv[2]), tables, advance=lambda: print("table", flush=True))
except ExportError as error:
    sys.exit(str(error))
"""


def test_two_writers_leave_one_build_or_the_other(first: Path, second: Path, tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    export(first, folder, ("dim_code",))
    writers = [python(WRITER, build, folder, *TOUCHED) for build in (first, second)]
    ends = []
    for writer in writers:
        writer.communicate(timeout=120)
        ends.append(writer.returncode)
    assert 0 in ends
    with duckdb.connect() as con:
        attach(con, folder, read_only=True)
        (build,) = con.execute("SELECT build_id FROM lake.build_info").fetchall()[0]
    equal(folder, {"b1": first, "b2": second}[build], tables=TOUCHED)


@pytest.mark.parametrize("tables", [1, 4, 6])
def test_a_kill_leaves_the_lake_as_it_was(first: Path, second: Path, tmp_path: Path, tables: int) -> None:
    folder = tmp_path / "lake"
    export(first, folder, TOUCHED)
    writer = python(WRITER, second, folder, *TOUCHED)
    assert writer.stdout is not None
    for _ in range(tables):
        writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with duckdb.connect() as con:
        attach(con, folder, read_only=True)
        (build,) = con.execute("SELECT build_id FROM lake.build_info").fetchall()[0]
    equal(folder, {"b1": first, "b2": second}[build], tables=TOUCHED)
    export(second, folder, TOUCHED)
    equal(folder, second, tables=TOUCHED)
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_a_table_with_other_columns_is_made_anew(first: Path, tmp_path: Path) -> None:
    export(first, tmp_path / "lake", ("dim_code", "dim_item"))
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake")
        con.execute("ALTER TABLE lake.dim_item DROP COLUMN unit")
    assert export(first, tmp_path / "lake", ("dim_code", "dim_item")) == Snapshot(3, ("dim_item",))
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake")
        con.execute(f"ATTACH '{first}' AS w (READ_ONLY)")
        assert rows_of(con, "lake.dim_item", "dim_item") == rows_of(con, "w.dim_item", "dim_item")


def test_what_is_not_kept_as_it_was_given_fails_loudly(
    first: Path, second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(first, tmp_path / "lake", TOUCHED)
    # Codes have another hash than their text: to the comparison, the lake keeps something else.
    monkeypatch.setattr(lake, "_columns", lake._names)
    with pytest.raises(ExportError, match="cell"):
        export(second, tmp_path / "lake", TOUCHED)
    equal(tmp_path / "lake", first, tables=TOUCHED)


def test_what_someone_else_wrote_is_put_right(first: Path, tmp_path: Path) -> None:
    export(first, tmp_path / "lake", TOUCHED)
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake")
        con.execute("UPDATE lake.cell SET raw = NULL, bbox = NULL WHERE row_code = 'received_new'")
        con.execute("INSERT INTO lake.claim SELECT * FROM lake.claim")
    assert export(first, tmp_path / "lake", TOUCHED).changed == ("cell", "claim")
    equal(tmp_path / "lake", first, tables=TOUCHED)


def test_a_folder_that_is_no_lake_is_left_alone(first: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("x", "utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "catalog.sqlite").write_text("no database, but long enough to be looked at" * 30, "utf-8")
    (tmp_path / "file").touch()
    before = sorted(path for path in tmp_path.rglob("*"))
    for name in ("mine", "other", "file"):
        with pytest.raises(FolderInUse):
            export(first, tmp_path / name)
    assert sorted(path for path in tmp_path.rglob("*")) == before
    # What a kill leaves of a lake's beginning is none.
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "catalog.sqlite").touch()
    export(first, tmp_path / "begun", ("dim_code",))


def test_without_the_extension_it_is_said_what_to_install(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "find_spec", lambda name: None)
    with pytest.raises(ExtensionLacking) as caught:
        export(first, tmp_path / "lake")
    assert caught.value.extra == "ducklake" and list(tmp_path.iterdir()) == []


def test_the_extras_bring_what_is_loaded() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    pinned = duckdb.__version__
    for extra, names in extensions.EXTRAS.items():
        wanted = {f"duckdb-extension-{name.replace('_', '-')}=={pinned}" for name in names}
        assert set(extras[extra]) == wanted


def test_wrong_usage(ogi: Ogi, tmp_path: Path) -> None:
    for wrong in (
        ("ducklake:x", "--format", "csv"),
        ("x", "--data-path", "s3://bucket/x"),
        ("ducklake:x", "--data-path", "/tmp"),
    ):
        assert ogi("export", *wrong, "--home", tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []
