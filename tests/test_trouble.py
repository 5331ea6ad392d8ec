"""A disk that is full or read-only: said in words, in both languages, and the published build stays."""

from __future__ import annotations

import errno
import logging
import sqlite3
from pathlib import Path

import duckdb
import pytest

from flows import record as records
from flows import trouble
from flows.trouble import disk_trouble
from tests.conftest import Ogi, RunHere
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.publish import published

REPORT = Path(__file__).parents[1] / "data" / "samples" / "shili-qu" / "2024.html"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/h/a"), "磁盘已满，无法写入 /h/a"),
        (OSError(errno.EROFS, "Read-only file system", "/h/a"), "无法写入 /h/a：只读"),
        (PermissionError(errno.EACCES, "Permission denied", "/h/a"), "无法写入 /h/a：只读"),
        (duckdb.IOException("IO Error: Could not write file: No space left on device"), "磁盘已满"),
        (sqlite3.OperationalError("database or disk is full"), "磁盘已满"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "只读"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/h/a"), None),
        (ValueError("disk"), None),
        (OgiError("一", "a"), None),
    ],
)
def test_troubles_of_disks_are_told_from_others(tmp_path: Path, error: Exception, said: str | None) -> None:
    told = disk_trouble(error, tmp_path / "not" / "yet")
    assert (told is None) if said is None else (told is not None and said in told.zh and bool(told.en))


def test_the_cause_behind_an_error_is_found(tmp_path: Path) -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise RuntimeError("a stage failed") from error
    except RuntimeError as error:
        told = disk_trouble(error, tmp_path)
    assert told is not None and str(tmp_path) in told.zh


def test_what_fails_where_no_room_is_left_is_put_down_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "NEARLY_NONE", 1 << 62)
    told = disk_trouble(RuntimeError("500 Internal Server Error"), tmp_path)
    assert told is not None and "full" in told.en


@pytest.mark.parametrize("from_stage", ["extract", "finish"])
def test_a_disk_that_fills_during_a_run_is_said_and_the_published_build_stays(
    tmp_path: Path, run_here: RunHere, monkeypatch: pytest.MonkeyPatch, contracts_hold: None, from_stage: str
) -> None:
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    inbox.mkdir()
    (inbox / "a.html").write_bytes(REPORT.read_bytes())
    assert run_here(inbox, home)[0] == 0
    before = published(home)
    (inbox / "a.html").write_bytes(REPORT.read_bytes() + b" ")
    save = records.RunRecord.save

    def full(record: records.RunRecord, place: Home) -> None:
        if from_stage in record.stages or (from_stage == "finish" and record.finished_at is not None):
            raise OSError(errno.ENOSPC, "No space left on device", str(place.runs))
        save(record, place)

    monkeypatch.setattr(records.RunRecord, "save", full)
    status, output = run_here(inbox, home)
    assert status == 1 and "失败 failed" in output
    assert output.count("磁盘已满，无法写入") == 1 and "Make room" in output and "Traceback" not in output
    now = published(home)
    assert now is not None and (now == before) == (from_stage == "extract")
    assert not logging.raiseExceptions
    monkeypatch.undo()
    assert run_here(inbox, home)[0] == 0


def test_a_home_of_which_a_part_cannot_be_written_is_named(ogi: Ogi, tmp_path: Path) -> None:
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    inbox.mkdir()
    home.mkdir()
    (home / "runs").symlink_to("/proc/1")
    done = ogi("run", "--sources", inbox, "--home", home)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "/proc" in done.stderr or str(home) in done.stderr
    assert "无法写入" in done.stderr and "cannot be written" in done.stderr


def test_an_answer_is_not_written_into_a_folder_that_is_not_there(ogi: Ogi, published: Path, tmp_path: Path) -> None:
    target = tmp_path / "no" / "such" / "a.csv"
    done = ogi("sql", "SELECT 1", "--home", published, "--format", "csv", "--output", target)
    assert done.returncode == 1 and str(target.parent) in done.stderr and "没有文件夹" in done.stderr
    assert not (tmp_path / "no").exists()
