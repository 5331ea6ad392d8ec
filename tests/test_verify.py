"""What is kept is read again: a sample to be sure of it, or all that another version of the readers has read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.reading import reader_version
from flows.commands.verify import backfill_command, verify_command
from flows.lock import ANYONE, hold
from flows.store import Store, latest
from flows.verifying import differences, verify
from tests.conftest import RunHere
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Home:
    """A copy of the home with the few samples."""
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _files(home: Home) -> dict[str, bytes]:
    kept = (home.archive, home.captures, home.extracted, home.warehouse)
    return {str(path): path.read_bytes() for folder in kept for path in folder.rglob("*") if path.is_file()}


def test_what_is_as_it_was_is_said_to_be(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = _files(home)
    assert verify_command(home.root, 1000, None, 2) == 0
    captures = {capture.key for capture in latest(Store(home).captures())}
    (outcome,) = map(json.loads, (path.read_text() for path in home.verified.glob("*.json")))
    assert outcome["sampled"] == outcome["population"] == len(captures) > 5
    assert _files(home) == before
    assert "读数不同" in capsys.readouterr().out


def test_a_sample_is_the_same_for_the_same_seed_alone(home: Home) -> None:
    def sample(seed: str) -> list[str]:
        seen: list[str] = []
        shutil.rmtree(home.archive)  # so that every document of the sample is named
        try:
            seen += [each["sha256"] for each in verify(home, 4, seed, 1, lambda: None).damaged]
        finally:
            shutil.copytree(kept, home.archive)
        return seen

    kept = home.root / "kept"
    shutil.copytree(home.archive, kept)
    assert sample("a") == sample("a") != sample("b")
    assert len(sample("a")) == 4


def test_a_damaged_archive_is_found(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = sorted({capture.sha256 for capture in latest(Store(home).captures())})
    path = Store(home).archived(first)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    Store(home).archived(second).unlink()
    assert verify_command(home.root, 1000, "all", 1) == 1
    outcome = json.loads(next(home.verified.glob("*.json")).read_text())
    assert {each["sha256"] for each in outcome["damaged"]} == {first, second}
    out = capsys.readouterr().out
    assert "has changed" in out and "not in the archive" in out


def test_a_reading_that_is_another_now_is_found_with_its_place(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    changed = _change_a_reading(home, lambda reading: reading["cells"][7].update(raw="77777", value=77777))
    assert verify_command(home.root, 1000, "all", 1) == 1
    (found,) = json.loads(next(home.verified.glob("*.json")).read_text())["differing"]
    assert (found["sha256"], found["place"], found["was"]) == (changed, "cells[7].raw", "77777")
    assert "cells[7].raw" in capsys.readouterr().out


def _change_a_reading(home: Home, change: Any) -> str:
    """Changes the first reading that has cells, behind everybody's back; its SHA-256."""
    for path in sorted((home.extracted / reader_version()).glob("[0-9]*.parquet")):
        rows = pq.read_table(path).to_pylist()
        for row in rows:
            reading = json.loads(row["reading"])
            if len(reading["cells"]) > 7:
                change(reading)
                row["reading"] = json.dumps(reading, ensure_ascii=False)
                pq.write_table(pa.Table.from_pylist(rows), path)
                return str(row["sha256"])
    raise AssertionError("no reading has cells")


_SCALARS = st.none() | st.booleans() | st.integers() | st.text()
_JSON = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(_JSON, st.data())
def test_two_values_differ_where_they_do(value: Any, data: st.DataObject) -> None:
    assert not list(differences(value, json.loads(json.dumps(value))))
    wrapped = {"a": [value, 1]}
    other = {"a": [value, data.draw(st.integers().filter(lambda number: number != 1))]}
    ((place, was, now),) = differences(wrapped, other)
    assert (place, was, now) == ("a[1]", 1, other["a"][1])


def test_what_an_earlier_version_has_read_is_stale_until_it_is_read_again(
    home: Home, few_samples: Path, run_here: RunHere, contracts_hold: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(home.published.resolve())
    (home.extracted / reader_version()).rename(home.extracted / "0123456789abcdef")
    total = len({capture.key for capture in latest(Store(home).captures())})
    assert backfill_command(home.root, 2, None, dry_run=True, retry=False) == 0
    shown = capsys.readouterr().out
    assert "0123456789abcdef" in shown and not Store(home).read_keys(reader_version())
    assert backfill_command(home.root, 2, 3, dry_run=False, retry=False) == 0
    assert len(Store(home).read_keys(reader_version())) == 3
    assert backfill_command(home.root, 2, None, dry_run=False, retry=False) == 0
    assert len(Store(home).read_keys(reader_version())) == total
    assert "All is read" in capsys.readouterr().out
    status, output = run_here(few_samples, home.root)
    assert status == 0 and digest(home.published.resolve()) == before, output


def test_a_document_that_failed_is_read_again_when_asked_for_and_not_before(
    home: Home, few_samples: Path, run_here: RunHere, contracts_hold: None
) -> None:
    before = digest(home.published.resolve())

    def fail(reading: dict[str, Any]) -> None:
        reading.update(
            cells=[], claims=[], issues=[], unresolved_claims=[], form=None, report_year=None, agency=None,
            agency_as_filed=None, error={"code": "unreadable", "message": "the reading process ended (exit code -9)"},
        )  # fmt: skip

    failed = _change_a_reading(home, fail)
    (few_samples / "more.txt").write_text("")
    try:  # something new, so that a build is made of the failed reading
        assert run_here(few_samples, home.root)[0] == 0
    finally:
        (few_samples / "more.txt").unlink()
    records = sorted(home.runs.glob("*.json"))
    assert json.loads(records[-1].read_text())["read"] == 1  # the failed one does not come back every night
    assert backfill_command(home.root, 2, None, dry_run=False, retry=True) == 0
    status, output = run_here(few_samples, home.root)
    record = json.loads(sorted(home.runs.glob("*.json"))[-1].read_text())
    assert status == 0 and not record["nothing_new"] and record["base"] is None, output
    verified = verify(home, 1000, "all", 1, lambda: None)
    assert verified.ok and failed not in [each["sha256"] for each in verified.differing]
    assert before != digest(home.published.resolve())  # the empty file has come


def test_a_home_without_documents_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(OgiError, match="run ogi run first"):
        verify_command(tmp_path, 1, None, 1)
    with pytest.raises(OgiError, match="run ogi run first"):
        backfill_command(tmp_path, 1, None, dry_run=True, retry=False)


_HOLDER = """
import sys, time
from pathlib import Path
from flows.lock import hold
from warehouse.home import Home
with hold(Home(Path(sys.argv[1])), sys.argv[2]):
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.mark.parametrize(("holder", "waits_for", "refused"), [
    ("ogi backfill", None, False), ("ogi run", None, True), ("ogi run", ANYONE, False),
])  # fmt: skip
def test_who_waits_for_whom(
    tmp_path: Path, holder: str, waits_for: str | None, refused: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    child = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(home.root), holder, "30" if refused else "1"], stdout=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline() == b"held\n"
    more: dict[str, Any] = {} if waits_for is None else {"waits_for": waits_for}
    began = time.monotonic()
    try:
        if refused:
            with pytest.raises(OgiError, match=holder), hold(home, "ogi run", **more):
                pass
        else:
            with hold(home, "ogi run", **more):
                assert time.monotonic() - began > 0.5
            assert holder in capsys.readouterr().err
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
