"""Exports: what is written is the warehouse, row by row; whole or not at all; nothing else is touched."""

from __future__ import annotations

import csv
import ctypes
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pytest
from frictionless import Package
from frictionless.resources import TableResource

from tests.conftest import Ogi
from tests.exported import TEXTS, make_home, rows_of
from transform.contracts import load_contracts
from warehouse import export as exports
from warehouse import table_files
from warehouse.digest import digest
from warehouse.folders import FolderInUse
from warehouse.table_files import ExportError, partitioned


def export(warehouse: Path, target: Path, tables: Sequence[str] = (), **more: Any) -> None:
    exports.export(warehouse, target, exports.chosen_tables(tables), **more)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    make_home(root, more=2)
    return root


@pytest.fixture(scope="module")
def warehouse(home: Path) -> Path:
    return home / "warehouse" / "warehouse-b1.duckdb"


@pytest.fixture(scope="module")
def exported(ogi: Ogi, home: Path) -> Path:
    target = home.parent / "new" / "exported"
    done = ogi("export", target, "--home", home)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert f"导出 export: {len(load_contracts())}" in done.stderr
    return target


@pytest.fixture(scope="module")
def package(exported: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((exported / "datapackage.json").read_text("utf-8"))
    return content


def resources(package: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {r["name"].removesuffix(".parquet"): r for r in package["resources"] if r["format"] == kind}


def test_the_package_is_valid_and_says_what_it_is_of(exported: Path, package: dict[str, Any], warehouse: Path) -> None:
    report = Package(str(exported / "datapackage.json")).validate()
    assert report.valid, report.flatten(["taskId", "rowNumber", "type", "note"])
    assert package["version"] == f"b1+{digest(warehouse)}" and package["created"] == "2025-02-01T04:00:00Z"
    assert package["licenses"] == [{"name": "MIT", "title": "MIT License"}] and "contributors" not in package
    assert [source["title"] for source in package["sources"]] == ["test"]
    for kind in ("csv", "parquet"):
        assert resources(package, kind).keys() == load_contracts().keys()
    for name, resource in resources(package, "csv").items():
        contract, schema = load_contracts()[name], resource["schema"]
        assert [field["name"] for field in schema["fields"]] == [column.name for column in contract.columns]
        assert schema["primaryKey"] == list(contract.key)
        assert len(schema.get("foreignKeys", [])) == len(contract.references)
        assert contract.description_zh in resource["description"] and contract.description_en in resource["description"]


def test_a_validator_sees_what_is_wrong(exported: Path, tmp_path: Path) -> None:
    """The package's keys, references, types and hashes say something: a changed file is found."""
    for old, new, error in (
        ("new-2024-own-r1", "new-2024-own-r9", "foreign-key"),
        ("reported", "guessed", "constraint-error"),
        ("", "\n", "byte-count"),
    ):
        folder = tmp_path / error
        subprocess.run(["cp", "-r", str(exported), str(folder)], check=True)
        file = folder / "csv" / "fact_reviews.csv"
        text = file.read_text("utf-8")
        file.write_text(text.replace(old, new) if old else text + new, "utf-8")
        report = Package(str(folder / "datapackage.json")).validate()
        assert error in {row[0] for row in report.flatten(["type"])}


def test_every_csv_row_read_back_is_the_warehouses(exported: Path, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for table, contract in load_contracts().items():
            names = [column.name for column in contract.columns]
            read = [tuple(plain(row.to_dict()[n]) for n in names) for row in rows_in(exported, table)]
            kept = [tuple(map(plain, row)) for row in in_order(con, table)]
            assert read == kept, table


@cache
def package_at(folder: Path) -> Package:
    return Package(str(folder / "datapackage.json"))


def rows_in(folder: Path, table: str) -> list[Any]:
    resource = package_at(folder).get_resource(table)
    assert isinstance(resource, TableResource)
    return resource.read_rows()


def in_order(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    names = ", ".join(f"{c.name}::VARCHAR" if c.enum else c.name for c in load_contracts()[table].columns)
    return con.execute(f"SELECT {names} FROM {table}").fetchall()


def plain(value: Any) -> Any:
    """Values as comparable: instants without zone, lists' figures as the shortest text that gives them back."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, list):
        return [None if item is None else float(item) for item in value]
    return value


def test_decimals_in_lists_and_empty_text_are_exact_in_csv(exported: Path, package: dict[str, Any]) -> None:
    resource = resources(package, "csv")
    text = (exported / "csv" / "statement.csv").read_text("utf-8")
    assert '"[12345678901234.1234, null, 0.0001]"' in text and ",[]," in text
    # The warehouse's texts are all here, so the shortest ways of writing NULL are taken.
    assert resource["claim"]["schema"]["missingValues"] == ["\\NNN"]
    assert resource["cell"]["schema"]["missingValues"] == ["\\N"]
    rows = rows_in(exported, "claim")
    assert [row["sentence"] for row in rows] == TEXTS
    assert all(isinstance(row["value"], Decimal) for row in rows)


def test_duckdb_reads_the_csv_by_the_packages_words(exported: Path, package: dict[str, Any], warehouse: Path) -> None:
    """What reads as NULL is so only outside quotes; a bare empty field is empty text."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{warehouse}' AS w (READ_ONLY)")
        for name in ("claim", "cell", "quality_issue", "dim_agency", "statement"):
            resource = resources(package, "csv")[name]
            fields = resource["schema"]["fields"]
            columns = ", ".join(f"'{field['name']}': 'VARCHAR'" for field in fields)
            read = (
                f"read_csv('{exported / resource['path']}', auto_detect = false, header = true, delim = ',', "
                f"quote = '\"', escape = '\"', nullstr = '{resource['schema']['missingValues'][0]}', "
                f"allow_quoted_nulls = false, columns = {{{columns}}})"
            )
            typed = ", ".join(f"{f['name']}::{f['duckdbType']} AS {f['name']}" for f in fields)
            difference = con.execute(
                f"(SELECT {typed} FROM {read} EXCEPT ALL SELECT {typed} FROM w.{name}) UNION ALL "
                f"(SELECT {typed} FROM w.{name} EXCEPT ALL SELECT {typed} FROM {read})"
            ).fetchall()
            assert difference == [], name


def test_parquet_read_with_duckdb_is_the_warehouse(exported: Path, warehouse: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{warehouse}' AS w (READ_ONLY)")
        for table in load_contracts():
            files = f"read_parquet('{exported}/parquet/{table}/**/*.parquet', hive_partitioning = true)"
            assert rows_of(con, files, table) == rows_of(con, f"w.{table}", table), table


def test_parquet_read_with_pyarrow_is_the_warehouse(exported: Path, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for table, contract in load_contracts().items():
            read = ds.dataset(exported / "parquet" / table, partitioning="hive").to_table()
            names = [column.name for column in contract.columns]
            rows = [tuple(row[name] for name in names) for row in read.to_pylist()]
            assert sorted(rows, key=repr) == sorted(in_order(con, table), key=repr), table


def test_what_has_a_year_or_a_filing_lies_by_report_year(exported: Path, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for table, contract in load_contracts().items():
            folder = exported / "parquet" / table
            count = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            if not partitioned(contract) or not count:
                assert [path.name for path in folder.iterdir()] == ["data.parquet"], table
                continue
            years = {path.name.removeprefix("report_year=") for path in folder.iterdir()}
            own = any(column.name == "report_year" for column in contract.columns)
            join = "t" if own else "t LEFT JOIN dim_filing f USING (filing_id)"
            found = con.execute(f"SELECT DISTINCT report_year FROM {table} {join}").fetchall()
            assert years == {"__HIVE_DEFAULT_PARTITION__" if y is None else str(y) for (y,) in found}, table
    assert (exported / "parquet" / "cell" / "report_year=2022").is_dir()
    assert (exported / "parquet" / "document" / "report_year=__HIVE_DEFAULT_PARTITION__").is_dir()


def test_every_file_is_named_with_its_rows_and_hash(exported: Path, package: dict[str, Any]) -> None:
    named = {"datapackage.json"}
    for resource in package["resources"]:
        for file in resource.get("files") or [resource]:
            content = (exported / file["path"]).read_bytes()
            assert file["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}" and file["bytes"] == len(content)
            named.add(file["path"])
    assert named == {path.relative_to(exported).as_posix() for path in exported.rglob("*") if path.is_file()}


def test_the_same_build_gives_the_same_bytes(exported: Path, warehouse: Path, tmp_path: Path) -> None:
    export(warehouse, tmp_path / "again")
    assert (tmp_path / "again" / "datapackage.json").read_bytes() == (exported / "datapackage.json").read_bytes()


def test_a_large_csv_is_compressed(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "GZIP_FROM", 100)
    export(warehouse, tmp_path / "out", formats=["csv"], tables=["cell", "dim_filing", "dim_agency", "dim_item"])
    files = {path.name for path in (tmp_path / "out" / "csv").iterdir()}
    assert files == {"cell.csv.gz", "dim_filing.csv", "dim_agency.csv", "dim_item.csv"}
    assert gzip.decompress((tmp_path / "out" / "csv" / "cell.csv.gz").read_bytes()).startswith(b"filing_id,form_table,")
    report = Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["taskId", "rowNumber", "type", "note"])


def test_some_tables_in_one_format(ogi: Ogi, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    assert ogi("export", target, "--home", home, "--tables", "cell,claim", "--format", "parquet").returncode == 0
    package = json.loads((target / "datapackage.json").read_text("utf-8"))
    assert [r["name"] for r in package["resources"]] == ["cell", "claim"] and not (target / "csv").exists()
    assert all("foreignKeys" not in r["schema"] for r in package["resources"])
    assert Package(str(target / "datapackage.json")).validate().valid
    # An earlier export is replaced whole.
    assert ogi("export", target, "--home", home, "--tables", "dim_item", "--format", "csv").returncode == 0
    assert sorted(p.name for p in target.rglob("*")) == ["csv", "datapackage.json", "dim_item.csv"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_wrong_usage(ogi: Ogi, home: Path, tmp_path: Path) -> None:
    done = ogi("export", tmp_path / "out", "--home", home, "--tables", "nothing")
    assert done.returncode == 2 and "nothing" in done.stderr and "dim_filing" in done.stderr
    assert ogi("export", tmp_path / "out", "--home", home, "--tables", ",").returncode == 2
    assert ogi("export", tmp_path / "out", "--home", tmp_path / "none").returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["note.txt", "datapackage.json", "folder/deep.txt"])
def test_a_folder_that_holds_something_else_is_left_alone(ogi: Ogi, home: Path, tmp_path: Path, content: str) -> None:
    target = tmp_path / "mine"
    (target / content).parent.mkdir(parents=True)
    (target / content).write_text("{}", "utf-8")
    done = ogi("export", target, "--home", home)
    assert done.returncode == 1 and "另选" in done.stderr and "Choose another" in done.stderr
    assert (target / content).read_text("utf-8") == "{}" and [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_file_put_into_an_earlier_export_is_not_lost(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    export(warehouse, target, formats=["csv"], tables=["dim_item"])
    (target / "csv" / "mine.csv").write_text("x", "utf-8")
    with pytest.raises(FolderInUse):
        export(warehouse, target)
    (target / "csv" / "mine.csv").unlink()

    def meanwhile() -> None:
        (target / "meanwhile").touch()

    with pytest.raises(FolderInUse):
        export(warehouse, target, tables=["dim_item"], advance=meanwhile)
    assert sorted(p.name for p in target.iterdir()) == ["csv", "datapackage.json", "meanwhile"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_and_the_root_are_no_folders_to_export_to(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", Path("/")):
        with pytest.raises(FolderInUse):
            export(warehouse, place)
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    export(warehouse, tmp_path / "link", tables=["dim_item"])
    assert (tmp_path / "empty" / "datapackage.json").exists() and (tmp_path / "link").is_symlink()


def test_without_exchange_the_folder_is_replaced_all_the_same(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(warehouse, tmp_path / "out", tables=["dim_item"])
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    export(warehouse, tmp_path / "out", tables=["dim_code"], formats=["csv"])
    assert [p.name for p in (tmp_path / "out" / "csv").iterdir()] == ["dim_code.csv"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_what_was_there(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(warehouse, tmp_path / "out", tables=["dim_item"])
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    monkeypatch.setattr(table_files, "_years", lambda *_: [2024])
    with pytest.raises(ExportError, match=r"cell: \d+ rows were written of"):
        export(warehouse, tmp_path / "out", tables=["dim_code", "cell"])
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_number_that_json_has_not_fails_loudly(home: Path, warehouse: Path, tmp_path: Path) -> None:
    broken = tmp_path / "warehouse.duckdb"
    broken.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(broken)) as con:
        con.execute("UPDATE cell SET bbox = ['nan'::DOUBLE] WHERE row_code = 'received_new'")
    with pytest.raises(ExportError, match="bbox"):
        export(broken, tmp_path / "out", tables=["cell"], formats=["csv"])
    assert not (tmp_path / "out").exists()


KILLED = """
import sys, time
from pathlib import Path
from warehouse.export import chosen_tables, export
def advance():
    print("table", flush=True)
    time.sleep(0.02)

export(Path(sys.argv[1]), Path(sys.argv[2]), chosen_tables([]), advance=advance)
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_leaves_the_earlier_export_and_the_next_one_clears_up(
    warehouse: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    target = tmp_path / "out"
    export(warehouse, target, tables=["dim_item"])
    before = (target / "datapackage.json").read_bytes()
    for lines in (1, 12):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(warehouse), str(target)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert child.stdout is not None
        for _ in range(lines):
            child.stdout.readline()
        os.kill(child.pid, sign)
        child.wait()
        child.stdout.close()
        if child.returncode == 0:  # the signal came too late: the new export is there, and whole
            before = (target / "datapackage.json").read_bytes()
        assert (target / "datapackage.json").read_bytes() == before
        assert Package(str(target / "datapackage.json")).validate().valid
    left = [path.name for path in tmp_path.iterdir() if path != target]
    assert bool(left) == (sign is signal.SIGKILL)
    export(warehouse, target, tables=["dim_code"])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_places_in_the_form_are_json_in_csv(tmp_path: Path) -> None:
    path = make_home(tmp_path / "home")
    with duckdb.connect(str(path)) as con:
        con.execute(
            "INSERT INTO reading_issue BY NAME SELECT repeat('a', 64) AS sha256, 1 AS issue_no, now() AS retrieved_at, "
            "'label_altered' AS rule, 'info' AS severity, 'filing' AS origin, 'x' AS place, '一' AS message_zh, "
            "'a' AS message_en, [{'form_table': 'proactive', 'row_code': 'fees', 'column_code': 'amount'}] AS cells"
        )
    export(path, tmp_path / "out", tables=["reading_issue"])
    with (tmp_path / "out" / "csv" / "reading_issue.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["sha256"]: json.loads(row["cells"]) for row in csv.DictReader(file)}
    assert rows["a" * 64] == [{"form_table": "proactive", "row_code": "fees", "column_code": "amount"}]
    assert Package(str(tmp_path / "out" / "datapackage.json")).validate().valid


MEASURED = """
import sys
from pathlib import Path
from tests.bench.measure import peak_mib
from warehouse import export as e
from warehouse.table_files import write_csv, write_parquet
e.MEMORY, folder, cell = "200MB", Path(sys.argv[2]), e.chosen_tables(["cell"])[0]
folder.mkdir()
with e.open_build(Path(sys.argv[1]), folder / ".spill") as con:
    print(*(write(con, cell, folder).rows for write in (write_parquet, write_csv)))
print(int(peak_mib()))
"""


def test_memory_stays_bounded(tmp_path: Path) -> None:
    """160,000 cells, 40 MB of text in one year, stay within what DuckDB is given and Python itself."""
    path = make_home(tmp_path / "home")
    with duckdb.connect(str(path)) as con:
        con.execute(
            "INSERT INTO cell SELECT c.* REPLACE (repeat(md5(n::VARCHAR || c.column_code), 8) AS raw) "
            "FROM range(800) r(n), cell c WHERE c.filing_id = 'new-2024-own-r1'"
        )
        count = con.execute("SELECT count(*) FROM cell").fetchall()[0][0]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path), str(tmp_path / "out")],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows, megabytes = done.stdout.splitlines()
    assert rows == f"{count} {count}" and count > 100_000
    assert int(megabytes) < 500
