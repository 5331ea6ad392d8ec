"""What runs keep: atomic files, archive, captures, readings, the home and its lock."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.lock import hold
from flows.store import Capture, Store, latest
from tests.conftest import ENVIRONMENT
from warehouse.disk import replacing, scratch, sweep, write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home

DAY = datetime(2024, 3, 1, 18, 10, tzinfo=UTC)


def capture(name: str = "a.pdf", content: str = "a", sidecar: str | None = None, when: datetime = DAY) -> Capture:
    return Capture("inbox", name, hashlib.sha256(content.encode()).hexdigest(), when, sidecar)


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"old")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_kill_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from warehouse.disk import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    home = Home(tmp_path)
    write_atomically(home.archive / "ab" / "abc", b"whole")
    subprocess.run([sys.executable, "-c", code, home.archive / "ab" / "abd"], env=ENVIRONMENT, check=False)
    assert len(list((home.archive / "ab").iterdir())) == 2
    assert home.sweep() == 1
    assert [path.name for path in (home.archive / "ab").iterdir()] == ["abc"]
    assert sweep(tmp_path) == 0


def test_a_scratch_folder_is_gone_afterwards_and_swept_after_a_kill(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(RuntimeError), scratch(home.work) as folder:
        (folder / "half").write_bytes(b"half")
        raise RuntimeError
    assert list(home.work.iterdir()) == []
    code = (
        "import os, pathlib, sys; from warehouse.disk import scratch\n"
        "with scratch(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half').write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, home.work], env=ENVIRONMENT, check=False)
    assert len(list(home.work.rglob("half"))) == 1
    assert home.sweep() == 1
    assert list(home.work.iterdir()) == []


def test_a_document_is_archived_once_by_its_content(tmp_path: Path) -> None:
    store = Store(Home(tmp_path / "home"))
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_bytes(b"content")
    digests = {store.archive(tmp_path / name) for name in ("one.txt", "two.txt")}
    assert digests == {hashlib.sha256(b"content").hexdigest()}
    assert store.archived(digests.pop()).read_bytes() == b"content"
    assert len([path for path in store.home.archive.rglob("*") if path.is_file()]) == 1


def test_captures_come_back_in_the_order_of_recording(tmp_path: Path) -> None:
    store = Store(Home(tmp_path))
    first = [capture("b.pdf"), capture("a.pdf", sidecar='{"agency": "示例区"}')]
    later = [capture("a.pdf", "changed")]
    store.add_captures(first)
    store.add_captures(later)
    assert store.captures() == [*first, *later]
    assert store.captures()[1].meta == {"agency": "示例区"}
    assert store.captures()[0].retrieved_at.utcoffset() == DAY.utcoffset()


def test_readings_are_kept_by_version_of_the_readers(tmp_path: Path) -> None:
    store = Store(Home(tmp_path))
    reading = {"agency": "示例区", "cells": [{"value": 1}]}
    store.add_readings("v1", [(capture().key, reading)])
    store.add_readings("v1", [(capture(content="b").key, {})])
    assert store.readings("v1")[capture().key] == reading
    assert store.read_keys("v1") == {capture().key, capture(content="b").key}
    assert store.read_keys("v2") == set()


def test_a_reading_depends_on_sidecar_and_ending_but_not_on_the_name() -> None:
    assert capture("a.pdf").key == capture("other/b.PDF").key
    assert capture("a.pdf").key != capture("a.html").key
    assert capture("a.pdf").key != capture("a.pdf", sidecar="{}").key


def test_a_corrected_sidecar_replaces_the_older_capture() -> None:
    before, after = capture(), capture(sidecar='{"agency": "示例区"}')
    assert latest([before, after]) == [after]


def test_changed_content_is_a_capture_of_its_own() -> None:
    seen = [capture(), capture(content="b"), capture()]
    assert latest(seen) == seen


def test_what_is_fetched_again_dates_from_the_first_fetch_whichever_archive_comes_first() -> None:
    def fetched(content: str, day: int, file: str) -> Capture:
        seen = capture("http://a.example/1.html", content, f'{{"retrieved_at": "{day}"}}', DAY + timedelta(days=day))
        return replace(seen, warc_file=file)

    late, early, restored = fetched("b", 2, "/x/b.warc"), fetched("a", 1, "/x/a.warc"), fetched("a", 4, "/x/c.warc")
    again = fetched("b", 3, "/x/d.warc")
    found = latest([late, restored, early, again])
    assert found == [early, replace(again, retrieved_at=late.retrieved_at), restored]


def test_samples_and_real_sources_never_share_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.claim("samples")
    home.claim("samples")
    with pytest.raises(OgiError, match="fictitious"):
        home.claim("sources")
    assert home.kind() == "samples"


def test_a_home_of_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home.json").write_text(json.dumps({"holds": "sources", "layout": 99}))
    with pytest.raises(OgiError, match="--home"):
        Home(tmp_path).kind()


def test_the_lock_names_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    code = (
        "import pathlib, sys, time; from warehouse.home import Home; from flows.lock import hold\n"
        "with hold(Home(pathlib.Path(sys.argv[1])), 'ogi run'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OgiError, match=rf"ogi run, pid {holder.pid}, host .+, started 20"), hold(home, "other"):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with hold(home, "other"):
        pass
