"""Exports on object storage, on a server of this machine: a reader finds a whole export at any moment."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import fs

from tests.conftest import Ogi
from tests.exported import make_home, rows_of
from tests.storage import storage
from transform.contracts import load_contracts
from warehouse import object_store
from warehouse.extensions import extension_file, load_extension
from warehouse.lake import attach
from warehouse.object_store import KEEP, Store, latest_path, open_store, upload
from warehouse.publish import published
from warehouse.table_files import ExportError


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    with storage() as leads_there:
        yield leads_there


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    make_home(root)
    return root


def read(store: Store, path: str) -> bytes:
    content: bytes = store.files.open_input_stream(f"{store.root}/{path}").read()
    return content


def whole(store: Store) -> dict[str, Any]:
    """The latest export's descriptor, after every file of it was found as it is described."""
    path = latest_path(store)
    package: dict[str, Any] = json.loads(read(store, f"{path}/datapackage.json"))
    for resource in package["resources"]:
        for file in resource["files"]:
            content = read(store, f"{path}/{file['path']}")
            assert file["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    return package


def test_the_tables_are_the_warehouses(ogi: Ogi, home: Path, environment: dict[str, str]) -> None:
    done = ogi("export", "s3://bucket/all", "--home", home, **environment)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "上传 upload: " in done.stderr
    store = open_store("s3://bucket/all/", environment)
    package = whole(store)
    assert {r["format"] for r in package["resources"]} == {"parquet"}
    latest = json.loads(read(store, "latest.json"))
    assert latest["build_id"] == "b1" and latest["content_digest"] == package["ogi"]["content_digest"]
    assert not [path for path in (home / "warehouse").iterdir() if path.name.startswith(".")]
    if extension_file("httpfs") is None:
        pytest.skip("the extra `s3` is not installed for this version of DuckDB")
    with duckdb.connect() as con:
        load_extension(con, "httpfs", "s3")
        con.execute(
            "CREATE SECRET (TYPE s3, KEY_ID 'testing', SECRET 'testing', USE_SSL false, URL_STYLE 'path', "
            f"ENDPOINT '{environment['AWS_ENDPOINT_URL'].removeprefix('http://')}')"
        )
        con.execute(f"ATTACH '{published(home)}' AS w (READ_ONLY)")
        for table in load_contracts():
            place = f"s3://bucket/all/{latest['path']}/parquet/{table}/**/*.parquet"
            assert rows_of(con, f"read_parquet('{place}', hive_partitioning = true)", table) == rows_of(
                con, f"w.{table}", table
            )


def test_the_same_build_is_not_sent_again(ogi: Ogi, home: Path, environment: dict[str, str]) -> None:
    arguments = ("export", "s3://bucket/again", "--tables", "dim_item,claim", "--home", home)
    store = open_store("s3://bucket/again", environment)
    times = []
    for _ in range(2):
        assert ogi(*arguments, **environment).returncode == 0
        found = store.files.get_file_info(fs.FileSelector(f"{store.root}/builds", recursive=True))
        times.append({info.path: info.mtime_ns for info in found if info.type == fs.FileType.File})
    assert times[0] == times[1] and len(times[0]) == 3
    # Another choice of tables is another export: what someone reads is never changed.
    assert ogi("export", "s3://bucket/again", "--tables", "dim_code", "--home", home, **environment).returncode == 0
    assert len(store.files.get_file_info(fs.FileSelector(f"{store.root}/builds"))) == 2
    assert [r["name"] for r in whole(store)["resources"]] == ["dim_code"]


KILLED = """
import sys
from pathlib import Path
from warehouse.object_store import open_store, upload
upload(Path(sys.argv[1]), open_store(sys.argv[2]), lambda: print("file", flush=True))
"""


def test_a_kill_leaves_the_latest_whole(ogi: Ogi, home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    address = "s3://bucket/killed"
    store = open_store(address, environment)
    first, second = tmp_path / "1", tmp_path / "2"
    ogi("export", first, "--format", "parquet", "--tables", "cell", "--home", home)
    make_home(tmp_path / "other", "b2", more=3)
    ogi("export", second, "--format", "parquet", "--home", tmp_path / "other")
    upload(first, store)
    for files in (1, 5, 20):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, second, address], stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1], env={**os.environ, **environment},
        )  # fmt: skip
        assert child.stdout is not None
        for _ in range(files):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert whole(store)["ogi"]["build_id"] == "b1"
    upload(second, store)
    assert whole(store)["ogi"]["build_id"] == "b2"


