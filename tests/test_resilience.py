"""What a machine does to a night: its clock jumps, its disk is full, its archive cannot be read, a file is half there.
Each is survived or refused in words, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from flows import stages
from flows import survey as surveying
from flows.clock import check_clock
from flows.commands.run import run_command
from flows.sources import Source
from flows.store import Store
from flows.survey import survey
from tests.chaos import fill, small_disk
from tests.conftest import Ogi, RunHere
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def _records(home: Home) -> list[dict[str, object]]:
    return [json.loads(path.read_bytes()) for path in sorted(home.runs.glob("*.json"))]


def test_a_clock_before_the_last_run_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    check_clock(home)
    home.runs.mkdir()
    later = time.strftime("%Y%m%dT%H%M%S000Z", time.gmtime(time.time() + 1800))
    (home.runs / f"{later}.json").write_text("{}")
    (home.runs / "notes.json").write_text("{}")
    check_clock(home)  # half an hour is no jump
    (home.runs / "20991231T000000000Z.json").write_text("{}")
    with pytest.raises(OgiError, match="2099-12-31 00:00") as caught:
        check_clock(home)
    assert "20991231T000000000Z.json" in caught.value.zh


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
def test_a_clock_that_jumps_back_stops_a_run_and_changes_nothing(
    ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    before = sorted(str(path) for path in home.root.rglob("*"))
    done = ogi("run", "--sources", few_samples, "--home", home.root, LD_PRELOAD=str(FAKETIME), FAKETIME="-40d")
    assert done.returncode == 1
    assert "早于上一次运行" in done.stderr and "Set it right" in done.stderr and "Traceback" not in done.stderr
    assert sorted(str(path) for path in home.root.rglob("*")) == before
    forward = ogi("run", "--sources", few_samples, "--home", home.root, LD_PRELOAD=str(FAKETIME), FAKETIME="+40d")
    assert forward.returncode == 0, forward.stdout + forward.stderr
    assert digest(home.published.resolve()) == digest(Home(published).published.resolve())


@pytest.mark.usefixtures("run_here", "contracts_hold")
def test_an_archive_that_cannot_be_read_is_not_put_down_to_the_documents(
    published: Path, few_samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    before = digest(home.published.resolve())
    shutil.rmtree(home.extracted)  # so that all has to be read again
    home.archive.rename(tmp_path / "unmounted")
    build = home.published.resolve()
    assert run_command(few_samples, home.root, None, whole=True) == 1
    output = capsys.readouterr().out
    assert "存档无法读取" in output and "restore it from a backup" in output
    assert home.published.resolve() == build and not list(home.extracted.rglob("*.parquet"))
    shutil.rmtree(home.archive, ignore_errors=True)
    (tmp_path / "unmounted").rename(home.archive)
    assert run_command(few_samples, home.root, None, whole=True) == 0
    assert digest(home.published.resolve()) == before


def test_a_full_disk_ends_a_night_in_words_and_the_next_one_goes_on(
    published: Path,
    few_samples: Path,
    tmp_path: Path,
    run_here: RunHere,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        disk = small_disk(tmp_path / "disk", 60)
        disk.__enter__()
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    try:
        unread = stages.unread
        home, ballast = Home(tmp_path / "disk" / "home"), tmp_path / "disk" / "ballast"
        assert run_here(few_samples, home.root)[0] == 0
        build, runs = home.published.resolve(), len(_records(home))
        shutil.rmtree(home.extracted)

        def unread_on_a_full_disk(*given: Any) -> Any:
            fill(ballast)
            return unread(*given)

        monkeypatch.setattr(stages, "unread", unread_on_a_full_disk)
        assert run_command(few_samples, home.root, None, whole=True) == 1
        output = capsys.readouterr().out
        assert "磁盘已满" in output and "Make room" in output
        assert home.published.resolve() == build
        monkeypatch.undo()
        ballast.unlink()
        assert run_command(few_samples, home.root, None, whole=True) == 0
        assert digest(home.published.resolve()) == digest(Home(published).published.resolve())
        assert len(_records(home)) > runs
    finally:
        disk.__exit__(None, None, None)


def _survey(folder: Path) -> surveying.Survey:
    return survey([Source("inbox", folder, "", "")], [], lambda: None)


def test_a_file_that_is_being_written_is_left_for_the_next_run(tmp_path: Path) -> None:
    slow, done, old = tmp_path / "slow.txt", tmp_path / "done.txt", tmp_path / "old.txt"
    for path in (slow, done, old):
        path.write_text("a report")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.1):
            with slow.open("a") as file:
                file.write("more")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = _survey(tmp_path)
    finally:
        stop.set()
        writer.join()
    assert sorted(sighting.capture.name for sighting in found.sightings) == ["done.txt", "old.txt"]
    (remark,) = found.remarks
    assert remark.startswith("slow.txt: 正在写入")
    os.utime(slow, (1_700_000_000, 1_700_000_000))
    assert [s.capture.name for s in survey([Source("inbox", tmp_path, "", "")], [s.capture for s in found.sightings],
                                           lambda: None).sightings] == ["slow.txt"]  # fmt: skip


def test_nobody_waits_for_files_that_are_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("a report")
    (tmp_path / "b.txt").write_text("a report")
    os.utime(tmp_path / "a.txt", (1_700_000_000, 1_700_000_000))
    os.utime(tmp_path / "b.txt", (4_000_000_000, 4_000_000_000))  # of a clock that is ahead
    monkeypatch.setattr("flows.survey.time.sleep", lambda _: pytest.fail("waited"))
    assert len(_survey(tmp_path).sightings) == 2


@pytest.mark.usefixtures("run_here", "contracts_hold")
def test_one_document_lacking_in_the_archive_is_its_own_matter(
    published: Path, few_samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    shutil.rmtree(home.extracted)
    lost = sorted({capture.sha256 for capture in Store(home).captures()})[0]
    Store(home).archived(lost).unlink()
    build = home.published.resolve()
    assert run_command(few_samples, home.root, None, whole=True) == 1
    assert _records(home)[-1]["failed"] == 1
    assert home.published.resolve() == build  # a filing fewer than may be lost in one night
    out = capsys.readouterr().out
    assert "新库已建成而未发布" in out
