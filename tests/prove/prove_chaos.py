"""Thirty nights to which something happens each, beside one to which nothing did: no document is lost, none is there
twice, and the warehouse is the same."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from flows.store import Store
from tests.chaos import DISTURBANCES, disturbed_night, small_disk
from tests.conftest import SAMPLES, Ogi
from tests.corpus import hostile
from warehouse.home import Home

NIGHTS = int(os.environ.get("OGI_NIGHTS", "30"))
SEED = os.environ.get("OGI_SEED", "chaos")
DISK = 400  # MiB
_CORRUPT = ("docx, cut", "pdf, cut", "zip, a bomb", "nothing", "ole of nothing", "pdf, encrypted", "html, deep")


def _documents(folder: Path) -> list[Path]:
    """The samples and some that cannot be read, with times that are the same in every copy."""
    shutil.copytree(SAMPLES, folder)
    for number, name in enumerate(_CORRUPT):
        file, make, _ = hostile.CASES[name]
        (folder / f"corrupt-{number}{Path(file).suffix}").write_bytes(make())
    chosen = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for number, path in enumerate(chosen):
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    return chosen


def test_disturbed_nights_come_to_the_same(ogi: Ogi, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    documents = _documents(tmp_path / "all")
    calm = tmp_path / "calm"
    done = ogi("run", "--sources", tmp_path / "all", "--home", calm)
    assert done.returncode == 0, done.stdout
    sources = tmp_path / "all.coming" / "all"  # a source is named after its folder
    try:
        disk = small_disk(tmp_path / "disk", DISK)
        disk.__enter__()
    except OSError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    try:
        home = tmp_path / "disk" / "home"
        kinds = [*DISTURBANCES] * (NIGHTS // len(DISTURBANCES) + 1)
        chance.shuffle(kinds)
        outcomes: Counter[str] = Counter()
        for number, kind in enumerate(kinds[:NIGHTS]):
            _come(documents[: len(documents) * (number + 1) // NIGHTS], tmp_path / "all", sources)
            told = disturbed_night(sources, home, kind, chance, 15.0)
            outcomes[f"{kind}, {told.rpartition(', ')[2]}"] += 1
            print(f"night {number + 1}: {told}", flush=True)
        _come(documents, tmp_path / "all", sources)
        done = ogi("run", "--sources", sources, "--home", home)
        assert done.returncode == 0, done.stdout
        print(dict(outcomes))
        assert _digest(ogi, home) == _digest(ogi, calm)
        assert _held(home) == _held(calm)
        assert not [path for path in home.rglob(".*") if path.name.startswith(".tmp-") or ".building" in path.name]
        _assert_each_once(home)
    finally:
        disk.__exit__(None, None, None)


def _come(documents: list[Path], origin: Path, sources: Path) -> None:
    """Brings documents into the folder of the sources."""
    for path in documents:
        target = sources / path.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _digest(ogi: Ogi, home: Path) -> str:
    done = ogi("warehouse", "digest", "--home", home)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
    return done.stdout


def _held(home: Path) -> set[str]:
    """The documents of the archive, each of which is what its name says."""
    found = {path.name for path in Home(home).archive.rglob("*") if path.is_file()}
    for sha256 in found:
        assert hashlib.sha256(Store(Home(home)).archived(sha256).read_bytes()).hexdigest() == sha256
    return found


def _assert_each_once(home: Path) -> None:
    with duckdb.connect(str(Home(home).published.resolve()), read_only=True) as con:
        for table, key in (("document", "sha256"), ("dim_filing", "filing_id"), ("quality_issue", "issue_id")):
            twice = con.execute(f"SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1").fetchall()
            assert not twice, (table, twice)
        cells = "SELECT 1 FROM cell GROUP BY filing_id, form_table, row_code, column_code HAVING count(*) > 1"
        assert not con.execute(cells).fetchall()