def test_a_storage_that_loses_an_object_is_found_out(
    ogi: Ogi, home: Path, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("s3://bucket/lossy", environment)
    ogi("export", tmp_path / "out", "--format", "parquet", "--tables", "cell", "--home", home)
    send = object_store._send
    monkeypatch.setattr(object_store, "_send", lambda file, *to: None if "2020" in str(file) else send(file, *to))
    with pytest.raises(ExportError, match=r"cell/report_year=2020/data\.parquet"):
        upload(tmp_path / "out", store)
    assert latest_path(store) is None
    monkeypatch.undo()
    upload(tmp_path / "out", store)
    assert whole(store)["ogi"]["build_id"] == "b1"


def test_old_exports_go_and_nothing_else(ogi: Ogi, home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    store = open_store("s3://bucket/kept", environment)
    ogi("export", tmp_path / "out", "--format", "parquet", "--tables", "dim_code", "--home", home)
    for name in ("builds/mine/a.txt", "other/a.txt", "builds/note"):
        with store.files.open_output_stream(f"{store.root}/{name}") as stream:
            stream.write(b"mine")
    descriptor = tmp_path / "out" / "datapackage.json"
    text = descriptor.read_text("utf-8")
    for number in range(KEEP + 3):
        descriptor.write_text(text.replace('"b1"', f'"c{number}"'), "utf-8")
        upload(tmp_path / "out", store)
    # An older build that is published again stays, though it is not among the newest.
    descriptor.write_text(text, "utf-8")
    upload(tmp_path / "out", store)
    builds = [info.base_name for info in store.files.get_file_info(fs.FileSelector(f"{store.root}/builds"))]
    kept = {name.partition("-")[0] for name in builds}
    assert kept == {"mine", "note", "b1", *(f"c{number}" for number in range(3, KEEP + 3))}
    assert read(store, "other/a.txt") == b"mine" and whole(store)["ogi"]["build_id"] == "b1"


def test_what_is_not_ours_is_left_alone(ogi: Ogi, home: Path, environment: dict[str, str]) -> None:
    store = open_store("s3://bucket/foreign", environment)
    for content in (b"{}", b"no json", b"[]"):
        with store.files.open_output_stream(f"{store.root}/latest.json") as stream:
            stream.write(content)
        done = ogi("export", "s3://bucket/foreign", "--tables", "dim_code", "--home", home, **environment)
        assert done.returncode == 1 and "latest.json" in done.stderr
        assert read(store, "latest.json") == content


def test_wrong_addresses_and_lacking_keys(ogi: Ogi, home: Path, environment: dict[str, str]) -> None:
    for address in ("s3://", "s3://key:secret@bucket/x", "s3://B", "s3://bucket/../x", "s3://bucket/x?y=1"):
        done = ogi("export", address, "--home", home, **environment)
        assert done.returncode == 2 and "s3://bucket/prefix" in done.stderr, address
    done = ogi("export", "s3://bucket/x", "--home", home, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode == 1 and "AWS_SECRET_ACCESS_KEY" in done.stderr
    done = ogi("export", "s3://nobucket/x", "--tables", "dim_code", "--home", home, **environment)
    assert done.returncode == 1 and "导出失败" in done.stderr and "testing" not in done.stderr
    assert not [path for path in (home / "warehouse").iterdir() if path.name.startswith(".")]


def test_a_lake_may_keep_its_files_there(
    ogi: Ogi, home: Path, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not all(map(extension_file, ("ducklake", "sqlite_scanner", "httpfs"))):
        pytest.skip("the extras `s3` and `ducklake` are not installed for this version of DuckDB")
    target = ("export", f"ducklake:{tmp_path / 'lake'}", "--tables", "cell,dim_filing", "--home", home)
    done = ogi(*target, "--data-path", "s3://bucket/lake", **environment)
    assert done.returncode == 0 and "version 1" in done.stderr, done.stderr
    assert "unchanged: 1" in ogi(*target, **environment).stderr
    assert ogi(*target, "--data-path", "s3://bucket/elsewhere", **environment).returncode == 1
    assert [path.name for path in (tmp_path / "lake").iterdir()] == ["catalog.sqlite"]
    assert b"testing" not in (tmp_path / "lake" / "catalog.sqlite").read_bytes()
    store = open_store("s3://bucket/lake", environment)
    assert store.files.get_file_info(fs.FileSelector(store.root, recursive=True))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with duckdb.connect() as con:
        attach(con, tmp_path / "lake", read_only=True)
        con.execute(f"ATTACH '{published(home)}' AS w (READ_ONLY)")
        assert rows_of(con, "lake.cell", "cell") == rows_of(con, "w.cell", "cell")
